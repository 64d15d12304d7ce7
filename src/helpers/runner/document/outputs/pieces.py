"""The pieces of an executed notebook that a document is made of; its problems as its author goes through it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from helpers.bundle import Bundle
from helpers.errors import Problem
from helpers.runner.document.outputs.tables import HtmlTable

_CELL: Final = re.compile(r"cells? (\d+)")
_LONG: Final = 60  # letters of a cure
_WHOLE_CELL: Final = re.compile(r"cell (\d+(?: \(In \[\d+\]\))?)")


@dataclass(frozen=True)
class Prose:
    """Markdown of one cell."""

    where: str
    text: str


@dataclass(frozen=True)
class ShownOutput:
    """One object that a code cell showed."""

    where: str
    bundle: Bundle  # what was handed over, or made of an ordinary output
    svg: bytes | None = None
    table: HtmlTable | None = None  # the rows of an ordinary table, which may span columns
    file: bytes = b""  # what is to lie beside the report under the name that is the bundle's id
    caption: str = ""  # the caption as Markdown, where the author wrote it in a cell option


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
    told: dict[str, str] = {}  # cures, and where each was given first
    return [_once(problem, problem.where or _cells(cells), told) for problem, cells in alike.items()]


def _once(problem: Problem, where: str, told: dict[str, str]) -> Problem:
    """Return a problem at its place; a long cure that was given before is not given again."""
    number = _CELL.match(where)
    if not number or len(problem.cure) < _LONG:
        return replace(problem, where=where)
    first = told.setdefault(problem.cure, number[1])
    return replace(
        problem, where=where, cure=f"As in cell {first}." if first != number[1] else problem.cure
    )


def _number(problem: Problem) -> int:
    number = _CELL.match(problem.where)
    return int(number[1]) if number else 0


def _cells(cells: Iterable[str]) -> str:
    each = list(dict.fromkeys(cells))
    return f"cell{'s' * (len(each) > 1)} {', '.join(each)}"
