"""XmR charts of one series: limits, rules, icons, rebases, targets, stability."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from helpers.errors import ArgumentError
from helpers.stats.spc import xmr

MONTHS = pd.date_range("2023-01-01", periods=40, freq="MS")
#: golden series of methods.md, section 1
SPIKE = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]
HILL = [0, 1, 2, 3, 4, 5, 6, 7, 6, 5, 4, 3, 2, 1]
COMMON = "Common Cause"
#: moving ranges of 1 throughout, mean 10.5: limits 7.84 and 13.16, near limits 8.727 and 12.273
STEADY = [10, 11] * 10


def near(value, places=4):
    return pytest.approx(value, abs=0.5 * 10**-places)


# --- limits


def test_golden_limits_with_screening():
    limits = xmr(SPIKE).limits
    assert (limits.centre, limits.lower, limits.upper) == (near(1.9444), near(-0.7156), near(4.6044))
    assert limits.screened == 2  # the ranges of 8 and 9 about the spike
    assert limits.mean_range == 1.0


def test_golden_limits_without_screening():
    limits = xmr(SPIKE, screen=False).limits
    assert (limits.centre, limits.lower, limits.upper) == (near(1.9444), near(-3.0626), near(6.9515))
    assert limits.screened == 0


def test_near_limits_lie_two_thirds_out():
    limits = xmr(STEADY).limits
    assert (limits.lower, limits.upper) == (near(10.5 - 2.66), near(10.5 + 2.66))
    assert (limits.near_lower, limits.near_upper) == (near(10.5 - 2.66 * 2 / 3), near(10.5 + 2.66 * 2 / 3))


def test_a_range_at_the_screening_threshold_is_dropped():
    # ranges 0 (n - 1 times) and r: r >= 3.267 r/n for n >= 4 only
    assert xmr([0, 0, 0, 0, 5]).limits.screened == 1
    assert xmr([0, 0, 0, 5]).limits.screened == 0  # 5 < 3.267 x 5/3
    # 3.267 x mean of (0, 0.267, 1, 1, ... ) is not needed: equality made by hand
    ranges = np.array([3.267, 1.0, 0.0, 0.0])  # mean 1.06675, threshold 3.485: kept
    assert xmr(np.concatenate([[0], np.cumsum(ranges)])).limits.screened == 0


def test_screening_is_done_once():
    # ranges 1, 1, 1, 1, 10, 100: mean 19, threshold 62, drops 100; 10 then stays though 3.267 x 2.8 < 10
    values = np.concatenate([[0], np.cumsum([1, 1, 1, 1, 10, 100])])
    limits = xmr(values).limits
    assert limits.screened == 1
    assert limits.mean_range == pytest.approx(14 / 5)


def test_the_centre_is_not_screened():
    assert xmr(SPIKE).limits.centre == pytest.approx(35 / 18)


def test_limits_are_not_cut_at_zero_or_a_hundred():
    assert xmr([0, 1, 0, 1]).limits.lower < 0
    assert xmr([99, 100, 99, 100]).limits.upper > 100


def test_a_fixed_baseline_takes_the_first_points_of_a_segment():
    chart = xmr([10, 12, 11, 50, 60, 70], fix_after=3)
    assert chart.limits.centre == 11.0
    assert chart.limits.mean_range == 1.5
    assert chart.limits.baseline == 3
    assert chart.reason[3:] == ("Above UCL",) * 3


def test_a_fixed_baseline_holds_for_each_segment():
    chart = xmr([1, 3, 9, 11, 13, 20], MONTHS[:6], fix_after=2, rebase=["2023-04-01"])
    assert [segment.centre for segment in chart.segments] == [2.0, 12.0]
    assert [segment.baseline for segment in chart.segments] == [2, 2]


def test_a_fixed_baseline_counts_points_that_have_a_value():
    assert xmr([10, None, 12, 99], fix_after=2).limits.centre == 11.0


# --- rules


def test_golden_reasons_of_a_hill():
    assert xmr(HILL).reason == (
        "Below LCL",
        *["7 Point Trend (Increasing)"] * 6,
        "Above UCL",
        *["7 Point Trend (Decreasing)"] * 6,
    )


def test_a_point_on_a_limit_is_inside():
    # baseline 0, 1: centre 0.5, limits 0.5 -/+ 2.66
    chart = xmr([0, 1, 0.5 + 2.66, 0.5 - 2.66, 3.17, -2.17], fix_after=2)
    assert chart.limits.upper == 0.5 + 2.66
    assert [reason in ("Above UCL", "Below LCL") for reason in chart.reason] == [False] * 4 + [True] * 2


def test_six_points_are_no_trend_and_seven_are():
    flat = [5.0, 5.2] * 10
    for rising, flagged in (
        ([4.9, 5.0, 5.1, 5.15, 5.2, 5.25], False),
        ([4.9, 5.0, 5.1, 5.15, 5.2, 5.25, 5.3], True),
    ):
        chart = xmr([*flat, *rising, 5.0])
        reasons = chart.reason[20 : 20 + len(rising)]
        assert ("7 Point Trend (Increasing)" in reasons) is flagged
        assert reasons.count("7 Point Trend (Increasing)") == (7 if flagged else 0)


def test_a_tie_breaks_a_trend():
    wide = [0, 20] * 10
    assert "7 Point Trend (Increasing)" not in xmr([*wide, 9, 10, 11, 11, 12, 13, 14, 15, 9]).reason


def test_a_point_in_two_trends_takes_the_later_ones_direction():
    wide = [-30, 30] * 10
    reasons = xmr([*wide, 0, 1, 2, 3, 4, 5, 6, 5, 4, 3, 2, 1, 0]).reason
    assert reasons[21:26] == ("7 Point Trend (Increasing)",) * 5
    assert reasons[26] == "7 Point Trend (Decreasing)"


def test_neighbouring_trends_keep_their_own_direction_but_not_in_the_published_tool():
    values = [1, 2, 3, 4, 5, 6, 7, 3, 4, 5, 6, 7, 8, 9] + [0, 10] * 8
    assert xmr(values, screen=False).reason[6] == "7 Point Trend (Increasing)"
    assert xmr(values, screen=False, compatible="nhsrplotthedots").reason[6] == "7 Point Trend (Decreasing)"


def test_the_run_lengths_are_parameters_and_their_words_follow():
    values = [0, 20] * 8 + [11, 12, 13, 14, 15]
    assert "5 Point Trend (Increasing)" in xmr(values, trend_points=5).reason
    assert "5 Points Above CL" in xmr([9, 11] * 8 + [10.5] * 5, shift_points=5).reason


def test_two_in_three_flags_only_points_between_near_limit_and_limit():
    # baseline of STEADY: near limit 12.273, limit 13.16
    chart = xmr([*STEADY, 12.5, 11.0, 12.6, 10], fix_after=20)
    assert chart.reason[20:] == ("2 in 3 Above CL", COMMON, "2 in 3 Above CL", COMMON)
    low = xmr([*STEADY, 8.5, 8.4, 10.0, 11], fix_after=20)
    assert low.reason[20:] == ("2 in 3 Below CL", "2 in 3 Below CL", COMMON, COMMON)


def test_two_in_three_needs_all_three_on_one_side_and_three_points():
    assert xmr([*STEADY, 12.5, 10.0, 12.6, 10], fix_after=20).reason[20:] == (COMMON,) * 4
    # 12.5 and 12.6 at the end: their window of three begins with 11, above the centre
    assert xmr([*STEADY, 12.5, 12.6], fix_after=20).reason[-2:] == ("2 in 3 Above CL",) * 2
    assert xmr([*STEADY, 10, 12.5, 12.6], fix_after=20).reason[-2:] == (COMMON,) * 2


def test_two_in_three_does_not_reach_across_a_rebase():
    dates = MONTHS[:26]
    values = [*STEADY, 10, 11, 12.5, 12.5, 11, 10]
    chart = xmr(values, dates, rebase=[dates[23]], fix_after=20)
    assert chart.reason[22] == COMMON


@pytest.mark.parametrize(("counts", "reason"), [(False, COMMON), (True, "2 in 3 Above CL")])
def test_points_beyond_the_limit_count_only_where_asked(counts, reason):
    chart = xmr([*STEADY, 14, 12.5, 11], fix_after=20, outside_counts_in_two_in_three=counts)
    assert chart.reason[20:22] == ("Above UCL", reason)


def test_seven_on_one_side_are_a_shift_and_a_point_on_the_centre_breaks_it():
    shifted = [11, 10.75] * 3 + [11]
    assert xmr([*STEADY, 10, *shifted], fix_after=20).reason[-7:] == ("7 Points Above CL",) * 7
    broken = [*shifted[:3], 10.5, *shifted[:6]]
    assert "7 Points Above CL" not in xmr([*STEADY, 10, *broken], fix_after=20).reason


def test_rules_are_named_in_their_order():
    # 12.3 12.5 ... rise above the near limit for seven points: trend comes before two in three and shift
    rising = [12.3, 12.4, 12.5, 12.6, 12.7, 12.8, 12.9]
    assert set(xmr([*STEADY, 10, *rising], fix_after=20).reason[-7:]) == {"7 Point Trend (Increasing)"}
    close = [12.3, 12.4] * 3 + [12.3]
    assert set(xmr([*STEADY, 10, *close], fix_after=20).reason[-7:]) == {"2 in 3 Above CL"}


# --- icons


@pytest.mark.parametrize(
    ("improvement", "high", "low"),
    [
        ("increase", "improvement_high", "concern_low"),
        ("decrease", "concern_high", "improvement_low"),
        ("neutral", "neutral_high", "neutral_low"),
    ],
)
def test_the_variation_icon_is_the_type_of_the_latest_point(improvement, high, low):
    assert xmr([*STEADY, 20], fix_after=20, improvement=improvement).variation == high
    assert xmr([*STEADY, 0], fix_after=20, improvement=improvement).variation == low
    assert xmr([*STEADY, 0, 10], fix_after=20, improvement=improvement).variation == "common_cause"


@pytest.mark.parametrize(
    ("improvement", "types"),
    [
        ("increase", ("special_cause_improvement", "special_cause_concern")),
        ("decrease", ("special_cause_concern", "special_cause_improvement")),
        ("neutral", ("special_cause_neutral_high", "special_cause_neutral_low")),
    ],
)
def test_point_types_follow_the_direction_of_improvement(improvement, types):
    chart = xmr([*STEADY, 20, 0, 10], fix_after=20, improvement=improvement)
    assert chart.point_type[-3:] == (*types, "common_cause")
    assert chart.direction[-3:].tolist() == [1, -1, 0]


@pytest.mark.parametrize(
    ("target", "increase", "decrease"),
    [
        (14, "consistent_fail", "consistent_pass"),
        (7, "consistent_pass", "consistent_fail"),
        (10.5, "inconsistent", "inconsistent"),
        (10.5 + 2.66, "inconsistent", "inconsistent"),  # equality is hit-or-miss
        (10.5 - 2.66, "inconsistent", "inconsistent"),
    ],
)
def test_assurance_compares_the_target_with_the_limits(target, increase, decrease):
    # 13 points: mean range 1, and no correlation beyond 0.6 in this order
    values = [10, 11, 10.5, 10, 10.5, 11, 10, 10.5, 10.5, 11, 10.5, 10, 11]
    offset = np.mean(values) - 10.5
    scale = 1 / np.mean(np.abs(np.diff(values)))
    steady = (np.array(values) - np.mean(values)) * scale + 10.5
    assert abs(offset) < 1
    for improvement, icon in (("increase", increase), ("decrease", decrease)):
        for options in ({}, {"compatible": "nhsrplotthedots"}):
            exact = xmr(steady, improvement=improvement, **options).limits
            shown = {10.5 + 2.66: exact.upper, 10.5 - 2.66: exact.lower}.get(target, target)
            chart = xmr(steady, improvement=improvement, target=shown, **options)
            assert (chart.assurance, chart.assurance_note) == (icon, "")


def test_neutral_measures_and_measures_without_target_get_no_assurance():
    neutral = xmr([1, 2, 1, 2], improvement="neutral", target=5)
    assert (neutral.assurance, neutral.assurance_note) == (None, "neutral measure")
    none = xmr([1, 2, 1, 2])
    assert (none.assurance, none.assurance_note) == (None, "no target")


def test_assurance_of_a_stable_series_is_stated_though_a_special_cause_has_occurred():
    values = [10, 11, 10.5, 10, 10.5, 11, 10, 10.5, 10.5, 11, 10.5, 10, 11]
    chart = xmr([*values, 14, *values], target=5)
    assert chart.stability.stable
    assert (chart.assurance, chart.assurance_note) == ("consistent_pass", "")


# --- known faults of tools


@pytest.mark.parametrize("value", [100.0, 0.1, 1 / 3, 1e9 + 0.1])
def test_a_constant_series_has_limits_equal_to_its_value(value):
    chart = xmr([value] * 12, target=0.95 * value)
    assert (chart.limits.centre, chart.limits.lower, chart.limits.upper) == (value,) * 3
    assert set(chart.reason) == {COMMON}
    assert (chart.assurance, chart.variation) == ("consistent_pass", "common_cause")


def test_a_constant_series_has_no_limits_in_the_published_tool():
    chart = xmr([100.0] * 12, target=95, compatible="nhsrplotthedots")
    assert np.isnan(chart.limits.upper)
    assert set(chart.reason) == {COMMON}
    assert chart.assurance == "inconsistent"
    unscreened = xmr([100.0] * 12, target=95, screen=False, compatible="nhsrplotthedots")
    assert unscreened.assurance == "consistent_pass"


def test_a_rebase_date_outside_the_data_is_refused_with_its_neighbours():
    with pytest.raises(ArgumentError, match=r"2023-02-15, which is no date of.*2023-02-01 and 2023-03-01"):
        xmr([1, 2, 3], MONTHS[:3], rebase=["2023-02-15"])
    with pytest.raises(ArgumentError, match=r"nearest are 2023-01-01\."):
        xmr([1, 2, 3], MONTHS[:3], rebase=["2022-12-31"])
    ignored = xmr([1, 2, 3], MONTHS[:3], rebase=["2023-02-15"], compatible="nhsrplotthedots")
    assert len(ignored.segments) == 1


@pytest.mark.parametrize(("points", "provisional"), [(12, True), (13, False)])
def test_limits_of_fewer_than_13_points_are_provisional(points, provisional):
    chart = xmr(STEADY[:points])
    assert chart.provisional is provisional
    assert chart.limits.provisional is provisional


def test_what_counts_for_provisional_limits_is_their_baseline():
    assert xmr(STEADY, fix_after=12).provisional
    assert not xmr(STEADY, fix_after=12, compatible="nhsrplotthedots").provisional
    gaps = [*STEADY[:12], None]
    assert xmr(gaps).provisional
    assert not xmr(gaps, compatible="nhsrplotthedots").provisional  # it counts rows


def test_one_point_has_a_centre_and_no_limits():
    chart = xmr([3.0], target=5)
    assert chart.limits.centre == 3.0
    assert np.isnan([chart.limits.lower, chart.limits.upper, chart.stability.lag1]).all()
    assert (chart.variation, chart.reason) == ("common_cause", (COMMON,))
    assert (chart.assurance, chart.assurance_note) == (None, "limits not defined")
    assert chart.stability.stable


def test_no_point_is_refused():
    with pytest.raises(ArgumentError, match=r"^values: no value came; allowed: one value or more\.$"):
        xmr([])


def test_all_points_missing_is_a_defined_result():
    chart = xmr([None, None], MONTHS[:2], target=5)
    assert chart.reason == ("Missing", "Missing")
    assert chart.point_type == ("missing", "missing")
    assert (chart.latest, chart.latest_date, chart.variation) == (None, None, "none")
    assert np.isnan(
        [chart.latest_value, chart.target_in_force, chart.distance_to_target, chart.change]
    ).all()
    assert chart.assurance_note == "limits not defined"
    assert (chart.limits.points, chart.limits.baseline) == (0, 0)


def test_duplicated_and_unsorted_dates_are_refused():
    with pytest.raises(ArgumentError, match=r"^dates: 2023-01-01 came twice; allowed: each date once\.$"):
        xmr([1, 2], [MONTHS[0], MONTHS[0]])
    with pytest.raises(
        ArgumentError, match="dates: 2023-01-01 came after a later date; allowed: ascending"
    ):
        xmr([1, 2], [MONTHS[1], MONTHS[0]])
    with pytest.raises(ArgumentError, match=r"dates: 2 values came; allowed: as many as in values \(1\)"):
        xmr([1], MONTHS[:2])


def test_the_published_tool_sorts_dates():
    chart = xmr([3, 1, 2], [MONTHS[2], MONTHS[0], MONTHS[1]], compatible="nhsrplotthedots")
    assert chart.values.tolist() == [1, 2, 3]
    assert (chart.dates == MONTHS[:3].to_numpy()).all()


# --- missing values


def test_missing_values_are_dropped_and_runs_go_on():
    gaps = xmr([0, 1, 2, None, 3, 4, 5, 6, 7, 6, 5, 4, None, 3, 2, 1])
    kept = [reason for reason in gaps.reason if reason != "Missing"]
    assert kept == list(xmr(HILL).reason)
    assert gaps.limits.centre == pytest.approx(xmr(HILL).limits.centre)
    assert gaps.centre[3] == gaps.centre[2]  # the lines go on


def test_gaps_break_ranges_and_runs_in_the_published_tool():
    chart = xmr([0, 1, 2, None, 3, 4, 5, 6, 7, 8, 9], compatible="nhsrplotthedots")
    assert chart.reason[3] == COMMON
    trend = "7 Point Trend (Increasing)"
    assert [reason == trend for reason in chart.reason[:4]] == [
        False
    ] * 4  # dropped, the gap would not matter
    assert xmr([0, 1, 2, None, 3, 4, 5, 6, 7, 8, 9]).reason[2] == trend
    wide = xmr([0, None, 100, 101], compatible="nhsrplotthedots")
    assert wide.limits.mean_range == 1.0
    assert xmr([0, None, 100, 101], screen=False).limits.mean_range == 50.5


def test_icons_speak_of_the_last_shown_point():
    chart = xmr([*STEADY, 20, None], MONTHS[:22], fix_after=20, target=12)
    assert chart.variation == "improvement_high"
    assert chart.latest_date == MONTHS[20]
    assert chart.latest_value == 20.0
    assert chart.distance_to_target == 8.0
    published = xmr([*STEADY, 20, None], MONTHS[:22], fix_after=20, compatible="nhsrplotthedots")
    assert published.variation == "common_cause"


# --- rebase and dated targets


def test_limits_and_runs_restart_at_a_rebase():
    values = [*STEADY, *(v + 100 for v in STEADY)]
    chart = xmr(values, MONTHS, rebase=[MONTHS[20]])
    assert [segment.centre for segment in chart.segments] == [10.5, 110.5]
    assert [(s.first, s.last, s.points) for s in chart.segments] == [(0, 19, 20), (20, 39, 20)]
    assert chart.segment.tolist() == [0] * 20 + [1] * 20
    assert set(chart.reason) == {COMMON}
    assert chart.limits.centre == 110.5


def test_a_trend_and_a_shift_do_not_cross_a_rebase():
    rising = list(range(12))
    chart = xmr(rising, MONTHS[:12], rebase=[MONTHS[6]])
    assert not any("Trend" in reason for reason in chart.reason)
    shift = [11] * 4 + [11.1] * 4
    assert set(xmr(shift, MONTHS[:8], rebase=[MONTHS[4]]).reason) == {COMMON}


def test_a_rebase_at_the_first_date_or_twice_changes_nothing():
    plain = xmr(STEADY, MONTHS[:20])
    assert xmr(STEADY, MONTHS[:20], rebase=[MONTHS[0]]).to_frame().equals(plain.to_frame())
    twice = xmr(STEADY, MONTHS[:20], rebase=[MONTHS[5], MONTHS[5]])
    assert len(twice.segments) == 2


def test_a_segment_without_values_has_no_limits():
    chart = xmr([1, 2, 1, None, None], MONTHS[:5], rebase=[MONTHS[3]], target=5)
    assert np.isnan(chart.segments[1].centre)
    assert (chart.latest, chart.variation) == (2, "common_cause")
    assert chart.assurance_note == "limits not defined"
    assert np.isnan(chart.change)


@pytest.mark.parametrize("wrong", ["2023-01-01", 3])
def test_a_rebase_is_a_list(wrong):
    with pytest.raises(ArgumentError, match=r"^rebase: .* came; allowed: a list of dates\.$"):
        xmr([1, 2], MONTHS[:2], rebase=wrong)


def test_rebases_and_dated_targets_need_dates():
    with pytest.raises(ArgumentError, match=r"^rebase: .*, or rebase dates together with dates\.$"):
        xmr([1, 2], rebase=["2023-01-01"])
    with pytest.raises(ArgumentError, match=r"^target: .*allowed: one number, or dates as well\.$"):
        xmr([1, 2], target={"2023-01-01": 5})


def test_the_target_in_force_is_used():
    target = {"2023-03-01": 8.0, "2023-02-01": 6.0, "2023-05-01": None}
    chart = xmr([5, 6, 5, 6, 5], MONTHS[:5], target=target)
    assert chart.target.tolist()[1:4] == [6.0, 8.0, 8.0]
    assert np.isnan(chart.target[[0, 4]]).all()
    assert chart.assurance_note == "no target"
    assert np.isnan(chart.distance_to_target)
    before = xmr([5, 6, 5, 6, None], MONTHS[:5], target=target)
    assert (before.target_in_force, before.distance_to_target) == (8.0, -2.0)


def test_a_series_of_targets_by_date_is_a_dated_target():
    dated = pd.Series([6.0, np.nan], index=pd.to_datetime(["2023-02-01", "2023-03-01"]))
    assert np.isnan(xmr([5, 6, 5], MONTHS[:3], target=dated).target).tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("95", "target: '95' came"),
        ({"2023-01-01": "x"}, "target: 'x' came"),
        ({"soon": 1}, "allowed: dates"),
    ],
)
def test_targets_are_numbers(target, words):
    with pytest.raises(ArgumentError, match=words):
        xmr([1, 2], MONTHS[:2], target=target)


def test_two_targets_of_one_date_are_refused():
    with pytest.raises(ArgumentError, match=r"^target: 2023-01-01 came twice; allowed: each date once\.$"):
        xmr([1, 2], MONTHS[:2], target={"2023-01-01": 1, "2023-01": 2})


# --- stability


def test_a_drifting_series_is_not_judged():
    drift = np.arange(24) * 1.0
    chart = xmr(drift, target=-50)
    assert not chart.stability.stable
    assert chart.stability.special_share == 1.0
    assert chart.stability.lag1 == pytest.approx(1.0)
    assert chart.assurance is None
    assert chart.assurance_note.startswith("no single stable period: the limits describe the past")
    assert chart.distance_to_target == 73.0
    assert chart.change == 6.0
    assert xmr(drift, target=-50, compatible="nhsrplotthedots").assurance == "consistent_pass"


def test_correlation_alone_makes_a_series_unstable():
    waves = [10, 10.2, 10, 9.8] * 5
    seesaw = [10, 12] * 10
    assert abs(xmr(waves).stability.lag1) < 0.6
    chart = xmr(seesaw)
    assert chart.stability.special_share == 0.0
    assert chart.stability.lag1 == pytest.approx(-1.0)
    assert not chart.stability.stable


def test_correlation_says_nothing_below_13_points():
    assert xmr([10, 12] * 6).stability.stable
    assert not xmr([10, 12] * 7).stability.stable


def test_the_lag1_correlation_is_pearsons():
    values = [3, 1, 4, 1, 5, 9, 2, 6]
    expected = np.corrcoef(values[:-1], values[1:])[0, 1]
    assert xmr(values).stability.lag1 == pytest.approx(expected)
    assert np.isnan(xmr([1, 2]).stability.lag1)
    assert xmr([1, 2, 5]).stability.lag1 == pytest.approx(1.0)
    assert np.isnan(xmr([4, 4, 4]).stability.lag1)


def test_exactly_half_special_cause_is_stable():
    # 6 of 12 points lie outside a baseline of the first six
    values = [10, 11, 10, 11, 10, 11, 20, 0, 20, 0, 20, 0]
    chart = xmr(values, fix_after=6)
    assert chart.stability.special_share == 0.5
    assert chart.stability.stable
    assert not xmr([*values, 20], fix_after=6).stability.stable


def test_only_the_last_segment_is_judged():
    drift = np.concatenate(
        [np.arange(14) * 1.0, [10, 11, 10.5, 10, 10.5, 11, 10, 10.5, 10.5, 11, 10.5, 10, 11]]
    )
    chart = xmr(drift, MONTHS[:27], rebase=[MONTHS[14]], target=5)
    assert chart.stability.stable
    assert chart.assurance == "consistent_pass"


def test_the_change_is_over_a_trends_length_within_the_segment():
    assert xmr([1, 2, 3, 4, 5, 6, 9]).change == 8.0
    assert np.isnan(xmr([1, 2, 3, 4, 5, 6]).change)
    assert xmr([1, 2, 9], trend_points=3).change == 8.0
    assert xmr([1, 2, None, 9], trend_points=3).change == 8.0
    assert np.isnan(xmr([1, 2, 3, 4, 5, 6, 7, 8], MONTHS[:8], rebase=[MONTHS[3]]).change)


# --- the result


def test_the_result_cannot_be_changed():
    chart = xmr([1, 2, 3])
    with pytest.raises(dataclasses.FrozenInstanceError):
        chart.variation = "none"
    with pytest.raises(ValueError, match="read-only"):
        chart.values[0] = 9


def test_the_argument_is_not_changed():
    values = np.array([1.0, 2.0, 3.0])
    xmr(values)
    values[0] = 9.0
    assert values[0] == 9.0


def test_the_frame_has_one_row_per_point():
    frame = xmr([1, 2, None], MONTHS[:3], target=4).to_frame()
    assert list(frame.columns) == [
        "date", "value", "centre", "lower", "upper", "near_lower", "near_upper", "target", "segment",
        "reason", "point_type", "direction",
    ]  # fmt: skip
    assert frame["reason"].tolist() == [COMMON, COMMON, "Missing"]
    assert frame["date"].tolist() == MONTHS[:3].tolist()


def test_points_without_dates_are_numbered():
    chart = xmr([5, 6])
    assert chart.dates.tolist() == [0, 1]
    assert chart.latest_date == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"improvement": "up"}, "improvement: 'up' came; allowed: 'increase', 'decrease', 'neutral'"),
        ({"fix_after": 1}, "fix_after: 1 came; allowed: a whole number of 2 or more"),
        ({"fix_after": 2.5}, "fix_after: 2.5 came"),
        ({"trend_points": 2}, "trend_points: 2 came; allowed: a whole number of 3 or more"),
        ({"shift_points": 1}, "shift_points: 1 came; allowed: a whole number of 2 or more"),
        ({"compatible": "excel"}, "compatible: 'excel' came; allowed: None, 'nhsrplotthedots'"),
    ],
)
def test_bad_options_are_refused(options, words):
    with pytest.raises(ArgumentError, match=f"^{words}"):
        xmr([1, 2, 3], **options)


@pytest.mark.parametrize("values", [["a"], [np.inf], [[1, 2]]])
def test_values_are_numbers(values):
    with pytest.raises(ArgumentError, match="values: "):
        xmr(values)


def test_more_than_half_special_causes_is_no_single_stable_period_whatever_the_correlation() -> None:
    # 16 points below the centre of 14.5, then 16 above it: all are shifts, yet neighbours hardly correlate
    saw = [10.0, 14.0] * 8
    chart = xmr([*saw, *(value + 5 for value in saw)])
    assert chart.limits.centre == 14.5
    assert chart.stability.special_share == 1
    assert abs(chart.stability.lag1) < 0.6
    assert not chart.stability.stable


def test_the_published_tool_takes_no_baseline_of_fewer_than_twelve() -> None:
    with pytest.raises(ArgumentError, match="fix_after: 11 came"):
        xmr(range(20), fix_after=11, compatible="nhsrplotthedots")
    with pytest.raises(ArgumentError, match="fix_after: 1 came"):
        xmr(range(20), fix_after=1)
