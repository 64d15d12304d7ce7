"""The span of months that a report covers, and how old its figures may be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from helpers.errors import UsageError
from helpers.phrases import phrase
from helpers.report.words import count, month

if TYPE_CHECKING:
    import pandas as pd


_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Period:
    """Whole months from `first` to the month that begins on `last`, both included."""

    first: date
    last: date

    @classmethod
    def ending(cls, last: date, months: int) -> Period:
        """Return the span of `months` months whose last month begins on `last`.

        >>> Period.ending(date(2026, 9, 1), 12).label
        'October 2025 to September 2026'
        """
        if months < 1:
            raise UsageError("months", f"{months}", "1 or more", "say how many months to cover")
        return cls(add_months(last, 1 - months), last)

    @property
    def end(self) -> date:
        """The first day after the period."""
        return add_months(self.last, 1)

    @property
    def months(self) -> int:
        """How many months the period has."""
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1

    @property
    def starts(self) -> tuple[date, ...]:
        """The first day of each month.

        >>> Period(date(2026, 12, 1), date(2027, 1, 1)).starts
        (datetime.date(2026, 12, 1), datetime.date(2027, 1, 1))
        """
        return tuple(add_months(self.first, place) for place in range(self.months))

    @property
    def days(self) -> int:
        """How many days the period has."""
        return (self.end - self.first).days

    @property
    def before(self) -> Period:
        """The same span one year earlier, or just before where it is longer than a year."""
        shift = max(12, self.months)
        return Period(add_months(self.first, -shift), add_months(self.last, -shift))

    def spans(self, months: pd.Series) -> list[list[float]]:
        """Return the known values of each run of months as long as this period: what each report on them adds up.

        >>> import pandas as pd
        >>> Period(date(2026, 1, 1), date(2026, 2, 1)).spans(pd.Series([1.0, float("nan"), 3.0]))
        [[1.0], [3.0]]
        """
        starts = range(max(1, len(months) - self.months + 1))
        return [months.iloc[start : start + self.months].dropna().tolist() for start in starts]

    @property
    def label(self) -> str:
        """The period in words."""
        if self.first == self.last:
            return month(self.last)
        return f"{month(self.first)} to {month(self.last)}"

    @property
    def folder(self) -> str:
        """Where a report on it is published."""
        return f"{self.last:%Y-%m}"


def add_months(day: date, months: int) -> date:
    """Return the first day of the month that lies `months` after that of `day`.

    >>> add_months(date(2026, 1, 1), -2)
    datetime.date(2025, 11, 1)
    """
    position = day.year * 12 + day.month - 1 + months
    return date(position // 12, position % 12 + 1, 1)


def read_month(text: str, *, latest: date) -> date:
    """Return the first day of a month given as `YYYY-MM`, or `latest`."""
    if text == "latest":
        return latest
    if match := _MONTH.fullmatch(text):
        return date(int(match[1]), int(match[2]), 1)
    raise UsageError("period", f"{text!r}", "latest, or a month as YYYY-MM", 'write "2026-09"')


# --- out of date -----------------------------------------------------------------------------------


#: a report of which the newest figure is older says so first
OLDEST_MONTHS: Final = 24


def good_until(period: Period) -> date:
    """Return the first day on which a report on a period is out of date.

    >>> good_until(Period(date(2020, 4, 1), date(2021, 3, 1)))
    datetime.date(2023, 4, 1)
    """
    return add_months(period.end, OLDEST_MONTHS)


def age_sentence(period: Period, today: date) -> str:
    """Return that figures are out of date, with their age; nothing where they are not.

    >>> age_sentence(Period(date(2020, 4, 1), date(2021, 3, 1)), date(2026, 11, 29))[:61]
    '**Out of date.** The newest figures are of March 2021, five y'
    """
    if today < good_until(period):
        return ""
    age = (today.year - period.last.year) * 12 + today.month - period.last.month
    return phrase(
        "periods.out_of_date",
        newest=month(period.last),
        age=count(age // 12, "year"),
        oldest_months=OLDEST_MONTHS,
    )
