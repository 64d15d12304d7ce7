"""The same invented hospitals through two other returns: quarterly beds, and admissions by month.

They follow from the monthly beds and the mean stays, so that beds over admissions give back about the stay
of the records, as the real returns would.
"""

from __future__ import annotations

import pandas as pd

#: share of admissions that are planned, of those that stay
ELECTIVE_SHARE = 0.2
#: provisional statistics are rounded to this
ROUNDED_TO = 5
_KEYS = ["org_code", "period"]


def other_returns(values: pd.DataFrame) -> pd.DataFrame:
    """Return beds by quarter and admissions of the acute specialties by month."""
    beds = values[values["measure"] == "bed_occupancy"]
    stays = values[values["measure"] == "mean_los"].groupby("org_code")[["numerator", "denominator"]].sum()
    return pd.concat([_quarters(beds), *_admissions(beds, stays)], ignore_index=True)


def _quarters(beds: pd.DataFrame) -> pd.DataFrame:
    quarter = beds["period"].dt.to_period("Q").dt.to_timestamp().dt.as_unit("s")
    grouped = beds.assign(period=quarter).groupby(_KEYS)[["numerator", "denominator"]]
    whole = grouped.mean()[grouped.size() == 3].reset_index()
    whole = whole.assign(measure="bed_occupancy", period_type="quarter", origin="published")
    return whole.assign(value=whole["numerator"] / whole["denominator"])


def _admissions(beds: pd.DataFrame, stays: pd.DataFrame) -> list[pd.DataFrame]:
    days = beds["numerator"] * beds["period"].dt.days_in_month
    mean = (stays["numerator"] / stays["denominator"]).reindex(beds["org_code"]).to_numpy()
    every = days / mean
    shares = {
        "elective_ordinary_admissions": ELECTIVE_SHARE,
        "non_elective_admissions": 1 - ELECTIVE_SHARE,
    }
    frames = []
    for measure, share in shares.items():
        count = ROUNDED_TO * (every * share / ROUNDED_TO).round()
        rows = beds[_KEYS].assign(measure=measure, numerator=count, value=count, period_type="month")
        rows = rows.assign(breakdown="specialties", category="specific acute", origin="published")
        frames.append(rows[count.notna()])
    return frames
