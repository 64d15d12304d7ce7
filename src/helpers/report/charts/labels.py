"""Direct labels: the names of lines, events and points, where no one lies over another.

They are placed by measure: the layout is settled once, each name's box is taken in pixels, and boxes are moved
apart. Call these functions last, when the limits of the axes stand.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patheffects import Stroke
from matplotlib.text import Annotation
from matplotlib.transforms import IdentityTransform
from numpy.typing import NDArray

from helpers.report.charts.layout import measuring, settle, size_of
from helpers.theme import colours

Floats = NDArray[np.float64]

_GAP: Final = 4.0  # points between a label and what it names
_BETWEEN: Final = 1.5  # points between two labels
_APART: Final = 3  # gaps between two names in a row, or they would read as one
_EVENT_LETTERS: Final = 48  # an event's name wraps after this many
_ROUNDS: Final = 12  # how often axes are widened; each round leaves a fraction of what stood out
_STEPS: Final = 6  # how many lines of text a point's name may stand away from it
_ASIDE: Final = (0.0, -0.25, 0.25, -0.55, 0.55)  # how far sideways, in its widths
_FAR_ASIDE: Final = (*_ASIDE, -0.7, 0.7)  # and a needed one
_MARK: Final = 4.5  # points from the middle of a mark to its edge
_HIDDEN: Final = 8  # samples of the line (12 a point) that a name may cover; beyond that it is left out
_CROSSED: Final = (6, 15)  # what a level line through a name costs, and through a needed one; a sample, 4


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
class _Box:
    """A place in pixels."""

    left: float
    bottom: float
    right: float
    top: float

    @classmethod
    def about(cls, middle: tuple[float, float], size: tuple[float, float]) -> _Box:
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


def name_all(
    axes: Axes,
    ends: Sequence[Name] = (),
    *,
    events: Sequence[tuple[float, str]] = (),
    points: Sequence[Name] = (),
    path: tuple[Floats, Floats] = (np.array([]), np.array([])),
) -> None:
    """Name the ends of lines, events and points of one chart, as the three functions below do."""
    _make_headroom(axes, points)
    drawn = name_ends(axes, ends)
    name_events(axes, events)
    if events:  # their rows have made the axes lower
        for each in drawn:
            each.remove()
        name_ends(axes, ends)
    name_points(axes, points, path)
    settle(axes)


def name_ends(axes: Axes, names: Sequence[Name]) -> list[Annotation]:
    """Name lines at the right edge of the axes, each at its height or as near as the others let it.

    A line that ends beyond the axes' limits is not named: its name would stand beside something else.
    """
    settle(axes)
    low, high = sorted(axes.get_ylim())
    ordered = sorted((name for name in names if low <= name.y <= high), key=lambda name: name.y)
    if not ordered:
        return []
    scale = _points_per_pixel(axes)
    sizes = np.array([_size(axes, name)[1] for name in ordered]) + _BETWEEN / scale
    wanted = np.array([_pixels(axes, 0, name.y)[1] for name in ordered])
    below = np.concatenate([[0.0], np.cumsum((sizes[:-1] + sizes[1:]) / 2)])
    lowest = axes.bbox.y0 + sizes[0] / 2 - below[0]
    places = np.maximum(_rising(wanted - below), lowest) + below
    return [
        axes.annotate(
            name.text, (1, name.y), (_GAP, nudge), xycoords=("axes fraction", "data"),
            textcoords="offset points", annotation_clip=False, va="center", **name.style,
        )
        for name, nudge in zip(ordered, (places - wanted) * scale, strict=True)
    ]  # fmt: skip


def _rising(values: Floats) -> Floats:
    """Return the values nearest to some (least squares) that never fall: at each the greatest of the least means.

    As scipy's `isotonic_regression` for the few names of a chart: scipy.optimize is long to import, at each cold start.

    Source: the max-min formula of Barlow, Bartholomew, Bremner and Brunk 1972, Statistical Inference under Order
    Restrictions.

    >>> _rising(np.array([1.0, 3.0, 2.0, 4.0])).tolist()
    [1.0, 2.5, 2.5, 4.0]
    """
    found = np.empty(len(values))
    for place in range(len(values)):
        means = [
            np.cumsum(values[first:]) / np.arange(1, len(values) - first + 1) for first in range(place + 1)
        ]
        found[place] = max(each[place - first :].min() for first, each in enumerate(means))
    return found


def name_events(axes: Axes, events: Sequence[tuple[float, str]]) -> None:
    """Draw events as upright lines, each named above the axes; names that would meet stand in rows.

    `events` are days in matplotlib's numbers and what happened.
    """
    if not events:
        return
    settle(axes)
    scale = _points_per_pixel(axes)
    names = [
        Name("\n".join(textwrap.wrap(what, _EVENT_LETTERS)), day, 1, colours.EVENT)
        for day, what in sorted(events)
    ]
    sizes = [_size(axes, name) for name in names]
    starts = [_event_start(axes, name.x, width) for name, (width, _) in zip(names, sizes, strict=True)]
    rows = _rows(starts, [width for width, _ in sizes], _APART * _GAP / scale)
    height = max(tall for _, tall in sizes) * scale + 2 * _BETWEEN
    for name, start, row in zip(names, starts, rows, strict=True):
        across = (start - _pixels(axes, name.x, 0)[0]) * scale
        _draw_event(axes, name, (across, _BETWEEN + row * height))


def _draw_event(axes: Axes, name: Name, away: tuple[float, float]) -> None:
    """Draw an event's line through the axes and up to its name, which stands so many points away."""
    dotted: dict[str, Any] = {"color": colours.EVENT, "linewidth": 1, "linestyle": (0, (1, 2))}
    axes.axvline(name.x, **dotted)
    axes.annotate(
        name.text, (name.x, 1), away, xycoords=axes.get_xaxis_transform(), textcoords="offset points",
        annotation_clip=False, va="bottom", **name.style,
    )  # fmt: skip
    if away[1] > _BETWEEN:
        axes.annotate(
            "", (name.x, 1), (0, away[1]), xycoords=axes.get_xaxis_transform(), textcoords="offset points",
            annotation_clip=False, arrowprops={"arrowstyle": "-", "shrinkA": 0, "shrinkB": 0, **dotted},
        )  # fmt: skip


