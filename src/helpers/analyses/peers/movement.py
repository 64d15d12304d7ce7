"""How an organisation and its peers moved: value, median and percentile period by period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from helpers.analyses.peers.result import PeerComparison
from helpers.measures.places.spread import FEWEST_MEMBERS, Percentile


@dataclass(frozen=True)
class PeerMoment:
    """One period: the organisation among its peers of then; values in the unit."""

    period: date  # first day
    members: int
    value: float | None  # the own one; None where it had none that can be compared
    lower_quartile: float
    median: float
    upper_quartile: float
    percentile: Percentile | None  # none without own value, a model of chance or enough peers


@dataclass(frozen=True)
class Movement:
    """From a first to the compared period, by those who have a figure in both."""

    moments: tuple[PeerMoment, ...]  # in order of their periods
    #: first, last: the earliest moment of the span with an own value, and the compared one
    first: PeerMoment
    last: PeerMoment
    same: int  # how many organisations have a figure in both
    #: own_change, peers_change: how the own value and that median changed, in the unit
    own_change: float
    peers_change: float


def find_movement(
    comparison: PeerComparison, *, months: int, only_ends: bool = False, since: date = date.min
) -> Movement | None:
    """Return how the organisation moved among its peers over some months up to the compared period.

    None without an own value now and before, or with too few peers in both periods. Periods before `since` are not the
    same measure: a break in the series. With `only_ends` those between the first and the last are left out.
    """
    rows = comparison.series.window(comparison.period, months + 1)
    rows = rows[rows["period"] >= since]
    mine = sorted(rows.loc[rows["org_code"] == comparison.organisation, "period"])
    if comparison.own is None or len(mine) < 2 or len(comparison.members) < FEWEST_MEMBERS:
        return None
    between = sorted({day for day in rows["period"] if day > mine[0]})
    periods = [mine[0], *([comparison.period] if only_ends else between)]
    tables = {day: rows[rows["period"] == day].set_index("org_code") for day in periods}
    before, now = (tables[day]["value"] for day in (mine[0], comparison.period))
    same = before.index.intersection(now.index)
    if len(same) < FEWEST_MEMBERS:
        return None
    moments = tuple(_moment(comparison, day, table) for day, table in tables.items())
    first, last = float(before[same].median()), float(now[same].median())
    return Movement(
        moments=moments,
        first=moments[0],
        last=moments[-1],
        same=len(same),
        own_change=float(now[comparison.organisation]) - float(before[comparison.organisation]),
        peers_change=last - first,
    )


def _moment(comparison: PeerComparison, day: date, table: pd.DataFrame) -> PeerMoment:
    low, middle, high = (float(q) for q in np.quantile(table["value"], [0.25, 0.5, 0.75]))
    if comparison.organisation not in table.index:
        return PeerMoment(day, len(table), None, low, middle, high, None)
    value = float(table["value"][comparison.organisation])
    return PeerMoment(day, len(table), value, low, middle, high, _place_on(comparison, day))


def _place_on(comparison: PeerComparison, day: date) -> Percentile | None:
    places = comparison.places if day == comparison.period else comparison.places_on(day)
    return None if places.table["value"].nunique() == 1 else places.percentile(comparison.organisation)
