"""Periods as people write them, and as Excel makes dates of them."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from typing import Final

#: what may be written for a measure of each frequency
FORMS: Final = {
    "month": "2026-04, April 2026, Apr-26, 202604, or the first or last day of the month",
    "quarter": "2026/27 Q1, or the first or last day of the quarter",
    "year": "2026/27, or its first or last day",
    "day": "2026-04-30",
    "snapshot": "2026-04-30",
    "rolling12": "2025-04 to 2026-03",
}
ANY_FORM: Final = "2026-04 (month), 2026/27 Q1 (quarter), 2026/27 (year) or 2026-04-30 (day)"

_NAMES: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTHS: Final = {
    short: number
    for number, name in enumerate(_NAMES, start=1)
    for short in (name, name[:3], *(("sept",) if name == "september" else ()))
}
_MONTH = re.compile(r"(\d{4})([-/])(\d{2})")
_COMPACT = re.compile(r"(20\d{2})(\d{2})")
_NAMED_MONTH = re.compile(r"([A-Za-z]{3,9})[ ./'’-]*(\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})[ -]([A-Za-z]{3,9})")
#: the month of a calendar year, and of a financial year, whose first is April
_MONTH_LAST, _MONTH_OF_YEAR = re.compile(r"(\d{1,2})/(\d{4})"), re.compile(r"(\d{4}) ?M(\d{2})")
_FINANCIAL_MONTH = re.compile(r"(\d{4})/(\d{2}),? M(\d{1,2})")
_MONTH_OF_FINANCIAL_YEAR = re.compile(r"(\d{4})[-/](\d{2}),? ([A-Za-z]{3,9})")
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_NAMED_DAY = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3,9})[ -](\d{4}|\d{2})")
_BRITISH_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?: 00:00(?::00)?)?")
_QUARTER = re.compile(r"(\d{4})[/-](\d{2}),? Q([1-4])")
_QUARTER_FIRST = re.compile(r"Q([1-4]),? (\d{4})[/-](\d{2})")
_YEAR = re.compile(r"(?:FY ?)?(\d{4})/(\d{2})")
_SPAN = re.compile(r"(\d{4})-(\d{2}) to (\d{4})-(\d{2})")

Period = tuple[date, str]


def parse_period(word: str, frequency: str = "", *, british: bool = False) -> Period | None:
    """Return a period's first day and its type; None where it is none, or none of the measure's frequency.

    A day is its month (quarter, year) where it is the first or last of it: Excel makes dates of months, and
    reports name months by their end. So 01/04/2026 is April, and no other reading of it is a month.

    `frequency`: the measure's; any with "". `british`: whether days such as 03/04/2026 are known to have the day first.

    >>> parse_period("2026/27 Q4")
    (datetime.date(2027, 1, 1), 'quarter')
    >>> parse_period("2026/27 M12")
    (datetime.date(2027, 3, 1), 'month')
    >>> parse_period("2026-27 March")
    (datetime.date(2027, 3, 1), 'month')
    >>> parse_period("2026-04-30", "month"), parse_period("2026-04-15", "month")
    ((datetime.date(2026, 4, 1), 'month'), None)
    """
    try:
        found = _month(word) or _quarter_or_year(word) or _span(word)
        if found is None:
            return _of_day(_day(word, british=british or frequency in _ENDS), frequency)
    except ValueError:
        return None
    return found if frequency in ("", found[1]) else None


def days_come_first(words: Iterable[str]) -> bool:
    """Tell whether a column's days are surely written as in Britain: one of them is no month.

    >>> days_come_first(["03/04/2026", "17/04/2026"]), days_come_first(["03/04/2026"])
    (True, False)
    """
    return any(int(found[1]) > 12 for word in words if (found := _BRITISH_DAY.fullmatch(word)))


def _month(word: str) -> Period | None:
    if found := _MONTH.fullmatch(word) or _COMPACT.fullmatch(word):
        year, month = int(found[1]), int(found[found.re.groups])
        follows = month == (year + 1) % 100
        # 2011-12 is a month by ISO 8601; 2011/12 is a year in England, and 201112 may be either
        if found.re is _MONTH and found[2] == "-":
            return (date(year, month, 1), "month") if 1 <= month <= 12 else None
        return (date(year, month, 1), "month") if 1 <= month <= 12 and not follows else None
    if (found := _NAMED_MONTH.fullmatch(word)) and (named := _MONTHS.get(found[1].lower())):
        return date(_full_year(found[2]), named, 1), "month"
    if (found := _MONTH_OF_FINANCIAL_YEAR.fullmatch(word)) and (named := _MONTHS.get(found[3].lower())):
        year = int(found[1])
        return (date(year + (named < 4), named, 1), "month") if int(found[2]) == (year + 1) % 100 else None
    if (found := _YEAR_FIRST.fullmatch(word)) and (named := _MONTHS.get(found[2].lower())):
        return date(int(found[1]), named, 1), "month"
    if found := _MONTH_OF_YEAR.fullmatch(word):
        return date(int(found[1]), int(found[2]), 1), "month"
    if found := _MONTH_LAST.fullmatch(word):
        return date(int(found[2]), int(found[1]), 1), "month"
    if (found := _FINANCIAL_MONTH.fullmatch(word)) and int(found[2]) == (int(found[1]) + 1) % 100:
        years, month = divmod(int(found[3]) + 2, 12)
        return (date(int(found[1]) + years, month + 1, 1), "month") if 1 <= int(found[3]) <= 12 else None
    return None


def is_month_name(word: str) -> bool:
    """Tell whether a word is a month's name without a year.

    >>> is_month_name("Apr"), is_month_name("Apr-26")
    (True, False)
    """
    return word.strip().lower() in _MONTHS


def _full_year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _quarter_or_year(word: str) -> Period | None:
    if found := _QUARTER.fullmatch(word):
        year, after, quarter = int(found[1]), int(found[2]), int(found[3])
    elif found := _QUARTER_FIRST.fullmatch(word):
        quarter, year, after = int(found[1]), int(found[2]), int(found[3])
    elif found := _YEAR.fullmatch(word):
        year, after, quarter = int(found[1]), int(found[2]), 0
    else:
        return None
    if after != (year + 1) % 100:
        return None
    if not quarter:
        return date(year, 4, 1), "year"
    return (date(year, 1 + 3 * quarter, 1) if quarter < 4 else date(year + 1, 1, 1)), "quarter"


def _span(word: str) -> Period | None:
    if not (found := _SPAN.fullmatch(word)):
        return None
    first, last = (date(int(found[at]), int(found[at + 1]), 1) for at in (1, 3))
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    return (first, "rolling12") if months == 12 else None


def _day(word: str, *, british: bool) -> date | None:
    if found := _DAY.fullmatch(word):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if (found := _NAMED_DAY.fullmatch(word)) and (named := _MONTHS.get(found[2].lower())):
        return date(_full_year(found[3]), named, int(found[1]))
    if british and (found := _BRITISH_DAY.fullmatch(word)):
        return date(_full_year(found[3]), int(found[2]), int(found[1]))
    return None


#: months in which periods of a frequency end
_ENDS: Final = {"month": range(1, 13), "quarter": (3, 6, 9, 12), "year": (3,)}


def _of_day(day: date | None, frequency: str) -> Period | None:
    """Return the period that a day begins or ends, or the day itself where the measure is kept by day."""
    if day is None or frequency not in ("", "day", "snapshot", *_ENDS):
        return None
    if frequency not in _ENDS:
        return day, frequency or "day"
    months = {"month": 1, "quarter": 3, "year": 12}[frequency]
    if day.day == monthrange(day.year, day.month)[1] and day.month in _ENDS[frequency]:
        first = day.year * 12 + day.month - months
        return date(first // 12, first % 12 + 1, 1), frequency
    begins = (day.month - 1) % 12 or 12
    return (day, frequency) if day.day == 1 and begins in _ENDS[frequency] else None
