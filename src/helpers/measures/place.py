"""Where an organisation lies among the trusts of the country and of its peer group in one period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from helpers.measures.places.groups import PeerGroup
from helpers.measures.places.spread import Percentile, Places
from helpers.register.models import Measure

#: with fewer trusts there is no middle half worth the name; with fewer peers no median
FEWEST_TRUSTS, FEWEST_PEERS = 10, 5
Side = Literal["better", "typical", "worse", "lower", "higher"]


@dataclass(frozen=True)
class Place:
    """The trusts' values of one period as they are compared, and how the own value lies to them."""

    period: date  # first day of the period that is compared
    measure: Measure  # the measure in the unit of the comparison: counts with a base are per 100 of it
    value: float
    #: trusts, nation: how many trusts have a value, the own one included, and what they are called: "acute
    #: trusts"
    trusts: int
    nation: str
    national: float  # all numerators over all denominators; NaN where these are not known
    #: low, median, high: quartiles of the trusts' values
    low: float
    median: float
    high: float
    #: group, group_trusts, group_median: who the peers are, how many of them have a value, and their median; ""
    #: and NaN without
    group: str
    group_trusts: int
    group_median: float
    side: Side  # whether the own value lies in the middle half of trusts, or beyond it and on which side
    #: the chance, 0 to 1, that it is one of the worst quarter, allowing for chance; NaN where only values are
    #: known or neither way is better
    worst_quarter: float = float("nan")
    #: the share of the other trusts that it does better than, or lies above; None where only values are known
    percentile: Percentile | None = None


def place_among(places: Places, own: str, groups: tuple[PeerGroup, PeerGroup]) -> Place | None:
    """Return the place among trusts; None with fewer than ten of them, or where the own value is not compared.

    `groups` are all trusts of the own kind, and the peers among them.
    """
    nation, peers = groups
    table, measure = places.table, places.measure
    if len(table) < FEWEST_TRUSTS or own not in table.index:
        return None
    value, values = float(table["value"][own]), table["value"]
    low, median, high = places.quartiles
    alike = values[values.index.isin(peers.codes)]
    enough = len(alike) >= FEWEST_PEERS
    percentile = places.percentile(own)
    is_judged = percentile is not None and measure.direction != "neutral"
    return Place(
        period=places.period,
        measure=measure,
        value=value,
        trusts=len(table),
        nation=nation.label,
        national=places.pooled,
        low=low,
        median=median,
        high=high,
        group=peers.label if enough else "",
        group_trusts=len(alike),
        group_median=float(alike.median()) if enough else float("nan"),
        side=_side(value, low, high, measure),
        worst_quarter=percentile.worst if percentile and is_judged else float("nan"),
        percentile=percentile,
    )


def _side(value: float, low: float, high: float, measure: Measure) -> Side:
    if low <= value <= high:
        return "typical"
    above = value > high
    if measure.direction == "neutral":
        return "higher" if above else "lower"
    return "better" if above == (measure.direction == "increase") else "worse"
