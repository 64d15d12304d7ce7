"""The DuckDB views that a reader of the mart sees."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from pathlib import Path

from helpers.data.mart.manifest import FileRecord, LoadRecord, Manifest, Policy
from helpers.data.schema import TABLES, Table, duckdb_columns

#: a chain of mergers longer than this is a circle in the data
LONGEST_CHAIN = 10
#: how the names of what `series_statements` makes begin
SERIES_VIEWS = ("measure_values", "series_sources", "contested_series")
#: a measure, and the two whose numerators make it up for trusts that nobody returns it for
DERIVED = ("no_criteria_to_reside", "no_criteria_remaining", "bed_occupancy")
#: patients who stay on: those counted in the day, less those among them who left in the day
REMAINING = ("no_criteria_remaining", "no_criteria_patients", "no_criteria_discharged")

_LATEST = """
CREATE VIEW {name} AS
SELECT * EXCLUDE (nth) FROM (
    SELECT t.*, row_number() OVER (
        PARTITION BY {key} ORDER BY coalesce(s.secondary, false), t.vintage DESC
    ) AS nth
    FROM {name}_all t LEFT JOIN data_sets s ON t.source = s.source
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
    FROM organisations_all t LEFT JOIN data_sets s ON t.source = s.source
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

_EDITIONS = """
CREATE VIEW measure_values_editions AS
SELECT * FROM measure_values_all
QUALIFY row_number() OVER (PARTITION BY {key}, source ORDER BY vintage DESC) = 1
"""

# A pooled value is the mean of the members' values weighted by their denominators, which is exact for
# proportions, rates and means in any unit. Counts add up. A value with neither part cannot be pooled, and where a
# member's figure is missing or hidden, the sum is not known: it is never a smaller one.
# Each source is pooled for itself: one that has merged the members already is not added to one that has not.
_POOLED = """
CREATE VIEW measure_values_pooled AS
SELECT measure, coalesce(s.successor, v.org_code) AS org_code, unit_code, scheme, specialty_code,
    breakdown, category, period, period_type, basis, v.source,
    CASE WHEN NOT bool_or(suppressed) AND count(numerator) = count(*) THEN sum(numerator) END AS numerator,
    CASE WHEN NOT bool_or(suppressed) AND count(denominator) = count(*) THEN sum(denominator) END AS denominator,
    CASE WHEN bool_or(suppressed) THEN NULL
         WHEN count(*) = 1 THEN any_value(value)
         WHEN count(*) FILTER (denominator IS NULL OR (value IS NULL AND denominator <> 0)) = 0
             AND sum(denominator) > 0
             THEN sum(CASE WHEN denominator = 0 THEN 0 ELSE value * denominator END) / sum(denominator)
         WHEN count(numerator) = count(*) AND count(denominator) = 0 THEN sum(numerator)
    END AS value,
    CASE WHEN count(*) = 1 THEN any_value(target) END AS target,
    CASE WHEN bool_or(status = 'provisional') THEN 'provisional' ELSE any_value(status) END AS status,
    CASE WHEN bool_or(origin = 'records') THEN 'records' ELSE 'published' END AS origin,
    bool_or(suppressed) AS suppressed,
    count(*) AS members,
    max(vintage) AS vintage
FROM measure_values_editions v LEFT JOIN successors s ON v.org_code = s.org_code
GROUP BY measure, coalesce(s.successor, v.org_code), unit_code, scheme, specialty_code,
    breakdown, category, period, period_type, basis, v.source, status = 'plan'
"""

# What a series is: all figures of a measure of an organisation, or all of its units, specialties or categories.
SERIES = "measure, org_code, period_type, basis, plan, part"
PART = "concat_ws('/', CASE WHEN unit_code IS NOT NULL THEN 'unit' END, scheme, breakdown)"

# Series that have several sources keep the rows of the one that was chosen for the period. A period that only
# sources on another basis have is left out, not filled.
_CHOSEN = """
FROM {rows} v {more} LEFT JOIN series_sources c ON c.measure = v.measure AND c.org_code = {org}
    AND c.period_type = v.period_type AND c.basis = v.basis AND c.plan = (v.status = 'plan') AND c.part = {part}
    AND c.period = v.period
LEFT JOIN contested_series o ON o.measure = v.measure AND o.org_code = {org}
    AND o.period_type = v.period_type AND o.basis = v.basis AND o.plan = (v.status = 'plan') AND o.part = {part}
WHERE o.measure IS NULL OR c.source = v.source
"""

# The two counts come of two files, so they meet day by day. Zeros are mostly days without a return, and single
# days are far out: hence the median. A day on which fewer of the merged trusts returned than on others, or on
# which more left than were counted, is no count of the trust.
_COUNTED = """
CREATE VIEW measure_values_counted AS
SELECT * FROM measure_values_returned
UNION ALL BY NAME
SELECT '{name}' AS measure, org_code, month AS period, 'month' AS period_type, basis,
    median(stayed) AS numerator, median(stayed) AS value,
    CASE WHEN bool_or(status = 'provisional') THEN 'provisional' ELSE 'actual' END AS status,
    CASE WHEN bool_or(origin = 'records') THEN 'records' ELSE 'published' END AS origin,
    false AS suppressed, max(members) AS members, max(vintage) AS vintage, any_value(source) AS source
FROM (
    SELECT n.org_code, n.basis, date_trunc('month', n.period)::DATE AS month, n.numerator - d.numerator AS stayed,
        n.status, n.origin, n.members, n.vintage, n.source || ', ' || d.source AS source
    FROM measure_values_returned n JOIN measure_values_returned d USING (org_code, period, basis)
    WHERE n.measure = '{counted}' AND d.measure = '{left}' AND n.period_type = 'day' AND d.period_type = 'day'
        AND n.numerator > 0 AND d.numerator <= n.numerator AND n.members = d.members
        AND n.status <> 'plan' AND d.status <> 'plan'
        AND coalesce(n.unit_code, n.specialty_code, n.breakdown) IS NULL
        AND coalesce(d.unit_code, d.specialty_code, d.breakdown) IS NULL
        AND n.org_code NOT IN (SELECT org_code FROM measure_values_returned WHERE measure = '{name}')
    QUALIFY n.members = max(n.members) OVER (PARTITION BY n.org_code, n.basis, date_trunc('month', n.period))
)
GROUP BY org_code, basis, month
"""

# A count says how large a trust is, a share how it does: where both counts are known, the share follows.
_ROLLED_UP = """
CREATE VIEW measure_values_rolled_up AS
SELECT * FROM measure_values_counted
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
FROM measure_values_counted n JOIN measure_values_counted d USING (org_code, period, period_type, basis)
WHERE n.measure = '{numerator}' AND d.measure = '{denominator}' AND d.numerator > 0
    AND n.status <> 'plan' AND d.status <> 'plan'
    AND coalesce(n.unit_code, n.specialty_code, n.breakdown) IS NULL
    AND coalesce(d.unit_code, d.specialty_code, d.breakdown) IS NULL
    AND n.org_code NOT IN (SELECT org_code FROM measure_values_returned WHERE measure = '{name}')
"""

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
            statements.append(_ORGANISATIONS.format(known=_KNOWN, filled=_FILL))
        elif table.key and table.name != "measure_values":
            statements.append(_LATEST.format(name=table.name, key=_key(table)))
    key = _key(TABLES["measure_values"]).replace("t.", "")
    return [*statements, _SUCCESSORS, _EDITIONS.format(key=key), _POOLED]


def needs_choice(manifest: Manifest) -> bool:
    """Tell whether figures come from several sources, so that a series may have more than one."""
    return len({file.source for file in manifest.table_files("measure_values")}) > 1


def series_statements() -> list[str]:
    """Return the SQL of the table of chosen sources, to be filled by `choice_query`, and the views upon it.

    `measure_values_returned` has one series per measure and organisation, `measure_values_rolled_up` the
    `REMAINING` and `DERIVED` measures besides, and `measure_values` the rows behind them by their own codes.
    """
    successors = "LEFT JOIN successors s ON v.org_code = s.org_code"
    returned = {"rows": "measure_values_pooled", "more": "", "org": "v.org_code"}
    own = {
        "rows": "measure_values_editions",
        "more": successors,
        "org": "coalesce(s.successor, v.org_code)",
    }
    name, numerator, denominator = DERIVED
    remaining, counted, left = REMAINING
    return [
        "CREATE TABLE series_sources (measure VARCHAR, org_code VARCHAR, period_type VARCHAR, basis VARCHAR, "
        "plan BOOLEAN, part VARCHAR, period DATE, source VARCHAR)",
        f"CREATE VIEW contested_series AS SELECT DISTINCT {SERIES} FROM series_sources",
        f"CREATE VIEW measure_values_returned AS SELECT v.* {_CHOSEN.format(part=PART, **returned)}",
        f"CREATE VIEW measure_values AS SELECT v.* {_CHOSEN.format(part=PART, **own)}",
        _COUNTED.format(name=remaining, counted=counted, left=left),
        _ROLLED_UP.format(name=name, numerator=numerator, denominator=denominator),
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
