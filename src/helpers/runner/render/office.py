"""Word and PowerPoint, whichever engine asks: what pandoc is given for them, and the finish of what it wrote.

Their libraries are loaded late: most batches make HTML and PDF alone.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from helpers.runner.document.making import Document
from helpers.runner.render.png import draw, icon_pictures
from helpers.theme import REFERENCES, Theme
from helpers.theme.brand import Palette

_SUSPECTS: Final = b"/Suspects false"
_LOGO: Final = "logo.png"


def reference_of(name: str) -> str:
    """Return the name of a format's reference document, which `prepare` writes."""
    return f"reference.{name}"


def draw_figures(document: Document, folder: Path) -> None:
    """Draw a document's figures as PNG beside their SVG, for Word."""
    for figure_id in document.figures:
        figure = folder / "figures" / f"{figure_id}.svg"
        draw(figure, figure.with_suffix(".png"))


def prepare(formats: Iterable[str], theme: Theme, look: Path) -> None:
    """Write what gives Word and PowerPoint their look into the folder `look`, beside the rest of it.

    Nothing is written for other formats.
    """
    wanted = [name for name in formats if name in REFERENCES]
    for name in wanted:
        (look / reference_of(name)).write_bytes(_reference(theme, name))
    if "docx" in wanted:
        (look / "icons").mkdir(exist_ok=True)
        for icon, picture in icon_pictures().items():
            (look / "icons" / f"{icon.replace('_', '-')}.png").write_bytes(picture)
    if wanted and theme.brand.logo:
        (look / "logo.svg").write_text(theme.brand.logo.svg, encoding="utf-8")
        draw(look / "logo.svg", look / _LOGO, height="13mm")


def _reference(theme: Theme, name: str) -> bytes:
    """Return a reference document: the trust's own as it is, or ours in the trust's colours."""
    if own := theme.references.get(name):
        return own.read_bytes()
    ours = theme.folder / reference_of(name)
    shades = {
        shade.lstrip("#").upper().encode(): getattr(theme.brand.palette, part).lstrip("#").upper().encode()
        for part, shade in Palette()
        if isinstance(shade, str)  # those of charts are in pictures
    }
    if all(before == after for before, after in shades.items()):
        return ours.read_bytes()
    made = io.BytesIO()
    with zipfile.ZipFile(ours) as template, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as coloured:
        for part in template.infolist():
            content = template.read(part)
            if part.filename.endswith(".xml"):
                content = re.sub(b"|".join(shades), lambda found: shades[found[0]], content)
            coloured.writestr(part, content)
    return made.getvalue()


def finish(name: str, path: Path, document: Document, *, theme: Theme, look: Path) -> None:
    """Finish a file that pandoc or Typst wrote, in place, where there is something left to do."""
    logo = look / _LOGO if theme.brand.logo else None
    if name == "pdf":
        # no entry says the same, and pdfinfo calls this one, which Typst writes, of the wrong type; places stay
        path.write_bytes(path.read_bytes().replace(_SUSPECTS, b" " * len(_SUSPECTS)))
    if name == "docx":
        from helpers.runner.render.word import finish_word

        finish_word(path, document, theme=theme, logo=logo)
    if name == "pptx":
        from helpers.runner.render.slides import finish_slides

        finish_slides(path, document, theme=theme, logo=logo)
