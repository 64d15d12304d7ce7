from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import islice

import pytest

from helpers.runner.schedule.times import LONDON, MonthRule, bank_holidays, moments


def first(when: str | MonthRule, after: str, count: int = 1, zone: str = LONDON) -> list[str]:
    found = islice(moments(when, zone, datetime.fromisoformat(after).replace(tzinfo=UTC)), count)
    return [f"{each:%Y-%m-%d %H:%M}" for each in found]


def test_a_cron_expression_is_meant_by_the_clocks_of_its_zone() -> None:
    assert first("0 6 8 * *", "2026-02-01 00:00", 3) == [
        "2026-02-08 06:00",
        "2026-03-08 06:00",
        "2026-04-08 05:00",
    ]
    assert first("0 6 8 * *", "2026-04-01 00:00", zone="UTC") == ["2026-04-08 06:00"]


def test_a_time_that_the_clocks_leave_out_comes_once_and_one_they_go_through_twice_once() -> None:
    # on 29 March 2026 the clocks go from 01:00 GMT to 02:00 BST, on 25 October from 02:00 BST to 01:00 GMT
    rule = MonthRule(day=28, at="01:30")
    assert first("30 1 * * *", "2026-03-28 02:00", 2) == ["2026-03-29 01:00", "2026-03-30 00:30"]
    assert first("30 1 * * *", "2026-10-24 02:00", 3) == [
        "2026-10-25 00:30",
        "2026-10-26 01:30",
        "2026-10-27 01:30",
    ]
    assert first(rule, "2026-03-01 00:00", 2) == ["2026-03-28 01:30", "2026-04-28 00:30"]


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ({"day": 8}, ["2026-08-08", "2026-09-08", "2026-10-08"]),
        ({"day": 8, "if_closed": "next"}, ["2026-08-10", "2026-09-08", "2026-10-08"]),
        ({"day": 8, "if_closed": "previous"}, ["2026-08-07", "2026-09-08", "2026-10-08"]),
        ({"working_day": 1}, ["2026-08-03", "2026-09-01", "2026-10-01"]),
        ({"working_day": 10}, ["2026-08-14", "2026-09-14", "2026-10-14"]),
        ({"working_day": 1, "closed": ["2026-08-03"]}, ["2026-08-04", "2026-09-01", "2026-10-01"]),
    ],
)
def test_a_day_of_the_month_knows_weekends_and_bank_holidays(
    rule: dict[str, object], days: list[str]
) -> None:
    found = first(MonthRule.model_validate({"at": "07:00", **rule}), "2026-08-01 00:00", 3)
    assert [each[:10] for each in found] == days


def test_a_day_that_moves_into_the_month_before_is_not_lost() -> None:
    rule = MonthRule(day=1, if_closed="previous", at="07:00")  # 1 August 2026 is a Saturday
    assert first(rule, "2026-07-15 00:00", 2) == ["2026-07-31 06:00", "2026-09-01 06:00"]


def test_bank_holidays_are_those_that_the_government_published() -> None:
    # gov.uk/bank-holidays, England and Wales
    assert sorted(bank_holidays(2026)) == [
        date(2026, 1, 1), date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 4), date(2026, 5, 25), date(2026, 8, 31),
        date(2026, 12, 25), date(2026, 12, 28),
    ]  # fmt: skip
    assert sorted(bank_holidays(2027))[-2:] == [date(2027, 12, 27), date(2027, 12, 28)]
    assert sorted(bank_holidays(2022))[0] == date(2022, 1, 3)
    assert sorted(bank_holidays(2022))[-2:] == [date(2022, 12, 26), date(2022, 12, 27)]