def name_points(axes: Axes, names: Sequence[Name], path: tuple[Floats, Floats]) -> None:
    """Name points where there is room, beside the line that joins them; one without room stays unnamed.

    `path` is that line, x and y, NaN where it is broken.
    """
    if not names:
        return
    settle(axes)
    scale, taken = _points_per_pixel(axes), _boxes_of(axes)
    curves = [(line.get_xdata(), line.get_ydata()) for line in axes.lines if line.get_marker() == "None"]
    line = np.vstack([_pixels_along(axes, each) for each in (path, *_data_of(curves))])
    drawn = line, _levels(axes)
    for name in names:
        box = _best_place(axes, name, taken, drawn)
        if box is None:
            continue
        taken.append(box)
        x, y = _pixels(axes, name.x, name.y)
        nudge = ((box.middle[0] - x) * scale, (box.middle[1] - y) * scale)
        far = box.away_from(_stretch(axes, name), y) * scale > 3 * _GAP
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


def _make_headroom(axes: Axes, names: Sequence[Name]) -> None:
    """Heighten the axes where a point at their edge has no room for its name beyond it, on the side where it belongs.

    A name on the far side of all lines is read as that of something else. A share stays within 0 and 100 %, and what
    is never below nought stays above it.
    """
    settle(axes)
    gap, (low, high) = 2 * _GAP / _points_per_pixel(axes), axes.get_ylim()
    least = 0.0 if low >= 0 else -np.inf
    most = 100.0 if axes.get_ylabel() == "%" and high <= 100 else np.inf
    shares = [(each, (gap + _size(axes, each)[1]) / axes.bbox.height) for each in names]  # of the height
    up, down = ([(each.y, share) for each, share in shares if each.side == side] for side in (1, -1))
    for _ in range(_ROUNDS):  # the room at one end is a share of what both ends hold
        high = min(most, max([high, *((y - share * low) / (1 - share) for y, share in up)]))
        low = max(least, min([low, *((y - share * high) / (1 - share) for y, share in down)]))
    if (low, high) != axes.get_ylim():
        axes.set_ylim(low, high)
        settle(axes)  # numbers beside it may be wider now


def make_room(axes: Axes) -> None:
    """Widen the axes until the words beside their marks lie within, clear of the labels of the rows."""
    for _ in range(_ROUNDS):
        settle(axes)
        boxes, frame = _boxes_of(axes), axes.bbox
        left = max([frame.x0 - box.left for box in boxes] + [0.0])
        right = max([box.right - frame.x1 for box in boxes] + [0.0])
        if left + right == 0:
            return
        low, high = axes.get_xlim()
        unit = 1.2 * (high - low) / frame.width
        axes.set_xlim(low - left * unit, high + right * unit)


def _data_of(curves: Sequence[tuple[Any, Any]]) -> list[tuple[Floats, Floats]]:
    """Return the drawn lines that are no level ones, as numbers."""
    numbers = [(np.asarray(x, dtype=float), np.asarray(y, dtype=float)) for x, y in curves]
    return [(x, y) for x, y in numbers if len(y) > 2 and len(x) == len(y)]


def _best_place(axes: Axes, name: Name, taken: Sequence[_Box], drawn: tuple[Floats, Floats]) -> _Box | None:
    """Return the box in which a name covers no other, hardly anything of the lines, and is near what it names."""
    path, levels = drawn
    width, height = size = _size(axes, name)
    (low, high), y = _stretch(axes, name), _pixels(axes, name.x, name.y)[1]
    middles = _places(axes, name, size, path)
    boxes = np.hstack([middles - np.divide(size, 2), middles + np.divide(size, 2)])
    free = _inside(axes, boxes)
    for other in taken:
        free &= ~_meet(boxes, other)
    boxes, middles = boxes[free], middles[free]
    hidden = _held(boxes, path, _MARK / _points_per_pixel(axes))
    crossed = _CROSSED[name.needed] * ((levels > boxes[:, 1:2]) & (levels < boxes[:, 3:])).sum(axis=1)
    wrong_side = name.side * (middles[:, 1] - y) < 0
    across = np.maximum(0, np.maximum(boxes[:, 0] - high, low - boxes[:, 2]))
    away = np.hypot(across, np.maximum(0, np.maximum(boxes[:, 1] - y, y - boxes[:, 3])))
    cost = 4 * hidden + crossed + 3 * away / height + 2 * wrong_side
    cost[(hidden > _HIDDEN) & (not name.needed)] = np.inf
    if not np.isfinite(cost).any():
        return None
    x, level = middles[cost.argmin()]
    return _Box.about((float(x), float(level)), (width, height))


