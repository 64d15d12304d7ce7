"""Periods: their first and last days, and the financial year that begins in April."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from helpers.data.coverage import MONTHS as MONTHS


def period_end(start: date, period_type: str) -> date:
    """Return the last day of the period that begins on a day.

    >>> period_end(date(2024, 2, 1), "month")
    datetime.date(2024, 2, 29)
    """
    if period_type not in MONTHS:
        return start
    months = start.year * 12 + start.month - 1 + MONTHS[period_type]
    return date(months // 12, months % 12 + 1, start.day) - timedelta(days=1)


def last_day(values: pd.DataFrame) -> date:
    """Return the last day of the latest period of rows with `period` and `period_type`."""
    latest = values.groupby("period_type", observed=True)["period"].max()
    return max(period_end(pd.Timestamp(start).date(), str(kind)) for kind, start in latest.items())


def months_between(first: date, last: date) -> int:
    """Return how many months one day's month lies after another's; negative where before.

    >>> months_between(date(2025, 11, 30), date(2026, 2, 1))
    3
    """
    return (last.year - first.year) * 12 + last.month - first.month


def financial_year(day: date) -> int:
    """Return the calendar year in which the day's financial year began.

    >>> financial_year(date(2026, 3, 31))
    2025
    """
    return day.year if day.month >= 4 else day.year - 1
