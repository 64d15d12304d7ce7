"""Effects, counterfactual and verdict of an interrupted series."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from helpers.errors import ArgumentError
from helpers.stats import interrupted_series as its

RNG = np.random.default_rng(5)
CALM = 50 + RNG.normal(size=60)


def line(before: int, after: int, level: float, slope: float) -> np.ndarray:
    since = np.arange(before + after) - before
    return 20 + 0.5 * since + (since >= 0) * (level + slope * since)


def test_without_noise_level_slope_and_effect_now_are_what_was_put_in() -> None:
    found = its.interrupted_series(line(12, 13, -4, 0.25), 12)
    assert found.slope is not None
    assert found.trend.estimate == pytest.approx(0.5)
    assert found.level.estimate == pytest.approx(-4)
    assert found.slope.estimate == pytest.approx(0.25)
    assert found.now.estimate == pytest.approx(-4 + 12 * 0.25)  # level + slope x (t - T0)
    assert (found.now.lower, found.now.upper) == pytest.approx((-1, -1))
    assert (found.verdict, found.now.p, found.smallest_change) == ("fall", 0, 0)
    last = found.series.iloc[-1]
    assert (last["fitted"], last["counterfactual"]) == pytest.approx((25, 26))
    assert found.series["counterfactual"].isna().sum() == 12


@pytest.mark.parametrize(
    ("shape", "level", "slope", "now"),
    [("level", -4, None, -4), ("slope", 0, 0.5, 6), ("both", -4, 0.5, 2)],
)
def test_the_shape_that_was_registered_is_what_is_looked_for(
    shape: its.Shape, level: float, slope: float | None, now: float
) -> None:
    found = its.interrupted_series(line(12, 13, level, slope or 0), 12, shape=shape)
    assert found.level.estimate == pytest.approx(level, abs=1e-9)
    assert (found.slope and found.slope.estimate) == (slope and pytest.approx(slope))
    assert found.now.estimate == pytest.approx(now)  # the slope over twelve months: 12 x 0.5
    assert found.series["fitted"].to_numpy() == pytest.approx(line(12, 13, level, slope or 0))


def test_a_jump_alone_is_seen_where_jump_and_slope_together_are_not() -> None:
    values = CALM[:48] + np.r_[np.zeros(24), np.full(24, 2.0)]
    alone, both = (its.interrupted_series(values, 24, shape=shape) for shape in ("level", "both"))
    assert (alone.verdict, both.verdict) == ("rise", "no change seen")
    assert alone.chance_of_seeing(2.0) > 2 * both.chance_of_seeing(2.0)


def test_the_chance_of_seeing_an_effect_grows_with_it_whatever_its_sign() -> None:
    found = its.interrupted_series(CALM[:48], 24, shape="level")
    chances = [found.chance_of_seeing(size) for size in (0.2, -0.5, 1, -2, 4)]
    assert chances == sorted(chances)
    assert found.chance_of_seeing(-found.smallest_change) == pytest.approx(0.8)
    assert its.interrupted_series(line(12, 13, 0, 0), 12).chance_of_seeing(1) == 1


def test_a_constant_series_shows_no_change() -> None:
    found = its.interrupted_series([100.0] * 30, 15)
    assert (found.verdict, found.now.p) == ("no change seen", 1)


def test_verdicts() -> None:
    step = np.r_[np.zeros(12), np.full(12, 8.0)]
    assert its.interrupted_series(CALM[:24] + step, 12).verdict == "rise"
    assert its.interrupted_series(CALM[:24] - step, 12).verdict == "fall"
    assert its.interrupted_series(CALM[:24], 12).verdict == "no change seen"


@pytest.mark.parametrize(("before", "after"), [(11, 12), (12, 11)])
def test_below_twelve_on_a_side_it_is_too_early_whatever_happened(before: int, after: int) -> None:
    found = its.interrupted_series(CALM[: before + after] + line(before, after, 90, 0), before)
    assert found.verdict == "too early"
    assert found.smallest_change > 0


def test_missing_months_count_for_nothing() -> None:
    values = CALM[:24].copy()
    values[3] = np.nan
    found = its.interrupted_series(values, 12)
    assert (found.before, found.after, found.verdict) == (11, 12, "too early")


def test_with_fewer_than_three_points_after_there_is_a_level_alone() -> None:
    found = its.interrupted_series(CALM[:16], 14)
    assert found.slope is None
    assert found.now == found.level


def test_the_smallest_change_is_what_eighty_per_cent_power_needs() -> None:
    found = its.interrupted_series(CALM[:40], 20)
    half = (found.now.upper - found.now.lower) / 2
    # (t.975 + t.8)/t.975 half widths; with many degrees of freedom 2.8016/1.96 = 1.43
    assert 1.2 * half < found.smallest_change < 1.5 * half


def test_a_season_needs_twenty_four_points_on_both_sides() -> None:
    assert its.interrupted_series(CALM[:48], 24).seasonal
    assert not its.interrupted_series(CALM[:47], 24).seasonal
    assert not its.interrupted_series(CALM[:48], 24, seasonal=False).seasonal
    with pytest.raises(ArgumentError, match="seasonal: 24 and 23 points"):
        its.interrupted_series(CALM[:47], 24, seasonal=True)


def test_a_fitted_season_takes_a_season_away() -> None:
    season = 5 * np.sin(2 * np.pi * np.arange(60) / 12)
    with_it = its.interrupted_series(CALM + season, 30)
    plain = its.interrupted_series(CALM, 30)
    assert with_it.now.estimate == pytest.approx(plain.now.estimate, abs=1e-3)
    assert with_it.dispersion == pytest.approx(plain.dispersion, rel=1e-3)


def test_a_control_series_takes_away_what_happened_everywhere() -> None:
    everywhere = 10 * (np.arange(40) >= 22)
    found = its.interrupted_series(CALM[:40] + everywhere + line(20, 20, 6, 0), 20, control=everywhere)
    alone = its.interrupted_series(CALM[:40] + line(20, 20, 6, 0), 20)
    assert found.strong
    assert not alone.strong
    assert found.now.estimate == pytest.approx(alone.now.estimate)


@settings(deadline=None, max_examples=10)
@given(st.floats(-1e3, 1e3), st.floats(0.1, 100))
def test_shifting_and_stretching_the_values_shifts_nothing_and_stretches_the_effect(
    shift: float, stretch: float
) -> None:
    plain = its.interrupted_series(CALM[:30], 15)
    moved = its.interrupted_series(shift + stretch * CALM[:30], 15)
    assert moved.now.estimate == pytest.approx(stretch * plain.now.estimate, rel=1e-4, abs=1e-6)
    assert moved.verdict == plain.verdict


@pytest.mark.parametrize("rho", [0.0, 0.5])
def test_the_interval_of_the_effect_covers_no_effect_in_95_of_100_runs(rho: float) -> None:
    rng = np.random.default_rng(1)
    runs, covered = 200, 0
    for _ in range(runs):
        steps, values = rng.normal(size=30), np.empty(30)
        values[0] = steps[0]
        for i in range(1, 30):
            values[i] = rho * values[i - 1] + np.sqrt(1 - rho**2) * steps[i]
        now = its.interrupted_series(values, 15).now
        covered += now.lower <= 0 <= now.upper
    assert 0.91 <= covered / runs <= 0.99


def test_newey_west_on_the_same_noise_finds_effects_where_there_are_none() -> None:
    rng = np.random.default_rng(1)
    found = 0
    for _ in range(200):
        values = np.convolve(rng.normal(size=80), 0.6 ** np.arange(40))[40:64]
        now = its.interrupted_series(values, 12, compatible="newey_west").now
        found += not now.lower <= 0 <= now.upper
    assert found / 200 > 0.15


def test_quasi_poisson_counts_equal_the_glm_with_t_quantiles() -> None:
    rng = np.random.default_rng(2)
    exposure = rng.uniform(900, 1100, 30)
    counts = rng.poisson(0.05 * exposure)
    found = its.interrupted_counts(counts, 15, exposure=exposure)
    since = np.arange(30) - 15.0
    after = (since >= 0).astype(float)
    design = np.column_stack([np.ones(30), since, after, after * since])
    model = sm.GLM(counts, design, family=sm.families.Poisson(), offset=np.log(exposure))
    fit = model.fit(scale="X2", tol=1e-14)
    assert found.level.estimate == pytest.approx(np.exp(fit.params[2]), rel=1e-8)
    reach = stats.t.ppf(0.975, 26) * fit.bse[2]
    assert found.level.upper == pytest.approx(np.exp(fit.params[2] + reach), rel=1e-6)
    assert found.dispersion == pytest.approx(fit.scale, rel=1e-6)
    assert found.scale == "ratio"
    assert found.series["value"].tolist() == pytest.approx((counts / exposure).tolist())


def test_negative_binomial_counts_equal_the_discrete_model() -> None:
    rng = np.random.default_rng(6)
    counts = rng.negative_binomial(4, 4 / 44, 40)
    found = its.interrupted_counts(counts, 20, family="nb2")
    since = np.arange(40) - 20.0
    after = (since >= 0).astype(float)
    design = np.column_stack([np.ones(40), since, after, after * since])
    fit = sm.NegativeBinomial(counts, design).fit(
        method="newton", disp=0, start_params=[3.7, 0, 0, 0, 0.25]
    )
    assert found.level.estimate == pytest.approx(np.exp(fit.params[2]), rel=1e-6)
    assert found.dispersion == pytest.approx(fit.params[4], rel=1e-6)
    as_r = its.interrupted_counts(counts, 20, family="nb2", compatible="glm.nb")
    assert as_r.level.estimate == found.level.estimate
    # expected against observed information: the same but for sampling noise
    assert np.log(as_r.level.upper / as_r.level.estimate) / 1.959964 == pytest.approx(fit.bse[2], rel=0.1)
    assert as_r.level.upper < found.level.upper


def test_counts_may_be_missing() -> None:
    counts = [20.0, 22, np.nan, 21, 19, 20, 12, 11, 10, np.nan, 12, 10]
    found = its.interrupted_counts(counts, 6)
    assert (found.before, found.after, found.verdict) == (5, 5, "too early")
    assert found.level.estimate < 0.8


def test_regression_to_the_mean_is_named_after_an_extreme_month() -> None:
    values = CALM[:30].copy()
    assert not its.interrupted_series(values, 15).follows_extreme
    values[14] = 60
    assert its.interrupted_series(np.r_[values[:15], values[15:] - 3], 15).follows_extreme
    assert not its.follows_extreme(values, 15, 5.0)  # the effect goes on in the same direction
    assert not its.follows_extreme(values[8:], 6, -5.0)  # too few to tell


def test_unusable_series_are_refused() -> None:
    with pytest.raises(ArgumentError, match="before: 24 of 24 points"):
        its.interrupted_series(CALM[:24], 24)
    with pytest.raises(ArgumentError, match="before: 2"):
        its.interrupted_series(CALM[:24], 2)
    with pytest.raises(ArgumentError, match="control"):
        its.interrupted_series(CALM[:24], 12, control=CALM[:23])
    with pytest.raises(ArgumentError, match="compatible"):
        its.interrupted_series(CALM[:24], 12, compatible="ols")
    with pytest.raises(ArgumentError, match="confidence"):
        its.interrupted_series(CALM[:24], 12, confidence=95)
    with pytest.raises(ArgumentError, match="exposure: 0"):
        its.interrupted_counts([5] * 24, 12, exposure=[0] * 24)
    with pytest.raises(ArgumentError, match="counts: -1"):
        its.interrupted_counts([-1] * 24, 12)
    with pytest.raises(ArgumentError, match="family"):
        its.interrupted_counts([5] * 24, 12, family="binomial")
    with pytest.raises(ArgumentError, match="compatible"):
        its.interrupted_counts([5] * 24, 12, compatible="excel")
    with pytest.raises(ArgumentError, match="counts: 4 values"):
        its.interrupted_counts([5.0, 6, 5, 4], 3)
