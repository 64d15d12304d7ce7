"""Words beside what they name in a chart, and the boxes that they take, in pixels.

A box is of the layout as it is: `layout.settle` comes first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, cast

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from helpers.report.charts.layout import measuring, size_of
from helpers.theme import colours

GAP: Final = 4.0  # points between a label and what it names
BETWEEN: Final = 1.5  # points between two labels


@dataclass(frozen=True)
class Name:
    """Words beside the place in the axes that they name, in its unit.

    `along` is where a stretch that they name begins and ends; `side` is 1 where they had better stand above,
    -1 where below; `needed` ones stand where they hide least, where nothing is free.
    """

    text: str
    x: float
    y: float
    colour: str = colours.TEXT
    bold: bool = False
    along: tuple[float, float] | None = None
    side: int = 0
    needed: bool = False

    @property
    def style(self) -> dict[str, Any]:
        """Return how matplotlib draws it."""
        return {"color": self.colour, "weight": "bold" if self.bold else "normal"}


@dataclass(frozen=True)
class Box:
    """A place in pixels."""

    left: float
    bottom: float
    right: float
    top: float

    @classmethod
    def about(cls, middle: tuple[float, float], size: tuple[float, float]) -> Box:
        """Return a box of a width and height about its middle."""
        (x, y), (width, height) = middle, size
        return cls(x - width / 2, y - height / 2, x + width / 2, y + height / 2)

    @property
    def middle(self) -> tuple[float, float]:
        """Its middle."""
        return (self.left + self.right) / 2, (self.bottom + self.top) / 2

    def away_from(self, x: tuple[float, float], y: float) -> float:
        """Return how far it is from a level stretch, which runs from one x to another."""
        across = max(0.0, self.left - x[1], x[0] - self.right)
        return float(np.hypot(across, max(0.0, self.bottom - y, y - self.top)))


def boxes_of(axes: Axes) -> list[Box]:
    """Return the boxes of the words that the axes hold already."""
    renderer = measuring(cast(Figure, axes.figure).dpi)
    extents = [text.get_window_extent(renderer) for text in axes.texts]
    return [Box(each.x0, each.y0, each.x1, each.y1) for each in extents]


def size_of_name(axes: Axes, name: Name) -> tuple[float, float]:
    """Return a name's width and height in pixels."""
    font = FontProperties(weight=name.style["weight"])
    return size_of(name.text, font, cast(Figure, axes.figure).dpi, mpl.rcParams["text.parse_math"])


def pixels(axes: Axes, x: float, y: float) -> tuple[float, float]:
    across, up = axes.transData.transform((x, y))
    return float(across), float(up)


def points_per_pixel(axes: Axes) -> float:
    return 72 / cast(Figure, axes.figure).dpi
