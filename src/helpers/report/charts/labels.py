"""Words at marks: placed where they cover neither points nor each other, or left out."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from helpers.report.charts.canvas import OFFSET
from helpers.theme import colours
from helpers.theme.charts import FIGURE_SIZE

#: where words may stand about their mark: points to the right, points up, alignment
_SPOTS: Final = tuple(
    (right, up, side, "bottom" if up > 0 else "top")
    for up in (8, -8, 20, -20, 34, -34, 48, -48)
    for right, side in ((0, "center"), (6, "left"), (-6, "right"))
)
#: clear space round words, in points
_CLEAR = 2.0
#: letters of a line of words at an event
_WRAP = 30
#: height of a line of words, in points
LINE = 11.5


@dataclass(frozen=True)
class Label:
    """Words for a mark at data coordinates."""

    x: float
    y: float
    words: str
    colour: str
    bold: bool = False


def place_labels(
    axes: Axes, labels: Sequence[Label], marks: NDArray[np.float64], lines: NDArray[np.float64]
) -> list[Annotation]:
    """Write labels beside their marks, the first ones with the first choice of place.

    A label that would cover a point, another label or leave the axes wherever it stands is left out: the
    sentence below the chart says the same.

    Parameters
    ----------
    axes
        Axes whose limits and layout are final.
    labels
        In order of their weight.
    marks
        Shape (points, 2): data coordinates that no label may cover.
    lines
        The same of lines that a label leaves free where it can.
    """
    figure = axes.figure
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    room = axes.get_window_extent(renderer)
    points, both = (
        axes.transData.transform(some) if len(some) else np.empty((0, 2))
        for some in (marks, np.concatenate([marks, lines]))
    )
    taken = [
        text.get_window_extent(renderer)
        for text in axes.texts
        if isinstance(text, Annotation) and text.get_text()
    ]
    placed = []
    for label in labels:
        written = _find_spot(axes, label, renderer, (room, both, taken))
        written = written or _find_spot(axes, label, renderer, (room, points, taken))
        if written is not None:
            taken.append(written.get_window_extent(renderer))
            placed.append(written)
    return placed


def _find_spot(
    axes: Axes, label: Label, renderer: object, around: tuple[Bbox, NDArray[np.float64], list[Bbox]]
) -> Annotation | None:
    room, points, taken = around
    for right, up, side, end in _SPOTS:
        written = axes.annotate(
            label.words,
            (label.x, label.y),
            (right, up),
            textcoords="offset points",
            ha=side,
            va=end,
            color=label.colour,
            weight="bold" if label.bold else "normal",
            linespacing=1.05,
            zorder=6,
        )
        box = written.get_window_extent(renderer).padded(_CLEAR)  # type: ignore[arg-type]
        inside = room.x0 <= box.x0 and box.x1 <= room.x1 and room.y0 <= box.y0 and box.y1 <= room.y1
        free = not any(box.overlaps(other) for other in taken)
        covers = len(points) and bool(box.count_contains(points))
        if inside and free and not covers:
            return written
        written.remove()
    return None


def label_ends(axes: Axes, ends: Sequence[tuple[float, str, str]]) -> None:
    """Name lines at the right edge of the axes, moved apart where they would overlap.

    Parameters
    ----------
    axes
        Axes whose limits are final.
    ends
        Height in data coordinates, words, colour.
    """
    if not ends:
        return
    figure = axes.figure
    ordered = sorted(ends)
    scale = 72.0 / figure.dpi
    wanted = [float(axes.transData.transform((0, height))[1]) * scale for height, _, _ in ordered]
    for (height, words, colour), place, at in zip(ordered, spread(wanted, LINE), wanted, strict=True):
        axes.annotate(
            words, (1, height), (5, place - at), xycoords=("axes fraction", "data"), **OFFSET, va="center",
            color=colour,
        )  # fmt: skip


def spread(wanted: Sequence[float], least: float) -> list[float]:
    """Return ascending places that keep a least distance, moved as little as needed.

    >>> spread([0.0, 1.0, 30.0], 10.0)
    [-4.5, 5.5, 30.0]
    """
    groups: list[list[float]] = []
    for place in wanted:
        groups.append([place])
        while len(groups) > 1 and _top(groups[-2], least) + least > _bottom(groups[-1], least):
            last = groups.pop()
            groups[-1] += last
    return [place for group in groups for place in _row(group, least)]


def _row(group: Sequence[float], least: float) -> list[float]:
    middle = sum(group) / len(group)
    return [middle + (place - (len(group) - 1) / 2) * least for place in range(len(group))]


def _top(group: Sequence[float], least: float) -> float:
    return _row(group, least)[-1]


def _bottom(group: Sequence[float], least: float) -> float:
    return _row(group, least)[0]


def write_events(axes: Axes, events: Sequence[tuple[float, str]]) -> None:
    """Draw upright lines with their words above the axes, in as many rows as keep them apart.

    Parameters
    ----------
    axes
        Axes whose x limits are final.
    events
        Day in matplotlib's numbers, and words.
    """
    low, high = axes.get_xlim()
    width = FIGURE_SIZE[0] * 72.0 * 0.78  # of the axes, in points, about
    rows: list[float] = []  # where each row is free from, in points
    for day, name in sorted(events):
        axes.axvline(day, color=colours.EVENT, linewidth=1, linestyle=(0, (1, 2)), zorder=1)
        words = "\n".join(textwrap.wrap(name, _WRAP)[:2])
        long = 4.9 * max(len(line) for line in words.split("\n"))
        start = (day - low) / (high - low) * width
        flipped = start + long > width + 70
        left = start - long if flipped else start
        row = next((place for place, free in enumerate(rows) if free <= left), len(rows))
        rows[row : row + 1] = [left + long + 8]
        axes.annotate(
            words, (day, 1), (-3 if flipped else 3, 3 + row * 2 * LINE), xycoords=("data", "axes fraction"),
            **OFFSET, va="bottom", ha="right" if flipped else "left", color=colours.EVENT, linespacing=1.05,
        )  # fmt: skip
