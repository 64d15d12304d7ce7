"""What tells a patient apart in a text: NHS numbers in every disguise, dates of birth, full postcodes.

An NHS number is ten digits whose last is a modulus-11 check digit, so one in eleven arbitrary ten-digit
numbers looks like one. Two things keep false alarms near nothing without letting a real one through:
digits in thousands, with decimals or inside a longer word (hashes, keys) do not count; and ten digits in
one go must lie in a range from which NHS numbers are issued or their examples taken.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote

Kind = Literal[
    "nhs_number", "date_of_birth", "postcode", "record_columns", "record_rows", "small_count", "unreadable"
]


@dataclass(frozen=True)
class IdentifierMatch:
    """Something found in a text: what it is, as it stands there, and from where to where."""

    kind: Kind
    value: str
    start: int
    end: int


#: ten digits near each other, without which there is no NHS number
_MANY_DIGITS = re.compile(r"\d(?:[^\w,\n]{0,3}_?\d){9}")
_GAP = r"[ \-‐‑‒–—−]{1,3}"
_RARE_GAP = r" ?[./_|] ?"
_GROUPED = re.compile(rf"(?<![\w.])(?<!\d[ \-‐‑–])\d{{3}}{_GAP}\d{{3}}{_GAP}\d{{4}}(?!\w|\.\d|[ \-‐‑–]\d)")
_RARELY_GROUPED = re.compile(
    rf"(?<![\w./])\d{{3}}(?P<gap>{_RARE_GAP})\d{{3}}(?P=gap)\d{{4}}(?!\w|[./]\d|{_RARE_GAP}\d)"
)
#: groupings that forms and telephones leave: two of five, or three with one of four in front or amid
_GROUPED_OTHERWISE = re.compile(
    rf"(?<![\w.,])(?<!\d[ \-‐‑–])(?:\d{{4}}(?P<a>{_GAP})\d{{3}}(?P=a)\d{{3}}|\d{{3}}(?P<b>{_GAP})\d{{4}}(?P=b)\d{{3}}"
    rf"|\d{{5}}{_GAP}\d{{5}})(?!\w|[.,]\d|[ \-‐‑–]\d)"
)
_SOLID = re.compile(r"(?<!\w)(?<!\d\.)\d{10}(?:(?=\.0+\b|(?:\.0+)?[eE]\+?0+\b)|(?!\w|\.\d))")
#: as spreadsheets show a long number, with all of its digits
_EXPONENT = re.compile(r"(?<![\w.])\d\.\d{8,9}[eE]\+?0?9\b")
_WORDED = re.compile(r"(?<=_)\d{10}(?![\dA-Za-z])|(?<![\dA-Za-z])\d{10}(?=_)")
_SPACED = re.compile(r"(?<!\d)(?<!\d[ -])\d(?:[ -]\d){9}(?![ -]?\d)")
_LABELLED = re.compile(r"nhs\W{0,3}(number|num|no)\b\W{0,20}$", re.IGNORECASE)
#: book numbers of ten digits have the same check digit
_BOOK = re.compile(r"isbn\W{0,6}(10\W{0,3})?$", re.IGNORECASE)
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_ENCODED = re.compile(r"(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_-]{14,20000}={0,2}(?![A-Za-z0-9+/_=-])")


def words_of(text: str) -> frozenset[str]:
    """Return the words of a list."""
    return frozenset(text.split())


_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DAY = (
    r"(?:(?:0?[1-9]|[12]\d|3[01])[/.\-](?:0?[1-9]|1[0-2])[/.\-](?:(?:19|20)\d\d|\d\d)"
    r"|(?:19|20)\d\d[-/](?:0[1-9]|1[0-2])[-/](?:0[1-9]|[12]\d|3[01])"
    rf"|(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?[ -]{_MONTH}[ -,]{{1,2}}(?:19|20)\d\d"
    rf"|{_MONTH} (?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?,? (?:19|20)\d\d)"
)
#: the day and month of "12 Mar 50" and "12/03/50"
_DAY_AND_MONTH = (
    rf"(?:(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?[ \-/.]{{0,2}}{_MONTH}[ \-/.,']{{1,2}}"
    r"|(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|1[0-2])/)"
)
#: a cell or line of its own: its year of two digits is later than any plan's
_LONE_BIRTH = re.compile(
    rf"(?:^|(?<=[,;|\t\"])) *(?P<day>{_DAY_AND_MONTH}[5-9]\d) *(?=$|[,;|\t\"])",
    re.IGNORECASE | re.MULTILINE,
)
_BIRTH = re.compile(
    rf"\b(?:date[ _-]of[ _-]birth|birth[ _-]?da(?:te|y)|d\.?o\.?b\b\.?|born(?: on)?)\W{{0,12}}"
    rf"(?P<day>{_DAY}|{_DAY_AND_MONTH}\d\d)\b",
    re.IGNORECASE,
)
#: a day so long ago is hardly ever one of a report's own; 1 January 1900 and 1970 stand for no date at all
_LONG_AGO = re.compile(rf"(?<![\w./-])(?={_DAY}(?![\w-]))(?P<day>{_DAY})(?!\d|[/.-]\d)", re.IGNORECASE)
_NO_DATE = frozenset({"1900-01-01", "1970-01-01", "01/01/1900", "01/01/1970"})
_OLD_YEAR = re.compile(r"19\d\d")
#: "30 September 1950" with its suffix
_LONGEST_DATE = 20

_AREAS = words_of("""
    AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E
    EC EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL
    LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM
    SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE
