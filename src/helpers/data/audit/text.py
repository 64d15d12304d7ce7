"""Texts and markup: what a reader would see, and what stands behind it in attributes and embedded files."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import unquote_to_bytes

from helpers.data.audit.alarms import combine
from helpers.data.audit.identifiers import find_identifiers, plain_text, words_of
from helpers.data.audit.pictures import words_in
from helpers.data.audit.tables import (
    DAY_COLUMNS,
    RECORD_COLUMNS,
    RECORD_NAMES,
    TELLING_NAMES,
    audit_header,
    holds_any,
    is_record_heading,
    name_problem,
    plain_name,
    rows_problem,
    shape_problems,
    unsaid,
)
from helpers.errors import Problem

#: attributes of HTML and SVG that draw, style or link within the page rather than speak
SILENT_ATTRIBUTES = words_of("""
    clip-path cx cy d dx dy fill font-size font-weight gradienttransform height integrity markerheight
    markerwidth offset opacity points preserveaspectratio r rx ry stroke stroke-dasharray stroke-width style
    transform viewbox width x x1 x2 xlink:href y y1 y2
""")
#: elements within a line of text; every other one ends it
INLINE = words_of("a abbr b code em i mark s small span strong sub sup time tspan u")

_MARKUP = re.compile(r"<(!doctype|html|body|svg|table|div|p|figure|section|span|a|img)\b", re.IGNORECASE)
#: how a day of care begins in a heading
_DAY = re.compile("admi|discharg|appointment", re.IGNORECASE)
#: a comment, a tag with its attributes, or the words between
_PIECES = re.compile(
    r"""<!--(.*?)-->|<(/?)([A-Za-z!?][^\s/>]*)((?:[^>"']|"[^"]*"|'[^']*')*)>|([^<]+|<)""", re.DOTALL
)
_ATTRIBUTE = re.compile(r"""([^\s=/"']+)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""")
#: drawing, which takes long to read and says nothing; a picture within is looked into
_DRAWING = re.compile(rf"""\s(?:{"|".join(sorted(SILENT_ATTRIBUTES))})=(?!["']data:)("[^"]*"|'[^']*')""")


def audit_text(text: str, where: str) -> list[Problem]:
    """Return the identifiers of patients found in a text, which may be HTML or SVG.

    >>> [problem.came for problem in audit_text("Patient 943 476 5919 stayed.", "page")]
    ['1 NHS number: *** *** **19 (line 1)']
    """
    if _MARKUP.search(text):
        page = _read_page(_DRAWING.sub("", text))
        problems = audit_plain("".join(page.text), f"{where}, text")
        problems += shape_problems([*map(unsaid, page.headings)], [row for row in page.rows if row], where)
        for comment in page.comments:
            problems += audit_text(comment, f"{where}, comment")
        for uri in page.embedded:
            problems += audit_text(_embedded_text(uri), f"{where}, embedded file")
        return problems
    return audit_plain(text, where)


def audit_plain(text: str, where: str, *, headings: bool = True) -> list[Problem]:
    """Audit text without markup; `headings=False` for code, which names columns without showing rows."""
    clean = plain_text(text)
    problems = combine(where, clean, find_identifiers(clean))
    if holds_any(clean, RECORD_NAMES):
        telling = sorted({match.group(0) for match in TELLING_NAMES.finditer(clean)})
        problems += [name_problem(where, telling)] if telling else []
        problems += _header_problems(clean, where) if headings else []
    if headings and holds_any(clean, DAY_COLUMNS):
        problems += _heading_problems(clean, where)
    return problems


def _header_problems(text: str, where: str) -> Iterator[Problem]:
    """Yield the record-level columns of tables in text."""
    for number, line in enumerate(text.splitlines(), start=1):
        if line.count("|") >= 2:
            yield from audit_header(unsaid(line.split("|")), f"{where}, line {number}")


def _heading_problems(text: str, where: str) -> Iterator[Problem]:
    """Yield the headings of tables of patients; a sentence has too many other words to be one."""
    for number, line in enumerate(text.splitlines(), start=1):
        if not _DAY.search(line):
            continue
        names = [name for name in re.split(r"[|,;\t\s]+", line) if name.strip('"|')]
        known = sum(plain_name(name) in RECORD_COLUMNS for name in names)
        if known >= len(names) / 2 and is_record_heading(names):
            yield rows_problem(f"{where}, line {number}")


@dataclass
class _Page:
    """What a page says: its text, speaking attributes, tables and embedded files."""

    text: list[str] = field(default_factory=list)
    headings: list[list[str]] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    embedded: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)

    def add_attributes(self, text: str) -> None:
        """Take in what attributes say."""
        for match in _ATTRIBUTE.finditer(text):
            value = match[2].strip("\"'")
            if value.startswith("data:"):
                self.embedded.append(value)
            elif value and match[1].lower() not in SILENT_ATTRIBUTES:
                self.text.append(f"\n{unescape(value)}\n")

    def open_cell(self, tag: str) -> list[str] | None:
        """Begin a cell of a table and return the row that it lies in; None for other elements."""
        if tag == "tr":
            self.headings.append([])
            self.rows.append([])
        if tag not in ("th", "td"):
            return None
        line = self.headings if tag == "th" else self.rows
        if not line:
            line.append([])
        line[-1].append("")
        return line[-1]


def _read_page(markup: str) -> _Page:
    """Read markup piece by piece; several times as fast as a parser, and forgiving like a browser."""
    page, cell, is_style = _Page(), None, False
    for comment, closing, name, attributes, words in _PIECES.findall(markup):
        tag = name.lower()
        if comment:
            page.comments.append(comment)
        elif tag:
            is_style = tag == "style" and not closing
            page.text.append("" if tag in INLINE else "\n")
            if attributes:
                page.add_attributes(attributes)
            if not closing:
                cell = page.open_cell(tag) or (cell if tag in INLINE else None)
            elif tag in ("td", "th", "tr", "table"):
                cell = None
        elif not is_style:
            said = unescape(words)
            page.text.append(said)
            if cell:
                cell[-1] += said
    return page


def _embedded_text(uri: str) -> str:
    """Return what a data: address says: its text, or what a picture or font says of itself."""
    head, _, body = uri.partition(",")
    content = unquote_to_bytes(body)
    if head.endswith(";base64"):
        try:
            content = base64.b64decode(content)
        except binascii.Error:
            return ""
    if re.match(r"data:(text/css|font|application/(font|x-font))", head):
        return ""
    if re.match(r"data:(text/|image/svg|application/(json|xml))", head):
        return content.decode("utf-8", errors="replace")
    return words_in(content)
