"""An invented contract of two trusts: plan and activity by specialty and point of delivery, from April 2024 on.

Put in on purpose: in Trauma and Orthopaedics a dearer mix than planned and in Ophthalmology more of everything, both
from April 2026; in Cardiology a higher price; in Plastic Surgery a few patients whom no plan names; Urology without
a return of August 2026; and a price of day cases that rises in July.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.data.synthetic.drawing import PLANNED, WINTER
from helpers.data.synthetic.truth import INVENTED

_NAMES = ("trusts", "prices", "plan", "done", "paid_over_price", "unplanned", "not_returned")
TRUSTS, PRICES, PLAN, DONE, PAID_OVER_PRICE, UNPLANNED, NOT_RETURNED = (
    INVENTED["contract"][name] for name in _NAMES
)
RISE_FROM, RISE = "2026-07", 1.04
FIRST, LAST_RETURN, LAST_PLAN = "2024-04", "2026-09", "2027-03"


def contract_frame(rng: np.random.Generator) -> pd.DataFrame:
    """Return rows of `contract_lines`; plans begin in April 2026."""
    frames = [_trust(rng, code, size) for code, size in TRUSTS.items()]
    wide = pd.concat(frames, ignore_index=True)
    keys = ["org_code", "specialty", "point_of_delivery", "period"]
    return wide.melt(keys, var_name="figure", value_name="amount").dropna(
        subset="amount", ignore_index=True
    )


def _trust(rng: np.random.Generator, code: str, size: float) -> pd.DataFrame:
    months = pd.period_range(FIRST, LAST_PLAN, freq="M")
    named = np.asarray(months.month) - 1
    planned_year, returned = months >= pd.Period("2026-04", "M"), months <= pd.Period(LAST_RETURN, "M")
    frames = []
    planned = [
        (specialty, line, float(number))
        for specialty, numbers in PLAN.items()
        for line, number in zip(PRICES, numbers, strict=True)
        if number
    ]
    for specialty, line, monthly in [*planned, tuple(UNPLANNED)]:
        price, is_planned = PRICES[line]
        season = (PLANNED if is_planned else WINTER)[named]
        prices = np.where((months >= pd.Period(RISE_FROM, "M")) & (line == "Day case"), price * RISE, price)
        factor = DONE.get(f"{specialty} {line}", DONE.get(specialty, 1.0))
        level = monthly * size * season * np.where(planned_year, factor, 0.97)
        done = rng.poisson(level * rng.gamma(1 / 0.03**2, 0.03**2, len(months))).astype(float)
        gone = ~returned | ((specialty == NOT_RETURNED[0]) & (months == pd.Period(NOT_RETURNED[1], "M")))
        has_plan = planned_year & (specialty != UNPLANNED[0])
        frame = pd.DataFrame({"period": months.to_timestamp()})
        frame["planned_activity"] = np.where(has_plan, np.round(monthly * size * season), np.nan)
        frame["planned_price"] = np.where(has_plan, np.round(prices, 2), np.nan)
        frame["actual_activity"] = np.where(gone, np.nan, done)
        paid = np.round(done * prices * PAID_OVER_PRICE.get(specialty, 1.0), 2)
        frame["actual_value"] = np.where(gone, np.nan, paid)
        frames.append(frame.assign(org_code=code, specialty=specialty, point_of_delivery=line))
    return pd.concat(frames)
