"""Names of points: each where it covers no other, hardly anything of the lines, and is near what it names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import Stroke
from matplotlib.text import Annotation
from matplotlib.transforms import IdentityTransform
from numpy.typing import NDArray

from helpers.report.charts.layout import settle
from helpers.report.charts.names import (
    BETWEEN,
    GAP,
    Box,
    Name,
    boxes_of,
    pixels,
    points_per_pixel,
    size_of_name,
)

Floats = NDArray[np.float64]

_STEPS: Final = 6  # how many lines of text a point's name may stand away from it
_ASIDE: Final = (0.0, -0.25, 0.25, -0.55, 0.55)  # how far sideways, in its widths
_FAR_ASIDE: Final = (*_ASIDE, -0.7, 0.7)  # and a needed one
_MARK: Final = 4.5  # points from the middle of a mark to its edge
_HIDDEN: Final = 8  # samples of the line (12 a point) that a name may cover; beyond that it is left out
_CROSSED: Final = (6, 15)  # what a level line through a name costs, and through a needed one; a sample, 4


def name_points(axes: Axes, names: Sequence[Name], path: tuple[Floats, Floats]) -> None:
    """Name points where there is room, beside the line that joins them; one without room stays unnamed.

    `path` is that line, x and y, NaN where it is broken.
    """
    if not names:
        return
    settle(axes)
    scale, taken = points_per_pixel(axes), boxes_of(axes)
    curves = [(line.get_xdata(), line.get_ydata()) for line in axes.lines if line.get_marker() == "None"]
    line = np.vstack([_pixels_along(axes, each) for each in (path, *_data_of(curves))])
    drawn = line, _levels(axes)
    for name in names:
        box = _best_place(axes, name, taken, drawn)
        if box is None:
            continue
        taken.append(box)
        x, y = pixels(axes, name.x, name.y)
        nudge = ((box.middle[0] - x) * scale, (box.middle[1] - y) * scale)
        far = box.away_from(_stretch(axes, name), y) * scale > 3 * GAP
        arrow = {"arrowstyle": "-", "color": name.colour, "linewidth": 0.8, "shrinkB": 5} if far else None
        words = _Haloed(
            name.text, (name.x, name.y), nudge, textcoords="offset points", annotation_clip=False,
            ha="center", va="center", **name.style, arrowprops=arrow,
        )  # fmt: skip
        words.set_transform(IdentityTransform())  # as `annotate` does: its place is worked out in pixels
        axes.add_artist(words)


class _Haloed(Annotation):
    """Words that are readable over a line: an effect alone would make them an outline, which the gate cannot read."""

    def draw(self, renderer: Any) -> None:
        """Draw the halo, and the words on it."""
        self.set_path_effects([Stroke(linewidth=2.5, foreground="white")])
        super().draw(renderer)
        self.set_path_effects([])
        super().draw(renderer)


def _best_place(axes: Axes, name: Name, taken: Sequence[Box], drawn: tuple[Floats, Floats]) -> Box | None:
    """Return the box in which a name covers no other, hardly anything of the lines, and is near what it names."""
    path, levels = drawn
    width, height = size = size_of_name(axes, name)
    (low, high), y = _stretch(axes, name), pixels(axes, name.x, name.y)[1]
    middles = _places(axes, name, size, path)
    boxes = np.hstack([middles - np.divide(size, 2), middles + np.divide(size, 2)])
    free = _inside(axes, boxes)
    for other in taken:
        free &= ~_meet(boxes, other)
    boxes, middles = boxes[free], middles[free]
    hidden = _held(boxes, path, _MARK / points_per_pixel(axes))
    crossed = _CROSSED[name.needed] * ((levels > boxes[:, 1:2]) & (levels < boxes[:, 3:])).sum(axis=1)
    wrong_side = name.side * (middles[:, 1] - y) < 0
    across = np.maximum(0, np.maximum(boxes[:, 0] - high, low - boxes[:, 2]))
    away = np.hypot(across, np.maximum(0, np.maximum(boxes[:, 1] - y, y - boxes[:, 3])))
    cost = 4 * hidden + crossed + 3 * away / height + 2 * wrong_side
    cost[(hidden > _HIDDEN) & (not name.needed)] = np.inf
    if not np.isfinite(cost).any():
        return None
    x, level = middles[cost.argmin()]
    return Box.about((float(x), float(level)), (width, height))


def _places(axes: Axes, name: Name, size: tuple[float, float], path: Floats) -> Floats:
    """Return middles of boxes, shape (n, 2), above and below what is named: beside it, and beyond all that is there."""
    gap = 1.5 * GAP / points_per_pixel(axes)
    (width, height), (point, y) = size, pixels(axes, name.x, name.y)
    steps = [gap + height * half / 2 for half in range(1, 2 * _STEPS)]
    found = [(point + side * (gap + width / 2), y) for side in (1, -1)]
    for x in _middles(axes, name, width):
        near = path[np.abs(path[:, 0] - x) < width / 2 + gap / 2, 1]
        for up, beyond in ((1, max(near.max(initial=y), y)), (-1, min(near.min(initial=y), y))):
            found.append((x, beyond + up * (gap + height / 2)))
            found += [(x, y + up * step) for step in steps]
    return np.array(found)


def _middles(axes: Axes, name: Name, width: float) -> list[float]:
    """Return where a name may have its middle: about its point, or anywhere along its stretch."""
    x = pixels(axes, name.x, name.y)[0]
    aside = [x + share * width for share in (_FAR_ASIDE if name.needed else _ASIDE)]
    if name.along is None:
        return aside
    low, high = _stretch(axes, name)
    return [*(float(each) for each in np.linspace(low, high, 9)), *aside]


def _stretch(axes: Axes, name: Name) -> tuple[float, float]:
    """Return from where to where what is named reaches, in pixels."""
    low, high = name.along or (name.x, name.x)
    return pixels(axes, low, name.y)[0], pixels(axes, high, name.y)[0]


def _inside(axes: Axes, boxes: Floats) -> NDArray[np.bool_]:
    """Return which boxes lie within the axes, clear of the horizontal one."""
    frame, edge = axes.bbox, BETWEEN / points_per_pixel(axes)
    low = (boxes[:, 0] >= frame.x0 + edge) & (boxes[:, 1] >= frame.y0 + edge)
    return np.asarray(low & (boxes[:, 2] <= frame.x1) & (boxes[:, 3] <= frame.y1))


def _meet(boxes: Floats, other: Box) -> NDArray[np.bool_]:
    """Return which boxes, (left, bottom, right, top) by row, overlap another."""
    across = np.minimum(boxes[:, 2], other.right) - np.maximum(boxes[:, 0], other.left)
    up = np.minimum(boxes[:, 3], other.top) > np.maximum(boxes[:, 1], other.bottom)
    return np.asarray((across > 0) & up)


def _held(boxes: Floats, points: Floats, edge: float) -> NDArray[np.int64]:
    """Return how many of some points, shape (n, 2), lie within each box or so near its edge."""
    x, y = points[:, 0], points[:, 1]
    across = (x > boxes[:, 0:1] - edge) & (x < boxes[:, 2:3] + edge)
    return np.asarray((across & (y > boxes[:, 1:2] - edge) & (y < boxes[:, 3:] + edge)).sum(axis=1))


def _levels(axes: Axes) -> Floats:
    """Return the heights in pixels of the level lines: means, limits, targets."""
    drawn = [
        np.asarray(line.get_ydata(), dtype=float) for line in axes.lines if line.get_marker() == "None"
    ]
    heights = [float(y[0]) for y in drawn if len(y) and (y == y[0]).all()]
    return np.array([pixels(axes, 0, height)[1] for height in heights])


def _data_of(curves: Sequence[tuple[Any, Any]]) -> list[tuple[Floats, Floats]]:
    """Return the drawn lines that are no level ones, as numbers."""
    numbers = [(np.asarray(x, dtype=float), np.asarray(y, dtype=float)) for x, y in curves]
    return [(x, y) for x, y in numbers if len(y) > 2 and len(x) == len(y)]


def _pixels_along(axes: Axes, path: tuple[Floats, Floats]) -> Floats:
    """Return points along a line, in pixels, near enough to see what a box covers of it."""
    known = np.isfinite(path[0]) & np.isfinite(path[1])
    corners = axes.transData.transform(np.column_stack([path[0], path[1]])[known])
    runs = np.split(corners, np.flatnonzero(np.diff(np.flatnonzero(known)) > 1) + 1)
    return np.vstack([_along(run) for run in runs] or [np.empty((0, 2))])


def _along(corners: Floats) -> Floats:
    """Return points along a line without a break, in pixels; a mark that stands alone counts as several."""
    if len(corners) < 2:
        return np.repeat(np.asarray(corners, dtype=float), 4, axis=0)
    steps = np.linspace(0, len(corners) - 1, 12 * len(corners))
    return np.column_stack([np.interp(steps, range(len(corners)), corners[:, axis]) for axis in (0, 1)])
