"""Ways to forecast: random walk with drift and with season, exponential smoothing, SARIMAX.

Each gives the expected path and a matrix that turns independent standard normal numbers into forecast
errors, so that paths, intervals, means and totals of any candidate are drawn in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.linalg import toeplitz

from helpers.stats.checks import Floats, Ints
from helpers.stats.models.autoregression import fit_ar1

MONTHS = 12
#: below this there is no forecast
FEWEST_POINTS = 12
#: what a season is learned from, and so every candidate that competes with one
TWO_YEARS = 24
#: of the candidates, the random walks: they need no level of their own to be learned
_WALKS = ("random walk with drift", "random walk, seasonal")
#: forecasts that a choice between candidates needs at least
FEWEST_ORIGINS = 4
_HARMONICS = 2
#: level, trend as a share of level, damping
_SMOOTHING_GRID = (
    np.linspace(0.05, 0.95, 10),
    np.array([0.0, 0.05, 0.1, 0.2, 0.4]),
    np.array([0.8, 0.9, 0.98]),
)
#: those three and the two starting values
_SMOOTHING_PARAMETERS = 5


@dataclass(frozen=True)
class CandidateForecast:
    """An expected path, shape (steps,), and its error matrix, shape (steps, sources of error)."""

    path: Floats
    errors: Floats

    @property
    def sd(self) -> Floats:
        """Return the standard deviation of each step's error."""
        return np.asarray(np.sqrt((self.errors**2).sum(axis=1)), dtype=float)


def random_walk(values: Floats, steps: int) -> CandidateForecast:
    """Forecast a random walk with drift; the drift's own error is in.

    Notes
    -----
    Source: Hyndman and Athanasopoulos 2021, *Forecasting: principles and practice*, section 5.2.
    """
    differences = np.diff(values)
    sd = float(differences.std(ddof=1))
    ahead = np.arange(1, steps + 1)
    shocks = np.tril(np.ones((steps, steps)))
    drift = ahead[:, None] / np.sqrt(len(differences))
    return CandidateForecast(values[-1] + ahead * differences.mean(), sd * np.column_stack([shocks, drift]))


def seasonal_random_walk(values: Floats, steps: int) -> CandidateForecast:
    """Forecast a random walk with drift round a season of two harmonics.

    The season is learned from the steps, which are independent, and its own error is in: errors of forecasts
    a year ahead alone are too few to say how wide an interval has to be.

    Notes
    -----
    Source: Harvey 1989, *Forecasting, Structural Time Series Models and the Kalman Filter*, section 2.3.
    """
    periods = np.arange(len(values) + steps)
    moves = np.column_stack([np.ones(len(periods) - 1), *np.diff(_season(periods), axis=1)])
    known, ahead = moves[: len(values) - 1], moves[len(values) - 1 :].cumsum(axis=0)
    steps_seen = np.diff(values)
    weights, *_ = np.linalg.lstsq(known, steps_seen)
    residuals = steps_seen - known @ weights
    sd = float(np.sqrt((residuals**2).sum() / (len(known) - known.shape[1])))
    root = _root(np.linalg.inv(known.T @ known))
    errors = np.column_stack([np.tril(np.ones((steps, steps))), ahead @ root])
    return CandidateForecast(values[-1] + ahead @ weights, sd * errors)


def smoothing(values: Floats, steps: int) -> CandidateForecast:
    """Forecast by exponential smoothing with a damped trend and additive errors.

    The smoothing parameters are the best of a grid: an optimiser takes a hundred times as long for a
    forecast that is no better, and on short series it does not settle.

    Notes
    -----
    Source: Hyndman, Koehler, Ord and Snyder 2008, *Forecasting with Exponential Smoothing*, chapters 2 and
    6.
    """
    level, share, damping = (axis.ravel() for axis in np.meshgrid(*_SMOOTHING_GRID))
    states = smooth(values, level, level * share, damping)
    best = int(np.argmin(states.squares))
    alpha, beta, phi = level[best], level[best] * share[best], damping[best]
    reach = np.cumsum(phi ** np.arange(1, steps + 1))
    weights = np.concatenate([[1.0], alpha + beta * reach[:-1]])
    sd = float(np.sqrt(states.squares[best] / max(len(values) - _SMOOTHING_PARAMETERS, 1)))
    return CandidateForecast(states.level[best] + reach * states.trend[best], _lower(sd * weights))


