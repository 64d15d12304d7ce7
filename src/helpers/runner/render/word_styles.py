"""Word's reference document, which gives pandoc the board's styles; both engines take it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, Final

import docx
from docx.document import Document as Word
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.shared import Mm, Pt, RGBColor

from helpers.runner.render.office import FONT, pandoc_data
from helpers.theme import Theme, colours

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
    ("Contents Title", 9.5, colours.TEXT_SECONDARY, True, 14, 2),
    ("Contents", 9.5, colours.TEXT, False, 0, 1),
)
_BOXED: Final = ("Headline Lead", "Headline")
_TITLES: Final = ("Panel Title", "Contents Title")


def write_reference(theme: Theme, path: Path) -> None:
    """Write the reference document: A4, the board's styles in the trust's colours."""
    word = docx.Document(io.BytesIO(pandoc_data("reference.docx")))
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
    word.styles["Hyperlink"].font.color.rgb = _rgb(theme.brand.palette.main)
    for side in ("left", "right"):  # room for words in narrow columns
        for margin in word.styles["Table"].element.iter(f"{{{_W}}}{side}"):
            margin.set(f"{{{_W}}}w", "60")
    word.save(str(path))


def _set_style(word: Word, theme: Theme, spec: tuple[str, float, str, bool, int, int]) -> None:
    name, size, colour, bold, before, after = spec
    style: Any = next(each for each in word.styles if each.name == name)
    style.font.name, style.font.size, style.font.bold, style.font.italic = FONT, Pt(size), bold, False
    for spread in style.element.rPr.findall(f"{{{_W}}}spacing"):  # pandoc's subtitles are letterspaced
        style.element.rPr.remove(spread)
    fonts = style.element.rPr.rFonts
    for each in ("ascii", "hAnsi", "cs", "eastAsia"):  # a theme's font would go before the style's
        fonts.attrib.pop(f"{{{_W}}}{each}Theme", None)
        fonts.set(f"{{{_W}}}{each}", FONT)
    style.font.color.rgb = _rgb(theme.brand.palette.headings if colour == "headings" else colour)
    layout = style.paragraph_format
    layout.space_before, layout.space_after = Pt(before), Pt(after)
    layout.alignment, layout.widow_control = WD_ALIGN_PARAGRAPH.LEFT, True
    if name.startswith("Heading") or name in _TITLES:
        layout.keep_with_next = True


def _rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(colour.lstrip("#").upper())


def _set_box(style: Any, theme: Theme) -> None:
    """Give a style the background and the edge of a box."""
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
