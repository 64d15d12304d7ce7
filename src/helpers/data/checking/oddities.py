"""Figures that a careful person would ask about beside those of other months: told at load and by `data check`.

Source: methods, section 11. Each series is looked at within one source, so that a change of source is no
step. Where people are counted, a jump needs `FLOOR` of them on its larger side: small counts jump by
themselves.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from helpers.data.mart.query_errors import explained
from helpers.data.mart.views import literal, no_glob
from helpers.register import Measure, Register

if TYPE_CHECKING:
    import pandas as pd
    from duckdb import DuckDBPyConnection

    from helpers.data.mart import Mart
    from helpers.data.mart.manifest import FileRecord

#: a value so many times, or such a part, of both values beside it is out of place
APART = 20
#: a value so many times, or such a part, of the one before it is a change of scale; per cent to fraction is 100
STEP = 50
#: people counted, from which a jump is told
FLOOR = 100
#: percentages that all lie below this may be fractions (methods section 11)
FRACTION = 1.5
#: share of the organisations of the periods beside it that a period has at least, and how many there must be
COMPLETE, MANY = 0.9, 20
#: records: months with so many admissions are looked at, and fewer discharges than this share of them told
FEWEST_ADMISSIONS, FEWEST_DISCHARGES = 30, 0.5
#: periods within which the end of an own series is news
RECENT = 12
#: a load beside which this runs may hold half a gigabyte
MEMORY = "256MB"
#: how many lines of a kind are shown for one file
SHOWN = 3

Kind = Literal[
    "step",
    "apart",
    "fraction",
    "off target",
    "no denominator",
    "gap",
    "absent",
    "incomplete",
    "few discharges",
]


@dataclass(frozen=True)
class Oddity:
    """Something out of place: of which measure, organisations and load, in words."""

    kind: Kind
    measure: str
    message: str
    organisation: str = ""
    load: str = ""


_SAID = """CREATE TEMP MACRO said(day) AS
    CASE WHEN day(day) > 1 THEN 'on ' || day(day) || strftime(day, ' %B %Y') ELSE strftime(day, 'in %B %Y') END"""
# a file of the mart lies at .../data/<load>/<table>/...
# one number tells a series apart: sorting by six columns of text takes several times as long
_HELD = """
CREATE TEMP TABLE held AS
SELECT regexp_extract(replace(filename, chr(92), '/'), '.*/data/([^/]+)/', 1) AS load, measure, source, org_code,
    coalesce(unit_code, '') AS unit_code, period, period_type, basis, numerator, denominator, value, target,
    origin, hash(measure, source, org_code, coalesce(unit_code, ''), period_type, basis) AS series
FROM read_parquet([{files}], filename = true, union_by_name = true, hive_partitioning = false)
WHERE specialty_code IS NULL AND breakdown IS NULL AND status <> 'plan' AND NOT suppressed
QUALIFY row_number() OVER (PARTITION BY series, period ORDER BY vintage DESC) = 1
"""
_STEPS = f"""
WITH beside AS (
    SELECT *, row_number() OVER w AS place, lag(value) OVER w AS one_before,
        coalesce(lag(value) OVER w, lead(value, 2) OVER w) AS before,
        coalesce(lead(value) OVER w, lag(value, 2) OVER w) AS after,
        coalesce(greatest(numerator, lag(numerator) OVER w, lead(numerator) OVER w), {FLOOR}) AS people
    FROM (SELECT series, period, numerator, value FROM held WHERE value IS NOT NULL)
    WINDOW w AS (PARTITION BY series ORDER BY period)
), judged AS (
    SELECT *, coalesce(people >= {FLOOR} AND value > 0 AND least(before, after) > 0
        AND before IS NOT NULL AND after IS NOT NULL
        AND (value >= {APART} * greatest(before, after) OR value <= least(before, after) / {APART}),
        false) AS apart,
        coalesce(people >= {FLOOR} AND least(value, one_before) > 0
        AND (value >= {STEP} * one_before OR value <= one_before / {STEP}), false) AS step
    FROM beside
), odd AS (
    -- the step back from a value that is out of place itself is not told again
    SELECT *, coalesce(lag(apart) OVER w AND lag(place) OVER w = place - 1, false) AS back
    FROM judged WHERE apart OR step WINDOW w AS (PARTITION BY series ORDER BY period)
)
SELECT h.*, o.apart, o.step, o.before, o.one_before
FROM odd o JOIN held h USING (series, period) WHERE o.apart OR NOT o.back
ORDER BY measure, org_code, unit_code, period
"""
_LEVELS = """
SELECT measure, org_code, unit_code, max(load) AS load, count(value) AS n, max(value) AS highest,
    median(target) AS target, bool_and(denominator IS NULL) AS alone,
    count(*) FILTER (denominator IS NULL AND (value IS NOT NULL OR numerator IS NOT NULL)) AS without,
    max(load) FILTER (denominator IS NULL) AS load_without,
    count(denominator) AS with_denominator, max(period) AS period
