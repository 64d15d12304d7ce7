"""Length of stay from published statistics: occupied beds of KH03 over admissions of provisional HES.

General and acute beds occupied at midnight (KH03, quarterly) times the days of the quarter are bed-days;
ordinary elective and non-elective admissions of the acute specialties (HES, monthly) are the stays. The two
returns count different things a little differently, so their ratio is crude.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from helpers.data.mart import Mart

BEDS = "bed_occupancy"
ADMISSIONS = ("elective_ordinary_admissions", "non_elective_admissions")
#: the breakdown of HES that leaves out maternity and mental health, as KH03's general and acute beds do
ACUTE = "specific acute"

#: a trust with fewer admissions a quarter is no general acute trust whose stay compares
FEWEST_ADMISSIONS = 3_000

# the names of measures stand in the query: of a list of values nobody could see which were read
_QUARTERS = f"""WITH own AS (SELECT unnest($own) AS code), beds AS (
        SELECT CASE WHEN org_code IN (FROM own) THEN $code ELSE org_code END AS org_code, period::DATE AS quarter,
               sum(numerator) AS occupied, any_value(source) AS beds_source
        FROM measure_values
        WHERE measure = $beds AND period_type = 'quarter' AND unit_code IS NULL AND breakdown IS NULL
          AND specialty_code IS NULL AND status <> 'plan' AND numerator IS NOT NULL
          AND org_code IN (SELECT org_code FROM organisations WHERE kind = 'trust')
        GROUP BY ALL
    ), months AS (
        SELECT CASE WHEN org_code IN (FROM own) THEN $code ELSE org_code END AS org_code,
               date_trunc('quarter', period)::DATE AS quarter, sum(numerator) AS admissions,
               any_value(source) AS admissions_source, count(DISTINCT (measure, period)) AS parts
        FROM measure_values
        WHERE measure IN {ADMISSIONS} AND period_type = 'month' AND basis = 'provider'
          AND category = $acute AND status <> 'plan' AND numerator IS NOT NULL
        GROUP BY ALL
    )
"""
#: a quarter counts where every month has both kinds of admission
_WHOLE = 3 * len(ADMISSIONS)
#: codes of the trusts whose latest quarter with both returns can be compared; invented data are left out
COMPARABLE = f"""WITH real AS (
        SELECT coalesce(s.successor, v.org_code) AS org_code, v.* EXCLUDE (org_code)
        FROM measure_values v LEFT JOIN successors s ON s.org_code = v.org_code
        WHERE v.source NOT IN (SELECT source FROM loads WHERE synthetic) AND v.numerator IS NOT NULL
    ), quarters AS (
        SELECT org_code, date_trunc('quarter', period) AS quarter, sum(numerator) AS admissions
        FROM real WHERE measure IN {ADMISSIONS} AND period_type = 'month' AND category = '{ACUTE}'
          AND basis = 'provider' GROUP BY ALL HAVING count(DISTINCT (measure, period)) = {_WHOLE}
    ), beds AS (
        SELECT DISTINCT org_code, period AS quarter FROM real
        WHERE measure = '{BEDS}' AND period_type = 'quarter' AND breakdown IS NULL
    ), latest AS (
        SELECT * FROM quarters JOIN beds USING (org_code, quarter)
        QUALIFY quarter = max(quarter) OVER (PARTITION BY org_code)
    )
    SELECT org_code FROM latest WHERE admissions > {FEWEST_ADMISSIONS}
      AND org_code IN (SELECT org_code FROM organisations WHERE kind = 'trust') ORDER BY 1"""


def published_stays(mart: Mart, own: Sequence[str]) -> pd.DataFrame:
    """Return beds and admissions of every trust and quarter; merged trusts as they stood, but for the own.

    `own`: the reported trust's code, and those of its predecessors after it.

    Returns
    -------
    DataFrame
        org_code, quarter (first day), days (of the quarter), occupied (mean daily beds), admissions (NaN
        where a month is missing or hidden), bed_days, beds_source, admissions_source.
    """
    frame = mart.query(
        _QUARTERS
        + f"""SELECT b.org_code, b.quarter, b.occupied, b.beds_source, m.admissions_source,
                   CASE WHEN m.parts = {_WHOLE} THEN m.admissions END AS admissions,
                   datediff('day', b.quarter, b.quarter + INTERVAL 3 MONTH) AS days
              FROM beds b LEFT JOIN months m USING (org_code, quarter) ORDER BY b.quarter, b.org_code""",
        _values(own),
    )
    return frame.assign(
        quarter=[date(day.year, day.month, 1) for day in frame["quarter"]],
        bed_days=frame["occupied"] * frame["days"],
        admissions=frame["admissions"].astype(float),
    )


def latest_stay_month(mart: Mart, own: Sequence[str]) -> date | None:
    """Return the first day of the last month of the trust's latest quarter with beds and admissions."""
    found = mart.query(
        _QUARTERS
        + f"""SELECT max(quarter) AS latest FROM beds JOIN months USING (org_code, quarter)
              WHERE org_code = $code AND parts = {_WHOLE}""",
        _values(own),
    )
    latest = found["latest"][0]
    if latest is None or latest != latest:
        return None
    return date(latest.year, latest.month + 2, 1)


def _values(own: Sequence[str]) -> dict[str, object]:
    return {"own": list(own), "code": own[0], "beds": BEDS, "acute": ACUTE}
