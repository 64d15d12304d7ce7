"""One measure over a group of trusts: how the frozen result is worked out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from helpers.analyses.peers.opportunity import Gain, best_quartile, choose_level, find_gains
from helpers.analyses.peers.result import (
    Levels,
    Method,
    PeerComparison,
    PeerValue,
    Percentile,
    Reason,
    Verdict,
)
from helpers.data.mart import Mart
from helpers.data.peer_values import peer_organisations
from helpers.data.periods import period_end
from helpers.measures.places.groups import GroupKind, PeerGroup, find_group
from helpers.measures.places.spread import (
    FEWEST_MEMBERS,
    WINDOW_MONTHS,
    GroupSpread,
    choose_model,
    find_spread,
    find_widening,
)
from helpers.measures.places.values import PeerSeries, can_be_compared, read_series
from helpers.register.models import Benchmark, Measure
from helpers.stats.position import Positions


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
    series = read_series(mart, measure, group.codes, own=organisation, until=choice.until)
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
    lowest, highest = float(found.lowest[place]), float(found.highest[place])
    if measure.direction == "decrease":
        percent, low, high = (100 - end for end in ends)
        return Percentile(percent, high, low, worst=highest, best=lowest)
    percent, low, high = ends
    return Percentile(percent, low, high, worst=lowest, best=highest)
