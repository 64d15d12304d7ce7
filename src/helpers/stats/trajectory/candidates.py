"""Ways to forecast: random walk with drift and with season, exponential smoothing, SARIMAX.

Each gives the expected path and a matrix that turns independent standard normal numbers into forecast
errors, so that paths, intervals, means and totals of any candidate are drawn in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from helpers.stats.checks import Floats, Ints

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
#: how many times likelier than a drift it is beforehand that a random walk has none
_NONE = 2.0
#: level, trend as a share of level, damping
_SMOOTHING_GRID = (
    np.linspace(0.05, 0.95, 10),
    np.array([0.0, 0.05, 0.1, 0.2, 0.4]),
    np.array([0.8, 0.9, 0.98]),
)
#: those three and the two starting values
_SMOOTHING_PARAMETERS = 5
#: autocorrelations, evenly spaced on Fisher's scale: ever closer together towards a random walk
_AUTOCORRELATIONS = np.tanh(np.linspace(-1.8, 2.9, 31))


@dataclass(frozen=True)
class CandidateForecast:
    """An expected path, shape (steps,), its error matrix, shape (steps, sources of error), and degrees of freedom.

    The variance of the errors is estimated too: they are t with so many degrees of freedom.
    """

    path: Floats
    errors: Floats
    freedom: float

    @property
    def sd(self) -> Floats:
        """Return the standard deviation of each step's error."""
        return np.asarray(np.sqrt((self.errors**2).sum(axis=1)), dtype=float)


def random_walk(values: Floats, steps: int) -> CandidateForecast:
    """Forecast a random walk with drift, which may be none, see `_chance_of_drift`; the drift's own error is in.

    Notes
    -----
    Source: Hyndman and Athanasopoulos 2021, *Forecasting: principles and practice*, section 5.2.
    """
    return _walk(values, np.ones((len(values) - 1 + steps, 1)))


def _walk(values: Floats, moves: Floats) -> CandidateForecast:
    """Forecast by a regression of the steps on what moves them; the first column is the drift."""
    steps_seen = np.diff(values)
    count = len(steps_seen)
    known, ahead = moves[:count], moves[count:].cumsum(axis=0)
    weights = np.linalg.lstsq(known, steps_seen)[0]
    free = count - known.shape[1]
    sd = float(np.sqrt(((steps_seen - known @ weights) ** 2).sum() / free))
    inverse = np.asarray(np.linalg.inv(known.T @ known), dtype=float)
    drift, chance = weights[0], _chance_of_drift(weights[0], sd**2 * inverse[0, 0], count)
    weights[0] *= chance
    errors = sd * np.column_stack([np.tril(np.ones((len(ahead), len(ahead)))), ahead @ _root(inverse)])
    either = ahead[:, 0] * drift * np.sqrt(chance * (1 - chance))
    return CandidateForecast(values[-1] + ahead @ weights, np.column_stack([errors, either]), free)


def _chance_of_drift(drift: float, variance: float, count: int) -> float:
    """Return how likely a walk of so many steps has a drift at all, where none is held twice as likely beforehand.

    Two or three years rarely tell a drift from none; carried on in full it takes every chance slope of a random
    walk for a trend. Source: Kass and Wasserman 1995 (JASA 90:928), whose prior knows as much as one step does.
    """
    squared = drift**2 / variance if variance else np.inf
    return float(1 / (1 + _NONE * np.sqrt(count) * np.exp(-squared / 2))) if drift else 0.0


def seasonal_random_walk(values: Floats, steps: int) -> CandidateForecast:
    """Forecast a random walk with drift round a season of two harmonics.

    The season is learned from the steps, which are independent, and its own error is in: errors of forecasts
    a year ahead alone are too few to say how wide an interval has to be.

    Notes
    -----
    Source: Harvey 1989, *Forecasting, Structural Time Series Models and the Kalman Filter*, section 2.3.
    """
    periods = np.arange(len(values) + steps)
    return _walk(values, np.column_stack([np.ones(len(periods) - 1), *np.diff(_season(periods), axis=1)]))


def smoothing(values: Floats, steps: int) -> CandidateForecast:
    """Forecast by exponential smoothing with a damped trend and additive errors.

    The smoothing parameters are averaged over a grid, by their likelihood: two or three years do not tell them,
    and intervals of the best alone are too narrow.

    Notes
    -----
    Source: Hyndman, Koehler, Ord and Snyder 2008, *Forecasting with Exponential Smoothing*, chapters 2 and
    6.
    """
    grid = _smoothing_grid(steps)
    level, trend, squares = smooth(values, grid.level, grid.trend, grid.damping)
    free = max(len(values) - _SMOOTHING_PARAMETERS, 1)
    covariances = (squares / free)[:, None, None] * grid.covariances
    paths = level[:, None] + grid.reach * trend[:, None]
    return _averaged(-len(values) / 2 * _log(squares), paths, covariances, free)


