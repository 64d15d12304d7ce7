"""Rows as CSV that a spreadsheet shows and never runs."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from helpers.bundle import Cell
from helpers.theme.markdown import plain_line

#: source: OWASP, CSV injection: what makes a spreadsheet take a cell for a formula
_FORMULA = re.compile(r"[=+\-@|%\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-]?\d[\d,]*(\.\d+)?%?")


def spreadsheet_cell(cell: Cell) -> str:
    """Return a cell as text that no spreadsheet runs: what would begin a formula gets an apostrophe.

    >>> [spreadsheet_cell(cell) for cell in ("=cmd|'/c calc'!A1", "-1.5", -1.5, " @x", "Surgery", None)]
    ["'=cmd|'/c calc'!A1", '-1.5', '-1.5', "'@x", 'Surgery', '']
    """
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return str(cell)
    text = plain_line(cell)
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def write_csv(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return rows as CSV: every cell quoted where it must be, none of them a formula."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([spreadsheet_cell(heading) for heading in headings])
    writer.writerows([spreadsheet_cell(cell) for cell in row] for row in rows)
    return file.getvalue()
