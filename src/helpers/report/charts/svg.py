"""Charts as short SVG: matplotlib draws on it in place of its own, which writes three times as much and takes longer.

Words are outlines, so that they look the same everywhere, and stand as comments beside them, where the gate reads
them. Each letter is written once in a picture and measured once in a process; coordinates have two decimals, a
hundredth of a point.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final, cast
from zlib import crc32

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.path import Path
from matplotlib.textpath import TextToPath
from matplotlib.transforms import Affine2D, Bbox
from numpy.typing import NDArray

Floats = NDArray[np.float64]
#: a letter of a word: its name, and where it begins in hundredths of the type's size
Letter = tuple[str, float]
#: what stands about words that are to be read over a line, and what marks them
HALO: Final[dict[str, Any]] = {"linewidth": 2.5, "foreground": "white"}
HALOED: Final = "haloed"
_DPI: Final = 72  # a point of the picture is one of the page
_SIZE: Final = TextToPath.FONT_SCALE  # points of the letters that are written
_COMMANDS: Final = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE3: "Q", Path.CURVE4: "C"}
_POINTS: Final = {Path.CURVE3: 2, Path.CURVE4: 3}
_OUTLINES: Final[dict[str, str]] = {}  # of each letter that was drawn, by its name
_letters: Final = TextToPath()


def svg_of(figure: Figure) -> str:
    """Return a figure that is laid out as SVG."""
    for text in (each for axes in figure.axes for each in axes.texts if each.get_gid() == HALOED):
        text.set_path_effects([])  # drawn here as letters, and not as an outline of all of them
    before, figure.dpi = figure.dpi, _DPI
    try:
        page = _Page(*(float(each) * _DPI for each in figure.get_size_inches()))
        figure.draw(page)
    finally:
        figure.dpi = before
    return page.written()


class _Page(RendererBase):
    """What a figure is drawn on: one picture, in points from its upper left."""

    def __init__(self, width: float, height: float) -> None:
        super().__init__()
        self._size = width, height
        self._flip = Affine2D().scale(1, -1).translate(0, height)
        self._defined: dict[str, str] = {}
        self._drawn: list[str] = []
        self._haloed = False

    def written(self) -> str:
        """Return the picture."""
        width, height = map(_short, self._size)
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" version="1.1" '
                f'width="{width}pt" height="{height}pt" viewBox="0 0 {width} {height}">',
                "<defs>",
                *self._defined.values(),
                "</defs>",
                '<g stroke-linejoin="round">',
                *self._drawn,
                "</g>",
                "</svg>",
            ]
        )

    def get_canvas_width_height(self) -> tuple[float, float]:
        """Return its width and height."""
        return self._size

    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, ismath: Any
    ) -> tuple[float, float, float]:
        """Return the size of words, and how far they go below their line."""
        return _measured(s, prop.copy(), ismath)

    def open_group(self, s: str, gid: str | None = None) -> None:  # noqa: ARG002  (matplotlib calls it so)
        """Begin an artist, which may be words with a halo."""
        self._haloed = gid == HALOED

    def draw_path(self, gc: Any, path: Path, transform: Any, rgbFace: Any = None) -> None:  # noqa: N803
        """Draw a line or an area."""
        told: dict[str, Any] = (
            {"simplify": False} if rgbFace is not None else {"clip": (0.0, 0.0, *self._size)}
        )
        flat = path.cleaned(transform + self._flip, remove_nans=True, curves=True, **told)
        if written := _path(flat):
            self._draw(f'<path d="{written}"', gc, rgbFace, _corners(flat))

    def draw_markers(
        self, gc: Any, marker_path: Path, marker_trans: Any, path: Path, trans: Any, rgbFace: Any = None  # noqa: N803
    ) -> None:  # fmt: skip
        """Draw one mark at each point of a line."""
        mark = _path(marker_path.cleaned(marker_trans + Affine2D().scale(1, -1), curves=True))
        corners = _corners(path.cleaned(trans + self._flip, remove_nans=True, simplify=False))
        if not mark or not len(corners):
            return
        name = self._define("m", f'<path id="%s" d="{mark}"/>')
        uses = "".join(f'<use xlink:href="#{name}" x="{_short(x)}" y="{_short(y)}"/>' for x, y in corners)
        size = np.abs(np.asarray(marker_path.get_extents(marker_trans).extents)).max()
        self._draw("<g", gc, rgbFace, np.concatenate([corners - size, corners + size]), uses)

    def draw_text(
        self, gc: Any, x: float, y: float, s: str, prop: FontProperties, angle: float, ismath: Any = False,
        mtext: Any = None,
    ) -> None:  # fmt: skip
        """Draw words from where their line begins."""
        if ismath:
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)
            return
        said = s.replace("--", "- -").rstrip("-")
        letters = _spelt(s, prop.copy())
        scale = prop.get_size_in_points() / _SIZE
        for name, _ in letters:
            if _OUTLINES[name] and name not in self._defined:
                self._defined[name] = f'<path id="{name}" d="{_OUTLINES[name]}"/>'
        turned = f" rotate({_short(-angle)})" if angle else ""
        place = f"translate({_short(x)} {_short(y)}){turned} scale({scale:.5g} {-scale:.5g})"
        uses = "".join(
            f'<use xlink:href="#{name}" x="{_short(start)}"/>' for name, start in letters if _OUTLINES[name]
        )
        clip = self._clip(gc, np.full((1, 2), np.inf))
        inner = f'<g{_fill(gc.get_rgb())} transform="{place}">{uses}</g>'
        if self._haloed:
            edge = (
                f'stroke="{to_hex(HALO["foreground"])}" stroke-width="{_short(HALO["linewidth"] / scale)}"'
            )
            inner = f'<g {edge} transform="{place}">{uses}</g>{inner}'
        self._drawn.append(f"<!--{said}-->" + (f"<g{clip}>{inner}</g>" if clip else inner))

    def _draw(self, opening: str, gc: Any, face: Any, reach: Floats, content: str = "") -> None:
        """Add an element with its colours, within what it may not leave; `reach` are points of it."""
        ending = f">{content}</g>" if content else "/>"
        self._drawn.append(f"{opening}{_style(gc, face)}{self._clip(gc, reach)}{ending}")

    def _clip(self, gc: Any, reach: Floats) -> str:
        """Return what holds something within its axes, where it would leave them."""
        box: Bbox | None = gc.get_clip_rectangle()
        path, transform = gc.get_clip_path()
        if path is None and box is not None:
            edge = gc.get_linewidth() / 2
            x0, y0, x1, y1 = box.extents
            y0, y1 = self._size[1] - y1, self._size[1] - y0
            low, high = reach.min(axis=0) - edge, reach.max(axis=0) + edge
            if low[0] >= x0 and low[1] >= y0 and high[0] <= x1 and high[1] <= y1:
                return ""
            shape = f"M{_short(x0)} {_short(y0)}H{_short(x1)}V{_short(y1)}H{_short(x0)}z"
        elif path is not None:
            shape = _path(path.cleaned(transform + self._flip, curves=True))
        else:
            return ""
        name = self._define("c", f'<clipPath id="%s"><path d="{shape}"/></clipPath>')
        return f' clip-path="url(#{name})"'

    def _define(self, kind: str, element: str) -> str:
        """Return the name of a definition, the same wherever it is the same: a page may hold several pictures."""
        name = f"{kind}{crc32(element.encode()):x}"
        self._defined.setdefault(name, element % name)
        return name


def _style(gc: Any, face: Any) -> str:
    """Return the colours of an area and how its edge, or a line, is drawn."""
    width, colour = gc.get_linewidth(), gc.get_rgb()
    offset, dashes = gc.get_dashes()
    one_for_all = gc.get_forced_alpha()
    told = {"opacity": _short(gc.get_alpha()) if one_for_all and gc.get_alpha() != 1 else ""}
    if width:
        told |= {
            "stroke": to_hex(colour),
            "stroke-opacity": _short(colour[3]) if colour[3] != 1 and not one_for_all else "",
            "stroke-width": _short(width) if width != 1 else "",
            "stroke-linejoin": gc.get_joinstyle() if gc.get_joinstyle() != "round" else "",
            "stroke-linecap": {"projecting": "square", "butt": ""}.get(
                gc.get_capstyle(), gc.get_capstyle()
            ),
            "stroke-dasharray": " ".join(map(_short, dashes)) if dashes is not None else "",
            "stroke-dashoffset": _short(offset) if dashes is not None and offset else "",
        }
    filled = _fill(face[:3] if one_for_all and face is not None else face)
    return filled + "".join(f' {name}="{value}"' for name, value in told.items() if value)


def _fill(face: Any) -> str:
    if face is None:
        return ' fill="none"'
    opacity = f' fill-opacity="{_short(face[3])}"' if len(face) == 4 and face[3] != 1 else ""
    return f' fill="{to_hex(face[:3])}"{opacity}'


def _corners(path: Path) -> Floats:
    """Return the points of a path that has been cleaned, without those that only close it."""
    points: Floats = np.asarray(path.vertices, dtype=float)
    kept = ~np.isin(np.asarray(path.codes), (Path.STOP, Path.CLOSEPOLY))
    return points[kept]


def _path(path: Path, digits: int = 2) -> str:
    """Return a path that has been cleaned as SVG has it."""
    points = [f"{x:g} {y:g}" for x, y in np.round(np.asarray(path.vertices, dtype=float), digits).tolist()]
    written, place, codes = [], 0, cast(Any, path.codes).tolist()
    while place < len(codes):
        code = codes[place]
        if code == Path.CLOSEPOLY:
            written.append("z")
        elif code in _COMMANDS:
            many = _POINTS.get(code, 1)
            written.append(_COMMANDS[code] + " ".join(points[place : place + many]))
            place += many - 1
        place += 1
    return "".join(written)


def _short(value: float) -> str:
    return f"{round(float(value), 2):g}"


@lru_cache(maxsize=2000)
def _measured(words: str, font: FontProperties, math: Any) -> tuple[float, float, float]:
    return _letters.get_text_width_height_descent(words, font, math)


@lru_cache(maxsize=2000)
def _spelt(words: str, font: FontProperties) -> tuple[Letter, ...]:
    """Return the letters of words; how each looks is kept in `_OUTLINES`."""
    face = get_font([findfont(_in_family(font, each)) for each in font.get_family()])
    face.set_size(_SIZE, _DPI)
    found, outlines, _ = _letters.get_glyphs_with_font(face, words)
    names = {each: f"g{crc32(each.encode()):x}" for each in outlines}
    for each, (points, codes) in outlines.items():
        _OUTLINES.setdefault(names[each], _path(Path(points, codes), 1) if len(points) else "")
    return tuple((names[each], x) for each, x, _, _ in found)


def _in_family(font: FontProperties, family: str) -> FontProperties:
    """Return a font in one of its families: the later ones have letters that the first lacks."""
    alone = font.copy()
    alone.set_family(family)
    return alone
