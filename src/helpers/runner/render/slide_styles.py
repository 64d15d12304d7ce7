"""PowerPoint's reference document, which gives pandoc the board's look; both engines take it."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any, Final

from pptx import Presentation
from pptx.oxml.ns import qn

from helpers.runner.render.office import FONT, pandoc_data
from helpers.theme import Theme, colours

#: English metric units of a slide of 13.33 by 7.5 inches, and of its margin
WIDTH, HEIGHT, MARGIN = 12_192_000, 6_858_000, 560_000
#: of them to a point
POINT: Final = 12_700
TITLE: Final = (MARGIN, 330_000, WIDTH - 2 * MARGIN, 800_000)
BODY: Final = (MARGIN, 1_250_000, WIDTH - 2 * MARGIN, 4_950_000)
_SERIAL: Final = "{http://schemas.microsoft.com/office/powerpoint/2010/main}creationId"


def write_reference(theme: Theme, path: Path) -> None:
    """Write the reference: wide slides, titles to the left, the trust's colours."""
    deck: Any = Presentation(io.BytesIO(pandoc_data("reference.pptx")))
    scale = WIDTH / deck.slide_width
    deck.slide_width, deck.slide_height = WIDTH, HEIGHT
    for page in (deck.slide_master, *deck.slide_layouts):
        _drop_serial_numbers(page)
        for shape in page.placeholders:
            where = (shape.left, shape.top, shape.width, shape.height)
            shape.left, shape.top, shape.width, shape.height = (round(scale * each) for each in where)
    for page in (
        deck.slide_master,
        *(each for each in deck.slide_layouts if each.name == "Title and Content"),
    ):
        place(page.placeholders[0], TITLE)
        place(page.placeholders[1], BODY)
    _set_theme(deck, theme)
    _set_text_styles(deck.slide_master)
    deck.save(str(path))


def _drop_serial_numbers(page: Any) -> None:
    """Drop the random numbers by which PowerPoint knows its layouts: one of them could be an NHS number."""
    for number in list(page.element.iter(_SERIAL)):
        extension = number.getparent()
        extensions = extension.getparent()
        extensions.remove(extension)
        if not len(extensions):
            extensions.getparent().remove(extensions)


def place(shape: Any, where: tuple[int, int, int, int]) -> None:
    """Give a shape its left, top, width and height, in English metric units."""
    shape.left, shape.top, shape.width, shape.height = where


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
    styles = master.element.find(qn("p:txStyles"))
    title = styles.find(qn("p:titleStyle")).find(qn("a:lvl1pPr"))
    title.set("algn", "l")
    words = title.find(qn("a:defRPr"))
    words.set("sz", "2400")
    words.set("b", "1")
    for fill in words.iter(qn("a:schemeClr")):
        fill.set("val", "tx2")
    for level, size in zip(styles.find(qn("p:bodyStyle")), (1800, 1600, 1400), strict=False):
        level.find(qn("a:defRPr")).set("sz", str(size))
    for holder in master.placeholders:
        if holder.placeholder_format.idx == 0:
            holder.text_frame._txBody.bodyPr.set("anchor", "b")
