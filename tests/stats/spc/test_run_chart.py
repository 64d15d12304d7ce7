"""Run charts and the Anhøj rules."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.errors import ArgumentError
from helpers.stats.spc import run_chart, runs
from helpers.stats.spc.runs import run_limits

MONTHS = pd.date_range("2023-01-01", periods=40, freq="MS")


@pytest.mark.parametrize(
    ("useful", "longest", "crossings"), [(12, 7, 3), (24, 8, 8), (36, 8, 13), (1, 3, 0)]
)
def test_golden_limits_of_chance(useful, longest, crossings):
    assert run_limits(useful) == (longest, crossings)


def test_points_on_the_median_do_not_count():
    test = run_chart([1, 5, 5, 9, 1, 9]).tests[0]
    assert (test.useful, test.longest_run, test.crossings) == (4, 1, 3)
    assert not test.signal


def test_a_long_run_signals():
    # 12 useful points: a run of 8 is one too long; made with a frozen median of 0
    values = [-1, 1, -1, 1, -1, 1, 1, 1, 1, 1, 1, 1, 1, -1]
    chart = run_chart([0, 0, 0, *values], fix_after=3)
    test = chart.tests[0]
    assert (test.useful, test.longest_run, test.longest_run_max) == (14, 8, 7)
    assert chart.signal
    assert not run_chart([0, 0, 0, *values[:-2], -1], fix_after=3).signal  # a run of 7


def test_too_few_crossings_signal():
    # runs of 6 and 6: longest run 6 is fine, one crossing is below 3
    test = run_chart([1, 2] * 3 + [8, 9] * 3).tests[0]
    assert (test.longest_run, test.crossings, test.crossings_min, test.signal) == (6, 1, 3, True)


def test_exactly_the_fewest_crossings_do_not_signal():
    values = [1, 1, 1, 9, 9, 9, 9, 1, 1, 1, 9, 9]
    test = run_chart(values).tests[0]
    assert (test.crossings, test.crossings_min, test.signal) == (3, 3, False)


def test_a_constant_series_has_no_useful_point():
    test = run_chart([5, 5, 5]).tests[0]
    assert (test.useful, test.longest_run, test.crossings, test.signal) == (0, None, None, False)


def test_median_and_rules_restart_at_a_rebase():
    chart = run_chart([1, 2, 3, 11, 12, 13], MONTHS[:6], rebase=[MONTHS[3]])
    assert chart.centre.tolist() == [2, 2, 2, 12, 12, 12]
    assert chart.segment.tolist() == [0, 0, 0, 1, 1, 1]
    assert [test.useful for test in chart.tests] == [2, 2]
    assert (chart.dates == MONTHS[:6].to_numpy()).all()


def test_a_fixed_baseline_counts_points_with_a_value_in_each_segment():
    chart = run_chart([None, 1, 3, 100, 5, None, 7, 100], MONTHS[:8], rebase=[MONTHS[4]], fix_after=2)
    assert chart.centre.tolist() == [2] * 4 + [6] * 4


def test_missing_points_are_passed_over():
    test = run_chart([1, None, 1, 9, None, 9]).tests[0]
    assert (test.useful, test.longest_run, test.crossings) == (4, 2, 1)
    chart = run_chart([None, None])
    assert np.isnan(chart.centre).all()
    assert not chart.signal


def flips(useful):
    """Longest run and crossings of every way in which so many points may lie about a centre."""
    crossed = np.array(list(itertools.product([0, 1], repeat=useful - 1)))
    longest = run = np.ones(len(crossed), dtype=int)
    for step in crossed.T:
        run = np.where(step, 1, run + 1)
        longest = np.maximum(longest, run)
    return list(zip(longest.tolist(), crossed.sum(axis=1).tolist(), strict=True))


@pytest.mark.parametrize("useful", [10, 11, 13, 15])
def test_boxes_are_as_tight_as_seven_and_a_half_per_cent_of_false_alarms_let_them_be(useful):
    # by enumeration of all series: the boxes were chosen so that chance signals in at most 7.5 % of them
    ways = flips(useful)
    false = {
        method: np.mean([runs.is_signal(useful, longest, crossed, method) for longest, crossed in ways])
        for method in ("anhoej", "bestbox", "cutbox")
    }
    assert false["cutbox"] <= 0.075
    assert false["anhoej"] <= false["bestbox"] <= false["cutbox"] + 1e-12
    assert false["cutbox"] >= 0.06


@pytest.mark.parametrize("useful", [9, 101])
def test_beyond_the_boxes_the_anhoej_rules_hold(useful):
    for longest, crossed in [(3, useful // 2), (useful, 0), (6, 3)]:
        said = {runs.is_signal(useful, longest, crossed, how) for how in ("anhoej", "bestbox", "cutbox")}
        assert len(said) == 1


def test_a_corner_that_is_cut():
    # of 10 points two crossings with a run of six lie in the best box and in its cut corner
    values = [1, 1, 9, 9, 9, 9, 9, 9, 1, 1]
    box, cut = (run_chart(values, centre=5, method=how).runs for how in ("bestbox", "cutbox"))
    assert (box.longest_run, box.crossings, box.signal, cut.signal) == (6, 2, False, True)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=50))
def test_runs_and_crossings_fit_together(values):
    test = run_chart(values).tests[0]
    if test.useful:
        assert test.longest_run + test.crossings <= test.useful
        assert test.longest_run * (test.crossings + 1) >= test.useful


@pytest.mark.parametrize(
    ("values", "options", "words"),
    [
        ([], {}, "values: no value came"),
        ([1], {"fix_after": 0}, "fix_after: 0 came"),
        ([1], {"rebase": ["2023-01-01"]}, "rebase: '2023-01-01' came for values without dates"),
    ],
)
def test_bad_input_is_refused(values, options, words):
    with pytest.raises(ArgumentError, match=f"^{words}"):
        run_chart(values, **options)


def test_one_point_may_be_the_whole_baseline() -> None:
    assert run_chart([5.0, 1.0, 9.0], fix_after=1).centre.tolist() == [5.0, 5.0, 5.0]
    with pytest.raises(ArgumentError, match="fix_after"):
        run_chart([5.0, 1.0, 9.0], fix_after=0)
