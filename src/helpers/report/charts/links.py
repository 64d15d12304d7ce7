"""Columns of names joined by lines: who carries what, from one end to the other."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from helpers.report.charts.canvas import MARKS, SYMBOLS, Verdict, canvas
from helpers.theme import colours

Floats = NDArray[np.float64]
#: letters of a name before it wraps; inches of a line of it, and between two names
LETTERS, LINE, BETWEEN = 36, 0.125, 0.06
#: where names begin, and where lines to the next column begin, in widths of the picture
_STARTS: Final = (0.0, 0.335, 0.71)
_ENDS: Final = (0.275, 0.65)


@dataclass(frozen=True)
class Node:
    """A name in a column; `mark` says by shape and colour how it stands, none where nothing is known."""

    name: str
    mark: Verdict | None = None

    @property
    def wrapped(self) -> str:
        """The name over as many lines as it takes."""
        return "\n".join(textwrap.wrap(self.name, LETTERS))

    @property
    def height(self) -> float:
        """Inches that it takes."""
        return LINE * (self.wrapped.count("\n") + 1) + BETWEEN


def links_chart(
    columns: Sequence[Sequence[Node]], links: Sequence[Sequence[tuple[int, int]]], *, heads: Sequence[str]
) -> Figure:
    """Draw three columns of names with lines between those that belong together; `links` are places of the two names.

    Names in the middle keep their order, the others stand beside what they join; `heads` stand above the columns.
    """
    height = max(sum(node.height for node in column) for column in columns)
    middle = _stacked(columns[1], height)
    left = _beside(columns[0], [(other, own) for own, other in links[0]], middle, height)
    right = _beside(columns[2], links[1], middle, height)
    figure, axes = canvas(height + 0.5)
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(height, -0.3)
    places = (left, middle, right)
    for column, (pairs, begin, end) in enumerate(zip(links, _ENDS, _STARTS[1:], strict=True)):
        for one, other in pairs:
            ends = [places[column][one], places[column + 1][other]]
            axes.plot([begin, end - 0.005], ends, color=colours.PEER, linewidth=0.9, zorder=1)
    for x, nodes, heights, head in zip(_STARTS, columns, places, heads, strict=True):
        axes.text(x, -0.2, head, weight="bold", color=colours.TEXT_SECONDARY, va="center", fontsize=8.5)
        for node, y in zip(nodes, heights, strict=True):
            if node.mark:
                shape, colour, size = MARKS[node.mark]
                axes.plot(x + 0.01, y, shape, color=colour, markersize=size * 0.8)
            axes.text(x + 0.025, y, node.wrapped, va="center", fontsize=8, linespacing=1.05, family=SYMBOLS)
    return figure


def _stacked(nodes: Sequence[Node], height: float) -> Floats:
    """Return the middles of names below each other, over the whole height."""
    sizes = np.array([node.height for node in nodes])
    spare = (height - sizes.sum()) / max(len(nodes), 1)
    return np.asarray(np.cumsum(sizes + spare) - (sizes + spare) / 2, dtype=float)


def _beside(
    nodes: Sequence[Node], links: Sequence[tuple[int, int]], middle: Floats, height: float
) -> Floats:
    """Return the middles of names as near as can be to the mean of what each joins, none over another."""
    wanted = np.array(
        [
            np.mean([middle[there] for there, here in links if here == place] or [height])
            for place in range(len(nodes))
        ]
    )
    found, order = np.zeros(len(nodes)), np.argsort(wanted, kind="stable")
    lower = 0.0
    for place in order:  # downwards, each below the one before it
        half = nodes[place].height / 2
        found[place] = max(wanted[place], lower + half)
        lower = found[place] + half
    for place in order[::-1]:  # and back up where the last stand out
        half = nodes[place].height / 2
        over = found[place] + half - height
        if over <= 0:
            break
        found[place] -= over
        height = found[place] - half
    return found
