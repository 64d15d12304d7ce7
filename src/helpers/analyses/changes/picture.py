"""The picture of a review: what came, and what would have been without the change."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Final

import matplotlib.dates as mdates
import numpy as np
from matplotlib.figure import Figure

from helpers.analyses.changes.made import Floats, Review
from helpers.report.charts.canvas import canvas, label_months, label_numbers
from helpers.report.charts.labels import Name, name_all
from helpers.theme import colours

#: letters of a change's name beside its share
_LETTERS: Final = 32


def counterfactual(review: Review) -> tuple[Floats, Floats, Floats]:
    """Return what would have been from the change on, and the ends of its interval; NaN before it."""
    assert review.judged.found is not None, "asked for where something was fitted"
    series = review.judged.found.series
    beside = 0.0 if review.control is None else review.control
    middle, low, high = (
        series[name].to_numpy(dtype=float) + beside for name in ("counterfactual", "lower", "upper")
    )
    return middle, low, high


def review_chart(review: Review) -> Figure:
    """Draw the values, the counterfactual with its interval, and the control."""
    figure, axes = canvas(2.4)
    x = np.asarray(mdates.date2num(np.array(review.days, dtype="datetime64[D]")), dtype=float)
    names = []
    if review.control is not None:
        axes.plot(x, review.control, color=colours.PEER, linewidth=1)
        names += _end("others", x, review.control, colours.PEER)
    if review.judged.found is not None:
        middle, low, high = counterfactual(review)
        axes.fill_between(x, low, high, color=colours.BAND, linewidth=0, zorder=1)
        axes.plot(x, middle, color=colours.TEXT, linewidth=1.4, linestyle=(0, (4, 2)), zorder=3)
        names += _end("without it", x, middle, colours.TEXT)
    axes.plot(x, review.values, "o-", color=colours.HIGHLIGHT, linewidth=1.5, markersize=4, zorder=4)
    names += _end("what came", x, review.values, colours.HIGHLIGHT, bold=True)
    axes.set_ylabel(review.measure.unit)
    label_months(axes)
    label_numbers(axes)
    axes.margins(x=0.02, y=0.14)
    day = float(mdates.date2num(review.event.day))
    name_all(axes, names, events=[(day, review.event.name)])
    return figure


def shares_chart(reviews: Sequence[Review]) -> Figure:
    """Draw how much of what was expected came of each change, with its interval, beside all of it."""
    figure, axes = canvas(0.6 + 0.42 * len(reviews))
    places = np.arange(len(reviews))[::-1]
    shares = np.array([100 * review.judged.share for review in reviews])
    ends = np.array([100 * np.array(review.judged.share_ends) for review in reviews]).T
    axes.axvline(0, color=colours.RULE, linewidth=1)
    axes.axvline(100, color=colours.TARGET, linewidth=1.2, linestyle=(0, (4, 2)))
    axes.hlines(places, *ends, color=colours.COMMON_CAUSE, linewidth=2)
    axes.plot(shares, places, "o", color=colours.HIGHLIGHT, markersize=7)
    axes.set_yticks(places, [textwrap.fill(review.event.name, _LETTERS) for review in reviews])
    axes.set_xlabel("share of what was expected, % (broken line: all of it)")
    axes.set_ylim(-0.6, len(reviews) - 0.4)
    return figure


def _end(text: str, x: Floats, line: Floats, colour: str, *, bold: bool = False) -> list[Name]:
    known = np.flatnonzero(np.isfinite(line))[-1:]
    return [Name(text, float(x[place]), float(line[place]), colour, bold=bold) for place in known]
