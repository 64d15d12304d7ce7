"""Word and PowerPoint, whichever engine asks: what pandoc is given for them, and the finish of what it wrote.

Their libraries are loaded late: most batches make HTML and PDF alone.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from helpers.errors import Problem, ReportError
from helpers.runner.document.making import Document
from helpers.runner.render.drawing import draw, icon_pictures
from helpers.theme import Theme

#: on every machine, and the web's stand-in for the NHS's own typeface
FONT: Final = "Arial"
#: letters that the title in a file's properties may have (ISO/IEC 29500)
LONGEST_TITLE: Final = 255
_LOGO: Final = "logo.png"
_NAMES: Final = ("docx", "pptx")


def reference_of(name: str) -> str:
    """Return the name of a format's reference document, which `prepare` writes."""
    return f"reference.{name}"


def draw_figures(document: Document, folder: Path) -> None:
    """Draw a document's figures as PNG beside their SVG, for Word."""
    for figure_id in document.figures:
        figure = folder / "figures" / f"{figure_id}.svg"
        draw(figure, figure.with_suffix(".png"))


def prepare(formats: Iterable[str], theme: Theme, look: Path) -> None:
    """Write what gives Word and PowerPoint their look, beside the rest of the look.

    Parameters
    ----------
    formats
        Formats of a batch; nothing is written for others than Word and PowerPoint.
    theme
        The look.
    look
        The folder where it lies: afterwards also reference documents, logo and icons.
    """
    wanted = [name for name in formats if name in _NAMES]
    if "docx" in wanted:
        from helpers.runner.render import word_styles

        word_styles.write_reference(theme, look / reference_of("docx"))
        (look / "icons").mkdir(exist_ok=True)
        for icon, picture in icon_pictures().items():
            (look / "icons" / f"{icon.replace('_', '-')}.png").write_bytes(picture)
    if "pptx" in wanted:
        from helpers.runner.render import slide_styles

        slide_styles.write_reference(theme, look / reference_of("pptx"))
    if wanted and theme.brand.logo:
        (look / "logo.svg").write_text(theme.brand.logo.svg, encoding="utf-8")
        draw(look / "logo.svg", look / _LOGO, height="13mm")


def finish(name: str, path: Path, document: Document, *, theme: Theme, look: Path) -> None:
    """Finish a file that pandoc wrote, where there is something left to do.

    Parameters
    ----------
    name
        Its format.
    path
        The file; it is changed in place.
    document
        What it shows.
    theme, look
        As for `prepare`.
    """
    logo = look / _LOGO if theme.brand.logo else None
    if name == "docx":
        from helpers.runner.render.word import finish_word

        finish_word(path, document, theme=theme, logo=logo)
    if name == "pptx":
        from helpers.runner.render.slides import finish_slides

        finish_slides(path, document, theme=theme, logo=logo)


def pandoc_data(name: str) -> bytes:
    """Return one of the files that come with pandoc.

    Raises
    ------
    ReportError
        When pandoc does not hand it out.
    """
    import pypandoc

    command = [pypandoc.get_pandoc_path(), "--print-default-data-file", name]
    done = subprocess.run(command, capture_output=True, timeout=60)
    if done.returncode or not done.stdout:
        raise ReportError(Problem("pandoc", f"no {name}", cure="Install boardpack's environment anew."))
    return done.stdout
