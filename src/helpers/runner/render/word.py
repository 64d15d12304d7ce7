"""Word: the reference document that gives pandoc its styles, and what pandoc cannot say afterwards.

Both engines take the same reference and the same finish.
"""

from __future__ import annotations

import io
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from helpers.errors import Problem, ReportError
from helpers.runner.document import Document
from helpers.theme import Theme, colours
from helpers.theme.markdown import plain_line

if TYPE_CHECKING:
    from docx.document import Document as Word

REFERENCE: Final = "reference.docx"
#: letters that the title in a file's properties may have (ISO/IEC 29500)
LONGEST_TITLE: Final = 255
#: on every machine, and the web's stand-in for the NHS's own typeface
FONT: Final = "Arial"
_W: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
#: name of a style, size in points, colour, bold, points before and after
_STYLES: Final = (
    ("Normal", 10.5, colours.TEXT, False, 0, 6),
    ("Body Text", 10.5, colours.TEXT, False, 0, 6),
    ("First Paragraph", 10.5, colours.TEXT, False, 0, 6),
    ("Compact", 9, colours.TEXT, False, 2, 2),
    ("Title", 24, "headings", True, 0, 4),
    ("Subtitle", 12, colours.TEXT_SECONDARY, False, 0, 2),
    ("Date", 12, colours.TEXT_SECONDARY, False, 0, 10),
    ("Heading 1", 24, "headings", True, 0, 6),
    ("Heading 2", 15, "headings", True, 16, 6),
    ("Heading 3", 12, colours.TEXT, True, 12, 4),
    ("Caption", 9, colours.TEXT_SECONDARY, False, 4, 4),
    ("Image Caption", 9, colours.TEXT_SECONDARY, False, 4, 10),
    ("Table Caption", 9, colours.TEXT_SECONDARY, False, 10, 4),
    ("Definition Term", 9.5, colours.TEXT_SECONDARY, True, 4, 0),
    ("Definition", 9.5, colours.TEXT, False, 0, 4),
)
#: the same for the styles that the filter asks for by name; they stand on Body Text
_BOXES: Final = (
    ("Headline Lead", 13, "headings", True, 6, 4),
    ("Headline", 11, colours.TEXT, False, 0, 4),
    ("Synthetic", 9.5, colours.CONCERN, False, 2, 8),
    ("Notes", 8.5, colours.TEXT_SECONDARY, False, 4, 10),
    ("Panel Title", 9.5, colours.TEXT_SECONDARY, True, 6, 0),
)
_BOXED: Final = ("Headline Lead", "Headline")


def write_reference(theme: Theme, folder: Path) -> None:
    """Write the reference document: A4, the board's styles in the trust's colours."""
    import docx  # late: only Word needs it
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Mm

    word = docx.Document(io.BytesIO(pandoc_data(REFERENCE)))
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(22)
    section.top_margin, section.bottom_margin = Mm(25), Mm(22)
    for name, *_ in _BOXES:
        word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = word.styles["Body Text"]
    for spec in (*_STYLES, *_BOXES):
        _set_style(word, theme, spec)
    for name in _BOXED:
        _set_box(word.styles[name], theme)
    for side in ("left", "right"):  # room for words in narrow columns
        for margin in word.styles["Table"].element.iter(f"{{{_W}}}{side}"):
            margin.set(f"{{{_W}}}w", "60")
    word.save(str(folder / REFERENCE))


def pandoc_data(name: str) -> bytes:
    """Return one of the files that come with pandoc.

    Raises
    ------
    ReportError
        When pandoc does not hand it out.
    """
    import pypandoc  # late: only rendering needs it

    command = [pypandoc.get_pandoc_path(), "--print-default-data-file", name]
    done = subprocess.run(command, capture_output=True, timeout=60)
    if done.returncode or not done.stdout:
        raise ReportError(Problem("pandoc", f"no {name}", cure="Install boardpack's environment anew."))
    return done.stdout


def _set_style(word: Word, theme: Theme, spec: tuple[str, float, str, bool, int, int]) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # late, as above
    from docx.shared import Pt, RGBColor

    name, size, colour, bold, before, after = spec
    style: Any = next(each for each in word.styles if each.name == name)
    style.font.name, style.font.size, style.font.bold, style.font.italic = FONT, Pt(size), bold, False
    for spread in style.element.rPr.findall(f"{{{_W}}}spacing"):  # pandoc's subtitles are letterspaced
        style.element.rPr.remove(spread)
    fonts = style.element.rPr.rFonts
    for each in ("ascii", "hAnsi", "cs", "eastAsia"):  # a theme's font would go before the style's
        fonts.attrib.pop(f"{{{_W}}}{each}Theme", None)
        fonts.set(f"{{{_W}}}{each}", FONT)
    style.font.color.rgb = RGBColor.from_string(
        (theme.brand.palette.headings if colour == "headings" else colour).lstrip("#").upper()
    )
    layout = style.paragraph_format
    layout.space_before, layout.space_after = Pt(before), Pt(after)
    layout.alignment, layout.widow_control = WD_ALIGN_PARAGRAPH.LEFT, True
    if name.startswith("Heading") or name == "Panel Title":
        layout.keep_with_next = True


def _set_box(style: Any, theme: Theme) -> None:
    """Give a style the background and the edge of a box."""
    from docx.oxml import parse_xml  # late, as above

    main, box = (each.lstrip("#") for each in (theme.brand.palette.main, theme.brand.palette.box))
    properties = style.element.get_or_add_pPr()
    edge = f'<w:left w:val="single" w:sz="36" w:space="8" w:color="{main}"/>'
    properties.append(parse_xml(f'<w:pBdr xmlns:w="{_W}">{edge}</w:pBdr>'))
    properties.append(parse_xml(f'<w:shd xmlns:w="{_W}" w:val="clear" w:color="auto" w:fill="{box}"/>'))
    style.paragraph_format.left_indent = 140_000  # English metric units: clear of the edge
    _in_order(properties)


