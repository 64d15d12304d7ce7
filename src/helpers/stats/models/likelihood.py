"""Linear regression of what goes together: series with autoregressive errors, and groups with levels of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy import optimize

from helpers.errors import ArgumentError
from helpers.stats.checks import Floats, Ints, check_choice, check_integer, check_whole
from helpers.stats.models.autoregression import GappedSeries
from helpers.stats.models.reading import Regression, read

#: between values from which a slope of the likelihood is taken, by the five-point rule
_STEP = 3e-3
#: partial autocorrelation that is as good as a unit root
_MOST = 1 - 1e-6
#: standard deviation between groups, over that within, that is as good as none
_NOUGHT = 1e-5


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

    phi = _autoregression(_lowest(criterion, np.full(lags, 0.05)))
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


def _lowest(criterion: Callable[[Floats], float], start: Floats) -> Floats:
    """Return where a smooth function is lowest, to its last digits."""

    def slope(free: Floats) -> list[float]:
        steps = _STEP * np.eye(len(start))
        points = ((criterion(free + k * step) for k in (-2, -1, 1, 2)) for step in steps)
        return [(a - 8 * b + 8 * c - d) / (12 * _STEP) for a, b, c, d in points]

    best = optimize.minimize(criterion, start, method="BFGS").x
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
    Source: Laird and Ware 1982 (Biometrics 38:963); Bates, Mächler, Bolker and Walker 2015 (Journal of
    Statistical Software 67:1), whose profiled likelihood this is; equals R's ``lme4::lmer``. `MixedLM` of
    statsmodels stops short of variances near 0.

    >>> table = pd.DataFrame({"y": [10.0, 12, 15, 17, 11, 13, 20, 22], "trust": list("aabbccdd")})
    >>> mixed("y ~ 1", table, group="trust").variances["variance"].round(4).to_dict()
    {'trust': 19.6667, 'residual': 2.0}
    """
    check_choice("likelihood", likelihood, ("REML", "ML"))
    found, restricted = read(formula, data, [group, slopes]), likelihood == "REML"
    codes, labels = pd.factorize(found.beside[group], sort=True)
    sizes = np.bincount(codes)
    if len(sizes) < 3 or sizes.max() < 2:
        came = f"{len(sizes)} groups, the largest of {sizes.max()}"
        raise ArgumentError("group", came, "at least 3 groups, some with two rows or more")
    names = [group, *([] if slopes is None else [f"{group}: {slopes}"])]
    own = [np.ones(len(codes)), *([] if slopes is None else [found.numbers(slopes)])]
    levels = GroupedRows.of(found.matrix, found.values, np.column_stack(own), codes)
    many = len(names)
    start = np.eye(many)[np.tril_indices(many)]
    best = _lowest(lambda free: levels.deviance(_root_of(free, many), restricted)[0], start)
    # a variance that is as good as nought is nought
    root = _root_of(np.where(np.abs(best) < _NOUGHT, 0.0, best), many)
    deviance, scale, further, information = levels.deviance(root, restricted)
    estimates = levels.plain + further
    effects = levels.effects(root, further)
    covariance = scale * root @ root.T
    spreads = np.array([*np.diag(covariance), scale])
    variances = pd.DataFrame({"variance": spreads, "sd": np.sqrt(spreads)}, index=[*names, "residual"])
    if slopes is not None:
        with np.errstate(invalid="ignore"):
            variances.loc[names[1], "correlation"] = covariance[0, 1] / np.sqrt(spreads[0] * spreads[1])
    return found.regression(
        estimates,
        np.asarray(scale * np.linalg.inv(information), dtype=float),
        freedom=np.inf,
        confidence=confidence,
        mean=found.matrix @ estimates + (np.column_stack(own) * effects[codes]).sum(axis=1),
        parameters=len(estimates) + len(start) + 1,
        log_likelihood=-deviance / 2,
        method=f"linear regression with random {' and '.join(names)} by {likelihood}",
        scale="difference",
        dispersion=scale,
        variances=variances,
        effects=pd.DataFrame(effects, index=pd.Index(labels, name=group), columns=["level", slopes][:many]),
        groups=len(sizes),
    )


def _root_of(free: Floats, many: int) -> Floats:
    """Return the lower triangle by which independent effects of one variance become those of a group."""
    root = np.zeros((many, many))
    root[np.tril_indices(many)] = free
    return root


@dataclass(frozen=True)
class GroupedRows:
    """Sums of squares and products of a mixed model: all that its likelihood needs of the rows.

    Attributes
    ----------
    rows
        How many rows there are.
    plain
        Coefficients by least squares; what follows is about what these leave of the outcome, for its digits' sake.
    whole
        Products of design and outcome, shape (k + 1, k + 1).
    inside, across
        Per group, products of what differs by group with itself, and with design and outcome.
    """

    rows: int
    plain: Floats
    whole: Floats
    inside: Floats
    across: Floats

    @classmethod
    def of(cls, matrix: Floats, values: Floats, own: Floats, codes: Ints) -> GroupedRows:
        plain = np.asarray(np.linalg.lstsq(matrix, values)[0], dtype=float)
        both = np.column_stack([matrix, values - matrix @ plain])

        def by_group(table: Floats) -> Floats:
            sums = [[np.bincount(codes, one * other) for other in table.T] for one in own.T]
            return np.moveaxis(np.array(sums), 2, 0)

        return cls(len(values), plain, both.T @ both, by_group(own), by_group(both))

    def deviance(self, root: Floats, restricted: bool) -> tuple[float, float, Floats, Floats]:
        """Return -2 ln likelihood, the variance of the errors, the coefficients' rest and their information."""
        triangle = np.linalg.cholesky(np.eye(len(root)) + root.T @ self.inside @ root)
        drawn = np.linalg.solve(triangle, root.T @ self.across)
        left = self.whole - np.einsum("gij,gik->jk", drawn, drawn)
        information, crossed = left[:-1, :-1], left[:-1, -1]
        further: Floats = np.linalg.solve(information, crossed)
        count = self.rows - restricted * len(further)
        squares = max(float(left[-1, -1] - crossed @ further), np.finfo(float).tiny)
        known = 2 * np.log(np.diagonal(triangle, axis1=1, axis2=2)).sum()
        known += restricted * np.linalg.slogdet(information)[1]
        return (
            float(known + count * (1 + np.log(2 * np.pi * squares / count))),
            squares / count,
            further,
            information,
        )

    def effects(self, root: Floats, further: Floats) -> Floats:
        """Return the best linear predictions of what differs by group, shape (groups, effects)."""
        rest = self.across[:, :, -1] - self.across[:, :, :-1] @ further
        inner = np.eye(len(root)) + root.T @ self.inside @ root
        return np.asarray((root @ np.linalg.solve(inner, (rest @ root)[:, :, None]))[:, :, 0])
