"""Percentiles with intervals: order where it is known, none where chance explains everything."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.errors import ArgumentError
from helpers.stats.position import FEWEST_STEPS, month_to_month, positions


def test_organisations_far_apart_have_a_certain_place() -> None:
    found = positions([3.0, 1.0, 2.0, 5.0, 4.0], [0.001] * 5)
    assert found.percent.tolist() == [50, 0, 25, 100, 75]
    assert found.lower95.tolist() == found.upper95.tolist() == [50, 0, 25, 100, 75]


def test_organisations_that_differ_by_chance_alone_have_no_place() -> None:
    """Q = 0 here, so tau is 0 and every order is as likely as another."""
    found = positions([1.0] * 40, [0.5] * 40)
    assert found.spread == 0
    assert found.percent == pytest.approx([50] * 40, abs=3)
    assert (found.lower95 < 5).all()
    assert (found.upper95 > 95).all()


def test_values_are_drawn_to_the_mean_by_their_error() -> None:
    """Values -1, 1, errors 1/2: w = 4, Q = 8, free weight 8 - 32/8 = 4, tau2 = (8 - 1)/4 = 1.75.

    Kept is 1.75/(1.75 + 0.25) = 7/8.
    """
    found = positions([-1.0, 1.0], [0.5, 0.5])
    assert found.spread == pytest.approx(np.sqrt(1.75))
    assert found.shrunken == pytest.approx([-0.875, 0.875])


def test_a_larger_error_gives_a_longer_interval() -> None:
    y = np.linspace(-2, 2, 21)
    found = positions(y, np.where(np.arange(21) == 10, 1.0, 0.1))
    length = found.upper95 - found.lower95
    assert length[10] == length.max() > 2 * np.median(length)


def test_the_same_data_give_the_same_figures() -> None:
    y, s = np.sin(np.arange(30)), np.full(30, 0.4)
    first, second = positions(y, s), positions(y, s)
    assert first.percent.tolist() == second.percent.tolist()
    assert first.percent.tolist() != positions(y, s, seed=7).percent.tolist()
    assert first.percent == pytest.approx(positions(y, s, seed=7).percent, abs=2)


@given(st.lists(st.integers(0, 20), min_size=2, max_size=25), st.floats(0.1, 10), st.floats(-5, 5))
def test_places_are_those_of_any_unit_and_turn_with_the_sign(
    values: list[int], factor: float, shift: float
) -> None:
    y, s = np.array(values, dtype=float), np.full(len(values), 1.5)
    found = positions(y, s, draws=400)
    other = positions(factor * y + shift, factor * s, draws=400)
    # a value may change its order with an equal draw by rounding alone
    assert other.percent == pytest.approx(found.percent, abs=100 / 400 * 2)
    assert found.percent.mean() == pytest.approx(50)
    assert ((found.lower95 <= found.upper95) & (found.lower95 >= 0) & (found.upper95 <= 100)).all()


@pytest.mark.parametrize("factor", [1.0, 4.82421875, 1 / 3, 1e-6])
def test_values_that_differ_as_much_as_chance_alone_have_no_spread_in_any_unit(factor: float) -> None:
    """6, 6, 6, 9 with errors of 1.5: Q = 6.75/2.25 = 3 = k - 1, so tau2 = 0 but for rounding."""
    found = positions(factor * np.array([6.0, 6, 6, 9]), np.full(4, factor * 1.5))
    assert found.spread == pytest.approx(0, abs=0)
    assert found.shrunken == pytest.approx(np.full(4, factor * 6.75))


def test_one_organisation_stands_nowhere() -> None:
    assert np.isnan(positions([4.0], [0.1]).percent).all()
    assert len(positions([], []).percent) == 0


@pytest.mark.parametrize(
    ("value", "error", "argument"),
    [([1, 2], [1], "error"), ([1, 2], [1, 0], "error"), ([1, np.nan], [1, 1], "value")],
)
def test_what_cannot_be_placed_is_refused(value: list[float], error: list[float], argument: str) -> None:
    with pytest.raises(ArgumentError, match=argument):
        positions(value, error)


def test_results_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="read-only"):
        positions([1.0, 2.0], [1.0, 1.0]).percent[0] = 3


@pytest.mark.long
def test_intervals_cover_the_true_place_over_all_organisations() -> None:
    """100 organisations with spread 1 and errors of 0.1 to 1: 95 % intervals, 200 times."""
    random = np.random.default_rng(5)
    covered = []
    for _ in range(200):
        true = random.normal(size=100)
        error = random.uniform(0.1, 1.0, size=100)
        found = positions(random.normal(true, error), error, draws=1000)
        place = 100 * true.argsort().argsort() / 99
        covered.append(((found.lower95 <= place) & (place <= found.upper95)).mean())
    assert 0.93 < np.mean(covered) < 0.975


def test_steps_twice_as_wide_as_chance_widen_twice() -> None:
    """Every step is 2.256 = 2 x 1.128 standard errors."""
    y = np.tile([0.0, 2.256], 20)
    assert month_to_month(y, np.ones(40), ["A"] * 40) == pytest.approx(2)
    assert month_to_month(3 * y, np.full(40, 3.0), ["A"] * 40) == pytest.approx(2)


def test_no_step_leads_from_one_organisation_to_the_next() -> None:
    """A and B lie 100 apart, and neither moves."""
    y, groups = [0.0] * 20 + [100.0] * 20, ["A"] * 20 + ["B"] * 20
    assert month_to_month(y, [1.0] * 40, groups) == 1
    assert month_to_month(y, [1.0] * 40, groups, floor=0) == 0


def test_one_wild_organisation_widens_no_other() -> None:
    """The median of 1.128, 1.128 and 1128, over 1.128, is 1."""
    y = np.concatenate([np.tile([0, 1.128], 10), np.tile([0, 1.128], 10), np.tile([0, 1128.0], 10)])
    assert month_to_month(y, np.ones(60), np.repeat(["A", "B", "C"], 20)) == pytest.approx(1)


def test_few_steps_say_nothing() -> None:
    y = np.zeros(FEWEST_STEPS + 1)
    assert month_to_month(y[:-1], np.ones(FEWEST_STEPS), ["A"] * FEWEST_STEPS) is None
    assert month_to_month(y, np.ones(FEWEST_STEPS + 1), ["A"] * (FEWEST_STEPS + 1)) == 1


def test_places_hardly_move_from_no_spread_to_hardly_any() -> None:
    # two values that differ by just as much as chance explains, and by a hair more
    even = positions([0.0, 0.0, 0.0, 0.0], [1.0] * 4).percent
    near = np.sqrt(2 * (1 + 1e-6))
    hair = positions([-near / 2, -near / 2, near / 2, near / 2], [np.sqrt(2 / 3)] * 4)
    assert hair.spread < 0.01
    assert even == pytest.approx(hair.percent, abs=0.5)
