"""Pictures that reports carry: may an SVG run or load something, how large is a logo.

A logo travels as SVG into every format; a PNG is wrapped in one.
"""

from __future__ import annotations

import base64
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

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
    lengths = list(_lengths(root))
    return (lengths[0], lengths[1]) if len(lengths) == 2 else None


def _lengths(root: ElementTree.Element) -> Iterator[float]:
    for name in ("width", "height"):
        if found := _LENGTH.fullmatch(root.get(name, "")):
            yield float(found[1])