@dataclass(frozen=True)
class _SmoothingGrid:
    """Sets of parameters and what they alone settle: how far the trend reaches, how the shocks of one unit add up."""

    level: Floats
    trend: Floats
    damping: Floats
    reach: Floats
    covariances: Floats


@cache
def _smoothing_grid(steps: int) -> _SmoothingGrid:
    level, share, damping = (axis.ravel() for axis in np.meshgrid(*_SMOOTHING_GRID))
    reach = np.cumsum(damping[:, None] ** np.arange(1, steps + 1), axis=1)
    weights = np.column_stack([np.ones(len(level)), level[:, None] * (1 + share[:, None] * reach[:, :-1])])
    behind = np.subtract.outer(np.arange(steps), np.arange(steps))
    shocks = np.where(behind < 0, 0.0, weights[:, np.abs(behind)])
    return _SmoothingGrid(level, level * share, damping, reach, shocks @ shocks.transpose(0, 2, 1))


def _averaged(log_likelihood: Floats, paths: Floats, covariances: Floats, free: float) -> CandidateForecast:
    """Return the mean and the whole variance of forecasts under many parameters, weighted by their likelihood.

    Shapes (parameters,), (parameters, steps) and (parameters, steps, steps).
    """
    weights = np.exp(log_likelihood - log_likelihood.max())
    weights /= weights.sum()
    path = weights @ paths
    apart = paths - path
    whole = np.tensordot(weights, covariances, 1) + (apart * weights[:, None]).T @ apart
    return CandidateForecast(path, _root(whole), free)


def _log(squares: Floats) -> Floats:
    """Return logarithms of sums of squares; a series without errors has the best parameters, not infinite ones."""
    return np.asarray(np.log(np.maximum(squares, np.finfo(float).tiny)))


def smooth(values: Floats, alpha: Floats, beta: Floats, phi: Floats) -> tuple[Floats, Floats, Floats]:
    """Return last level, last trend and the sum of squared one-step errors of a damped trend, per set of parameters.

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
    return level, trend, squares


def sarimax(values: Floats, steps: int) -> CandidateForecast:
    """Forecast by SARIMAX(1,0,0): a mean with first-order autoregressive errors."""
    return _autoregression(values, np.ones((len(values) + steps, 1)))


def seasonal_sarimax(values: Floats, steps: int) -> CandidateForecast:
    """Forecast by SARIMAX(1,0,0) with a season of two harmonics as regressors."""
    periods = np.arange(len(values) + steps)
    return _autoregression(values, np.column_stack([np.ones(len(periods)), *_season(periods)]))


def _autoregression(values: Floats, regressors: Floats) -> CandidateForecast:
    """Forecast by a regression with AR(1) errors, averaged over the autocorrelation by its restricted likelihood.

    The likelihood of two or three years is wide and its maximum too low; regressors reach to the end of the forecast.
    The autocorrelation is flat on Fisher's scale before the data. Source: Harville 1974 (Biometrika 61:383).
    """
    count, columns = len(values), regressors.shape[1]
    known, rho = regressors[:count], _AUTOCORRELATIONS[:, None]
    plain = np.linalg.lstsq(known, values)[0]
    both = np.column_stack([known, values - known @ plain])
    fade, scale = rho[:, None], np.sqrt(1 - rho[:, None] ** 2)
    first = np.broadcast_to(both[:1], (len(rho), 1, columns + 1))
    white = np.concatenate([first, (both[1:] - fade * both[:-1]) / scale], axis=1)
    products = white.transpose(0, 2, 1) @ white
    inverse = np.linalg.inv(products[:, :columns, :columns])
    crossed, whole = products[:, :columns, columns], products[:, columns, columns]
    correction = (inverse @ crossed[:, :, None])[:, :, 0]
    free = count - columns
    squares = np.maximum(whole - (crossed * correction).sum(axis=1), 0.0)
    likelihood = -free / 2 * _log(squares) - (count - 1) / 2 * np.log(1 - rho[:, 0] ** 2)
    likelihood += np.linalg.slogdet(inverse)[1] / 2
    line = (plain + correction) @ regressors.T
    ahead = np.arange(1, len(regressors) - count + 1)
    paths = line[:, count:] + rho**ahead * (values[-1] - line[:, count - 1 : count])
    apart = np.abs(np.subtract.outer(ahead, ahead))
    shocks = rho[:, None] ** apart - rho[:, None] ** np.add.outer(ahead, ahead)
    # the regressors' coefficients are estimated too: their error, less what the last value tells of it
    seen = regressors[count:] - (rho**ahead)[:, :, None] * regressors[count - 1]
    errors = shocks + seen @ inverse @ seen.transpose(0, 2, 1)
    return _averaged(likelihood, paths, (squares / free)[:, None, None] * errors, free)


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
    free = max(rest.freedom - season.shape[1], 1)
    return CandidateForecast(rest.path + pattern[len(values) :], rest.errors, free)


def _season(periods: Ints) -> list[Floats]:
    angle = 2 * np.pi * periods / MONTHS
    return [wave(k * angle) for k in range(1, _HARMONICS + 1) for wave in (np.sin, np.cos)]


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
