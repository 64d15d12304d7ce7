"""PowerPoint: two slides, the headline and the matrix; the reference that gives pandoc its look, and the finish.

The filter leaves of a document what the slides show; both engines take the same reference and the same finish.
"""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any, Final

from helpers.runner.document import Document
from helpers.runner.render.word import FONT, LONGEST_TITLE, pandoc_data
from helpers.theme import Theme, colours
from helpers.theme.markdown import plain_line

REFERENCE: Final = "reference.pptx"
#: English metric units of a slide of 13.33 by 7.5 inches, and of its margin
WIDTH, HEIGHT, MARGIN = 12_192_000, 6_858_000, 560_000
_TITLE: Final = (MARGIN, 330_000, WIDTH - 2 * MARGIN, 800_000)
_BODY: Final = (MARGIN, 1_250_000, WIDTH - 2 * MARGIN, 4_950_000)
_FOOT: Final = (MARGIN, 6_370_000, WIDTH - 2 * MARGIN, 300_000)
_SERIAL: Final = "{http://schemas.microsoft.com/office/powerpoint/2010/main}creationId"
_POINT: Final = 12_700
#: sizes of type that are tried for a table, in points; below the last nobody at the back can read
_TABLE_SIZES: Final = (14.0, 13.0, 12.0, 11.0, 10.0, 9.0, 8.0)
_BODY_SIZES: Final = (20.0, 18.0, 16.0, 14.0, 12.0)
_ABOUT_SIZE: Final = 14.0
_LETTER: Final = 0.5  # width of a letter of running text, in sizes of the type
_LINE: Final = 1.22  # height of a line
_PADDING: Final = 7.0  # points above and below the text of a row, together


def write_reference(theme: Theme, folder: Path) -> None:
    """Write the reference: wide slides, titles to the left, the trust's colours."""
    from pptx import Presentation  # late: only PowerPoint needs it

    deck: Any = Presentation(io.BytesIO(pandoc_data(REFERENCE)))
    scale = WIDTH / deck.slide_width
    deck.slide_width, deck.slide_height = WIDTH, HEIGHT
    for page in (deck.slide_master, *deck.slide_layouts):
        _drop_serial_numbers(page)
        for shape in page.placeholders:
            place = (shape.left, shape.top, shape.width, shape.height)
            shape.left, shape.top, shape.width, shape.height = (round(scale * each) for each in place)
    for page in (
        deck.slide_master,
        *(each for each in deck.slide_layouts if each.name == "Title and Content"),
    ):
        _place(page.placeholders[0], _TITLE)
        _place(page.placeholders[1], _BODY)
    _set_theme(deck, theme)
    _set_text_styles(deck.slide_master)
    deck.save(str(folder / REFERENCE))


def _drop_serial_numbers(page: Any) -> None:
    """Drop the random numbers by which PowerPoint knows its layouts: one of them could be an NHS number."""
    for number in list(page.element.iter(_SERIAL)):
        extension = number.getparent()
        extensions = extension.getparent()
        extensions.remove(extension)
        if not len(extensions):
            extensions.getparent().remove(extensions)


def _place(shape: Any, place: tuple[int, int, int, int]) -> None:
    shape.left, shape.top, shape.width, shape.height = place


def _set_theme(deck: Any, theme: Theme) -> None:
    """Put the board's colours and typeface into the theme, so that what a user adds looks the same."""
    palette = theme.brand.palette
    wanted = {
        "dk1": colours.TEXT, "lt1": "#FFFFFF", "dk2": palette.headings, "lt2": palette.box,
        "accent1": palette.main, "accent2": palette.headings, "accent3": colours.TEXT_SECONDARY,
        "accent4": colours.CONCERN, "accent5": colours.TARGET, "accent6": colours.PEER,
        "hlink": palette.main, "folHlink": palette.headings,
    }  # fmt: skip
    part = next(
        each.target_part for each in deck.slide_master.part.rels.values() if each.reltype.endswith("/theme")
    )
    xml = part.blob.decode("utf-8")
    for name, colour in wanted.items():
        own = f'<a:{name}><a:srgbClr val="{colour.lstrip("#").upper()}"/></a:{name}>'
        xml = re.sub(rf"<a:{name}>.*?</a:{name}>", own, xml, count=1, flags=re.DOTALL)
    xml = re.sub(r'(<a:(?:major|minor)Font><a:latin typeface=")[^"]*', rf"\g<1>{FONT}", xml)
    part._blob = xml.encode("utf-8")


def _set_text_styles(master: Any) -> None:
    from pptx.oxml.ns import qn  # late, as above

    styles = master.element.find(qn("p:txStyles"))
    title = styles.find(qn("p:titleStyle")).find(qn("a:lvl1pPr"))
    title.set("algn", "l")
    words = title.find(qn("a:defRPr"))
    words.set("sz", "2800")
    words.set("b", "1")
    for fill in words.iter(qn("a:schemeClr")):
        fill.set("val", "tx2")
    for level, size in zip(styles.find(qn("p:bodyStyle")), (1800, 1600, 1400), strict=False):
        level.find(qn("a:defRPr")).set("sz", str(size))
    for holder in master.placeholders:
        if holder.placeholder_format.idx == 0:
            holder.text_frame._txBody.bodyPr.set("anchor", "b")