FROM held WHERE list_contains($1, measure)
GROUP BY measure, source, org_code, unit_code, period_type, basis HAVING count(value) > 0
ORDER BY ALL
"""
_RETURNS = f"""
WITH returned AS (
    SELECT measure, source, period_type, basis, period, count(DISTINCT org_code) AS n, max(load) AS load
    FROM held WHERE value IS NOT NULL AND unit_code = '' GROUP BY ALL
), beside AS (
    SELECT *, lag(n) OVER w AS before, lead(n) OVER w AS after FROM returned
    WINDOW w AS (PARTITION BY measure, source, period_type, basis ORDER BY period)
)
SELECT 'incomplete', measure, n || ' organisations ' || said(period) || ', ' || least(before, after)
    || ' in the periods beside it: is the file whole, and its dates right?', '', load FROM beside
WHERE period_type <> 'day' AND least(before, after) >= {MANY} AND n < {COMPLETE} * least(before, after)
ORDER BY measure, period
"""
# of the organisation's own figures alone: what is published has gaps of its publisher's
_GAPS = """
WITH steps AS (
    SELECT *, lag(period) OVER (
        PARTITION BY measure, source, org_code, unit_code, period_type, basis ORDER BY period
    ) AS last,
    CASE period_type WHEN 'month' THEN 1 WHEN 'quarter' THEN 3 ELSE 12 END AS months
    FROM held WHERE origin = 'records' AND value IS NOT NULL AND period_type IN ('month', 'quarter', 'year')
)
SELECT 'gap', measure, missing || ' ' || period_type || if(missing > 1, 's', '') || ' missing between '
    || strftime(last, '%B %Y and ') || strftime(period, '%B %Y'), trim(org_code || ' ' || unit_code), load
