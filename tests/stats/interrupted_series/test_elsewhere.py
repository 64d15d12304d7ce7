"""How far others move without a change: against the exact fit, by hand, and what a share of them tells."""

from __future__ import annotations

import numpy as np
import pytest

from helpers.errors import ArgumentError
from helpers.stats.interrupted_series import effects_elsewhere, interrupted_series
from helpers.stats.interrupted_series.design import build_design
from helpers.stats.models.autoregression import fit_ar1, fit_ar1_each

NOISE = np.random.default_rng(21).normal(size=(40, 60))


def test_many_series_at_once_are_fitted_as_each_by_itself() -> None:
    values, design = NOISE[:, :12].copy(), build_design(40, 20, shape="level", trend=True)
    values[7] = np.nan
    estimates, errors = fit_ar1_each(values, design.matrix, design.now)
    for place in range(12):
        alone = fit_ar1(values[:, place], design.matrix)
        error = float(np.sqrt(design.now @ alone.covariance @ design.now))
        # the grid of autocorrelations is a tenth wide
        assert estimates[place] == pytest.approx(float(design.now @ alone.coefficients), abs=0.1 * error)
        assert errors[place] == pytest.approx(error, rel=0.12)


def test_the_reach_holds_all_but_one_in_twenty_of_them() -> None:
    found = effects_elsewhere(NOISE, 20)
    # 58 = 61 x 0.95 rounded up: the two farthest of 60 lie beyond it
    assert (np.abs(found.ratios) > found.reach).sum() == 2
    assert found.moved_as_far(found.reach) == 3


def test_where_others_drift_the_course_is_carried_on_and_where_they_do_not_it_is_not() -> None:
    drifts = np.random.default_rng(2).normal(size=60) * np.arange(40)[:, None] / 6
    assert effects_elsewhere(NOISE + drifts, 20).trend
    assert not effects_elsewhere(NOISE, 20).trend
    assert effects_elsewhere(NOISE, 20, shape="slope").trend


def test_an_interval_reaches_at_least_as_far_as_others_moved() -> None:
    values = NOISE[:, 0]
    plain = interrupted_series(values, 20, shape="level", trend=False)
    wide = interrupted_series(values, 20, shape="level", trend=False, reach=4.0)
    assert wide.now.upper - wide.now.lower == pytest.approx(8 * plain.error)
    assert wide.chance_of_seeing(wide.smallest_change) == pytest.approx(0.8)
    least = interrupted_series(values, 20, shape="level", trend=False, reach=0.1)
    assert least.now == plain.now


@pytest.mark.parametrize("others", [NOISE[:, :18], NOISE[:, 0]])
def test_too_few_others_are_refused(others: np.ndarray) -> None:
    with pytest.raises(ArgumentError, match="at least 19"):
        effects_elsewhere(others, 20)


def test_others_that_never_vary_come_out() -> None:
    assert effects_elsewhere(np.full((40, 20), 100.0), 20).reach == pytest.approx(0)
