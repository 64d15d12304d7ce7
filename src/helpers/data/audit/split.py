"""NHS numbers whose digits stand in neighbouring columns of a table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from helpers.bundle import Cell
from helpers.data.audit.alarms import alarm
from helpers.data.audit.identifiers import is_nhs_number, may_be_issued
from helpers.errors import Problem

#: numbers made of neighbouring columns are identifiers when at least so many rows all pass the check digit:
#: by chance that happens once in 11 ** 3 such columns
ALL_PASS = 3
_DIGITS = re.compile(r"\d{1,9}")
_LENGTH = 10


def split_numbers(rows: Sequence[Sequence[Cell]], where: str) -> list[Problem]:
    """Return NHS numbers whose digits stand in neighbouring columns, as 943 | 476 | 5919 do.

    >>> rows = [["name", "a", "b", "c"], ["x", "943", "476", "5919"], ["y", "401", "023", "2137"],
    ...         ["z", "987", "654", "3210"]]
    >>> [problem.came[:14] for problem in split_numbers(rows, "t")]
    ['3 NHS numbers:']
    """
    found: dict[str, str] = {}
    for first, last in _spans(rows):
        numbers = _numbers(rows, first, last)
        if len(numbers) >= ALL_PASS:
            found |= numbers
    return [alarm("nhs_number", where, found)] if found else []


def _numbers(rows: Sequence[Sequence[Cell]], first: int, last: int) -> dict[str, str]:
    """Return the numbers of columns with their rows; none where one of them is no NHS number."""
    numbers: dict[str, str] = {}
    for place, row in enumerate(rows, start=1):
        cells = [str(cell) for cell in row[first:last]]
        if len(cells) == last - first and all(map(_DIGITS.fullmatch, cells)):
            number = "".join(cells)
            if not is_nhs_number(number) or not may_be_issued(number):
                return {}
            numbers.setdefault(number, f"row {place}")
    return numbers


def _spans(rows: Sequence[Sequence[Cell]]) -> Iterable[tuple[int, int]]:
    """Yield the neighbouring columns whose cells of one width each make ten digits together."""
    widths = _widths(rows)
    ends = [0]
    for width in widths:
        ends.append(ends[-1] + width)
    for first in range(len(widths)):
        for last in range(first + 2, len(widths) + 1):
            if 0 in widths[first:last] or ends[last] - ends[first] > _LENGTH:
                break
            if ends[last] - ends[first] == _LENGTH:
                yield first, last


def _widths(rows: Sequence[Sequence[Cell]]) -> list[int]:
    """Return how many digits every cell of a column has, headings and empty cells aside; 0 where that differs."""
    columns = max((len(row) for row in rows), default=0)
    found = []
    for column in range(columns):
        cells = {str(row[column]) for row in rows[:500] if column < len(row)}
        lengths = {len(cell) for cell in cells if _DIGITS.fullmatch(cell)}
        found.append(lengths.pop() if len(lengths) == 1 else 0)
    return found