""")
_POSTCODE_GAP = "(?: {0,2}| ?[-–] ?)"
#: source: Royal Mail, Programmers' guide: an area, a district, and a digit with two of the letters in use
_POSTCODE = re.compile(
    r"(?<![\w-])(?P<area>[A-Z]{1,2})\d[A-HJKPSTUW\d]?(?: {0,2}| ?[-–] ?)\d[ABD-HJLNP-UW-Z]{2}(?![\w-])"
)
_POSTCODE_SAID = re.compile(
    rf"\bpost ?code\W{{0,12}}(?P<code>[a-z]{{1,2}}\d[a-z\d]?{_POSTCODE_GAP}\d[a-z]{{2}})\b", re.IGNORECASE
)


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


def plain_text(text: str) -> str:
    """Return a text without invisible characters, every digit, space and dash as its plain form."""
    return unicodedata.normalize("NFKC", text).translate(_INVISIBLE)


def find_identifiers(text: str) -> list[IdentifierMatch]:
    """Return every identifier in a text that `plain_text` has cleaned, in order.

    >>> [match.kind for match in find_identifiers("943 476 5919, born 12/03/1950, SW1A 1AA")]
    ['nhs_number', 'date_of_birth', 'postcode']
    """
    if not text:
        return []
    found = [*_numbers(text), *_births(text), *_postcodes(text), *_hidden(text)]
    return sorted(dict.fromkeys(found), key=lambda match: match.start)


def _numbers(text: str) -> Iterator[IdentifierMatch]:
    if not _MANY_DIGITS.search(text):
        return
    for pattern in (_GROUPED, _GROUPED_OTHERWISE, _RARELY_GROUPED, _SOLID, _WORDED, _SPACED, _EXPONENT):
        for match in pattern.finditer(text):
            said = match.group(0)
            digits = f"{float(said):.0f}" if pattern is _EXPONENT else re.sub(r"\D", "", said)
            if not is_nhs_number(digits):
                continue
            before = text[max(0, match.start() - 40) : match.start()]
            labelled = bool(_LABELLED.search(before))
            likely = pattern is _GROUPED or (pattern is not _SPACED and may_be_issued(digits))
            if (labelled or likely) and not _BOOK.search(before):
                yield IdentifierMatch("nhs_number", digits, match.start(), match.end())


def may_be_issued(digits: str) -> bool:
    """Tell whether a number lies in a range of NHS numbers.

    Source: NHS Data Dictionary: 400 to 499 and 600 to 799 (England, Wales, Isle of Man), 320 to 399
    (Northern Ireland), day and month of birth first (Scotland). 900 to 999 holds tests and examples.
    """
    start = int(digits[:3])
    scottish = 1 <= int(digits[:2]) <= 31 and 1 <= int(digits[2:4]) <= 12
    return scottish or 320 <= start <= 499 or 600 <= start <= 799 or start >= 900


def _births(text: str) -> Iterator[IdentifierMatch]:
    if any(word in text.casefold() for word in ("birth", "dob", "d.o.b", "born")):
        for match in _BIRTH.finditer(text):
            yield IdentifierMatch("date_of_birth", match["day"], match.start("day"), match.end("day"))
    for match in _LONE_BIRTH.finditer(text):
        yield IdentifierMatch("date_of_birth", match["day"], match.start("day"), match.end("day"))
    for year in _OLD_YEAR.finditer(text):
        # the year is first or last in a date
        start = max(0, year.start() - _LONGEST_DATE)
        for match in _LONG_AGO.finditer(text, start, year.end() + _LONGEST_DATE):
            day = match["day"]
            if _OLD_YEAR.search(day) and day not in _NO_DATE:
                yield IdentifierMatch("date_of_birth", day, match.start("day"), match.end("day"))


def _postcodes(text: str) -> Iterator[IdentifierMatch]:
    for match in _POSTCODE.finditer(text):
        if match["area"] in _AREAS:
            yield IdentifierMatch("postcode", match.group(0), match.start(), match.end())
    if "code" in text.casefold():
        for match in _POSTCODE_SAID.finditer(text):
            yield IdentifierMatch("postcode", match["code"].upper(), match.start("code"), match.end("code"))


def _hidden(text: str) -> Iterator[IdentifierMatch]:
    """Yield what stands in a text in base64 or in the escapes of an address."""
    for match in _ENCODED.finditer(text):
        for inner in find_identifiers(_decoded(match.group(0))):
            yield IdentifierMatch(inner.kind, inner.value, match.start(), match.end())
    if re.search(r"%[2-3][0-9A-Fa-f]", text):
        for inner in (*_numbers(unquote(text)), *_postcodes(unquote(text))):
            yield IdentifierMatch(inner.kind, inner.value, 0, 0)


def _decoded(token: str) -> str:
    """Return the text that base64 stands for; empty where it stands for none."""
    body = token.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        content = base64.b64decode(body + "=" * (-len(body) % 4), validate=True)
        text = content.decode("utf-8")
    except (binascii.Error, ValueError):
        return ""
    return plain_text(text) if text.isprintable() or "\n" in text else ""
