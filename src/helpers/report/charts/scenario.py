"""Charts of a scenario: a range from week to week, and what moves the result (tornado)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import matplotlib.dates as mdates
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from helpers.report.charts.canvas import OFFSET, canvas, label_months, label_rows
from helpers.report.charts.labels import make_room, name_ends
from helpers.report.charts.names import Name
from helpers.theme import colours

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Reach:
    """The range of a result at each day, and the middle of each way of counting that lies in it."""

    days: tuple[date, ...]
    low: Floats
    high: Floats
    #: name and values of each way of counting; the name of an only one may be empty
    middles: tuple[tuple[str, Floats], ...]

    @property
    def certain(self) -> bool:
        """Whether there is nothing between the ends."""
        return bool(np.allclose(self.low, self.high))


def reach_chart(reach: Reach, *, unit: str, beside: tuple[str, Floats] | None = None) -> Figure:
    """Draw a range from week to week with the middles in it; its ends are labelled by their numbers.

    `beside` is a line to compare with: the list if nothing changed.
    """
    figure, axes = canvas(2.5)
    x = mdates.date2num(np.array(reach.days, dtype="datetime64[D]"))
    if not reach.certain:
        axes.fill_between(x, reach.low, reach.high, color=colours.FAN_INNER, linewidth=0)
        for edge in (reach.low, reach.high):
            axes.plot(x, edge, color=colours.HIGHLIGHT, linewidth=1)
    for (_, middle), style in zip(reach.middles, _STYLES, strict=False):
        axes.plot(x, middle, color=colours.HIGHLIGHT, linewidth=1.8, linestyle=style)
    if beside:
        axes.plot(x, beside[1], color=colours.TEXT, linewidth=1.2, linestyle=(0, (4, 2)))
    elif reach.low.min() < 0:
        axes.axhline(0, color=colours.TEXT, linewidth=1)
    axes.set_ylabel(unit)
    label_months(axes)
    axes.margins(x=0.01)
    name_ends(axes, _reach_names(reach, beside))
    return figure


#: solid, then dotted: two ways of counting can be told apart without colour
_STYLES: Final = ("solid", (0, (1, 1.5)))


def _reach_names(reach: Reach, beside: tuple[str, Floats] | None) -> list[Name]:
    """Return the names at the ends of the lines: numbers at those of the range."""
    names = [Name(name, 0, middle[-1], colours.HIGHLIGHT) for name, middle in reach.middles if name]
    ends = (reach.high,) if reach.certain else (reach.low, reach.high)
    names += [Name(f"{end[-1]:,.0f}", 0, end[-1], colours.HIGHLIGHT, bold=True) for end in ends]
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
    label_rows(axes, [swing.label for swing in swings])
    axes.invert_yaxis()
    axes.margins(x=0.05)
    axes.set_xlabel(unit)
    make_room(axes)
    return figure


def _swing_words(swing: Swing, middle: float) -> list[tuple[float, str]]:
    """Return what stands at the ends of a bar; where both ends are on one side, both at the outer one."""
    ends = [(swing.at_low, swing.low), (swing.at_high, swing.high)]
    if (swing.at_low >= middle) != (swing.at_high >= middle):
        return ends
    (_, inner), (outer, words) = sorted(ends, key=lambda end: abs(end[0] - middle))
    return [(outer, words if inner == words else f"{words} (nearer: {inner})")]
