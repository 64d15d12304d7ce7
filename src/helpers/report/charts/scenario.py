"""Charts of a scenario: a fan from week to week, and what moves the result (tornado)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import matplotlib.dates as mdates
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from helpers.report.charts.canvas import OFFSET, canvas, label_months
from helpers.report.charts.labels import Name, make_room, name_ends
from helpers.theme import colours

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Fan:
    """Median with 80 % and 95 % interval at each day."""

    days: tuple[date, ...]
    median: Floats
    low80: Floats
    high80: Floats
    low95: Floats
    high95: Floats

    @property
    def certain(self) -> bool:
        """Whether there is nothing between the ends."""
        return bool(np.allclose(self.low95, self.high95))


def fan_chart(fan: Fan, *, unit: str, label: str, beside: tuple[str, Floats] | None = None) -> Figure:
    """Draw a median with its intervals from week to week, labelled at its end.

    Parameters
    ----------
    fan
        What to draw.
    unit
        Label of the upright axis.
    label
        What stands at the end of the median.
    beside
        Name and values of a line to compare with: the list if nothing changed.
    """
    figure, axes = canvas(2.5)
    x = mdates.date2num(np.array(fan.days, dtype="datetime64[D]"))
    if not fan.certain:
        axes.fill_between(x, fan.low95, fan.high95, color=colours.BAND, linewidth=0)
        axes.fill_between(x, fan.low80, fan.high80, color=colours.INTERVAL, linewidth=0)
        for edge in (fan.low95, fan.high95, fan.low80, fan.high80):
            axes.plot(x, edge, color=colours.LIMITS, linewidth=0.7)
    axes.plot(x, fan.median, color=colours.HIGHLIGHT, linewidth=2)
    if beside:
        axes.plot(x, beside[1], color=colours.TEXT, linewidth=1.2, linestyle=(0, (4, 2)))
    elif fan.low95.min() < 0:
        axes.axhline(0, color=colours.TEXT, linewidth=1)
    axes.set_ylabel(unit)
    label_months(axes)
    axes.margins(x=0.01)
    name_ends(axes, _fan_names(fan, label, beside))
    return figure


def _fan_names(fan: Fan, label: str, beside: tuple[str, Floats] | None) -> list[Name]:
    """Return the names at the ends of the lines and of the upper edges of the bands."""
    names = [Name(label, 0, fan.median[-1], colours.HIGHLIGHT, bold=True)]
    if not fan.certain:
        edges = (("95%", fan.high95[-1]), ("80%", fan.high80[-1]))
        names += [Name(name, 0, height, colours.TEXT_SECONDARY) for name, height in edges]
    return [*names, Name(beside[0], 0, beside[1][-1])] if beside else names


@dataclass(frozen=True)
class Swing:
    """How one input alone moves the result: its low and high value in words, and the result at each."""

    label: str
    low: str
    high: str
    at_low: float
    at_high: float


def tornado_chart(swings: Sequence[Swing], middle: float, *, unit: str) -> Figure:
    """Draw how far each input alone moves the result from where all are at their medians."""
    figure, axes = canvas(0.36 * len(swings) + 0.8)
    for place, swing in enumerate(swings):
        for end, colour in ((swing.at_low, colours.PEER), (swing.at_high, colours.HEADING)):
            axes.barh(place, end - middle, left=middle, height=0.5, color=colour)
        for end, words in _swing_words(swing, middle):
            right = end >= middle
            axes.annotate(
                words, (end, place), (4 if right else -4, 0), **OFFSET, va="center", ha="left" if right else "right"
            )  # fmt: skip
    axes.axvline(middle, color=colours.TEXT, linewidth=1)
    axes.set_yticks(range(len(swings)), [swing.label for swing in swings])
    axes.invert_yaxis()
    axes.margins(x=0.05)
    axes.set_xlabel(unit)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    make_room(axes)
    return figure


def _swing_words(swing: Swing, middle: float) -> list[tuple[float, str]]:
    """Return what stands at the ends of a bar; where both ends are on one side, both at the outer one."""
    ends = [(swing.at_low, swing.low), (swing.at_high, swing.high)]
    if (swing.at_low >= middle) != (swing.at_high >= middle):
        return ends
    (_, inner), (outer, words) = sorted(ends, key=lambda end: abs(end[0] - middle))
    return [(outer, words if inner == words else f"{words} (nearer: {inner})")]
