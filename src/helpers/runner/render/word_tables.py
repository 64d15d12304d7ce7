"""Tables in Word: widths by what the columns hold, a header on every page, no row cut, lines between rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Emu, Pt, RGBColor
from docx.table import Table, _Cell, _Row

from helpers.runner.document.columns import LETTER, needs, share_out
from helpers.theme import colours

_W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
#: sizes of type that are tried, in points, until no word has to be cut
_SIZES: Final = (9.0, 8.5, 8.0, 7.5, 7.0)
_PADDING: Final = 6.0  # points at the sides of a cell, together
_PICTURE: Final = "xxx"  # an icon before its words is as wide


def finish_table(table: Table, *, width: int) -> None:
    """Finish a table that pandoc wrote; `width` is in English metric units."""
    rows = [_cells(row, table) for row in table.rows]
    size = _share_out(table, rows, Emu(width).pt)
    columns = len(table._tbl.tblGrid.gridCol_lst)
    for number, (row, cells) in enumerate(zip(table.rows, rows, strict=True)):
        properties = row._tr.get_or_add_trPr()
        _add_flag(properties, "cantSplit")
        if number == 0:
            _add_flag(properties, "tblHeader")
        is_header = properties.find(qn("w:tblHeader")) is not None
        heads_others = is_header or len(cells) == 1 < columns
        for place, cell in enumerate(cells):
            _set_line(cell, heavy=is_header)
            _set_type(cell, size, header=is_header, bold=is_header or place == 0)
            for paragraph in cell.paragraphs:
                paragraph.style = "Compact"  # several in one cell have another
                paragraph.paragraph_format.keep_with_next = heads_others or None


def _cells(row: _Row, table: Table) -> list[_Cell]:
    """Return the cells of a row, one that goes across the table once."""
    return [_Cell(each, table) for each in row._tr.tc_lst]


def _share_out(table: Table, rows: Sequence[Sequence[_Cell]], width: float) -> float:
    """Share the width, in points, among the columns; return the size of type at which no word is cut."""
    columns = len(table._tbl.tblGrid.gridCol_lst)
    texts = [[_words(cell) for cell in cells] for cells in rows if len(cells) == columns]
    texts = texts or [[""] * columns]  # each row has a cell that spans several
    room = width - _PADDING * columns
    size = next((each for each in _SIZES if needs(texts) * LETTER * each <= room), _SIZES[-1])
    shares = share_out(texts, room / (LETTER * size))
    twips = [round(20 * (share * LETTER * size + _PADDING)) for share in shares]
    for column, each in zip(table._tbl.tblGrid.gridCol_lst, twips, strict=True):
        column.set(qn("w:w"), str(each))
    for cells in rows:
        place = 0
        for cell in cells:
            cell.width = Pt(sum(twips[place : place + cell.grid_span]) / 20)
            place += cell.grid_span
    table.autofit = False
    return size


def _words(cell: _Cell) -> str:
    """Return what a cell says; a picture before it takes room too."""
    has_picture = next(cell._tc.iter(qn("w:drawing")), None) is not None
    return f"{_PICTURE}{cell.text.lstrip()}" if has_picture else cell.text


def _set_type(cell: _Cell, size: float, *, header: bool, bold: bool) -> None:
    for run in (run for paragraph in cell.paragraphs for run in paragraph.runs):
        run.font.size = Pt(size)
        run.bold = True if bold else run.bold
        if header:
            run.font.color.rgb = RGBColor.from_string(colours.TEXT_SECONDARY.lstrip("#"))


def _add_flag(properties: Any, name: str) -> None:
    if properties.find(qn(f"w:{name}")) is None:
        properties.append(OxmlElement(f"w:{name}"))


def _set_line(cell: _Cell, *, heavy: bool) -> None:
    """Draw the line below a cell."""
    size, colour = (8, colours.TEXT_SECONDARY) if heavy else (4, colours.RULE)
    properties = cell._tc.get_or_add_tcPr()
    for old in properties.findall(qn("w:tcBorders")):
        properties.remove(old)
    line = f'<w:bottom w:val="single" w:sz="{size}" w:space="0" w:color="{colour.lstrip("#")}"/>'
    borders = parse_xml(f'<w:tcBorders xmlns:w="{_W}">{line}</w:tcBorders>')
    later = [each for each in properties if each.tag.split("}")[1] in ("shd", "noWrap", "tcMar", "vAlign")]
    (later[0].addprevious if later else properties.append)(borders)
