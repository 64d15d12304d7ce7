"""One measure over a group of trusts: the frozen result that charts, tables and sentences read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal

from helpers.analyses.peers.opportunity import Gain, Level
from helpers.bundle import Origin
from helpers.data.peer_values import BASES
from helpers.measures.places.groups import SMALL_GROUP, PeerGroup
from helpers.measures.places.spread import Model
from helpers.measures.places.values import LeftOut, PeerSeries
from helpers.register.models import Measure
from helpers.stats.funnel import Funnel

#: how a group is shown
Method = Literal["funnel", "caterpillar", "dots"]
#: why it is shown so
Reason = Literal["chance", "overdispersed", "mean", "values_only", "too_few", "alike"]
Verdict = Literal["better", "worse", "higher", "lower", "within", "unknown"]


@dataclass(frozen=True)
class Percentile:
    """The share of the others that an organisation does better than (or lies above), per cent.

    Parameters
    ----------
    percent, low, high
        Expected share and its 95 % interval.
    worst, best
        The chance, 0 to 1, of being one of the worst (or lowest) quarter, and of the best (or highest).
    """

    percent: float
    low: float
    high: float
    worst: float
    best: float


@dataclass(frozen=True)
class PeerValue:
    """One organisation of a comparison; value and ends in the unit.

    Parameters
    ----------
    numerator, denominator
        As they may be shown; NaN where only a value is published.
    low, high
        95 % interval: chance, widened to the ordinary variation from one period to the next; NaN where
        only a value is published.
    flag
        Against the 99.8 % limits of chance and the spread between organisations.
    percentile
        None where no interval can be given for it.
    gain
        What reaching the benchmark would change; None where that cannot be said.
    """

    code: str
    name: str
    numerator: float
    denominator: float
    value: float
    low: float
    high: float
    flag: Verdict
    percentile: Percentile | None
    gain: Gain | None


@dataclass(frozen=True)
class Levels:
    """Where a group lies, in the unit: every organisation counting once, quantiles of type 7.

    Parameters
    ----------
    best_quartile
        The quartile at the good end; None without a good direction.
    pooled
        All events together; None where only values are published.
    """

    lowest: float
    lower_quartile: float
    median: float
    upper_quartile: float
    highest: float
    best_quartile: float | None
    pooled: float | None


@dataclass(frozen=True)
class PeerComparison:
    """A measure of an organisation and its peers at one period; every number as it may be shown.

    Parameters
    ----------
    measure, organisation, name
        The register's measure, the organisation's code and name.
    group
        Whom it is compared with: those who returned the measure in the year.
    period, period_type
        First day of the period that all figures are of.
    newest
        The newest period of the group that could be asked for: later than `period` where the organisation's
        own figures ended.
    unit, scale
        What values are shown in; counts with a base are per 100 of it.
    origin, sources
        How figures may be shown, and the data sets that they come from.
    members
        Who is compared, the organisation included where it has a figure, in order of value.
    left_out
        Who cannot be compared, and why.
    method, reason
        How the group is shown, and why so.
    levels
        Median, quartiles, extremes, and all events together.
    benchmark
        What gains are measured against.
    model, widened
        The model of chance, and how many times it was widened; None where there is none.
    funnel
        Limits, dispersion and flags; None without a model of counts.
    merged
        Members whose history adds up organisations that merged.
    series
        All periods, for what changed over time.
    """

    measure: Measure
    organisation: str
    name: str
    group: PeerGroup
    period: date
    period_type: str
    newest: date
    unit: str
    scale: float
    origin: Origin
    sources: tuple[str, ...]
    members: tuple[PeerValue, ...]
    left_out: LeftOut
    method: Method
    reason: Reason
    levels: Levels
    benchmark: Level
    model: Model | None
    widened: float | None
    funnel: Funnel | None
    merged: tuple[str, ...]
    series: PeerSeries = field(repr=False, compare=False)

    @property
    def digits(self) -> int:
        """How many decimals a value is shown with."""
        return self.series.digits

    @cached_property
    def shown_as(self) -> Measure:
        """The measure with the unit and the decimals that its values are shown with."""
        return self.measure.model_copy(update={"unit": self.unit, "digits": self.digits})

    @property
    def base_words(self) -> str:
        """What a count is compared per; empty for other measures."""
        base = BASES.get(self.measure.id)
        return base.words if base else ""

    @property
    def own(self) -> PeerValue | None:
        """The organisation's own entry; None where it has no figure that can be compared."""
        return next((member for member in self.members if member.code == self.organisation), None)

    @property
    def others(self) -> tuple[PeerValue, ...]:
        """All members but the organisation itself."""
        return tuple(member for member in self.members if member.code != self.organisation)

    @property
    def small(self) -> bool:
        """Whether so few members are compared that median and quartiles move with every one of them."""
        return len(self.members) < SMALL_GROUP

    @property
    def alike(self) -> bool:
        """Whether all members have one and the same figure."""
        return len({member.value for member in self.members}) == 1

    @property
    def gap(self) -> float | None:
        """The own value less the median, in the unit."""
        return self.own.value - self.levels.median if self.own else None

    @property
    def phi(self) -> float | None:
        """How many times more the group varies than chance alone explains; 1 where chance explains all."""
        return self.funnel.dispersion.phi if self.funnel else None

    @property
    def flagged(self) -> tuple[PeerValue, ...]:
        """The members beyond the 99.8 % limits."""
        return tuple(member for member in self.members if member.flag not in ("within", "unknown"))
