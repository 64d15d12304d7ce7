"""What fewer missed appointments would bring: the numbers of the scenario, none of them shown here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import pandas as pd

from helpers.analyses.missed_appointments.findings import Counts, DnaFindings
from helpers.analyses.missed_appointments.options import DnaOptions
from helpers.data.periods import months_between
from helpers.data.series.appointments import ALL, FIRST, FOLLOW_UP
from helpers.errors import ArgumentError, DataError, UsageError
from helpers.stats import dna
from helpers.stats.checks import Floats
from helpers.stats.dna.impact import DAYS_PER_YEAR, WEEKS_PER_YEAR, impact_of
from helpers.stats.dna.uncertainty import DrawnSpread, draw_inputs


@dataclass(frozen=True)
class Clinic:
    """What the scenario starts from; amounts are a year's."""

    #: first, follow_up: missed appointments that the scenario reckons with
    first: float
    follow_up: float
    additions: float
    #: waiting, removals: patients on the list, and all who leave it; None where no list is given
    waiting: float | None = None
    removals: float | None = None
    #: the month in which list and flows were counted; None where they are stated or not given
    list_month: date | None = None
    came_from: tuple[tuple[str, str], ...] = ()  # where each of these comes from, in words, by name

    def months_apart(self, period_end: date) -> int:
        """Return how many months lie between the list and the missed appointments."""
        return abs(months_between(period_end, self.list_month)) if self.list_month else 0


def can_be_worked_out(found: DnaFindings) -> bool:
    """Return whether a scenario can be worked out from figures that may be shown."""
    options = found.options
    every = found.shown()
    known = options.missed is not None or (found.recorded and every is not None and every.missed > 0)
    from_first = options.additions is None and not options.use_rtt
    return known and not (from_first and found.counts(FIRST).booked and found.shown(FIRST) is None)


def find_clinic(found: DnaFindings) -> Clinic:
    """Return missed appointments, list and flows of a year; refused where nothing says how many join the list.

    Without stated additions first attendances stand for them.
    """
    first, follow_up, source = _missed_a_year(found)
    came_from, options = {"missed": source}, found.options
    if options.use_rtt:
        row = _nearest_list(found)
        names, month = ("additions", "waiting_list", "removals"), row["month"]
        came_from |= dict.fromkeys(names, f"waiting-time statistics of {month:%B %Y}, flows times 12")
        added, removed = (12.0 * float(row[name]) for name in ("added", "removed"))
        return Clinic(
            first, follow_up, added, float(row["waiting"]), removed, month, tuple(came_from.items())
        )
    additions = options.additions
    came_from["additions"] = options.source_of("additions")
    if additions is None:
        additions = _first_attendances(found)
        came_from["additions"] = "first attendances of the same months stand in for additions: assumed"
    if options.waiting is not None:
        came_from |= {name: options.source_of(name) for name in ("waiting_list", "removals")}
    given = options.waiting, options.removals
    return Clinic(first, follow_up, additions, *given, came_from=tuple(came_from.items()))


def _missed_a_year(found: DnaFindings) -> tuple[float, float, str]:
    if found.options.missed is not None:
        return found.options.missed, 0.0, found.options.source_of("missed")
    words = "outpatient records" if found.basis == "records" else "published statistics"
    words = f"{words}, {found.period.label}"
    first, follow_up = found.shown(FIRST), found.shown(FOLLOW_UP)
    if first is None or follow_up is None:  # the data do not tell them apart, or may not
        every = found.shown() or Counts(0, 0)
        return _a_year(found, ALL, every.missed), 0.0, words
    return _a_year(found, FIRST, first.missed), _a_year(found, FOLLOW_UP, follow_up.missed), words


def _a_year(found: DnaFindings, kind: str, counted: float) -> float:
    """Return a count of the period as a year's, by the months that have figures."""
    return 12.0 * counted / float(found.totals.T[kind, found.organisation.code]["months"])


def _first_attendances(found: DnaFindings) -> float:
    first = found.shown(FIRST)
    if first is None or first.booked <= first.missed:
        where = f"{found.organisation.code}, {found.period.label}"
        cure = "give `flows`, patients added to the list in a year, or set use_rtt"
        raise DataError(where, "no first attendances, so no additions to the list", cure=cure)
    return _a_year(found, FIRST, first.booked - first.missed)


def _nearest_list(found: DnaFindings) -> pd.Series:
    """Return the month with a whole list that lies nearest to the end of the period."""
    frame = found.list_months
    if frame.empty:
        cure = "load the RTT full extract of a month, or give waiting_list, removals and additions"
        where = f"{found.organisation.code}, use_rtt"
        raise DataError(where, "no month has the list, new periods and completed ones", cure=cure)
    away = [abs((month - found.period.last).days) for month in frame["month"]]
    return frame.iloc[int(np.argmin(away))]


#: draws of the inputs, and the seed that makes them the same in every run
DRAWS, SEED = 10_000, 1
#: weeks between the points of the path
PATH_STEP = 2
#: from so many months on, the list and the missed appointments are of different times
FAR_APART_MONTHS = 12


@dataclass(frozen=True)
class PathPoint:
    """The effect at one day, by bound: patients by whom the list is shorter, and the list where it is known."""

    day: date
    relief: Mapping[str, DrawnSpread]
    waiting_list: Mapping[str, DrawnSpread]


