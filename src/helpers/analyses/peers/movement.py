"""How an organisation and its peers moved, period by period, and what matching others would bring; in words too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from helpers.analyses.peers.result import PeerComparison
from helpers.analyses.peers.words import difference, value_words, when
from helpers.measures.places.spread import FEWEST_MEMBERS, Percentile
from helpers.phrases import phrase
from helpers.report.words import number, sentence


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


# --- in words --------------------------------------------------------------------------------------


def movement_sentence(comparison: PeerComparison, movement: Movement | None) -> str:
    """Say how the organisation and its peers moved, by those with a figure in both periods."""
    if movement is None:
        return "There are too few earlier figures to say how the trust and its peers moved."
    own, peers = (_moved(comparison, change) for change in (movement.own_change, movement.peers_change))
    since = when(comparison, movement.first.period)
    said = f"since {since} the trust's figure {own}; the median of the {movement.same:,} trusts with both {peers}"
    return f"{sentence(said)} {_relative(comparison, movement)}".strip()


def _moved(comparison: PeerComparison, change: float) -> str:
    if float(f"{abs(change):.{comparison.digits}f}") == 0:
        return "did not change"
    return f"{'rose' if change > 0 else 'fell'} by {difference(comparison, change)}"


def _relative(comparison: PeerComparison, movement: Movement) -> str:
    before, now = movement.first.percentile, movement.last.percentile
    if before is None or now is None:
        return ""
    verb = "lay above" if comparison.measure.direction == "neutral" else "did better than"
    said = (
        f"then it {verb} about {number(before.percent)}% of the others "
        f"(95% interval {number(before.low)}% to {number(before.high)}%), now {number(now.percent)}%"
    )
    change = place_change(movement)
    if change != "unsure":
        kinds = {"gain": "a rise", "loss": "a fall"} if comparison.measure.direction == "neutral" else {}
        return sentence(f"{said}: {kinds.get(change, f'a {change}')} beyond chance")
    if number(before.percent) == number(now.percent):  # there is no change to speak of
        return sentence(f"{said}: the same place")
    return sentence(f"{said}: the intervals overlap, so the change of place may be chance")


def place_change(moved: Movement | None) -> Literal["gain", "loss", "unsure", ""]:
    """Say whether a change of place is more than chance: both intervals must lie apart."""
    before = moved.first.percentile if moved else None
    now = moved.last.percentile if moved else None
    if before is None or now is None:
        return ""
    if now.low > before.high:
        return "gain"
    return "loss" if now.high < before.low else "unsure"


def place_change_words(comparison: PeerComparison, moved: Movement) -> str:
    """Return a change of place for a table."""
    neutral = comparison.measure.direction == "neutral"
    said = {"gain": "higher" if neutral else "better", "loss": "lower" if neutral else "worse"}
    return {"unsure": "may be chance", "": ""}.get(place_change(moved)) or said.get(place_change(moved), "")


def gain_sentence(comparison: PeerComparison) -> str:
    """Say what reaching the benchmark would bring: certain first, and that it is an upper bound."""
    own = comparison.own
    if own is not None and comparison.model == "standardised_ratio":
        return phrase("reasons.peers.gain_of_ratio")
    gain = comparison.gain
    if gain is None:
        return ""
    level = f"{comparison.benchmark.words}, {value_words(comparison, comparison.benchmark.value)}"
    if float(number(gain.raw).replace(",", "")) == 0:
        return sentence(f"the trust already does as well as {level}: nothing is to be gained by it")
    up = comparison.measure.direction == "increase"
    said = f"matching {level}, would mean up to {number(gain.raw)} {'more' if up else 'fewer'}"
    if not gain.certain:
        return sentence(
            f"{said}, but the interval of the trust's figure includes that level, so none is certain"
        )
    return sentence(f"{said}, or {number(gain.shrunken)} allowing for chance; this is an upper bound")
