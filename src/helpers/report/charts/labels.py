"""Direct labels: the names of lines, events and points, where no one lies over another.

They are placed by measure: the layout is settled once, each name's box is taken in pixels, and boxes are moved
apart. Call these functions last, when the limits of the axes stand.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Annotation
from numpy.typing import NDArray

from helpers.report.charts.layout import settle
from helpers.report.charts.names import BETWEEN, GAP, Name, boxes_of, pixels, points_per_pixel, size_of_name
from helpers.report.charts.point_labels import name_points
from helpers.theme import colours

Floats = NDArray[np.float64]

_APART: Final = 3  # gaps between two names in a row, or they would read as one
_EVENT_LETTERS: Final = 48  # an event's name wraps after this many
_ROUNDS: Final = 12  # how often axes are widened; each round leaves a fraction of what stood out


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
    scale = points_per_pixel(axes)
    sizes = np.array([size_of_name(axes, name)[1] for name in ordered]) + BETWEEN / scale
    wanted = np.array([pixels(axes, 0, name.y)[1] for name in ordered])
    below = np.concatenate([[0.0], np.cumsum((sizes[:-1] + sizes[1:]) / 2)])
    lowest = axes.bbox.y0 + sizes[0] / 2 - below[0]
    places = np.maximum(_rising(wanted - below), lowest) + below
    return [
        axes.annotate(
            name.text, (1, name.y), (GAP, nudge), xycoords=("axes fraction", "data"),
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
    scale = points_per_pixel(axes)
    names = [
        Name("\n".join(textwrap.wrap(what, _EVENT_LETTERS)), day, 1, colours.EVENT)
        for day, what in sorted(events)
    ]
    sizes = [size_of_name(axes, name) for name in names]
    starts = [_event_start(axes, name.x, width) for name, (width, _) in zip(names, sizes, strict=True)]
    rows = _rows(starts, [width for width, _ in sizes], _APART * GAP / scale)
    height = max(tall for _, tall in sizes) * scale + 2 * BETWEEN
    for name, start, row in zip(names, starts, rows, strict=True):
        across = (start - pixels(axes, name.x, 0)[0]) * scale
        _draw_event(axes, name, (across, BETWEEN + row * height))


def _draw_event(axes: Axes, name: Name, away: tuple[float, float]) -> None:
    """Draw an event's line through the axes and up to its name, which stands so many points away."""
    dotted: dict[str, Any] = {"color": colours.EVENT, "linewidth": 1, "linestyle": (0, (1, 2))}
    axes.axvline(name.x, **dotted)
    axes.annotate(
        name.text, (name.x, 1), away, xycoords=axes.get_xaxis_transform(), textcoords="offset points",
        annotation_clip=False, va="bottom", **name.style,
    )  # fmt: skip
    if away[1] > BETWEEN:
        axes.annotate(
            "", (name.x, 1), (0, away[1]), xycoords=axes.get_xaxis_transform(), textcoords="offset points",
            annotation_clip=False, arrowprops={"arrowstyle": "-", "shrinkA": 0, "shrinkB": 0, **dotted},
        )  # fmt: skip


def _make_headroom(axes: Axes, names: Sequence[Name]) -> None:
    """Heighten the axes where a point at their edge has no room for its name beyond it, on the side where it belongs.

    A name on the far side of all lines is read as that of something else. A share stays within 0 and 100 %, and what
    is never below nought stays above it.
    """
    settle(axes)
    gap, (low, high) = 2 * GAP / points_per_pixel(axes), axes.get_ylim()
    least = 0.0 if low >= 0 else -np.inf
    most = 100.0 if axes.get_ylabel() == "%" and high <= 100 else np.inf
    shares = [
        (each, (gap + size_of_name(axes, each)[1]) / axes.bbox.height) for each in names
    ]  # of the height
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
        boxes, frame = boxes_of(axes), axes.bbox
        left = max([frame.x0 - box.left for box in boxes] + [0.0])
        right = max([box.right - frame.x1 for box in boxes] + [0.0])
        if left + right == 0:
            return
        low, high = axes.get_xlim()
        unit = 1.2 * (high - low) / frame.width
        axes.set_xlim(low - left * unit, high + right * unit)


def _event_start(axes: Axes, day: float, width: float) -> float:
    """Return where an event's name begins, in pixels: at its line, unless it would leave the axes."""
    start: float = max(axes.bbox.x0, min(pixels(axes, day, 0)[0], axes.bbox.x1 - width))
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
