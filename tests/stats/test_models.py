"""Regressions against statsmodels in other words, sums by hand, and published examples as R 4.2.2 has them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from helpers.errors import ArgumentError
from helpers.stats import models
from helpers.stats.models import Errors
from helpers.stats.models.autoregression import fit_ar1
from helpers.stats.models.scoring import Cells, fit_nb2


@pytest.fixture(scope="module")
def longley() -> pd.DataFrame:
    table = sm.datasets.longley.load_pandas().data
    return pd.DataFrame(
        {
            "employed": table["TOTEMP"] / 1000,
            "gnp": table["GNP"] / 1000,
            "population": table["POP"] / 1000,
            "year": table["YEAR"],
        }
    )


@pytest.fixture(scope="module")
def wards() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    ward = np.repeat(np.arange(20), 15)
    age, booked = rng.normal(size=300), rng.integers(5, 40, 300)
    level = rng.normal(size=20)[ward]
    stay = 4 + 0.5 * age + level + rng.normal(size=300)
    seen = rng.binomial(booked, 1 / (1 + np.exp(1 - 0.4 * age - 0.3 * level)))
    table = {"ward": ward, "age": age, "booked": booked, "stay": stay, "seen": seen, "share": seen / booked}
    return pd.DataFrame(
        {**table, "old": age > 0.5, "falls": rng.negative_binomial(2, 1 / (1 + booked / 4))}
    )


# --- generalised linear models


def test_a_logistic_regression_of_two_groups_has_the_odds_ratio_of_their_table() -> None:
    table = pd.DataFrame(
        {"missed": [1] * 6 + [0] * 4 + [1] * 3 + [0] * 12, "late": [True] * 10 + [False] * 15}
    )
    found = models.logistic("missed ~ late", table)
    assert found.ratios()["ratio"].iloc[1] == pytest.approx(6 / 4 / (3 / 12), rel=1e-9)
    assert found.terms["error"].iloc[1] == pytest.approx(np.sqrt(1 / 6 + 1 / 4 + 1 / 3 + 1 / 12), rel=1e-9)
    ends = np.log(6) + np.array([-1, 1]) * stats.norm.ppf(0.975) * found.terms["error"].iloc[1]
    assert found.terms[["lower", "upper"]].iloc[1].to_numpy() == pytest.approx(ends, rel=1e-9)


def test_a_probit_regression_of_two_groups_has_their_quantiles() -> None:
    table = pd.DataFrame({"missed": [1] * 6 + [0] * 4 + [1] * 3 + [0] * 12, "late": [1] * 10 + [0] * 15})
    found = models.probit("missed ~ late", table).terms["estimate"]
    low, high = stats.norm.ppf([3 / 15, 6 / 10])
    assert found.to_numpy() == pytest.approx([low, high - low], rel=1e-8)


def test_dobson_s_counts_are_as_r_s_help_page_of_glm_prints_them() -> None:
    """Dobson 1990, page 93: the example of R's ``?glm``, whose residual deviance is 5.1291 on 4 degrees of freedom."""
    counts = [18, 17, 15, 20, 10, 20, 25, 13, 12]
    table = pd.DataFrame({"n": counts, "outcome": [1, 2, 3] * 3, "arm": np.repeat([1, 2, 3], 3)})
    found = models.glm("n ~ C(outcome) + C(arm)", table, family="poisson")
    expected = [3.04452244, -0.45425527, -0.29298712, 0.0, 0.0]
    assert found.terms["estimate"].to_numpy() == pytest.approx(expected, abs=1e-8)
    errors = [0.17089865, 0.20217076, 0.19274234, 0.2, 0.2]
    assert found.terms["error"].to_numpy() == pytest.approx(errors, abs=1e-8)
    assert found.aic == pytest.approx(56.761318, abs=5e-7)


