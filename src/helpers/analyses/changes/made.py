"""The changes that an organisation made, each with its series, what it is held against, and the verdict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from helpers.analyses.changes.judged import VERDICTS, Judged, judge
from helpers.data.mart import Mart
from helpers.data.organisations.directory import Organisation
from helpers.data.periods import period_end
from helpers.data.series.peer_values import peer_organisations
from helpers.measures.gathering import Results, WantedMeasures, measure_results
from helpers.measures.places.groups import SMALL_GROUP, find_group
from helpers.measures.places.values import can_be_compared, read_series
from helpers.measures.result import PERIODS_A_YEAR, MeasureResult
from helpers.register.cycle import NO_CONTROL, PEERS, BoardDecision, ExpectedEffect
from helpers.register.entry import ALL_ORGANISATIONS
from helpers.register.models import Event, Measure, Register
from helpers.report.period import add_months

Floats = NDArray[np.float64]
#: how far back a series is followed: longer ago, other things were different
MONTHS: Final = 96
#: a change within so many days of a period's first counts from that period on; later, the period is neither
WHOLE_PERIOD: Final = 7
#: events after which a series is another one
_BREAKS: Final = ("series_break", "merger")


@dataclass(frozen=True)
class Review:
    """One change and one measure that it was to move."""

    event: Event
    measure: Measure
    expected: ExpectedEffect
    judged: Judged
    why: str = ""  # why it cannot be reviewed, in words
    days: tuple[date, ...] = ()  # first days of the periods that were used
    values: Floats = field(default_factory=lambda: np.array([]))  # that may be shown; NaN where none is
    control: Floats | None = None  # what it is held against, by the same periods
    beside: str = ""  # what that is, in words; or why there is none
    others: tuple[str, ...] = ()  # what else is registered in these periods
    followed_by: tuple[BoardDecision, ...] = ()  # what was decided about it, the earliest first

    @property
    def id(self) -> str:
        """What its objects are called."""
        return f"{self.event.id}-{self.measure.id}".replace("_", "-")

    @property
    def before(self) -> int:
        """How many of the periods lie before the change."""
        return sum(period_end(day, self.measure.frequency) < self.event.day for day in self.days)

    @property
    def look_again(self) -> date | None:
        """First day of the month in which one can tell; None where it is told, or time alone will not do."""
        if not self.judged.more or not self.days:
            return None
        step = 12 // PERIODS_A_YEAR[self.measure.frequency]
        return add_months(self.days[-1], step * self.judged.more)


def review_changes(
    mart: Mart, register: Register, organisation: Organisation, until: date
) -> tuple[tuple[Review, ...], Results]:
    """Return the reviews of every change with an expected effect that began by the end of a month, and their results.

    Those come first that a board has to hear of.

    Parameters
    ----------
    mart
        Pinned.
    until
        First day of the last month that is looked at.
    """
    events = register.changes_of(organisation.code).values()
    begun = [event for event in events if event.day <= period_end(until, "month")]
    ids = tuple(dict.fromkeys(name for event in begun for name in event.expected))
    asked = WantedMeasures(organisation, until, ids, MONTHS)
    if not ids:
        return (), Results(asked, (), ())
    results = measure_results(mart, register, asked)
    reviewer = _Reviewer(mart, register, organisation, until, results)
    found = [reviewer.review(event, name) for event in begun for name in event.expected]
    found.sort(key=lambda each: (VERDICTS.index(each.judged.verdict), each.event.day))
    return tuple(found), results


@dataclass(frozen=True)
class _Reviewer:
    mart: Mart
    register: Register
    organisation: Organisation
    until: date
    results: Results

    def review(self, event: Event, name: str) -> Review:
        measure, expected = self.register.measures[name], event.expected[name]
        decided = tuple(
            each
            for each in self.register.decisions_of(self.organisation.code, f"{self.until:%Y-%m}")
            if each.event == event.id
        )
        untold = Review(event, measure, expected, Judged("untold", expected.size), followed_by=decided)
        result = self.results.by_measure.get(name)
        if why := _why_not(measure, result):
            return replace(untold, why=why)
        assert result is not None, "without one there is a reason"
        places = _window(result, event)
        days = tuple(result.series.days[places])
        values = result.series.shown[places].copy()
        values[[_is_mixed(day, event, measure.frequency) for day in days]] = np.nan
        earlier = np.array([period_end(day, measure.frequency) < event.day for day in days])
        if not (np.isfinite(values[earlier]).any() and np.isfinite(values[~earlier]).any()):
            return replace(untold, why="its figures do not reach from before the change to after it")
        others, beside = self._others(event, measure, expected, days)
        control = None if others is None else others.mean(axis=1).round(measure.digits + 1)
        draft = replace(untold, days=days, values=values, control=control, beside=beside)
        a_year = PERIODS_A_YEAR[measure.frequency]
        judged = judge(values, draft.before, expected, others=others, periods_a_year=a_year)
        return replace(draft, judged=judged, others=tuple(_others(result, event, days)))

    def _others(
        self, event: Event, measure: Measure, expected: ExpectedEffect, days: tuple[date, ...]
    ) -> tuple[Floats | None, str]:
        """Return whom a change is held against, by period, and who that is, or why there is nobody."""
        if expected.control == NO_CONTROL:
            return None, "nothing was named to hold it against"
        if event.organisation == ALL_ORGANISATIONS:
            return None, "the change was made everywhere, so there is nobody to hold it against"
        known, code = peer_organisations(self.mart), self.organisation.code
        if not can_be_compared(measure) or code not in known.index:
            return None, "the measure is a count, or the organisation no trust, so there is nobody like it"
        among_peers = expected.control == PEERS
        codes = find_group("national", code, known).codes if among_peers else {expected.control}
        own = code if among_peers else expected.control
        series = read_series(self.mart, measure, codes, own=own, until=self.until)
        shown = series.shown[series.shown["org_code"] != code]
        table = shown.pivot_table(index="period", columns="org_code", values="value").reindex(list(days))
        returned = table.notna().any(axis=1)
        whole = table.loc[:, table[returned].notna().all()]  # who comes and goes would move the mean
        fewest = SMALL_GROUP if among_peers else 1
        if series.unit != measure.unit or whole.shape[1] < fewest:
            return None, "others have no figures for all of these periods"
        mean, name = f"the mean of {whole.shape[1]} other trusts", str(known["name"].get(expected.control))
        return whole.to_numpy(dtype=float), mean if among_peers else name


def _why_not(measure: Measure, result: MeasureResult | None) -> str:
    """Return why a measure cannot be reviewed, in words; empty where it can."""
    if result is None:
        return "the data hold no figures of the measure"
    if measure.frequency not in PERIODS_A_YEAR:  # months of a rolling year share eleven of theirs
        return "its figures are not by month or quarter"
    if result.series.mostly_hidden or result.latest is None:
        return "too many of its figures must stay hidden"
    return ""


def _is_mixed(day: date, event: Event, frequency: str) -> bool:
    """Tell whether a period has both: it holds the change, and did not begin with it."""
    return day < event.day <= period_end(day, frequency) and (event.day - day).days >= WHOLE_PERIOD


def _window(result: MeasureResult, event: Event) -> slice:
    """Return the periods that can be compared: between the breaks of the series on both sides of the change."""
    days = result.series.days
    breaks = [
        other.day
        for other in result.events
        if other.kind in _BREAKS or (other.rebases and other.name != event.name)
    ]
    own = max((day for day in days if day <= event.day), default=None)
    if own is None:
        return slice(0, len(days))
    start = max((day for day in breaks if day < own), default=days[0])
    end = min((day for day in breaks if day > own), default=None)
    return slice(days.index(start), len(days) if end is None else days.index(end))


def _others(result: MeasureResult, event: Event, days: tuple[date, ...]) -> Iterator[str]:
    """Yield what else happened in these periods, with its month."""
    for other in result.events:
        if other.name != event.name and days[0] < other.day <= days[-1]:
            yield f"{other.name} ({other.day:%B %Y})"
