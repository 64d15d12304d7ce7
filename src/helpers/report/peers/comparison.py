"""One measure over a group of trusts: the frozen result that charts, tables and sentences read."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from helpers.bundle import Origin
from helpers.data.mart import Mart
from helpers.data.peer_values import BASES, peer_organisations
from helpers.data.periods import period_end
from helpers.register.models import Benchmark, Measure
from helpers.report.peers.groups import SMALL_GROUP, GroupKind, PeerGroup, find_group
from helpers.report.peers.opportunity import Gain, Level, best_quartile, choose_level, find_gains
from helpers.report.peers.spread import (
    FEWEST_MEMBERS,
    WINDOW_MONTHS,
    GroupSpread,
    Model,
    choose_model,
    find_spread,
    find_widening,
)
from helpers.report.peers.values import LeftOut, PeerSeries, can_be_compared, read_series
from helpers.stats.funnel import Funnel
from helpers.stats.position import Positions

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
    """

    percent: float
    low: float
    high: float


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


@dataclass(frozen=True)
class PeerChoice:
    """What an organisation is compared with.

    Parameters
    ----------
    group
        The kind of peer group.
    chosen
        Codes for the kind `chosen`.
    until
        Last month that may be used, by its first day; None for the newest.
    benchmark
        What gains are measured against; None takes the register's, where peers can give it.
    """

    group: GroupKind = "national"
    chosen: tuple[str, ...] = ()
    until: date | None = None
    benchmark: Benchmark | None = None


def compare_peers(
    mart: Mart, measure: Measure, organisation: str, choice: PeerChoice | None = None
) -> PeerComparison | None:
    """Compare a measure of an organisation with its peers at the newest period that it shares with them.

    Parameters
    ----------
    mart
        The mart, pinned.
    measure
        From the register.
    organisation
        Code of a trust that has not merged into another.
    choice
        With whom, until when and against what; by default all trusts of its kind at the newest period.

    Returns
    -------
    PeerComparison or None
        None where the organisation is no trust, where there is no such group, where nobody in it has a
        figure, or where the measure is a count without a base.

    Raises
    ------
    UsageError
        For unknown chosen peers.
    """
    choice = choice or PeerChoice()
    organisations = peer_organisations(mart)
    if not can_be_compared(measure) or organisation not in organisations.index:
        return None
    group = find_group(choice.group, organisation, organisations, chosen=choice.chosen)
    series = read_series(mart, measure, group.codes)
    return compare_series(series, organisation, organisations["name"], group=group, choice=choice)


def compare_series(
    series: PeerSeries,
    organisation: str,
    names: pd.Series,
    *,
    group: PeerGroup,
    choice: PeerChoice,
) -> PeerComparison | None:
    """Compare an organisation by a series of its group; see `compare_peers`.

    `names` are the organisations' names by code.
    """
    period, measure = series.shared_period(organisation, until=choice.until), series.measure
    if period is None:
        return None
    table, model = series.at(period), choose_model(measure, series)
    spread = find_spread(table, model, series, find_widening(model, series, period) if model else None)
    levels = _levels(table, measure, series, counted=spread.model is not None)
    benchmark = choose_level(
        choice.benchmark or measure.benchmark,
        measure,
        values=table["value"],
        pooled=levels.pooled,
        target=measure.target_on(period_end(period, series.period_type)),
    )
    gains = find_gains(table, spread, measure, level=benchmark.value, scale=series.scale)
    left_out = series.left_out(period, group.codes)
    method, reason = _method(table, spread)
    return PeerComparison(
        measure=measure,
        organisation=organisation,
        name=str(names[organisation]),
        group=replace(group, codes=frozenset({*table.index, *left_out.codes})),
        period=period,
        period_type=series.period_type,
        newest=max(*series.returned(choice.until), period),
        unit=series.unit,
        scale=series.scale,
        origin=series.origin,
        sources=series.sources(period, WINDOW_MONTHS + 1),
        members=_members(table, names, spread, measure, gains),
        left_out=left_out,
        method=method,
        reason=reason,
        levels=levels,
        benchmark=benchmark,
        model=spread.model,
        widened=spread.widened,
        funnel=spread.funnel,
        merged=series.merged(table.index),
        series=series,
    )


def _method(table: pd.DataFrame, spread: GroupSpread) -> tuple[Method, Reason]:
    if len(table) < FEWEST_MEMBERS:
        return "dots", "too_few"
    if table["value"].nunique() == 1:
        return "dots", "alike"
    if spread.model is None:
        return "dots", "values_only"
    if spread.funnel is None:
        return "caterpillar", "mean"
    return (
        ("caterpillar", "overdispersed") if spread.funnel.advice == "caterpillar" else ("funnel", "chance")
    )


def _levels(table: pd.DataFrame, measure: Measure, series: PeerSeries, *, counted: bool) -> Levels:
    values = table["value"]
    pooled = series.pooled(table) if counted else None
    best = None if measure.direction == "neutral" else best_quartile(values, measure)
    lowest, lower, median, upper, highest = (float(q) for q in np.quantile(values, [0, 0.25, 0.5, 0.75, 1]))
    return Levels(lowest, lower, median, upper, highest, best, pooled)


def _members(
    table: pd.DataFrame,
    names: pd.Series,
    spread: GroupSpread,
    measure: Measure,
    gains: tuple[Gain | None, ...],
) -> tuple[PeerValue, ...]:
    return tuple(
        PeerValue(
            code=str(code),
            name=str(names.get(code, code)),
            numerator=float(numerator),
            denominator=float(denominator),
            value=float(value),
            low=float(spread.low[place]),
            high=float(spread.high[place]),
            flag=_verdict(spread.flag[place], measure),
            percentile=percentile_of(spread.positions, place, measure) if spread.positions else None,
            gain=gains[place],
        )
        for place, (code, numerator, denominator, value) in enumerate(
            zip(table.index, table["numerator"], table["denominator"], table["value"], strict=True)
        )
    )


def _verdict(flag: str, measure: Measure) -> Verdict:
    if flag in ("within", ""):
        return "within" if flag else "unknown"
    if measure.direction == "neutral":
        return "higher" if flag == "high" else "lower"
    return "better" if (flag == "high") == (measure.direction == "increase") else "worse"


def percentile_of(found: Positions, place: int, measure: Measure) -> Percentile:
    """Return an organisation's percentile, turned so that more is better where a measure has a direction."""
    ends = [float(each[place]) for each in (found.percent, found.lower95, found.upper95)]
    if measure.direction == "decrease":
        percent, low, high = (100 - end for end in ends)
        return Percentile(percent, high, low)
    return Percentile(*ends)
