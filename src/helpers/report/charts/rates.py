"""Charts of rates: organisations with their intervals, a funnel in per cent, months, odds ratios.

As in `helpers.report.charts.process`: plain values in, a figure out, no statistic computed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import matplotlib.dates as mdates
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from helpers.report.charts.canvas import MARKS, canvas, label_months, label_rows, name_sides
from helpers.report.charts.labels import name_all, name_ends
from helpers.report.charts.lines import draw_line
from helpers.report.charts.names import Name
from helpers.report.charts.point_labels import name_points
from helpers.theme import colours

Floats = NDArray[np.float64]
#: organisations that can be named side by side below an axis
FEW_NAMES = 16


def caterpillar_chart(
    value: Floats,
    ends: tuple[Floats, Floats],
    own: int | None,
    *,
    label: str,
    lines: Sequence[tuple[str, float]],
    unit: str,
    names: Sequence[str] = (),
    ceiling: float | None = None,
    height: float = 2.8,
) -> Figure:
    """Draw every organisation with its own interval, lowest first, the reported one (`own`, a position) named.

    `value` and the `ends` of intervals are in any order; `names` stand below the axis where there are few enough;
    `ceiling` is the highest value that there can be, such as 100 per cent; `height` is in inches.
    """
    figure, axes = canvas(height)
    order = np.argsort(value, kind="stable")
    x = np.empty(len(value))
    x[order] = np.arange(1, len(value) + 1)
    others = np.arange(len(value)) != (-1 if own is None else own)
    axes.vlines(x[others], ends[0][others], ends[1][others], color=colours.PEER, linewidth=1.2)
    axes.plot(x[others], value[others], "o", color=colours.COMMON_CAUSE, markersize=2.6)
    if own is not None:
        axes.vlines(x[own], ends[0][own], ends[1][own], color=colours.HIGHLIGHT, linewidth=2.4)
        axes.plot(x[own], value[own], "o", color=colours.HIGHLIGHT, markersize=8, zorder=5)
    for _, level in lines:
        axes.axhline(level, color=colours.TARGET, linewidth=1.1, linestyle=(0, (4, 2)), zorder=1)
    axes.set_xlim(0, len(value) + 1)
    _fit_most(axes, value, ends, own)
    _keep_possible(axes, ceiling)
    axes.set_xlabel("trusts, lowest to highest")
    axes.set_ylabel(unit)
    few = 0 < len(names) <= FEW_NAMES
    axes.set_xticks(np.arange(1, len(value) + 1) if few else [], np.asarray(names)[order] if few else [])
    name_ends(axes, [Name(name, 0, level, colours.TARGET) for name, level in lines])
    if own is not None:
        spans = np.column_stack([ends[0][order], ends[1][order], np.full(len(value), np.nan)]).ravel()
        name_points(axes, [_own_name(label, x[own], value[own])], (np.repeat(x[order], 3), spans))
    return figure


def _fit_most(axes: Axes, value: Floats, ends: tuple[Floats, Floats], own: int | None) -> None:
    """Keep all values and most intervals in view: those of a few tiny organisations may leave the chart."""
    mine = [] if own is None else [ends[0][own], ends[1][own]]
    low = min([value.min(), np.quantile(ends[0], 0.05), *mine])
    high = max([value.max(), np.quantile(ends[1], 0.95), *mine])
    room = 0.06 * (float(high - low) or 0.1)
    axes.set_ylim(float(low) - room, float(high) + room)


def _own_name(label: str, x: float, y: float) -> Name:
    return Name(label, x, y, colours.HIGHLIGHT, bold=True, needed=True)


def _keep_possible(axes: Axes, ceiling: float | None) -> None:
    """Let an axis end where values do: at nought, and a hair above the ceiling so that a mark on it shows."""
    low, high = axes.get_ylim()
    low = max(0.0, low)
    top = high if ceiling is None else min(high, ceiling + 0.02 * (ceiling - low))
    axes.set_ylim(low, top)


def rate_funnel_chart(
    denominator: Floats,
    value: Floats,
    own: int | None,
    limits: dict[str, tuple[Floats, Floats, Floats]],
    *,
    label: str,
    centre: float,
    axis_labels: tuple[str, str],
    ceiling: float | None = None,
    height: float = 2.8,
) -> Figure:
    """Draw organisations' rates about their common rate; `limits` are (x, lower, upper) by name."""
    figure, axes = canvas(height)
    axes.axhline(centre, color=colours.TEXT, linewidth=1.2)
    for (x, lower, upper), style in zip(limits.values(), ("solid", (0, (4, 2))), strict=True):
        for line in (lower, upper):
            axes.plot(x, line, color=colours.COMMON_CAUSE, linewidth=1, linestyle=style)
    others = np.arange(len(value)) != (-1 if own is None else own)
    axes.plot(denominator[others], value[others], "o", color=colours.PEER, markersize=5, markeredgewidth=0)
    if own is not None:
        axes.plot(denominator[own], value[own], "o", color=colours.HIGHLIGHT, markersize=8, zorder=5)
    axes.set_xlabel(axis_labels[0])
    axes.set_ylabel(axis_labels[1])
    axes.xaxis.set_major_formatter("{x:,.0f}")
    ends = [line[edge][-1] for line in limits.values() for edge in (1, 2)]  # where they are narrowest
    low, high = min(value.min(), *ends), max(value.max(), *ends)
    room = 0.25 * max(float(high - low), 0.1)
    axes.set_ylim(float(low) - room, float(high) + room)
    _keep_possible(axes, ceiling)
    name_ends(axes, [Name(name, 0, line[2][-1], colours.COMMON_CAUSE) for name, line in limits.items()])
    if own is not None:
        gap = np.full(len(value), np.nan)  # between marks that nothing joins
        marks = np.column_stack([denominator, gap]).ravel(), np.column_stack([value, gap]).ravel()
        name_points(axes, [_own_name(label, denominator[own], value[own])], marks)
    return figure


