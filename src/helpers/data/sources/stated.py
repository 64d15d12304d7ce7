"""What a file states of itself besides its figures: its period by its name, and the day of its edition."""

from __future__ import annotations

import re
from datetime import date, datetime
from itertools import pairwise
from typing import Final, Literal

from helpers.data.files.sheets import Sheet
from helpers.data.sources.period_words import parse_period
from helpers.errors import DataError

_MONTH: Final = re.compile(r"([A-Za-z]{3,9})[-_ ]?(20\d{2}|\d{2})(?!\d)")
_YEAR_FIRST: Final = re.compile(r"(?<!\d)(20\d{2})[-_ ]?([A-Za-z]{3,9})")
_EDITION: Final = re.compile("revised|published", re.IGNORECASE)
_YEAR: Final = re.compile(r"(?<!\d)(20\d\d)-(\d\d)(?!\d)")
_DAY: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th)? ([A-Z][a-z]+) (\d{4})")


def period_in_name(file: str, kind: Literal["month", "year"]) -> date:
    """Return the first day of the month or financial year that a file's name says.

    Raises `DataError` where it says none.
    """
    found = month_in_name(file) if kind == "month" else _year_in_name(file)
    if found is None:
        shown = "month and year, such as 2014-april" if kind == "month" else "2023-24"
        came = f"does not say of which {kind} it is"
        raise DataError(file, came, f"a name with {shown}", "rename it")
    return found


def month_in_name(file: str) -> date | None:
    """Return the first day of the only month that a file's name says, or of the only one with a year of four digits.

    When the file was revised or published comes after these words, and is not meant.

    >>> month_in_name("oct12-sep13-shmi-2014-april.csv"), month_in_name("AE-July 2025-revised-Sep-2025.xls")
    (datetime.date(2014, 4, 1), datetime.date(2025, 7, 1))
    """
    name = _EDITION.split(file)[0]
    said = [*_YEAR_FIRST.findall(name), *((year, month) for month, year in _MONTH.findall(name))]
    found = {
        (len(year), period[0])
        for year, month in said
        if (period := parse_period(f"{month} {year}", "month"))
    }
    longest = {day for digits, day in found if digits == max(found)[0]}
    return longest.pop() if len(longest) == 1 else None


def _year_in_name(file: str) -> date | None:
    found = _YEAR.search(file)
    if found is None or int(found[2]) != (int(found[1]) + 1) % 100:
        return None
    return date(int(found[1]), 4, 1)


def published_on(sheet: Sheet) -> date | None:
    """Return the day on which a workbook says that it was revised, or else published."""
    days = {}
    for row in sheet.head:
        for label, value in pairwise(row):
            found = _DAY.fullmatch(value.strip())
            if label.strip() in ("Published:", "Revised:") and found:
                try:
                    days[label.strip()] = datetime.strptime(" ".join(found.groups()), "%d %B %Y").date()
                except ValueError:
                    continue
    return days.get("Revised:") or days.get("Published:")
