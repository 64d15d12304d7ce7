"""A trust's own name, logo and colours, from one theme file, `params/_theme.yml`.

Icons and marks that judge keep their colours for everyone, as they say what a mark means; these are the colours of
headings, rules, links, boxes, and of what charts are about. Whatever can be read on screen and on paper is checked
here.
"""

from __future__ import annotations

import base64
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final
from xml.etree import ElementTree

from pydantic import BeforeValidator, Field

from helpers.errors import Problem, raise_all
from helpers.theme import colours
from helpers.yaml_files import Settings, read_settings

TEXT_CONTRAST: Final = 4.5
MARK_CONTRAST: Final = 3.0
_WHITE: Final = "#ffffff"
#: a logo stands in every report, so it is kept small
LARGEST_LOGO: Final = 100_000  # bytes
WIDEST_LOGO: Final = 4_000  # pixels, or units of an SVG
_UNSAFE: Final = re.compile(
    r"<!ENTITY|<!DOCTYPE|<script|<foreignObject|\son\w+\s*=|(?:href|src)\s*=\s*[\"'](?!#|data:image/)|url\((?!\s*[\"']?#)"
    r"|@import",
    re.IGNORECASE,
)
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_LENGTH: Final = re.compile(r"\s*([0-9.]+)\s*(?:px|pt)?\s*")


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours (`#rrggbb`), 1 to 21.

    >>> round(contrast("#000000", "#ffffff")), round(contrast("#777777", "#ffffff"), 2)
    (21, 4.48)
    """
    dark, light = sorted(map(_luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


_COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")
_LONGEST_NAME: Final = 120
#: series of charts after the first three
SERIES: Final = (colours.NHS_PINK, colours.NHS_DARK_GREEN, colours.NHS_PURPLE)


def _is_colour(value: object) -> object:
    if not (isinstance(value, str) and _COLOUR.fullmatch(value)):
        raise ValueError('a colour such as "#005eb8", in quotes: without them # begins a comment')
    return value


_Colour = Annotated[str, BeforeValidator(_is_colour)]


class Palette(Settings):
    """The colours that a trust may choose, as `#rrggbb`."""

    #: rules, links, numbers of sections, the edge of the headline's box; in charts what the report is about
    main: _Colour = colours.NHS_BLUE
    headings: _Colour = colours.NHS_DARK_BLUE  # of title and sections; in charts the third colour
    box: _Colour = colours.BOX
    charts: tuple[_Colour, ...] = SERIES  # of series in charts after `main`, grey and `headings`

    @property
    def cycle(self) -> tuple[str, ...]:
        """The colours of series in charts, in order."""
        own = (self.main, colours.PEER, self.headings)
        return (*own, *(each for each in self.charts if each not in own))


class ThemeFile(Settings):
    """What a theme file may say."""

    name: str = Field("", max_length=_LONGEST_NAME)
    logo: str = ""
    colours: Palette | None = None


@dataclass(frozen=True)
class Brand:
    """Whose reports these are: name, logo and colours; the defaults are nobody's."""

    name: str = ""  # who publishes; shown in the foot of each page
    logo: Logo | None = None
    palette: Palette = field(default_factory=Palette)
    files: tuple[Path, ...] = ()  # the files that were read: reports change with them


def read_brand(path: Path | None) -> Brand:
    """Read a theme file; what it does not say, or all where there is none, is as by default; refuses what is wrong."""
    if path is None or not path.is_file():
        return Brand()
    found, said = read_settings(path, ThemeFile)
    palette = said.colours or Palette()
    logo, files, problems = _logo(path, said)
    raise_all([*found.problems, *problems, *_hard_to_read(palette, f"{path.name}, colours")])
    return Brand(name=said.name, logo=logo, palette=palette, files=(path, *files))


def _logo(path: Path, said: ThemeFile) -> tuple[Logo | None, tuple[Path, ...], list[Problem]]:
    """Return the logo, the files that were read for it, and what is wrong with it."""
    if not said.logo:
        return None, (), []
    where, problems = f"{path.name}, logo {said.logo}", []
    if not said.name:
        problems.append(Problem(where, "no name beside it", cure="Give `name`: it is the logo's alt text."))
    if Path(said.logo).name != said.logo:
        allowed = "the name of a file beside the theme file"
        return None, (), [*problems, Problem(where, "a path", allowed, "Move it there.")]
    logo, wrong = read_logo(path.parent / said.logo, said.name)
    problems += [Problem(where, came, allowed, "Change the logo.") for came, allowed in wrong]
    return logo, (path.parent / said.logo,), problems


