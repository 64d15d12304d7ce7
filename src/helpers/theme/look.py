"""The look of a report as one renderer takes it: the style sheet and the Typst code, made from one theme.

What is written here is made, not stored, so that colours, icons and logo have one home each.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from urllib.parse import quote

from helpers.theme import Theme
from helpers.theme.icons import ICONS, icon_svg

#: signs that are safe within a quoted address and shorter than their codes
_PLAIN = " !$&'()*+,-./:;=?@_~"


def write_look(theme: Theme, folder: Path) -> None:
    """Write everything that a renderer reads of a theme into a folder.

    Parameters
    ----------
    theme
        The look.
    folder
        Where. Afterwards it holds the theme's own files, `look.css` and `look.typ`.
    """
    ignored = shutil.ignore_patterns("*.py", "__pycache__", "icons")
    shutil.copytree(theme.folder, folder, ignore=ignored, dirs_exist_ok=True)
    (folder / "look.css").write_text(style_sheet(theme), encoding="utf-8")
    (folder / "look.typ").write_text(typst_code(theme), encoding="utf-8")


def style_sheet(theme: Theme) -> str:
    """Return the whole style sheet of the HTML: the board's, then the icons'."""
    return f"{theme.css.read_text(encoding='utf-8')}\n{_icon_rules()}\n"


def typst_code(theme: Theme) -> str:  # noqa: ARG001
    """Return the Typst code that the template begins with: the icons as pictures.

    pandoc reads it as a template, so it holds no dollar sign.
    """
    return _icons_in_typst()


def picture_address(svg: str) -> str:
    """Return a picture as an address that stands in a style sheet or an attribute between double quotes.

    >>> picture_address('<svg fill="#fff"/>')
    "data:image/svg+xml,%3Csvg fill='%23fff'/%3E"
    """
    flat = re.sub(r"\s+", " ", svg.strip()).replace('"', "'")
    return "data:image/svg+xml," + quote(flat, safe=_PLAIN)


def _icon_rules() -> str:
    rules = (
        f'.icon-{name.replace("_", "-")}::before {{ background-image: url("{picture_address(icon_svg(name))}"); }}'
        for name in ICONS
    )
    return "\n".join(rules)


def _icons_in_typst() -> str:
    entries = (
        f'  "{name.replace("_", "-")}": bytes({_typst_string(icon_svg(name).strip())}),' for name in ICONS
    )
    return "\n".join(["#let icon-pictures = (", *entries, ")"])


def _typst_string(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