@dataclass(frozen=True)
class RateMonths:
    """A chart of monthly rates: values as they may be drawn, limits, and which points lie outside them.

    Values and lines are NaN where nothing is drawn.
    """

    days: tuple[date, ...]
    shown: Floats
    centre: Floats
    lower: Floats
    upper: Floats
    outside: NDArray[np.int64]


def rate_months_chart(months: RateMonths, *, unit: str, events: Sequence[tuple[date, str]] = ()) -> Figure:
    """Draw monthly rates with limits that follow each month's number of appointments; low is good."""
    figure, axes = canvas(2.5)
    x = mdates.date2num(np.array(months.days, dtype="datetime64[D]"))
    axes.fill_between(x, months.lower, months.upper, color=colours.BAND, step="mid", linewidth=0)
    for limit in (months.lower, months.upper):
        axes.step(x, limit, where="mid", color=colours.LIMITS, linewidth=1, linestyle=(0, (4, 2)))
    axes.plot(x, months.centre, color=colours.TEXT, linewidth=1.3)
    draw_line(axes, x, months.shown, color=colours.COMMON_CAUSE, linewidth=1, zorder=3)
    for verdict, side in (("common", 0), ("concerning", 1), ("improving", -1)):
        shape, colour, size = MARKS[verdict]
        chosen = months.outside == side
        face = "white" if verdict == "common" else colour
        axes.plot(
            x[chosen], months.shown[chosen], shape, color=colour, markerfacecolor=face, markersize=size, zorder=4
        )  # fmt: skip
    axes.set_ylabel(unit)
    label_months(axes)
    axes.margins(x=0.04, y=0.18)
    axes.set_ylim(bottom=max(0.0, axes.get_ylim()[0]))
    name_all(
        axes,
        [
            Name(f"mean {centre:.1f}%", 0, centre)
            for centre in months.centre[np.isfinite(months.centre)][-1:]
        ],
        events=[(float(mdates.date2num(day)) - 13, what) for day, what in events],
        points=_outside_names(months, x),
        path=(x, months.shown),
    )
    return figure


def _outside_names(months: RateMonths, x: Floats) -> list[Name]:
    """Return the names of the months beyond the limits, the newest first."""
    kinds = {1: ("above limit", colours.CONCERN), -1: ("below limit", colours.IMPROVEMENT)}
    places = [int(i) for i in np.flatnonzero(months.outside) if np.isfinite(months.shown[i])]
    return [
        Name(kinds[side][0], x[i], months.shown[i], kinds[side][1])
        for i in reversed(places)
        for side in (int(months.outside[i]),)
    ]


@dataclass(frozen=True)
class Odds:
    """One row of a chart of odds ratios; a row without a value is a heading or a reference."""

    label: str
    value: float
    low: float
    high: float
    heading: bool = False


def odds_chart(rows: Sequence[Odds], *, words: tuple[str, str]) -> Figure:
    """Draw odds ratios about 1 on a logarithmic axis; `words` name its two sides."""
    figure, axes = canvas(0.165 * len(rows) + 0.8)
    for place, row in enumerate(rows):
        if row.heading:
            continue
        reference = not np.isfinite(row.low)
        verdict = "common" if row.low <= 1 <= row.high or reference else "improving"
        if row.low > 1:
            verdict = "concerning"
        shape, colour, size = MARKS[verdict]
        axes.plot([row.low, row.high], [place, place], color=colour, linewidth=1.6)
        face = "white" if verdict == "common" else colour
        axes.plot(
            row.value,
            place,
            "|" if reference else shape,
            color=colour,
            markerfacecolor=face,
            markersize=size,
        )
    axes.axvline(1, color=colours.TEXT, linewidth=1)
    axes.set_xscale("log")
    label_rows(axes, [row.label if row.heading else f"   {row.label}" for row in rows])
    for row, tick in zip(rows, axes.get_yticklabels(), strict=True):
        tick.set_fontweight("bold" if row.heading else "normal")
    axes.set_ylim(len(rows) - 0.4, -0.6)
    _mark_odds(axes, rows)
    name_sides(axes, words, 1)
    axes.set_xlabel("odds ratio")
    return figure


def _mark_odds(axes: Axes, rows: Sequence[Odds]) -> None:
    """Label the axis with round ratios that lie within it."""
    ends = [row.low for row in rows if np.isfinite(row.low)] + [
        row.high for row in rows if np.isfinite(row.high)
    ]
    low, high = min([*ends, 0.8]), max([*ends, 1.25])
    axes.set_xlim(low / 1.05, high * 1.05)
    ticks = [
        tick for tick in (0.25, 0.33, 0.5, 0.67, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0) if low <= tick <= high
    ]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
