"""Signs that something gets worse: found by what is known now, and by what was known in each earlier month.

A sign of any kind is tried on the organisation's own past: of the months that showed one, in how many was it so
three months later. `docs/explanation/early-warning.md` says what was seen over all trusts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Final, Literal

import numpy as np
import pandas as pd

from helpers.analyses.waiting.lists import NEW, STOPPED, balance_of
from helpers.data.periods import period_end
from helpers.data.waits import LIST_SIZE
from helpers.measures.forecast import chance_within
from helpers.measures.result import MeasureResult
from helpers.measures.targets import held_on
from helpers.report.period import add_months
from helpers.stats.early_turn import AHEAD, EarlyTurns, early_turns
from helpers.stats.multiplicity import q_values

Kind = Literal["turned", "crossing", "growing", "data"]
#: of the turns that are told, so many may be false on average
FALSE_SHARE: Final = 0.1
#: how likely a target has to be to be missed in three months: the least at which six in ten were, on half of the trusts
CROSSES: Final = 0.6
#: of 236 lists of 134 real trusts that showed the sign so many were longer three months later; of those that had grown
#: in the last month 47 %, and no forecast did better
GROWS: Final = 0.58
#: how often data that get worse go on to: 2 of 94 such signs at 24 real trusts, 1 of 70 at 19 others
UNKNOWN: Final = 0.02
#: a month alone that is less likely than this by chance is where a turn may have begun
FIRST_SIGN: Final = 0.05
#: past months are tried one in three, so that no two forecasts overlap; a sign is followed back so far
EVERY, BACK = AHEAD, 6
#: months that must be known before a past month is tried
FEWEST_BEFORE: Final = 18
#: as many past signs as a sign's own chance weighs
OWN_WEIGHT: Final = 10
_YEAR: Final = 12


@dataclass(frozen=True)
class Record:
    """Of so many signs of the past, how many were right; and of the same months, how many by "as last month"."""

    right: int = 0
    signs: int = 0
    plain_right: int = 0
    plain: int = 0

    def __add__(self, other: Record) -> Record:
        return Record(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Flows:
    """What joined and left a list in a month, as reported; `unreported` left it without a report."""

    day: date
    starts: float
    stops: float
    unreported: float

    @property
    def load(self) -> float:
        """Starts over all who left."""
        return self.starts / max(self.stops + self.unreported, 1.0)


@dataclass(frozen=True)
class Sign:
    """One thing that seems to get worse."""

    result: MeasureResult
    kind: Kind
    first: date  # first day of the month that showed it first, without a break since
    chance: float  # how likely it is so, by the sign itself
    #: aim, due: the value from which it is so, and the first day of the month that tells; NaN for data
    aim: float = float("nan")
    due: date | None = None
    record: Record = field(default_factory=Record)
    flows: Flows | None = None

    @property
    def certainty(self) -> float:
        """How likely it is so: by the sign itself, and by how often such signs were right here."""
        return (OWN_WEIGHT * self.chance + self.record.right) / (OWN_WEIGHT + self.record.signs)

    @property
    def weight(self) -> float:
        """Consequence as registered times certainty."""
        return self.result.measure.consequence * self.certainty


@dataclass(frozen=True)
class FoundSigns:
    """What was found over all measures, and how it was looked for."""

    signs: tuple[Sign, ...]  # the weightiest first
    tested: int  # measures of which it was asked whether they have turned
    records: Mapping[Kind, Record]


def find_signs(results: Iterable[MeasureResult]) -> FoundSigns:
    """Return the signs among the results of an organisation."""
    fresh = [each for each in results if _can_be_read(each)]
    steered = [each for each in fresh if not each.stale and each.measure.direction != "neutral"]
    turns = _Turns([each for each in steered if each.measure.id != LIST_SIZE])
    lists = [each for each in steered if each.measure.id == LIST_SIZE]
    flows = flows_of({each.measure.id: each for each in fresh})
    found = {
        "turned": (list(turns.now()), turns.record),
        "crossing": _looked_ahead(steered, "crossing", _crossing),
        "growing": _looked_ahead(lists, "growing", _growing),
        "data": (
            [sign for each in fresh if (sign := data_sign(each))],
            sum((_tried_data(each) for each in fresh), Record()),
        ),
    }
    signs = [
        replace(sign, record=record, flows=flows if sign.kind == "growing" else None)
        for some, record in found.values()
        for sign in some
    ]
    ordered = tuple(sorted(signs, key=lambda sign: (-sign.weight, sign.first, sign.result.measure.name)))
    return FoundSigns(ordered, len(turns), {name: record for name, (_, record) in found.items()})  # type: ignore[misc]


def _can_be_read(result: MeasureResult) -> bool:
    return result.latest is not None and not result.untold and result.measure.frequency == "month"


def _last(result: MeasureResult) -> int:
    assert result.latest is not None, "only what has a figure is looked at"
    return result.latest.place


# --- what has just turned --------------------------------------------------------------------------------


class _Turns:
    """The turns of several measures, side by side, the latest month of each last."""

    def __init__(self, results: Sequence[MeasureResult]) -> None:
        every = [(each, _turns_of(each)) for each in results]
        self.known = [(each, found) for each, found in every if len(found.p) and np.isfinite(found.p[-1])]

    def __len__(self) -> int:
        return len(self.known)

    def _told(self, back: int) -> list[tuple[MeasureResult, EarlyTurns, float]]:
        """Return what was told of the month so many months back, with the share of such that are false."""
        at = -1 - back
        held = [(r, found) for r, found in self.known if len(found.p) > back and np.isfinite(found.p[at])]
        if not held:
            return []
        false = q_values([found.p[at] for _, found in held])
        return [
            (result, found, float(q))
            for (result, found), q in zip(held, false, strict=True)
            if q <= FALSE_SHARE and found.stays[at] and found.worse[at]
        ]

    def now(self) -> Iterator[Sign]:
        """Yield the turns of the latest months."""
        for result, found, false in self._told(0):
            days, last = result.series.days, _last(result)
            quiet = np.flatnonzero(~(found.p <= FIRST_SIGN))
            first = min(int(quiet[-1]) + 1 if len(quiet) else 0, last)
            due = add_months(days[last], AHEAD)
            yield Sign(result, "turned", days[first], 1 - false, float(found.confirms[-1]), due)

    @cached_property
    def record(self) -> Record:
        """How often such turns were right here, beside every month that was worse than those before it."""
        longest = max((len(found.p) for _, found in self.known), default=0)
        total = Record()
        for back in range(AHEAD, longest):
            for lasted in (found.lasted[-1 - back] for _, found, _ in self._told(back)):
                total += Record(int(lasted == 1), int(np.isfinite(lasted)))
        for _, found in self.known:
            plain = found.lasted[np.isfinite(found.p) & np.isfinite(found.lasted)]
            total += Record(plain_right=int(plain.sum()), plain=len(plain))
        return total


def _turns_of(result: MeasureResult) -> EarlyTurns:
    """Return the turns since the limits last restarted by what is registered, up to the latest value."""
    days = result.series.days
    restarts = [days.index(event.day) for event in result.events if event.rebases and event.day in days]
    values = result.series.shown[: _last(result) + 1].copy()
    values[: max(restarts, default=0)] = np.nan
    return early_turns(values, improvement=result.measure.direction, seasonal=result.measure.seasonal)


# --- what a forecast says --------------------------------------------------------------------------------

#: the value that the month three months later is held against, and whether the month itself is still clear of it
Limit = Callable[[MeasureResult, int], tuple[float, bool] | None]


def _crossing(result: MeasureResult, place: int) -> tuple[float, bool] | None:
    """Return what a figure is held against three months later, and whether it was met now and a month before.

    A share of what there is, such as beds in use, that has no target is held against all there is.
    """
    series, measure = result.series, result.measure
    now, day = result.held[place], period_end(add_months(series.days[place], AHEAD), measure.frequency)
    later = held_on(result, day)
    if now is None or later is None:
        if measure.unit != "%" or measure.kind != "ratio" or measure.direction != "decrease":
            return None
        return 100.0, series.shown[place] < 100
    if later.value == 0:
        return None  # a matter of yes or no, which a forecast cannot tell
    lately = range(max(place - AHEAD + 1, 0), place + 1)
    met = [_met(result, each) for each in lately]
    # one good month of a long miss is no course that could be left (of all three met, real forecasts tell nothing)
    return later.value, met[-1] and sum(met) > 1


def _met(result: MeasureResult, place: int) -> bool:
    """Tell whether a month met what it is held against, or had nothing to meet."""
    held, value = result.held[place], result.series.shown[place]
    sign = 1 if result.measure.direction == "increase" else -1
    return held is None or not sign * (value - held.value) < 0


def _growing(result: MeasureResult, place: int) -> tuple[float, bool] | None:
    """Return the list's own size, and whether its load is above 1: more joined than left in each of three months.

    A season is no load: over the three months to come it must have grown a year before as well.
    """
    shown = result.series.shown
    if place < _YEAR:
        return float(shown[place]), False
    grew = (np.diff(shown[place - AHEAD : place + 1]) > 0).all()
    return float(shown[place]), bool(grew and shown[place - _YEAR + AHEAD] > shown[place - _YEAR])


def _looked_ahead(results: Iterable[MeasureResult], kind: Kind, limit: Limit) -> tuple[list[Sign], Record]:
    """Return the signs that a forecast gives now, and how often it was right in the past."""
    signs, record = [], Record()
    for result in results:
        if sign := _sign_ahead(result, kind, limit):
            signs.append(sign)
        record += _tried_ahead(result, kind, limit)
    return signs, record


def _chance_of(result: MeasureResult, place: int, kind: Kind, limit: Limit) -> tuple[float, float]:
    """Return the chance of the sign at a place, and the value from which it is so; 0 where there is none."""
    found = limit(result, place) if np.isfinite(result.series.shown[place]) else None
    if found is None or not found[1]:
        return 0.0, float("nan")
    if kind == "growing":
        return GROWS, found[0]
    chance = 1 - chance_within(result, place, found[0], steps=AHEAD)
    return (chance if chance >= CROSSES else 0.0), found[0]


def _sign_ahead(result: MeasureResult, kind: Kind, limit: Limit) -> Sign | None:
    last = _last(result)
    chance, value = _chance_of(result, last, kind, limit)
    if not chance:
        return None
    first = last
    while first > max(last - BACK, 0) and _chance_of(result, first - 1, kind, limit)[0]:
        first -= 1
    day = result.series.days
    return Sign(result, kind, day[first], chance, value, add_months(day[last], AHEAD))


def _tried_ahead(result: MeasureResult, kind: Kind, limit: Limit) -> Record:
    """Return how often the sign was right; "as last month": what is met stays met, what grew last month grows."""
    shown, total = result.series.shown, Record()
    worse = -1 if result.measure.direction == "increase" else 1
    for place in range(_last(result) - AHEAD, FEWEST_BEFORE - 1, -EVERY):
        found = limit(result, place)
        if found is None or not np.isfinite([*shown[place - 1 : place + 1], shown[place + AHEAD]]).all():
            continue
        so = bool(worse * (shown[place + AHEAD] - found[0]) > 0)
        if kind == "growing" and shown[place] > shown[place - 1]:
            total += Record(plain_right=int(so), plain=1)
        if found[1] and _chance_of(result, place, kind, limit)[0]:
            total += Record(int(so), 1)
    return total


def flows_of(results: Mapping[str, MeasureResult]) -> Flows | None:
    """Return what joined and left the list of those who wait in its latest month; None where it is not published."""
    if any(name not in results for name in (LIST_SIZE, NEW, *STOPPED)):
        return None
    series, place = results[LIST_SIZE].series, _last(results[LIST_SIZE])
    if place == 0 or len(set(series.came_from[place - 1 : place + 1])) > 1:
        return None  # the list before is of another source, so that the balance would be of its seam
    size, added, *stopped = (
        pd.Series(results[name].series.shown, pd.DatetimeIndex(results[name].series.days))
        for name in (LIST_SIZE, NEW, *STOPPED)
    )
    months = pd.DataFrame({"size": size, "added": added, "removed": stopped[0] + stopped[1]})
    balance = balance_of(months).astype(float)[["added", "removed", "unreported"]]
    now = balance.to_dict("index")[pd.Timestamp(series.days[place])]
    return Flows(series.days[place], *now.values()) if np.isfinite([*now.values()]).all() else None


# --- data that get worse ---------------------------------------------------------------------------------


def data_sign(result: MeasureResult) -> Sign | None:
    """Return the sign that a measure's data get worse: it became out of date, gaps or another source's other figure.

    Only what began within the latest three months counts, and what the year before had not.
    """
    days = result.series.days
    if result.stale:
        went, fresh_until = add_months(days[-1], 1), add_months(result.judged_on.replace(day=1), -AHEAD)
        return Sign(result, "data", went, UNKNOWN) if went >= add_months(fresh_until, -1) else None
    first = _went_odd(days, _odd_months(result), len(days) - 1)
    return None if first is None else Sign(result, "data", first, UNKNOWN)


def _odd_months(result: MeasureResult) -> set[date]:
    """Return the months without a figure, and those of which another source gives another."""
    series = result.series
    known = np.isfinite(series.values) | series.hidden
    missing = {day for day, has in zip(series.days, known, strict=True) if not has}
    return missing | {each.period for each in result.disagreements}


def _went_odd(days: Sequence[date], odd: set[date], place: int) -> date | None:
    """Return the first odd month of the three up to a place, where the year before had none."""
    start = place - AHEAD + 1
    found = [day for day in days[max(start, 0) : place + 1] if day in odd]
    return (
        found[0] if found and start >= _YEAR and not odd.intersection(days[start - _YEAR : start]) else None
    )


def _tried_data(result: MeasureResult) -> Record:
    """Return in how many of the months that had such a sign one of the next three was odd too.

    "As last month": what is odd stays so. A figure that was late has come since, so that this cannot be tried.
    """
    days, odd, total = result.series.days, _odd_months(result), Record()
    for place in range(len(days) - 1 - AHEAD, FEWEST_BEFORE - 1, -EVERY):
        so = int(not odd.isdisjoint(days[place + 1 : place + 1 + AHEAD]))
        if days[place] in odd:
            total += Record(plain_right=so, plain=1)
        if _went_odd(days, odd, place):
            total += Record(so, 1)
    return total
