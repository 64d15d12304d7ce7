"""The words of a table's cell: what HTML says of them that every format can show, and nothing else."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Any, Final

from helpers.theme.markdown import break_short_codes, plain_line

_KEPT: Final = {"sup": "sup", "sub": "sub", "strong": "strong", "b": "strong", "em": "em", "i": "em"}
_SILENT: Final = {"style", "script", "template", "title"}
_BLOCKS: Final = {"p", "div", "li", "ul", "ol"}
_DRAWN: Final = {"img", "svg", "canvas", "object", "iframe", "video"}
_MARKS: Final = "gt_footnote_marks"
#: a superscript that is a sign of its own is one in every format, in what is copied and in what is read aloud
_RAISED: Final = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LINK: Final = re.compile(r"(?:https?://|mailto:)[^\s<>\"]+$")
_BREAK: Final = "<br>"


@dataclass(frozen=True)
class Words:
    """What a cell says."""

    html: str = ""  # with the few marks that every format has
    plain: str = ""  # the words alone, without the marks of footnotes


def words_of(cell: Any) -> Words:
    """Return what a cell of a parsed table says.

    >>> from lxml.html import fragment_fromstring
    >>> words_of(fragment_fromstring('<td><b>A&amp;E</b> <font color="red">x</font></td>'))
    Words(html='<strong>A&amp;E</strong> x', plain='A&E x')
    """
    marked = re.sub(r"(?:<br>|\s)+$|^(?:<br>|\s)+", "", _inside(cell))
    marked = " ".join(marked.split(" ")).replace("\xa0", " ").strip()
    return Words(re.sub(r" {2,}", " ", marked), plain_line(_plain(cell)))


def has_picture(cell: Any) -> bool:
    """Say whether a cell holds a picture."""
    return any(each.tag in _DRAWN for each in cell.iter())


def _inside(element: Any) -> str:
    parts = [_escaped(element.text)]
    for child in element:
        parts += [_marked(child), _escaped(child.tail)]
    return "".join(parts)


def _marked(child: Any) -> str:
    """Return an element within a cell with what is kept of it."""
    tag = child.tag if isinstance(child.tag, str) else "style"  # a comment
    if tag in _SILENT:
        return ""
    if tag == "br":
        return _BREAK
    if _MARKS in child.get("class", "").split():
        return _raised(child.text_content().strip())
    inside = _inside(child)
    if tag in _KEPT and inside.strip():
        return f"<{_KEPT[tag]}>{inside}</{_KEPT[tag]}>"
    if tag == "a" and _LINK.match(child.get("href", "")):
        return f'<a href="{html.escape(child.get("href"))}">{inside}</a>'
    return f"{inside}{_BREAK}" if tag in _BLOCKS else inside


def _raised(mark: str) -> str:
    """Return the mark of a footnote: never so that "1" before "1,234" reads as one number."""
    return mark.translate(_RAISED) if mark.isdigit() else f"<sup>{_escaped(mark)}</sup>"


def _plain(element: Any) -> str:
    tag = element.tag if isinstance(element.tag, str) else "style"
    if tag in _SILENT or _MARKS in element.get("class", "").split():
        return ""
    parts = [element.text or ""]
    for child in element:
        parts += [_plain(child), child.tail or ""]
    return "".join(parts) + (" " if tag in _BLOCKS or tag == "br" else "")


def _escaped(text: str | None) -> str:
    # one line, without signs that steer, but with the blanks at its ends
    line = re.sub(r"\s+", " ", text or "")
    start, end = line[:1] == " ", line[-1:] == " "
    said = html.escape(break_short_codes(plain_line(line)))
    return f"{' ' * start}{said}{' ' * (end and bool(said))}" if said else " " * start
