"""Charts of an organisation among its peers: percentiles side by side, and how all moved.

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

from helpers.report.charts.canvas import MARKS, OFFSET, SYMBOLS, Verdict, canvas, label_months, label_rows
from helpers.report.charts.labels import name_ends
from helpers.report.charts.lines import broken, draw_line
from helpers.report.charts.names import Name
from helpers.theme import colours

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PositionRow:
    """One row of percentiles: 100 is the good end; `verdict` marks a row that surely stands apart."""

    label: str
    percent: float
    low: float
    high: float
    verdict: Verdict = "common"


def positions_chart(rows: Sequence[PositionRow], *, words: tuple[str, str], unit: str) -> Figure:
    """Draw percentiles with their intervals on one scale from 0 to 100, quarters shaded.

    `words` name the two ends of the scale, left and right.
    """
    figure, axes = canvas(0.2 * len(rows) + 0.9)
    for start, colour in ((0, colours.BAND), (75, colours.BAND)):
        axes.axvspan(start, start + 25, color=colour, linewidth=0, zorder=0)
    axes.axvline(50, color=colours.LIMITS, linewidth=1, linestyle=(0, (4, 2)), zorder=1)
    for place, row in enumerate(rows):
        shape, colour, size = MARKS[row.verdict]
        axes.plot([row.low, row.high], [place, place], color=colour, linewidth=1.8, solid_capstyle="butt")
        face = "white" if row.verdict == "common" else colour
        axes.plot(
            row.percent, place, shape, color=colour, markerfacecolor=face, markersize=size, clip_on=False
        )
    _percent_axes(axes, [row.label for row in rows], unit)
    for text, x, side in ((f"◀ {words[0]}", 0, "left"), (f"{words[1]} ▶", 100, "right")):
        axes.annotate(
            text, (x, 1), (0, 4), xycoords=("data", "axes fraction"), **OFFSET, ha=side,
            color=colours.COMMON_CAUSE, family=SYMBOLS,
        )  # fmt: skip
    return figure


@dataclass(frozen=True)
class Percent:
    """One row of a scale from 0 to 100: where it is now, and where it was then, if that is known."""

    label: str
    now: float
    then: float | None = None


def percents_chart(
    rows: Sequence[Percent], *, unit: str, zones: Sequence[tuple[str, float]] = ()
) -> Figure:
    """Draw percentages on one scale from 0 to 100, each joined to the one before it.

    `zones` are what stretches of the scale are called and where each ends, in order; without them its middle is marked.
    """
    figure, axes = canvas(0.2 * len(rows) + 0.9)
    begin = 0.0
    for name, end in zones:
        axes.annotate(
            name, ((begin + end) / 2, 1), (0, 4), xycoords=("data", "axes fraction"), **OFFSET, ha="center",
            color=colours.COMMON_CAUSE,
        )  # fmt: skip
        begin = end
    for place_of_line in [end for _, end in zones[:-1]] or [50]:
        axes.axvline(place_of_line, color=colours.LIMITS, linewidth=1, linestyle=(0, (4, 2)), zorder=1)
    for place, row in enumerate(rows):
        if row.then is not None:
            axes.plot(
                [row.then, row.now], [place, place], color=colours.COMMON_CAUSE, linewidth=1.4, zorder=2
            )
            axes.plot(
                row.then, place, "o", color=colours.COMMON_CAUSE, markerfacecolor="white", markersize=5.5,
                clip_on=False, zorder=3,
            )  # fmt: skip
        axes.plot(row.now, place, "o", color=colours.HIGHLIGHT, markersize=6.5, clip_on=False, zorder=4)
    _percent_axes(axes, [row.label for row in rows], unit)
    if any(row.then is not None for row in rows):
        axes.annotate(
            "○ then   ● now", (1, 1), (0, 4), xycoords="axes fraction", **OFFSET, ha="right",
            color=colours.COMMON_CAUSE, family=SYMBOLS,
        )  # fmt: skip
    return figure


def _percent_axes(axes: Axes, labels: Sequence[str], unit: str) -> None:
    """Name the rows of a scale from 0 to 100, the first on top."""
    label_rows(axes, labels)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.set_xlim(0, 100)
    axes.tick_params(axis="y", pad=9)  # a mark at nought stands clear of its name
    axes.set_xticks([0, 25, 50, 75, 100])
    axes.set_xlabel(unit)


@dataclass(frozen=True)
class Fan:
    """An organisation's values over the middle half of its peers, by period; NaN where it has none."""

    days: tuple[date, ...]
    every: int | None  # months from one period to the next; None where they are irregular
    own: Floats
    lower: Floats
    median: Floats
    upper: Floats


def movement_chart(fan: Fan, *, label: str, unit: str) -> Figure:
    """Draw the own values over median and middle half of the peers, each named at its right end."""
    figure, axes = canvas(2.5)
    x = mdates.date2num(np.array(fan.days, dtype="datetime64[D]"))
    x, own, low, middle, high = broken(x, fan.own, fan.lower, fan.median, fan.upper, every=fan.every)
    axes.fill_between(x, low, high, color=colours.BAND, linewidth=0)
    draw_line(axes, x, middle, color=colours.COMMON_CAUSE, linewidth=1.4, linestyle=(0, (4, 2)))
    axes.plot(x, own, "o-", color=colours.HIGHLIGHT, linewidth=1.8, markersize=4, zorder=4)
    axes.set_ylabel(unit)
    label_months(axes)
    axes.margins(x=0.02, y=0.14)
    last = np.flatnonzero(np.isfinite(fan.own))[-1:]
    named = [Name(label, 0, float(fan.own[place]), colours.HIGHLIGHT, bold=True) for place in last]
    name_ends(axes, [*named, Name("median", 0, float(fan.median[-1]), colours.COMMON_CAUSE)])
    return figure
