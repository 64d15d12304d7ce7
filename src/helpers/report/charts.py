"""The charts of a report: one grammar, direct labels, marks that differ by shape as well as colour.

Each function takes plain values that a result object holds and returns a matplotlib figure; none of them
computes a statistic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import matplotlib.dates as mdates
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from helpers.report.charts_canvas import OFFSET as _OFFSET
from helpers.report.charts_canvas import SYMBOLS as _SYMBOLS
from helpers.report.charts_canvas import canvas as _canvas
from helpers.report.charts_canvas import mark_event as _mark_event
from helpers.stats.spc import XmRChart
from helpers.theme import colours

Verdict = Literal["improving", "concerning", "neutral", "common"]
#: shape and colour together say what a point is, so that neither is needed alone
MARKS: dict[str, tuple[str, str, float]] = {
    "improving": ("D", colours.IMPROVEMENT, 6.5),
    "concerning": ("^", colours.CONCERN, 8.0),
    "neutral": ("s", colours.COMMON_CAUSE, 6.0),
    "common": ("o", colours.COMMON_CAUSE, 4.5),
}


@dataclass(frozen=True)
class Bar:
    """One horizontal bar: its label, value, interval, and whether the interval leaves out nought."""

    label: str
    value: float
    low: float
    high: float
    certain: bool


@dataclass(frozen=True)
class Step:
    """One step of a split; `total` bars stand on nought, `judged` ones are good or bad by their sign."""

    label: str
    value: float
    total: bool = False
    judged: bool = False


def split_chart(steps: Sequence[Step], *, unit: str) -> Figure:
    """Draw how one level becomes another, step by step, each step labelled with its value."""
    figure, axes = _canvas(0.42 * len(steps) + 0.7)
    level = 0.0
    for row, step in enumerate(steps):
        start, level = (0.0, step.value) if step.total else (level, level + step.value)
        colour = _step_colour(step)
        axes.barh(row, level - start, left=start, height=0.56, color=colour)
        text = f"{step.value:.1f}" if step.total else f"{step.value:+.1f}".replace("-", "−")
        axes.annotate(text, (max(level, start), row), (5, 0), **_OFFSET, va="center", weight="bold")
    axes.set_yticks(range(len(steps)), [step.label for step in steps])
    axes.invert_yaxis()
    axes.set_xlabel(unit)
    axes.margins(x=0.09)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    return figure


def _step_colour(step: Step) -> str:
    if step.total:
        return colours.NHS_DARK_BLUE
    if not step.judged:
        return colours.COMMON_CAUSE
    return colours.CONCERN if step.value > 0 else colours.IMPROVEMENT


def bars_chart(bars: Sequence[Bar], *, unit: str, words: tuple[str, str]) -> Figure:
    """Draw values with their intervals about nought; certain ones filled and pointed, the others open.

    `words` name the two sides of nought, left and right.
    """
    figure, axes = _canvas(0.27 * len(bars) + 1.0)
    for row, bar in enumerate(bars):
        verdict = "common" if not bar.certain else "concerning" if bar.value > 0 else "improving"
        shape, colour, size = MARKS[verdict]
        axes.plot([bar.low, bar.high], [row, row], color=colour, linewidth=1.6, solid_capstyle="butt")
        face = "white" if verdict == "common" else colour
        axes.plot(bar.value, row, shape, color=colour, markerfacecolor=face, markersize=size)
    axes.axvline(0, color=colours.TEXT, linewidth=1)
    axes.set_yticks(range(len(bars)), [bar.label for bar in bars])
    axes.set_ylim(len(bars) - 0.4, -0.6)
    axes.set_xlabel(unit)
    axes.grid(axis="y", color=colours.BAND, linewidth=5, zorder=0)
    axes.set_axisbelow(True)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    for side, (text, place) in enumerate(
        zip((f"◀ {words[0]}", f"{words[1]} ▶"), ("right", "left"), strict=True)
    ):
        axes.annotate(
            text, (0, 1), (-6 if side == 0 else 6, 4), xycoords=("data", "axes fraction"),
            textcoords="offset points", ha=place, color=colours.COMMON_CAUSE, family=_SYMBOLS,
        )  # fmt: skip
    return figure


def spc_chart(
    chart: XmRChart,
    shown: NDArray[np.float64],
    *,
    unit: str,
    target: tuple[str, float] | None = None,
    events: Sequence[tuple[date, str]] = (),
) -> Figure:
    """Draw an XmR chart: points, centre and limits of each segment, target, special causes marked.

    `shown` are the values that may be drawn, NaN where one is missing or suppressed; the limits are the
    chart's. `events` are first days of months and what happened.
    """
    figure, axes = _canvas(3.1)
    days = mdates.date2num(chart.dates)
    half = 13.0  # days: lines reach half a month beyond their first and last point
    for segment in chart.segments:
        ends = [days[segment.first] - half, days[segment.last] + half]
        axes.fill_between(ends, segment.lower, segment.upper, color=colours.BAND, linewidth=0)
        axes.plot(ends, [segment.centre] * 2, color=colours.TEXT, linewidth=1.3)
        for limit in (segment.lower, segment.upper):
            axes.plot(ends, [limit] * 2, color=colours.LIMITS, linewidth=1, linestyle=(0, (4, 2)))
    axes.plot(days, shown, color=colours.COMMON_CAUSE, linewidth=1, zorder=3)
    for verdict, (shape, colour, size) in MARKS.items():
        chosen = np.array([_verdict(kind) == verdict for kind in chart.point_type])
        face = "white" if verdict == "common" else colour
        axes.plot(
            days[chosen],
            shown[chosen],
            shape,
            color=colour,
            markerfacecolor=face,
            markersize=size,
            zorder=4,
        )
    if target:
        axes.axhline(target[1], color=colours.TARGET, linewidth=1.4, linestyle=(0, (1, 1.4)))
    if chart.segments:
        _label_lines(axes, chart.segments[-1].centre, target)
    for day, name in events:
        _mark_event(axes, float(mdates.date2num(day)) - half, name)
    axes.set_ylabel(unit)
    axes.set_xlim(days[0] - 2 * half, days[-1] + 2 * half)
    axes.xaxis.set_major_locator(mdates.MonthLocator(bymonth=(1, 4, 7, 10)))
    axes.xaxis.set_major_formatter(mdates.DateFormatter("%b %Y"))
    axes.margins(y=0.12)
    if not (shown < 0).any():
        axes.set_ylim(bottom=max(0.0, axes.get_ylim()[0]))  # a limit below nought is cut in drawing alone
    return figure


def _verdict(point_type: str) -> Verdict | None:
    kinds: dict[str, Verdict] = {
        "common_cause": "common",
        "special_cause_improvement": "improving",
        "special_cause_concern": "concerning",
        "special_cause_neutral_high": "neutral",
        "special_cause_neutral_low": "neutral",
    }
    return kinds.get(point_type)


def funnel_chart(
    expected: NDArray[np.float64],
    ratio: NDArray[np.float64],
    own: int,
    limits: dict[str, tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]],
    *,
    label: str,
    axis_labels: tuple[str, str],
) -> Figure:
    """Draw organisations about a target of 1, the reported one named; `limits` are (x, lower, upper)."""
    figure, axes = _canvas(3.3)
    axes.axhline(1, color=colours.TEXT, linewidth=1.2)
    styles = (("solid", "top"), ((0, (4, 2)), "bottom"))  # names apart, however near the lines are
    for (name, (x, lower, upper)), (style, place) in zip(limits.items(), styles, strict=True):
        for line in (lower, upper):
            axes.plot(x, line, color=colours.COMMON_CAUSE, linewidth=1, linestyle=style)
        axes.annotate(
            name, (x[-1], upper[-1]), (4, 0), **_OFFSET, va=place, color=colours.COMMON_CAUSE, size=8.5
        )
    others = np.arange(len(ratio)) != own
    axes.plot(
        expected[others], ratio[others], "o", color=colours.PEER, markersize=5, markeredgewidth=0, alpha=0.9
    )
    axes.plot(expected[own], ratio[own], "o", color=colours.IMPROVEMENT, markersize=9)
    up = ratio[own] >= 1
    axes.annotate(
        label, (expected[own], ratio[own]), (0, 26 if up else -26), **_OFFSET, ha="center",
        va="bottom" if up else "top", color=colours.IMPROVEMENT, weight="bold",
        arrowprops={"arrowstyle": "-", "color": colours.IMPROVEMENT, "shrinkB": 5},
    )  # fmt: skip
    axes.set_xlabel(axis_labels[0])
    axes.set_ylabel(axis_labels[1])
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    _fit_ratio(axes, ratio)
    return figure


def _fit_ratio(axes: Axes, ratio: NDArray[np.float64]) -> None:
    """Keep the organisations in view: limits of tiny ones may leave the chart."""
    low, high = float(np.nanmin(ratio)), float(np.nanmax(ratio))
    room = 0.35 * max(high - low, 0.1)  # for the name of the trust
    axes.set_ylim(max(0.0, min(low, 0.9) - room), max(high, 1.1) + room)


def _label_lines(axes: Axes, centre: float, target: tuple[str, float] | None) -> None:
    """Name the lines at their right ends, moved apart where they would overlap."""
    named = [(centre, f"mean {centre:.1f}", colours.TEXT)]
    if target:
        named.append((target[1], f"{target[0]} {target[1]:.1f}", colours.TARGET))
    named.sort()
    axes.autoscale_view()
    low, high = axes.get_ylim()
    near = len(named) == 2 and abs(named[1][0] - named[0][0]) < 0.08 * (high - low)
    for place, (height, text, colour) in enumerate(named):
        nudge = (place * 2 - 1) * 6 if near else 0
        axes.annotate(
            text,
            (1, height),
            (4, nudge),
            xycoords=("axes fraction", "data"),
            **_OFFSET,
            va="center",
            color=colour,
        )
