"""Word: what pandoc cannot say, said afterwards; both engines' files are finished alike."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import docx
from docx.document import Document as Word
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Emu, Mm, Pt, RGBColor
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

from helpers.runner.document.columns import LETTER, needs, share_out
from helpers.runner.document.making import Document
from helpers.runner.render.properties import set_properties
from helpers.theme import Theme, colours
from helpers.theme.markdown import plain_line

_WP: Final = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
_DECORATION: Final = (
    '<a:extLst xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
    '<a:ext uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}"><adec:decorative '
    'xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/></a:ext></a:extLst>'
)
#: styles of what the words before it lead to, and how many of those paragraphs at most
_LED_TO: Final = ("Captioned Figure", "Table Caption")
_BEFORE: Final = 3
#: styles that, as tables do, want room after them, and how much
_APART: Final = ("Headline", "Contents")
_ROOM: Final = Pt(8)
_BETWEEN_POINTS: Final = Pt(3)
#: sizes of type that are tried, in points, until no word has to be cut
_SIZES: Final = (9.0, 8.5, 8.0, 7.5, 7.0)
_PADDING: Final = 6.0  # points at the sides of a cell, together
_PICTURE: Final = "xxx"  # an icon before its words is as wide


def finish_word(path: Path, document: Document, *, theme: Theme, logo: Path | None = None) -> None:
    """Finish what pandoc wrote, in place: tables that repeat their header and cut no row, running head, page numbers.

    `logo` is the trust's as PNG.
    """
    word = docx.Document(str(path))
    section = word.sections[0]
    sizes = (section.page_width, section.left_margin, section.right_margin)
    page, left, right = (size or 0 for size in sizes)  # the reference document says them all
    for table in word.tables:
        finish_table(table, width=page - left - right)
    blocks = list(word.iter_inner_content())
    _set_points(blocks)
    _keep_together(blocks)
    _keep_apart(blocks)
    _finish_pictures(word)
    facts = document.facts
    _set_head_and_foot(word, f"{facts.organisation_name} ({facts.organisation_code})", document, theme)
    if logo:
        _set_logo(word, logo, theme)
    set_properties(word.core_properties, document, theme)
    word.save(str(path))


def _set_points(blocks: Sequence[Paragraph | Table]) -> None:
    """Set the points of a list as the words about them: pandoc gives them the style of what stands in tables."""
    for block in blocks:
        if isinstance(block, Paragraph) and _style(block) == "Compact":
            block.style = "Body Text"
            block.paragraph_format.space_after = _BETWEEN_POINTS


def _keep_together(blocks: Sequence[Paragraph | Table]) -> None:
    """Let the words before a figure or a table go with it to the next page."""
    before: list[Paragraph] = []
    for block in blocks:
        if isinstance(block, Table):
            before = []
            continue
        if _style(block) in _LED_TO:
            for paragraph in before[-_BEFORE:]:
                paragraph.paragraph_format.keep_with_next = True
        before = [] if _style(block).startswith("Heading") else [*before, block]


def _keep_apart(blocks: Sequence[Paragraph | Table]) -> None:
    """Let what follows a table, the headline or the contents stand clear of it."""
    for block, after in pairwise(blocks):
        ends = isinstance(block, Table) or _style(block) in _APART
        if ends and isinstance(after, Paragraph) and after.style and after.style != block.style:
            usual = after.style.paragraph_format.space_before or 0
            after.paragraph_format.space_before = max(usual, _ROOM)


def _style(paragraph: Paragraph) -> str:
    return (paragraph.style.name if paragraph.style else "") or ""


def _finish_pictures(word: Word) -> None:
    """Let pictures keep no distance, and say of those without an alt text, the icons, that they are decoration."""
    for picture in word.element.body.iter(f"{{{_WP}}}inline"):
        for side in ("distT", "distB", "distL", "distR"):
            picture.set(side, "0")
        if not picture.docPr.get("descr"):
            picture.docPr.append(parse_xml(_DECORATION))
            picture.graphic.graphicData.pic.nvPicPr.cNvPr.set("descr", "")  # pandoc writes a path there


def _set_head_and_foot(word: Word, organisation: str, document: Document, theme: Theme) -> None:
    section = word.sections[0]
    section.different_first_page_header_footer = True
    facts = document.facts
    parts = [facts.title, organisation, facts.period_label, "synthetic data" if facts.synthetic else ""]
    _write_small(section.header.paragraphs[0], plain_line(" · ".join(part for part in parts if part)))
    for foot in (section.footer, section.first_page_footer):
        line = foot.paragraphs[0]
        if document.mark:
            _set_mark(line.insert_paragraph_before(), document.mark)
        _write_small(line, f"{theme.brand.name} · page " if theme.brand.name else "Page ")
        _add_field(line, "PAGE")
        _write_small(line, " of ")
        _add_field(line, "NUMPAGES")


def _set_mark(line: Any, mark: str) -> None:
    run = _write_small(line, mark)
    run.font.bold, run.font.color.rgb = True, RGBColor.from_string(colours.CONCERN.lstrip("#"))


def _write_small(line: Any, words: str) -> Any:
    run = line.add_run(words)
    run.font.size = Pt(8.5)
    run.font.color.rgb = RGBColor.from_string(colours.TEXT_SECONDARY.lstrip("#"))
    return run


def _add_field(line: Any, name: str) -> None:
    """Add a number that Word works out: of the page, or of all pages."""
    space = nsdecls("w")
    for part in (
        f'<w:fldChar {space} w:fldCharType="begin"/>',
        f'<w:instrText {space} xml:space="preserve"> {name} </w:instrText>',
        f'<w:fldChar {space} w:fldCharType="separate"/>',
        f"<w:t {space}>1</w:t>",
        f'<w:fldChar {space} w:fldCharType="end"/>',
    ):
        _write_small(line, "")._r.append(parse_xml(part))


def _set_logo(word: Word, logo: Path, theme: Theme) -> None:
    """Set the logo at the top of the first page, with the trust's name as its alt text."""
    line = word.sections[0].first_page_header.paragraphs[0]
    line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    picture = line.add_run().add_picture(str(logo), height=Mm(13))
    picture._inline.docPr.set("descr", theme.brand.name)


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
    size, colour = (8, colours.TEXT_SECONDARY) if heavy else (4, colours.RULE)
    properties = cell._tc.get_or_add_tcPr()
    for old in properties.findall(qn("w:tcBorders")):
        properties.remove(old)
    line = f'<w:bottom w:val="single" w:sz="{size}" w:space="0" w:color="{colour.lstrip("#")}"/>'
    borders = parse_xml(f"<w:tcBorders {nsdecls('w')}>{line}</w:tcBorders>")
    later = [each for each in properties if each.tag.split("}")[1] in ("shd", "noWrap", "tcMar", "vAlign")]
    (later[0].addprevious if later else properties.append)(borders)
