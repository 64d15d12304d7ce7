"""Each way to forecast, held against closed forms or its library's own variances."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.statespace.sarimax import SARIMAX

from helpers.stats.trajectory.candidates import (
    Candidate,
    candidates_for,
    random_walk,
    sarimax,
    seasonal_random_walk,
    seasonal_sarimax,
    seasonal_smoothing,
    smooth,
    smoothing,
)

MONTHS = np.arange(60)
SERIES = np.random.default_rng(4).normal(size=60).cumsum() + 3 * np.sin(MONTHS * np.pi / 6)


def test_random_walk_with_drift_by_hand() -> None:
    # differences 1, 3, 1, 3: drift 2, variance 4/3; h steps: h 4/3 + h^2 (4/3)/4
    forecast = random_walk(np.array([0.0, 1, 4, 5, 8]), 3)
    assert forecast.path.tolist() == [10, 12, 14]
    assert forecast.sd**2 == pytest.approx([4 / 3 * (h + h**2 / 4) for h in (1, 2, 3)])


def test_smoothing_runs_as_the_library_does_with_the_same_parameters() -> None:
    start, slope = np.polyfit(np.arange(12), SERIES[:12], 1)[::-1]
    model = ETSModel(pd.Series(SERIES), error="add", trend="add", damped_trend=True)
    fit = model.smooth(np.array([0.4, 0.08, 0.9, start - slope, slope]))
    states = smooth(SERIES, np.array([0.4]), np.array([0.08]), np.array([0.9]))
    assert states.squares[0] == pytest.approx((fit.resid**2).sum(), rel=1e-9)
    assert states.level[0] + 0.9 * states.trend[0] == pytest.approx(fit.forecast(1).iloc[0], rel=1e-9)


def test_errors_of_smoothing_grow_as_in_the_library() -> None:
    ours = smoothing(SERIES, 14)
    weights = ours.errors[:, 0] / ours.errors[0, 0]
    # a shock of 1 in the last value moves the forecasts by the weights that follow it
    lifted = SERIES.copy()
    lifted[-1] += 1e-3
    assert (smoothing(lifted, 13).path - smoothing(SERIES, 13).path) / 1e-3 == pytest.approx(
        weights[1:], rel=1e-3
    )


def test_sarimax_is_close_to_the_library_which_maximises_the_unrestricted_likelihood() -> None:
    fit = SARIMAX(SERIES - SERIES.mean(), order=(1, 0, 0), trend="c").fit(disp=0)
    expected = fit.get_forecast(8)
    forecast = sarimax(SERIES, 8)
    assert forecast.path - SERIES.mean() == pytest.approx(expected.predicted_mean, abs=0.6)
    shocks = np.sqrt((forecast.errors[:, :8] ** 2).sum(axis=1))
    assert shocks == pytest.approx(expected.se_mean, rel=0.1)
    assert (forecast.sd > shocks).all()  # the mean is estimated too


@pytest.mark.parametrize("candidate", [seasonal_smoothing, seasonal_sarimax])
def test_seasonal_candidates_carry_the_season_on(candidate: Candidate) -> None:
    noise = np.random.default_rng(1).normal(size=60) * 0.2
    ahead = 5 * np.sin(np.arange(60, 72) * np.pi / 6)
    forecast = candidate(5 * np.sin(MONTHS * np.pi / 6) + noise, 12)
    assert forecast.path == pytest.approx(ahead, abs=0.8)
    assert forecast.sd.max() < 1.5


def test_who_may_forecast() -> None:
    assert candidates_for(11) == []
    assert candidates_for(12) == candidates_for(23) == ["random walk with drift"]
    assert candidates_for(24) == candidates_for(27) == ["random walk with drift", "random walk, seasonal"]
    assert len(candidates_for(28)) == 6


def test_the_seasonal_random_walk_is_a_regression_of_the_steps() -> None:
    # statsmodels' own prediction of the sum of the next steps, from the season's differences
    periods = np.arange(66)
    waves = [wave(2 * np.pi * k * periods / 12) for k in (1, 2) for wave in (np.sin, np.cos)]
    moves = np.column_stack([np.ones(65), np.diff(waves, axis=1).T])
    fit = sm.OLS(np.diff(SERIES), moves[:59]).fit()
    ahead = moves[59:].cumsum(axis=0)
    forecast = seasonal_random_walk(SERIES, 6)
    assert forecast.path == pytest.approx(SERIES[-1] + ahead @ fit.params)
    of_the_season = np.einsum("ij,jk,ik->i", ahead, fit.cov_params(), ahead)
    assert forecast.sd**2 == pytest.approx(fit.mse_resid * np.arange(1, 7) + of_the_season)
