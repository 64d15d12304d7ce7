"""Charts that compare: the steps of a split, a bridge from one amount to another, values with their intervals.

Each function takes plain values that a result object holds and returns a matplotlib figure; none of them
computes a statistic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from helpers.report.charts.canvas import MARKS, OFFSET, canvas, label_rows, name_sides
from helpers.report.charts.labels import make_room
from helpers.theme import colours


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
    figure, axes = canvas(0.34 * len(steps) + 0.7)
    level = 0.0
    for row, step in enumerate(steps):
        start, level = (0.0, step.value) if step.total else (level, level + step.value)
        colour = _step_colour(step)
        axes.barh(row, level - start, left=start, height=0.56, color=colour)
        text = f"{step.value:.1f}" if step.total else f"{step.value:+.1f}".replace("-", "−")
        axes.annotate(text, (max(level, start), row), (5, 0), **OFFSET, va="center", weight="bold")
    label_rows(axes, [step.label for step in steps])
    axes.invert_yaxis()
    axes.set_xlabel(unit)
    axes.margins(x=0.09)
    make_room(axes)
    return figure


def _step_colour(step: Step) -> str:
    if step.total:
        return colours.HEADING
    if not step.judged:
        return colours.COMMON_CAUSE
    return colours.CONCERN if step.value > 0 else colours.IMPROVEMENT


def bars_chart(bars: Sequence[Bar], *, unit: str, words: tuple[str, str]) -> Figure:
    """Draw values with their intervals about nought; certain ones filled and pointed, the others open.

    `words` name the two sides of nought, left and right.
    """
    figure, axes = canvas(0.22 * len(bars) + 0.9)
    for row, bar in enumerate(bars):
        verdict = "common" if not bar.certain else "concerning" if bar.value > 0 else "improving"
        shape, colour, size = MARKS[verdict]
        axes.plot([bar.low, bar.high], [row, row], color=colour, linewidth=1.6, solid_capstyle="butt")
        face = "white" if verdict == "common" else colour
        axes.plot(bar.value, row, shape, color=colour, markerfacecolor=face, markersize=size)
    axes.axvline(0, color=colours.TEXT, linewidth=1)
    label_rows(axes, [bar.label for bar in bars])
    axes.set_ylim(len(bars) - 0.4, -0.6)
    axes.set_xlabel(unit)
    axes.grid(axis="y", color=colours.BAND, linewidth=5, zorder=0)
    axes.set_axisbelow(True)
    name_sides(axes, words, 0)
    return figure


def bridge_chart(steps: Sequence[tuple[str, float]], *, unit: str) -> Figure:
    """Draw a first amount, what is added to it or taken from it step by step, and a last one.

    The axis begins near the amounts, so that the steps can be seen; all bars are labelled by their numbers.
    """
    figure, axes = canvas(0.32 * len(steps) + 0.6)
    (_, level), last = steps[0], len(steps) - 1
    tops = [level]
    for _, amount in steps[1:last]:
        tops.append(tops[-1] + amount)
    reach = max(max(tops) - min(tops), abs(level) * 0.01, 0.01)
    base = min(*tops, steps[last][1]) - 0.6 * reach
    for place, (_, amount) in enumerate(steps):
        whole = place in (0, last)
        start = base if whole else tops[place - 1]
        end = amount if whole else tops[place]
        colour = colours.HEADING if whole else colours.PEER
        axes.barh(place, end - start, left=start, height=0.55, color=colour)
        text = f"{amount:,.2f}" if whole else f"{amount:+,.2f}"
        axes.annotate(text.replace("-", "−"), (max(start, end), place), (4, 0), **OFFSET, va="center")
    label_rows(axes, [name for name, _ in steps])
    axes.invert_yaxis()
    axes.set_xlim(left=base)
    axes.set_xlabel(f"{unit}; the axis does not begin at nought")
    axes.margins(x=0.08)
    make_room(axes)
    return figure
