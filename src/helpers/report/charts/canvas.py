"""What every chart of a report begins with: the page's width, quiet axes, direct labels."""

from __future__ import annotations

import textwrap
from typing import Any, Final, Literal

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.theme import colours
from helpers.theme.charts import FIGURE_SIZE

#: an annotation beside its point, in points, kept where it leaves the axes
OFFSET: Final[dict[str, Any]] = {"textcoords": "offset points", "annotation_clip": False}
#: fonts of labels with arrows and other signs
SYMBOLS: Final = ["Source Sans Pro", "DejaVu Sans"]


Verdict = Literal["improving", "concerning", "neutral", "common"]
#: shape and colour together say what a point is, so that neither is needed alone
MARKS: dict[str, tuple[str, str, float]] = {
    "improving": ("D", colours.IMPROVEMENT, 6.5),
    "concerning": ("^", colours.CONCERN, 8.0),
    "neutral": ("s", colours.COMMON_CAUSE, 6.0),
    "common": ("o", colours.COMMON_CAUSE, 4.5),
}


def canvas(height: float) -> tuple[Figure, Axes]:
    """Return a figure of the text's width and a height in inches, with its axes."""
    figure, axes = plt.subplots(figsize=(FIGURE_SIZE[0], height))
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(colours.PEER)
    return figure, axes


def mark_event(axes: Axes, day: float, name: str) -> None:
    """Draw an event as an upright line with its name, at a day in matplotlib's numbers."""
    axes.axvline(day, color=colours.EVENT, linewidth=1, linestyle=(0, (1, 2)))
    words = "\n".join(textwrap.wrap(name, 26))
    axes.annotate(
        words, (day, 1), (4, -2), xycoords=("data", "axes fraction"), **OFFSET, va="top", color=colours.EVENT
    )  # fmt: skip
