"""`boardpack init`: a folder in which a trust keeps its own reports."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Annotated, Final

import typer

from helpers import __version__
from helpers.cli.own.schemas import write_schemas
from helpers.cli.own.upgrading import SEEN, keep_shipped, next_minor
from helpers.errors import Problem, UsageError

FILES: Final = Path(__file__).parent / "files"
#: where each of the files goes
_PLACES: Final = {
    "gitignore": ".gitignore",
    "quarto.yml": "_quarto.yml",
    "pyproject.txt": "pyproject.toml",
    "pre-commit-config.yaml": ".pre-commit-config.yaml",
    "check.yml": ".github/workflows/check.yml",
    "README.md": "README.md",
    "measures.yml": "params/_register/measures.yml",
    "test_wellformed.txt": "tests/test_wellformed.py",
}
_EMPTY: Final = ("notebooks/.gitkeep", "reports/.gitkeep")


def init(
    folder: Annotated[Path, typer.Argument(help="The new project's folder; it may be there already.")],
) -> None:
    """Make a project of your own: folders, settings, register, tests, checks for git and CI."""
    root = folder.resolve()
    if root.exists() and not root.is_dir():
        raise UsageError(Problem(str(folder), "is a file", "a folder", "give another name"))
    words = {"name": _plain_name(root.name), "version": __version__, "next": next_minor(__version__)}
    texts = {place: filled(name, words) for name, place in _PLACES.items()} | dict.fromkeys(_EMPTY, "")
    left = [place for place, text in texts.items() if not write_new(root / place, text)]
    (root / "data").mkdir(exist_ok=True)
    write_schemas(root)
    if not (root / SEEN).exists():
        keep_shipped(root)
    if left:
        print(f"left as they were: {', '.join(left)}")
    print(f"{folder} is a project. Next:\n  cd {shlex.quote(str(folder))}\n  boardpack new NAME")


def write_new(path: Path, text: str) -> bool:
    """Write a file with the folders above it, unless it is there; tell whether it was written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        return False
    path.write_text(text, "utf-8", newline="\n")
    path.chmod(0o644)  # the command's own files are private otherwise, and these are for the repository
    return True


def filled(name: str, words: dict[str, str]) -> str:
    """Return one of the files with words in place of their names."""
    text = (FILES / name).read_text("utf-8")
    for word, value in words.items():
        text = text.replace(f"{{{word}}}", value)
    return text


def _plain_name(name: str) -> str:
    """Return a folder's name as a package may be called.

    >>> _plain_name("Board reports, 2026!")
    'board-reports-2026'
    """
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "board-reports"
