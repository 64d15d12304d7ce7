"""Log-link regressions for counts and stays: Poisson, negative binomial with estimated dispersion, gamma.

The models and estimates are those of statsmodels and R (tests hold them side by side). They are fitted here
because neither of statsmodels' two negative binomials does all that is needed: `GLM` takes frequency
weights but holds the dispersion fixed, the discrete model estimates it but takes no weights; and because
stays that share their covariates can be fitted by their mean, which takes a national table from 40 seconds
to under one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import brentq
from scipy.special import digamma

from helpers.errors import ArgumentError
from helpers.stats.checks import Floats, Ints

#: theta = 1/dispersion is sought between these; beyond the upper one counts are as good as Poisson
LEAST_THETA, MOST_THETA = 1e-6, 1e5
MOST_ROUNDS = 100
_SETTLED = 1e-11


@dataclass(frozen=True)
class LogLinearFit:
    """A fitted log-link model.

    Attributes
    ----------
    coefficients, covariance
        Coefficients in the order of the design's columns, and their covariance.
    dispersion
        Negative binomial: alpha of variance = mean + alpha mean^2 (0: no more spread than Poisson); the
        others: Pearson's chi-squared over its degrees of freedom, by which the covariance is multiplied.
    fitted
        Expected value per row of the design.
    """

    coefficients: Floats
    covariance: Floats
    dispersion: float
    fitted: Floats


@dataclass(frozen=True)
class Observations:
    """Values with what they are explained by.

    Attributes
    ----------
    values
        Counts or stays, shape (n,).
    design
        Design matrix with its intercept, of full rank, shape (cells, k).
    offset
        Added to the linear predictor, such as the log of the population at risk, shape (cells,).
    weights
        How many observations each value stands for, shape (n,).
    rows
        The design's row that each value belongs to, shape (n,).
    """

    values: Floats
    design: Floats
    offset: Floats
    weights: Floats
    rows: Ints

    @property
    def sizes(self) -> Floats:
        """How many observations each row of the design has."""
        return np.asarray(np.bincount(self.rows, weights=self.weights), dtype=float)

    @property
    def means(self) -> Floats:
        """Mean value per row of the design."""
        return np.bincount(self.rows, weights=self.weights * self.values) / self.sizes

    @classmethod
    def plain(cls, values: Floats, design: Floats, offset: Floats | None = None) -> Observations:
        """Return observations of one value per row of the design."""
        nothing = np.zeros(len(values)) if offset is None else offset
        return cls(values, design, nothing, np.ones(len(values)), np.arange(len(values)))


def fit_quasi_poisson(observations: Observations) -> LogLinearFit:
    """Fit counts whose variance is proportional to their mean.

    Notes
    -----
    Source: McCullagh and Nelder 1989, chapters 6 and 9; equals R's ``glm(family = quasipoisson)``.
    """
    return _with_pearson(observations, lambda mean: mean)


def fit_gamma(observations: Observations) -> LogLinearFit:
    """Fit positive values whose variance is proportional to the square of their mean.

    Notes
    -----
    Source: McCullagh and Nelder 1989, chapter 8; equals R's ``glm(family = Gamma("log"))``.
    """
    return _with_pearson(observations, lambda mean: mean**2)


def fit_nb2(observations: Observations) -> LogLinearFit:
    """Fit counts with variance = mean + alpha mean^2, alpha estimated, by maximum likelihood.

    Coefficients and dispersion are sought in turn until neither moves; the covariance is that of the
    coefficients at the estimated dispersion.

    Raises
    ------
    ArgumentError
        Where the alternation does not settle, or the design lacks full rank.

    Notes
    -----
    Source: Venables and Ripley 2002, section 7.4; equals R's ``MASS::glm.nb``.
    """
    alpha = 0.0
    start: Floats | None = None
    for _ in range(MOST_ROUNDS):
        fit = _fit(observations, lambda mean, alpha=alpha: mean + alpha * mean**2, start)  # type: ignore[misc]
        previous, alpha = alpha, _dispersion(observations, fit.fitted)
        # where the counts are all but Poisson the dispersion is hardly determined, yet the coefficients are
        still = start is not None and np.abs(fit.coefficients - start).max() <= _SETTLED
        if still or abs(alpha - previous) <= _SETTLED * alpha:
            return LogLinearFit(fit.coefficients, fit.covariance, alpha, fit.fitted)
        start = fit.coefficients
    raise ArgumentError("counts", "the negative binomial fit does not settle", "counts that vary")


def clustered_covariance(
    observations: Observations, fit: LogLinearFit, variance: Callable[[Floats], Floats], clusters: Ints
) -> Floats:
    """Return the covariance of the coefficients where the values of a cluster go together.

    Parameters
    ----------
    observations, fit
        What was fitted and what came of it.
    variance
        Of a value, from its mean, as it was fitted.
    clusters
        The number of each value's cluster, from 0, shape (n,).

    Notes
    -----
    Source: Liang and Zeger 1986 (Biometrika 73:13); equals R's ``sandwich::vcovCL(type = "HC0", cadjust = FALSE)``.
    """
    design, mean = observations.design, fit.fitted
    information = (design * (observations.sizes * mean**2 / variance(mean))[:, None]).T @ design
    rows = observations.rows
    pull = observations.weights * (observations.values - mean[rows]) * (mean / variance(mean))[rows]
    # summed by cluster and cell first: a design row per value would be many times as large
    both, where = np.unique(clusters * len(mean) + rows, return_inverse=True)
    scores = np.zeros((clusters.max() + 1, design.shape[1]))
    np.add.at(scores, both // len(mean), np.bincount(where, pull)[:, None] * design[both % len(mean)])
    bread = np.linalg.inv(information)
    return np.asarray(bread @ (scores.T @ scores) @ bread)


def _with_pearson(observations: Observations, variance: Callable[[Floats], Floats]) -> LogLinearFit:
    fit = _fit(observations, variance, None)
    mean, weights = fit.fitted[observations.rows], observations.weights
    pearson = (weights * (observations.values - mean) ** 2 / variance(mean)).sum()
    dispersion = float(pearson / (weights.sum() - observations.design.shape[1]))
    return LogLinearFit(fit.coefficients, fit.covariance * dispersion, dispersion, fit.fitted)


def _fit(
    observations: Observations, variance: Callable[[Floats], Floats], start: Floats | None
) -> LogLinearFit:
    """Fit by Fisher scoring on the means of the values that share a row."""
    design, offset = observations.design, observations.offset
    sizes, means = observations.sizes, observations.means
    if not means.any():
        raise ArgumentError("counts", "nothing but 0", "at least one value above 0")
    coefficients = _first_guess(design, means, offset) if start is None else start
    few = sparse.csr_array(design)  # of categories nearly all is nought
    for _ in range(MOST_ROUNDS):
        fitted = np.exp(offset + few @ coefficients)
        weights = sizes * fitted**2 / variance(fitted)
        information = (few.T @ sparse.diags_array(weights) @ few).toarray()
        step = np.linalg.solve(information, few.T @ (weights * (means - fitted) / fitted))
        coefficients = coefficients + step
        if np.abs(step).max() <= _SETTLED:
            return LogLinearFit(coefficients, np.linalg.inv(information), 1.0, fitted)
    raise ArgumentError("counts", "the fit does not settle", "values above 0 in every group")


def _first_guess(design: Floats, means: Floats, offset: Floats) -> Floats:
    logs = np.log((means + means.mean()) / 2) - offset
    # columns of one length, so that no scale hides one that the others say already
    scale = np.linalg.norm(design, axis=0)
    scale[scale == 0] = 1
    even = design / scale
    products = even.T @ even
    if np.linalg.matrix_rank(products, hermitian=True) < design.shape[1]:
        raise ArgumentError("design", "columns that say the same", "a design of full rank")
    return np.asarray(np.linalg.solve(products, even.T @ logs) / scale, dtype=float)


def _dispersion(observations: Observations, fitted: Floats) -> float:
    """Return alpha = 1/theta where the likelihood of the counts around their fitted values is highest."""
    # only the distinct counts and the cells are needed, which keeps large tables quick
    distinct, which = np.unique(observations.values, return_inverse=True)
    often = np.bincount(which, weights=observations.weights)
    sizes, means = observations.sizes, observations.means

    def slope(log_theta: float) -> float:
        theta = np.exp(log_theta)
        by_count = often @ (digamma(distinct + theta) - digamma(theta))
        by_cell = np.log(theta / (theta + fitted)) + 1 - (means + theta) / (fitted + theta)
        return float(by_count + sizes @ by_cell)

    least, most = np.log(LEAST_THETA), np.log(MOST_THETA)
    if slope(most) >= 0:
        return 0.0
    return float(np.exp(-brentq(slope, least, most, xtol=1e-13, rtol=1e-13)))
