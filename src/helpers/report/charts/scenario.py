"""Charts of a scenario: a fan from week to week, and what moves the result (tornado)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import matplotlib.dates as mdates
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from helpers.report.charts.canvas import OFFSET, canvas
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
    figure, axes = canvas(3.1)
    x = mdates.date2num(np.array(fan.days, dtype="datetime64[D]"))
    if not fan.certain:
        axes.fill_between(x, fan.low95, fan.high95, color=colours.BAND, linewidth=0)
        axes.fill_between(x, fan.low80, fan.high80, color=colours.PEER, linewidth=0)
        for name, height in (("95%", fan.high95[-1]), ("80%", fan.high80[-1])):
            axes.annotate(
                name, (x[-1], height), (4, 0), **OFFSET, va="center", color=colours.TEXT_SECONDARY
            )
    axes.plot(x, fan.median, color=colours.HIGHLIGHT, linewidth=2)
    axes.annotate(
        label, (x[-1], fan.median[-1]), (30 if not fan.certain else 4, 0), **OFFSET, va="center",
        color=colours.HIGHLIGHT, weight="bold",
    )  # fmt: skip
    if beside:
        axes.plot(x, beside[1], color=colours.TEXT, linewidth=1.2, linestyle=(0, (4, 2)))
        axes.annotate(beside[0], (x[-1], beside[1][-1]), (4, 0), **OFFSET, va="center")
    elif fan.low95.min() < 0:
        axes.axhline(0, color=colours.TEXT, linewidth=1)
    axes.set_ylabel(unit)
    axes.xaxis.set_major_locator(mdates.AutoDateLocator(minticks=3, maxticks=7))
    axes.xaxis.set_major_formatter(mdates.DateFormatter("%b %Y"))
    axes.margins(x=0.01)
    return figure


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
    figure, axes = canvas(0.52 * len(swings) + 1.0)
    for place, swing in enumerate(swings):
        for end, words, colour in (
            (swing.at_low, swing.low, colours.PEER),
            (swing.at_high, swing.high, colours.NHS_DARK_BLUE),
        ):
            axes.barh(place, end - middle, left=middle, height=0.5, color=colour)
            right = end >= middle
            axes.annotate(
                words,
                (end, place),
                (4 if right else -4, 0),
                **OFFSET,
                va="center",
                ha="left" if right else "right",
            )
    axes.axvline(middle, color=colours.TEXT, linewidth=1)
    axes.set_yticks(range(len(swings)), [swing.label for swing in swings])
    axes.invert_yaxis()
    axes.margins(x=0.16)
    axes.set_xlabel(unit)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    return figure
