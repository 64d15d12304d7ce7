"""How old figures may be before a report says so first, and speaks of the past."""

from __future__ import annotations

from datetime import date
from typing import Final

from helpers.phrases import phrase
from helpers.report.period import Period, add_months
from helpers.report.words import count, month

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
