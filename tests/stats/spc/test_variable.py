"""Charts of measurements (i, i', mr, xbar, s), and the options that all charts of this room share."""

import math

import numpy as np
import pandas as pd
import pytest

from helpers.errors import ArgumentError
from helpers.stats.spc import (
    c_chart,
    g_chart,
    i_chart,
    i_prime_chart,
    mr_chart,
    p_chart,
    run_chart,
    s_chart,
    t_chart,
    xbar_chart,
    xmr,
)

MONTHS = pd.date_range("2025-01-01", periods=12, freq="MS")
WAVY = [10, 12, 11, 13, 10, 14, 11, 12]


def lines(chart):
    return chart.lower[0], chart.centre[0], chart.upper[0]


def test_an_i_chart_has_the_limits_of_an_xmr_chart():
    chart, twin = i_chart(WAVY), xmr(WAVY).limits
    assert lines(chart) == pytest.approx((twin.lower, twin.centre, twin.upper))
    assert i_chart([-5, 5, -5, 5]).lower[0] < 0
    wide = i_chart([0, 1.128, 0, 1.128], compatible="qicharts2")
    assert lines(wide) == pytest.approx((0.564 - 3, 0.564, 0.564 + 3))


def test_moving_ranges_by_hand():
    chart = mr_chart([10, 12, 11, 13])
    assert chart.values[1:].tolist() == [2, 1, 2]
    assert lines(chart) == pytest.approx((0, 5 / 3, 3.267 * 5 / 3))
    # D4 = 1 + 3 d3/d2, so two sigma is 1 + 2 d3/d2; the R package takes two thirds of the whole
    assert chart.near_upper[0] == pytest.approx((1 + 2 * 2.267 / 3) * 5 / 3)
    assert mr_chart([10, 12, 11, 13], compatible="qicharts2").near_upper[0] == pytest.approx(
        3.267 * 2 / 3 * 5 / 3
    )


def test_moving_ranges_step_over_what_is_missing_or_left_out():
    assert mr_chart([10, None, 12, 11]).values[2] == 2
    # eight ranges of 1, then eight of 3, about their mean 2: runs of 8, where 7 are allowed; nor has qicharts2
    steps = np.cumsum([0] + [1, -1] * 4 + [3, -3] * 4)
    for like in (None, "qicharts2"):
        (test,) = mr_chart(steps, compatible=like).tests
        assert (test.longest_run, test.longest_run_max, test.crossings, test.signal) == (8, 7, 1, False)
    left_out = mr_chart([10, 99, 12, 11], exclude=[1])
    assert (left_out.values[2], left_out.centre[0]) == (2, 1.5)
    tool = mr_chart([10, 99, 12, 11], exclude=[1], compatible="qicharts2")
    assert (tool.values[1:].tolist(), tool.centre[0]) == ([89, 87, 1], 44)


def test_an_i_prime_chart_of_equal_denominators():
    # sqrt(pi/2) |d|/sqrt(2/n) sqrt(1/n) = sqrt(pi)/2 |d|: 1/1.128 but for rounding of d2
    chart = i_prime_chart([20, 24, 22], [2, 2, 2], screen=False)
    assert chart.upper[0] - chart.centre[0] == pytest.approx(3 * math.sqrt(math.pi) / 2 * 1.5)


def test_small_denominators_widen_an_i_prime_chart():
    chart = i_prime_chart([10, 44, 9, 40], [1, 4, 1, 4])
    wide = (chart.upper - chart.centre).tolist()
    assert wide[0] == pytest.approx(2 * wide[1])
    assert chart.centre[0] == pytest.approx(10.3)
    fixed = i_prime_chart([10, 12, 10, 90], [1] * 4, fix_after=3, screen=False)
    tool = i_prime_chart([10, 12, 10, 90], [1] * 4, fix_after=3, screen=False, compatible="qicharts2")
    assert fixed.upper[0] - fixed.centre[0] == pytest.approx(3 * math.sqrt(math.pi) / 2 * 2)
    assert tool.upper[0] - tool.centre[0] == pytest.approx(3 * math.sqrt(math.pi) / 2 * 28)


