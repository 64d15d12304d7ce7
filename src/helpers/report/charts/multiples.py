"""Small charts, four a picture: a line, its mean and limits, its target, a title; for what needs no chart of its own.

The axes stand at fixed places, so that nothing has to be laid out.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import matplotlib.dates as mdates
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from helpers.report.charts.canvas import label_numbers, new_figure
from helpers.report.charts.layout import mark_settled
from helpers.report.charts.lines import draw_line
from helpers.theme import colours
from helpers.theme.charts import FIGURE_SIZE

Floats = NDArray[np.float64]
ACROSS: Final = 2
#: rows in a picture at most: a page may end as white as the next picture is high
ROWS: Final = 2
#: inches: height of a row, and what stands around its axes
_ROW, _LEFT, _RIGHT, _ABOVE, _BELOW = 1.62, 0.55, 0.12, 0.42, 0.28
_TITLE_LETTERS: Final = 52


@dataclass(frozen=True)
class Small:
    """One small chart: its title, days and values (NaN is a gap), mean, limits and target (NaN where there is none)."""

    title: str
    days: NDArray[np.datetime64]
    values: Floats
    mean: float
    lower: float
    upper: float
    first: int
    target: float
    unit: str


def pictures_of_rows(many: int, rows_at_once: int) -> list[slice]:
    """Return which of so many small charts go into each picture: about as many rows each, no more than so many.

    Rows are full but for the last of all, and the lower pictures come first.

    >>> pictures_of_rows(7, 3), pictures_of_rows(0, 3)
    ([slice(0, 4, None), slice(4, 8, None)], [])
    """
    rows = -(-many // ACROSS)
    pictures = -(-rows // rows_at_once)
    ends = [ACROSS * (rows * each // pictures) for each in range(pictures + 1)] if pictures else []
    return [slice(first, last) for first, last in pairwise(ends)]


def multiples_chart(smalls: Sequence[Small]) -> Figure:
    """Draw small charts, two beside each other."""
    rows = -(-len(smalls) // ACROSS)
    width, height = FIGURE_SIZE[0], rows * _ROW
    figure = new_figure(height, layout="none")
    for number, small in enumerate(smalls):
        row, column = divmod(number, ACROSS)
        left = column * width / ACROSS + _LEFT
        bottom = height - (row + 1) * _ROW + _BELOW
        box = (
            left / width,
            bottom / height,
            (width / ACROSS - _LEFT - _RIGHT) / width,
            (_ROW - _ABOVE - _BELOW) / height,
        )
        _draw(figure.add_axes(box), small)
    mark_settled(figure)
    return figure


def _draw(axes: Axes, small: Small) -> None:
    days = np.asarray(mdates.date2num(small.days), dtype=float)
    ends = [days[small.first], days[-1]]
    if np.isfinite(small.lower):
        axes.fill_between(ends, small.lower, small.upper, color=colours.BAND, linewidth=0)
    if np.isfinite(small.mean):
        axes.plot(ends, [small.mean] * 2, color=colours.TEXT, linewidth=0.9)
    _aim(axes, small)
    draw_line(axes, days, small.values, color=colours.COMMON_CAUSE, linewidth=1.0)
    known = np.flatnonzero(np.isfinite(small.values))
    if len(known):
        axes.plot(days[known[-1]], small.values[known[-1]], "o", color=colours.TEXT, markersize=3.5)
    title = f"{small.title} ({small.unit})" if small.unit else small.title
    lines = textwrap.wrap(title, _TITLE_LETTERS, max_lines=2, placeholder="…")
    axes.set_title("\n".join(lines), loc="left", fontsize=8.5, x=-_LEFT / 2.7)
    axes.spines[["top", "right"]].set_visible(False)
    # as matplotlib leaves about what is drawn, but the end months may have no value
    room = 0.05 * (days[-1] - days[0]) or 1.0
    axes.set_xlim(days[0] - room, days[-1] + room)
    axes.set_xticks([days[0], days[-1]], [f"{mdates.num2date(day):%b %Y}" for day in (days[0], days[-1])])
    first, last = axes.get_xticklabels()
    first.set_horizontalalignment("left")
    last.set_horizontalalignment("right")
    axes.locator_params(axis="y", nbins=3)
    label_numbers(axes)
    axes.tick_params(labelsize=8)


def _aim(axes: Axes, small: Small) -> None:
    """Draw the target where it lies near the values; one far off would flatten them."""
    known = small.values[np.isfinite(small.values)]
    if not np.isfinite(small.target) or not len(known):
        return
    low, high = float(known.min()), float(known.max())
    reach = 3 * (high - low)
    if low - reach <= small.target <= high + reach:
        axes.axhline(small.target, color=colours.TARGET, linewidth=1.2, linestyle=(0, (1, 1.2)))
