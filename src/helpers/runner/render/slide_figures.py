"""A figure on a slide of its own: the picture over the whole width, below it what it shows, why, and what next."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from pptx.util import Pt

from helpers.bundle import Bundle
from helpers.runner.document.columns import LETTER, count_lines
from helpers.runner.render.png import draw
from helpers.runner.render.slide_tables import LINE, POINT, TextArea
from helpers.theme.markdown import plain_words

#: of the room of a slide, how much the picture may take in height above texts with titles and above a caption, and
#: how much stands between two texts
_PICTURE, _ALONE, _GAP = 0.52, 0.85, 0.03
_SIZES: Final = (16.0, 14.0, 13.0, 12.0, 11.0, 10.5)


def finish_figure(slide: Any, bundle: Bundle, svg: bytes, room: TextArea) -> None:
    """Set the picture above the words that pandoc wrote, and these side by side, as large as fits.

    `bundle` is the figure with the texts that stand below it; `room` is where the text of a slide stands.
    """
    bottom = _add_picture(slide, bundle, svg, room)
    body = next(each for each in slide.placeholders if each.placeholder_format.idx == 1)
    titles = [plain_words(panel.title) for panel in bundle.panels]
    texts = _parted(list(body.text_frame.paragraphs), titles)
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


def _add_picture(slide: Any, bundle: Bundle, svg: bytes, room: TextArea) -> int:
    """Add the picture with its alt text; return where it ends."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "figure.svg")
        source.write_bytes(svg)
        draw(source, source.with_suffix(".png"))
        picture = slide.shapes.add_picture(
            str(source.with_suffix(".png")), room.left, room.top, width=room.width
        )
    titled = any(panel.title for panel in bundle.panels)
    highest = round((_PICTURE if titled else _ALONE) * room.height)
    if picture.height > highest:
        picture.width, picture.height = round(picture.width * highest / picture.height), highest
        picture.left = room.left + (room.width - picture.width) // 2
    picture._element.nvPicPr.cNvPr.set("descr", bundle.alt)
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

    def needed(text: Sequence[str], width: float, size: float) -> float:
        lines = sum(count_lines(words, width / (LETTER * size)) for words in text)
        return size * (LINE * lines + 0.3 * len(text))

    for size in _SIZES:
        if max(needed(text, width, size) for text, width in zip(texts, widths, strict=True)) <= height:
            return size
    return _SIZES[-1]


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
        paragraph.space_before, paragraph.space_after = Pt(0), Pt(size * 0.3)
        for run in paragraph.runs:
            run.font.size = Pt(size)
