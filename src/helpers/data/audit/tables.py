"""Tables of cells: their headings, rows that are patients, and identifiers in their cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from helpers.data.audit.columns import audit_header, has_rows_of_patients, is_record_heading, rows_problem
from helpers.data.audit.split import split_numbers
from helpers.data.audit.text import audit_plain
from helpers.errors import Problem

#: how far down a heading may stand
HEADINGS = 10


def audit_table(rows: Sequence[Sequence[str]], where: str) -> list[Problem]:
    """Return what a table gives away: columns of records, rows of patients, identifiers in its cells."""
    rows = [row for row in rows if any(row)]
    problems: list[Problem] = []
    for heading in rows[:HEADINGS]:
        problems += audit_header([cell for cell in heading if cell], where)
    headings = any(is_record_heading(heading) for heading in rows[:HEADINGS])
    if headings or has_rows_of_patients(rows[1:]):
        problems.append(rows_problem(where))
    problems += split_numbers(rows, where)
    problems += audit_plain("\n".join(cell for row in rows for cell in row), where, headings=False)
    return problems


def text_rows(rows: Iterable[Iterable[object]]) -> list[list[str]]:
    """Return the cells of rows as text, empty ones as nothing and days as they are written.

    >>> import datetime
    >>> text_rows([[None, 9434765919.0, datetime.datetime(2026, 4, 1)]])
    [['', '9434765919', '2026-04-01']]
    """
    return [[_as_text(cell) for cell in row] for row in rows]


def _as_text(cell: object) -> str:
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    if isinstance(cell, bytes):
        return cell.decode("utf-8", errors="replace")
    return str(cell).removesuffix(" 00:00:00")
