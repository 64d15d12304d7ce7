"""The DuckDB views that a reader of the mart sees."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from helpers.data.manifest import FileRecord, LoadRecord, Manifest
from helpers.data.schema import TABLES, Table, duckdb_columns

#: a chain of mergers longer than this is a circle in the data
LONGEST_CHAIN = 10
#: a measure, and the two whose numerators make it up for trusts that nobody returns it for
DERIVED = ("no_criteria_to_reside", "no_criteria_patients", "bed_occupancy")

_LATEST = """
CREATE VIEW {name} AS
SELECT * EXCLUDE (nth) FROM (
    SELECT t.*, row_number() OVER (
        PARTITION BY {key} ORDER BY coalesce(s.secondary, false), t.vintage DESC
    ) AS nth
    FROM {name}_all t LEFT JOIN secondary_sources s ON t.source = s.source
) WHERE nth = 1
"""

# A span comes from the rows that have dates; what these leave empty (type, peer group, ICB) is filled
# from what any other source says of the organisation. Undated rows alone make one undated span.
_ORGANISATIONS = """
CREATE VIEW organisations AS
WITH ranked AS (
    SELECT t.*, coalesce(s.secondary, false) AS secondary,
        row_number() OVER (
            PARTITION BY org_code, valid_from ORDER BY coalesce(s.secondary, false), t.vintage DESC
        ) AS nth
    FROM organisations_all t LEFT JOIN secondary_sources s ON t.source = s.source
), known AS (
    SELECT org_code, {known}, max(valid_from) AS dated FROM ranked GROUP BY org_code
)
SELECT org_code, {filled}, r.valid_from, r.valid_to, r.source, r.vintage
FROM ranked r JOIN known k USING (org_code)
WHERE r.nth = 1 AND (r.valid_from IS NOT NULL OR k.dated IS NULL)
"""
_FILLED = ("name", "kind", "region", "icb_code", "successor", "peer_group", "org_type")
_KNOWN = ", ".join(
    f"first({name} ORDER BY secondary, vintage DESC) FILTER ({name} IS NOT NULL) AS {name}"
    for name in _FILLED
)
_FILL = ", ".join(f"coalesce(r.{name}, k.{name}) AS {name}" for name in _FILLED)

# Each code's last successor. UNION (not ALL) ends a circle; the depth limit ends a long one.
_SUCCESSORS = f"""
CREATE VIEW successors AS
WITH RECURSIVE steps AS (
    SELECT org_code, successor FROM organisations
    WHERE successor IS NOT NULL AND successor <> org_code
), chain AS (
    SELECT org_code, successor, 1 AS depth FROM steps
    UNION
    SELECT chain.org_code, steps.successor, depth + 1
    FROM chain JOIN steps ON chain.successor = steps.org_code
    WHERE depth < {LONGEST_CHAIN} AND steps.successor <> chain.org_code
)
SELECT org_code, arg_max(successor, depth) AS successor FROM chain GROUP BY org_code
"""

# A pooled value is the mean of the members' values weighted by their denominators, which is exact for
# proportions, rates and means in any unit. Counts add up. A value with neither part cannot be pooled.
_RETURNED = """
CREATE VIEW measure_values_returned AS
SELECT measure, coalesce(s.successor, v.org_code) AS org_code, unit_code, scheme, specialty_code,
    breakdown, category, period, period_type, basis,
    CASE WHEN bool_or(suppressed) THEN NULL ELSE sum(numerator) END AS numerator,
    CASE WHEN bool_or(suppressed) THEN NULL ELSE sum(denominator) END AS denominator,
    CASE WHEN bool_or(suppressed) THEN NULL
         WHEN count(*) = 1 THEN any_value(value)
         WHEN count(denominator) = count(*) AND sum(denominator) > 0
             THEN sum(CASE WHEN denominator = 0 THEN 0 ELSE value * denominator END) / sum(denominator)
         WHEN count(numerator) = count(*) AND count(denominator) = 0 THEN sum(numerator)
    END AS value,
    CASE WHEN count(*) = 1 THEN any_value(target) END AS target,
    CASE WHEN bool_or(status = 'provisional') THEN 'provisional' ELSE any_value(status) END AS status,
    CASE WHEN bool_or(origin = 'records') THEN 'records' ELSE 'published' END AS origin,
    bool_or(suppressed) AS suppressed,
    count(*) AS members,
    max(vintage) AS vintage,
    string_agg(DISTINCT v.source, ', ' ORDER BY v.source) AS source
FROM measure_values v LEFT JOIN successors s ON v.org_code = s.org_code
GROUP BY measure, coalesce(s.successor, v.org_code), unit_code, scheme, specialty_code,
    breakdown, category, period, period_type, basis, status = 'plan'
