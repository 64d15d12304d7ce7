"""Tables on a slide: over its whole width, as large as fits; what does not fit is left out and counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final

from pptx.dml.color import RGBColor
from pptx.oxml import parse_xml
from pptx.util import Pt

from helpers.runner.document.columns import LETTER, count_lines, needs, share_out
from helpers.theme import Theme, colours
from helpers.theme.icons import icon_words

POINT: Final = 12_700  # English metric units
LINE: Final = 1.22  # height of a line, in sizes of the type
#: sizes of type that are tried, in points; below the last nobody at the back can read
_SIZES: Final = (18.0, 16.0, 14.0, 13.0, 12.0, 11.0, 10.5)
_GOING_ON: Final = 12.0
_PADDING: Final = 7.0  # points above and below the text of a row, together
_SIDES: Final = 15.0  # the same beside it
_SPACE: Final = "http://schemas.openxmlformats.org/drawingml/2006/main"
#: words of icons that ask for attention, or tell of something good
_COLOURED: Final = {
    **{icon_words(name): colours.CONCERN for name in ("concern_high", "concern_low", "consistent_fail")},
    **{
        icon_words(name): colours.IMPROVEMENT
        for name in ("improvement_high", "improvement_low", "consistent_pass")
    },
}


@dataclass(frozen=True)
class TextArea:
    """Where the text of a slide stands, in English metric units."""

    left: int
    top: int
    width: int
    height: int


def finish_table(
    shape: Any, title: str, room: TextArea, theme: Theme, size: float | None = None
) -> tuple[float, int]:
    """Set a table over the slide's width: columns by what they hold, header in dark, type as large as fits.

    `title` says what it shows to those who do not see it; `size` is the type of the slides before, where it goes on.
    Returns the size of the type, and how many rows did not fit and were left out.
    """
    table = shape.table
    texts = [[cell.text for cell in row.cells] for row in table.rows]
    size = size or _choose_size(texts, room)
    fitting = _fitting(texts, size, room)
    left_out = _cut(table, texts, fitting)
    shape.left, shape.top, shape.width = room.left, room.top, room.width
    shape._element.nvGraphicFramePr.cNvPr.set("descr", title)
    widths = _widths(texts, size, room)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = round(width * POINT)
    table.first_row, table.horz_banding, table.first_col = True, False, True
    for number, row in enumerate(table.rows):
        row.height = round(_row_height(texts[number], widths, size) * POINT)
        _set_row(row, size, is_header=number == 0, theme=theme)
    return size, left_out


def _choose_size(texts: list[list[str]], room: TextArea) -> float:
    """Return the size of type: what goes on over further slides need not be as small as what would fit on one."""
    width = room.width / POINT - _SIDES * len(texts[0])
    narrow = [size for size in _SIZES if needs(texts) * LETTER * size <= width]
    whole = (size for size in narrow if _fitting(texts, size, room) == len(texts))
    return next(whole, _GOING_ON if _GOING_ON in narrow else _SIZES[-1])


def _fitting(texts: list[list[str]], size: float, room: TextArea) -> int:
    """Return how many rows fit on a slide."""
    widths = _widths(texts, size, room)
    return sum(
        used <= room.height / POINT for used in accumulate(_row_height(row, widths, size) for row in texts)
    )


def _widths(texts: list[list[str]], size: float, room: TextArea) -> list[float]:
    width = room.width / POINT - _SIDES * len(texts[0])
    shares = share_out([row for row in texts if not is_group(row)], width / (LETTER * size))
    return [share * LETTER * size + _SIDES for share in shares]


def _row_height(row: list[str], widths: Sequence[float], size: float) -> float:
    if is_group(row):
        return size * LINE + _PADDING
    lines = max(
        count_lines(text, (width - _SIDES) / (LETTER * size))
        for text, width in zip(row, widths, strict=True)
    )
    return lines * size * LINE + _PADDING


def is_group(row: Sequence[str]) -> bool:
    """Whether a row heads those after it: nothing stands beside its first words."""
    return bool(row[0]) and not any(row[1:])


def _cut(table: Any, texts: list[list[str]], fitting: int) -> int:
    """Leave out the rows that do not fit, and a heading that has lost all that it heads."""
    while fitting > 1 and fitting < len(texts) and is_group(texts[fitting - 1]):
        fitting -= 1
    left_out = sum(not is_group(row) for row in texts[fitting:])
    for row in list(table._tbl.tr_lst)[fitting:]:
        table._tbl.remove(row)
    return left_out


def _set_row(row: Any, size: float, *, is_header: bool, theme: Theme) -> None:
    cells = list(row.cells)
    heads = not is_header and is_group([cell.text for cell in cells])
    if heads and len(cells) > 1:
        cells[0].merge(cells[-1])
    palette = theme.brand.palette
    background = palette.headings if is_header else palette.box if heads else "#FFFFFF"
    for number, cell in enumerate(cells):
        cell.margin_top = cell.margin_bottom = Pt(_PADDING / 2)
        cell.fill.solid()
        cell.fill.fore_color.rgb = _rgb(background)
        _set_line(cell)
        words = _COLOURED.get(cell.text)
        for run in (run for line in cell.text_frame.paragraphs for run in line.runs):
            run.font.size, run.font.bold = Pt(size), bool(is_header or number == 0 or words)
            run.font.color.rgb = _rgb("#FFFFFF" if is_header else words or colours.TEXT)


def _rgb(colour: str) -> RGBColor:
    found: RGBColor = RGBColor.from_string(colour.lstrip("#").upper())
    return found


def _set_line(cell: Any) -> None:
    """Draw the lines above and below a cell: of two cells that meet some programs draw the lower one's."""
    properties = cell._tc.get_or_add_tcPr()
    fill = f'<a:solidFill><a:srgbClr val="{colours.RULE.lstrip("#")}"/></a:solidFill>'
    for where, name in enumerate(("lnT", "lnB")):
        for old in properties.findall(f"{{{_SPACE}}}{name}"):
            properties.remove(old)
        line = f'<a:{name} xmlns:a="{_SPACE}" w="9525">{fill}</a:{name}>'
        properties.insert(where, parse_xml(line))
