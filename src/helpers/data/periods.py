"""Periods: their first and last days, financial years, and the months that data cover; light enough for a start."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

#: months that a period of each type lasts; a day and a snapshot are their own
MONTHS = {"month": 1, "quarter": 3, "year": 12, "rolling12": 12}

_LENGTH = " ".join(f"WHEN '{kind}' THEN {months}" for kind, months in MONTHS.items())
#: first and last month in which anything was counted; no plans, and every edition, which asks for no sorting
MONTHS_COVERED = f"""
SELECT strftime(min(first), '%Y-%m'), strftime(max(last), '%Y-%m') FROM (
    SELECT min(discharged) AS first, max(discharged) AS last FROM spells
    UNION ALL SELECT min(appointment_date), max(appointment_date) FROM appointments
    UNION ALL
    SELECT min(period), max(period + to_months(CASE period_type {_LENGTH} ELSE 0 END)
            - INTERVAL (CASE WHEN period_type IN {tuple(MONTHS)} THEN 1 ELSE 0 END) DAY)
    FROM measure_values_all WHERE status <> 'plan'
)
"""


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
    return max(period_end(start.date(), str(kind)) for kind, start in latest.items())


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
