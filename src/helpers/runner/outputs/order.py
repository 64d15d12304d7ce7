"""The problems of a notebook as its author goes through it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from helpers.errors import Problem

_CELL: Final = re.compile(r"cell (\d+)")
_WHOLE_CELL: Final = re.compile(r"cell (\d+(?: \(In \[\d+\]\))?)")


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems by their cells; what is wrong alike in several cells stands once, with all of them.

    >>> [str(each) for each in in_order([Problem("cell 12", "x"), Problem("cell 2", "y"), Problem("cell 3", "x")])]
    ['cell 2: y.', 'cells 3, 12: x.']
    """
    alike: dict[Problem, list[str]] = {}
    for problem in sorted(problems, key=_number):
        cell = _WHOLE_CELL.fullmatch(problem.where)
        cells = alike.setdefault(replace(problem, where="") if cell else problem, [])
        cells += [cell[1]] if cell else []
    return [replace(problem, where=problem.where or _cells(cells)) for problem, cells in alike.items()]


def _number(problem: Problem) -> int:
    number = _CELL.match(problem.where)
    return int(number[1]) if number else 0


def _cells(cells: Iterable[str]) -> str:
    each = list(dict.fromkeys(cells))
    return f"cell{'s' * (len(each) > 1)} {', '.join(each)}"