"""

# A count says how large a trust is, a share how it does: where both counts are known, the share follows.
_ROLLED_UP = """
CREATE VIEW measure_values_rolled_up AS
SELECT * FROM measure_values_returned
UNION ALL BY NAME
SELECT n.* EXCLUDE (denominator) REPLACE (
        '{name}' AS measure,
        n.numerator / d.numerator AS value,
        NULL AS target,
        CASE WHEN 'provisional' IN (n.status, d.status) THEN 'provisional' ELSE n.status END AS status,
        CASE WHEN 'records' IN (n.origin, d.origin) THEN 'records' ELSE n.origin END AS origin,
        n.suppressed OR d.suppressed AS suppressed,
        greatest(n.members, d.members) AS members,
        greatest(n.vintage, d.vintage) AS vintage,
        n.source || ', ' || d.source AS source
    ),
    d.numerator AS denominator
FROM measure_values_returned n JOIN measure_values_returned d USING (org_code, period, period_type, basis)
WHERE n.measure = '{numerator}' AND d.measure = '{denominator}' AND d.numerator > 0
    AND n.status <> 'plan' AND d.status <> 'plan'
    AND coalesce(n.unit_code, n.specialty_code, n.breakdown) IS NULL
    AND coalesce(d.unit_code, d.specialty_code, d.breakdown) IS NULL
    AND n.org_code NOT IN (SELECT org_code FROM measure_values_returned WHERE measure = '{name}')
"""

_LOADS = (
    ("version", "VARCHAR"),
    ("source", "VARCHAR"),
    ("name", "VARCHAR"),
    ("layout", "VARCHAR"),
    ("file", "VARCHAR"),
    ("sha256", "VARCHAR"),
    ("rows_read", "BIGINT"),
    ("rows_kept", "BIGINT"),
    ("rows_rejected", "BIGINT"),
    ("loaded_at", "TIMESTAMP"),
    ("vintage", "TIMESTAMP"),
    ("as_at", "DATE"),
    ("policy", "VARCHAR"),
    ("synthetic", "BOOLEAN"),
    ("secondary", "BOOLEAN"),
)


def view_statements(root: Path, manifest: Manifest) -> list[str]:
    """Return the SQL that makes the views of one manifest.

    Every table has a view of its own name. Tables with a key show the latest edition of each row, and
    every edition as `<table>_all`. `successors` maps a code to the organisation that it became part of,
    `measure_values_returned` adds the histories of merged organisations up, and `measure_values_rolled_up`
    has the `DERIVED` measure besides.
    """
    statements = [_loads_view(manifest.loads), _secondary_view(manifest.loads)]
    for table in TABLES.values():
        shown = f"{table.name}_all" if table.key else table.name
        statements.append(_table_view(root, table, shown, manifest.table_files(table.name)))
        if table.name == "organisations":
            statements.append(_ORGANISATIONS.format(known=_KNOWN, filled=_FILL))
        elif table.key:
            statements.append(_LATEST.format(name=table.name, key=_key(table)))
    name, numerator, denominator = DERIVED
    derived = _ROLLED_UP.format(name=name, numerator=numerator, denominator=denominator)
    return [*statements, _SUCCESSORS, _RETURNED, derived]


def _key(table: Table) -> str:
    # actual and provisional figures are one series, a plan is another
    columns = [f"t.{name}" if name != "status" else "t.status = 'plan'" for name in table.key]
    return ", ".join(columns)


def _table_view(root: Path, table: Table, shown: str, files: Sequence[FileRecord]) -> str:
    if not files:
        columns = ", ".join(f'CAST(NULL AS {kind}) AS "{name}"' for name, kind in duckdb_columns(table))
        return f"CREATE VIEW {shown} AS SELECT {columns} WHERE false"
    paths = ", ".join(_literal(no_glob(str(root / file.path))) for file in files)
    options = ["hive_partitioning = false"]
    if table.records:
        options = ["hive_partitioning = true", "hive_types = {'org_code': VARCHAR}"]
    if len({file.schema_id for file in files}) > 1:
        options.append("union_by_name = true")
    return f"CREATE VIEW {shown} AS SELECT * FROM read_parquet([{paths}], {', '.join(options)})"


def _loads_view(loads: Iterable[LoadRecord]) -> str:
    selects = [
        "SELECT " + ", ".join(_cast(getattr(load, name), kind, name) for name, kind in _LOADS)
        for load in loads
    ]
    empty = "SELECT " + ", ".join(_cast(None, kind, name) for name, kind in _LOADS) + " WHERE false"
    return "CREATE VIEW loads AS " + " UNION ALL ".join([*selects, empty])


def _secondary_view(loads: Iterable[LoadRecord]) -> str:
    sources = sorted({load.source for load in loads if load.secondary})
    rows = " UNION ALL ".join(
        f"SELECT {_literal(source)} AS source, true AS secondary" for source in sources
    )
    return "CREATE VIEW secondary_sources AS " + (
        rows or "SELECT '' AS source, true AS secondary WHERE false"
    )


def _cast(value: object, kind: str, name: str) -> str:
    text = "NULL" if value is None else _literal(str(value))
    return f'CAST({text} AS {kind}) AS "{name}"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def no_glob(path: str) -> str:
    """Return a path in which DuckDB sees no wildcard.

    >>> no_glob("a[1]/b*.parquet")
    'a[[]1]/b[*].parquet'
    """
    return "".join(f"[{letter}]" if letter in "[*?" else letter for letter in path)
