"""PowerPoint: two slides, the headline and the matrix. The filter leaves of a document what they show.

Both engines' files are finished here alike: type as large as the slide lets it be, and on each slide a foot
and the trust's logo.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.util import Pt

from helpers.runner.document.making import Document
from helpers.runner.render.columns import LETTER, count_lines
from helpers.runner.render.properties import set_properties
from helpers.runner.render.slide_tables import LINE, POINT, TextArea, finish_table
from helpers.theme import Theme, colours
from helpers.theme.brand import Brand
from helpers.theme.markdown import plain_line

_FOOT_HEIGHT, _LOGO_HEIGHT = 300_000, 420_000  # English metric units
_BODY_SIZES: Final = (20.0, 18.0, 16.0, 14.0, 12.0)
_ABOUT_SIZE: Final = 14.0
_RUN: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}rPr"


def finish_slides(path: Path, document: Document, *, theme: Theme, logo: Path | None = None) -> None:
    """Finish what pandoc wrote: sizes that fit the slide, a table that can be read, a foot, the language.

    Parameters, as `helpers.runner.render.word.finish_word`.
    """
    deck: Any = Presentation(str(path))
    facts = document.facts
    about = [
        document.mark,
        facts.organisation_name,
        facts.period_label,
        "synthetic data" if facts.synthetic else "",
    ]
    for number, slide in enumerate(deck.slides, start=1):
        room = _room(slide)
        left_out = _finish_shapes(slide, room, theme)
        more = f"{left_out} more rows in the report" if left_out else ""
        words = [part for part in (*about, more, str(number)) if part]
        _add_foot(slide, room, deck.slide_height, plain_line(" · ".join(words)))
        if logo and theme.brand.logo:
            _add_logo(slide, logo, room, deck.slide_height, theme.brand)
        for run in slide.element.iter(_RUN):
            run.set("lang", theme.page.lang)
    set_properties(deck.core_properties, document, theme)
    deck.save(str(path))


def _room(slide: Any) -> TextArea:
    """Return where the reference document has the text of its slides."""
    body = next(each for each in slide.slide_layout.placeholders if each.placeholder_format.idx == 1)
    return TextArea(body.left, body.top, body.width, body.height)


def _finish_shapes(slide: Any, room: TextArea, theme: Theme) -> int:
    """Finish the text and the table of a slide; return how many rows had to be left out."""
    left_out = 0
    for shape in slide.shapes:
        if shape.has_table:
            left_out += finish_table(shape, slide.shapes.title.text_frame.text, room, theme)
        elif shape.is_placeholder and shape.placeholder_format.idx == 1:
            _fit_body(shape, room)
    return left_out


def _fit_body(shape: Any, room: TextArea) -> None:
    """Set the text of a slide as large as its length lets it."""
    texts = [paragraph.text for paragraph in shape.text_frame.paragraphs]
    width, height = room.width / POINT, room.height / POINT
    size = next((each for each in _BODY_SIZES if _height(texts, width, each) <= height), _BODY_SIZES[-1])
    for number, paragraph in enumerate(shape.text_frame.paragraphs):
        paragraph.space_after = Pt(size / 2)
        for run in paragraph.runs:
            run.font.size = Pt(size if number else _ABOUT_SIZE)
            if number == 0:  # whose report it is, and of when
                run.font.color.rgb = RGBColor.from_string(colours.TEXT_SECONDARY.lstrip("#"))


def _height(texts: list[str], width: float, size: float) -> float:
    """Return about how high some paragraphs are, in points."""
    lines = sum(count_lines(text, width / (LETTER * size)) for text in texts)
    return size * (LINE * lines + 0.5 * len(texts))


def _add_foot(slide: Any, room: TextArea, height: int, words: str) -> None:
    """Set words below the text of a slide."""
    top = (room.top + room.height + height - _FOOT_HEIGHT) // 2
    frame = slide.shapes.add_textbox(room.left, top, room.width, _FOOT_HEIGHT).text_frame
    frame.word_wrap = True
    run = frame.paragraphs[0].add_run()
    run.text, run.font.size = words, Pt(11)
    run.font.color.rgb = RGBColor.from_string(colours.TEXT_SECONDARY.lstrip("#"))


def _add_logo(slide: Any, logo: Path, room: TextArea, height: int, brand: Brand) -> None:
    """Set the logo at the lower right."""
    picture = slide.shapes.add_picture(str(logo), 0, 0, height=_LOGO_HEIGHT)
    picture.left, picture.top = (
        room.left + room.width - picture.width,
        height - room.left // 4 - _LOGO_HEIGHT,
    )
    picture._element.nvPicPr.cNvPr.set("descr", brand.logo.alt if brand.logo else brand.name)
