"""Columns of a table, each with what fills it: heading and cells of one column cannot part company."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from helpers.bundle import Cell, Column
from helpers.report.parts import Field

Row = TypeVar("Row")


@dataclass(frozen=True)
class Filled(Generic[Row]):
    """A column of a part (see `helpers.report.parts.Field`), and how its cell is got from what a row is about."""

    name: str
    column: Column
    cell: Callable[[Row], Cell]
    about: str = ""
    usual: bool = True


def laid_out(
    columns: Sequence[Filled[Row]], about: Iterable[Row], *, drop_alike: bool = False
) -> dict[str, Any]:
    """Return the fields and rows of a part, for `Sections.part(name, **laid_out(columns, results))`.

    With `drop_alike` a column that says the same in every row stays out of the table where nobody asks for it; the
    frame keeps it.
    """
    about = list(about)
    rows = [tuple(each.cell(one) for each in columns) for one in about]
    cells = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    fields = tuple(
        Field(each.name, each.column, each.about, each.usual and not (drop_alike and _alike(column)))
        for each, column in zip(columns, cells, strict=True)
    )
    return {"fields": fields, "rows": rows}


def _alike(cells: tuple[Cell, ...]) -> bool:
    return len(cells) > 1 and len(set(cells)) == 1
