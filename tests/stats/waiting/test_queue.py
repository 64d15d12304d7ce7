"""Queueing formulas: goldens of the methods, section 6, and their units."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.errors import ArgumentError
from helpers.stats import waiting

POSITIVE = st.floats(0.1, 1e4)


def test_goldens() -> None:
    assert waiting.relief_capacity(30, 1200, 390, weeks=26) == pytest.approx(61.153846, abs=5e-7)
    near = {"cv_demand": 1.1, "cv_capacity": 1.2}
    assert waiting.target_capacity(30, 52, factor=3, **near) == pytest.approx(30.076442, abs=5e-7)
    assert waiting.target_capacity(30, 52, **near) == pytest.approx(30.101923, abs=5e-7)
    assert waiting.queue_load(30, 27) == pytest.approx(1.1111, abs=5e-5)


def test_ninety_two_per_cent_within_eighteen_weeks() -> None:
    factor = waiting.factor_for(0.92)
    assert factor == pytest.approx(2.526, abs=5e-4)
    assert waiting.target_mean_wait(18, factor=factor) == pytest.approx(7.13, abs=5e-3)
    # the package's factor 4 is 98.2 %
    assert waiting.factor_for(1 - np.exp(-4)) == pytest.approx(4)
    assert 1 - np.exp(-4) == pytest.approx(0.982, abs=5e-4)


def test_a_queue_is_too_big_above_twice_its_target_only() -> None:
    assert waiting.target_queue(30, 52) == 390
    assert waiting.queue_is_too_big([780, 780.5], 390).tolist() == [False, True]


def test_a_short_queue_never_lowers_capacity_below_demand_unless_compatible() -> None:
    assert waiting.relief_capacity(30, 100, 390) == 30
    assert waiting.relief_capacity(30, 130, 390, compatible="nhsrwaitinglist") == 20


def test_pressure_takes_both_to_one_unit() -> None:
    assert waiting.pressure(9, 18) == 1
    assert waiting.pressure(63, 18, wait_unit="days") == 1
    assert waiting.pressure(9, 126, target_unit="days") == 1
    with pytest.raises(ArgumentError, match="wait_unit: 'months'"):
        waiting.pressure(9, 18, wait_unit="months")


def test_unreported_removals_of_april_2026() -> None:
    # starts exceed stops by 316,785 while the list grows by 78,623
    assert waiting.unreported_removals(7_045_357, 7_123_980, 316_785, 0) == 238_162


@given(POSITIVE, POSITIVE, POSITIVE)
def test_relief_reaches_the_target_in_the_stated_weeks(demand: float, excess: float, weeks: float) -> None:
    target = float(waiting.target_queue(demand, 18))
    capacity = float(waiting.relief_capacity(demand, target + excess, target, weeks=weeks))
    assert target + excess + (demand - capacity) * weeks == pytest.approx(target, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize(
    "call",
    [
        lambda: waiting.queue_load(30, 0),
        lambda: waiting.queue_load(-1, 3),
        lambda: waiting.factor_for(1),
        lambda: waiting.factor_for(0),
        lambda: waiting.target_mean_wait(0),
        lambda: waiting.target_queue(np.nan, 18),
        lambda: waiting.relief_capacity(30, 10, 5, weeks=0),
        lambda: waiting.relief_capacity(30, 10, 5, compatible="excel"),
        lambda: waiting.target_capacity(30, 18, cv_demand=-1),
        lambda: waiting.pressure(1, 0),
        lambda: waiting.unreported_removals(1, 1, -1, 1),
    ],
)
def test_impossible_numbers_are_refused(call: Callable[[], object]) -> None:
    with pytest.raises(ArgumentError):
        call()


def test_estimated_demand_is_taken_at_what_it_may_be_at_most() -> None:
    # mean time 1/30 week from 400 additions, cv 1: standard error 1/600; 1/(1/30 - 2/600) = 33.33
    relief = waiting.relief_capacity(30, 390, 390, referrals=400, cv_demand=1)
    assert relief == pytest.approx(1 / (1 / 30 - 2 / 600))
    assert waiting.relief_capacity(30, 390, 390, referrals=400) == 30
    # the R package: 2 x 3 x 1.1/20 = .33, demand/(1 - .33); where that exceeds 1 demand stays as it is
    tool = {"referrals": 400, "cv_demand": 1.1, "compatible": "nhsrwaitinglist"}
    assert waiting.relief_capacity([3, 30], 390, 390, **tool) == pytest.approx([3 / 0.67, 30])
