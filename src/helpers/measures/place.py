"""Where an organisation lies among the trusts of the country and of its peer group in one period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from helpers.measures.places.groups import PeerGroup
from helpers.measures.places.spread import WINDOW_MONTHS, choose_model, find_positions, find_widening
from helpers.measures.places.values import PeerSeries, series_of
from helpers.register.models import Measure
from helpers.report.period import add_months

#: with fewer trusts there is no middle half worth the name; with fewer peers no median
FEWEST_TRUSTS, FEWEST_PEERS = 10, 5
Side = Literal["better", "typical", "worse", "lower", "higher"]


@dataclass(frozen=True)
class Place:
    """The trusts' values of one period as they are compared, and how the own value lies to them.

    Parameters
    ----------
    period
        First day of the period that is compared.
    measure
        The measure in the unit of the comparison: counts with a base are per 100 of it.
    value
        The own value.
    trusts, nation
        How many trusts have a value, the own one included, and what they are called: "acute trusts".
    national
        All numerators over all denominators; NaN where these are not known.
    low, median, high
        Quartiles of the trusts' values.
    group, group_trusts, group_median
        Who the peers are, how many of them have a value, and their median; "" and NaN without.
    side
        Whether the own value lies in the middle half of trusts, or beyond it and on which side.
    worst_quarter
        The chance, 0 to 1, that it is one of the worst quarter, allowing for chance; NaN where only values are
        known or neither way is better.
    """

    period: date
    measure: Measure
    value: float
    trusts: int
    nation: str
    national: float
    low: float
    median: float
    high: float
    group: str
    group_trusts: int
    group_median: float
    side: Side
    worst_quarter: float = float("nan")

    @property
    def per_base(self) -> bool:
        """Whether a count is compared per 100 of its base."""
        return self.measure.kind == "count"


def place_among(
    rows: pd.DataFrame, measure: Measure, period: date, own: str, groups: tuple[PeerGroup, PeerGroup]
) -> Place | None:
    """Return the place among trusts; None with fewer than ten of them, or where the own value is not compared.

    Parameters
    ----------
    rows
        As `helpers.data.peer_values.peer_values` returns them for this measure.
    measure
        One that can be compared (`helpers.measures.places.values.can_be_compared`).
    period
        First day of the period.
    own
        Code of the trust whose place is asked for.
    groups
        All trusts of its kind, and its peers among them.
    """
    nation, peers = groups
    days = rows["period"].dt.date
    recent = rows[(days > add_months(period, -WINDOW_MONTHS)) & (days <= period)]
    series = series_of(recent[recent["org_code"].isin(nation.codes)].reset_index(drop=True), measure)
    table = series.at(period)
    if len(table) < FEWEST_TRUSTS or own not in table.index:
        return None
    value, values = float(table["value"][own]), table["value"]
    low, median, high = (float(quartile) for quartile in np.quantile(values, (0.25, 0.5, 0.75)))
    alike = values[values.index.isin(peers.codes)]
    enough = len(alike) >= FEWEST_PEERS
    return Place(
        period=period,
        measure=measure.model_copy(update={"unit": series.unit, "digits": series.digits}),
        value=value,
        trusts=len(table),
        nation=nation.label,
        national=series.pooled(table),
        low=low,
        median=median,
        high=high,
        group=peers.label if enough else "",
        group_trusts=len(alike),
        group_median=float(alike.median()) if enough else float("nan"),
        side=_side(value, low, high, measure),
        worst_quarter=_worst_quarter(series, table, period, own),
    )


def _worst_quarter(series: PeerSeries, table: pd.DataFrame, period: date, own: str) -> float:
    model = choose_model(series.measure, series)
    if model is None or series.measure.direction == "neutral":
        return float("nan")
    found = find_positions(table, model, find_widening(model, series, period))
    if found is None:
        return float("nan")
    side = found.lowest if series.measure.direction == "increase" else found.highest
    return float(side[table.index.get_loc(own)])


def _side(value: float, low: float, high: float, measure: Measure) -> Side:
    if low <= value <= high:
        return "typical"
    above = value > high
    if measure.direction == "neutral":
        return "higher" if above else "lower"
    return "better" if above == (measure.direction == "increase") else "worse"
