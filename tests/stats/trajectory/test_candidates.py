"""Each way to forecast, held against closed forms or its library's own variances."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

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
    # differences 1, 3, 1, 3: drift 2, variance 4/3, of the drift 1/3: t^2 = 12; none is held twice as likely
    # beforehand; h steps vary by h 4/3 + h^2 (4/3)/4, and by the drift being there or not
    chance = 1 / (1 + 2 * np.sqrt(4) * np.exp(-6))
    forecast = random_walk(np.array([0.0, 1, 4, 5, 8]), 3)
    assert forecast.path == pytest.approx(8 + 2 * chance * np.array([1, 2, 3]))
    assert forecast.freedom == 3
    either = 2**2 * chance * (1 - chance)
    assert forecast.sd**2 == pytest.approx([4 / 3 * (h + h**2 / 4) + h**2 * either for h in (1, 2, 3)])


def test_a_drift_within_its_own_error_is_hardly_carried_on() -> None:
    # differences 3, -2, 1, 0: drift 0.5, its variance (13/3)/4, t^2 = 3/13
    chance = 1 / (1 + 4 * np.exp(-3 / 26))
    assert chance < 0.25
    assert random_walk(np.array([0.0, 3, 1, 2, 2]), 2).path == pytest.approx([2 + chance / 2, 2 + chance])
    assert random_walk(np.arange(12.0), 2).path == pytest.approx([12, 13])
    assert random_walk(np.zeros(12), 2).path.tolist() == [0, 0]


def test_smoothing_runs_as_the_library_does_with_the_same_parameters() -> None:
    start, slope = np.polyfit(np.arange(12), SERIES[:12], 1)[::-1]
    model = ETSModel(pd.Series(SERIES), error="add", trend="add", damped_trend=True)
    fit = model.smooth(np.array([0.4, 0.08, 0.9, start - slope, slope]))
    level, trend, squares = smooth(SERIES, np.array([0.4]), np.array([0.08]), np.array([0.9]))
    assert squares[0] == pytest.approx((fit.resid**2).sum(), rel=1e-9)
    assert level[0] + 0.9 * trend[0] == pytest.approx(fit.forecast(1).iloc[0], rel=1e-9)


def test_smoothing_is_the_mean_of_its_parameters_by_their_likelihood() -> None:
    # one set of parameters after the other, each with its path and its variance from the library's recursion
    weights, paths, variances = [], [], []
    for level in np.linspace(0.05, 0.95, 10):
        for share in (0, 0.05, 0.1, 0.2, 0.4):
            for damping in (0.8, 0.9, 0.98):
                last, trend, squares = smooth(
                    SERIES, *(np.array([x]) for x in (level, level * share, damping))
                )
                reach = np.cumsum(damping ** np.arange(1, 5))
                shocks = np.append(1, level + level * share * reach[:-1])
                weights.append(squares[0] ** (-60 / 2))
                paths.append(last[0] + reach * trend[0])
                variances.append(squares[0] / 55 * np.cumsum(shocks**2))
    mean = np.average(paths, axis=0, weights=weights)
    apart = np.average((np.array(paths) - mean) ** 2, axis=0, weights=weights)
    forecast = smoothing(SERIES, 4)
    assert forecast.path == pytest.approx(mean)
    assert forecast.sd**2 == pytest.approx(apart + np.average(variances, axis=0, weights=weights))


def test_sarimax_is_the_mean_over_the_autocorrelation_by_its_likelihood() -> None:
    # the joint normal density of values and future with the mean integrated out, by plain matrices
    weights, paths, variances = [], [], []
    for rho in np.tanh(np.linspace(-1.8, 2.9, 31)):
        every = rho ** np.abs(np.subtract.outer(np.arange(63), np.arange(63)))
        known, ones = np.linalg.inv(every[:60, :60]), np.ones(60)
        precision = ones @ known @ ones
        mean = ones @ known @ SERIES / precision
        squares = (SERIES - mean) @ known @ (SERIES - mean)
        carried = every[60:, :60] @ known
        unsure = 1 - carried @ ones
        shocks = np.diag(every[60:, 60:] - carried @ every[:60, 60:]) + unsure**2 / precision
        sign_and_log = np.linalg.slogdet(every[:60, :60])[1]
        weights.append(-59 / 2 * np.log(squares) - sign_and_log / 2 - np.log(precision) / 2)
        paths.append(mean + carried @ (SERIES - mean))
        variances.append(squares / 59 * shocks)
    shares = np.exp(np.array(weights) - max(weights))
    mean = np.average(paths, axis=0, weights=shares)
    apart = np.average((np.array(paths) - mean) ** 2, axis=0, weights=shares)
    forecast = sarimax(SERIES, 3)
    assert forecast.path == pytest.approx(mean)
    assert forecast.sd**2 == pytest.approx(apart + np.average(variances, axis=0, weights=shares))


@pytest.mark.parametrize("candidate", [smoothing, sarimax, seasonal_smoothing, seasonal_sarimax])
def test_a_series_that_does_not_move_is_carried_on(candidate: Candidate) -> None:
    forecast = candidate(np.full(30, 7.6), 3)
    assert forecast.path == pytest.approx([7.6] * 3)
    assert forecast.sd == pytest.approx([0] * 3, abs=1e-6)


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
    weights = np.array(fit.params)
    drift, chance = weights[0], 1 / (1 + 2 * np.sqrt(59) * np.exp(-(fit.tvalues[0] ** 2) / 2))
    weights[0] *= chance  # that there is a drift at all
    assert forecast.path == pytest.approx(SERIES[-1] + ahead @ weights)
    assert forecast.freedom == fit.df_resid
    of_the_season = np.einsum("ij,jk,ik->i", ahead, fit.cov_params(), ahead)
    either = np.arange(1, 7) ** 2 * drift**2 * chance * (1 - chance)
    assert forecast.sd**2 == pytest.approx(fit.mse_resid * np.arange(1, 7) + of_the_season + either)
