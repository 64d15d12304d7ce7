"""The same invented hospitals through two other returns: quarterly beds, and admissions by month.

They follow from the monthly beds and the mean stays, so that beds over admissions give back about the stay
of the records, as the real returns would.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.data.synthetic.truth import INVENTED

#: share of admissions that are planned, of those that stay
ELECTIVE_SHARE = 0.2
#: provisional statistics are rounded to this
ROUNDED_TO = 5
#: of the patients who could leave, the share counted by reason; reasons as the publisher words them, and their shares
TOLD = 0.87
REASONS: dict[str, float] = INVENTED["reasons"]
#: how far trusts differ in their reasons, standard deviation of the logarithm; months for which they are returned
DIFFER = 0.35
REASON_MONTHS = 12
_KEYS = ["org_code", "period"]


def other_returns(rng: np.random.Generator, values: pd.DataFrame) -> pd.DataFrame:
    """Return beds by quarter, admissions of the acute specialties by month, and reasons of delay.

    `rng`: of its own. `values`: monthly measure values with `bed_occupancy` (beds occupied over available),
    `no_criteria_to_reside` (patients who could leave over beds) and `mean_los` (days over patients) of each trust.
    """
    beds = values[values["measure"] == "bed_occupancy"]
    stays = values[values["measure"] == "mean_los"].groupby("org_code")[["numerator", "denominator"]].sum()
    whole = values[values["unit_code"].isna() & (values["measure"] == "no_criteria_to_reside")]
    return pd.concat([_quarters(beds), *_admissions(beds, stays), *_reasons(rng, whole)], ignore_index=True)


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


def _reasons(rng: np.random.Generator, remaining: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the patients who could leave by what they wait for, each trust with a mixture of its own."""
    remaining = remaining[
        remaining["period"] > remaining["period"].max() - pd.DateOffset(months=REASON_MONTHS)
    ]
    trusts, places = np.unique(remaining["org_code"].to_numpy(dtype=str), return_inverse=True)
    shares = np.array([*REASONS.values()]) * np.exp(rng.normal(0, DIFFER, (len(trusts), len(REASONS))))
    shares *= TOLD / shares.sum(axis=1, keepdims=True)
    counts = np.round(remaining["numerator"].to_numpy(dtype=float)[:, None] * shares[places])
    rows = remaining[_KEYS].assign(
        measure="delayed_patients", period_type="month", breakdown="reason", origin="published"
    )
    return [
        rows.assign(category=reason, numerator=counts[:, place], value=counts[:, place])
        for place, reason in enumerate(REASONS)
    ]
