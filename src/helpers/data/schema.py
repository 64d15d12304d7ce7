"""The tables of the mart: their columns, types and permitted values, in one place.

A measure's `value` is its numerator divided by its denominator, and the numerator where there is no
denominator: a share is 0.92 and never 92. The register's unit says how it is shown.

The table specifications are plain tuples, so importing this module is cheap; the pandera, Arrow and
DuckDB forms are made from them when they are needed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from helpers.errors import DataError, Problem, near_misses

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pa_checks
    import pyarrow as pa

ColumnType = Literal["text", "number", "whole", "date", "flag", "time"]

#: tables that name things; figures do not come from them
NAME_LISTS = frozenset({"organisations", "specialties", "units"})
PERIOD_TYPES = ("day", "month", "quarter", "year", "rolling12", "snapshot")
BASES = ("provider", "commissioner")
STATUSES = ("actual", "provisional", "plan")
#: what is agreed and returned of each line of a contract: how many, and pounds
CONTRACT_FIGURES = ("planned_activity", "planned_price", "actual_activity", "actual_value")
ORIGINS = ("published", "records")
SCHEMES = ("main", "treatment", "rtt")
#: kinds of organisation that the mart keeps apart
ORGANISATION_KINDS = (
    *("trust", "icb", "region", "country", "independent"),
    *("sub_icb", "hub", "support", "other"),
)
OUTCOMES = ("attended", "dna", "cancelled_patient", "cancelled_provider")
SEXES = ("female", "male", "other", "unknown")
ADMISSION_METHODS = ("elective", "emergency", "maternity", "transfer", "other", "unknown")
PATIENT_CLASSES = ("ordinary", "day_case", "regular", "mother_baby", "unknown")

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


def _text(name: str, *allowed: str) -> TableColumn:
    return TableColumn(name, "text", True, allowed)


def _needed(name: str, kind: ColumnType = "text", *allowed: str) -> TableColumn:
    return TableColumn(name, kind, False, allowed)


#: what the mart itself writes into every row: where it came from and which edition it is
STAMP = (_needed("source"), _needed("vintage", "time"))

ORGANISATIONS = Table(
    "organisations",
    (
        _needed("org_code"),
        _needed("name"),
        _needed("kind", "text", *ORGANISATION_KINDS),
        _text("region"),
        _text("icb_code"),
        TableColumn("valid_from", "date"),
        TableColumn("valid_to", "date"),
        _text("successor"),
        _text("peer_group"),
        _text("org_type"),
        *STAMP,
    ),
    key=("org_code", "valid_from"),
)
UNITS = Table(
    "units",
    (_needed("org_code"), _needed("unit_code"), _needed("name"), _text("parent_unit"), *STAMP),
    key=("org_code", "unit_code"),
)
SPECIALTIES = Table(
    "specialties",
    (
        _needed("scheme", "text", *SCHEMES),
        _needed("specialty_code"),
        _needed("name"),
        _text("group"),
        *STAMP,
    ),
    key=("scheme", "specialty_code"),
)
MEASURE_VALUES = Table(
    "measure_values",
    (
        _needed("measure"),
        _needed("org_code"),
        _text("unit_code"),
        _text("scheme", *SCHEMES),
        _text("specialty_code"),
        # a breakdown that is neither unit nor specialty: age band, department type, reason
        _text("breakdown"),
        _text("category"),
        _needed("period", "date"),
        _needed("period_type", "text", *PERIOD_TYPES),
        _needed("basis", "text", *BASES),
        TableColumn("numerator", "number"),
        TableColumn("denominator", "number", minimum=0),
        TableColumn("value", "number"),
        TableColumn("target", "number"),
        _needed("status", "text", *STATUSES),
        _needed("origin", "text", *ORIGINS),
        _needed("suppressed", "flag"),
        *STAMP,
    ),
    key=(
        *("measure", "org_code", "unit_code", "scheme", "specialty_code", "breakdown", "category"),
        *("period", "period_type", "basis", "status"),
    ),
)
SPELLS = Table(
    "spells",
    (
        _needed("org_code"),
        _text("specialty_code"),
        _text("unit_code"),
        TableColumn("admitted", "date"),
        TableColumn("discharged", "date"),
        TableColumn("los_days", "number", nullable=False, minimum=0),
        _needed("admission_method", "text", *ADMISSION_METHODS),
        _needed("patient_class", "text", *PATIENT_CLASSES),
        _text("age_band"),
        _text("sex", *SEXES),
        TableColumn("imd_decile", "whole", minimum=1),
        _text("casemix_group"),
        TableColumn("died", "flag"),
        TableColumn("readmitted_30d", "flag"),
        TableColumn("cost", "number", minimum=0),
        *STAMP,
    ),
    records=True,
)
APPOINTMENTS = Table(
    "appointments",
    (
        _needed("org_code"),
        _needed("specialty_code"),
        _needed("appointment_date", "date"),
        _needed("outcome", "text", *OUTCOMES),
        _text("kind", "first", "follow_up"),
        _text("mode"),
        _text("age_band"),
        _text("sex", *SEXES),
        TableColumn("imd_decile", "whole", minimum=1),
        TableColumn("lead_days", "number", minimum=0),
        *STAMP,
    ),
    records=True,
)

CONTRACT_LINES = Table(
    "contract_lines",
    (
        _needed("org_code"),
        _needed("specialty"),
        _needed("point_of_delivery"),
        _needed("period", "date"),
        _needed("figure", "text", *CONTRACT_FIGURES),
        _needed("amount", "number"),
        *STAMP,
    ),
    key=("org_code", "specialty", "point_of_delivery", "period", "figure"),
)

OVERSIGHT = Table(
    "oversight",
    (
        _needed("org_code"),
        _needed("period", "date"),
        _needed("metric"),
        *(_text(name) for name in ("name", "domain", "unit", "trust_type", "reported")),
        _needed("value", "number"),
        *(TableColumn(name, "number") for name in ("low", "middle", "high", "rank")),
        *STAMP,
    ),
    key=("org_code", "period", "metric"),
)
WAITS = Table(
    "waits",
    (
        _needed("org_code"),
        _needed("specialty_code"),
        _needed("referred", "date"),
        TableColumn("removed", "date"),
        # months, and no days, are what a list is counted by; empty while the patient waits
        _text("removed_month"),
        TableColumn("weeks", "number", nullable=False, minimum=0),
        *STAMP,
    ),
    records=True,
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        ORGANISATIONS,
        UNITS,
        SPECIALTIES,
        MEASURE_VALUES,
        CONTRACT_LINES,
        OVERSIGHT,
        SPELLS,
        APPOINTMENTS,
        WAITS,
    )
}

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
        raise DataError(Problem(f"table {name}", "unknown", ", ".join(TABLES), near_misses(name, TABLES)))
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
