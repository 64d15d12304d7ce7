"""What a parameter file may ask of the DNA report: checked, and read as numbers or distributions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from helpers.data.disclosure.queries import Condition
from helpers.data.room.selection import read_where
from helpers.errors import ArgumentError, Problem, near_misses, raise_all
from helpers.phrases import phrase, phrases
from helpers.stats.dna import Pert
from helpers.stats.dna.inputs import Input

ASSUMED = "assumed"
#: conditions that have an argument of their own, or are what a rate is made of
_APART = {
    "specialty_code": "open_report has specialty=",
    "outcome": "a rate is of appointments attended or missed",
}
_SHARES = ("reduction", "filled", "rebooked")
_DISTRIBUTIONS = (*_SHARES, "ramp_weeks")
_SOME_NUMBERS = "one number, or three: low, likely and high"


@dataclass(frozen=True, kw_only=True)
class DnaOptions:
    """What a parameter file asks for: the options of `did_not_attend`, and the report's specialty."""

    specialty: str | None = None
    reduction: Sequence[float] = (0.05, 0.15, 0.3)
    filled: Sequence[float] = (0.0, 0.1, 0.3)
    rebooked: Sequence[float] = (0.5, 0.7, 0.9)
    ramp_weeks: Sequence[float] = (12.0,)
    horizon: str | None = None
    missed: float | None = None
    flows: Sequence[float] | None = None
    waiting_list: Sequence[float] | None = None
    use_rtt: bool = False
    minutes: Sequence[float] = (30.0, 20.0)
    price: float | None = None
    sources: Sequence[str] | None = None
    where: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        raise_all([
            *self._where_problems(), *self._distribution_problems(), *self._amount_problems(),
            *self._list_problems(), *self._source_problems(),
        ])  # fmt: skip

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """What every appointment must meet."""
        return read_where("appointments", self.where, [])

    def _where_problems(self) -> Iterator[Problem]:
        problems: list[Problem] = []
        read_where("appointments", self.where, problems)
        yield from problems
        for name, cure in _APART.items():
            if name in self.where:
                yield Problem(f"where, {name}", "is not chosen here", cure=cure)

    # --- as numbers -------------------------------------------------------------------------------

    def input_of(self, name: str) -> Input:
        """Return a number, or the PERT distribution of low, likely and high."""
        values = [float(value) for value in getattr(self, name)]
        return values[0] if len(values) == 1 else Pert(*values)

    @property
    def additions(self) -> float | None:
        """Patients added to the list a year, where given."""
        return self.flows[0] if self.flows else None

    @property
    def removals(self) -> float | None:
        """Patients removed from the list a year, where given."""
        return self.flows[1] if self.flows and len(self.flows) > 1 else None

    @property
    def waiting(self) -> float | None:
        """Patients on the list, where given."""
        return self.waiting_list[0] if self.waiting_list else None

    @property
    def wait_target_days(self) -> float | None:
        """A wait to reach, where given."""
        return self.waiting_list[1] if self.waiting_list and len(self.waiting_list) > 1 else None

    @property
    def first_minutes(self) -> float:
        """Length of a first appointment."""
        return self.minutes[0]

    @property
    def follow_up_minutes(self) -> float:
        """Length of a follow-up."""
        return self.minutes[1]

    @property
    def horizon_day(self) -> date | None:
        """The day at which the effect is read, where one is given."""
        return date.fromisoformat(self.horizon) if self.horizon else None

    @cached_property
    def given_sources(self) -> dict[str, str]:
        """The sources that the file states, by the name of the assumption."""
        pairs = (text.partition(":") for text in self.sources or ())
        return {name.strip(): words.strip() for name, _, words in pairs}

    def source_of(self, name: str) -> str:
        """Return where an assumption comes from, or "assumed"."""
        if name in self.given_sources:
            return self.given_sources[name]
        shipped = name == "reduction" and tuple(map(float, self.reduction)) == DnaOptions.reduction
        return phrase("statements.missed.reduction_from") if shipped else ASSUMED

    # --- what cannot be ---------------------------------------------------------------------------

    def _distribution_problems(self) -> Iterator[Problem]:
        for name in _DISTRIBUTIONS:
            values, top = list(getattr(self, name)), 1 if name in _SHARES else None
            shown = _shown(values)
            if len(values) not in (1, 3):
                yield Problem(name, f"{shown} ({len(values)} numbers)", _SOME_NUMBERS)
            elif min(values) < 0 or (top and max(values) > top):
                allowed = "shares between 0 and 1, such as 0.15" if top else "weeks, not below 0"
                yield Problem(name, shown, allowed)
            elif len(values) == 3:
                yield from _order_problem(name, values, shown)

    def _amount_problems(self) -> Iterator[Problem]:
        if self.missed is not None and self.missed <= 0:
            yield Problem("missed", f"{self.missed:g}", "appointments a year above 0, or leave it out")
        if self.price is not None and self.price < 0:
            yield Problem("price", f"{self.price:g}", "pounds, not below 0, or leave it out")
        if len(self.minutes) != 2 or min(self.minutes) <= 0:
            shown = _shown(self.minutes)
            yield Problem("minutes", shown, "two numbers above 0: a first appointment's and a follow-up's")

    def _list_problems(self) -> Iterator[Problem]:
        flows, waiting = self.flows, self.waiting_list
        if flows is not None and (len(flows) not in (1, 2) or min(flows) <= 0):
            allowed = "patients added a year, above 0, and beside a list those removed"
            cure = "without additions a list has no length in days"
            yield Problem("flows", _shown(flows), allowed, cure)
        if waiting is not None and (len(waiting) not in (1, 2) or min(waiting) < 0):
            allowed = "patients, and a wait in days to reach; not below 0"
            yield Problem("waiting_list", _shown(waiting), allowed)
        if (waiting is None) != (self.removals is None):
            where, came = ("flows", "no removals") if waiting else ("waiting_list", "is not given")
            cure = "give waiting_list and two flows, or neither list nor removals"
            yield Problem(where, came, "a list with its additions and removals", cure)
        if self.use_rtt and (waiting is not None or flows is not None):
            yield Problem("use_rtt", "true beside a stated list or flows", cure="leave one of them out")

    def _source_problems(self) -> Iterator[Problem]:
        allowed = 'the name of an assumption, a colon and words, such as "reduction: our pilot of 2025"'
        known = phrases("names.assumptions")
        for name, words in self.given_sources.items():
            if name not in known or not words:
                came, cure = f"{name}: {words}" if words else name, near_misses(name, known)
                yield Problem("sources", came, allowed, "" if name in known else cure)


def _order_problem(name: str, values: Sequence[float], shown: str) -> Iterator[Problem]:
    try:
        Pert(*values)
    except ArgumentError:
        allowed = "low, likely and high in that order, low below high"
        yield Problem(name, shown, allowed, "give one number if it is known")


def _shown(values: Sequence[float]) -> str:
    return ", ".join(f"{value:g}" for value in values) or "nothing"
