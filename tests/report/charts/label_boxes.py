"""Are the labels of a chart readable: none over another, none beyond the picture's edge?"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

#: points by which two boxes may meet: a box is as high as the tallest letters, few labels have both
SLACK = 1.5


def label_problems(figure: Figure) -> list[str]:
    """Return each pair of labels whose boxes overlap and each label that leaves the picture.

    Labels are all words that are drawn: of ticks, axes, lines, points and events. The figure is drawn once,
    so its layout is settled as in the report.
    """
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    slack = SLACK * figure.dpi / 72
    boxes = [
        (_words(text), Text.get_window_extent(text, renderer))
        for axes in figure.axes
        for text in (*axes.texts, *_furniture(axes))
        if text.get_visible() and text.get_text().strip()
    ]
    boxes += [(_words(text), text.get_window_extent(renderer)) for text in figure.texts]
    over = [
        f"{first!r} lies over {second!r}"
        for (first, one), (second, other) in combinations(boxes, 2)
        if _meet(one, other, slack)
    ]
    return over + [
        f"{words!r} leaves the picture" for words, box in boxes if not _within(box, figure, slack)
    ]


def _words(text: Text) -> str:
    return " ".join(text.get_text().split())


def _furniture(axes: Axes) -> Iterator[Text]:
    """Titles, axis labels, legend, and the labels of the ticks that are in view."""
    yield axes.title
    for axis in (axes.xaxis, axes.yaxis):
        if axes.axison and axis.get_visible():
            yield axis.label
            yield axis.get_offset_text()
            yield from _ticks_in_view(axis)
    if legend := axes.get_legend():
        yield from legend.get_texts()


def _ticks_in_view(axis: Axis) -> Iterator[Text]:
    low, high = sorted(axis.get_view_interval())
    room = 1e-9 * (high - low)
    for places, labels in (
        (axis.get_majorticklocs(), axis.get_majorticklabels()),
        (axis.get_minorticklocs(), axis.get_minorticklabels()),
    ):
        for place, label in zip(places, labels, strict=False):
            if low - room <= place <= high + room:
                yield label


def _meet(one: Bbox, other: Bbox, slack: float) -> bool:
    across = min(one.x1, other.x1) - max(one.x0, other.x0)
    up = min(one.y1, other.y1) - max(one.y0, other.y0)
    return across > slack and up > slack


def _within(box: Bbox, figure: Figure, slack: float) -> bool:
    page = figure.bbox
    return bool(
        box.x0 >= page.x0 - slack
        and box.y0 >= page.y0 - slack
        and box.x1 <= page.x1 + slack
        and box.y1 <= page.y1 + slack
    )
