"""How long after a save `boardpack preview` has the new page, beside what papermill and the engine take alone.

    python benchmarks/preview.py [NOTEBOOK] [-f NAME] [--rounds 3]

Needs the demo data (`boardpack demo build`). Works on a copy of the project's notebooks and parameters. For each
round a sentence is changed, then a cell; printed are seconds on the clock from save to page (the fastest round, as
machines are noisy), and the ratio to a run of the papermill command on the same notebook, which only executes.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

from helpers.cli.drafts import find_report
from helpers.runner.batch.drafting import Desk

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Print both times."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebook", nargs="?", default="los_deviation")
    parser.add_argument("-f", "--file", default="SYN07")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    os.environ.setdefault("BOARDPACK_STATE", str(ROOT / ".boardpack"))
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name in ("notebooks", "params"):
            shutil.copytree(ROOT / name, root / name)
        shutil.copy(ROOT / "_quarto.yml", root)
        path = root / "notebooks" / f"{given.notebook}.ipynb"
        alone = papermill(root, path)
        words: list[float] = []
        cells: list[float] = []
        with Desk(lambda: find_report(root, path, given.file), root, path) as desk:
            first = desk.make().seconds
            for number in range(given.rounds):
                for kind, found in (("markdown", words), ("code", cells)):
                    change(path, kind, number)
                    draft = desk.make()
                    assert draft.ran is (kind == "code"), "only a change of code runs anything"
                    found.append(draft.seconds)
        print(f"papermill alone {alone:.1f} s; first page {first:.1f} s")
        for name, found in (("a sentence", words), ("a cell", cells)):
            print(f"{name}: page after {min(found):.1f} s, {min(found) / alone:.2f} of papermill alone")


def change(path: Path, kind: str, number: int) -> None:
    """Change the last cell of a kind without changing what it does."""
    notebook = nbformat.read(path, as_version=4)
    cell = [each for each in notebook.cells if each.cell_type == kind][-1]
    cell.source += f"\n\nSentence {number}." if kind == "markdown" else f"\n# {number}"
    nbformat.write(notebook, path)


def papermill(root: Path, path: Path) -> float:
    """Return the seconds of the papermill command."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "papermill", "--no-progress-bar", "--cwd", str(root / "notebooks")]
    subprocess.run([*command, str(path), str(root / "out.ipynb")], check=True, capture_output=True)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