def test_clotting_times_are_as_r_s_help_page_of_glm_prints_them() -> None:
    """McCullagh and Nelder 1989, pages 300 to 302: the gamma example of R's ``?glm``, inverse link."""
    table = pd.DataFrame(
        {"u": [5, 10, 15, 20, 30, 40, 60, 80, 100], "lot": [118, 58, 42, 35, 27, 25, 21, 19, 18]}
    )
    found = models.glm("lot ~ np.log(u)", table, family="gamma", link="inverse")
    assert found.terms["estimate"].to_numpy() == pytest.approx([-0.01655438, 0.01534311], abs=5e-9)
    assert found.terms["error"].to_numpy() == pytest.approx([0.0009275466, 0.0004149596], abs=5e-9)
    # at the default tolerance of R 0.0024460593
    assert (found.dispersion, found.aic) == pytest.approx((0.0024460362, 37.989924), rel=2e-8)


@pytest.mark.parametrize(
    ("family", "other"),
    [
        ("poisson", sm.families.Poisson()),
        ("quasi_poisson", sm.families.Poisson()),
        ("gamma", sm.families.Gamma(sm.families.links.Log())),
        ("inverse_gaussian", sm.families.InverseGaussian(sm.families.links.Log())),
        ("gaussian", sm.families.Gaussian()),
    ],
)
def test_families_with_an_offset_are_those_of_statsmodels(
    wards: pd.DataFrame, family: models.Family, other: sm.families.Family
) -> None:
    table = wards.assign(y=wards["falls"] + (0 if "poisson" in family else 1), log=np.log(wards["booked"]))
    found = models.glm("y ~ age + old", table, family=family, offset="log")
    scale = 1.0 if family == "poisson" else "X2"
    theirs = sm.GLM.from_formula("y ~ age + old", table, family=other, offset=table["log"]).fit(scale=scale)
    assert found.terms["estimate"].to_numpy() == pytest.approx(theirs.params.to_numpy(), rel=1e-7)
    assert found.terms["error"].to_numpy() == pytest.approx(theirs.bse.to_numpy(), rel=1e-6)
    exposed = models.glm("y ~ age + old", table, family=family, exposure="booked").terms
    pd.testing.assert_frame_equal(exposed, found.terms, rtol=1e-9)


def test_the_negative_binomial_is_that_of_its_own_module(wards: pd.DataFrame) -> None:
    found = models.glm("falls ~ age", wards, family="negative_binomial", exposure="booked")
    matrix = np.column_stack([np.ones(300), wards["age"]])
    own = fit_nb2(Cells.plain(wards["falls"].to_numpy(float), matrix, np.log(wards["booked"].to_numpy())))
    assert found.terms["estimate"].to_numpy() == pytest.approx(own.estimates)
    size = 1 / own.dispersion
    mean = np.exp(matrix @ own.estimates) * wards["booked"]
    logs = stats.nbinom.logpmf(wards["falls"], size, size / (size + mean))
    assert found.log_likelihood == pytest.approx(logs.sum(), rel=1e-9)


# --- errors


@pytest.mark.parametrize("errors", ["HC0", "HC1", "HC2", "HC3"])
def test_robust_errors_of_a_linear_regression_are_those_of_statsmodels(
    wards: pd.DataFrame, errors: Errors
) -> None:
    theirs = sm.OLS.from_formula("stay ~ age", wards).fit(cov_type=errors)
    found = models.linear("stay ~ age", wards, errors=errors)
    assert found.covariance.to_numpy() == pytest.approx(np.asarray(theirs.cov_params()), rel=1e-9)


def test_robust_errors_of_a_mean_are_those_worked_out_by_hand() -> None:
    """Of 1, 2, 6 about their mean 3 the squares are 4, 1, 9; each has a leverage of 1/3."""
    table = pd.DataFrame({"y": [1.0, 2, 6]})
    variances = [
        models.linear("y ~ 1", table, errors=each).covariance.iloc[0, 0] for each in ("HC0", "HC1", "HC2")
    ]
    assert variances == pytest.approx([14 / 9, 14 / 9 * 3 / 2, 14 / 9 * 3 / 2])
    assert models.linear("y ~ 1", table, errors="HC3").covariance.iloc[0, 0] == pytest.approx(
        14 / 9 * 9 / 4
    )


