"""The DuckDB views that a reader of the mart sees."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from pathlib import Path

from helpers.data.mart.manifest import FileRecord, LoadRecord, Manifest, Policy
from helpers.data.schema import TABLES, Table, duckdb_columns
from helpers.data.sql import sql_beside

_SQL = sql_beside(__file__)
#: a chain of mergers longer than this is a circle in the data
LONGEST_CHAIN = 10
#: how the names of what `series_statements` makes begin
SERIES_VIEWS = ("measure_values", "series_sources", "contested_series")
#: of these, what `rolled_up_statements` makes
ROLLED_UP_VIEWS = ("measure_values_counted", "measure_values_rolled_up")
#: a measure, and the two whose numerators make it up for trusts that nobody returns it for
DERIVED = ("no_criteria_to_reside", "no_criteria_remaining", "bed_occupancy")
#: patients who stay on: those counted in the day, less those among them who left in the day
REMAINING = ("no_criteria_remaining", "no_criteria_patients", "no_criteria_discharged")

_FILLED = ("name", "kind", "region", "icb_code", "successor", "peer_group", "org_type")
_KNOWN = ", ".join(
    f"first({name} ORDER BY secondary, vintage DESC) FILTER ({name} IS NOT NULL) AS {name}"
    for name in _FILLED
)
_FILL = ", ".join(f"coalesce(r.{name}, k.{name}) AS {name}" for name in _FILLED)

# What a series is: all figures of a measure of an organisation, or all of its units, specialties or categories.
SERIES = "measure, org_code, period_type, basis, plan, part"
PART = "concat_ws('/', CASE WHEN unit_code IS NOT NULL THEN 'unit' END, scheme, breakdown)"

_KINDS: dict[object, str] = {
    str: "VARCHAR",
    Policy: "VARCHAR",
    int: "BIGINT",
    bool: "BOOLEAN",
    datetime: "TIMESTAMP",
    date: "DATE",
}
#: what the view of loads shows of each
_LOADS = [
    (name, _KINDS[field.annotation])
    for name, field in LoadRecord.model_fields.items()
    if name not in ("load", "rows_rejected", "rejected", "settings")
]


def view_statements(root: Path, manifest: Manifest, *, without: Collection[str] = ()) -> list[str]:
    """Return the SQL that makes the views of one manifest, all but those that rest on the choice of sources.

    Every table has a view of its own name. Tables with a key show the latest edition of each row, and
    every edition as `<table>_all`. `successors` maps a code to the organisation that it became part of.
    Of measures, `measure_values_editions` has the latest edition of each source, and `measure_values_pooled`
    the histories of merged organisations added up source by source. Tables named in `without` are not there.
    """
    statements = [_loads_view(manifest.loads), _data_sets_view(manifest.loads)]
    for table in TABLES.values():
        if table.name in without:
            continue
        shown = f"{table.name}_all" if table.key else table.name
        statements.append(_table_view(root, table, shown, manifest.table_files(table.name)))
        if table.name == "organisations":
            statements.append(_SQL["organisations"].format(known=_KNOWN, filled=_FILL))
        elif table.key and table.name != "measure_values":
            statements.append(_SQL["latest"].format(name=table.name, key=_key(table)))
    key = _key(TABLES["measure_values"]).replace("t.", "")
    return [
        *statements,
        _SQL["successors"].format(longest=LONGEST_CHAIN),
        _SQL["editions"].format(key=key),
        _SQL["pooled"],
    ]


def needs_choice(manifest: Manifest) -> bool:
    """Tell whether figures come from several sources, so that a series may have more than one."""
    return len({file.source for file in manifest.table_files("measure_values")}) > 1


def series_statements() -> list[str]:
    """Return the SQL of the table of chosen sources, to be filled by `choice_query`, and the first views upon it.

    `measure_values_returned` has one series per measure and organisation, and `measure_values` the rows behind them by
    their own codes.
    """
    successors = "LEFT JOIN successors s ON v.org_code = s.org_code"
    returned = {"rows": "measure_values_pooled", "more": "", "org": "v.org_code"}
    own = {
        "rows": "measure_values_editions",
        "more": successors,
        "org": "coalesce(s.successor, v.org_code)",
    }
    chosen = _SQL["chosen"]
    return [
        "CREATE TABLE series_sources (measure VARCHAR, org_code VARCHAR, period_type VARCHAR, basis VARCHAR, "
        "plan BOOLEAN, part VARCHAR, period DATE, source VARCHAR)",
        f"CREATE VIEW contested_series AS SELECT DISTINCT {SERIES} FROM series_sources",
        "CREATE VIEW measure_values_returned AS SELECT v.* " + chosen.format(part=PART, **returned),
        "CREATE VIEW measure_values AS SELECT v.* " + chosen.format(part=PART, **own),
    ]


def rolled_up_statements() -> list[str]:
    """Return the SQL of the views upon those of `series_statements`.

    `measure_values_rolled_up` has what `measure_values_returned` has, and the `REMAINING` and `DERIVED` measures
    besides.
    """
    name, numerator, denominator = DERIVED
    remaining, counted, left = REMAINING
    return [
        _SQL["counted"].format(name=remaining, counted=counted, left=left),
        _SQL["rolled_up"].format(name=name, numerator=numerator, denominator=denominator),
    ]


def measures_behind(measures: Iterable[str]) -> frozenset[str]:
    """Return the measures that rolled-up figures of some rest on, themselves among them.

    >>> sorted(measures_behind(["dna_rate"]))
    ['dna_rate']
    """
    found = set(measures)
    for made in (DERIVED, REMAINING):
        found.update(made if made[0] in found else ())
    return frozenset(found)


def _key(table: Table) -> str:
    # actual and provisional figures are one series, a plan is another
    columns = [f"t.{name}" if name != "status" else "t.status = 'plan'" for name in table.key]
    return ", ".join(columns)


def _table_view(root: Path, table: Table, shown: str, files: Sequence[FileRecord]) -> str:
    if not files:
        columns = ", ".join(f'CAST(NULL AS {kind}) AS "{name}"' for name, kind in duckdb_columns(table))
        return f"CREATE VIEW {shown} AS SELECT {columns} WHERE false"
    options = "hive_partitioning = false"
    if table.records:
        options = "hive_partitioning = true, hive_types = {'org_code': VARCHAR}"
    # of the files of one schema the first alone is opened to know their columns, not hundreds at every question
    by_schema: dict[str, list[str]] = {}
    for file in files:
        by_schema.setdefault(file.schema_id, []).append(literal(no_glob(str(root / file.path))))
    found = " UNION ALL BY NAME ".join(
        f"SELECT * FROM read_parquet([{', '.join(paths)}], {options})" for paths in by_schema.values()
    )
    if not table.records:
        return f"CREATE VIEW {shown} AS {found}"
    # records loaded before a column was declared have it as well, empty
    columns = ", ".join(f'CAST(NULL AS {kind}) AS "{name}"' for name, kind in duckdb_columns(table))
    return f"CREATE VIEW {shown} AS {found} UNION ALL BY NAME SELECT {columns} WHERE false"


def _loads_view(loads: Iterable[LoadRecord]) -> str:
    selects = [
        "SELECT " + ", ".join(_cast(getattr(load, name), kind, name) for name, kind in _LOADS)
        for load in loads
    ]
    empty = "SELECT " + ", ".join(_cast(None, kind, name) for name, kind in _LOADS) + " WHERE false"
    return "CREATE VIEW loads AS " + " UNION ALL ".join([*selects, empty])


def _data_sets_view(loads: Iterable[LoadRecord]) -> str:
    """Say of each source whether it is the publication itself, and which publication its figures are from."""
    latest = {load.source: load for load in loads}
    rows = [
        f"SELECT {literal(source)} AS source, {load.secondary} AS secondary, "
        f"{literal(load.publication or source)} AS publication"
        for source, load in sorted(latest.items())
    ]
    return "CREATE VIEW data_sets AS " + (
        " UNION ALL ".join(rows) or "SELECT '' AS source, true AS secondary, '' AS publication WHERE false"
    )


def _cast(value: object, kind: str, name: str) -> str:
    text = "NULL" if value is None else literal(str(value))
    return f'CAST({text} AS {kind}) AS "{name}"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def no_glob(path: str) -> str:
    """Return a path in which DuckDB sees no wildcard.

    >>> no_glob("a[1]/b*.parquet")
    'a[[]1]/b[*].parquet'
    """
    return "".join(f"[{letter}]" if letter in "[*?" else letter for letter in path)