def finish_slides(path: Path, document: Document, *, theme: Theme) -> None:
    """Finish what pandoc wrote: sizes that fit the slide, a table that can be read, a foot, the language.

    Parameters, as `helpers.runner.render.word.finish_word`.
    """
    from pptx import Presentation  # late, as above

    deck: Any = Presentation(str(path))
    facts = document.facts
    parts = [facts.organisation_name, facts.period_label, "synthetic data" if facts.synthetic else ""]
    for number, slide in enumerate(deck.slides, start=1):
        for shape in slide.shapes:
            if shape.has_table:
                _finish_table(shape, slide.shapes.title.text_frame.text, theme)
            elif shape.is_placeholder and shape.placeholder_format.idx == 1:
                _fit_body(shape)
        _add_foot(slide, plain_line(" · ".join([*(part for part in parts if part), str(number)])))
        for words in slide.element.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}rPr"):
            words.set("lang", theme.page.lang)
    properties = deck.core_properties
    properties.title, properties.language, properties.author = (
        plain_line(facts.title)[:LONGEST_TITLE],
        theme.page.lang,
        theme.brand.name,
    )
    deck.save(str(path))


def _fit_body(shape: Any) -> None:
    """Set the text of a slide as large as its length lets it."""
    from pptx.dml.color import RGBColor  # late, as above
    from pptx.util import Pt

    texts = [paragraph.text for paragraph in shape.text_frame.paragraphs]
    width, height = _BODY[2] / _POINT, _BODY[3] / _POINT
    size = next((each for each in _BODY_SIZES if _height(texts, width, each) <= height), _BODY_SIZES[-1])
    for number, paragraph in enumerate(shape.text_frame.paragraphs):
        paragraph.space_after = Pt(size / 2)
        for run in paragraph.runs:
            run.font.size = Pt(size if number else _ABOUT_SIZE)
            if number == 0:  # whose report it is, and of when
                run.font.color.rgb = RGBColor.from_string(colours.TEXT_SECONDARY.lstrip("#"))


def _height(texts: list[str], width: float, size: float) -> float:
    """Return about how high some paragraphs are, in points."""
    lines = sum(_lines(text, width, size) for text in texts)
    return size * (_LINE * lines + 0.5 * len(texts))


def _lines(text: str, width: float, size: float) -> int:
    letters = max(1.0, width / (_LETTER * size))
    return sum(max(1, -(-len(part) // int(letters))) for part in text.split("\v"))


def _finish_table(shape: Any, title: str, theme: Theme) -> None:
    """Set a table over the slide's width: columns by what they hold, header in dark, type as large as fits."""
    table = shape.table
    texts = [[cell.text for cell in row.cells] for row in table.rows]
    shares = _shares(texts)
    _place(shape, (_BODY[0], _BODY[1], _BODY[2], shape.height))
    shape._element.nvGraphicFramePr.cNvPr.set("descr", title)
    for column, share in zip(table.columns, shares, strict=True):
        column.width = round(share * _BODY[2])
    size = _table_size(texts, shares)
    table.first_row, table.horz_banding, table.first_col = True, False, True
    for number, row in enumerate(table.rows):
        row.height = round(_row_height(texts[number], shares, size) * _POINT)
        for place, cell in enumerate(row.cells):
            _set_cell(cell, size, header=number == 0, theme=theme)
            for run in (run for line in cell.text_frame.paragraphs for run in line.runs):
                run.font.bold = number == 0 or place == 0


def _shares(texts: list[list[str]]) -> list[float]:
    """Return each column's share of the width: short cells stay whole, long ones wrap."""
    wanted = []
    for column in zip(*texts, strict=True):
        word = max(len(each) for text in column for each in text.split() or [""])
        wanted.append(max(word, min(36, max(map(len, column)))) + 3)
    return [each / sum(wanted) for each in wanted]


def _row_height(row: list[str], shares: list[float], size: float) -> float:
    width = _BODY[2] / _POINT
    lines = max(_lines(text, share * width - 15, size) for text, share in zip(row, shares, strict=True))
    return lines * size * _LINE + _PADDING


def _table_size(texts: list[list[str]], shares: list[float]) -> float:
    room = _BODY[3] / _POINT
    fits = (size for size in _TABLE_SIZES if sum(_row_height(row, shares, size) for row in texts) <= room)
    return next(fits, _TABLE_SIZES[-1])


def _set_cell(cell: Any, size: float, *, header: bool, theme: Theme) -> None:
    from pptx.dml.color import RGBColor  # late, as above
    from pptx.util import Pt

    cell.margin_top = cell.margin_bottom = Pt(_PADDING / 2)
    cell.fill.solid()
    background = theme.brand.palette.headings if header else "#FFFFFF"
    cell.fill.fore_color.rgb = RGBColor.from_string(background.lstrip("#").upper())
    _set_line(cell)
    for paragraph in cell.text_frame.paragraphs:
        for run in paragraph.runs:
            run.font.size = Pt(size)
            colour = "#FFFFFF" if header else colours.TEXT
            run.font.color.rgb = RGBColor.from_string(colour.lstrip("#"))


def _set_line(cell: Any) -> None:
    """Draw the lines above and below a cell."""
    from lxml import etree  # late, as above

    space = "http://schemas.openxmlformats.org/drawingml/2006/main"
    properties = cell._tc.get_or_add_tcPr()
    fill = f'<a:solidFill><a:srgbClr val="{colours.RULE.lstrip("#")}"/></a:solidFill>'
    for place, name in enumerate(
        ("lnT", "lnB")
    ):  # of two cells that meet some programs draw the lower one's
        for old in properties.findall(f"{{{space}}}{name}"):
            properties.remove(old)
        properties.insert(
            place, etree.fromstring(f'<a:{name} xmlns:a="{space}" w="9525">{fill}</a:{name}>')
        )


def _add_foot(slide: Any, words: str) -> None:
    from pptx.dml.color import RGBColor  # late, as above
    from pptx.util import Pt

    box = slide.shapes.add_textbox(*_FOOT)
    run = box.text_frame.paragraphs[0].add_run()
    run.text, run.font.size = words, Pt(11)
    run.font.color.rgb = RGBColor.from_string(colours.TEXT_SECONDARY.lstrip("#"))
