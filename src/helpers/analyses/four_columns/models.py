"""What a change is expected to give, by the models of `helpers.stats`: amounts with the range of their settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from helpers.register.cycle import MODEL_SETTINGS, ExpectedImpact, ImpactModel, Setting
from helpers.stats import dna, los, waiting
from helpers.stats.checks import Floats
from helpers.stats.dna.impact import DAYS_PER_YEAR, WEEKS_PER_YEAR, impact_of
from helpers.stats.dna.inputs import Pert, quantile_of

#: draws of settings that are ranges, and the seed that makes them the same in every run
DRAWS, SEED = 10_000, 1
#: ends of the interval that is printed: 80 %
ENDS: Final = (0.1, 0.9)
#: what a model's amounts are counted in, the first of an impact adds up over rows; the others do not
PATIENTS, DAYS, WEEKS, BEDS, SLOTS = "patients", "days", "weeks", "beds", "slots"
Drawn = Mapping[str, Floats]


@dataclass(frozen=True)
class Amount:
    """How much of something: a median and the ends of its 80 % interval, or what somebody estimated."""

    unit: str
    value: float
    low: float
    high: float

    @property
    def certain(self) -> bool:
        """Whether there is no range: every setting is one number, or nobody gave one."""
        return self.high - self.low < 1e-9

    def times(self, low: float, value: float, high: float) -> Amount:
        """Return it multiplied by an uncertain factor; the range spans all products."""
        ends = [end * factor for end in (self.low, self.high) for factor in (low, high)]
        return Amount(self.unit, self.value * value, min(ends), max(ends))


@dataclass(frozen=True)
class Impact:
    """What a row is expected to give."""

    amounts: tuple[Amount, ...]
    settings: Mapping[str, Setting]  # all that the model took for granted
    share: Amount | None = None  # of what the list is too long by, in %
    warning: str = ""

    @property
    def first(self) -> Amount:
        """The amount that is added up over rows."""
        return self.amounts[0]


def impact_by(expected: ExpectedImpact, start: date) -> Impact:
    """Return what a change that starts on a day is expected to give by the end of that financial year.

    >>> worked = {"missed": 630, "reduction": 0.5, "additions": 10452}
    >>> found = impact_by(ExpectedImpact(model="missed_appointments", settings=worked), date(2026, 4, 1))
    >>> [(each.unit, round(each.value, 1)) for each in found.amounts]
    [('patients', 315.0), ('days', 11.0)]
    """
    if expected.model is None:
        assert expected.value is not None, "the register refuses an impact with neither"
        low = expected.value if expected.low is None else expected.low
        high = expected.value if expected.high is None else expected.high
        return Impact((Amount(expected.unit, expected.value, low, high),), {})
    settings = dict(expected.settings)
    for name, usual in MODEL_SETTINGS[expected.model].usual.items():
        settings.setdefault(name, usual)
    generator = np.random.default_rng(SEED)
    drawn = {name: _draws(value, generator) for name, value in settings.items()}
    amounts, warning = _MODELS[expected.model](drawn, dna.weeks_to_year_end(start))
    found = tuple(_amount(unit, values) for unit, values in amounts.items())
    return Impact(found, settings, _share(amounts.get(PATIENTS), drawn), warning)


def _draws(value: Setting, generator: np.random.Generator) -> Floats:
    """Return draws of a setting: one from each of as many equal slices, so that a median is not off by luck."""
    chances = generator.permutation((np.arange(DRAWS) + 0.5) / DRAWS)
    return quantile_of(Pert(*value) if isinstance(value, tuple) else float(value), chances)


def _amount(unit: str, values: Floats) -> Amount:
    low, high = np.quantile(values, ENDS)
    return Amount(unit, float(np.median(values)), float(low), float(high))


def _share(relief: Floats | None, drawn: Drawn) -> Amount | None:
    """Return which share the relief is of what the list is too long by for nobody to wait longer than the standard."""
    if relief is None or not {"waiting_list", "standard_weeks"} <= set(drawn):
        return None
    aim = waiting.target_queue(drawn["additions"] / WEEKS_PER_YEAR, drawn["standard_weeks"])
    excess = drawn["waiting_list"] - aim
    if np.median(excess) <= 0:
        return None
    return _amount("%", 100 * relief / np.maximum(excess, 1))


# --- the models -----------------------------------------------------------------------------------------

Found = tuple[dict[str, Floats], str]


def _missed_appointments(drawn: Drawn, weeks: int) -> Found:
    taken = {name: drawn[name] for name in ("reduction", "filled", "rebooked", "ramp_weeks")}
    taken |= {"dnas": drawn["missed"], "additions": drawn["additions"] / DAYS_PER_YEAR}
    found = impact_of(taken, weeks)
    return {PATIENTS: found.relief, DAYS: found.days_of_additions}, found.warning


def _length_of_stay(drawn: Drawn, _: int) -> Found:
    return {BEDS: _beds(drawn["days_shorter"] * drawn["patients"], drawn["occupancy"])}, ""


def _day_cases(drawn: Drawn, _: int) -> Found:
    nights = drawn["operations"] * (drawn["share_aimed"] - drawn["share_now"]) * drawn["nights"]
    return {BEDS: _beds(nights, drawn["occupancy"])}, ""


def _beds(bed_days: Floats, occupancy: Floats) -> Floats:
    """Return bed-days of a year as beds, as `excess_beds` does: it is linear, so one bed-day is scaled."""
    return bed_days * los.excess_beds(1, DAYS_PER_YEAR, occupancy=1) / occupancy


def _waiting_list(drawn: Drawn, weeks: int) -> Found:
    relief = np.minimum(drawn["extra_a_week"] * weeks, drawn["waiting_list"])
    return {PATIENTS: relief, WEEKS: relief / (drawn["additions"] / WEEKS_PER_YEAR)}, ""


def _follow_up_ratio(drawn: Drawn, weeks: int) -> Found:
    fewer = drawn["first_appointments"] * (drawn["ratio_now"] - drawn["ratio_aimed"])
    minutes = drawn["follow_up_minutes"] / drawn["first_minutes"]
    return {SLOTS: fewer * minutes * weeks / WEEKS_PER_YEAR}, ""


_MODELS: Final[dict[ImpactModel, Callable[[Drawn, int], Found]]] = {
    "missed_appointments": _missed_appointments,
    "length_of_stay": _length_of_stay,
    "waiting_list": _waiting_list,
    "day_cases": _day_cases,
    "follow_up_ratio": _follow_up_ratio,
}
