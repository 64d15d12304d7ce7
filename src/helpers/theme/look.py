"""The look of a report as one renderer takes it: the style sheet and the Typst code, made from one theme.

What is written here is made, not stored, so that colours, icons and logo have one home each.
"""

from __future__ import annotations

import re
import shutil
from html import escape
from pathlib import Path
from typing import Final
from urllib.parse import quote

from helpers.theme import Theme
from helpers.theme.brand import Brand
from helpers.theme.icons import ICONS, icon_svg

#: from a report, at reports/<period>/<notebook>/, to the statement that every run writes beside the index
STATEMENT: Final = "../../accessibility.html"
#: what is made of a theme, beside its own files: style sheet, Typst code, logo and foot of the page
MADE: Final = ("look.css", "look.typ", "masthead.html", "imprint.html")
#: signs that are safe within a quoted address and shorter than their codes
_PLAIN: Final = " !()*+,-./:;=?@_~"


def write_look(theme: Theme, folder: Path) -> None:
    """Write everything that a renderer reads of a theme into a folder: the theme's own files and `MADE`."""
    ignored = shutil.ignore_patterns("*.py", "__pycache__", "icons")
    shutil.copytree(theme.folder, folder, ignore=ignored, dirs_exist_ok=True)
    contents = (style_sheet(theme), typst_code(theme), _masthead(theme.brand), _imprint(theme.brand))
    for name, content in zip(MADE, contents, strict=True):
        (folder / name).write_text(content, encoding="utf-8")


def style_sheet(theme: Theme) -> str:
    """Return the whole style sheet of the HTML: the board's, the trust's colours, the icons'."""
    palette = theme.brand.palette
    own = f":root {{ --blue: {palette.main}; --dark-blue: {palette.headings}; --pale: {palette.box}; }}"
    rules = (
        f'.icon-{name.replace("_", "-")}::before {{ background-image: url("{picture_address(icon_svg(name))}"); }}'
        for name in ICONS
    )
    return "\n".join([(theme.folder / "board.css").read_text("utf-8"), own, "\n".join(rules), ""])


def typst_code(theme: Theme) -> str:
    """Return the Typst code that the template begins with: the trust's colours, name and logo, the icons.

    pandoc reads it as a template, so it holds no dollar sign.
    """
    brand = theme.brand
    logo = f"bytes({typst_string(brand.logo.svg)})" if brand.logo else "none"
    entries = (
        f'  "{name.replace("_", "-")}": bytes({typst_string(icon_svg(name).strip())}),' for name in ICONS
    )
    lines = [
        f'#let main-colour = rgb("{brand.palette.main}")',
        f'#let heading-colour = rgb("{brand.palette.headings}")',
        f'#let box-colour = rgb("{brand.palette.box}")',
        f"#let publisher = {typst_string(brand.name)}",
        f"#let logo-picture = {logo}",
        "\n".join(["#let icon-pictures = (", *entries, ")"]),
    ]
    return "\n".join(lines).replace("$", r"\u{24}") + "\n"


def _masthead(brand: Brand) -> str:
    if not brand.logo:
        return ""
    address, alt = picture_address(brand.logo.svg), escape(brand.logo.alt)
    return f'<img class="logo" src="{address}" alt="{alt}">'.replace("$", "$$")


def _imprint(brand: Brand) -> str:
    """Return the HTML of the foot of the page: who publishes, and where they say how accessible it is."""
    name = f"{escape(brand.name)} · " if brand.name else ""
    statement = f'<a href="{STATEMENT}">Accessibility statement</a>'
    return f"<footer>{name}{statement}</footer>".replace("$", "$$")


def picture_address(svg: str) -> str:
    """Return a picture as an address that stands in a style sheet or an attribute between double quotes.

    >>> picture_address('<svg fill="#fff"/>')
    "data:image/svg+xml,%3Csvg fill='%23fff'/%3E"
    """
    flat = re.sub(r"\s+", " ", svg.strip())
    return "data:image/svg+xml," + quote(flat if "'" in flat else flat.replace('"', "'"), safe=_PLAIN + "'")


def typst_string(text: str) -> str:
    """Return words as Typst quotes them."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