@pytest.mark.parametrize("errors", ["HC2", "HC3"])
def test_a_row_that_alone_decides_a_term_has_no_robust_error_by_leverage(errors: Errors) -> None:
    """One ward with one stay: its residual is 0 and its leverage 1, which numbers of a computer only come near to."""
    stays = pd.DataFrame({"ward": list("abbbb"), "days": [1.0, 2.0, 3.0, 4.0, 7.0]})
    with pytest.raises(ArgumentError, match="row 0 alone decides one of the terms"):
        models.linear("days ~ C(ward)", stays, errors=errors)
    # the mean of one stay is exact as far as it can tell; of four about 4: (4 + 1 + 0 + 9) / 16
    found = models.linear("days ~ C(ward) - 1", stays, errors="HC0").covariance
    assert np.diag(found) == pytest.approx([0, 14 / 16], abs=1e-9)


def test_an_outcome_that_never_varies_is_named_as_that() -> None:
    table = pd.DataFrame({"x": [1.0, 2.0, 3.0, 4.0], "y": [1.0] * 4})
    with pytest.raises(ArgumentError, match="do not explain to the last digit"):
        models.linear("y ~ x", table)


def test_clusters_have_sandwich_s_factors(wards: pd.DataFrame) -> None:
    linear = models.linear("stay ~ age", wards, cluster="ward")
    options = {"cov_type": "cluster", "cov_kwds": {"groups": wards["ward"]}}
    theirs = sm.OLS.from_formula("stay ~ age", wards).fit(**options)
    assert linear.covariance.to_numpy() == pytest.approx(np.asarray(theirs.cov_params()), rel=1e-9)
    assert (linear.freedom, linear.groups) == (19, 20)
    assert "G = 20" in linear.method
    logistic = models.logistic("old ~ stay", wards, cluster="ward")
    options["cov_kwds"]["use_correction"] = False
    theirs = sm.GLM.from_formula(
        "old ~ stay", wards.assign(old=wards["old"] * 1.0), family=sm.families.Binomial()
    )
    assert logistic.covariance.to_numpy() == pytest.approx(
        np.asarray(theirs.fit(**options).cov_params()) * 20 / 19, rel=1e-6
    )


def test_robust_errors_of_a_share_count_its_trials_as_weights(wards: pd.DataFrame) -> None:
    """Of one term HC0 is the sum of squared residual counts over the square of the information."""
    found = models.logistic("share ~ 1", wards, weights="booked", errors="HC0")
    rate = wards["seen"].sum() / wards["booked"].sum()
    squares = ((wards["seen"] - wards["booked"] * rate) ** 2).sum()
    information = wards["booked"].sum() * rate * (1 - rate)
    assert found.terms["error"].iloc[0] == pytest.approx(np.sqrt(squares) / information, rel=1e-8)


# --- autoregressive errors


def test_longley_s_table_is_as_r_s_gls_prints_it(longley: pd.DataFrame) -> None:
    """Faraway 2005, *Linear Models with R*, section 6.1: REML, Phi 0.6441692, residual error 0.689207."""
    found = models.gls("employed ~ gnp + population", longley, time="year", likelihood="REML")
    assert found.terms["estimate"].to_numpy() == pytest.approx([101.85813, 0.07207, -0.54851], abs=5e-6)
    assert found.terms["error"].to_numpy() == pytest.approx([14.1989324, 0.0106057, 0.1541297], abs=5e-7)
    assert found.autocorrelation == pytest.approx((0.6441692,), abs=5e-7)
    assert np.sqrt(found.dispersion) == pytest.approx(0.689207, abs=5e-7)
    assert (found.aic, found.log_likelihood) == pytest.approx((44.66377, -17.33188), abs=5e-6)


