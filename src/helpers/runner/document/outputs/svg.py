"""Pictures of a notebook as SVG that runs and loads nothing; a PNG is wrapped in one."""

from __future__ import annotations

import base64
import binascii
import re
import struct
import zlib
from collections.abc import Iterator
from typing import Final

from helpers.theme.logo import unsafe_in_svg

# Matplotlib's metadata holds the time of drawing; declarations are for files, not for pages. Its comments stay:
# they are the words that are drawn as outlines, and the gate reads them.
_NOT_DRAWN: Final = re.compile(r"<!DOCTYPE[^>\[]*>|<\?xml[^>]*\?>|<metadata>.*?</metadata>", re.DOTALL)
_PNG: Final = b"\x89PNG\r\n\x1a\n"
#: what is drawn, and how large; text about author, software and time is left out
_DRAWN: Final = {b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"IDAT", b"IEND"}
_INCH: Final = 0.0254  # metres
_POINTS: Final = 72  # in an inch
_DOTS: Final = 100  # in an inch, where a picture does not say so: as matplotlib draws
#: pixels that a picture may have: more is no chart
LARGEST_PNG: Final = 40_000_000


def clean_svg(svg: str) -> tuple[bytes, str]:
    """Return an SVG without what is not drawn, and what is wrong with it.

    Returns the picture, or nothing and the reason.

    >>> clean_svg('<svg><script/></svg>')[1]
    'a picture that runs or loads something (<script)'
    """
    clean = _NOT_DRAWN.sub("", svg).strip()
    if not clean.startswith("<svg") or not clean.endswith("</svg>"):
        return b"", "a picture that is not SVG"
    if unsafe := unsafe_in_svg(clean):
        return b"", f"a picture that runs or loads something ({unsafe})"
    return clean.encode(), ""


def wrap_png(text: str) -> tuple[bytes, str]:
    """Return a PNG, as a notebook holds it, wrapped in an SVG of its size; and what is wrong with it."""
    try:
        content = base64.b64decode("".join(text.split()), validate=True)
        chunks = list(_chunks(content))
    except (binascii.Error, struct.error, ValueError):
        return b"", "a picture that is not PNG"
    width, height = struct.unpack(">II", chunks[0][1][:8])
    if not 0 < width * height <= LARGEST_PNG:
        return b"", f"a picture of {width} by {height} pixels"
    dots = next((_dots(data) for kind, data in chunks if kind == b"pHYs"), _DOTS)
    drawn = _PNG + b"".join(_chunk(kind, data) for kind, data in chunks if kind in _DRAWN)
    size = f'width="{width}" height="{height}"'
    points = [f"{each * _POINTS / dots:.2f}pt" for each in (width, height)]
    link = f'href="data:image/png;base64,{base64.b64encode(drawn).decode()}"'
    opening = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    box = f'width="{points[0]}" height="{points[1]}" viewBox="0 0 {width} {height}"'
    return f"{opening}{box}><image {size} xlink:{link}/></svg>".encode(), ""


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the chunks of a PNG: their kind and their data."""
    if not content.startswith(_PNG) or content[12:16] != b"IHDR":
        raise ValueError("not a PNG")
    place = len(_PNG)
    while place < len(content):
        length, kind = struct.unpack(">I4s", content[place : place + 8])
        data = content[place + 8 : place + 8 + length]
        if len(data) < length:
            raise ValueError("cut short")
        yield kind, data
        place += length + 12


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _dots(data: bytes) -> float:
    """Return the dots per inch that a picture was drawn with."""
    across, _, unit = struct.unpack(">IIB", data[:9])
    return across * _INCH if unit == 1 and across else _DOTS
