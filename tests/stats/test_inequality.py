"""Slope and relative index of inequality."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.stats import norm

from helpers.errors import ArgumentError
from helpers.stats.inequality import quantile_groups, slope_index

EQUAL = [100] * 5


def test_golden_equal_groups():
    found = slope_index([10, 8.5, 7, 6.5, 5], EQUAL)
    assert found.slope.value == pytest.approx(-6.0)
    assert found.relative.value == pytest.approx(0.4231, abs=5e-5)
    assert found.intercept == pytest.approx(10.4)
    assert math.isnan(found.slope.lower95)
    assert math.isnan(found.relative.upper998)


def test_a_straight_line_is_found_whatever_the_sizes():
    # ridits of 10, 20, 70: .05, .2, .65; values 3 + 4 x ridit
    found = slope_index([3.2, 3.8, 5.6], [10, 20, 70])
    assert found.slope.value == pytest.approx(4.0)
    assert found.relative.value == pytest.approx(7 / 3)


def test_intervals_of_the_slope_by_hand():
    # ridits .1 .3 .5 .7 .9: slope weights -2, -1, 0, 1, 2 (x .2/.4 = .5); errors 1: se sqrt(2.5 x ...)
    found = slope_index([10, 8.5, 7, 6.5, 5], EQUAL, standard_error=[1] * 5)
    error = math.sqrt(1 + 0.25 + 0 + 0.25 + 1)
    assert found.slope.lower95 == pytest.approx(-6 - 1.959963984540054 * error)
    assert found.slope.upper998 == pytest.approx(-6 + 3.090232306167813 * error)


def test_limits_do_instead_of_standard_errors():
    y = np.array([10, 8.5, 7, 6.5, 5])
    by_error = slope_index(y, EQUAL, standard_error=[0.5] * 5)
    half = 1.959963984540054 * 0.5
    by_limits = slope_index(y, EQUAL, lower95=y - half, upper95=y + half)
    assert by_limits.slope.lower95 == pytest.approx(by_error.slope.lower95)
    assert by_limits.relative.upper95 == pytest.approx(by_error.relative.upper95)


def test_limits_of_the_relative_index_are_those_of_a_ratio_of_normals():
    # P(end - t start < 0) = 2.5 % defines the limit; start and end are weighted sums of the values
    y, error = np.array([10, 8.5, 7, 6.5, 5]), np.array([0.3, 0.2, 0.4, 0.3, 0.5])
    ridit = np.array([0.1, 0.3, 0.5, 0.7, 0.9])
    design = np.column_stack([np.ones(5), ridit])
    weights = np.linalg.solve(design.T @ design, design.T)
    start, end = weights[0], weights[0] + weights[1]

    def probability(t):
        w = end - t * start
        return norm.cdf(0, loc=w @ y, scale=math.sqrt(np.sum((w * error) ** 2)))

    found = slope_index(y, EQUAL, standard_error=error).relative
    assert found.lower95 == pytest.approx(brentq(lambda t: probability(t) - 0.025, 0.1, 0.42))
    assert found.upper95 == pytest.approx(brentq(lambda t: probability(t) - 0.975, 0.43, 0.9))
    assert found.lower998 < found.lower95 < found.value < found.upper95 < found.upper998


def test_a_start_that_may_be_0_has_no_limits_of_the_relative_index():
    found = slope_index([1, 2, 3], [1, 1, 1], standard_error=[5, 5, 5]).relative
    assert math.isnan(found.lower95)
    zero = slope_index([0, 0, 0], [1, 1, 1])
    assert math.isnan(zero.relative.value)


def test_rates_on_the_log_scale():
    # exact line on the log scale: ln y = 1 - ridit; fits e and 1
    ridit = np.array([0.1, 0.3, 0.5, 0.7, 0.9])
    y = np.exp(1 - ridit)
    found = slope_index(y, EQUAL, scale="log", lower95=y * math.exp(-0.1), upper95=y * math.exp(0.1))
    assert found.intercept == pytest.approx(math.e)
    assert found.slope.value == pytest.approx(1 - math.e)
    assert found.relative.value == pytest.approx(1 / math.e)
    # slope on the log scale -1 -/+ .1 sqrt(2.5), turned about the middle fit of .5
    step = -1 - 0.1 * math.sqrt(2.5)
    assert found.relative.lower95 == pytest.approx(math.exp(step))
    assert found.slope.lower95 == pytest.approx(math.exp(0.5 + step / 2) - math.exp(0.5 - step / 2))


def test_proportions_on_the_logit_scale():
    ridit = np.array([0.1, 0.3, 0.5, 0.7, 0.9])
    y = 1 / (1 + np.exp(-(2 * ridit - 1)))
    found = slope_index(y, EQUAL, scale="logit")
    low, high = 1 / (1 + math.e), math.e / (1 + math.e)
    assert (found.intercept, found.slope.value) == (pytest.approx(low), pytest.approx(high - low))
    assert found.relative.value == pytest.approx(math.e)


@given(st.lists(st.tuples(st.floats(0.5, 9), st.integers(1, 99)), min_size=3, max_size=10))
def test_equal_values_are_equal_and_mirrored_groups_turn_the_slope(groups):
    y, n = zip(*groups, strict=True)
    assert slope_index([3.0] * len(n), n).slope.value == pytest.approx(0, abs=1e-9)
    there, back = slope_index(y, n), slope_index(y[::-1], n[::-1])
    assert back.slope.value == pytest.approx(-there.slope.value, abs=1e-9)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"values": [1, 2], "population": [1, 1]}, "values: 2 groups came; allowed: 3 groups or more"),
        ({"population": [1, 1]}, "population: 2 values came"),
        ({"population": [1, 0, 1]}, "population: 0 came"),
        ({"scale": "ln"}, "scale: 'ln' came"),
        (
            {"scale": "log", "values": [0, 1, 2]},
            "values: 0 came at position 0; allowed: finite numbers above 0",
        ),
        ({"scale": "logit", "values": [0.5, 1, 0.5]}, "values: 1 came; allowed: proportions below 1"),
        ({"scale": "log", "standard_error": [1, 1, 1]}, "standard_error: it came with scale 'log'"),
        ({"standard_error": [-1, 1, 1]}, "standard_error: -1 came"),
        ({"standard_error": [1, 1]}, "standard_error: 2 values came"),
        ({"lower95": [1, 1, 1]}, "upper95: only one of both limits came"),
        ({"upper95": [1, 1, 1]}, "lower95: only one of both limits came"),
        ({"lower95": [1, 1], "upper95": [1, 1]}, "lower95: 2 values came"),
    ],
)
def test_bad_input_is_refused(options, words):
    arguments = {"values": [1, 2, 3], "population": [1, 1, 1], **options}
    with pytest.raises(ArgumentError, match=words):
        slope_index(arguments.pop("values"), arguments.pop("population"), **arguments)


def test_simulated_intervals_tend_to_the_exact_ones():
    groups = {"values": [10, 8.5, 7, 6.5, 5], "population": EQUAL, "standard_error": [0.5] * 5}
    exact, drawn = slope_index(**groups), slope_index(**groups, repetitions=40_000, seed=2)
    assert drawn.slope.value == exact.slope.value
    assert drawn.slope.at(0.95) == pytest.approx(exact.slope.at(0.95), abs=0.05)
    assert drawn.relative.at(0.95) == pytest.approx(exact.relative.at(0.95), abs=0.005)


def test_rates_may_err_on_the_log_scale_while_the_line_is_fitted_on_their_own():
    y = np.array([10, 8.5, 7, 6.5, 5])
    limits = {"lower95": y / 1.5, "upper95": y * 1.5}
    found = slope_index(y, EQUAL, **limits, errors="log", repetitions=20_000)
    assert found.slope.value == pytest.approx(-6)
    assert found.slope.lower95 < -6 < found.slope.upper95
    # log-normal errors are skew: the limits lie unevenly about the slope
    assert abs(found.slope.lower95 + 6) > abs(found.slope.upper95 + 6)


def test_a_multiplier_below_nought_turns_the_indices_over():
    groups = {"values": [10, 8.5, 7, 6.5, 5], "population": EQUAL, "standard_error": [0.5] * 5}
    there, back = (
        slope_index(**groups, confidence=0.9),
        slope_index(**groups, confidence=0.9, multiplier=-100),
    )
    assert back.slope.value == pytest.approx(600)
    assert (back.slope.lower, back.slope.upper) == pytest.approx(
        (-100 * there.slope.upper, -100 * there.slope.lower)
    )
    assert back.relative.value == pytest.approx(1 / there.relative.value)
    assert back.relative.lower == pytest.approx(1 / there.relative.upper)
    assert back.intercept == pytest.approx(100 * there.intercept)


def test_quantiles_by_hand():
    scores = [3, 1, 4, 1, 5, 9, 2, 6, 5, 8]
    # from the highest: 9 8 | 6 5 5 | 4 | 3 2 | 1 1; equal scores share the better rank
    assert quantile_groups(scores, quantiles=5).tolist() == [4, 5, 3, 5, 2, 1, 4, 2, 2, 1]
    assert quantile_groups([1, 2, 3, 4], quantiles=2, highest_first=False).tolist() == [1, 1, 2, 2]


def test_quantiles_are_within_groups_and_pass_over_what_is_missing():
    found = quantile_groups([1, 2, None, 9, 8, 5], [*"aaabbc"], quantiles=2)
    assert found[:5].tolist()[:2] == [2, 1]
    assert np.isnan(found[[2, 5]]).all()
    assert found[3:5].tolist() == [1, 2]
    turned = quantile_groups([1, 2, 9, 8], [*"aabb"], quantiles=2, highest_first=[False, False, True, True])
    assert turned.tolist() == [1, 2, 1, 2]
