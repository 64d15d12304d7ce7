"""What Quarto calls before and after a preview (`_quarto.yml`), so that no notebook keeps what it writes in it.

`quarto render` executes a notebook in place: outputs, numbers and a cell of parameters stay in a tracked file.
Before it, notebooks are copied into the project's private folder; after it, they are put back. Where a notebook
failed Quarto calls nothing more, so the next preview puts back first. Whoever has edited a notebook meanwhile
keeps the edit: what the run left is taken out instead.

Quarto runs this file with the Python of `QUARTO_PYTHON`; nothing has to be on the path.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Final

try:
    from helpers.errors import UsageError
    from helpers.places import state_folder
    from helpers.runner.document.stored import mend, own_sources
    from helpers.runner.plan.parameters import load_notebook
    from helpers.runner.project import private_folder
except ModuleNotFoundError as error:
    sys.exit(
        f"{error}. Quarto needs the Python of the project: activate its environment, or set QUARTO_PYTHON to it "
        "(export QUARTO_PYTHON=.venv/bin/python)."
    )

_KEPT: Final = "previewed"
_INPUTS: Final = "QUARTO_PROJECT_INPUT_FILES"


def keep(root: Path, names: list[str]) -> None:
    """Copy the notebooks that are about to be rendered, after putting back what a failed preview left."""
    put_back(root)
    for name in names:
        path = (root / name).resolve()
        if path.suffix == ".ipynb" and path.is_relative_to(root):
            copy = _folder(root) / path.relative_to(root)
            private_folder(copy.parent)
            shutil.copy2(path, copy)


def put_back(root: Path) -> None:
    """Give every notebook that was copied its contents back, and forget the copies."""
    for copy in sorted(_folder(root).rglob("*.ipynb")):
        path = root / copy.relative_to(_folder(root))
        if path.is_file() and _sources(path) == _sources(copy):
            shutil.copy2(copy, path.with_name(f".{path.name}.new"))
            path.with_name(f".{path.name}.new").replace(path)  # whole or not at all
        elif path.is_file():  # edited meanwhile
            mend(path)
    shutil.rmtree(_folder(root), ignore_errors=True)


def _folder(root: Path) -> Path:
    return state_folder(root) / _KEPT


def _sources(path: Path) -> list[str] | None:
    try:
        return own_sources(load_notebook(path))
    except UsageError:
        return None


def main(word: str) -> None:
    """Do what Quarto asks for, in the folder that it runs in: the project's."""
    root = Path.cwd().resolve()
    if word == "keep":
        keep(root, os.environ.get(_INPUTS, "").splitlines())
    else:
        put_back(root)


if __name__ == "__main__":
    main(sys.argv[1])
