"""The two fits of a linear series, held against formulas written out with whole matrices."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from helpers.errors import ArgumentError
from helpers.stats.interrupted_series.design import build_design
from helpers.stats.models.autoregression import fit_ar1, fit_newey_west, lag_one


def noise(periods: int, rho: float, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    steps, values = rng.normal(size=periods), np.empty(periods)
    values[0] = steps[0]
    for i in range(1, periods):
        values[i] = rho * values[i - 1] + np.sqrt(1 - rho**2) * steps[i]
    return values


def restricted_likelihood(
    rho: float, y: np.ndarray, x: np.ndarray, at: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """Return minus the restricted likelihood, coefficients and covariance, with whole matrices."""
    v = rho ** np.abs(np.subtract.outer(at, at))
    inverse = np.linalg.inv(v)
    information = x.T @ inverse @ x
    beta = np.linalg.solve(information, x.T @ inverse @ y)
    free = len(y) - x.shape[1]
    variance = (y - x @ beta) @ inverse @ (y - x @ beta) / free
    dets = np.linalg.slogdet(v)[1] + np.linalg.slogdet(information)[1]
    return 0.5 * (free * np.log(variance) + dets), beta, variance * np.linalg.inv(information)


@pytest.mark.parametrize("missing", [[], [0], [5, 6, 20]])
def test_ar1_is_the_restricted_maximum_likelihood_fit(missing: list[int]) -> None:
    design = build_design(36, 20, seasonal=False).matrix
    values = noise(36, 0.5, 3)
    values[missing] = np.nan
    seen = np.flatnonzero(~np.isnan(values))
    y, x = values[seen], design[seen]
    best = minimize_scalar(
        lambda rho: restricted_likelihood(rho, y, x, seen)[0],
        bounds=(0.01, 0.95),
        method="bounded",
        options={"xatol": 1e-10},
    )
    _, beta, covariance = restricted_likelihood(best.x, y, x, seen)
    fit = fit_ar1(values, design)
    assert fit.autocorrelation == pytest.approx(best.x, abs=1e-6)
    assert fit.coefficients == pytest.approx(beta, rel=1e-5, abs=1e-7)
    assert fit.covariance == pytest.approx(covariance, rel=1e-4, abs=1e-8)


def test_degrees_of_freedom_fall_with_autocorrelation_and_never_pass_n_less_k() -> None:
    design = build_design(48, 24, seasonal=False)
    free = [fit_ar1(noise(48, rho, 2), design.matrix).freedom(design.now) for rho in (0.0, 0.9)]
    assert 1 <= free[1] < free[0] <= 44


def test_a_straight_line_has_no_uncertainty() -> None:
    design = build_design(24, 12)
    fit = fit_ar1(design.matrix @ [5, 0.5, -3, 0.1], design.matrix)
    assert fit.coefficients == pytest.approx([5, 0.5, -3, 0.1])
    assert not fit.covariance.any()
    assert fit.freedom(design.now) == 20


@pytest.mark.parametrize("rho", [-0.999, 0.999])
def test_an_extreme_autocorrelation_still_has_degrees_of_freedom(rho: float) -> None:
    design = build_design(30, 15)
    free = fit_ar1(1e3 * noise(30, rho, 1), design.matrix).freedom(design.now)
    assert 1 <= free <= 26


def test_newey_west_by_hand() -> None:
    design = build_design(30, 18).matrix
    values = noise(30, 0.4, 9)
    beta = np.linalg.solve(design.T @ design, design.T @ values)
    scores = design * (values - design @ beta)[:, None]
    meat = scores.T @ scores
    for lag in (1, 2, 3):
        cross = scores[lag:].T @ scores[:-lag]
        meat += (1 - lag / 4) * (cross + cross.T)
    bread = np.linalg.inv(design.T @ design)
    fit = fit_newey_west(values, design, 3, False)
    assert fit.covariance == pytest.approx(bread @ meat @ bread, rel=1e-9)
    adjusted = fit_newey_west(values, design, 3, True)
    assert adjusted.covariance == pytest.approx(fit.covariance * 30 / 26, rel=1e-9)
    # floor(4 * .3^(2/9)) = 3
    assert fit_newey_west(values, design, None, False).covariance == pytest.approx(fit.covariance)


def test_values_that_do_not_determine_the_design_are_refused() -> None:
    design = build_design(12, 6).matrix
    values = np.full(12, np.nan)
    values[:6] = [1, 2, 1, 3, 2, 1]
    with pytest.raises(ArgumentError, match="6 values for 4 coefficients"):
        fit_ar1(values, design)
    with pytest.raises(ArgumentError, match="whole series"):
        fit_newey_west(values, design, None, False)


def test_residuals_of_no_size_have_no_correlation() -> None:
    assert lag_one(np.zeros(5)) == 0
    assert lag_one(np.array([1.0, -1, 1, -1])) == -0.75