@dataclass(frozen=True)
class SmoothedStates:
    """Last level and trend, and the sum of squared one-step errors, per set of parameters."""

    level: Floats
    trend: Floats
    squares: Floats


def smooth(values: Floats, alpha: Floats, beta: Floats, phi: Floats) -> SmoothedStates:
    """Run the damped trend over a series, for many sets of parameters at once.

    It starts on the line through the first year's points.
    """
    first = values[:MONTHS]
    slope, start = np.polyfit(np.arange(len(first)), first, 1)
    level, trend = np.full_like(alpha, start - slope), np.full_like(alpha, slope)
    squares = np.zeros_like(alpha)
    for value in values:
        expected = level + phi * trend
        error = value - expected
        level, trend = expected + alpha * error, phi * trend + beta * error
        squares = squares + error**2
    return SmoothedStates(level, trend, squares)


def sarimax(values: Floats, steps: int) -> CandidateForecast:
    """Forecast by SARIMAX(1,0,0): a mean with first-order autoregressive errors."""
    return _autoregression(values, np.ones((len(values) + steps, 1)))


def seasonal_sarimax(values: Floats, steps: int) -> CandidateForecast:
    """Forecast by SARIMAX(1,0,0) with a season of two harmonics as regressors."""
    periods = np.arange(len(values) + steps)
    return _autoregression(values, np.column_stack([np.ones(len(periods)), *_season(periods)]))


def _autoregression(values: Floats, regressors: Floats) -> CandidateForecast:
    """Fit by restricted maximum likelihood; regressors reach to the end of the forecast."""
    count = len(values)
    fit = fit_ar1(values, regressors[:count])
    line, rho = regressors @ fit.coefficients, fit.autocorrelation
    ahead = np.arange(1, len(regressors) - count + 1)
    shocks = _lower(fit.dispersion * np.sqrt(1 - rho**2) * rho ** (ahead - 1))
    # the regressors' coefficients are estimated too: their error, less what the last value tells of it
    seen = regressors[count:] - rho ** ahead[:, None] * regressors[count - 1]
    path = line[count:] + rho**ahead * (values[-1] - line[count - 1])
    return CandidateForecast(path, np.column_stack([shocks, seen @ _root(fit.covariance)]))


def _root(covariance: Floats) -> Floats:
    """Return a matrix whose product with its transpose is the covariance, which may be 0."""
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)), dtype=float)


def seasonal_smoothing(values: Floats, steps: int) -> CandidateForecast:
    """Forecast by exponential smoothing of the values less a season of two harmonics, which is put back."""
    periods = np.arange(len(values) + steps)
    season = np.column_stack(_season(periods))
    line = np.column_stack([np.ones(len(values)), periods[: len(values)]])
    weights = np.linalg.lstsq(np.column_stack([line, season[: len(values)]]), values)[0]
    pattern = season @ weights[2:]
    rest = smoothing(values - pattern[: len(values)], steps)
    return CandidateForecast(rest.path + pattern[len(values) :], rest.errors)


def _season(periods: Ints) -> list[Floats]:
    angle = 2 * np.pi * periods / MONTHS
    return [wave(k * angle) for k in range(1, _HARMONICS + 1) for wave in (np.sin, np.cos)]


def _lower(weights: Floats) -> Floats:
    """Return the matrix that carries each step's shock on to the later steps."""
    return np.asarray(toeplitz(weights, np.zeros(len(weights))), dtype=float)


Candidate = Callable[[Floats, int], CandidateForecast]

#: candidates by name, the simplest first
CANDIDATES: Mapping[str, Candidate] = {
    "random walk with drift": random_walk,
    "exponential smoothing": smoothing,
    "SARIMAX": sarimax,
    "random walk, seasonal": seasonal_random_walk,
    "exponential smoothing, seasonal": seasonal_smoothing,
    "SARIMAX, seasonal": seasonal_sarimax,
}


def candidates_for(points: int) -> list[str]:
    """Return which candidates a series of so many points may be forecast by.

    Below 12 none; then the random walk alone; from 24 on the seasonal random walk as well; the others once two
    years are left to learn from at each of four or more forecasts that they are tested by.

    >>> candidates_for(11), candidates_for(12), candidates_for(24)
    ([], ['random walk with drift'], ['random walk with drift', 'random walk, seasonal'])
    """
    if points >= TWO_YEARS + FEWEST_ORIGINS:
        return list(CANDIDATES)
    return list(_WALKS[: (points >= FEWEST_POINTS) + (points >= TWO_YEARS)])
