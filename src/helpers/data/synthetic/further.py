"""Further monthly measures: counts that go with the shares, and two more standards."""

from __future__ import annotations

import numpy as np
import pandas as pd

#: of patients over 52 weeks, the share over 65; of attendances, those who wait 12 hours for a bed
OVER_65, TWELVE_HOURS = 0.15, 0.006
#: of attendances, those admitted; days in a bed per discharge
ADMITTED, DAYS = 0.31, 5.2
#: month-to-month noise of the counts, standard deviation of the logarithm
NOISE = 0.03
_KEYS = ["org_code", "period"]


def further_measures(rng: np.random.Generator, values: pd.DataFrame) -> pd.DataFrame:
    """Return counts, and waits of over 65 weeks, that follow from the measures drawn already.

    Parameters
    ----------
    rng
        Of its own, so that what was drawn before stays as it was.
    values
        Monthly rows of whole organisations: `rtt_over_52_weeks`, `ae_four_hours`, `bed_occupancy`.
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
    return pd.concat(frames, ignore_index=True)


def _noisy(rng: np.random.Generator, level: np.ndarray, times: float) -> np.ndarray:
    return np.asarray(np.round(level * np.exp(rng.normal(0, times * NOISE, len(level)))))


def _count(rows: pd.DataFrame, measure: str, count: np.ndarray) -> pd.DataFrame:
    return rows.assign(measure=measure, numerator=count, denominator=np.nan)
