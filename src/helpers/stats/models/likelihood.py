"""Linear regression of what goes together: series with autoregressive errors, and groups with levels of their own."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Literal

import numpy as np
import pandas as pd
from scipy import optimize

from helpers.errors import ArgumentError
from helpers.stats.checks import Floats, check_choice, check_integer, check_whole
from helpers.stats.models.autoregression import GappedSeries
from helpers.stats.models.reading import Regression, read

#: between values from which a slope of the likelihood is taken, by the five-point rule
_STEP = 3e-3
#: partial autocorrelation that is as good as a unit root
_MOST = 1 - 1e-6


def gls(
    formula: str,
    data: pd.DataFrame,
    *,
    time: str | None = None,
    order: int = 1,
    likelihood: Literal["ML", "REML"] = "ML",
    confidence: float = 0.95,
) -> Regression:
    """Return a linear regression of a series whose errors follow an autoregression.

    Parameters
    ----------
    formula, data, confidence
        As for `glm`; t quantiles with n - k degrees of freedom.
    time
        Column of whole numbers that count the periods; gaps are allowed. None: the rows in their order.
    order
        How many periods back the errors depend on directly.
    likelihood
        "ML", by which models of different terms can be compared, or "REML".

    Raises
    ------
    ArgumentError
        As for `glm`; a period twice.

    Notes
    -----
    Source: Pinheiro and Bates 2000, section 5.3; equals R's ``nlme::gls(correlation = corARMA(p =))``.

    >>> found = gls("y ~ t", pd.DataFrame({"y": [1.0, 2, 2, 4, 5, 5, 7, 8], "t": range(8)}))
    >>> round(found.autocorrelation[0], 2)
    -0.37
    """
    check_choice("likelihood", likelihood, ("ML", "REML"))
    lags = check_integer("order", order, 1)
    found = read(formula, data, [time])
    rows, columns = found.matrix.shape
    if rows < columns + lags + 1:
        allowed = f"at least {columns + lags + 1}, for {columns} terms and {lags} autocorrelations"
        raise ArgumentError("data", f"{rows} rows", allowed)
    periods = np.arange(float(rows)) if time is None else found.numbers(time)
    check_whole("time", periods)
    if len(np.unique(periods)) < rows:
        raise ArgumentError("time", "a period twice", "each period once")
    turn = np.argsort(periods)
    gaps, restricted = np.diff(periods[turn]), likelihood == "REML"
    both = np.column_stack([found.matrix, found.values])[turn]
    # sought among what says the same in columns at right angles, whose sums lose no digits
    basis = np.linalg.qr(both[:, :-1])[0]
    calm = GappedSeries(np.column_stack([basis, both[:, -1] - basis @ (basis.T @ both[:, -1])]), gaps)

    def criterion(free: Floats) -> float:
        try:
            return calm.cost(_autoregression(free), restricted=restricted)
        except (np.linalg.LinAlgError, ValueError):  # as good as a unit root
            return 1e10

    phi = _autoregression(_lowest(criterion, lags))
    white, determinant = GappedSeries(both, gaps).whiten(phi)
    design, information = white[:, :-1], white[:, :-1].T @ white[:, :-1]
    estimates: Floats = np.asarray(np.linalg.lstsq(design, white[:, -1])[0], dtype=float)
    squares = max(float(((white[:, -1] - design @ estimates) ** 2).sum()), np.finfo(float).tiny)
    count = rows - columns if restricted else rows
    known = determinant + restricted * np.linalg.slogdet(information)[1]
    log_likelihood = -0.5 * float(count * (np.log(2 * np.pi * squares / count) + 1) + known)
    return found.regression(
        estimates,
        squares / (rows - columns) * np.linalg.inv(information),
        freedom=float(rows - columns),
        confidence=confidence,
        mean=found.matrix @ estimates,
        parameters=columns + lags + 1,
        log_likelihood=log_likelihood,
        method=f"linear regression with AR({lags}) errors by {likelihood}",
        scale="difference",
        dispersion=squares / (rows - columns if restricted else rows),
        autocorrelation=tuple(phi),
    )


def _lowest(criterion: Callable[[Floats], float], lags: int) -> Floats:
    """Return where a smooth function of so many numbers is lowest, to its last digits."""

    def slope(free: Floats) -> list[float]:
        steps = _STEP * np.eye(lags)
        points = ((criterion(free + k * step) for k in (-2, -1, 1, 2)) for step in steps)
        return [(a - 8 * b + 8 * c - d) / (12 * _STEP) for a, b, c, d in points]

    best = optimize.minimize(criterion, np.full(lags, 0.05), method="BFGS").x
    # a value is all but the same around the best one, its slope is not: the root of it settles the last digits
    settled = optimize.root(slope, best, tol=1e-12).x
    return np.asarray(min(settled, best, key=lambda free: round(criterion(free), 9)), dtype=float)


def _autoregression(free: Floats) -> list[float]:
    """Return the coefficients whose partial autocorrelations are tanh of any numbers: always a stationary series."""
    phi = np.zeros(0)
    for each in np.clip(np.tanh(free), -_MOST, _MOST):
        phi = np.append(phi - each * phi[::-1], each)
    return [float(each) for each in phi]


def mixed(
    formula: str,
    data: pd.DataFrame,
    *,
    group: str,
    slopes: str | None = None,
    likelihood: Literal["REML", "ML"] = "REML",
    confidence: float = 0.95,
) -> Regression:
    """Return a linear regression of two levels: each group has its own level, drawn from a normal distribution.

    Parameters
    ----------
    formula, data, confidence
        As for `glm`. Normal quantiles: with fewer than some 20 groups intervals of what differs between groups are
        too narrow.
    group
        Column of the groups, such as the trust.
    slopes
        Column whose slope differs by group too, correlated with the level.
    likelihood
        "REML", or "ML" to compare models of different terms.

    Raises
    ------
    ArgumentError
        As for `glm`; fewer than 3 groups, or no group with two rows.

    Notes
    -----
    Source: Laird and Ware 1982 (Biometrics 38:963); equals R's ``lme4::lmer``, fitted by statsmodels' `MixedLM`.

    >>> table = pd.DataFrame({"y": [10.0, 12, 15, 17, 11, 13, 20, 22], "trust": list("aabbccdd")})
    >>> mixed("y ~ 1", table, group="trust").variances["variance"].round(4).to_dict()
    {'trust': 19.6667, 'residual': 2.0}
    """
    check_choice("likelihood", likelihood, ("REML", "ML"))
    found = read(formula, data, [group, slopes])
    groups, columns = found.beside[group].to_numpy(), found.matrix.shape[1]
    sizes = found.beside.groupby(group, observed=True).size()
    if len(sizes) < 3 or sizes.max() < 2:
        came = f"{len(sizes)} groups, the largest of {sizes.max()}"
        raise ArgumentError("group", came, "at least 3 groups, some with two rows or more")
    from statsmodels.regression.mixed_linear_model import MixedLM, MixedLMParams

    names = [group, *([] if slopes is None else [f"{group}: {slopes}"])]
    own = [np.ones(len(groups)), *([] if slopes is None else [found.numbers(slopes)])]
    with warnings.catch_warnings():
        # a variance of 0 is told by a warning; it is a result, and stands in the table
        warnings.simplefilter("ignore")
        model = MixedLM(found.values, found.matrix, groups, np.column_stack(own))
        options = {"reml": likelihood == "REML", "gtol": 1e-9, "maxiter": 500}
        fit = model.fit(method=["bfgs", "lbfgs", "powell"], **options)
        estimates = np.asarray(fit.fe_params)
        # of the terms alone, as lme4 has it
        scaled = MixedLMParams.from_components(estimates, cov_re=np.asarray(fit.cov_re) / fit.scale)
        curvature = model.hessian(scaled)[0][:columns, :columns]
        log_likelihood, mean = float(fit.llf), np.asarray(fit.fittedvalues)
    spreads = np.array([*np.diag(fit.cov_re), fit.scale])
    variances = pd.DataFrame({"variance": spreads, "sd": np.sqrt(spreads)}, index=[*names, "residual"])
    if slopes is not None:
        variances.loc[names[1], "correlation"] = fit.cov_re[0, 1] / np.sqrt(spreads[0] * spreads[1])
    return found.regression(
        estimates,
        np.linalg.inv(-curvature),
        freedom=np.inf,
        confidence=confidence,
        mean=mean,
        parameters=columns + len(spreads) + (slopes is not None),
        log_likelihood=log_likelihood,
        method=f"linear regression with random {' and '.join(names)} by {likelihood}",
        scale="difference",
        dispersion=float(fit.scale),
        variances=variances,
        groups=len(sizes),
    )
