"""What fewer missed appointments would bring: the numbers of the scenario, none of them shown here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import pandas as pd

from helpers.analyses.missed_appointments.clinic import Clinic
from helpers.analyses.missed_appointments.options import DnaOptions
from helpers.errors import ArgumentError, Problem, UsageError
from helpers.stats import dna
from helpers.stats.checks import Floats
from helpers.stats.dna.impact import DAYS_PER_YEAR, WEEKS_PER_YEAR, impact_of
from helpers.stats.dna.uncertainty import DrawnSpread, draw_inputs

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
            raise UsageError(Problem("horizon", error.came, error.allowed, cure)) from None

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
    return min(each.low80 for each in spreads), max(each.high80 for each in spreads)


def _spread(values: Floats) -> DrawnSpread:
    return DrawnSpread(*(float(end) for end in np.quantile(values, (0.025, 0.1, 0.5, 0.9, 0.975))))
