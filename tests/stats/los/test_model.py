"""The regression beside O/E: held against statsmodels and against what was simulated."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from helpers.errors import ArgumentError
from helpers.stats import los
from helpers.stats.los import AdjustedRatio, ModelVerdict


@pytest.fixture(scope="module")
def stays() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    n = 4000
    table = pd.DataFrame(
        {
            "specialty": rng.choice(["100", "300", "430"], n),
            "age_band": rng.choice(["old", "young"], n),
            "is_trust": rng.random(n) < 0.2,
        }
    )
    mean = 4 * np.where(table["age_band"] == "old", 2.0, 1.0) * np.where(table["is_trust"], 1.25, 1.0)
    return table.assign(days=rng.negative_binomial(2, 2 / (2 + mean)))


COVARIATES = ("specialty", "age_band")


def design(table: pd.DataFrame) -> pd.DataFrame:
    dummies = pd.get_dummies(table[[*COVARIATES]], drop_first=True).astype(float)
    return sm.add_constant(dummies.assign(trust=table["is_trust"].astype(float)))


def test_the_negative_binomial_equals_the_discrete_model_of_statsmodels(stays: pd.DataFrame) -> None:
    ours = los.adjusted_ratio(stays, covariates=COVARIATES)
    theirs = sm.NegativeBinomial(stays["days"], design(stays)).fit(method="newton", disp=0, tol=1e-12)
    assert ours.ratio == pytest.approx(np.exp(theirs.params["trust"]), rel=1e-7)
    assert ours.dispersion == pytest.approx(theirs.params["alpha"], rel=1e-7)
    # expected against observed information: the same but for sampling noise
    assert np.log(ours.upper / ours.lower) / 2 / 1.959964 == pytest.approx(theirs.bse["trust"], rel=0.02)
    assert ours.lower < 1.25 < ours.upper
    assert (ours.spells, ours.trust_spells) == (4000, int(stays["is_trust"].sum()))


def test_the_gamma_model_equals_the_one_of_statsmodels_and_leaves_zero_days_out(
    stays: pd.DataFrame,
) -> None:
    ours = los.adjusted_ratio(stays, covariates=COVARIATES, family="gamma")
    some = stays[stays["days"] > 0]
    family = sm.families.Gamma(sm.families.links.Log())
    theirs = sm.GLM(some["days"], design(some), family=family).fit(tol=1e-14)
    assert ours.spells == len(some)
    assert ours.ratio == pytest.approx(np.exp(theirs.params["trust"]), rel=1e-7)
    assert ours.dispersion == pytest.approx(theirs.scale, rel=1e-7)
    assert np.log(ours.upper / ours.ratio) / 1.959964 == pytest.approx(theirs.bse["trust"], rel=1e-6)


def test_a_frequency_table_gives_the_same_as_its_records(stays: pd.DataFrame) -> None:
    table = stays.groupby([*stays.columns]).size().rename("spells").reset_index()
    ours = los.adjusted_ratio(table, covariates=COVARIATES)
    assert ours.ratio == pytest.approx(los.adjusted_ratio(stays, covariates=COVARIATES).ratio, rel=1e-9)


def test_categories_that_the_comparator_lacks_are_left_out(stays: pd.DataFrame) -> None:
    extra = stays.iloc[:50].assign(specialty="999", is_trust=True)
    both = pd.concat([stays, extra], ignore_index=True)
    assert los.adjusted_ratio(both, covariates=COVARIATES).spells == 4000


def test_a_category_without_a_single_day_hinders_no_regression(stays: pd.DataFrame) -> None:
    plain = los.adjusted_ratio(stays, covariates=COVARIATES)
    rare = stays.iloc[:2].assign(specialty="999", days=0, is_trust=[True, False])
    last = stays.iloc[:1].assign(specialty="998", age_band="999", days=0)  # empties two categories
    found = los.adjusted_ratio(pd.concat([stays, rare, last]), covariates=COVARIATES)
    assert (found.ratio, found.lower, found.upper) == (plain.ratio, plain.lower, plain.upper)
    assert found.spells == plain.spells


def test_unusable_stays_are_refused(stays: pd.DataFrame) -> None:
    with pytest.raises(ArgumentError, match="fractions"):
        los.adjusted_ratio(stays.assign(days=stays["days"] + 0.5), covariates=COVARIATES)
    with pytest.raises(ArgumentError, match="family"):
        los.adjusted_ratio(stays, covariates=COVARIATES, family="poisson")
    for side in (True, False):
        with pytest.raises(ArgumentError, match="no stays to compare"):
            los.adjusted_ratio(stays.assign(is_trust=side), covariates=COVARIATES)


@pytest.mark.parametrize(
    ("ratio", "model", "verdict"),
    [
        ((1.2, 1.1, 1.3), (1.22, 1.1, 1.35), (False, "longer", "longer")),
        ((0.8, 0.7, 0.9), (1.0, 0.9, 1.1), (True, "shorter", "as expected")),
        ((1.0, 0.9, 1.1), (1.0, 0.95, 1.05), (False, "as expected", "as expected")),
        ((1.2, 1.1, 1.3), (1.5, 1.4, 1.6), (True, "longer", "longer")),
    ],
)
def test_the_verdict(
    ratio: tuple[float, float, float], model: tuple[float, float, float], verdict: tuple[bool, str, str]
) -> None:
    assert los.compare_with_model(*ratio, AdjustedRatio("nb2", *model, 0.5, 1, 1)) == ModelVerdict(*verdict)


def test_errors_allow_for_teams_where_there_are_three_or_more() -> None:
    rng = np.random.default_rng(4)
    own = np.arange(400) < 200
    team = np.where(own, np.arange(400) // 50, 10 + np.arange(400) // 20)
    longer = np.exp(rng.normal(0, 0.4, 40))[team]
    table = pd.DataFrame(
        {"specialty": "100", "days": rng.poisson(5 * longer), "is_trust": own, "team": team.astype(str)}
    )
    plain, robust = (
        los.adjusted_ratio(table, covariates=["specialty"], cluster=cluster) for cluster in (None, "team")
    )
    assert (plain.clusters, robust.clusters) == (0, 4)
    assert robust.ratio == pytest.approx(plain.ratio)
    assert robust.upper - robust.lower > 1.5 * (plain.upper - plain.lower)
    few = los.adjusted_ratio(
        table[team != 3][team[team != 3] != 2], covariates=["specialty"], cluster="team"
    )
    assert few.clusters == 0
