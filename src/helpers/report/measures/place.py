"""Where an organisation lies among the trusts of the country and of its peer group in one period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from helpers.data.policy import policy_for
from helpers.register.models import Measure

#: with fewer trusts there is no middle half worth the name; with fewer peers no median
FEWEST_TRUSTS, FEWEST_PEERS = 10, 5
Side = Literal["better", "typical", "worse", "lower", "higher"]


@dataclass(frozen=True)
class Place:
    """The trusts' values of one period, in the measure's unit, and how the own value lies to them.

    Parameters
    ----------
    period
        First day of the period that is compared.
    trusts
        How many trusts have a value, the own one included.
    national
        All numerators over all denominators; NaN where these are not known.
    low, median, high
        Quartiles of the trusts' values.
    group, group_trusts, group_median
        The peer group, how many of it have a value, and their median; "" and NaN without.
    side
        Whether the own value lies in the middle half of trusts, or beyond it and on which side.
    """

    period: date
    trusts: int
    national: float
    low: float
    median: float
    high: float
    group: str
    group_trusts: int
    group_median: float
    side: Side


def place_among(
    rows: pd.DataFrame, measure: Measure, own: tuple[date, float], *, group: str, peers: frozenset[str]
) -> Place | None:
    """Return the place among trusts.

    None for counts, which say how large a trust is, and with fewer than ten trusts.

    Parameters
    ----------
    rows
        Rows of `helpers.data.measure_series.trust_values` of this measure and period.
    measure
        The measure.
    own
        The period and the own value that is shown, in the measure's unit.
    group
        Name of the peer group.
    peers
        Codes of the trusts in it.
    """
    if measure.kind == "count":
        return None
    usable = rows[rows["value"].notna() & ~rows["suppressed"].astype(bool)]
    if len(usable):
        usable = usable[~_resting_on_few(usable, measure)]
    if len(usable) < FEWEST_TRUSTS:
        return None
    values = usable["value"].astype(float) * measure.scale
    low, median, high = (float(value) for value in np.quantile(values, (0.25, 0.5, 0.75)))
    alike = values[usable["org_code"].isin(peers)]
    enough = len(alike) >= FEWEST_PEERS
    return Place(
        period=own[0],
        trusts=len(usable),
        national=_pooled(usable, measure),
        low=low,
        median=median,
        high=high,
        group=group if enough else "",
        group_trusts=len(alike),
        group_median=float(alike.median()) if enough else float("nan"),
        side=_side(own[1], low, high, measure),
    )


def _resting_on_few(rows: pd.DataFrame, measure: Measure) -> pd.Series:
    """Mark values from records that rest on a count which must be hidden."""
    behind = "denominator" if measure.kind == "mean" else "numerator"
    hides = policy_for("records").hides
    return (rows["origin"] == "records") & rows[behind].map(
        lambda count: hides(None if pd.isna(count) else float(count))
    )


def _pooled(rows: pd.DataFrame, measure: Measure) -> float:
    """Return all numerators over all denominators in the measure's unit; NaN where that says nothing."""
    both = rows[["numerator", "denominator"]].dropna()
    if len(both) < len(rows) or both["denominator"].sum() <= 0:
        return float("nan")
    return float(both["numerator"].sum() / both["denominator"].sum() * measure.scale)


def _side(value: float, low: float, high: float, measure: Measure) -> Side:
    if low <= value <= high:
        return "typical"
    above = value > high
    if measure.direction == "neutral":
        return "higher" if above else "lower"
    return "better" if above == (measure.direction == "increase") else "worse"
