"""The chart of a difference: from one amount over its parts to another."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from helpers.report.charts.canvas import OFFSET, canvas, label_rows
from helpers.report.charts.labels import make_room
from helpers.theme import colours


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
