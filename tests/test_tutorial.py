"""The tutorial is followed to the letter, from `boardpack init` on; what it says a command prints is printed."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import nbformat
import openpyxl
import pytest

from helpers.cli import main
from helpers.errors import ExitCode

TUTORIAL = Path(__file__).parents[1] / "docs" / "tutorial" / "your-own-report.md"
BLOCK = re.compile(r"(.*?)^```(\w+)\n(.*?)\n```$", re.MULTILINE | re.DOTALL)


class Reader:
    """Somebody who types what the page says."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys
        self.project, self.file = folder / "our-reports", folder
        self.said, self.codes = "", list[int]()

    def console(self, _words: str, _block: str) -> None:
        """The package is installed already."""

    def sh(self, _words: str, block: str) -> None:
        self.said = ""
        for line in block.splitlines():
            before, *words = shlex.split(line)
            if (
                before == "boardpack" and words[0] != "preview"
            ):  # it ends with Ctrl-C alone: tests/cli/test_preview.py
                at = [] if words[0] == "init" else ["--project", str(self.project)]
                with pytest.raises(SystemExit) as ended:
                    main([*at, *(self.place(word) for word in words)])
                self.codes.append(int(ended.value.code or 0))
                printed = self.capsys.readouterr()
                self.said += printed.out + printed.err

    def place(self, word: str) -> str:
        """Return a word of a command with paths as they are where the reader stands."""
        return (
            str(self.folder / word)
            if word == "our-reports"
            else word.replace("data/", f"{self.project}/data/")
        )

    def text(self, _words: str, block: str) -> None:
        assert [line for line in block.splitlines() if line not in self.said] == [], self.said

    def tsv(self, _words: str, block: str) -> None:
        path = self.project / "data" / "night_moves.xlsx"
        book = openpyxl.load_workbook(path) if path.exists() else openpyxl.Workbook()
        for line in block.splitlines():
            book.worksheets[0].append([int(cell) if cell.isdigit() else cell for cell in line.split("\t")])
        book.save(path)

    def yaml(self, words: str, block: str) -> None:
        named = re.findall(r"`(params/[^`]+\.yml)`", words)
        self.file = self.project / named[-1] if named else self.file
        self.file.write_text(block + "\n", "utf-8")

    def markdown(self, _words: str, block: str) -> None:
        self.cell(nbformat.v4.new_markdown_cell(block), over="What this report is for")

    def python(self, _words: str, block: str) -> None:
        self.cell(nbformat.v4.new_code_cell(block))

    def cell(self, cell: nbformat.NotebookNode, over: str = "\0") -> None:
        """Put a cell in the place of the one that begins so, or before the last."""
        path = self.project / "notebooks" / "ward_moves.ipynb"
        notebook = nbformat.read(path, 4)
        old = [place for place, each in enumerate(notebook.cells) if each.source.startswith(over)]
        at = old[0] if old else len(notebook.cells) - 1
        notebook.cells[at : at + len(old)] = [cell]
        nbformat.write(notebook, path)


def test_it_ends_in_a_published_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("BOARDPACK_STATE", raising=False)
    reader = Reader(tmp_path, capsys)
    for words, kind, block in BLOCK.findall(TUTORIAL.read_text("utf-8")):
        getattr(reader, kind)(words, block)
    assert reader.codes == [ExitCode.OK] * (len(reader.codes) - 1) + [ExitCode.USAGE]
    assert len(reader.codes) == 10
    assert [path.parts[-3] for path in sorted(reader.project.glob("reports/*/ward_moves/ABC.pdf"))] == [
        "2026-09",
        "2026-10",
    ]
    page = (reader.project / "reports" / "2026-09" / "ward_moves" / "ABC.html").read_text("utf-8")
    for words in (
        "How often we move patients at night",
        "2.5%, above the upper limit",
        "The newest six months",
        "Above UCL",
        "Both wards reopen in November.",
    ):
        assert words in page
    assert "What this report is for" not in page
