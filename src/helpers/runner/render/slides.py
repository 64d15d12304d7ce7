"""PowerPoint: the headline, each figure with words for a slide, and a table. The filter leaves what they show.

Both engines' files are finished here alike: type as large as the slide lets it be, and on each slide a foot
and the trust's logo.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any, Final

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.util import Pt

from helpers.runner.document.columns import LETTER, count_lines
from helpers.runner.document.making import Document
from helpers.runner.render.properties import set_properties
from helpers.runner.render.slide_figures import finish_figure
from helpers.runner.render.slide_tables import LINE, POINT, TextArea, finish_table, is_group
from helpers.theme import Theme, colours
from helpers.theme.brand import Brand
from helpers.theme.markdown import plain_line

_FOOT_HEIGHT, _LOGO_HEIGHT = 300_000, 420_000  # English metric units
_BODY_SIZES: Final = (20.0, 18.0, 16.0, 14.0, 12.0)
_ABOUT_SIZE: Final = 14.0
#: slides over which a table may go on; a longer one is a matter of the report
_MOST_OF_TABLE: Final = 5
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
    figures = [bundle for bundle in document.bundles if bundle.kind == "figure" and bundle.panels]
    for slide, bundle in zip(list(deck.slides)[1:], figures, strict=False):
        finish_figure(slide, bundle, document.figures[bundle.id], _room(slide))
    left_out = {
        slide.slide_id: left
        for each in list(deck.slides)
        for slide, left in _finish_tables(deck, each, theme)
    }
    _fit_body(next(each for each in deck.slides[0].placeholders if each.placeholder_format.idx == 1))
    for number, slide in enumerate(deck.slides, start=1):
        room = _room(slide)
        left = left_out.get(slide.slide_id, 0)
        more = f"{left} more rows in the report" if left else ""
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


def _finish_tables(deck: Any, slide: Any, theme: Theme) -> Iterator[tuple[Any, int]]:
    """Finish the table of a slide, going on over further slides; yield the last one and how many rows it lacks."""
    title, size = slide.shapes.title.text_frame.text, None
    for number in range(1, _MOST_OF_TABLE + 1):
        shape = next((each for each in slide.shapes if each.has_table), None)
        if shape is None:
            return
        whole = deepcopy(shape._element)
        if number > 1:
            slide.shapes.title.text_frame.text = f"{title}, continued"
        size, left_out = finish_table(shape, title, _room(slide), theme, size)
        if not left_out or number == _MOST_OF_TABLE:
            yield slide, left_out
            return
        slide = _next_slide(deck, slide, whole, len(shape.table.rows))


def _next_slide(deck: Any, slide: Any, whole: Any, shown: int) -> Any:
    """Return a further slide at the end with the rows of a table that are not shown yet, below its header.

    Where the rows of a group are parted, its heading comes again.
    """
    rows = whole.graphic.graphicData.tbl.tr_lst
    texts = [["".join(cell.itertext()).strip() for cell in row.tc_lst] for row in rows]
    heading = next((place for place in range(shown, 0, -1) if is_group(texts[place])), 0)
    for place, row in enumerate(rows[1:shown], start=1):
        if place != heading or heading == shown:
            row.getparent().remove(row)
    further = deck.slides.add_slide(slide.slide_layout)
    for each in list(further.placeholders):
        if each.placeholder_format.idx:
            each._element.getparent().remove(each._element)
    further.shapes._spTree.append(whole)
    return further


def _fit_body(shape: Any) -> None:
    """Set the text of a slide as large as its length lets it."""
    room = _room(shape.part.slide)
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
