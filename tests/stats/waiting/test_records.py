"""A waiting list from its records, counted by hand."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from helpers.errors import ArgumentError
from helpers.stats import waiting

START = dt.date(2026, 1, 1)


def day(offset: int | None) -> dt.date | None:
    return None if offset is None else START + dt.timedelta(days=offset)


REFERRED = [day(d) for d in (0, 2, 4, 6, 8, 10, 13)]
REMOVED = [day(d) for d in (7, 9, 13, None, None, None, None)]


def test_a_list_of_seven_by_hand() -> None:
    found = waiting.list_statistics(REFERRED, REMOVED, 18)
    assert found.referrals == 7
    assert found.demand == 3.5  # 7 in 14 days
    gaps = np.array([2, 2, 2, 2, 2, 3])
    assert found.cv_demand == pytest.approx(gaps.std(ddof=1) / gaps.mean())
    assert found.capacity == pytest.approx(7 * 3 / 13)  # removals after 7, 2 and 4 days
    assert found.queue == 4
    assert found.mean_wait == pytest.approx((7 + 5 + 3 + 0) / 4 / 7)
    assert found.pressure == pytest.approx(2 * found.mean_wait / 18)
    assert found.target_queue == pytest.approx(3.5 * 18 / 4)
    assert not found.queue_too_big
    assert found.load == pytest.approx(3.5 / (21 / 13))
    assert found.load_too_big
    assert found.relief_capacity is None
    variation = found.cv_demand**2 + found.cv_capacity**2
    assert found.target_capacity == pytest.approx(3.5 + variation / 2 * 4 / 18)


def test_capacity_and_queue_respect_the_window() -> None:
    found = waiting.list_statistics(REFERRED, REMOVED, 18, start=day(8), end=day(11))
    assert found.referrals == 2
    assert found.demand == 3.5
    assert found.capacity == 7  # one removal, a day after the window opened
    assert found.queue == 4  # the first two have left; the fourth to seventh less the last, and the third


def test_capacity_does_not_count_days_on_which_nobody_waits() -> None:
    # seen after 2 days, nobody until day 20, seen after 2 days again
    referred, removed = [day(0), day(20), day(30)], [day(2), day(22), None]
    assert waiting.list_statistics(referred, removed, 18).capacity == pytest.approx(7 * 2 / (2 + 2))


def test_a_long_queue_gets_relief_capacity() -> None:
    found = waiting.list_statistics([day(d) for d in range(0, 100, 5)], [None] * 20, 1)
    assert found.queue_too_big
    assert found.target_capacity is None
    assert found.relief_capacity == pytest.approx(found.demand + (20 - found.target_queue) / 26)
    assert found.capacity == 0
    assert found.load == np.inf


def test_an_empty_list_has_no_wait() -> None:
    found = waiting.list_statistics([day(0)], [day(0)], 18)
    assert (found.queue, found.mean_wait, found.pressure, found.cv_demand) == (0, 0, 0, 0)


def test_compatible_counts_as_the_r_package_does() -> None:
    found = waiting.list_statistics(REFERRED, REMOVED, 18, compatible="nhsrwaitinglist")
    # arrivals are 0, then the seven referrals, then 13: eight gaps, mean 13/8
    assert found.referrals == 8
    assert found.demand == pytest.approx(7 * 8 / 13)
    gaps = np.array([0, 2, 2, 2, 2, 2, 3, 0])
    assert found.cv_demand == pytest.approx(gaps.std(ddof=1) / gaps.mean())
    assert found.capacity == pytest.approx(7 * 3 / 13)
    assert found.mean_wait == pytest.approx(15 / 4)  # days
    assert found.pressure == pytest.approx(2 * 15 / 4 / 18)
    nobody = waiting.list_statistics(
        REFERRED[:2], REMOVED[:2], 18, end=day(9), compatible="nhsrwaitinglist"
    )
    assert np.isnan(nobody.mean_wait)


def test_dates_may_come_as_a_pandas_series() -> None:
    series = pd.Series(pd.to_datetime(REFERRED)), pd.Series(pd.to_datetime(REMOVED))
    assert waiting.list_statistics(*series, 18) == waiting.list_statistics(REFERRED, REMOVED, 18)


def test_unusable_records_are_refused() -> None:
    with pytest.raises(ArgumentError, match="no records"):
        waiting.list_statistics([], [], 18)
    with pytest.raises(ArgumentError, match="missing dates"):
        waiting.list_statistics([None], [None], 18)
    with pytest.raises(ArgumentError, match="removed: 1 before referred"):
        waiting.list_statistics([day(3)], [day(2)], 18)
    with pytest.raises(ArgumentError, match="removed: 0 values came"):
        waiting.list_statistics([day(3)], [], 18)
    with pytest.raises(ArgumentError, match="end"):
        waiting.list_statistics([day(3)], [None], 18, start=day(3), end=day(2))
    with pytest.raises(ArgumentError, match="referred"):
        waiting.list_statistics(["soon"], [None], 18)
    with pytest.raises(ArgumentError, match="target_wait"):
        waiting.list_statistics([day(3)], [None], 0)


def test_where_everybody_is_seen_the_day_of_joining_nobody_waits() -> None:
    days = [day(d) for d in (0, 3, 5, 9)]
    for tool in (None, "nhsrwaitinglist"):
        found = waiting.list_statistics(days, days, 18, compatible=tool)
        assert (found.capacity, found.load, found.load_too_big, found.queue) == (np.inf, 0, False, 0)


def test_where_nobody_is_seen_the_load_has_no_end_and_the_tool_knows_none() -> None:
    """NHSRwaitinglist 0.1.2: mean_capacity NaN, load NaN, load_too_big NA."""
    days, nobody = [day(d) for d in (0, 3, 5, 9)], [None] * 4
    found = waiting.list_statistics(days, nobody, 18)
    assert (found.capacity, found.load, found.load_too_big) == (0, np.inf, True)
    tool = waiting.list_statistics(days, nobody, 18, compatible="nhsrwaitinglist")
    assert np.isnan([tool.capacity, tool.load]).all()
    assert tool.load_too_big is None


def test_a_window_may_be_named_in_words_and_be_one_day() -> None:
    by_words = waiting.list_statistics(REFERRED, REMOVED, 18, start="2026-01-09", end="2026-01-12")
    assert by_words == waiting.list_statistics(REFERRED, REMOVED, 18, start=day(8), end=day(11))
    one = waiting.list_statistics(REFERRED, REMOVED, 18, start=day(8), end=day(8))
    assert (one.demand, one.referrals, one.queue) == (7, 1, 4)
    # the R package divides by the days between first and last, of which there are none
    published = waiting.list_statistics(
        REFERRED, REMOVED, 18, start=day(8), end=day(8), compatible="nhsrwaitinglist"
    )
    assert (published.demand, published.queue_too_big) == (np.inf, False)
    with pytest.raises(ArgumentError, match="start"):
        waiting.list_statistics(REFERRED, REMOVED, 18, start="soon")


def test_the_factor_counts_in_compatible_mode_as_well() -> None:
    usual, other = (
        waiting.list_statistics(REFERRED, REMOVED, 18, factor=factor, compatible="nhsrwaitinglist")
        for factor in (4.0, 2.0)
    )
    assert other.target_queue == pytest.approx(2 * usual.target_queue)


def test_flows_alone_are_those_of_the_whole() -> None:
    for tool in (None, "nhsrwaitinglist"):
        whole = waiting.list_statistics(REFERRED, REMOVED, 18, compatible=tool)
        joining = waiting.referral_statistics(REFERRED, compatible=tool)
        leaving = waiting.removal_statistics(REFERRED, REMOVED, compatible=tool)
        assert (joining.per_week, joining.cv, joining.count) == (
            whole.demand,
            whole.cv_demand,
            whole.referrals,
        )
        assert (leaving.per_week, leaving.cv, leaving.count) == (
            whole.capacity, whole.cv_capacity, whole.removals,
        )  # fmt: skip
        assert joining.per_day == joining.per_week / 7


def test_flows_refuse_what_a_list_refuses() -> None:
    with pytest.raises(ArgumentError, match="referred: no records"):
        waiting.referral_statistics([])
    with pytest.raises(ArgumentError, match="removed: 1 before referred"):
        waiting.removal_statistics([day(3)], [day(1)])


# NHSRwaitinglist 0.1.2.9001 on R 4.2.2: what is a nought over a nought, and who left before the window
def test_missing_figures_of_the_r_package_are_missing_where_it_is_asked_for() -> None:
    added = [day(d) for d in (0, 1, 2, 5, 9)]
    tool = waiting.list_statistics(added, [None] * 5, 18, compatible="nhsrwaitinglist")
    assert np.isnan([tool.capacity, tool.load, tool.cv_capacity, tool.target_capacity]).all()
    assert tool.demand == pytest.approx(4.6666666667)
    assert tool.cv_demand == pytest.approx(1.0954451150)
    assert tool.pressure == pytest.approx(0.6222222222)
    ours = waiting.list_statistics(added, [None] * 5, 18)
    assert (ours.capacity, ours.load) == (0, np.inf)
    seen_at_once = waiting.list_statistics([day(0)] * 5, [day(0)] * 5, 18, compatible="nhsrwaitinglist")
    assert np.isinf([seen_at_once.demand, seen_at_once.capacity]).all()
    assert np.isnan([seen_at_once.load, seen_at_once.cv_demand, seen_at_once.cv_capacity]).all()


def test_removals_before_the_window_count_backwards_in_the_r_package() -> None:
    added, left = [day(d) for d in (0, 1, 2, 50)], [day(10), day(11), day(12), None]
    tool = waiting.list_statistics(
        added, left, 18, start=day(20), end=day(60), compatible="nhsrwaitinglist"
    )
    assert tool.capacity == pytest.approx(-2.3333333333)
    assert tool.cv_capacity == pytest.approx(-2.0275875101)
    assert tool.cv_demand == pytest.approx(0.7071067812)
    assert tool.relief_capacity == pytest.approx(0.4432692308)
    assert waiting.list_statistics(added, left, 18, start=day(20), end=day(60)).capacity == 0
