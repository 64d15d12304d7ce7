"""Pictures for programs that do not show SVG everywhere: drawn as PNG by Typst."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from helpers.theme import font_folder
from helpers.theme.icons import ICONS, icon_svg
from helpers.theme.look import typst_string

_PPI: Final = 220.0
_PAGE: Final = (
    '#set page(width: auto, height: auto, margin: 0pt, fill: none)\n#set text(font: "Source Sans Pro")\n'
)
_ICON_SIZE: Final = "6mm"
#: compilations after which Typst forgets what none of them has used (comemo's eviction in its Python package)
_REMEMBERED: Final = 10


def draw(picture: Path, png: Path, *, height: str = "") -> None:
    """Draw an SVG file as PNG; what is needed meanwhile is written beside it.

    `height` as Typst has lengths, such as `13mm`; the SVG's own unless given.
    """
    import typst  # late: the compiler is loaded only where something is drawn

    code = picture.with_suffix(".picture.typ")
    size = f", height: {height}" if height else ""
    code.write_text(f'{_PAGE}#image("{picture.name}"{size})', encoding="utf-8")
    typst.compile(code, output=png, root=picture.parent, format="png", ppi=_PPI, **_with_fonts())
    code.unlink()


@lru_cache(maxsize=1)
def icon_pictures() -> Mapping[str, bytes]:
    """Return the PNG of each icon by its name."""
    import typst  # late, as above

    pages = [
        f"#image(bytes({typst_string(icon_svg(name).strip())}), height: {_ICON_SIZE})" for name in ICONS
    ]
    code = (_PAGE + "\n#pagebreak()\n".join(pages)).encode()
    drawn = typst.compile(code, format="png", ppi=_PPI, **_with_fonts())
    return dict(zip(ICONS, drawn, strict=True))


@lru_cache(maxsize=1)
def fonts() -> Any:
    """Return the fonts of every PDF and picture, in the form that Typst takes."""
    import typst  # late, as above

    return typst.Fonts(include_system_fonts=False, font_paths=[str(font_folder())])


def forget_pages() -> None:
    """Have Typst drop what it remembers of pages that it has set: 50 MB of a long report, which the next cannot use.

    It forgets what was of no use in ten compilations, so ten of nothing follow each report: 5 ms, and in a batch
    half a gigabyte less.
    """
    import typst  # late, as above

    for _ in range(_REMEMBERED):
        typst.compile(b"", format="svg", **_with_fonts())


def _with_fonts() -> dict[str, Any]:
    return {"font_paths": fonts(), "ignore_system_fonts": True}
