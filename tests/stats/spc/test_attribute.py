"""Charts of counts: p, u, p', u', c, g, t."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.errors import ArgumentError
from helpers.stats.spc import c_chart, g_chart, p_chart, t_chart, u_chart, xmr

MONTHS = pd.date_range("2025-01-01", periods=12, freq="MS")
#: golden p' data of methods.md, section 1
DNA = [80, 90, 85, 70, 95, 100, 60, 90]
SEEN = [1000, 1200, 900, 1100, 1000, 1300, 950, 1050]


def near(value, places=6):
    return pytest.approx(value, abs=0.5 * 10**-places)


def test_golden_p_chart():
    chart = p_chart(DNA, SEEN)
    assert chart.centre[0] == near(0.0788235, 7)
    assert (chart.lower[0], chart.upper[0]) == (near(0.053260), near(0.104387))
    assert chart.kind == "p"
    assert chart.sigma_z.tolist() == [1.0]


def test_golden_p_prime_chart():
    chart = p_chart(DNA, SEEN, laney=True)
    assert chart.sigma_z[0] == near(2.095631)
    assert (chart.lower[0], chart.upper[0]) == (near(0.025252), near(0.132395))
    assert chart.kind == "p'"


def test_two_sigma_limits_lie_two_thirds_out():
    chart = p_chart(DNA, SEEN)
    assert chart.near_upper[0] - chart.centre[0] == pytest.approx(
        (chart.upper[0] - chart.centre[0]) * 2 / 3
    )
    assert chart.centre[0] - chart.near_lower[0] == pytest.approx(
        (chart.centre[0] - chart.lower[0]) * 2 / 3
    )


def test_proportions_are_cut_at_0_and_1():
    low, high = p_chart([1, 0, 1], [10, 10, 10]), p_chart([9, 10, 9], [10, 10, 10])
    assert low.lower.tolist() == [0.0] * 3
    assert high.upper.tolist() == [1.0] * 3


def test_u_chart_by_hand():
    # ubar = 15/300 = .05; sigma at 100 = sqrt(.05/100) = .0223607, at 50 .0316228
    chart = u_chart([4, 6, 5], [100, 150, 50])
    assert chart.centre[0] == near(0.05)
    assert chart.upper[[0, 2]].tolist() == [near(0.05 + 3 * 0.0223607), near(0.05 + 3 * 0.0316228)]
    assert chart.lower[0] == 0.0
    assert chart.kind == "u"


def test_u_prime_chart_by_hand():
    # z = 2 (x - 10)/ (2 sqrt 10) for n = 1: ranges of z 4/3.1623, 6/3.1623, mean 1.58114; sigma_z 1.40172
    chart = u_chart([10, 14, 8, 8], [1, 1, 1, 1], laney=True, screen=False)
    assert chart.kind == "u'"
    assert chart.sigma_z[0] == near((4 + 6 + 0) / 3 / math.sqrt(10) / 1.128)
    assert chart.upper[0] == near(10 + 3 * math.sqrt(10) * chart.sigma_z[0])
    assert chart.lower[0] == near(10 - 3 * math.sqrt(10) * chart.sigma_z[0])


def test_laneys_factor_is_screened_once_where_asked():
    # ranges of z in units of 1/sqrt(centre): 1 nine times and one of 30
    events = np.array([100, 101] * 5 + [131, 130, 131, 130, 131.0])
    plain, screened = (u_chart(events, np.ones(15), laney=True, screen=flag) for flag in (False, True))
    ranges = np.abs(np.diff(events)) / math.sqrt(events.mean())
    assert plain.sigma_z[0] == pytest.approx(ranges.mean() / 1.128)
    kept = ranges[ranges < 3.267 * ranges.mean()]
    assert len(kept) == 13
    assert screened.sigma_z[0] == pytest.approx(kept.mean() / 1.128)


def test_equal_proportions_have_limits_at_the_centre_under_laney():
    chart = p_chart([10, 20, 30], [100, 200, 300], laney=True)
    assert chart.upper.tolist() == chart.centre.tolist() == [0.1] * 3
    assert chart.outside.tolist() == [0, 0, 0]
    assert chart.tests[0].useful == 0
    tool = p_chart([10, 20, 30], [100, 200, 300], laney=True, compatible="qicharts2")
    assert np.isnan(tool.upper).all()


def test_moving_ranges_step_over_gaps_but_not_in_qicharts2():
    x, n = [10, None, 20, 21], [100, 100, 100, 100]
    ours = p_chart(x, n, laney=True, screen=False)
    z = (np.array([0.1, 0.2, 0.21]) - 0.17) / math.sqrt(0.17 * 0.83 / 100)
    assert ours.sigma_z[0] == pytest.approx(np.abs(np.diff(z)).mean() / 1.128)
    theirs = p_chart(x, n, laney=True, screen=False, compatible="qicharts2")
    assert theirs.sigma_z[0] == pytest.approx(abs(z[2] - z[1]) / 1.128)
    assert np.isnan(ours.values[1])
    assert ours.centre[1] == pytest.approx(0.17)


def test_a_missing_denominator_drops_its_numerator():
    chart = p_chart([10, 90, 20], [100, None, 100])
    assert chart.centre[0] == pytest.approx(0.15)
    assert np.isnan(chart.upper[1])


def test_gaps_count_towards_the_baseline_in_qicharts2():
    x, n = [10, None, 20, 90], [100] * 4
    assert p_chart(x, n, fix_after=2).centre[0] == pytest.approx(0.15)
    assert p_chart(x, n, fix_after=2, compatible="qicharts2").centre[0] == pytest.approx(0.10)


def test_c_chart_by_hand():
    chart = c_chart([4, 9, 8, 15, 19], fix_after=4)
    assert (chart.centre[0], chart.lower[0], chart.upper[0]) == (9.0, 0.0, 18.0)
    assert (chart.near_lower[0], chart.near_upper[0]) == (3.0, 15.0)
    assert chart.outside.tolist() == [0, 0, 0, 0, 1]
    assert chart.kind == "c"


def test_points_below_the_lower_limit_and_on_a_limit():
    chart = c_chart([16, 16, 16, 4, 3, 28, 29], fix_after=3)
    assert chart.outside.tolist() == [0, 0, 0, 0, -1, 0, 1]


def test_g_chart_by_hand():
    # mean 8: 8 + 3 sqrt(72) = 33.4558
    chart = g_chart([1, 4, 19])
    assert chart.centre.tolist() == [8.0] * 3
    assert (chart.lower[0], chart.upper[0]) == (0.0, near(33.4558, 4))
    tool = g_chart([1, 4, 19], compatible="qicharts2")
    assert tool.centre.tolist() == [4.0] * 3
    assert tool.upper[0] == chart.upper[0]
    assert tool.tests[0].useful == 2
    assert chart.tests[0].useful == 3
    frozen = g_chart([1, 4, 19, 100], fix_after=3, compatible="qicharts2")
    assert frozen.centre[0] == 4.0


def test_t_chart_is_an_xmr_chart_of_the_roots():
    days = [12.0, 3.5, 30, 8, 15, 60, 2, 9, 21, 5]
    roots = xmr([day ** (1 / 3.6) for day in days]).limits
    chart = t_chart(days)
    assert chart.values.tolist() == days
    assert chart.centre[0] == pytest.approx(roots.centre**3.6)
    assert chart.upper[0] == pytest.approx(roots.upper**3.6)
    assert chart.near_upper[0] == pytest.approx(roots.near_upper**3.6)
    assert chart.lower[0] == pytest.approx(max(roots.lower, 0) ** 3.6)
    assert chart.near_lower[0] == pytest.approx(max(roots.near_lower, 0) ** 3.6)
    tool = t_chart(days, compatible="qicharts2")
    assert tool.upper[0] == pytest.approx((roots.centre + 3 / 1.128 * roots.mean_range) ** 3.6)


def test_t_chart_screens_where_asked():
    days = [10.0, 11] * 6 + [4000.0]
    assert t_chart(days, screen=False).upper[0] > t_chart(days).upper[0]
    assert t_chart(days).outside[-1] == 1


def test_limits_restart_at_a_rebase():
    chart = p_chart([1, 2, 8, 9], [10] * 4, MONTHS[:4], rebase=[MONTHS[2]], laney=True)
    assert chart.centre.tolist() == pytest.approx([0.15, 0.15, 0.85, 0.85])
    assert chart.segment.tolist() == [0, 0, 1, 1]
    assert len(chart.sigma_z) == len(chart.tests) == 2
    assert (chart.dates == MONTHS[:4].to_numpy()).all()


def test_runs_are_tested_about_the_centre():
    chart = c_chart([1] * 6 + [9] * 6)
    assert (chart.tests[0].crossings, chart.tests[0].signal) == (1, True)


@settings(max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(50, 500)), min_size=2, max_size=30))
def test_more_cases_narrow_a_p_chart(pairs):
    x, n = (np.array(column) for column in zip(*pairs, strict=True))
    one, four = p_chart(x, n), p_chart(4 * x, 4 * n)
    assert four.centre == pytest.approx(one.centre)
    assert (four.upper <= one.upper + 1e-12).all()
    assert (four.lower >= one.lower - 1e-12).all()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: p_chart([5], [4]), "numerator: 5 came at position 0, where denominator is 4"),
        (lambda: p_chart([-1], [4]), "numerator: -1 came"),
        (lambda: p_chart([1], [0]), "denominator: 0 came"),
        (lambda: p_chart([1], [4, 5]), "denominator: 2 values came; allowed: as many as in numerator"),
        (lambda: p_chart([1], [4], fix_after=0), "fix_after: 0 came"),
        (lambda: p_chart([1], [4], compatible="spc"), "compatible: 'spc' came"),
        (lambda: u_chart([1], [0]), "exposure: 0 came"),
        (lambda: u_chart([1, 2], [1]), r"exposure: 1 values came; allowed: as many as in events \(2\)"),
        (lambda: c_chart([1.5]), r"events: 1\.5 came at position 0; allowed: whole numbers"),
        (lambda: c_chart([]), "events: no value came"),
        (lambda: c_chart([1, 2], [MONTHS[1], MONTHS[0]]), "dates: 2025-01-01 came after a later date"),
        (lambda: g_chart([0.5]), "between: 0.5 came"),
        (lambda: g_chart([1], compatible="x"), "compatible: 'x' came"),
        (lambda: t_chart([0]), "between: 0 came at position 0; allowed: finite numbers above 0"),
    ],
)
def test_bad_input_is_refused(call, words):
    with pytest.raises(ArgumentError, match=f"^{words}"):
        call()


def test_a_baseline_of_one_point_has_no_moving_range() -> None:
    with pytest.raises(ArgumentError, match="fix_after: 1 came"):
        p_chart([1, 2, 3], [10, 10, 10], fix_after=1, laney=True)
    with pytest.raises(ArgumentError, match="fix_after: 1 came"):
        t_chart([1.0, 2, 3], fix_after=1)
    assert p_chart([1, 2, 3], [10, 10, 10], fix_after=1).centre[0] == pytest.approx(0.1)
