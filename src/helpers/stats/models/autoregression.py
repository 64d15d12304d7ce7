"""Linear regression with first-order autoregressive errors by restricted maximum likelihood.

Quantiles are those of t with Satterthwaite's degrees of freedom, which take in that the autocorrelation is
itself estimated. Over 400 simulated series per case (12 + 12 to 24 + 24 months, autocorrelation 0 to 0.8)
a nominal 5 % test of an effect that is not there is then wrong in 3 to 6 of 100; with the usual n - k
degrees of freedom in 6 to 15, with Newey-West in 14 to 51 (`benchmarks/simulate_models.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import linalg
from scipy.optimize import minimize_scalar

from helpers.errors import ArgumentError
from helpers.stats.checks import Floats

#: where the autocorrelation is sought
_RANGE = (-0.98, 0.98)
_GRID = 21
#: step of the numerical derivatives
_STEP = 1e-3


@dataclass(frozen=True)
class LinearFit:
    """A fitted regression and how to judge a sum of its coefficients.

    Attributes
    ----------
    coefficients, covariance
        In the order of the design's columns.
    freedom
        Degrees of freedom of the t quantile for a contrast (infinite: normal).
    autocorrelation
        Of the errors from one period to the next (counts: of the Pearson residuals).
    dispersion
        Standard deviation of the errors (counts: dispersion of the model).
    """

    coefficients: Floats
    covariance: Floats
    freedom: Callable[[Floats], float]
    autocorrelation: float
    dispersion: float


@dataclass(frozen=True)
class GappedSeries:
    """Columns of a design and, as the last, values; of each row but the first the periods since the one before."""

    columns: Floats
    gaps: Floats

    @property
    def free(self) -> int:
        rows, columns = self.columns.shape
        return int(rows - columns + 1)

    def whiten(self, phi: Sequence[float]) -> tuple[Floats, float]:
        """Return the columns with uncorrelated errors of one variance, and ln of the determinant."""
        if len(phi) > 1:
            return self._whiten_further(np.asarray(phi))
        fade = phi[0] ** self.gaps[:, None]
        scale = np.sqrt(1 - fade**2)
        white = np.concatenate([self.columns[:1], (self.columns[1:] - fade * self.columns[:-1]) / scale])
        return white, float(2 * np.log(scale).sum())

    def _whiten_further(self, phi: Floats) -> tuple[Floats, float]:
        from statsmodels.tsa.arima_process import arma_acf

        both, (rows, order) = self.columns, (len(self.columns), len(phi))
        at = np.append(0, self.gaps.cumsum()).astype(int)
        # without gaps only the first values lack their forerunners: no matrix of all of them is needed
        first = order if at[-1] == rows - 1 else rows
        fading = arma_acf(np.r_[1.0, -phi], [1.0], lags=max(at[first - 1], order) + 1)
        root = np.linalg.cholesky(fading[np.abs(np.subtract.outer(at[:first], at[:first]))])
        left = both[first:] - sum(
            (phi[k] * both[first - k - 1 : rows - k - 1] for k in range(order)), np.zeros(1)
        )
        share = 1 - phi @ fading[1 : order + 1]  # of the innovations in the variance
        start = linalg.solve_triangular(root, both[:first], lower=True)
        determinant = 2 * np.log(np.diag(root)).sum() + (rows - first) * np.log(share)
        return np.concatenate([start, left / np.sqrt(share)]), float(determinant)

    def cost(
        self, phi: Sequence[float], *, restricted: bool = True, log_variance: float | None = None
    ) -> float:
        """Return minus the log-likelihood but for a constant, at the best variance where none is given."""
        white, determinant = self.whiten(phi)
        # the last pivot is the root of the sum of squared residuals
        *pivots, last = np.diag(np.linalg.cholesky(white.T @ white))
        count = self.free if restricted else len(white)
        level = np.log(last**2 / count) if log_variance is None else log_variance
        fit = count * level + last**2 / np.exp(level)
        return float(0.5 * (fit + determinant + restricted * 2 * np.log(pivots).sum()))

    def inverse_information(self, rho: float) -> Floats:
        matrix = self.whiten([rho])[0][:, :-1]
        return np.asarray(np.linalg.inv(matrix.T @ matrix), dtype=float)


def fit_ar1(values: Floats, matrix: Floats) -> LinearFit:
    """Fit a regression with AR(1) errors; missing values leave a gap in time.

    Parameters
    ----------
    values
        Shape (n,), equally spaced; missing where there is no value.
    matrix
        Design, shape (n, k).

    Raises
    ------
    ArgumentError
        Fewer than k + 2 values, or a design that they do not determine.

    Notes
    -----
    Source: Pinheiro and Bates 2000, *Mixed-Effects Models in S and S-PLUS*, section 5.3; Satterthwaite 1946
    (Biometrics Bulletin 2:110).
    """
    seen = np.flatnonzero(~np.isnan(values))
    known, design = values[seen], matrix[seen]
    columns = matrix.shape[1]
    if len(seen) < columns + 2 or np.linalg.matrix_rank(design) < columns:
        came = f"{len(seen)} values for {columns} coefficients"
        raise ArgumentError("values", came, "enough values on both sides of the change")
    plain: Floats = np.asarray(np.linalg.lstsq(design, known)[0], dtype=float)
    residuals = known - design @ plain
    series = GappedSeries(np.column_stack([design, residuals]), np.diff(seen).astype(float))
    if np.abs(residuals).max() <= 1e-10 * np.abs(known).max():
        # a straight line, such as 100 % every month: nothing is uncertain
        return LinearFit(plain, np.zeros((columns, columns)), lambda _: float(series.free), 0.0, 0.0)
    rho = _most_likely(series)
    white, _ = series.whiten([rho])
    correction = np.linalg.lstsq(white[:, :-1], white[:, -1])[0]
    left = white[:, -1] - white[:, :-1] @ correction
    variance = float((left**2).sum() / series.free)
    freedom = _satterthwaite(series, rho, np.log(variance))
    covariance = variance * series.inverse_information(rho)
    return LinearFit(plain + correction, covariance, freedom, rho, float(np.sqrt(variance)))


def fit_ar1_each(values: Floats, matrix: Floats, contrast: Floats) -> tuple[Floats, Floats]:
    """Return a contrast of many series that share a design, each with its own autocorrelation: estimates and errors.

    The autocorrelation is sought on a grid, which serves to compare series with each other.

    Parameters
    ----------
    values
        Shape (periods, series); periods in which one of them has no value are left out of all.
    """
    seen = np.flatnonzero(~np.isnan(values).any(axis=1))
    both = GappedSeries(np.column_stack([matrix[seen], values[seen]]), np.diff(seen).astype(float))
    series, columns = values.shape[1], matrix.shape[1]
    free = len(seen) - columns
    best, found, error = np.full(series, np.inf), np.zeros(series), np.zeros(series)
    for rho in np.linspace(*_RANGE, _GRID):
        white, determinant = both.whiten([rho])
        design, observed = white[:, :columns], white[:, columns:]
        inverse = np.linalg.inv(design.T @ design)
        fitted = inverse @ design.T @ observed
        variance = ((observed - design @ fitted) ** 2).sum(axis=0) / free
        known = determinant - np.linalg.slogdet(inverse)[1]
        fit = free * np.log(np.maximum(variance, np.finfo(float).tiny)) + known
        better = fit < best
        best[better], found[better] = fit[better], (contrast @ fitted)[better]
        error[better] = np.sqrt(variance * (contrast @ inverse @ contrast))[better]
    return found, error


def _most_likely(series: GappedSeries) -> float:
    grid = np.linspace(*_RANGE, _GRID)
    best = int(np.argmin([series.cost([rho]) for rho in grid]))
    bounds = (grid[max(best - 1, 0)], grid[min(best + 1, _GRID - 1)])
    search = {"bounds": bounds, "method": "bounded", "options": {"xatol": 1e-9}}
    return float(minimize_scalar(lambda rho: series.cost([rho]), **search).x)


def _satterthwaite(series: GappedSeries, rho: float, log_variance: float) -> Callable[[Floats], float]:
    """Return the degrees of freedom of a contrast: 2 over the variance of its log variance."""
    # keep the derivatives inside the range of the autocorrelation
    at = float(np.clip(rho, _RANGE[0] + 2 * _STEP, _RANGE[1] - 2 * _STEP))
    uncertainty = np.linalg.pinv(_curvature(series, at, log_variance), hermitian=True)
    less, more = (series.inverse_information(at + side * _STEP) for side in (-1, 1))

    def freedom(contrast: Floats) -> float:
        slope = np.log((contrast @ more @ contrast) / (contrast @ less @ contrast)) / (2 * _STEP)
        gradient = np.array([1.0, slope])
        spread = float(gradient @ uncertainty @ gradient)
        return float(np.clip(2 / spread if spread > 0 else 1.0, 1.0, series.free))

    return freedom


def _curvature(series: GappedSeries, rho: float, log_variance: float) -> Floats:
    """Return the second derivatives of the criterion in log variance and autocorrelation."""

    def at(level: int, side: int) -> float:
        return series.cost([rho + side * _STEP], log_variance=log_variance + level * _STEP)

    second = (at(0, 1) - 2 * at(0, 0) + at(0, -1)) / _STEP**2
    mixed = (at(1, 1) - at(1, -1) - at(-1, 1) + at(-1, -1)) / (4 * _STEP**2)
    return np.array([[series.free / 2, mixed], [mixed, second]])


def fit_newey_west(values: Floats, matrix: Floats, lags: int | None, adjust: bool) -> LinearFit:
    """Fit ordinary least squares with Newey and West's covariance (Bartlett weights, no prewhitening).

    Parameters
    ----------
    values, matrix
        As for `fit_ar1`, without missing values.
    lags
        Longest lag; floor(4 (n/100)^(2/9)) when None.
    adjust
        Multiply the covariance by n/(n - k).

    Notes
    -----
    Source: Newey and West 1987 (Econometrica 55:703); equals R's ``sandwich::NeweyWest(lag =, prewhite =
    FALSE)``.
    """
    count, columns = matrix.shape
    if np.isnan(values).any() or count - columns < 1:
        raise ArgumentError(
            "values", "missing or too few values", "a whole series with compatible='newey_west'"
        )
    longest = int(4 * (count / 100) ** (2 / 9)) if lags is None else lags
    # late: it takes as long to import as all else that a forecast needs
    from statsmodels.regression.linear_model import OLS

    options = {"maxlags": longest, "use_correction": adjust}
    fit = OLS(values, matrix).fit(cov_type="HAC", cov_kwds=options)
    residuals = np.asarray(fit.resid)
    sd = float(np.sqrt((residuals**2).sum() / (count - columns)))
    coefficients, covariance = np.asarray(fit.params), np.asarray(fit.cov_params())
    return LinearFit(coefficients, covariance, lambda _: float(count - columns), lag_one(residuals), sd)


def lag_one(residuals: Floats) -> float:
    """Return the correlation of residuals with the ones before; 0 where they do not vary."""
    total = float((residuals**2).sum())
    return float((residuals[1:] * residuals[:-1]).sum() / total) if total > 0 else 0.0
