"""What a regression expects of new rows, and whether its terms matter, against R 4.2.2: each case names the call.

The data are those of `test_models_against_r`. In R ``new <- data.frame(k = c("a", "c"), x = c(-.5, .8), z = c(0, 1),
booked = c(10, 30))``; limits of a GLM are ``linkinv(fit -+ q * se.fit)`` of ``predict(…, new, se.fit = TRUE)``.
"""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest

from helpers.errors import ArgumentError
from helpers.stats import interrupted_series as its
from helpers.stats import models


@pytest.fixture(scope="module")
def made() -> pd.DataFrame:
    i = np.arange(120)
    columns = {"x": ((37 * i) % 101) / 50 - 1, "z": ((53 * i + 7) % 89) / 40 - 1, "g": i // 8}
    d = pd.DataFrame({**columns, "k": np.array(list("abc"))[i % 3], "booked": 5 + (17 * i) % 36})
    d["y"] = 3 + 0.5 * d.x + 0.3 * d.z + 0.2 * ((29 * i) % 31) / 10 + ((d.g * 7) % 11) / 5
    d["y"] += 0.4 * d.x * ((d.g * 5) % 7) / 7
    d["falls"] = ((13 * i) % 17) % 12 + 3 * (d.k == "b") + 2 * (d.x > 0.5)
    d["flag"] = (((23 * i) % 41) / 41 < 0.35 + 0.2 * d.x + 0.1 * (d.k == "c")) * 1.0
    return d.assign(pos=1 + d.y**2 / 4 + ((19 * i) % 23) / 5)


@pytest.fixture
def new() -> pd.DataFrame:
    rows = {"k": ["a", "c"], "x": [-0.5, 0.8], "z": [0, 1], "booked": [10, 30]}
    return pd.DataFrame(rows, index=["first", "second"])


PREDICTIONS: dict[str, tuple[Any, list[list[float]]]] = {
    'predict(lm(y ~ k + x + z), new, interval = "confidence")': (
        lambda d: models.linear("y ~ k + x + z", d),
        [[3.94832281807, 3.70588143291, 4.19076420322], [5.24732517428, 4.91756334591, 5.57708700264]],
    ),
    "glm(flag ~ k + x, binomial)": (
        lambda d: models.logistic("flag ~ k + x", d),
        [
            [0.324228739907, 0.186942457521, 0.500297561254],
            [0.538641165890, 0.337546698939, 0.727899829891],
        ],
    ),
    "glm(falls ~ k + x + offset(log(booked)), poisson)": (
        lambda d: models.glm("falls ~ k + x", d, family="poisson", exposure="booked"),
        [[2.06775965995, 1.76619445793, 2.42081498564], [7.60446890262, 6.40359238311, 9.03054782865]],
    ),
    'glm(pos ~ k + x, Gamma("inverse"))': (
        lambda d: models.glm("pos ~ k + x", d, family="gamma", link="inverse"),
        [[7.39379036495, 6.79256775398, 8.11177875771], [9.28476420258, 8.29608318788, 10.54097945877]],
    ),
}


@pytest.mark.parametrize("call", PREDICTIONS)
def test_new_rows_are_expected_as_by_predict(call, made, new):
    fit, expected = PREDICTIONS[call]
    found = fit(made).predict(new)
    assert found.to_numpy() == pytest.approx(np.array(expected), rel=1e-6)
    assert (list(found.columns), list(found.index)) == (["expected", "lower", "upper"], ["first", "second"])


def test_rows_that_were_fitted_are_expected_as_they_were(made):
    found = models.glm(
        "falls ~ C(g) + np.log(booked)", made.assign(more=0.1), family="poisson", offset="more"
    )
    again = found.predict(made.assign(more=0.1))["expected"]
    assert again.to_numpy() == pytest.approx(found.fitted.to_numpy())


def test_a_row_that_lacks_something_has_no_expectation(made, new):
    found = models.linear("y ~ k + x", made)
    with_gap = found.predict(new.assign(x=[np.nan, 0.8]))
    assert with_gap.isna().all(axis=1).tolist() == [True, False]
    assert with_gap.loc["second"].tolist() == pytest.approx(found.predict(new).loc["second"].tolist())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda d: d.assign(k="d"),
            "data: .*observation with value 'd'.*; allowed: columns and categories",
        ),
        (lambda d: d.drop(columns="x"), "data: .*'x' is not defined.*"),
        (lambda d: d.drop(columns="booked"), "data: .*allowed: a frame with 'booked'"),
        (lambda d: d.assign(booked=0), "data.booked: 0 came"),
    ],
)
def test_rows_that_the_model_cannot_know_are_refused(change, words, made, new):
    found = models.glm("falls ~ k + x", made, family="poisson", exposure="booked")
    with pytest.raises(ArgumentError, match=words):
        found.predict(change(new))


TERMS: dict[str, tuple[Any, tuple[int, float, float]]] = {
    "anova(lm(y ~ x + z), lm(y ~ k + x + z))": (
        lambda d: models.linear("y ~ k + x + z", d),
        (2, (54.30892754 - 54.22974705) / 2 / (54.22974705 / 115), 0.91953),
    ),
    'waldtest(glm(flag ~ k + x, binomial), "k", test = "Chisq")': (
        lambda d: models.logistic("flag ~ k + x", d),
        (2, 0.76175, 0.68326),
    ),
    'waldtest(glm(falls ~ k + x + offset(log(booked)), poisson), "k", test = "Chisq")': (
        lambda d: models.glm("falls ~ k + x", d, family="poisson", exposure="booked"),
        (2, 31.81781, 1.2327e-07),
    ),
}