def _in_order(properties: Any) -> None:
    """Put a paragraph's properties in the order that Word's schema asks for."""
    order = (
        "keepNext",
        "keepLines",
        "widowControl",
        "pBdr",
        "shd",
        "spacing",
        "ind",
        "contextualSpacing",
        "jc",
    )
    known = {f"{{{_W}}}{name}": place for place, name in enumerate(order)}
    properties[:] = sorted(properties, key=lambda each: known.get(each.tag, len(known)))


def finish_word(path: Path, document: Document, *, theme: Theme, logo: Path | None = None) -> None:
    """Finish what pandoc wrote: tables that repeat their header and cut no row, running head, page numbers.

    Parameters
    ----------
    path
        The Word file; it is changed in place.
    document
        What it shows.
    theme
        The look.
    logo
        The trust's logo as PNG.
    """
    import docx  # late, as above

    word = docx.Document(str(path))
    for table in word.tables:
        _finish_table(table)
    facts = document.facts
    _set_head_and_foot(word, f"{facts.organisation_name} ({facts.organisation_code})", document, theme)
    if logo:
        _set_logo(word, logo, theme)
    properties = word.core_properties
    properties.title, properties.language, properties.author = (
        plain_line(facts.title)[:LONGEST_TITLE],
        theme.page.lang,
        theme.brand.name,
    )
    word.save(str(path))


def _finish_table(table: Any) -> None:
    from docx.shared import RGBColor  # late, as above

    for number, row in enumerate(table.rows):
        properties = row._tr.get_or_add_trPr()
        _add_flag(properties, "cantSplit")
        if number == 0:
            _add_flag(properties, "tblHeader")
        for place, cell in enumerate(row.cells):
            _set_line(cell, heavy=number == 0)
            for run in (run for paragraph in cell.paragraphs for run in paragraph.runs):
                run.bold = True if number == 0 or place == 0 else run.bold
                if number == 0:
                    run.font.color.rgb = RGBColor.from_string(colours.TEXT_SECONDARY.lstrip("#"))


def _add_flag(properties: Any, name: str) -> None:
    from docx.oxml import OxmlElement  # late, as above
    from docx.oxml.ns import qn

    if properties.find(qn(f"w:{name}")) is None:
        properties.append(OxmlElement(f"w:{name}"))


def _set_line(cell: Any, *, heavy: bool) -> None:
    """Draw the line below a cell."""
    from docx.oxml import parse_xml  # late, as above

    size, colour = (8, colours.TEXT_SECONDARY) if heavy else (4, colours.RULE)
    properties = cell._tc.get_or_add_tcPr()
    for old in properties.findall(f"{{{_W}}}tcBorders"):
        properties.remove(old)
    line = f'<w:bottom w:val="single" w:sz="{size}" w:space="0" w:color="{colour.lstrip("#")}"/>'
    borders = parse_xml(f'<w:tcBorders xmlns:w="{_W}">{line}</w:tcBorders>')
    later = [each for each in properties if each.tag.split("}")[1] in ("shd", "noWrap", "tcMar", "vAlign")]
    (later[0].addprevious if later else properties.append)(borders)


def _set_head_and_foot(word: Word, organisation: str, document: Document, theme: Theme) -> None:
    section = word.sections[0]
    section.different_first_page_header_footer = True
    facts = document.facts
    parts = [facts.title, organisation, facts.period_label, "synthetic data" if facts.synthetic else ""]
    _write_small(section.header.paragraphs[0], plain_line(" · ".join(part for part in parts if part)))
    for foot in (section.footer, section.first_page_footer):
        line = foot.paragraphs[0]
        _write_small(line, f"{theme.brand.name} · page " if theme.brand.name else "Page ")
        _add_field(line, "PAGE")
        _write_small(line, " of ")
        _add_field(line, "NUMPAGES")


def _write_small(line: Any, words: str) -> Any:
    from docx.shared import Pt, RGBColor  # late, as above

    run = line.add_run(words)
    run.font.size, run.font.name = Pt(8.5), FONT
    run.font.color.rgb = RGBColor.from_string(colours.TEXT_SECONDARY.lstrip("#"))
    return run


def _add_field(line: Any, name: str) -> None:
    """Add a number that Word works out: of the page, or of all pages."""
    from docx.oxml import parse_xml  # late, as above

    for part in (
        '<w:fldChar w:fldCharType="begin"/>',
        f'<w:instrText xml:space="preserve"> {name} </w:instrText>',
        '<w:fldChar w:fldCharType="separate"/>',
        "<w:t>1</w:t>",
        '<w:fldChar w:fldCharType="end"/>',
    ):
        _write_small(line, "")._r.append(parse_xml(_named(part)))


def _named(part: str) -> str:
    """Return a piece of XML that says which namespace it is of."""
    end = min(place for place in (part.find(" "), part.find(">")) if place > 0)
    return f'{part[:end]} xmlns:w="{_W}"{part[end:]}'


def _set_logo(word: Word, logo: Path, theme: Theme) -> None:
    """Set the logo at the top of the first page, with the trust's name as its alt text."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # late, as above
    from docx.shared import Mm

    line = word.sections[0].first_page_header.paragraphs[0]
    line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    picture = line.add_run().add_picture(str(logo), height=Mm(13))
    picture._inline.docPr.set("descr", theme.brand.name)
