"""Length of stay from published statistics: occupied beds of KH03 over admissions of provisional HES.

General and acute beds occupied at midnight (KH03, quarterly) times the days of the quarter are bed-days;
ordinary elective and non-elective admissions of the acute specialties (HES, monthly) are the stays. The two
returns count different things a little differently, so their ratio is crude.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from helpers.data.sql import sql_beside

if TYPE_CHECKING:
    import pandas as pd

    from helpers.data.mart import Mart

_SQL = sql_beside(__file__)
BEDS = "bed_occupancy"
ADMISSIONS = ("elective_ordinary_admissions", "non_elective_admissions")
#: the breakdown of HES that leaves out maternity and mental health, as KH03's general and acute beds do
ACUTE = "specific acute"

#: a trust with fewer admissions a quarter is no general acute trust whose stay compares
FEWEST_ADMISSIONS = 3_000

#: a quarter counts where every month has both kinds of admission
_WHOLE = 3 * len(ADMISSIONS)
_QUARTERS = _SQL["quarters"].format(admissions=ADMISSIONS)
#: codes of the trusts whose latest quarter with both returns can be compared; invented data are left out
COMPARABLE = _SQL["comparable"].format(
    admissions=ADMISSIONS, acute=ACUTE, beds=BEDS, whole=_WHOLE, fewest=FEWEST_ADMISSIONS
)


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
