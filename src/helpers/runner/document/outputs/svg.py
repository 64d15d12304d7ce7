"""Pictures of a notebook as SVG that runs and loads nothing; a PNG is wrapped in one."""

from __future__ import annotations

import base64
import io
import re
from typing import Final

from helpers.theme.brand import unsafe_in_svg

# Matplotlib's metadata holds the time of drawing; declarations are for files, not for pages. Its comments stay:
# they are the words that are drawn as outlines, and the gate reads them.
_NOT_DRAWN: Final = re.compile(r"<!DOCTYPE[^>\[]*>|<\?xml[^>]*\?>|<metadata>.*?</metadata>", re.DOTALL)
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
    """Return a PNG, as a notebook holds it, wrapped in an SVG of its size; and what is wrong with it.

    It is written anew: what is drawn stays, text about author, software and time does not.
    """
    from PIL import Image, UnidentifiedImageError  # late: few reports show one

    drawn = io.BytesIO()
    try:
        content = base64.b64decode("".join(text.split()), validate=True)
        with Image.open(io.BytesIO(content), formats=["PNG"]) as picture:
            width, height = picture.size
            if width * height > LARGEST_PNG:
                return b"", f"a picture of {width} by {height} pixels"
            dots = picture.info.get("dpi", (_DOTS,))[0] or _DOTS
            picture.save(drawn, "PNG")
    except Image.DecompressionBombError:
        return b"", f"a picture of more than {LARGEST_PNG:,} pixels"
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        return b"", "a picture that is not PNG"
    points = [f"{each * _POINTS / dots:.2f}pt" for each in (width, height)]
    link = f'href="data:image/png;base64,{base64.b64encode(drawn.getvalue()).decode()}"'
    opening = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    box = f'width="{points[0]}" height="{points[1]}" viewBox="0 0 {width} {height}"'
    return f'{opening}{box}><image width="{width}" height="{height}" xlink:{link}/></svg>'.encode(), ""
