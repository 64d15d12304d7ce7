"""Turns: false as often as said where nothing has changed, and found where something has."""

from __future__ import annotations

import numpy as np
import pytest

from helpers.errors import ArgumentError
from helpers.stats.early_turn import AHEAD, early_turns
from helpers.stats.multiplicity import q_values

RNG = np.random.default_rng(7)


def follow(rho: float, months: int = 36) -> np.ndarray:
    noise = RNG.normal(size=months)
    for place in range(1, months):
        noise[place] = rho * noise[place - 1] + np.sqrt(1 - rho**2) * noise[place]
    return noise


@pytest.mark.parametrize("seasonal", [False, True])
@pytest.mark.parametrize("rho", [0.0, 0.6, 0.95])
def test_p_values_of_what_has_not_changed_are_those_of_chance(rho: float, seasonal: bool) -> None:
    wave = 2 * np.sin(2 * np.pi * np.arange(36) / 12) if seasonal else 0.0
    found = [
        early_turns(follow(rho) + wave, improvement="decrease", seasonal=seasonal).p[-1] for _ in range(300)
    ]
    assert 0.02 <= np.mean(np.array(found) < 0.05) <= 0.085


def test_one_world_in_ten_or_fewer_without_any_change_has_a_turn() -> None:
    worlds = [
        q_values([early_turns(follow(0.7), improvement="increase").p[-1] for _ in range(15)]).min() <= 0.1
        for _ in range(60)
    ]
    assert np.mean(worlds) <= 0.2


def test_a_step_that_stays_is_found_and_one_for_the_better_is_not() -> None:
    step = follow(0.3) + 4 * (np.arange(36) >= 33)
    worse, better = (early_turns(step, improvement=way) for way in ("decrease", "increase"))
    assert worse.p[-1] < 0.01
    assert worse.worse[-1]
    assert better.p[-1] > 0.5


def test_what_it_was_three_months_later_is_told_where_it_is_known() -> None:
    values = [1.0, 2.0] * 12 + [9.0, 9.0, 9.0, 9.0, 9.0, 9.0]
    found = early_turns(values, improvement="decrease")
    turned = 26  # the third month of nine: the three before it were 2, 1, 2 less the first
    assert found.confirms[turned] == pytest.approx((9 + np.mean([1, 2, 2])) / 2, abs=0.4)
    assert found.lasted[turned] == 1
    assert np.isnan(found.lasted[-AHEAD:]).all()


def test_a_series_that_never_moved_or_is_short_has_no_p_value() -> None:
    assert np.isnan(early_turns([100.0] * 30, improvement="increase").p).all()
    assert np.isnan(early_turns([1.0, 2.0], improvement="increase").p).all()


def test_gaps_are_left_out() -> None:
    values = follow(0.2)
    values[20] = np.nan
    found = early_turns(values, improvement="decrease")
    assert np.isnan(found.p[20:23]).all()
    assert np.isfinite(found.p[-1])


def test_an_unknown_direction_is_refused() -> None:
    with pytest.raises(ArgumentError, match="improvement"):
        early_turns([1.0], improvement="neutral")
