"""Following a page of the documentation to the letter: its blocks become the cells of a notebook and files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import nbformat
import pytest

from helpers.cli import main


def blocks(page: Path) -> list[tuple[str, str]]:
    """Return the fenced blocks of a page, each with its language."""
    found = re.findall(r"^```(\w+)\n(.*?)\n```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert found, f"{page.name} dictates nothing"
    return found


def dictated(found: Iterable[tuple[str, str]], kinds: Mapping[str, str]) -> nbformat.NotebookNode:
    """Return the notebook of these blocks, whose languages say the kind of cell; what sets `trust` is parameters."""
    cells = []
    for language, source in found:
        cell = getattr(nbformat.v4, f"new_{kinds[language]}_cell")(source)
        if re.match(r"trust\b.*=", source):
            cell.metadata["tags"] = ["parameters"]
        cells.append(cell)
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def call(root: Path, *words: str) -> int:
    """Return the exit code of the command in a project."""
    with pytest.raises(SystemExit) as ended:
        main(["--project", str(root), *words])
    return int(ended.value.code or 0)