#: factors as printed in the tables of textbooks (Montgomery, appendix VI): A3, B3, B4
@pytest.mark.parametrize(
    ("size", "a3", "b3", "b4"), [(2, 2.659, 0, 3.267), (5, 1.427, 0, 2.089), (10, 0.975, 0.284, 1.716)]
)
def test_xbar_and_s_charts_take_the_printed_factors(size, a3, b3, b4):
    rng = np.random.default_rng(1)
    table = rng.normal(50, 5, (6, size))
    values, groups = table.ravel(), np.repeat(np.arange(6), size)
    spread = table.std(axis=1, ddof=1)
    xbar, s = xbar_chart(values, groups), s_chart(values, groups)
    assert xbar.values == pytest.approx(table.mean(axis=1))
    assert (xbar.upper[0] - xbar.centre[0]) / spread.mean() == pytest.approx(a3, abs=6e-4)
    assert lines(s) == pytest.approx((b3 * spread.mean(), spread.mean(), b4 * spread.mean()), abs=5e-3)


def test_subgroups_of_unequal_size_are_pooled():
    chart = s_chart([1, 3, 2, 4, 6], ["2026-01-01"] * 2 + ["2026-02-01"] * 3)
    assert chart.centre[0] == pytest.approx(math.sqrt((1 * 2 + 2 * 4) / 3))
    assert xbar_chart([1, 3, 2, 4, 6], [1, 1, 2, 2, 2]).centre[0] == pytest.approx(16 / 5)


def test_a_subgroup_of_one_or_of_nothing_has_no_limits():
    chart = xbar_chart([1, 3, 2, None, None], [1, 1, 2, 3, 3])
    assert np.isfinite(chart.upper).tolist() == [True, False, False]
    assert np.isnan(chart.values[2])
    assert chart.dates.tolist() == [1, 2, 3]


def test_subgroups_come_in_order_of_their_dates():
    chart = xbar_chart([5, 5, 1, 3], ["2026-02-01", "2026-02-01", "2026-01-01", "2026-01-01"])
    assert chart.values.tolist() == [2, 5]


def test_a_centre_that_moves_with_the_points():
    # qic(y, chart = "i", cl = 10:14): ranges are those of what is left about it, here 0 1 0 1
    moving = i_chart([10, 11, 13, 14, 16], centre=[10, 11, 12, 13, 14], compatible="qicharts2")
    assert moving.centre.tolist() == [10, 11, 12, 13, 14]
    assert (moving.upper - moving.centre).tolist() == pytest.approx([3 * 0.5 / 1.128] * 5)
    assert c_chart([4, 9], centre=[4, 9]).upper.tolist() == pytest.approx([10, 18])
    with pytest.raises(ArgumentError, match="centre: 2 values came; allowed: as many as in values"):
        i_chart([1, 2, 3], centre=[1, 2])


@pytest.mark.parametrize("laney", [False, True])
def test_a_period_with_nobody_at_risk_has_no_value(laney):
    dna, booked = [3, 0, 5, 4], [50, 0, 60, 40]
    chart, without = p_chart(dna, booked, laney=laney), p_chart([3, 5, 4], [50, 60, 40], laney=laney)
    assert np.isnan([chart.values[1], chart.upper[1]]).all()
    assert np.delete(chart.upper, 1) == pytest.approx(without.upper)
    assert chart.runs == without.runs
    with pytest.raises(ArgumentError, match="denominator: 0 came at position 1"):
        i_prime_chart([3, 1, 5, 4], booked)


@pytest.mark.parametrize("screen", [True, False])
@pytest.mark.parametrize("days", [6.0, 7.3, 0.1])
def test_equal_times_between_events_lie_on_their_centre(days, screen):
    chart = t_chart([days] * 12, screen=screen)
    assert (chart.runs.useful, chart.outside.any()) == (0, False)
    assert [*lines(chart), chart.values[0]] == pytest.approx([days] * 4)


def test_what_qicharts2_makes_of_nothing():
    # an empty subgroup takes a degree of freedom: sqrt((1 x 2 + 2 x 4) / (1 + 2 - 1)) is the centre of its s chart
    values, groups = [1, 3, 2, 4, 6, None, None], [1, 1, 2, 2, 2, 3, 3]
    assert s_chart(values, groups, compatible="qicharts2").centre[0] == pytest.approx(math.sqrt(5))
    assert s_chart(values, groups).centre[0] == pytest.approx(math.sqrt(10 / 3))
    assert mr_chart([5], compatible="qicharts2").lower.tolist() == [0]
    one = t_chart([5.0], compatible="qicharts2")
    assert (one.lower[0], np.isnan(one.near_lower[0])) == (0, True)


