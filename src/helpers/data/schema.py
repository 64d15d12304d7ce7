"""The tables of the mart: their columns, types and permitted values, as `schema.yml` declares them.

A measure's `value` is its numerator divided by its denominator, and the numerator where there is no
denominator: a share is 0.92 and never 92. The register's unit says how it is shown.

The tables are read in milliseconds, so importing this module is cheap; the pandera, Arrow and DuckDB forms are
made from them when they are needed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import yaml

from helpers.errors import DataError, Problem, near_misses

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pa_checks
    import pyarrow as pa

ColumnType = Literal["text", "number", "whole", "date", "flag", "time"]

#: tables that name things; figures do not come from them
NAME_LISTS = frozenset({"organisations", "specialties", "units"})
#: how many offending rows of one kind a message lists before it only counts them
LISTED_ROWS = 5


@dataclass(frozen=True)
class TableColumn:
    """A column: its type, whether it may be empty, and what it may hold."""

    name: str
    type: ColumnType = "text"
    nullable: bool = True
    allowed: tuple[str, ...] = ()
    minimum: float | None = None


@dataclass(frozen=True)
class Table:
    """A table of the mart; `records` tables hold one row per patient event and are split by org_code."""

    name: str
    columns: tuple[TableColumn, ...]
    key: tuple[str, ...] = ()
    records: bool = False
    required: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "required", frozenset(c.name for c in self.columns if not c.nullable))

    def column_names(self) -> tuple[str, ...]:
        """Return the names of the declared columns, in their order."""
        return tuple(column.name for column in self.columns)


def _column(name: str, said: str) -> TableColumn:
    """Return what a declaration says of a column.

    >>> _column("cost", "needed number from 0")
    TableColumn(name='cost', type='number', nullable=False, allowed=(), minimum=0)
    """
    form, _, words = said.partition(" of ")
    form, _, least = form.partition(" from ")
    kind: Any = form.removeprefix("needed ")
    allowed = tuple(_DECLARED["words"][words]) if words else ()
    return TableColumn(name, kind, kind == form, allowed, int(least) if least else None)


_DECLARED: Final[dict[str, Any]] = yaml.load(
    Path(__file__).with_suffix(".yml").read_text("utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader)
)
#: what is agreed and returned of each line of a contract: how many, and pounds
CONTRACT_FIGURES: Final[tuple[str, ...]] = tuple(_DECLARED["words"]["contract_figures"])
#: what the mart itself writes into every row: where it came from and which edition it is
STAMP: Final = (_column("source", "needed text"), _column("vintage", "needed time"))
TABLES: Final = {
    name: Table(
        name,
        (*(_column(*column) for column in told["columns"].items()), *STAMP),
        tuple(told.get("key", ())),
        told.get("records", False),
    )
    for name, told in _DECLARED["tables"].items()
}
MEASURE_VALUES: Final = TABLES["measure_values"]

#: those with a row per event of a patient, and the others
RECORDS = tuple(name for name, table in TABLES.items() if table.records)
PUBLISHED = tuple(name for name, table in TABLES.items() if not table.records)

_DUCKDB_TYPES: dict[ColumnType, str] = {
    "text": "VARCHAR",
    "number": "DOUBLE",
    "whole": "INTEGER",
    "date": "DATE",
    "flag": "BOOLEAN",
    "time": "TIMESTAMP",
}
_PANDAS_TYPES: dict[ColumnType, str] = {
    "text": "str",
    "number": "float64",
    "whole": "Int32",
    "date": "datetime64[s]",
    "flag": "boolean",
    "time": "datetime64[us]",
}


def find_table(name: str) -> Table:
    """Return the specification of a table.

    Raises `DataError` where the mart has no table of that name.

    >>> find_table("spells").records
    True
    """
    if name not in TABLES:
        raise DataError(f"table {name}", "unknown", ", ".join(TABLES), near_misses(name, TABLES))
    return TABLES[name]


def duckdb_columns(table: Table) -> list[tuple[str, str]]:
    """Return (name, DuckDB type) per declared column: for the empty view of a table without files."""
    return [(column.name, _DUCKDB_TYPES[column.type]) for column in table.columns]


@cache
def pandera_schema(table: Table) -> pa_checks.DataFrameSchema:
    """Return the pandera schema of a table; undeclared columns are let through, types are coerced."""
    import pandera.pandas as pa_checks

    return pa_checks.DataFrameSchema(
        {column.name: _pandera_column(column) for column in table.columns},
        name=table.name,
        coerce=True,
        strict=False,
    )


def _pandera_column(column: TableColumn) -> Any:
    import pandera.pandas as pa_checks

    checks = []
    if column.allowed:
        checks.append(pa_checks.Check.isin(column.allowed))
    if column.minimum is not None:
        checks.append(pa_checks.Check.ge(column.minimum))
    return pa_checks.Column(
        _PANDAS_TYPES[column.type], checks=checks, nullable=column.nullable, required=not column.nullable
    )


def arrow_schema(table: Table, extra: Iterable[pa.Field] = ()) -> pa.Schema:
    """Return the Arrow schema of a table's files, the declared columns first."""
    import pyarrow as pa

    types: dict[ColumnType, pa.DataType] = {
        "text": pa.string(),
        "number": pa.float64(),
        "whole": pa.int32(),
        "date": pa.date32(),
        "flag": pa.bool_(),
        "time": pa.timestamp("us"),
    }
    return pa.schema([pa.field(column.name, types[column.type]) for column in table.columns] + list(extra))


def validate(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with every declared column in its declared type.

    Columns that may be empty are added where they are missing.

    Raises `DataError` with every column that is missing and every kind of value that is not allowed.
    """
    import pandera.errors

    missing = sorted(table.required - set(frame.columns))
    if missing:
        raise DataError([_missing_column(table, name, frame) for name in missing])
    absent = [column.name for column in table.columns if column.name not in frame.columns]
    # None, not NaN: text columns take it as empty and pandera coerces it for the others
    complete = frame.assign(**dict.fromkeys(absent)) if absent else frame
    try:
        checked: pd.DataFrame = pandera_schema(table).validate(complete, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        raise DataError(_failures(table, errors.failure_cases)) from None
    return checked


def typed(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows that come from the mart, which were validated when they were loaded, with words as words.

    A column without any words comes as one of objects.
    """
    words = {column.name: "str" for column in table.columns if column.type == "text"}
    return frame.astype({name: kind for name, kind in words.items() if name in frame.columns})


def _missing_column(table: Table, name: str, frame: pd.DataFrame) -> Problem:
    return Problem(
        f"table {table.name}, column {name}",
        "missing",
        ", ".join(sorted(table.required)),
        near_misses(name, [str(column) for column in frame.columns]),
    )


def _failures(table: Table, cases: pd.DataFrame) -> list[Problem]:
    problems = []
    for (column, check), group in cases.groupby(["column", "check"], dropna=False, sort=False):
        values = _listed(table, group["failure_case"].unique()[:LISTED_ROWS])
        rows = ", ".join(str(row) for row in group["index"].dropna().unique()[:LISTED_ROWS])
        where = f"table {table.name}, column {column}" + (f", rows {rows}" if rows else "")
        problems.append(Problem(where, f"{len(group)} values{values}", str(check)))
    return problems


def _listed(table: Table, values: Iterable[object]) -> str:
    """Return examples of what is wrong; none of patients, whose values no message repeats."""
    return "" if table.records else " such as " + ", ".join(repr(value) for value in values)
