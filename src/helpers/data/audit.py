"""Look for identifiers of patients in what is about to leave: NHS numbers, record-level columns, rows.

An NHS number is ten digits whose last is a modulus-11 check digit, so one in eleven arbitrary ten-digit
numbers looks like one. Three things keep false alarms near nothing without letting a real one through:
numbers are read only from text, never from drawing (path data, coordinates, styles, pictures); digits in
thousands, with decimals or inside a longer word (hashes, keys) do not count; and ten digits in one go must
lie in a range from which NHS numbers are issued or their examples taken. Found numbers are never repeated
in full.

PDF files are not read: their text cannot be had without a dependency, and it is that of the HTML file made
from the same document, which is.
"""

from __future__ import annotations

import base64
import binascii
import csv
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

from helpers.bundle import Bundle, Cell
from helpers.errors import Problem

#: how many findings of one kind a message lists before it only counts them
LISTED = 5
#: ten-digit whole numbers in a column of figures are identifiers when at least so many all pass the check
#: digit: by chance that happens once in 11 ** 3 columns
ALL_PASS = 3


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: attributes of HTML and SVG that draw, style or link within the page rather than speak
SILENT_ATTRIBUTES = _words("""
    class clip-path cx cy d dx dy fill font-size font-weight gradienttransform height integrity markerheight
    markerwidth offset opacity points preserveaspectratio r rx ry stroke stroke-dasharray stroke-width style
    transform viewbox width x x1 x2 xlink:href y y1 y2
""")
#: elements within a line of text; every other one ends it
INLINE = _words("a abbr b code em i mark s small span strong sub sup time tspan u")

_SEPARATOR = r"[ \-‐‑–]"
_GROUPED = re.compile(
    rf"(?<![\w.])(?<!\d{_SEPARATOR})\d{{3}}({_SEPARATOR})\d{{3}}\1\d{{4}}(?!\w|\.\d|{_SEPARATOR}\d)"
)
_SOLID = re.compile(r"(?<!\w)(?<!\d\.)\d{10}(?:(?=\.0\b)|(?!\w|\.\d))")
_LABELLED = re.compile(r"nhs\W{0,3}(number|num|no)\b\W{0,20}$", re.IGNORECASE)
#: book numbers of ten digits have the same check digit
_BOOK = re.compile(r"isbn\W{0,6}(10\W{0,3})?$", re.IGNORECASE)
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_MARKUP = re.compile(r"<(!doctype|html|body|svg|table|div|p|figure|section)\b", re.IGNORECASE)
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")

#: names of columns that only a table of records has, without spaces, underscores and case
RECORD_NAMES = _words("""
    nhsnumber nhsno newnhsno nhsnum nationalpatientid patientid patientidentifier patientnumber patientname
    localpatientid localpatientidentifier lopatid hospitalnumber mrn medicalrecordnumber chinumber hesid
    pseudohesid encryptedhesid extracthesid tokenpersonid personid epikey attendkey aekey spellid
    spellidentifier susrecid susspellid surname forename firstname lastname familyname givenname dateofbirth
    birthdate dob mydob dateofdeath postcode homepostcode patientpostcode homeaddress homeadd patientaddress
    uprn ninumber nationalinsurancenumber admidate disdate epistart epiend apptdate
""")
#: of these, names that no sentence contains, so that they tell wherever they stand
TELLING_NAMES = re.compile(
    r"\b(nhs_?(number|no|num)|newnhsno|patient_?id|lopatid|(pseudo|encrypted|extract)_?hesid|hesid|epikey|"
    r"attendkey|aekey|susrecid|date_of_birth|mydob|homeadd|home_?postcode|patient_postcode)\b",
    re.IGNORECASE,
)
#: columns of the mart's record tables; a heading with several of them and a day of care shows patients
DAY_COLUMNS = _words("admitted discharged appointmentdate admissiondate dischargedate")
RECORD_COLUMNS = DAY_COLUMNS | _words("""
    losdays admissionmethod patientclass ageband age sex imddecile casemixgroup died readmitted30d leaddays
    outcome diagnosis procedure
""")
RECORD_COLUMNS_IN_A_ROW = 4


