"""Planning and placebo dates."""

from __future__ import annotations

import numpy as np
import pytest

from helpers.errors import ArgumentError
from helpers.stats import interrupted_series as its


def test_the_smallest_change_of_two_independent_lines_by_hand() -> None:
    # the end of a line of 24 varies by 1/24 + 11.5^2/1150, the other's extrapolation there by 1/24 +
    # 35.5^2/1150
    variance = 2 / 24 + (11.5**2 + 35.5**2) / 1150
    expected = (1.959964 + 0.841621) * np.sqrt(variance) * 2.5
    assert its.smallest_detectable_change(24, 24, 2.5, 0.0) == pytest.approx(expected, rel=1e-6)


def test_the_smallest_change_is_found_with_the_stated_chance() -> None:
    rng = np.random.default_rng(3)
    change = its.smallest_detectable_change(60, 60, 1.0, 0.0)
    step = np.r_[np.zeros(60), np.full(60, change)]
    runs = [its.interrupted_series(rng.normal(size=120) + step, 60, seasonal=False).now for _ in range(100)]
    # a little below 80 %, because the autocorrelation has to be estimated
    assert 0.62 <= np.mean([now.lower > 0 for now in runs]) <= 0.9


def test_autocorrelation_and_power_make_it_larger() -> None:
    plain = its.smallest_detectable_change(24, 12, 1.0, 0.0)
    assert its.smallest_detectable_change(24, 12, 1.0, 0.4) > plain
    assert its.smallest_detectable_change(24, 12, 1.0, 0.0, power=0.9) > plain


def test_placebo_dates_use_the_periods_before_the_change_only() -> None:
    values = np.r_[np.random.default_rng(3).normal(50, 1, 24), np.full(12, 90.0)]
    table = its.placebo_dates(values, 24)
    assert table["before"].tolist() == list(range(8, 17))
    assert not table["found"].any()
    jump = its.placebo_dates(np.r_[values[:10], values[10:24] + 30, values[24:]], 24)
    assert jump.loc[jump["before"] == 10, "found"].all()


def test_impossible_plans_are_refused() -> None:
    with pytest.raises(ArgumentError, match="autocorrelation"):
        its.smallest_detectable_change(12, 12, 1, 1)
    with pytest.raises(ArgumentError, match="after"):
        its.smallest_detectable_change(12, 0, 1, 0)
    with pytest.raises(ArgumentError, match="sd"):
        its.smallest_detectable_change(12, 12, -1, 0)
    with pytest.raises(ArgumentError, match="before: 15; allowed: at least 16"):
        its.placebo_dates(np.arange(30.0), 15)
