"""Where the axes of a chart stand in their figure: with room for all that is written around them.

The room is worked out from the sizes of the words, each measured once: matplotlib's own layout makes, places and
measures every tick several times over, and takes half of the time of a chart.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final, cast

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.spines import Spine
from matplotlib.text import Text
from matplotlib.transforms import Bbox

#: where a word of an axis stands along it, and its width and height, in pixels
Word = tuple[float, tuple[float, float]]
_EDGE: Final = 0.04  # inches between what is drawn and the edge of the picture


def settle(axes: Axes) -> None:
    """Lay the figure out, so that places in pixels are those of the finished chart."""
    axes.autoscale_view()
    figure = cast(Figure, axes.figure)
    engine = figure.get_layout_engine()
    if len(figure.axes) == 1:
        ticks = len(axes.yaxis.get_majorticklocs())
        _fit(axes, figure)
        found = axes.yaxis.get_majorticklocs()
        # the height decides on the numbers beside it, and their width on the height
        if len(found) != ticks:
            low, high = sorted(axes.get_ylim())
            axes.set_yticks([each for each in found if low <= each <= high])
            _fit(axes, figure)
    elif engine is not None:
        engine.execute(figure)  # drawing it all for its layout takes twice as long


def fix_labels(axes: Axes) -> None:
    """Fix where the labels of settled axes stand: nobody alters them any more, and drawing need not look again."""
    across, up = _words(axes.xaxis), _words(axes.yaxis)
    if not _is_plain(axes):
        return
    box = axes.bbox
    _, below = _reach(axes.xaxis, across)
    left, _ = _reach(axes.yaxis, up)
    axes.xaxis.set_label_coords(0.5, -(below + _points(axes.xaxis, axes.xaxis.labelpad)) / box.height)
    axes.yaxis.set_label_coords(-(left + _points(axes.yaxis, axes.yaxis.labelpad)) / box.width, 0.5)


def renderer_of(axes: Axes) -> Any:
    """Return what measures words."""
    return cast(FigureCanvasAgg, cast(Figure, axes.figure).canvas).get_renderer()


def _fit(axes: Axes, figure: Figure) -> None:
    """Let the only axes of a figure fill it with all that stands around them: one look, where the engine takes two."""
    box, tight = axes.bbox, _extent(axes)
    (width, height), pad = figure.bbox.size, _EDGE * figure.dpi
    left, right = box.x0 - tight.x0 + pad, tight.x1 - box.x1 + pad
    below, above = box.y0 - tight.y0 + pad, tight.y1 - box.y1 + pad
    size = (width - left - right) / width, (height - below - above) / height
    axes.set_position((left / width, below / height, *size))
    axes.set_in_layout(True)  # a place of its own takes axes out of what the engine lays out later


def _extent(axes: Axes) -> Bbox:
    """Return what the axes take up with all that stands around them, in pixels."""
    renderer = renderer_of(axes)
    across, up = _words(axes.xaxis), _words(axes.yaxis)
    if not _is_plain(axes):
        tight = axes.get_tightbbox(renderer, for_layout_only=True)
        assert tight is not None, "axes that are shown have an extent"
        return tight
    rest = [
        artist.get_tightbbox(renderer)
        for artist in axes.get_default_bbox_extra_artists()
        if not isinstance(artist, Axis | Spine)
    ]
    boxes = [box for box in rest if box is not None and box.width > 0 and box.height > 0]
    labels = [_axis_box(axes, axes.xaxis, across), _axis_box(axes, axes.yaxis, up)]
    return Bbox.union([axes.bbox, *labels, *boxes])


def _is_plain(axes: Axes) -> bool:
    """Whether only level words stand at the left and below, and no title above; `_words` of both axes first."""
    titles = any(axes.get_title(loc=place) for place in ("left", "center", "right"))
    return axes.name == "rectilinear" and not titles and all(map(_is_level, (axes.xaxis, axes.yaxis)))


def _is_level(axis: Axis) -> bool:
    first = axis.majorTicks[0]
    offset = axis.get_major_formatter().get_offset()
    return not (offset or first.label1.get_rotation() or first.label2.get_visible())


def _axis_box(axes: Axes, axis: Axis, sizes: list[Word]) -> Bbox:
    """Return what an axis takes up with its words and its label."""
    box = axes.bbox
    left, below = _reach(axis, sizes)
    if axis.label.get_text():
        beyond = _size(axis, axis.label)[1] + _points(axis, axis.labelpad)
        left, below = (left, below + beyond) if axis is axes.xaxis else (left + beyond, below)
    if axis is axes.xaxis:
        ends = [x + side * width / 2 for x, (width, _) in sizes for side in (-1, 1)]
        return Bbox.from_extents(min([box.x0, *ends]), box.y0 - below, max([box.x1, *ends]), box.y0)
    ends = [y + side * height / 2 for y, (_, height) in sizes for side in (-1, 1)]
    return Bbox.from_extents(box.x0 - left, min([box.y0, *ends]), box.x0, max([box.y1, *ends]))


def _reach(axis: Axis, words: list[Word]) -> tuple[float, float]:
    """Return how far the words at the ticks of an axis reach to the left of the axes, and below them."""
    first, sizes = axis.majorTicks[0], [size for _, size in words]
    pad = cast(Any, first).get_pad()  # matplotlib's stubs say that it returns nothing
    away = _points(axis, cast(Any, first).get_tick_padding() + (pad if sizes else 0.0))
    width, height = np.max(sizes, axis=0) if sizes else (0.0, 0.0)
    return (0.0, away + height) if axis is axis.axes.xaxis else (away + width, 0.0)


def _words(axis: Axis) -> list[Word]:
    """Return the words of an axis; its formatter then knows what stands beside the axis for all of them."""
    label = axis.majorTicks[0].label1
    places = axis.get_majorticklocs()
    words = axis.get_major_formatter().format_ticks(list(places))
    if not label.get_visible():
        return []
    low, high = sorted(axis.get_view_interval())
    way = axis.axes.transData.transform
    across = axis is axis.axes.xaxis
    return [
        (float(way((place, 0))[0] if across else way((0, place))[1]), _size(axis, label, word))
        for place, word in zip(places, words, strict=False)
        if word and low <= place <= high
    ]


def _points(axis: Axis, points: float) -> float:
    return float(points * cast(Figure, axis.figure).dpi / 72)


def _size(axis: Axis, like: Text, words: str | None = None) -> tuple[float, float]:
    """Return width and height in pixels of level words in the type of a text, or of its own."""
    figure = cast(Figure, axis.figure)
    return _measure(
        like.get_text() if words is None else words,
        like.get_fontproperties(),
        figure.dpi,
        like.get_parse_math(),
    )


@lru_cache(maxsize=2000)
def _measure(words: str, font: FontProperties, dpi: float, math: bool) -> tuple[float, float]:
    """Return the size of words, measured once: the same months and numbers stand on every chart."""
    figure = Figure(dpi=dpi)
    text = figure.text(0, 0, words, fontproperties=font, parse_math=math)
    box = text.get_window_extent(FigureCanvasAgg(figure).get_renderer())
    return float(box.width), float(box.height)