def is_nhs_number(digits: str) -> bool:
    """Tell whether ten digits end in the right modulus-11 check digit.

    Source: NHS Data Dictionary, NHS NUMBER: weights 10 to 2, 11 less the remainder, 11 counts as 0 and 10
    is never issued. Ten equal digits pass too but are placeholders.

    >>> is_nhs_number("9434765919"), is_nhs_number("9434765918")
    (True, False)
    """
    if len(digits) != 10 or not digits.isdecimal() or len(set(digits)) == 1:
        return False
    weighted = sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), digits, strict=False))
    return (11 - weighted % 11) % 11 == int(digits[9])


def audit_text(text: str, where: str) -> list[Problem]:
    """Return the identifiers of patients found in a text, which may be HTML or SVG.

    Parameters
    ----------
    text
        What a reader would see, or markup.
    where
        How the place is called in the problems.

    Returns
    -------
    list of Problem
        Empty where nothing was found; numbers are redacted.

    >>> [problem.came for problem in audit_text("Patient 943 476 5919 stayed.", "page")]
    ['1 NHS number: *** *** **19 (line 1)']
    """
    if _MARKUP.search(text):
        return _audit_markup(text, where)
    return _audit_plain(text, where)


def audit_bundles(bundles: Sequence[Bundle]) -> list[Problem]:
    """Return the identifiers of patients found in what a notebook hands over.

    Reads captions, alt texts, prose, column names and cells. Figures in columns of kind count, rate and
    model are identifiers only where at least `ALL_PASS` ten-digit ones all have a right check digit.
    """
    problems: list[Problem] = []
    for bundle in bundles:
        problems += audit_text("\n".join((bundle.caption, bundle.alt, bundle.markdown)), bundle.id)
        labels = [column.label for column in bundle.columns]
        problems += audit_header(labels, bundle.id)
        if _is_record_heading(labels) and all(column.kind != "count" for column in bundle.columns):
            problems.append(_rows_problem(bundle.id))
        for place, column in enumerate(bundle.columns):
            cells = [row[place] for row in bundle.rows]
            problems += _cell_problems(cells, f"{bundle.id}, column {column.label}", kind=column.kind)
    return problems


def audit_header(names: Iterable[str], where: str) -> list[Problem]:
    """Return the column names that only a table of records has.

    >>> audit_header(["Trust", "Date of birth"], "table 1")[0].came
    'record-level columns: Date of birth'
    """
    found = [name for name in names if _plain(name) in RECORD_NAMES]
    return [_name_problem(where, [name.strip() for name in found])] if found else []