def _meet(boxes: Floats, other: _Box) -> NDArray[np.bool_]:
    """Return which boxes, (left, bottom, right, top) by row, overlap another."""
    across = np.minimum(boxes[:, 2], other.right) - np.maximum(boxes[:, 0], other.left)
    up = np.minimum(boxes[:, 3], other.top) > np.maximum(boxes[:, 1], other.bottom)
    return np.asarray((across > 0) & up)


def _held(boxes: Floats, points: Floats, edge: float) -> NDArray[np.int64]:
    """Return how many of some points, shape (n, 2), lie within each box or so near its edge."""
    x, y = points[:, 0], points[:, 1]
    across = (x > boxes[:, 0:1] - edge) & (x < boxes[:, 2:3] + edge)
    return np.asarray((across & (y > boxes[:, 1:2] - edge) & (y < boxes[:, 3:] + edge)).sum(axis=1))


def _places(axes: Axes, name: Name, size: tuple[float, float], path: Floats) -> Floats:
    """Return middles of boxes, shape (n, 2), above and below what is named: beside it, and beyond all that is there."""
    gap = 1.5 * _GAP / _points_per_pixel(axes)
    (width, height), (point, y) = size, _pixels(axes, name.x, name.y)
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
    x = _pixels(axes, name.x, name.y)[0]
    aside = [x + share * width for share in (_FAR_ASIDE if name.needed else _ASIDE)]
    if name.along is None:
        return aside
    low, high = _stretch(axes, name)
    return [*(float(each) for each in np.linspace(low, high, 9)), *aside]


def _stretch(axes: Axes, name: Name) -> tuple[float, float]:
    """Return from where to where what is named reaches, in pixels."""
    low, high = name.along or (name.x, name.x)
    return _pixels(axes, low, name.y)[0], _pixels(axes, high, name.y)[0]


def _inside(axes: Axes, boxes: Floats) -> NDArray[np.bool_]:
    """Return which boxes lie within the axes, clear of the horizontal one."""
    frame, edge = axes.bbox, _BETWEEN / _points_per_pixel(axes)
    low = (boxes[:, 0] >= frame.x0 + edge) & (boxes[:, 1] >= frame.y0 + edge)
    return np.asarray(low & (boxes[:, 2] <= frame.x1) & (boxes[:, 3] <= frame.y1))


def _levels(axes: Axes) -> Floats:
    """Return the heights in pixels of the level lines: means, limits, targets."""
    drawn = [
        np.asarray(line.get_ydata(), dtype=float) for line in axes.lines if line.get_marker() == "None"
    ]
    heights = [float(y[0]) for y in drawn if len(y) and (y == y[0]).all()]
    return np.array([_pixels(axes, 0, height)[1] for height in heights])


def _pixels(axes: Axes, x: float, y: float) -> tuple[float, float]:
    across, up = axes.transData.transform((x, y))
    return float(across), float(up)


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


def _boxes_of(axes: Axes) -> list[_Box]:
    """Return the boxes of the words that the axes hold already."""
    renderer = measuring(cast(Figure, axes.figure).dpi)
    extents = [text.get_window_extent(renderer) for text in axes.texts]
    return [_Box(each.x0, each.y0, each.x1, each.y1) for each in extents]


def _event_start(axes: Axes, day: float, width: float) -> float:
    """Return where an event's name begins, in pixels: at its line, unless it would leave the axes."""
    start: float = max(axes.bbox.x0, min(_pixels(axes, day, 0)[0], axes.bbox.x1 - width))
    return start


def _rows(starts: Sequence[float], widths: Sequence[float], gap: float) -> list[int]:
    """Return the lowest row for each name in which it meets none before it."""
    ends: list[float] = []
    rows = []
    for start, width in zip(starts, widths, strict=True):
        free = [row for row, end in enumerate(ends) if end + gap <= start]
        row = free[0] if free else len(ends)
        ends[row : row + 1] = [start + width]
        rows.append(row)
    return rows


def _size(axes: Axes, name: Name) -> tuple[float, float]:
    """Return a name's width and height in pixels."""
    font = FontProperties(weight=name.style["weight"])
    return size_of(name.text, font, cast(Figure, axes.figure).dpi, mpl.rcParams["text.parse_math"])


def _points_per_pixel(axes: Axes) -> float:
    return 72 / cast(Figure, axes.figure).dpi
