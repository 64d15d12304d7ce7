"""One measure over a group of trusts: the frozen result that charts, tables and sentences read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd

from helpers.data.periods import period_end
from helpers.data.series.peer_values import BASES
from helpers.measures.places.groups import SMALL_GROUP, PeerGroup
from helpers.measures.places.spread import (
    FEWEST_MEMBERS,
    WINDOW_MONTHS,
    Model,
    Percentile,
    Places,
)
from helpers.measures.places.values import LeftOut, PeerSeries
from helpers.register.models import Benchmark, Measure, Target
from helpers.stats.funnel import Funnel


@dataclass(frozen=True)
class Level:
    """A level that values are held against, in the unit of the measure."""

    words: str  # what prose calls it: "the median of the group"
    value: float


@dataclass(frozen=True)
class Gain:
    """Events or days that reaching a benchmark would change at one organisation, never below 0."""

    raw: float  # from the value as it is: noise alone makes it large
    #: from the value drawn towards the group's mean by its error (empirical Bayes), at most as raw
    shrunken: float
    certain: float  # as shrunken where the 95 % interval leaves the benchmark out, else 0


def choose_level(wanted: str, places: Places, *, target: Target | None) -> Level:
    """Return the benchmark that was wanted, one of the register's, or the median where the group cannot give it.

    The direction of the places' measure says which quartile is the best.
    """
    values, measure = places.table["value"], places.measure
    if wanted == "best_quartile" and measure.direction != "neutral":
        return Level("the best quarter of the group", best_quartile(values, measure))
    if wanted == "national_mean" and places.model is not None:
        return Level("the group taken together", places.pooled)
    if wanted == "target" and target is not None:
        return Level("the target", target.value)
    return Level("the median of the group", places.quartiles[1])


def best_quartile(values: pd.Series, measure: Measure) -> float:
    """Return the quartile (type 7, every organisation counting once) at the good end."""
    return float(np.quantile(values, 0.75 if measure.direction == "increase" else 0.25))


def find_gain(row: Mapping[str, Any], places: Places, level: float) -> Gain | None:
    """Return what an organisation would gain by reaching a level, in events or days of the numerator.

    None where the measure has no good direction, where nothing is known of its chance variation, and for ratios
    of observed to expected events: a death above those expected is no death that could have been avoided, says
    NHS Digital's guidance on the SHMI.
    """
    direction = places.measure.direction
    if direction == "neutral" or np.isnan(row["percent"]) or places.model == "standardised_ratio":
        return None
    sign, nearest = (1, row["high"]) if direction == "increase" else (-1, row["low"])
    per_unit = row["denominator"] / places.scale
    raw = max(sign * (level - row["value"]), 0.0) * per_unit
    drawn = max(sign * (level - row["shrunken"]), 0.0) * per_unit
    shrunken = min(drawn, raw)  # never more than the value itself is short of
    return Gain(float(raw), float(shrunken), float(shrunken) if sign * (level - nearest) > 0 else 0.0)


#: how a group is shown
Method = Literal["funnel", "caterpillar", "dots"]
#: why it is shown so
Reason = Literal["chance", "overdispersed", "mean", "values_only", "too_few", "alike"]
Verdict = Literal["better", "worse", "higher", "lower", "within", "unknown"]


@dataclass(frozen=True)
class PeerValue:
    """One organisation of a comparison; value and ends in the unit."""

    code: str
    name: str
    #: numerator, denominator: as they may be shown; NaN where only a value is published
    numerator: float
    denominator: float
    value: float
    #: low, high: 95 % interval: chance, widened to the ordinary variation from one period to the next; NaN
    #: where only a value is published
    low: float
    high: float
    flag: Verdict  # against the 99.8 % limits of chance and the spread between organisations
    percentile: Percentile | None  # none where no interval can be given for it


@dataclass(frozen=True)
class Levels:
    """Where a group lies, in the unit: every organisation counting once, quantiles of type 7."""

    lowest: float
    median: float
    highest: float
    best_quartile: float | None  # the quartile at the good end; None without a good direction
    pooled: float | None  # all events together; None where only values are published


@dataclass(frozen=True)
class PeerComparison:
    """A measure of an organisation and its peers at one period; every number as it may be shown."""

    #: measure, organisation: the register's measure, the organisation's code
    measure: Measure
    organisation: str
    group: PeerGroup
    period: date  # first day of the period that all figures are of
    #: the newest period of the group that could be asked for: later than the compared one where the
    #: organisation's own figures ended
    newest: date
    judged_on: date | None  # the day by which freshness is judged; None where nothing is old
    wanted: Benchmark  # what gains are to be measured against, where the group can give it
    names: Mapping[str, str] = field(repr=False, compare=False)  # of organisations by their code
    series: PeerSeries = field(repr=False, compare=False)  # all periods, for what changed over time
    #: where all of them stand at a period
    places_on: Callable[[date], Places] = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        """The organisation's name."""
        return str(self.names[self.organisation])

    @cached_property
    def places(self) -> Places:
        """Where all of them stand at the compared period."""
        return self.places_on(self.period)

    @cached_property
    def left_out(self) -> LeftOut:
        """Who cannot be compared, and why."""
        return self.series.left_out(self.period, self.group.codes)

    @cached_property
    def benchmark(self) -> Level:
        """What gains are measured against."""
        target = self.measure.target_on(period_end(self.period, self.period_type))
        return choose_level(self.wanted, self.places, target=target)

    @property
    def period_type(self) -> str:
        """Month, quarter and so on."""
        return self.series.period_type

    @property
    def stale(self) -> bool:
        """Whether the figures are older than the register allows."""
        if self.judged_on is None:
            return False
        end = period_end(self.period, self.period_type)
        return self.judged_on > end + timedelta(days=self.measure.stale_after_days)

    @property
    def unit(self) -> str:
        """What values are shown in; counts with a base are per 100 of it."""
        return self.shown_as.unit

    @property
    def digits(self) -> int:
        """How many decimals a value is shown with."""
        return self.shown_as.digits

    @property
    def shown_as(self) -> Measure:
        """The measure with the unit and the decimals that its values are shown with."""
        return self.places.measure

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """The data sets that the figures come from."""
        return self.series.sources(self.period, WINDOW_MONTHS + 1)

    @property
    def model(self) -> Model | None:
        """The model of chance; None where there is none."""
        return self.places.model

    @property
    def funnel(self) -> Funnel | None:
        """Limits, dispersion and flags; None without a model of counts."""
        return self.places.funnel

    @property
    def base_words(self) -> str:
        """What a count is compared per; empty for other measures."""
        base = BASES.get(self.measure.id)
        return base.words if base else ""

    # --- who ----------------------------------------------------------------------------------------

    @cached_property
    def members(self) -> tuple[PeerValue, ...]:
        """Who is compared, the organisation included where it has a figure, in order of value."""
        return tuple(self._member(str(code)) for code in self.places.table.index)

    def _member(self, code: str) -> PeerValue:
        row = self.places.rows[code]
        return PeerValue(
            code=code,
            name=str(self.names.get(code, code)),
            **{name: float(row[name]) for name in ("numerator", "denominator", "value", "low", "high")},
            flag=self._verdict(row["flag"]),
            percentile=self.places.percentile(code),
        )

    def _verdict(self, flag: str) -> Verdict:
        if flag in ("within", ""):
            return "within" if flag else "unknown"
        if self.measure.direction == "neutral":
            return "higher" if flag == "high" else "lower"
        return "better" if (flag == "high") == (self.measure.direction == "increase") else "worse"

    @cached_property
    def own(self) -> PeerValue | None:
        """The organisation's own entry; None where it has no figure that can be compared."""
        return self._member(self.organisation) if self.organisation in self.places.rows else None

    @property
    def others(self) -> tuple[PeerValue, ...]:
        """All members but the organisation itself."""
        return tuple(member for member in self.members if member.code != self.organisation)

    @property
    def flagged(self) -> tuple[PeerValue, ...]:
        """The members beyond the 99.8 % limits."""
        return tuple(member for member in self.members if member.flag not in ("within", "unknown"))

    @cached_property
    def merged(self) -> tuple[str, ...]:
        """Members whose history adds up organisations that merged."""
        return self.series.merged(self.places.table.index)

    @property
    def small(self) -> bool:
        """Whether so few members are compared that median and quartiles move with every one of them."""
        return len(self.places.table) < SMALL_GROUP

    @property
    def alike(self) -> bool:
        """Whether all members have one and the same figure."""
        return bool(self.places.table["value"].nunique() == 1)

    # --- how they lie ---------------------------------------------------------------------------------

    @cached_property
    def levels(self) -> Levels:
        """Median, quartiles, extremes, and all events together."""
        values, measure = self.places.table["value"], self.measure
        _, median, _ = self.places.quartiles
        best = None if measure.direction == "neutral" else best_quartile(values, measure)
        pooled = None if self.model is None else self.places.pooled
        return Levels(float(values.min()), median, float(values.max()), best, pooled)

    @cached_property
    def gain(self) -> Gain | None:
        """What reaching the benchmark would change for the organisation; None where that cannot be said."""
        row = self.places.rows.get(self.organisation)
        return None if row is None else find_gain(row, self.places, self.benchmark.value)

    @property
    def phi(self) -> float | None:
        """How many times more the group varies than chance alone explains; 1 where chance explains all."""
        return self.funnel.dispersion.phi if self.funnel else None

    @property
    def method(self) -> Method:
        """How the group is shown."""
        if self.reason == "chance":
            return "funnel"
        return "caterpillar" if self.reason in ("overdispersed", "mean") else "dots"

    @cached_property
    def reason(self) -> Reason:
        """Why it is shown so."""
        if len(self.places.table) < FEWEST_MEMBERS:
            return "too_few"
        if self.alike:
            return "alike"
        if self.model is None:
            return "values_only"
        if self.funnel is None:
            return "mean"
        return "overdispersed" if self.funnel.advice == "caterpillar" else "chance"
