"""Spans of months."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.errors import UsageError
from helpers.report.period import Period, add_months, read_month

MONTHS = st.dates(date(2000, 1, 1), date(2100, 1, 1)).map(lambda day: day.replace(day=1))


def test_a_financial_year() -> None:
    year = Period.ending(date(2026, 3, 1), 12)
    assert (year.first, year.end, year.months, year.days) == (date(2025, 4, 1), date(2026, 4, 1), 12, 365)
    assert (year.label, year.folder) == ("April 2025 to March 2026", "2026-03")


def test_one_month_has_one_name_and_a_leap_day() -> None:
    month = Period.ending(date(2028, 2, 1), 1)
    assert (month.label, month.days) == ("February 2028", 29)


@pytest.mark.parametrize(
    ("months", "first"), [(1, date(2025, 3, 1)), (12, date(2024, 4, 1)), (24, date(2022, 4, 1))]
)
def test_the_span_before_is_a_year_earlier_or_just_before(months: int, first: date) -> None:
    before = Period.ending(date(2026, 3, 1), months).before
    assert (before.first, before.months) == (first, months)


@given(MONTHS, st.integers(-500, 500))
def test_adding_months_can_be_undone(month: date, shift: int) -> None:
    assert add_months(add_months(month, shift), -shift) == month


@given(MONTHS, st.integers(1, 60))
def test_the_span_before_never_overlaps(month: date, months: int) -> None:
    period = Period.ending(month, months)
    assert period.before.end <= period.first


@pytest.mark.parametrize("text", ["2026-13", "2026-9", "09-2026", "2026-09-01", "now", "", "2026-00"])
def test_what_is_no_month_is_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(UsageError, match="YYYY-MM"):
        read_month(text, latest=date(2026, 9, 1))


def test_months_and_latest_are_read() -> None:
    assert read_month("2025-04", latest=date.min) == date(2025, 4, 1)
    assert read_month("latest", latest=date(2026, 9, 1)) == date(2026, 9, 1)


def test_no_months_are_refused() -> None:
    with pytest.raises(UsageError, match="months: 0"):
        Period.ending(date(2026, 3, 1), 0)
