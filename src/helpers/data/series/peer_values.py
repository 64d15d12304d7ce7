"""Every trust's values of a measure, for comparisons between trusts: worked out once per load.

Whole trusts alone, merged histories added up. A count says how large a trust is before it says anything
else, so the counts that have a natural base are compared as a ratio to it, and the others not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpers.data.organisations.directory import readable_name

if TYPE_CHECKING:
    import pandas as pd

    from helpers.data.mart import Mart

#: where the size of a trust comes from: general and acute beds, available or occupied
BEDS = "bed_occupancy"


@dataclass(frozen=True)
class Base:
    """What a count is compared per: another measure of the same trust and period."""

    #: measure, part: the measure, and which of its parts: numerator or denominator
    measure: str
    part: str
    words: str  # what the base is called after "per 100"


_BEDS_OCCUPIED = Base(BEDS, "numerator", "occupied beds")
_ADMISSIONS = Base("emergency_admissions", "numerator", "emergency admissions")
#: counts with a base that the same trusts return for the same periods
BASES: Mapping[str, Base] = {
    "delayed_patients": _BEDS_OCCUPIED,
    "cancelled_operations_count": _BEDS_OCCUPIED,
    "ae_12_hours_from_decision": _ADMISSIONS,
    "ae_4_hours_from_decision": _ADMISSIONS,
}

_COUNTS = ", ".join(f"('{count}', '{base.measure}', '{base.part}')" for count, base in BASES.items())
#: of all measures at once: to work the views out takes longer than to find one measure's figures
_VALUES = f"""WITH figures AS MATERIALIZED (
    SELECT measure, org_code, period::DATE AS period, period_type, numerator, denominator, value, suppressed,
        members, origin, source
    FROM measure_values_rolled_up
    WHERE basis = 'provider' AND status <> 'plan'
      AND unit_code IS NULL AND specialty_code IS NULL AND breakdown IS NULL
      AND org_code IN (SELECT org_code FROM organisations WHERE kind = 'trust')
), counts AS (
    FROM (VALUES {_COUNTS}) t (measure, base, part)
), bases AS (
    SELECT c.measure, org_code, period, period_type, suppressed, origin, source,
        CASE c.part WHEN 'numerator' THEN numerator ELSE denominator END AS people
    FROM figures f JOIN counts c ON f.measure = c.base
)
SELECT * FROM figures WHERE measure NOT IN (SELECT measure FROM counts)
UNION ALL BY NAME
SELECT v.* REPLACE (
        b.people AS denominator, v.numerator / b.people AS value, v.suppressed OR b.suppressed AS suppressed,
        CASE WHEN 'records' IN (v.origin, b.origin) THEN 'records' ELSE 'published' END AS origin,
        v.source || ', ' || b.source AS source
    )
FROM figures v JOIN bases b USING (measure, org_code, period, period_type) WHERE b.people > 0
ORDER BY measure, period_type, org_code, period"""


def peer_values(mart: Mart, measure: str, period_type: str) -> pd.DataFrame:
    """Return a measure of every trust and period, or of a count its ratio to the base.

    Returns
    -------
    DataFrame
        org_code, period (first day), period_type, numerator, denominator, value (numerator over
        denominator, before the unit's scale), suppressed, members (how many organisations a row adds up),
        origin, source; in order of trust and period. One row per trust and period.
    """
    behind = {measure, BASES[measure].measure} if measure in BASES else {measure}

    def build() -> pd.DataFrame:
        every = mart.derived(
            "peer_values", lambda: mart.query(_VALUES), only=("measure", measure), measures=behind
        )
        return every[every["period_type"] == period_type].drop(columns="measure")

    return mart.derived(f"peer_values {measure} {period_type}", build)


def peer_organisations(mart: Mart) -> pd.DataFrame:
    """Return what tells trusts apart, indexed by org_code; what is not known is empty text.

    A trust that came out of a merger has the type of those that it came from, where they agree.

    Returns
    -------
    DataFrame
        name, region, region_name, icb_code, icb_name, org_type (Acute, Mental Health …), peer_group (type
        and size), and beds: the latest number of general and acute beds available, NaN where none.
    """
    return mart.derived("peer_organisations", lambda: _organisations(mart)).set_index("org_code")


def _organisations(mart: Mart) -> pd.DataFrame:
    frame = mart.query(
        f"""WITH entries AS (
            SELECT org_code, arg_max(name, coalesce(valid_from, DATE '1900-01-01')) AS name,
                any_value(region) AS region, any_value(icb_code) AS icb_code,
                any_value(org_type) AS org_type, any_value(peer_group) AS peer_group
            FROM organisations WHERE kind = 'trust' GROUP BY org_code
        ), inherited AS (
            SELECT s.successor AS org_code, any_value(e.peer_group) AS peer_group
            FROM successors s JOIN entries e ON e.org_code = s.org_code WHERE e.peer_group IS NOT NULL
            GROUP BY s.successor HAVING count(DISTINCT e.peer_group) = 1
        ), named AS (
            SELECT org_code, any_value(name) AS name FROM organisations
            WHERE kind IN ('region', 'icb') GROUP BY org_code
        ), beds AS (
            SELECT org_code, arg_max(denominator, period) AS beds FROM measure_values_rolled_up
            WHERE measure = '{BEDS}' AND basis = 'provider' AND status <> 'plan' AND denominator > 0
              AND unit_code IS NULL AND specialty_code IS NULL AND breakdown IS NULL GROUP BY org_code
        )
        SELECT e.org_code, e.name, e.region, r.name AS region_name, e.icb_code, i.name AS icb_name,
            e.org_type, coalesce(e.peer_group, h.peer_group) AS peer_group, b.beds
        FROM entries e LEFT JOIN inherited h USING (org_code) LEFT JOIN beds b USING (org_code)
        LEFT JOIN named r ON r.org_code = e.region LEFT JOIN named i ON i.org_code = e.icb_code
        WHERE e.org_code NOT IN (SELECT org_code FROM successors) ORDER BY e.org_code"""
    )
    words = frame.drop(columns="beds").fillna("")
    for column in ("name", "region_name", "icb_name"):
        words[column] = [
            readable_name(name).removesuffix(" Commissioning Region") for name in words[column]
        ]
    return words.assign(beds=frame["beds"].astype(float))