def audit_file(path: Path | str) -> list[Problem]:
    """Return the identifiers of patients found in a file that is about to be published.

    Reads .html, .svg, .ipynb, .json, .csv and anything else that is text; PDF files and pictures are not
    read (see the module's docstring).
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix in (".pdf", ".png", ".jpg", ".jpeg", ".woff", ".woff2", ".docx", ".pptx", ".xlsx"):
        return []
    text = path.read_text("utf-8", errors="replace")
    if suffix in (".ipynb", ".json"):
        return _audit_json(text, path.name)
    if suffix == ".csv":
        header = next(csv.reader(text.splitlines()), [])
        return [*audit_header(_unsaid(header), path.name), *_audit_plain(text, path.name)]
    return audit_text(text, path.name)


def _audit_plain(text: str, where: str, *, headings: bool = True) -> list[Problem]:
    """Audit text without markup; `headings=False` for code, which names columns without showing rows."""
    clean = unicodedata.normalize("NFKC", text).translate(_INVISIBLE)
    problems = list(_number_problems(clean, where))
    telling = sorted({match.group(0) for match in TELLING_NAMES.finditer(clean)})
    if telling:
        problems.append(_name_problem(where, telling))
    for number, line in enumerate(clean.splitlines() if headings else (), start=1):
        problems += _line_problems(line, f"{where}, line {number}")
    return problems


def _line_problems(line: str, where: str) -> Iterator[Problem]:
    """Yield what the heading of a table in text shows; a sentence has too many other words to be one."""
    if line.count("|") >= 2:
        yield from audit_header(_unsaid(line.split("|")), where)
    names = [name for name in re.split(r"[|,;\t\s]+", line) if name.strip('"|')]
    known = sum(_plain(name) in RECORD_COLUMNS for name in names)
    if known >= len(names) / 2 and _is_record_heading(names):
        yield _rows_problem(where)


# --- numbers ------------------------------------------------------------------------------------------


def _number_problems(text: str, where: str) -> Iterator[Problem]:
    found: dict[str, str] = {}
    for match in (*_GROUPED.finditer(text), *_SOLID.finditer(text)):
        digits = re.sub(r"\D", "", match.group(0))
        before = text[max(0, match.start() - 40) : match.start()]
        if not is_nhs_number(digits) or _BOOK.search(before):
            continue
        if match.re is _GROUPED or _may_be_issued(digits) or _LABELLED.search(before):
            found.setdefault(digits, f"line {text.count(chr(10), 0, match.start()) + 1}")
    if found:
        yield _number_problem(where, found)


def _may_be_issued(digits: str) -> bool:
    """Tell whether a number lies in a range of NHS numbers.

    Source: NHS Data Dictionary: 400 to 499 and 600 to 799 (England, Wales, Isle of Man), 320 to 399
    (Northern Ireland), day and month of birth first (Scotland). 900 to 999 holds tests and examples.
    """
    start = int(digits[:3])
    scottish = 1 <= int(digits[:2]) <= 31 and 1 <= int(digits[2:4]) <= 12
    return scottish or 320 <= start <= 499 or 600 <= start <= 799 or start >= 900


def _number_problem(where: str, found: dict[str, str]) -> Problem:
    shown = [f"*** *** **{digits[-2:]} ({place})" for digits, place in list(found.items())[:LISTED]]
    more = f" and {len(found) - LISTED} more" if len(found) > LISTED else ""
    plural = "s" if len(found) > 1 else ""
    return Problem(
        where,
        f"{len(found)} NHS number{plural}: {', '.join(shown)}{more}",
        "no identifier of a patient",
        "remove it from what the notebook shows; report it if it is real",
    )


def _cell_problems(cells: Sequence[Cell], where: str, *, kind: str) -> Iterator[Problem]:
    """Yield identifiers in a column: any in words and labels, and figures that all pass the check digit."""
    words = [cell for cell in cells if isinstance(cell, str)]
    yield from audit_text("\n".join(words), where)
    long = {
        f"{cell:.0f}": f"row {number}"
        for number, cell in enumerate(cells, start=1)
        if isinstance(cell, int | float) and float(cell).is_integer() and 10**9 <= cell < 10**10
    }
    passing = {digits: row for digits, row in long.items() if is_nhs_number(digits)}
    figures = kind in ("count", "rate", "model")
    if passing and (not figures or (len(passing) == len(long) >= ALL_PASS)):
        yield _number_problem(where, passing)


# --- columns and rows ---------------------------------------------------------------------------------


def _plain(name: str) -> str:
    return _NOT_A_WORD.sub("", name.lower())


def _unsaid(names: Iterable[str]) -> list[str]:
    """Return the names that the text they stand in does not already tell."""
    return [name for name in names if not TELLING_NAMES.search(name)]


def _is_record_heading(names: Iterable[str]) -> bool:
    plain = {_plain(name) for name in names}
    return bool(plain & DAY_COLUMNS) and len(plain & RECORD_COLUMNS) >= RECORD_COLUMNS_IN_A_ROW


def _name_problem(where: str, names: Sequence[str]) -> Problem:
    return Problem(
        where,
        f"record-level columns: {', '.join(names)}",
        "aggregates only",
        "records never leave the mart as rows: show counts, means or shares",
    )


def _rows_problem(where: str) -> Problem:
    return Problem(
        where,
        "a table with one row per spell or appointment",
        "aggregates only",
        "records never leave the mart as rows: show counts, means or shares",
    )


# --- markup and JSON ----------------------------------------------------------------------------------


class _Reader(HTMLParser):
    """Collects what a page says: its text, speaking attributes, table headings and embedded files."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.headings: list[list[str]] = []
        self.embedded: list[str] = []
        self._silent = False
        self._in_heading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent = tag == "style"
        self._break(tag)
        if tag == "tr":
            self.headings.append([])
        if tag == "th":
            self._in_heading = True
            if not self.headings:
                self.headings.append([])
            self.headings[-1].append("")
        for name, value in attrs:
            if value and value.startswith("data:"):
                self.embedded.append(value)
            elif value and name not in SILENT_ATTRIBUTES:
                self.text.append(f"\n{value}\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent = False
        self._in_heading = self._in_heading and tag != "th"
        self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.text.append(data)
        if self._in_heading:
            self.headings[-1][-1] += data

    def handle_comment(self, data: str) -> None:
        self.text.append(f"\n{data}\n")

    def _break(self, tag: str) -> None:
        if tag not in INLINE:
            self.text.append("\n")


def _audit_markup(text: str, where: str) -> list[Problem]:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    problems = _audit_plain("".join(reader.text), f"{where}, text")
    for heading in reader.headings:
        problems += audit_header(_unsaid(heading), where)
        if _is_record_heading(heading):
            problems.append(_rows_problem(where))
    for uri in reader.embedded:
        problems += audit_text(_embedded_text(uri), f"{where}, embedded file")
    return problems


def _embedded_text(uri: str) -> str:
    """Return the text of a data: address; nothing for pictures and fonts."""
    head, _, body = uri.partition(",")
    if not re.match(r"data:(text/(?!css)|image/svg|application/(json|xml))", head):
        return ""
    content = unquote_to_bytes(body)
    if head.endswith(";base64"):
        try:
            content = base64.b64decode(content)
        except binascii.Error:
            return ""
    return content.decode("utf-8", errors="replace")


def _audit_json(text: str, where: str) -> list[Problem]:
    """Read every name and word of a JSON file or notebook; text that is no JSON is read as it is."""
    try:
        content = json.loads(text)
    except ValueError:
        return audit_text(text, where)
    words, code, names = _walk(content)
    problems = [*audit_header(sorted(names), where), *_number_problems("\n".join(sorted(names)), where)]
    for number, word in enumerate(words, start=1):
        problems += audit_text(word, f"{where}, text {number}")
    for number, cell in enumerate(code, start=1):
        problems += _audit_plain(cell, f"{where}, code cell {number}", headings=False)
    return problems


def _walk(content: Any) -> tuple[list[str], list[str], set[str]]:
    """Return the texts, the code and the names of a JSON value; a list of lines makes one text."""
    words: list[str] = []
    code: list[str] = []
    names: set[str] = set()
    # Reversed, so that the stack gives things back in their order.
    stack = [content]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            is_code = item.get("cell_type") == "code"
            code += [_joined(item.get("source", ""))] if is_code else []
            silent = {"image/png", "image/jpeg", "source" if is_code else ""}
            names |= set(item)
            stack += [value for key, value in reversed(item.items()) if key not in silent]
        elif isinstance(item, list) and not all(isinstance(part, str) for part in item):
            stack += reversed(item)
        elif item is not None and not isinstance(item, bool):
            words.append(_joined(item))
    return words, code, names


def _joined(value: Any) -> str:
    """Return the text of a value; the lines of a notebook's cell carry their own line ends."""
    if not isinstance(value, list):
        return str(value)
    return "".join(part if part.endswith("\n") else f"{part}\n" for part in map(str, value))
