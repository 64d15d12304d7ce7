"""Charts that compare: the steps of a split, values with their intervals, a funnel of organisations.

Each function takes plain values that a result object holds and returns a matplotlib figure; none of them
computes a statistic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from helpers.report.charts.canvas import MARKS, OFFSET, SYMBOLS, canvas
from helpers.report.charts.labels import Name, make_room, name_ends, name_points
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
    axes.set_yticks(range(len(steps)), [step.label for step in steps])
    axes.invert_yaxis()
    axes.set_xlabel(unit)
    axes.margins(x=0.09)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
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
            textcoords="offset points", ha=place, color=colours.COMMON_CAUSE, family=SYMBOLS,
        )  # fmt: skip
    return figure


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
    figure, axes = canvas(2.8)
    axes.axhline(1, color=colours.TEXT, linewidth=1.2)
    for (x, lower, upper), style in zip(limits.values(), ("solid", (0, (4, 2))), strict=True):
        for line in (lower, upper):
            axes.plot(x, line, color=colours.COMMON_CAUSE, linewidth=1, linestyle=style)
    others = np.arange(len(ratio)) != own
    axes.plot(
        expected[others], ratio[others], "o", color=colours.PEER, markersize=5, markeredgewidth=0, alpha=0.9
    )
    axes.plot(expected[own], ratio[own], "o", color=colours.HIGHLIGHT, markersize=9)
    axes.set_xlabel(axis_labels[0])
    axes.set_ylabel(axis_labels[1])
    axes.xaxis.set_major_formatter("{x:,.0f}")
    _fit_ratio(axes, np.append(ratio, [line[edge][-1] for line in limits.values() for edge in (1, 2)]))
    name_ends(axes, [Name(name, 0, line[2][-1], colours.COMMON_CAUSE) for name, line in limits.items()])
    named = Name(label, expected[own], ratio[own], colours.HIGHLIGHT, bold=True)
    name_points(axes, [named], (expected, ratio))
    return figure


def _fit_ratio(axes: Axes, ratio: NDArray[np.float64]) -> None:
    """Keep the organisations in view: limits of tiny ones may leave the chart."""
    low, high = float(np.nanmin(ratio)), float(np.nanmax(ratio))
    room = 0.35 * max(high - low, 0.1)  # for the name of the trust
    axes.set_ylim(max(0.0, min(low, 0.9) - room), max(high, 1.1) + room)