FROM (SELECT *, datediff('month', last, period) // months - 1 AS missing FROM steps)
WHERE datediff('month', last, period) > months ORDER BY measure, org_code, unit_code, load, last
"""
# series that stop before the latest period of their source: the organisation's own within a year, those of a
# publication one period before; what stopped long ago is no news
_ABSENT = f"""
WITH ranked AS (
    SELECT measure, source, org_code, unit_code, period_type, basis, period, load, origin,
        dense_rank() OVER (PARTITION BY measure, source, period_type, basis ORDER BY period DESC) AS nth
    FROM held WHERE value IS NOT NULL AND period_type <> 'day'
), latest AS (
    SELECT measure, source, period_type, basis, period, max(load) AS load FROM ranked WHERE nth = 1 GROUP BY ALL
), stopped AS (
SELECT l.measure, r.org_code, r.unit_code, l.period, l.load, max(r.period) AS last,
    bool_or(r.origin = 'records') AS is_own
FROM ranked r JOIN latest l USING (measure, source, period_type, basis) WHERE r.nth <= {RECENT} + 1
GROUP BY l.measure, r.source, r.org_code, r.unit_code, r.period_type, r.basis, l.period, l.load
HAVING (is_own AND min(r.nth) > 1) OR (min(r.nth) = 2 AND count(*) FILTER (r.nth <= 3) = 2)
), others AS (
    SELECT load, period, min(measure) AS measure, list(org_code ORDER BY measure, org_code) AS codes
    FROM (SELECT load, period, org_code, min(measure) AS measure
        FROM stopped WHERE NOT is_own GROUP BY ALL) GROUP BY ALL
)
SELECT 'absent', measure, 'ends ' || said(last) || ', others ' || said(period), trim(org_code || ' ' || unit_code), load
FROM (FROM stopped WHERE is_own ORDER BY ALL)
UNION ALL
SELECT 'absent', measure, 'nothing ' || said(period) || ' of ' || len(codes) || ' organisations with figures before: '
    || array_to_string(codes[:{SHOWN}], ', ') || if(len(codes) > {SHOWN}, ' …', ''), '', load
FROM (FROM others ORDER BY measure, period)
"""
# the last month is left out: its patients may still be there
_STAYS = f"""
WITH days AS (
    SELECT source, org_code, date_trunc('month', admitted) AS month, 1 AS came, 0 AS went FROM spells
    UNION ALL SELECT source, org_code, date_trunc('month', discharged), 0, 1 FROM spells
), months AS (
    SELECT source, org_code, month, sum(came) AS came, sum(went) AS went FROM days
    WHERE month IS NOT NULL GROUP BY ALL
), until AS (
    SELECT *, max(month) OVER (PARTITION BY source) AS last FROM months
)
SELECT source, org_code, 'fewer than half as many discharges as admissions in ' || count(*) || ' month'
    || if(count(*) > 1, 's', '') || ', the first ' || strftime(min(month), '%B %Y') || ': are stays missing?' FROM until
WHERE came >= {FEWEST_ADMISSIONS} AND went < {FEWEST_DISCHARGES} * came AND month < last
GROUP BY source, org_code ORDER BY source, org_code
"""


def find_oddities(mart: Mart, register: Register, loads: Collection[str] | None = None) -> list[Oddity]:
    """Return what is out of place among the latest figures of each source, or of some loads held against all others."""
    files = mart.manifest.table_files("measure_values")
    stays = mart.manifest.table_files("spells")
    if loads is not None:
        sources = {file.source for file in (*files, *stays) if file.load in loads}
        files = tuple(file for file in files if file.source in sources)
        stays = tuple(file for file in stays if file.source in sources)
    found: list[Oddity] = []
    with explained(mart), mart.connect(memory=MEMORY, series=False) as connection:
        if files:
            found += _of_values(connection, mart, files, register)
        if stays:
            newest = {file.source: file.load for file in stays}
            rows = connection.execute(_STAYS).fetchall()
            found += [
                Oddity("few discharges", "", words, code, newest[of])
                for of, code, words in rows
                if of in newest
            ]
    return [oddity for oddity in found if loads is None or oddity.load in loads]


def _of_values(
    connection: DuckDBPyConnection, mart: Mart, files: Collection[FileRecord], register: Register
) -> list[Oddity]:
    paths = ", ".join(literal(no_glob(str(mart.path / file.path))) for file in files)
    connection.execute(_SAID)
    connection.execute(_HELD.format(files=paths))
    rated = [name for name, measure in register.measures.items() if measure.kind != "count"]
    return [
        *_steps(_rows(connection.execute(_STEPS).df()), register),
        *_levels(_rows(connection.execute(_LEVELS, [rated]).df()), register),
        *(
            Oddity(*row)
            for told in (_GAPS, _ABSENT, _RETURNS)
            for row in connection.execute(told).fetchall()
        ),
    ]


def _rows(frame: pd.DataFrame) -> list[Any]:
    """Return rows whose cells are had by the names of their columns."""
    return list(frame.itertuples(index=False))


def _steps(rows: list[Any], register: Register) -> list[Oddity]:
    found = []
    for row in rows:
        measure = register.measures.get(row.measure)
        kind: Kind = "apart" if row.apart else "step"
        other, beside = (row.before, "beside it") if row.apart else (row.one_before, "before it")
        is_alone = row.denominator != row.denominator and measure is not None and measure.unit == "%"
        doubt = ": a fraction beside per cent?" if is_alone and _is_hundred(row.value / other) else ""
        words = (
            f"{_amount(row.value, measure)} {_said(row.period)}, {_amount(other, measure)} {beside}{doubt}"
        )
        found.append(Oddity(kind, row.measure, words, _place(row), row.load))
    return found


def _is_hundred(ratio: float) -> bool:
    return STEP <= max(ratio, 1 / ratio) <= 2 * 100


def _levels(rows: list[Any], register: Register) -> list[Oddity]:
    """Compare the level of a whole series with what per cent and a target look like, and its rows' parts."""
    found = []
    for row in rows:
        measure = register.measures[row.measure]
        highest, place, load = row.highest * measure.scale, _place(row), row.load
        # an example's target is nobody's, but it says of what size the measure is
        registered = measure.with_examples().target_on(row.period.date())
        small = registered is not None and registered.value < FRACTION
        own = row.target * measure.scale
        target = own if own > 0 else registered.value if registered else None
        if row.alone and measure.unit == "%" and 0 < highest < FRACTION and not small:
            words = f"all {row.n} values lie below {FRACTION:g} %: fractions given as per cent?"
            found.append(Oddity("fraction", row.measure, words, place, load))
        elif target and highest > 0 and not 1 / STEP < highest / target < STEP:
            words = f"no value is above {highest:,.3g} where the target is {target:,.3g}: of one scale?"
            found.append(Oddity("off target", row.measure, words, place, load))
        if row.without and row.with_denominator:
            words = f"{row.without} rows have no denominator, {row.with_denominator} have one"
            found.append(Oddity("no denominator", row.measure, words, place, row.load_without))
    return found


def _amount(value: float, measure: Measure | None) -> str:
    if measure is None:
        return f"{value:,.4g}"
    shown = (
        f"{value * measure.scale:,.4g}"
        if abs(value * measure.scale) < 10_000
        else f"{value * measure.scale:,.0f}"
    )
    return f"{shown} %" if measure.unit == "%" else shown


def _said(period: pd.Timestamp) -> str:
    return f"on {period.day} {period:%B %Y}" if period.day > 1 else f"in {period:%B %Y}"


def _place(row: Any) -> str:
    return f"{row.org_code} {row.unit_code}".strip()


def remarks_of(oddities: Collection[Oddity]) -> tuple[str, ...]:
    """Return lines about one load's oddities, the first few of each kind and measure."""
    lines: list[str] = []
    groups: dict[tuple[str, str], list[Oddity]] = {}
    for oddity in oddities:
        # a file that is not whole lacks rows of all its measures
        measure = "" if oddity.kind == "incomplete" else oddity.measure
        groups.setdefault((oddity.kind, measure), []).append(oddity)
    for group in groups.values():
        lines += [f"{_of(oddity)}: {oddity.message}" for oddity in group[:SHOWN]]
        if len(group) > SHOWN:
            more = f"{len(group) - SHOWN} more like these; see `boardpack data check`"
            lines.append(f"{group[0].measure or group[0].kind}: {more}")
    return tuple(lines)


def _of(oddity: Oddity) -> str:
    return ", ".join(part for part in (oddity.measure, oddity.organisation) if part)