def test_maximum_likelihood_is_that_of_a_state_space_model() -> None:
    rng = np.random.default_rng(9)
    noise = sm.tsa.arma_generate_sample([1, -0.5, 0.2], [1], 60, distrvs=rng.standard_normal)
    table = pd.DataFrame({"y": 5 + 0.1 * np.arange(60) + noise, "t": np.arange(60.0)})
    found = models.gls("y ~ t", table, order=2)
    design = sm.add_constant(table["t"])
    theirs = sm.tsa.SARIMAX(table["y"], exog=design, order=(2, 0, 0))
    values = [*found.terms["estimate"], *found.autocorrelation]
    variance = found.dispersion * _innovations(found.autocorrelation)
    assert found.log_likelihood == pytest.approx(theirs.loglike([*values, variance]), rel=1e-9)
    score = theirs.score(np.array([*values, variance]))
    assert np.abs(score).max() < 1e-4


def _innovations(phi: tuple[float, ...]) -> float:
    """Return the variance of the innovations over that of the errors."""
    return float(1 / sm.tsa.ArmaProcess([1, *(-each for each in phi)], [1]).acovf(1)[0])


def test_gaps_and_the_first_order_are_those_of_the_interrupted_series() -> None:
    rng = np.random.default_rng(3)
    values = np.cumsum(rng.normal(size=40)) * 0.3 + rng.normal(size=40)
    values[[7, 8, 21]] = np.nan
    table = pd.DataFrame({"y": values, "t": np.arange(40)})
    found = models.gls("y ~ t", table, time="t", likelihood="REML")
    own = fit_ar1(values, np.column_stack([np.ones(40), np.arange(40)]))
    assert found.terms["estimate"].to_numpy() == pytest.approx(own.coefficients, rel=1e-6)
    assert found.covariance.to_numpy() == pytest.approx(own.covariance, rel=1e-5)
    assert found.autocorrelation[0] == pytest.approx(own.autocorrelation, abs=1e-6)
    assert found.left_out == 3


def test_rows_may_come_in_any_order(longley: pd.DataFrame) -> None:
    found, mixed_up = (
        models.gls("employed ~ gnp", table, time="year", order=2)
        for table in (longley, longley.sample(frac=1, random_state=1))
    )
    pd.testing.assert_frame_equal(found.terms, mixed_up.terms, rtol=1e-7)
    pd.testing.assert_series_equal(found.fitted, mixed_up.fitted.sort_index(), rtol=1e-9)


def test_a_series_near_a_unit_root_settles() -> None:
    values = np.random.default_rng(0).normal(size=15).cumsum()
    found = models.gls("y ~ t", pd.DataFrame({"y": values, "t": range(15)}), likelihood="REML")
    assert 0.99 < found.autocorrelation[0] < 1
    assert np.isfinite(found.log_likelihood)


def test_the_unit_of_a_column_moves_no_digit_of_the_autocorrelation(longley: pd.DataFrame) -> None:
    first, second = (
        models.gls("employed ~ each", longley.assign(each=each), time="year", order=2).autocorrelation
        for each in (longley["gnp"], 7.3 * longley["gnp"] - 11)
    )
    assert first == pytest.approx(second, abs=1e-10)


def test_a_period_stands_once(longley: pd.DataFrame) -> None:
    with pytest.raises(ArgumentError, match="a period twice"):
        models.gls("employed ~ gnp", pd.concat([longley, longley]), time="year")


# --- two levels


DYES = {
    "A": [1545, 1440, 1440, 1520, 1580],
    "B": [1540, 1555, 1490, 1560, 1495],
    "C": [1595, 1550, 1605, 1510, 1560],
    "D": [1445, 1440, 1595, 1465, 1545],
    "E": [1595, 1630, 1515, 1635, 1625],
    "F": [1520, 1455, 1450, 1480, 1445],
}


