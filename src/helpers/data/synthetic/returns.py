"""The same invented hospitals through other returns: quarterly beds, admissions, reasons, and further monthly measures.

Beds and admissions follow from the monthly beds and the mean stays, so that beds over admissions give back about the
stay of the records, as the real returns would.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.data.synthetic.drawing import chance, log_odds
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


#: of patients over 52 weeks, the share over 65; of attendances, those who wait 12 hours for a bed
OVER_65, TWELVE_HOURS = 0.15, 0.006
#: of attendances, those admitted; days in a bed per discharge
ADMITTED, DAYS = 0.31, 5.2
#: share of a year's savings that comes in each month, April first: plans deliver late
SAVED = np.array([3, 4, 5, 7, 8, 9, 8, 9, 9, 10, 12, 16]) / 100
#: savings plan of a year, and what trusts deliver of it; staff with an appraisal
PLANNED_POUNDS, DELIVERED, DELIVERED_SPREAD = 12_000_000, 0.98, 0.08
STAFF, APPRAISED, APPRAISED_SPREAD = 6_000, 0.86, 0.35
#: written complaints in a month per pathway on the waiting list, as a measure of the trust's size
COMPLAINTS = 0.0012
#: month-to-month noise of the counts, standard deviation of the logarithm
NOISE = 0.03


def further_measures(rng: np.random.Generator, values: pd.DataFrame) -> pd.DataFrame:
    """Return counts, and waits of over 65 weeks, that follow from the measures drawn already.

    `rng`: of its own, so that what was drawn before stays as it was. `values`: monthly rows of whole organisations:
    `rtt_over_52_weeks`, `ae_four_hours`, `bed_occupancy`.
    """
    whole = values[values["unit_code"].isna() & values["specialty_code"].isna()]
    longer, emergency, beds = (
        whole[whole["measure"] == name] for name in ("rtt_over_52_weeks", "ae_four_hours", "bed_occupancy")
    )
    over_65 = rng.binomial(longer["numerator"].astype(np.int64), OVER_65).astype(float)
    attendances = emergency["denominator"].to_numpy(dtype=float)
    bed_days = (beds["numerator"] * beds["period"].dt.days_in_month).to_numpy(dtype=float)
    frames = [
        longer.assign(measure="rtt_over_65_weeks", numerator=over_65),
        _count(longer, "rtt_list_size", longer["denominator"].to_numpy(dtype=float)),
        _count(emergency, "ae_attendances", attendances),
        _count(emergency, "ae_12_hours_from_decision", _noisy(rng, TWELVE_HOURS * attendances, 5)),
        _count(emergency, "emergency_admissions", _noisy(rng, ADMITTED * attendances, 1)),
        _count(beds, "discharges", _noisy(rng, bed_days / DAYS, 1)),
    ]
    # drawn from a stream of their own, so that what others draw later stays as it was without them
    (later,) = rng.spawn(1)
    frames += [_savings(later, longer), _appraisals(later, longer)]
    complained = later.poisson(COMPLAINTS * longer["denominator"].to_numpy(dtype=float)).astype(float)
    frames.append(_count(longer, "complaints", complained))
    return pd.concat(frames, ignore_index=True)


def _savings(rng: np.random.Generator, rows: pd.DataFrame) -> pd.DataFrame:
    """Return savings of each month, in pounds, of the plan for the year, which delivers late in the year."""
    share = _by_trust(rows, rng.normal(DELIVERED, DELIVERED_SPREAD, rows["org_code"].nunique()))
    season = SAVED[(rows["period"].dt.month.to_numpy() - 4) % 12]
    saved = PLANNED_POUNDS * share * season * np.exp(rng.normal(0, 2 * NOISE, len(rows)))
    return rows.assign(
        measure="savings_delivered", numerator=np.round(saved), denominator=float(PLANNED_POUNDS)
    )


def _appraisals(rng: np.random.Generator, rows: pd.DataFrame) -> pd.DataFrame:
    """Return staff with an appraisal: a level of each trust's own, hardly moving."""
    levels = log_odds(np.array([APPRAISED])) + rng.normal(0, APPRAISED_SPREAD, rows["org_code"].nunique())
    odds = _by_trust(rows, levels) + rng.normal(0, NOISE, len(rows))
    return rows.assign(
        measure="appraisals_done", numerator=np.round(STAFF * chance(odds)), denominator=float(STAFF)
    )


def _by_trust(rows: pd.DataFrame, values: np.ndarray) -> np.ndarray:
    """Return one value for each row, the same for all rows of a trust."""
    return np.asarray(values[pd.factorize(rows["org_code"])[0]])


def _noisy(rng: np.random.Generator, level: np.ndarray, times: float) -> np.ndarray:
    return np.asarray(np.round(level * np.exp(rng.normal(0, times * NOISE, len(level)))))


def _count(rows: pd.DataFrame, measure: str, count: np.ndarray) -> pd.DataFrame:
    return rows.assign(measure=measure, numerator=count, denominator=np.nan)
