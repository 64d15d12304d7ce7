"""Generalised linear regressions of cells by Fisher scoring: rows of the same covariates are one cell, their mean.

Estimates are those of statsmodels' `GLM` and R's ``glm`` on the single values (tests hold them side by side). They are
found here because of scale: a national table of categories has room in memory as a sparse design only, which
statsmodels does not take, and neither of its negative binomials both takes frequencies and estimates the dispersion.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse, special
from scipy.optimize import brentq

from helpers.errors import ArgumentError
from helpers.stats.checks import Floats, Ints

#: theta = 1/dispersion is sought between these; beyond the upper one counts are as good as Poisson
LEAST_THETA, MOST_THETA = 1e-6, 1e5
MOST_ROUNDS = 100
_SETTLED = 1e-11

#: a leverage so close to 1 is one
_ALONE = 1e-10
Errors = Literal["classical", "HC0", "HC1", "HC2", "HC3"]
Design = Any  # an array, or a sparse one
_Of = Callable[[Floats], Floats]


class Law(NamedTuple):
    """A link, its inverse, and by the mean the slope of the inverse and the variance of a value."""

    link: _Of
    inverse: _Of
    slope: _Of
    variance: _Of


def _logarithmic(variance: _Of) -> Law:
    return Law(np.log, np.exp, lambda mean: mean, variance)


POISSON = _logarithmic(lambda mean: mean)
GAMMA = _logarithmic(lambda mean: mean**2)
BINOMIAL = Law(special.logit, special.expit, *[lambda mean: mean * (1 - mean)] * 2)


@dataclass(frozen=True)
class Cells:
    """Values with what they are explained by: of full rank, with its intercept."""

    values: Floats  # counts, stays or shares, shape (n,)
    design: Design  # shape (cells, k)
    offset: (
        Floats  # added to the linear predictor, such as the log of the population at risk, shape (cells,)
    )
    weights: Floats  # how many observations each value stands for, shape (n,)
    rows: Ints  # the design's row that each value belongs to, shape (n,)

    @property
    def sizes(self) -> Floats:
        """How many observations each row of the design has."""
        return np.asarray(np.bincount(self.rows, weights=self.weights), dtype=float)

    @property
    def means(self) -> Floats:
        """Mean value per row of the design."""
        return np.bincount(self.rows, weights=self.weights * self.values) / self.sizes

    @classmethod
    def plain(
        cls, values: Floats, design: Design, offset: Floats | None = None, weights: Floats | None = None
    ) -> Cells:
        """Return cells of one value per row of the design."""
        nothing, one = np.zeros(len(values)), np.ones(len(values))
        rows = np.arange(len(values))
        return cls(
            values, design, nothing if offset is None else offset, one if weights is None else weights, rows
        )


@dataclass(frozen=True)
class Fitted:
    """A fitted regression of cells.

    Attributes
    ----------
    estimates
        Coefficients in the order of the design's columns.
    mean, weights
        Expected value of each cell, and its weight in the information.
    pull
        Derivative of each value's log-likelihood by its linear predictor.
    design, rows
        As in `Cells`.
    dispersion
        Negative binomial: alpha of variance = mean + alpha mean^2 (0: no more spread than Poisson); where one is
        estimated, Pearson's chi-squared over its degrees of freedom; else 1.
    known
        Whether the covariance is free of the dispersion.
    log_likelihood
        Missing where nobody asked for it.
    """

    estimates: Floats
    mean: Floats
    weights: Floats
    pull: Floats
    design: Design
    rows: Ints
    dispersion: float = 1.0
    known: bool = True
    log_likelihood: float = float("nan")

    def covariance(self, errors: Errors = "classical", clusters: Any = None) -> Floats:
        """Return the covariance of the estimates: classical, robust, or where values of a cluster go together.

        Parameters
        ----------
        errors
            Without clusters: "classical", or robust to unequal spread.
        clusters
            The cluster of each value; no factor of few clusters is in it.

        Raises
        ------
        ArgumentError
            HC2 or HC3 where one row alone decides a term.

        Notes
        -----
        Source: Liang and Zeger 1986 (Biometrika 73:13); equals R's ``sandwich::vcovHC`` and ``vcovCL(type = "HC0",
        cadjust = FALSE)``.
        """
        bread = np.linalg.inv(_information(self.design, self.weights))
        if errors == "classical" and clusters is None:
            return np.asarray(bread * (1.0 if self.known else self.dispersion))
        pull, (rows, columns), factor = self.pull, self.design.shape, 1.0
        apart = np.arange(len(pull)) if clusters is None else pd.factorize(np.asarray(clusters))[0]
        if clusters is None and errors == "HC1":
            factor = rows / (rows - columns)
        elif clusters is None and errors in ("HC2", "HC3"):
            leverage = self.weights * ((self.design @ bread) * self.design).sum(axis=1)
            if (alone := np.flatnonzero(leverage > 1 - _ALONE)).size:
                # its residual is 0 whatever came, and 0 / 0 says nothing of its spread
                came = f"row {alone[0]} alone decides one of the terms: {errors} of it would be 0 / 0"
                raise ArgumentError("errors", came, "HC0 or HC1, or terms of two rows or more")
            pull = pull / (1 - leverage) ** (0.5 if errors == "HC2" else 1.0)
        # summed by cluster and cell first: a design row per value would be many times as large
        scores = sparse.csr_array((pull, (apart, self.rows)), shape=(apart.max() + 1, rows)) @ self.design
        return np.asarray(factor * bread @ _dense(scores.T @ scores) @ bread)


def fit_cells(cells: Cells, law: Law, *, estimated: bool = False) -> Fitted:
    """Fit the values, with a dispersion that is estimated (quasi-Poisson, gamma) or is known to be 1.

    Notes
    -----
    Source: McCullagh and Nelder 1989, chapters 2, 6, 8 and 9.
    """
    fit = _scored(cells, law)
    if not estimated:
        return fit
    mean, weights = fit.mean[cells.rows], cells.weights
    pearson = (weights * (cells.values - mean) ** 2 / law.variance(mean)).sum()
    dispersion = float(pearson / (weights.sum() - cells.design.shape[1]))
    return replace(fit, dispersion=dispersion, known=False)


def fit_nb2(cells: Cells) -> Fitted:
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
        fit = _scored(cells, _logarithmic(lambda mean, alpha=alpha: mean + alpha * mean**2), start)  # type: ignore[misc]
        previous, alpha = alpha, _dispersion(cells, fit.mean)
        # where the counts are all but Poisson the dispersion is hardly determined, yet the coefficients are
        still = start is not None and np.abs(fit.estimates - start).max() <= _SETTLED
        if still or abs(alpha - previous) <= _SETTLED * alpha:
            return replace(fit, dispersion=alpha)
        start = fit.estimates
    raise ArgumentError("counts", "the negative binomial fit does not settle", "counts that vary")


def _scored(cells: Cells, law: Law, start: Floats | None = None) -> Fitted:
    design, offset, sizes, means = cells.design, cells.offset, cells.sizes, cells.means
    if not means.any():
        raise ArgumentError("values", "nothing but 0", "at least one value above 0")
    linear = law.link((means + np.average(means, weights=sizes)) / 2) - offset
    estimates = _first_guess(design, linear) if start is None else start
    for _ in range(MOST_ROUNDS):
        mean = law.inverse(offset + design @ estimates)
        by_spread = law.slope(mean) / law.variance(mean)
        weights = sizes * law.slope(mean) * by_spread
        try:
            step = np.linalg.solve(
                _information(design, weights), design.T @ (sizes * (means - mean) * by_spread)
            )
        except np.linalg.LinAlgError:
            break
        estimates = estimates + step
        if np.abs(step).max() <= _SETTLED:
            pull = cells.weights * (cells.values - mean[cells.rows]) * by_spread[cells.rows]
            return Fitted(estimates, mean, weights, pull, design, cells.rows)
    raise ArgumentError("values", "the fit does not settle", "values above 0 in every group")


def _information(design: Design, weights: Floats) -> Floats:
    return _dense(design.T @ (sparse.diags_array(weights) @ design))


def _dense(matrix: Any) -> Floats:
    return np.asarray(matrix.toarray() if sparse.issparse(matrix) else matrix)


def _first_guess(design: Design, linear: Floats) -> Floats:
    products = _dense(design.T @ design)
    # columns of one length, so that no scale hides one that the others say already
    scale = np.sqrt(np.diag(products))
    scale[scale == 0] = 1
    even = products / np.outer(scale, scale)
    if np.linalg.matrix_rank(even, hermitian=True) < len(even):
        raise ArgumentError(
            "terms", "columns that say the same", "columns that differ (a design of full rank)"
        )
    return np.asarray(np.linalg.solve(even, design.T @ linear / scale) / scale, dtype=float)


def _dispersion(cells: Cells, mean: Floats) -> float:
    """Return alpha = 1/theta where the likelihood of the counts around their means is highest."""
    # only the distinct counts and the cells are needed, which keeps large tables quick
    distinct, which = np.unique(cells.values, return_inverse=True)
    often = np.bincount(which, weights=cells.weights)
    sizes, means = cells.sizes, cells.means

    def slope(log_theta: float) -> float:
        theta = np.exp(log_theta)
        by_count = often @ (special.digamma(distinct + theta) - special.digamma(theta))
        by_cell = np.log(theta / (theta + mean)) + 1 - (means + theta) / (mean + theta)
        return float(by_count + sizes @ by_cell)

    least, most = np.log(LEAST_THETA), np.log(MOST_THETA)
    if slope(most) >= 0:
        return 0.0
    return float(np.exp(-brentq(slope, least, most, xtol=1e-13, rtol=1e-13)))
