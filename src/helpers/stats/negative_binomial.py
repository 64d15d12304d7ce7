"""Negative binomial regression (NB2) with estimated dispersion, frequency weights and an offset.

statsmodels has the two halves: `GLM` takes frequency weights but holds the dispersion fixed, the discrete
model estimates it but takes no weights. Alternating between the coefficients and the dispersion joins
them, which gives the maximum of the same likelihood; standard errors are those of the coefficients at the
estimated dispersion.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import statsmodels.api as sm
from scipy.optimize import brentq
from scipy.special import digamma

from helpers.errors import ArgumentError
from helpers.stats.arguments import FloatArray

#: beyond this the counts are as good as Poisson
_MOST_THETA = 1e5
_LEAST_THETA = 1e-6
_TOLERANCE = 1e-12


@dataclass(frozen=True)
class CountFit:
    """A fitted log-link count model.

    Attributes
    ----------
    coefficients, covariance
        Coefficients in the order of the design's columns, and their covariance.
    dispersion
        alpha of variance = mean + alpha mean^2 (0: no more spread than Poisson).
    fitted
        Expected counts.
    """

    coefficients: FloatArray
    covariance: FloatArray
    dispersion: float
    fitted: FloatArray


def fit_nb2(
    counts: FloatArray,
    design: FloatArray,
    *,
    offset: FloatArray | None = None,
    weights: FloatArray | None = None,
) -> CountFit:
    """Fit variance = mean + alpha mean^2 by maximum likelihood.

    Parameters
    ----------
    counts
        Counts, shape (n,).
    design
        Design matrix with its intercept, shape (n, k), of full rank.
    offset
        Added to the linear predictor, such as the log of the population at risk.
    weights
        How many observations each row stands for.

    Raises
    ------
    ArgumentError
        Where the alternation does not settle.

    Notes
    -----
    The estimate equals that of R's `glm.nb` (MASS): Venables and Ripley 2002, section 7.4.
    """
    many = np.ones_like(counts) if weights is None else weights
    alpha, start = 0.0, None
    for _ in range(200):
        fit = _fit_at(alpha, counts, design, offset, many, start)
        start, fitted = fit.params, np.asarray(fit.fittedvalues)
        previous, alpha = alpha, _dispersion(counts, fitted, many)
        if abs(alpha - previous) <= 1e-11 * alpha:
            return CountFit(np.asarray(fit.params), np.asarray(fit.cov_params()), alpha, fitted)
    raise ArgumentError("counts", "the negative binomial fit does not settle", "counts that vary")


def _fit_at(
    alpha: float,
    counts: FloatArray,
    design: FloatArray,
    offset: FloatArray | None,
    weights: FloatArray,
    start: FloatArray | None,
) -> sm.genmod.generalized_linear_model.GLMResultsWrapper:
    family = sm.families.NegativeBinomial(alpha=alpha) if alpha else sm.families.Poisson()
    model = sm.GLM(counts, design, family=family, offset=offset, freq_weights=weights)
    return model.fit(start_params=start, tol=_TOLERANCE, rtol=_TOLERANCE, maxiter=200, scale=1.0)


def _dispersion(counts: FloatArray, fitted: FloatArray, weights: FloatArray) -> float:
    """Return alpha = 1/theta where the likelihood of the counts around their fitted values is highest."""

    def slope(log_theta: float) -> float:
        theta = np.exp(log_theta)
        terms = digamma(counts + theta) - digamma(theta) + np.log(theta / (theta + fitted))
        return float((weights * (terms + 1 - (counts + theta) / (fitted + theta))).sum())

    least, most = np.log(_LEAST_THETA), np.log(_MOST_THETA)
    if slope(most) >= 0:
        return 0.0
    return float(np.exp(-brentq(slope, least, most, xtol=1e-13, rtol=1e-13)))
