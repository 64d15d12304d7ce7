"""Columns of a table: what heads them, as `columns.yml` beside a module has it, and what fills them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeVar

from helpers.bundle import Cell, Column
from helpers.errors import raise_all
from helpers.report.parts import Field
from helpers.yaml_files import read_yaml

Row = TypeVar("Row")


@dataclass(frozen=True)
class Filled(Generic[Row]):
    """A column of a part (see `helpers.report.parts.Field`), and how its cell is got from what a row is about."""

    name: str
    column: Column
    cell: Callable[[Row], Cell]
    about: str = ""
    usual: bool = True


def text(label: str) -> Column:
    """Return how a column of words is shown."""
    return Column(label=label, kind="text")


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


def fields(module: str, table: str) -> tuple[Field, ...]:
    """Return the columns of a table from `columns.yml` beside a module, which says so by its `__file__`.

    A column is its heading alone, or `label` with what else a `Column` has, `about` and `usual`.
    """
    columns = _tables(Path(module).with_name("columns.yml"))[table].items()
    return tuple(_field(name, {"label": told} if isinstance(told, str) else told) for name, told in columns)


@cache
def _tables(path: Path) -> Mapping[str, Mapping[str, Any]]:
    file = read_yaml(path)
    raise_all(file.problems)
    tables: Any = file.content
    return tables  # type: ignore[no-any-return]


def _field(name: str, told: Mapping[str, Any]) -> Field:
    column = {key: value for key, value in told.items() if key not in ("about", "usual")}
    return Field(name, Column(**column), told.get("about", ""), told.get("usual", True))


def _alike(cells: tuple[Cell, ...]) -> bool:
    return len(cells) > 1 and len(set(cells)) == 1
