"""PowerPoint: the headline, each figure with words for a slide, and a table. The filter leaves what they show.

Both engines' files are finished here alike: type as large as the slide lets it be, and on each slide a foot
and the trust's logo.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any, Final

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.util import Pt

from helpers.runner.document.columns import LETTER, count_lines
from helpers.runner.document.making import Document
from helpers.runner.render.png import draw
from helpers.runner.render.properties import set_properties
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
#: of the room of a slide, how much the picture may take in height above texts with titles and above a caption, and
#: how much stands between two texts
_PICTURE, _ALONE, _GAP = 0.52, 0.85, 0.03
_AFTER: Final = 0.3  # what stands after a paragraph of theirs, in sizes of the type
_SIZES: Final = (16.0, 14.0, 13.0, 12.0, 11.0, 10.5)


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
    for number, slide in enumerate(deck.slides):
        body = _body(slide)
        if told := _take_told(body) if body else None:
            finish_figure(slide, told, document.figures[told["id"]], _room(slide))
        elif body:
            _fit_body(body, has_about=number == 0)
    left_out = {
        slide.slide_id: left
        for each in list(deck.slides)
        for slide, left in _finish_tables(deck, each, theme)
    }
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


def _body(slide: Any) -> Any | None:
    """Return the shape with the words of a slide; None on one that a table has for itself."""
    texts = (each for each in slide.placeholders if each.has_text_frame)
    return next((each for each in texts if each.placeholder_format.idx == 1), None)


def _take_told(body: Any) -> dict[str, Any] | None:
    """Take away the line in which the filter says of which figure a slide is: its id, alt text and titles."""
    first = body.text_frame.paragraphs[0]
    if not first.text.startswith('{"'):
        return None
    told: dict[str, Any] = json.loads(first.text)
    first._p.getparent().remove(first._p)
    return told


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


def _fit_body(shape: Any, *, has_about: bool) -> None:
    room = _room(shape.part.slide)
    texts = [paragraph.text for paragraph in shape.text_frame.paragraphs]
    width, height = room.width / POINT, room.height / POINT
    size = next((each for each in _BODY_SIZES if _height(texts, width, each) <= height), _BODY_SIZES[-1])
    for number, paragraph in enumerate(shape.text_frame.paragraphs):
        paragraph.space_after = Pt(size / 2)
        for run in paragraph.runs:
            is_about = has_about and number == 0  # whose report it is, and of when
            run.font.size = Pt(_ABOUT_SIZE if is_about else size)
            if is_about:
                run.font.color.rgb = RGBColor.from_string(colours.TEXT_SECONDARY.lstrip("#"))


def _height(texts: Sequence[str], width: float, size: float, after: float = 0.5) -> float:
    """Return about how high some paragraphs are, in points; `after`: what stands after each, in sizes of the type."""
    lines = sum(count_lines(text, width / (LETTER * size)) for text in texts)
    return size * (LINE * lines + after * len(texts))


def _add_foot(slide: Any, room: TextArea, height: int, words: str) -> None:
    top = (room.top + room.height + height - _FOOT_HEIGHT) // 2
    frame = slide.shapes.add_textbox(room.left, top, room.width, _FOOT_HEIGHT).text_frame
    frame.word_wrap = True
    run = frame.paragraphs[0].add_run()
    run.text, run.font.size = words, Pt(11)
    run.font.color.rgb = RGBColor.from_string(colours.TEXT_SECONDARY.lstrip("#"))


def _add_logo(slide: Any, logo: Path, room: TextArea, height: int, brand: Brand) -> None:
    picture = slide.shapes.add_picture(str(logo), 0, 0, height=_LOGO_HEIGHT)
    picture.left, picture.top = (
        room.left + room.width - picture.width,
        height - room.left // 4 - _LOGO_HEIGHT,
    )
    picture._element.nvPicPr.cNvPr.set("descr", brand.logo.alt if brand.logo else brand.name)


def finish_figure(slide: Any, told: Mapping[str, Any], svg: bytes, room: TextArea) -> None:
    """Set the picture above the words that pandoc wrote, and these side by side, as large as fits.

    `told` is what the filter says of the figure: its `alt` and the `titles` of the texts that stand below it; `room`
    is where the text of a slide stands.
    """
    bottom = _add_picture(slide, told, svg, room)
    body: Any = _body(slide)
    texts = _parted(list(body.text_frame.paragraphs), told["titles"])
    below = bottom + round(_GAP * room.height)
    height = room.top + room.height - below
    words = [[each.text for each in text] for text in texts]
    widths = _widths(words, room)
    size = _size(words, [width / POINT for width in widths], height / POINT)
    left = room.left
    for place, (text, width) in enumerate(zip(texts, widths, strict=True)):
        shape = body if place == 0 else slide.shapes.add_textbox(0, 0, 0, 0)
        shape.left, shape.top, shape.width, shape.height = left, below, width, height
        left += width + round(_GAP * room.width)
        _fill(shape.text_frame, text, size, is_new=place > 0)


def _add_picture(slide: Any, told: Mapping[str, Any], svg: bytes, room: TextArea) -> int:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "figure.svg")
        source.write_bytes(svg)
        draw(source, source.with_suffix(".png"))
        picture = slide.shapes.add_picture(
            str(source.with_suffix(".png")), room.left, room.top, width=room.width
        )
    highest = round((_PICTURE if told["titles"] else _ALONE) * room.height)
    if picture.height > highest:
        picture.width, picture.height = round(picture.width * highest / picture.height), highest
        picture.left = room.left + (room.width - picture.width) // 2
    picture._element.nvPicPr.cNvPr.set("descr", told["alt"])
    return int(picture.top + picture.height)


def _parted(paragraphs: Sequence[Any], titles: Sequence[str]) -> list[list[Any]]:
    """Return the paragraphs of each text: one begins with its title."""
    texts: list[list[Any]] = []
    waiting = list(titles)
    for paragraph in paragraphs:
        if not texts or (waiting and paragraph.text.strip() == waiting[0]):
            texts.append([])
            waiting = waiting[1:]
        texts[-1].append(paragraph)
    return texts


def _widths(texts: Sequence[Sequence[str]], room: TextArea) -> list[int]:
    """Return the width of each text: half the room by equal shares, half by what it holds."""
    letters = [sum(map(len, text)) for text in texts]
    free = room.width * (1 - _GAP * (len(texts) - 1))
    return [round(free * (0.5 / len(texts) + 0.5 * each / max(sum(letters), 1))) for each in letters]


def _size(texts: Sequence[Sequence[str]], widths: Sequence[float], height: float) -> float:
    """Return the largest type in which every one of some texts fits."""
    placed = list(zip(texts, widths, strict=True))
    fitting = (size for size in _SIZES if max(_height(*each, size, _AFTER) for each in placed) <= height)
    return next(fitting, _SIZES[-1])


def _fill(frame: Any, paragraphs: Sequence[Any], size: float, *, is_new: bool) -> None:
    """Move paragraphs into a frame where it is a new one, and set their type."""
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    if is_new:
        first = frame.paragraphs[0]._p
        for paragraph in paragraphs:
            first.getparent().append(paragraph._p)
        first.getparent().remove(first)
    for paragraph in paragraphs:
        paragraph.space_before, paragraph.space_after = Pt(0), Pt(size * _AFTER)
        for run in paragraph.runs:
            run.font.size = Pt(size)
