"""The vectorised rules give what methods.md says, written here point by point; and how charts behave."""

import math
from itertools import pairwise
from statistics import fmean

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.stats.spc import xmr

whole = st.lists(st.integers(-5, 5).map(float), min_size=2, max_size=45)
smooth = st.lists(st.floats(-3, 3).map(lambda x: round(x, 3)), min_size=2, max_size=45).map(
    lambda steps: [float(v) for v in np.round(np.cumsum(steps), 3)]
)


def plain_limits(y, screen):
    """Return centre, mean moving range and factor lines by the words of the rule."""
    ranges = [abs(b - a) for a, b in pairwise(y)]
    amr = fmean(ranges)
    if screen and amr > 0:
        amr = fmean([r for r in ranges if r < 3.267 * amr])
    return fmean(y), amr


def plain_reasons(y, centre, lower, upper, near_lower, near_upper):
    """Name each point's reason, one point and one window at a time."""
    n = len(y)
    side = [(v > centre) - (v < centre) for v in y]
    outside = [v > upper or v < lower for v in y]
    close = [not o and (v > near_upper or v < near_lower) for o, v in zip(outside, y, strict=True)]
    trend, two, shift = [0] * n, [False] * n, [False] * n
    for start in range(n - 6):
        steps = {
            (b > a) - (b < a) for a, b in zip(y[start : start + 6], y[start + 1 : start + 7], strict=True)
        }
        if steps in ({1}, {-1}):
            trend[start : start + 7] = [steps.pop()] * 7  # later windows overwrite earlier ones
        if set(side[start : start + 7]) in ({1}, {-1}):
            shift[start : start + 7] = [True] * 7
    for start in range(n - 2):
        window = range(start, start + 3)
        if {side[i] for i in window} in ({1}, {-1}) and sum(close[i] for i in window) >= 2:
            for i in window:
                two[i] = two[i] or close[i]
    words = []
    for i in range(n):
        above = side[i] > 0
        if outside[i]:
            words.append("Above UCL" if above else "Below LCL")
        elif trend[i]:
            words.append(f"7 Point Trend ({'Increasing' if trend[i] > 0 else 'Decreasing'})")
        elif two[i]:
            words.append(f"2 in 3 {'Above' if above else 'Below'} CL")
        elif shift[i]:
            words.append(f"7 Points {'Above' if above else 'Below'} CL")
        else:
            words.append("Common Cause")
    return words


@settings(max_examples=200, deadline=None)
@given(st.one_of(whole, smooth), st.booleans())
def test_limits_and_reasons_are_those_of_the_plain_rules(y, screen):
    chart = xmr(y, screen=screen)
    limits = chart.limits
    centre, amr = plain_limits(y, screen)
    assert math.isclose(limits.centre, centre, rel_tol=1e-12, abs_tol=1e-12)
    assert math.isclose(limits.mean_range, amr, rel_tol=1e-12, abs_tol=1e-12)
    assert math.isclose(limits.upper, centre + 2.66 * amr, rel_tol=1e-12, abs_tol=1e-9)
    assert math.isclose(limits.near_lower, centre - 2 / 3 * 2.66 * amr, rel_tol=1e-12, abs_tol=1e-9)
    lines = (limits.centre, limits.lower, limits.upper, limits.near_lower, limits.near_upper)
    assert list(chart.reason) == plain_reasons(y, *lines)


@settings(max_examples=80, deadline=None)
@given(whole, st.integers(-1000, 1000))
def test_shifting_a_series_shifts_its_limits_and_no_flag(y, by):
    here, there = xmr(y), xmr([v + by for v in y])
    assert math.isclose(there.limits.upper, here.limits.upper + by, rel_tol=1e-9, abs_tol=1e-6)
    assert math.isclose(there.limits.lower, here.limits.lower + by, rel_tol=1e-9, abs_tol=1e-6)


@settings(max_examples=80, deadline=None)
@given(whole, st.sampled_from([0.5, 2.0, 8.0]))
def test_stretching_a_series_stretches_its_limits_and_no_flag(y, by):
    here, there = xmr(y), xmr([v * by for v in y])
    assert math.isclose(there.limits.upper, here.limits.upper * by, rel_tol=1e-12, abs_tol=1e-9)
    assert there.reason == here.reason


@settings(max_examples=80, deadline=None)
@given(whole)
def test_a_mirrored_series_has_mirrored_flags(y):
    mirror = {
        "Above": "Below", "Below": "Above", "UCL": "LCL", "LCL": "UCL",
        "(Increasing)": "(Decreasing)", "(Decreasing)": "(Increasing)",
    }  # fmt: skip
    turned = [" ".join(mirror.get(word, word) for word in reason.split()) for reason in xmr(y).reason]
    assert list(xmr([-v for v in y]).reason) == turned


@settings(max_examples=80, deadline=None)
@given(whole, st.lists(st.booleans(), min_size=45, max_size=45))
def test_gaps_change_nothing_but_themselves(y, gaps):
    with_gaps = [item for v, gap in zip(y, gaps, strict=False) for item in ([None, v] if gap else [v])]
    chart = xmr(with_gaps)
    shown = [reason for reason in chart.reason if reason != "Missing"]
    assert shown == list(xmr(y).reason)
    assert repr(chart.limits.upper) == repr(xmr(y).limits.upper)


@settings(max_examples=80, deadline=None)
@given(whole, whole)
def test_a_segment_knows_nothing_of_the_others(first, second):
    dates = pd.date_range("2020-01-01", periods=len(first) + len(second), freq="MS")
    chart = xmr([*first, *second], dates, rebase=[dates[len(first)]])
    assert list(chart.reason) == [*xmr(first).reason, *xmr(second).reason]
    assert chart.segments[0].upper == xmr(first).limits.upper
    assert chart.segments[1].upper == xmr(second).limits.upper


@settings(max_examples=100, deadline=None)
@given(whole, st.integers(-6, 6).map(float))
def test_assurance_turns_with_the_direction_of_improvement(y, target):
    turn = {"consistent_pass": "consistent_fail", "consistent_fail": "consistent_pass"}
    up = xmr(y, improvement="increase", target=target).assurance
    down = xmr(y, improvement="decrease", target=target).assurance
    assert down == turn.get(up, up)
