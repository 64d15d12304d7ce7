"""Linear and generalised linear regression, with classical, robust and clustered errors."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from helpers.errors import ArgumentError
from helpers.stats.checks import Floats, check_choice
from helpers.stats.models.reading import Regression, link_of, read
from helpers.stats.models.scoring import Cells, Errors, Fitted, fit_nb2

_Quasi = Literal["quasi_binomial", "quasi_poisson"]
_Known = Literal["binomial", "poisson", "negative_binomial"]
Family = Literal["gaussian", "gamma", "inverse_gaussian"] | _Known | _Quasi
Link = Literal["identity", "log", "logit", "probit", "cloglog", "inverse"]
_SCALES: dict[str, Any] = {"log": "ratio", "logit": "odds ratio", "probit": "probit"}


def glm(
    formula: str,
    data: pd.DataFrame,
    *,
    family: Family = "gaussian",
    link: Link | None = None,
    offset: str | None = None,
    exposure: str | None = None,
    weights: str | None = None,
    errors: Errors = "classical",
    cluster: str | None = None,
    confidence: float = 0.95,
) -> Regression:
    """Return a generalised linear regression.

    Parameters
    ----------
    formula
        As in R and statsmodels: ``"dnas ~ age_band + C(deprivation)"``; `np` is there, such as ``np.log(wait)``.
    data
        One row per observation. Rows in which a value of the formula is missing are left out and counted.
    family, link
        The link is identity (gaussian), logit (both binomials) or log where none is named. The dispersion of the
        negative binomial (log link) is estimated by maximum likelihood.
    offset, exposure
        Columns: added to the linear predictor, or its logarithm is (people or days at risk, above 0).
    weights
        Column of prior weights, above 0, as R's ``weights``: numbers of trials where the outcome is a share.
    errors
        "classical", or robust: "HC0" to "HC3".
    cluster
        Column of what goes together: errors are robust to it, with the factor of `sandwich::vcovCL`: G / (G - 1), for
        least squares also (n - 1) / (n - k).
    confidence
        Level of the intervals (Wald): t quantiles with G - 1 degrees of freedom for clusters, with n - k where a
        dispersion is estimated, else normal.

    Raises
    ------
    ArgumentError
        What cannot be used, terms that say the same, groups without a finite estimate.

    Notes
    -----
    Source: McCullagh and Nelder 1989; Zeileis 2006 (Journal of Statistical Software 16:9); Zeileis, Köll and Graham
    2020 (95:1).

    >>> table = pd.DataFrame({"dnas": [6, 9, 8, 12], "booked": [100, 120, 80, 100], "late": [0, 0, 1, 1]})
    >>> glm("dnas ~ late", table, family="poisson", exposure="booked").ratios()["ratio"].round(4).tolist()
    [0.0682, 1.6296]
    """
    check_choice("family", family, FAMILIES)
    check_choice("errors", errors, get_args(Errors))
    chosen = link or FAMILIES[family][1]
    count = family == "negative_binomial"
    check_choice("link", chosen, ["log"] if count else get_args(Link))
    if weights is not None and count:
        raise ArgumentError("weights", "they came with the negative binomial", "another family, or none")
    found = read(formula, data, [offset, exposure, weights, cluster])
    (rows, columns), estimated = found.matrix.shape, FAMILIES[family][2]
    shift = np.zeros(rows) if offset is None else found.numbers(offset)
    if exposure is not None:
        shift = shift + np.log(found.numbers(exposure, above=0))
    prior = np.ones(rows) if weights is None else found.numbers(weights, above=0)
    if rows == columns and (estimated or errors != "classical" or cluster):
        raise ArgumentError("data", f"{rows} rows for as many terms", "more rows than terms")
    groups = 0 if cluster is None else found.beside[cluster].nunique()
    if groups == 1:
        raise ArgumentError("cluster", "1 cluster came", "at least two")
    fit = fit_matrices(found.values, found.matrix, family, chosen, shift, prior)
    covariance = fit.covariance(errors, None if cluster is None else found.beside[cluster])
    plain = (family, chosen) == ("gaussian", "identity")
    named = f"errors clustered by {cluster} (G = {groups}, factor G/(G-1))"
    if groups:
        covariance *= groups / (groups - 1)
    if groups and plain:
        covariance *= (rows - 1) / (rows - columns)
        named = named.replace("/(G-1))", "/(G-1) x (n-1)/(n-k))")
    return found.regression(
        fit.estimates,
        covariance,
        freedom=groups - 1.0 if groups else float(rows - columns) if estimated else np.inf,
        confidence=confidence,
        mean=fit.mean,
        parameters=columns + (count or estimated),
        log_likelihood=fit.log_likelihood,
        method=f"{family.replace('_', ' ')} regression, link {chosen}, {named if groups else f'{errors} errors'}",
        scale=_SCALES.get(chosen, "difference"),
        dispersion=fit.dispersion,
        groups=groups,
        link=chosen,
        shift=(offset, exposure),
    )


def linear(formula: str, data: pd.DataFrame, **options: Any) -> Regression:
    """Return a linear regression by least squares; options as for `glm`."""
    return glm(formula, data, **options, family="gaussian", link="identity")


def logistic(formula: str, data: pd.DataFrame, **options: Any) -> Regression:
    """Return a logistic regression of a flag, or of a share with `weights` (of how many); options as for `glm`."""
    return glm(formula, data, **options, family="binomial", link="logit")


def probit(formula: str, data: pd.DataFrame, **options: Any) -> Regression:
    """Return a probit regression of a flag or a share; options as for `glm`."""
    return glm(formula, data, **options, family="binomial", link="probit")


#: of each family the class of statsmodels, the link where none is asked for, and whether a dispersion is estimated
FAMILIES: dict[Family, tuple[str, Link, bool]] = {
    "gaussian": ("Gaussian", "identity", True),
    "binomial": ("Binomial", "logit", False),
    "quasi_binomial": ("Binomial", "logit", True),
    "poisson": ("Poisson", "log", False),
    "quasi_poisson": ("Poisson", "log", True),
    "gamma": ("Gamma", "log", True),
    "inverse_gaussian": ("InverseGaussian", "log", True),
    "negative_binomial": ("NegativeBinomial", "log", False),
}


def fit_matrices(
    values: Floats,
    matrix: Floats,
    family: Family,
    link: Link | None = None,
    shift: Floats | None = None,
    prior: Floats | None = None,
) -> Fitted:
    """Return the fit of values to a design of full rank; `shift` is added to its predictor, `prior` weighs its rows.

    Raises
    ------
    ArgumentError
        Values that the family cannot have, or to which it cannot be fitted.
    """
    share, bounded = family in ("binomial", "quasi_binomial"), family != "gaussian"
    strict = family in ("gamma", "inverse_gaussian")
    if (
        bounded
        and not (values > 0 if strict else (values >= 0) & (values <= (1 if share else np.inf))).all()
    ):
        allowed = "numbers from 0 to 1" if share else f"numbers {'above 0' if strict else 'of 0 or more'}"
        raise ArgumentError("outcome", f"values from {values.min():g} to {values.max():g}", allowed)
    shift = np.zeros(len(values)) if shift is None else shift
    prior = np.ones(len(values)) if prior is None else prior
    try:
        fit = _fit(values, matrix, family, link or FAMILIES[family][1], shift, prior)
    # what does not settle ends in an error of another kind by family and link
    except (ArithmeticError, ValueError, Warning):
        fit = None
    least = 0 if fit is None else min(fit.mean.min(), (1 - fit.mean).min() if share else np.inf)
    if fit is None or (bounded and least < 1e-10 * fit.mean.max()):
        allowed = "terms each of whose groups has values above 0, and below 1 for shares and flags"
        if not bounded:
            allowed = "an outcome that its terms do not explain to the last digit"
        raise ArgumentError("formula", f"no {family.replace('_', ' ')} regression settles", allowed)
    return fit


def _fit(
    values: Floats, matrix: Floats, family: Family, link: Link, shift: Floats, prior: Floats
) -> Fitted:
    from statsmodels.genmod import families
    from statsmodels.genmod.generalized_linear_model import GLM
    from statsmodels.tools.sm_exceptions import ConvergenceWarning

    name, _, estimated = FAMILIES[family]
    with warnings.catch_warnings():
        # a table with a term for each of its rows is taken for separated there; a link wider than its family is told
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", ConvergenceWarning)
        if family == "negative_binomial":
            own = fit_nb2(Cells.plain(values, matrix, shift))
            law = families.NegativeBinomial(alpha=own.dispersion) if own.dispersion else families.Poisson()
            return replace(own, log_likelihood=float(law.loglike(values, own.mean)))
        law = getattr(families, name)(link=link_of(link))
        model = GLM(values, matrix, family=law, offset=shift, var_weights=prior)
        exact = {"tol": 1e-10, "tol_criterion": "params", "maxiter": 200}
        result = model.fit(**exact, scale="X2" if estimated else 1.0)
        estimates, dispersion = np.asarray(result.params), float(result.scale)
        mean = law.fitted(shift + matrix @ estimates)
        # R's: a dispersion that is estimated is the deviance's there, and shares are counts of trials
        total = len(values) if family == "gaussian" else prior.sum()
        scale = float(law.deviance(values, mean, prior)) / total if estimated else 1.0
        law.n, each = (prior, 1.0) if family == "binomial" else (1, prior)
        log_likelihood = np.nan if "quasi" in family else law.loglike_obs(values, mean, each, scale).sum()
    slope, spread = law.link.inverse_deriv(shift + matrix @ estimates), law.variance(mean)
    pull, weights = prior * (values - mean) * slope / spread, prior * slope**2 / spread
    rows = np.arange(len(values))
    return Fitted(
        estimates, mean, weights, pull, matrix, rows, dispersion, not estimated, float(log_likelihood)
    )