def _hard_to_read(palette: Palette, where: str) -> Iterator[Problem]:
    """Find text that could not be told from what is behind it."""
    texts = {"main": palette.main, "headings": palette.headings}
    fixed = {"the text": colours.TEXT, "words of concern": colours.CONCERN, "notes": colours.TEXT_SECONDARY}
    on_white = [(key, text, TEXT_CONTRAST) for key, text in texts.items()]
    on_white += [("charts", colour, MARK_CONTRAST) for colour in palette.charts]
    found = [
        (key, f"{text} on white", contrast(text, _WHITE), least, "Choose a darker colour.")
        for key, text, least in on_white
    ]
    for key, text in {**texts, **fixed}.items():
        if contrast(text, _WHITE) >= TEXT_CONTRAST:
            ratio, came = contrast(text, palette.box), f"{key} ({text}) on boxes of {palette.box}"
            found.append(("box", came, ratio, TEXT_CONTRAST, "Choose a lighter box."))
    for key, came, ratio, least, cure in found:
        if ratio < least:
            shown = int(ratio * 10) / 10  # rounded down: 4.49 must not read as the 4.5 that it is not
            yield Problem(f"{where}, {key}", f"contrast {shown} of {came}", f"{least} or more", cure)


@dataclass(frozen=True)
class Logo:
    """A logo as SVG, with its width and height in pixels, and whose it is."""

    svg: str
    width: float
    height: float
    alt: str


def unsafe_in_svg(svg: str) -> str:
    """Return the first thing in an SVG that would run or load something; empty where there is none.

    >>> unsafe_in_svg('<svg><image href="https://example.org/x.png"/></svg>')
    'href="'
    """
    found = _UNSAFE.search(svg)
    return found[0].strip()[:30] if found else ""


def read_logo(path: Path, alt: str) -> tuple[Logo | None, list[tuple[str, str]]]:
    """Read a logo, PNG or SVG; return it, or None with all that is wrong with it: what came and what is allowed."""
    if not path.is_file():
        return None, [("no such file", "a PNG or SVG beside the theme file")]
    content = path.read_bytes()
    wrong = []
    if len(content) > LARGEST_LOGO:
        wrong.append((f"{len(content):,} bytes", f"at most {LARGEST_LOGO:,}"))
    svg, size = _as_svg(content)
    if not svg:
        wrong.append(("not a picture that can be read", "a PNG or SVG"))
    elif size is None:
        wrong.append(("a picture that does not say how large it is", "viewBox, or width and height"))
    elif not all(1 <= each <= WIDEST_LOGO for each in size):
        wrong.append((f"{size[0]:g} by {size[1]:g}", f"1 to {WIDEST_LOGO:,} each way"))
    if unsafe := unsafe_in_svg(svg):
        wrong.append((f"a picture that runs or loads something ({unsafe})", "shapes and text alone"))
    if wrong or size is None:
        return None, wrong
    return Logo(svg, *size, alt), []


def _as_svg(content: bytes) -> tuple[str, tuple[float, float] | None]:
    """Return a picture as SVG with its size; empty where it is neither PNG nor SVG."""
    if content.startswith(_PNG) and content[12:16] == b"IHDR":
        width, height = struct.unpack(">II", content[16:24])
        size = f'width="{width}" height="{height}"'
        picture = f'<image {size} href="data:image/png;base64,{base64.b64encode(content).decode()}"/>'
        start = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" {size}>'
        return f"{start}{picture}</svg>", (width, height)
    text = content.decode("utf-8", errors="replace").strip()
    if re.search(r"<!ENTITY|<!DOCTYPE", text, re.IGNORECASE):
        return text, (1, 1)  # refused as unsafe, and never given to a parser
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError:
        return "", None
    if root.tag != "{http://www.w3.org/2000/svg}svg":
        return "", None
    return re.sub(r"^<\?xml[^>]*\?>\s*", "", text), _size(root)


def _size(root: ElementTree.Element) -> tuple[float, float] | None:
    box = [float(each) for each in re.findall(r"-?[0-9.]+(?:e-?\d+)?", root.get("viewBox", ""))]
    if len(box) == 4:
        return box[2], box[3]
    width, height = (_LENGTH.fullmatch(root.get(name, "")) for name in ("width", "height"))
    return (float(width[1]), float(height[1])) if width and height else None