@pytest.mark.parametrize(
    ("likelihood", "batch", "error", "criterion"),
    [("REML", 1764.05, 19.3834, 319.6543), ("ML", 1388.333, 17.6946, 327.3271)],
)
def test_batches_of_dye_are_as_r_s_lmer_prints_them(
    likelihood: str, batch: float, error: float, criterion: float
) -> None:
    """Davies and Goldsmith 1972; printed in Bates 2010, *lme4: Mixed-effects modeling with R*, section 1.3."""
    rows = [(batch, float(each)) for batch, values in DYES.items() for each in values]
    found = models.mixed(
        "y ~ 1", pd.DataFrame(rows, columns=["batch", "y"]), group="batch", likelihood=likelihood
    )
    assert found.variances["variance"].to_list() == pytest.approx([batch, 2451.25], rel=1e-6)
    assert found.terms["estimate"].iloc[0] == pytest.approx(1527.5)
    assert found.terms["error"].iloc[0] == pytest.approx(error, abs=5e-5)
    assert -2 * found.log_likelihood == pytest.approx(criterion, abs=5e-5)


def test_slopes_of_groups_are_those_of_their_likelihood(wards: pd.DataFrame) -> None:
    found = models.mixed("stay ~ age", wards, group="ward", slopes="age")
    assert list(found.variances.index) == ["ward", "ward: age", "residual"]
    (level, slope, rest), age = found.variances["variance"], wards["age"].to_numpy()
    shared = found.variances.loc["ward: age", "correlation"] * np.sqrt(level * slope)
    same = np.equal.outer(wards["ward"].to_numpy(), wards["ward"].to_numpy())
    spread = level + shared * np.add.outer(age, age) + slope * np.multiply.outer(age, age)
    weights = np.linalg.inv(same * spread + rest * np.eye(300))
    design = np.column_stack([np.ones(300), age])
    information = design.T @ weights @ design
    assert found.covariance.to_numpy() == pytest.approx(np.linalg.inv(information), rel=1e-6)
    estimates = np.linalg.solve(information, design.T @ weights @ wards["stay"])
    assert found.terms["estimate"].to_numpy() == pytest.approx(estimates, rel=1e-7)


# --- words


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda table: models.linear("stay ~ agee", table), "cannot be read"),
        (lambda table: models.linear("stay ~ age + I(2 * age)", table), "says what others say"),
        (lambda table: models.logistic("stay ~ age", table), "numbers from 0 to 1"),
        (lambda table: models.logistic("old ~ age", table), "no binomial regression settles"),
        (lambda table: models.glm("falls ~ age", table, family="poison"), "did you mean poisson"),
        (lambda table: models.linear("stay ~ age", table, cluster="wrd"), "did you mean ward"),
        (lambda table: models.linear("stay ~ age", table, errors="HC5"), "'HC0', 'HC1'"),
        (lambda table: models.mixed("stay ~ 1", table, group="booked").ratios(), "the scale 'difference'"),
        (lambda table: models.gls("stay ~ age", table.head(3)), "at least 4"),
    ],
)
def test_what_cannot_be_fitted_is_said(wards: pd.DataFrame, call, words: str) -> None:
    with pytest.raises(ArgumentError, match=words):
        call(wards)


def test_rows_that_lack_a_value_are_left_out_and_counted(wards: pd.DataFrame) -> None:
    table = wards.assign(age=wards["age"].where(wards["ward"] > 0))
    found = models.linear("stay ~ age", table)
    assert (len(found.fitted), found.left_out) == (285, 15)
    assert found.fitted.index.equals(table.index[15:])
    assert "285 rows, 15 left out" in repr(found)
    assert len(repr(found).splitlines()) < 8