class Scenario:
    """A change and what it brings by the horizon, which must be to come; every property is computed once.

    Two bounds, since a follow-up stops no clock: `first` (only first-appointment slots go to patients on
    the list) and `all` (every freed slot does, minute for minute).
    """

    def __init__(self, options: DnaOptions, clinic: Clinic, start: date) -> None:
        self.options, self.clinic = options, clinic
        self.start = start
        try:
            self.weeks = dna.weeks_to_year_end(self.start, options.horizon_day)
        except ArgumentError as error:
            cure = "leave it out for the end of the financial year"
            raise UsageError("horizon", error.came, error.allowed, cure) from None

    @property
    def horizon(self) -> date:
        """The day at which the effect is read."""
        start, given = self.start, self.options.horizon_day
        return given or date(start.year + (start.month > 3), 3, 31)

    @cached_property
    def bounds(self) -> dict[str, dna.DnaInputs]:
        """The inputs of each bound; one alone where follow-ups are not counted apart."""
        clinic, options = self.clinic, self.options
        weight = options.follow_up_minutes / options.first_minutes
        slots = {"first": clinic.first, "all": clinic.first + weight * clinic.follow_up}
        if not clinic.follow_up:
            slots = {"all": clinic.first}
        return {name: self._inputs(missed) for name, missed in slots.items()}

    def _inputs(self, missed: float) -> dna.DnaInputs:
        clinic, options = self.clinic, self.options
        return dna.DnaInputs(
            dnas=missed,
            reduction=options.input_of("reduction"),
            filled=options.input_of("filled"),
            rebooked=options.input_of("rebooked"),
            ramp_weeks=options.input_of("ramp_weeks"),
            additions=clinic.additions / DAYS_PER_YEAR,
            removals=None if clinic.removals is None else clinic.removals / DAYS_PER_YEAR,
            waiting_list=clinic.waiting,
        )

    @property
    def certain(self) -> bool:
        """Whether every input is one number, so that there is nothing to draw."""
        return not self.bounds["all"].uncertain()

    @cached_property
    def outcomes(self) -> dict[str, dna.DnaUncertainty]:
        """What each bound brings by the horizon."""
        return {name: self._simulate(inputs, self.weeks) for name, inputs in self.bounds.items()}

    def _simulate(self, inputs: dna.DnaInputs, weeks: int) -> dna.DnaUncertainty:
        target = self.options.wait_target_days
        return dna.simulate_impact(inputs, weeks=weeks, wait_target_days=target, draws=DRAWS, seed=SEED)

    @cached_property
    def attendances(self) -> DrawnSpread:
        """Attendances gained by the horizon, of first appointments and follow-ups together."""
        every = replace(self.bounds["all"], dnas=self.clinic.first + self.clinic.follow_up)
        return self._simulate(every, self.weeks).attendances

    @cached_property
    def value(self) -> dna.SlotValue:
        """Clinic hours and, with a price, income of the median attendances gained."""
        all_missed = self.clinic.first + self.clinic.follow_up
        share = self.clinic.first / all_missed if all_missed else 1.0
        minutes = share * self.options.first_minutes + (1 - share) * self.options.follow_up_minutes
        return dna.slot_value(self.attendances.median, minutes, price=self.options.price)

    @cached_property
    def sensitivity(self) -> pd.DataFrame:
        """How far each uncertain input alone moves the days of additions, widest first.

        Columns input, low_value, high_value, relief_at_low, relief_at_high (patients), swing.
        """
        return dna.tornado(self.bounds["all"], weeks=self.weeks)

    @property
    def relief_at_medians(self) -> float:
        """Patients with every input at its median: where the sensitivity begins."""
        return float(dna.dna_impact(self.bounds["all"], weeks=self.weeks).relief)

    @property
    def reach(self) -> tuple[float, float]:
        """The range to tell: patients by whom the list is shorter, from the lower 80% end of either bound."""
        return reach_of([outcome.relief for outcome in self.outcomes.values()])

    @cached_property
    def path(self) -> tuple[PathPoint, ...]:
        """The effect of each bound from week to week, up to the horizon."""
        draws = {name: draw_inputs(inputs, DRAWS, SEED) for name, inputs in self.bounds.items()}
        points = []
        for week in sorted({*range(PATH_STEP, self.weeks, PATH_STEP), self.weeks}):
            found = {name: impact_of(drawn, week) for name, drawn in draws.items()}
            lists = {
                name: _spread(each.waiting_list)
                for name, each in found.items()
                if each.waiting_list is not None
            }
            relief = {name: _spread(each.relief) for name, each in found.items()}
            points.append(PathPoint(self.start + timedelta(weeks=week), relief, lists))
        return tuple(points)

    @cached_property
    def list_without_change(self) -> tuple[float, ...]:
        """The list at each day of the path if nothing changed; empty where no list is given."""
        clinic = self.clinic
        if clinic.waiting is None or clinic.removals is None:
            return ()
        a_week = (clinic.additions - clinic.removals) / WEEKS_PER_YEAR
        weeks = [(point.day - self.start).days / 7 for point in self.path]
        return tuple(max(0.0, clinic.waiting + a_week * week) for week in weeks)


def reach_of(spreads: Iterable[DrawnSpread]) -> tuple[float, float]:
    """Return the range of several results: from the lowest 80% end to the highest."""
    spreads = tuple(spreads)
    return min(each.lower80 for each in spreads), max(each.upper80 for each in spreads)


def _spread(values: Floats) -> DrawnSpread:
    return DrawnSpread(*(float(end) for end in np.quantile(values, (0.025, 0.1, 0.5, 0.9, 0.975))))