def test_a_chart_as_tables():
    chart = c_chart([1, 9, 4, 30], MONTHS[:4], rebase=[MONTHS[2]], centre=[5, 5, 9, 9])
    assert chart.to_frame().iloc[3].tolist() == [MONTHS[3], 30, 9, 0, 18, 3, 15, 1, 1]
    table = chart.summary()
    assert table["date"].tolist() == [MONTHS[0], MONTHS[2]]
    assert table[["points", "centre", "upper", "outside", "useful", "crossings"]].iloc[1].tolist() == [
        2,
        9,
        18,
        1,
        2,
        1,
    ]


def test_points_left_out_are_drawn_and_not_judged():
    values = [*WAVY, 90]
    chart = i_chart(values, MONTHS[:9], exclude=[MONTHS[8]])
    assert lines(chart) == pytest.approx(lines(i_chart(WAVY)))
    assert (chart.values[8], chart.outside[8]) == (90, 1)
    assert chart.runs.useful == i_chart(WAVY).runs.useful
    middle = i_chart([10, 12, 99, 11, 13], exclude=[2])
    assert lines(middle) == pytest.approx(lines(i_chart([10, 12, 11, 13])))
    assert p_chart([1, 9, 1], [10] * 3, exclude=[1]).centre[0] == pytest.approx(0.1)
    assert run_chart([1, 2, 3, 99], exclude=[3]).centre[0] == 2


def test_a_centre_that_is_known_takes_the_place_of_the_mean():
    assert c_chart([3, 3, 5], centre=9).upper[0] == 18
    assert run_chart([1, 2, 3], centre=5).centre.tolist() == [5] * 3
    assert t_chart([8.0, 9, 7], centre=10).centre[0] == pytest.approx(10)
    assert s_chart([1, 3, 2, 4], [1, 1, 2, 2], centre=2).centre.tolist() == [2, 2]
    assert g_chart([8, 7, 9], centre=10, compatible="qicharts2").centre[0] == pytest.approx(6.93)


def test_a_multiplier_scales_values_and_lines_alike():
    one, hundred = p_chart(WAVY, [100] * 8), p_chart(WAVY, [100] * 8, multiplier=100)
    for name in ("values", "centre", "lower", "upper", "near_lower", "near_upper"):
        assert getattr(hundred, name) == pytest.approx(100 * getattr(one, name))
    assert hundred.tests == one.tests


def test_limits_restart_at_a_position_where_there_are_no_dates():
    chart = i_chart([1, 2, 1, 2, 8, 9, 8, 9], rebase=[4])
    assert chart.centre.tolist() == [1.5] * 4 + [8.5] * 4


def test_every_chart_says_what_the_rules_of_runs_find():
    late = [1, 2] * 6 + [8, 9] * 6
    for chart in (xmr(late), i_chart(late), run_chart(late), c_chart(late)):
        assert (chart.runs.longest_run, chart.runs.crossings, chart.runs.signal) == (12, 1, True)


def test_missing_counts_are_passed_over():
    assert c_chart([4, None, 14]).centre[0] == 9
    assert g_chart([4, None, 14]).centre[0] == 9


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: i_chart(WAVY, exclude=[8]),
            r"exclude: 8 came .* positions from 0 to 7, or exclude dates",
        ),
        (
            lambda: i_chart(WAVY, MONTHS[:8], exclude=["2025-01-15"]),
            "exclude: 2025-01-15, which is no date of",
        ),
        (
            lambda: i_chart(WAVY, method="best"),
            "method: 'best' came; allowed: 'anhoej', 'bestbox', 'cutbox'",
        ),
        (lambda: i_chart(WAVY, centre="x"), "centre: the text 'x' came"),
        (lambda: i_chart(WAVY, multiplier=0), "multiplier: 0 came"),
        (lambda: i_chart(WAVY, fix_after=1), "fix_after: 1 came"),
        (lambda: i_prime_chart([1], [0]), "denominator: 0 came"),
        (lambda: xbar_chart([1, 2], [1]), "subgroups: 1 values came"),
        (lambda: s_chart([1, 2], [1, None]), "subgroups: a missing name came at position 1"),
    ],
)
def test_bad_input_is_refused(call, words):
    with pytest.raises(ArgumentError, match=words):
        call()