@pytest.mark.parametrize("call", TERMS)
def test_a_term_is_tested_with_all_its_categories(call, made):
    fit, expected = TERMS[call]
    found = fit(made).by_term()
    assert tuple(found.loc["k"]) == pytest.approx(expected, rel=2e-5)
    assert found.loc["x", "p"] == pytest.approx(fit(made).terms.loc["x", "p"])


def test_the_test_of_a_term_takes_the_errors_of_the_model(made):
    # waldtest(lm(y ~ k + x + z), "k", vcov = vcovCL(…, g)): F of 0.63531; p there on n - k, here on G - 1
    found = models.linear("y ~ k + x + z", made, cluster="g").by_term()
    assert found.loc["k", "statistic"] == pytest.approx(0.63531, rel=2e-5)
    assert found.loc["k", "p"] > 0.53162


def test_terms_are_named_as_in_the_table_and_a_straight_line_has_no_test():
    line = its.segmented([1.0, 2, 3, 4, 5, 6, 7, 8], [4], shape="level", family="gaussian")
    found = line.by_term()
    assert found.index.tolist() == line.terms.index.tolist() == ["Intercept", "time", "level 4"]


def test_a_copy_from_a_file_says_that_it_cannot_expect(made, new):
    found = models.linear("y ~ k + x", made)
    copy = pickle.loads(pickle.dumps(found))
    pd.testing.assert_frame_equal(copy.terms, found.terms)
    for ask in (lambda: copy.predict(new), copy.by_term):
        with pytest.raises(
            ArgumentError, match=r"regression: a copy read from a file came; allowed: .*fit it again"
        ):
            ask()


# --- groups: in R `i <- 0:119`, `g <- i %/% 8`, `flat <- .5 * x + ((29 * i) %% 31) / 10`; lme4 1.1-31, rhoend 1e-12


@pytest.fixture(scope="module")
def flat(made) -> pd.DataFrame:
    return made.assign(flat=0.5 * made.x + (29 * np.arange(120) % 31) / 10)


def figures(found: models.Regression) -> list[float]:
    return [*found.terms["estimate"], *found.terms["error"], found.log_likelihood]


def test_levels_and_slopes_that_all_but_go_together(flat):
    # lmer(flat ~ x + (1 + x | g)): a singular fit, of correlation 1
    found = models.mixed("flat ~ x", flat, group="g", slopes="x")
    r = [1.5379323033, 0.5800119414, 0.1442720899, 0.1237134298, -148.8549053603]
    assert figures(found) == pytest.approx(r, rel=1e-6)
    assert found.variances["variance"].tolist() == pytest.approx(
        [0.2409980786, 0.0163210531, 0.5691492285], rel=1e-6
    )
    assert found.variances.loc["g: x", "correlation"] == pytest.approx(1)


@pytest.mark.parametrize(
    ("likelihood", "r", "variances"),
    [
        (
            "REML",
            [1.5343666788, 0.5805204293, 0.1446617821, 0.1197734624, -149.2834325429],
            [0.2420759551, 0.5743525855],
        ),
        (
            "ML",
            [1.5343567167, 0.5797441597, 0.1397221865, 0.1191850547, -147.0457048370],
            [0.2216841255, 0.5689209862],
        ),
    ],
)
def test_levels_of_groups(likelihood, r, variances, flat):
    # lmer(flat ~ x + (1 | g), REML = )
    found = models.mixed("flat ~ x", flat, group="g", likelihood=likelihood)
    assert figures(found) == pytest.approx(r, rel=1e-6)
    assert found.variances["variance"].tolist() == pytest.approx(variances, rel=1e-6)


def test_by_how_much_each_group_differs(made):
    # ranef(lmer(y ~ x + (1 + x | g))), its fitted values, and ranef(lmer(y ~ x + (1 | g)))
    found = models.mixed("y ~ x", made, group="g", slopes="x")
    r = [-0.9154180159, -0.05190766748, 0.1985212910, 0.10271032189, -0.2044903910, 0.06747520223]
    assert found.effects.iloc[:3].to_numpy().ravel() == pytest.approx(r, rel=1e-6)
    assert list(found.effects.columns) == ["level", "x"]
    assert found.fitted[:2].tolist() == pytest.approx([2.779571830, 3.256757797])
    levels = models.mixed("y ~ x", made, group="g").effects["level"]
    assert levels[:3].tolist() == pytest.approx([-0.9063177103, 0.1975862424, -0.1972277459], rel=1e-6)


def test_groups_that_do_not_differ_have_no_variance(made):
    # every group has the same mean: nothing is left between them, and least squares remain
    same = made.assign(v=np.tile([1.0, 5, 2, 8, 3, 3, 9, 1], 15), age=np.repeat(np.arange(15.0), 8))
    found, plain = models.mixed("v ~ age", same, group="g"), models.linear("v ~ age", same)
    assert found.variances.loc["g", "variance"] == 0
    assert found.terms["estimate"].tolist() == pytest.approx(plain.terms["estimate"].tolist())
    assert found.terms["error"].tolist() == pytest.approx(plain.terms["error"].tolist())
    assert not found.effects.to_numpy().any()
    both = models.mixed("v ~ age", same, group="g", slopes="age")
    assert both.variances["variance"].tolist()[:2] == [0, 0]
