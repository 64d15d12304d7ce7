"""Where the axes of a chart stand in their figure: with room for all that is written around them.

The room is worked out from the sizes of the words, each measured once: matplotlib's own layout makes, places and
measures every tick several times over, and takes half of the time of a chart.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final, cast

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.spines import Spine
from matplotlib.text import Text
from matplotlib.ticker import FixedLocator, NullLocator
from matplotlib.transforms import Bbox

#: where a word of an axis stands along it, and its width and height, in pixels
Word = tuple[float, tuple[float, float]]
_EDGE: Final = 0.04  # inches between what is drawn and the edge of the picture


def is_settled(figure: Figure) -> bool:
    """Whether nothing has been altered since the figure was laid out, as matplotlib marks what is to be drawn anew."""
    labels = [axis.label for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)]  # they tell nobody
    return not any(each.stale for each in (figure, *labels))


def mark_settled(figure: Figure) -> None:
    """Note that the figure is laid out as it now is."""
    for axes in figure.axes:
        axes.xaxis.label.stale = axes.yaxis.label.stale = False
    figure.stale = False


def settle(axes: Axes) -> None:
    """Lay the figure out, so that places in pixels are those of the finished chart; nothing where they are."""
    figure = cast(Figure, axes.figure)
    if is_settled(figure):
        return
    axes.autoscale_view()
    engine = figure.get_layout_engine()
    if len(figure.axes) == 1 and not figure.texts and not figure.legends:  # which want room of their own
        ticks = len(axes.yaxis.get_majorticklocs())
        _fit(axes, figure)
        found = axes.yaxis.get_majorticklocs()
        # the height decides on the numbers beside it, and their width on the height
        if len(found) != ticks:
            low, high = sorted(axes.get_ylim())
            axes.yaxis.set_major_locator(FixedLocator([each for each in found if low <= each <= high]))
            _fit(axes, figure)
    elif engine is not None:
        engine.execute(figure)  # drawing it all for its layout takes twice as long
    mark_settled(figure)


def fix_axes(axes: Axes) -> None:
    """Fix where the words of settled axes stand: nobody alters them any more, and drawing need not look again."""
    across, up = _words(axes.xaxis), _words(axes.yaxis)
    if _is_plain(axes):
        box = axes.bbox
        _, below = _reach(axes.xaxis, across)
        left, _ = _reach(axes.yaxis, up)
        axes.xaxis.set_label_coords(0.5, -(below + _points(axes.xaxis, axes.xaxis.labelpad)) / box.height)
        axes.yaxis.set_label_coords(-(left + _points(axes.yaxis, axes.yaxis.labelpad)) / box.width, 0.5)
    elif axes.xaxis.label.get_text() or axes.yaxis.label.get_text():
        return
    for axis in (axes.xaxis, axes.yaxis):
        if _is_alike(axis):
            axes.add_artist(_FixedAxis(axis))


class _FixedAxis(Artist):
    """An axis that is drawn with one tick, moved from place to place: making one of each takes longer than the rest."""

    def __init__(self, axis: Axis) -> None:
        super().__init__()
        self._axis = axis
        self.set_zorder(axis.get_zorder())
        axis.set_visible(False)

    def draw(self, renderer: Any) -> None:
        """Draw what the axis would."""
        axis, tick = self._axis, self._axis.majorTicks[0]
        places = [float(each) for each in axis.get_majorticklocs()]
        words = axis.get_major_formatter().format_ticks(places)
        low, high = sorted(axis.get_view_interval())
        slack = 1e-10 * (high - low)  # as matplotlib's own
        for place, word in zip(places, words, strict=True):
            if low - slack <= place <= high + slack:
                tick.update_position(place)
                tick.label1.set_text(word)
                tick.draw(renderer)
        axis.label.draw(renderer)


def _is_alike(axis: Axis) -> bool:
    """Whether nobody has asked for single ticks of an axis, and may have altered them; `_words` of it first."""
    offset = axis.get_major_formatter().get_offset()
    return len(axis.majorTicks) == 1 and isinstance(axis.get_minor_locator(), NullLocator) and not offset


@lru_cache(maxsize=4)
def measuring(dpi: float) -> Any:
    """Return what measures words: one for all figures, which remembers them."""
    return FigureCanvasAgg(Figure(figsize=(1, 1), dpi=dpi)).get_renderer()


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
    renderer = measuring(cast(Figure, axes.figure).dpi)
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
    if not len(axis.get_majorticklocs()):
        return 0.0, 0.0
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
    said = like.get_text() if words is None else words
    return size_of(said, like.get_fontproperties(), figure.dpi, like.get_parse_math())


@lru_cache(maxsize=2000)
def size_of(words: str, font: FontProperties, dpi: float, math: bool) -> tuple[float, float]:
    """Return the size of words in pixels, measured once: the same months and numbers stand on every chart."""
    text = Figure(dpi=dpi).text(0, 0, words, fontproperties=font, parse_math=math)
    box = text.get_window_extent(measuring(dpi))
    return float(box.width), float(box.height)
