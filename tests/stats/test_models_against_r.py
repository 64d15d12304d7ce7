"""Regressions against R 4.2.2 on made data, at 1e-6: each case names the call whose figures stand beside it.

Packages: MASS 7.3-58.2, nlme 3.1-162, lme4 1.1-31, sandwich 3.0-2; convergence criteria at 1e-12 or below. In R
``i <- 0:119``, the columns are those of `made` by the same arithmetic, and ``l1``, ``s1`` (``l2``, ``s2``) are level
and slope from month 60 (90) on. Where an autoregression of higher order or a series with gaps is fitted by ``gls``, R
stops some 1e-6 short: at the coefficients found here it gives the same figures and a higher likelihood.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from helpers.stats import interrupted_series as its
from helpers.stats import models


@pytest.fixture(scope="module")
def made() -> pd.DataFrame:
    i = np.arange(120)
    columns = {"i": i, "x": ((37 * i) % 101) / 50 - 1, "z": ((53 * i + 7) % 89) / 40 - 1, "g": i // 8}
    d = pd.DataFrame({**columns, "k": np.array(list("abc"))[i % 3], "booked": 5 + (17 * i) % 36})
    d["y"] = 3 + 0.5 * d.x + 0.3 * d.z + 0.2 * ((29 * i) % 31) / 10 + ((d.g * 7) % 11) / 5
    d["y"] += 0.4 * d.x * ((d.g * 5) % 7) / 7
    d["falls"] = ((13 * i) % 17) % 12 + 3 * (d.k == "b") + 2 * (d.x > 0.5)
    d["flag"] = (((23 * i) % 41) / 41 < 0.35 + 0.2 * d.x + 0.1 * (d.k == "c")) * 1.0
    d["share"] = np.floor(d.booked * (0.25 + 0.15 * d.x + 0.1 * ((11 * i) % 13) / 13)) / d.booked
    d["pos"] = 1 + d.y**2 / 4 + ((19 * i) % 23) / 5
    errors = ((31 * i + 5) % 67) / 33 - 1 + ((43 * i) % 29) / 29 - 0.5
    for j in range(1, 120):
        errors[j] += 0.6 * errors[j - 1]
    return d.assign(s=20 + 0.05 * i + errors - 2 * (i >= 60))


def months(values: pd.Series) -> pd.Series:
    return values.set_axis(pd.date_range("2015-01-01", periods=len(values), freq="MS"))


#: R's call; ours; of R the estimates and standard errors, then what it has of dispersion, log-likelihood, AIC,
#: autoregression, variances and correlation of groups. Of calls of sandwich standard errors alone
CASES: list[tuple[str, Any, str]] = [
    (
        "lm(y ~ k + x + z)",
        lambda d: models.linear("y ~ k + x + z", d),
        """
        4.30037088 0.0237893921 -0.0386741781 0.70409613 0.422351565 0.108958394 0.153630249
        0.153834657 0.107881295 0.0971554256 0.471563018 -122.616895 257.23379""",
    ),
    (
        'vcovHC(lm(y ~ k + x + z), "HC0")',
        lambda d: models.linear("y ~ k + x + z", d, errors="HC0"),
        """
        0.103932038 0.154194414 0.145661955 0.108841818 0.0912032353""",
    ),
    (
        'vcovHC(lm(y ~ k + x + z), "HC1")',
        lambda d: models.linear("y ~ k + x + z", d, errors="HC1"),
        """
        0.106167391 0.157510802 0.148794829 0.11118277 0.0931648196""",
    ),
    (
        'vcovHC(lm(y ~ k + x + z), "HC2")',
        lambda d: models.linear("y ~ k + x + z", d, errors="HC2"),
        """
        0.10621604 0.157552497 0.148791762 0.11158545 0.0934826753""",
    ),
    (
        'vcovHC(lm(y ~ k + x + z), "HC3")',
        lambda d: models.linear("y ~ k + x + z", d, errors="HC3"),
        """
        0.108557371 0.160994828 0.151997264 0.114404176 0.0958243114""",
    ),
    (
        "vcovCL(lm(y ~ k + x + z), g)",
        lambda d: models.linear("y ~ k + x + z", d, cluster="g"),
        """
        0.169397313 0.0625882001 0.0675264838 0.0673122757 0.0614222279""",
    ),
    (
        "lm(y ~ x + z, weights = booked)",
        lambda d: models.linear("y ~ x + z", d, weights="booked"),
        """
        4.29440426 0.669372661 0.407767878 0.0645333736 0.107970982 0.0996000288 10.9327274
        -133.423595 274.847191""",
    ),
    (
        "glm(flag ~ k + x, binomial)",
        lambda d: models.logistic("flag ~ k + x", d),
        """
        -0.526978654 0.00720553289 0.34996936 0.414853476 0.32931846 0.465044071 0.460194536
        0.325309243 -79.6267084 167.253417""",
    ),
    (
        'vcovHC(glm(flag ~ k + x, binomial), "HC0")',
        lambda d: models.logistic("flag ~ k + x", d, errors="HC0"),
        """
        0.334912833 0.466808525 0.463276088 0.328865853""",
    ),
    (
        'vcovHC(glm(flag ~ k + x, binomial), "HC1")',
        lambda d: models.logistic("flag ~ k + x", d, errors="HC1"),
        """
        0.340638253 0.474788736 0.471195911 0.334487899""",
    ),
    (
        'vcovHC(glm(flag ~ k + x, binomial), "HC2")',
        lambda d: models.logistic("flag ~ k + x", d, errors="HC2"),
        """
        0.340701491 0.474831316 0.471267972 0.335610151""",
    ),
    (
        'vcovHC(glm(flag ~ k + x, binomial), "HC3")',
        lambda d: models.logistic("flag ~ k + x", d, errors="HC3"),
        """
        0.346600373 0.48300587 0.47941159 0.342500302""",
    ),
    (
        'vcovCL(glm(flag ~ k + x, binomial), g, type = "HC0")',
        lambda d: models.logistic("flag ~ k + x", d, cluster="g"),
        """
        0.23812554 0.356442984 0.366468908 0.229935126""",
    ),
    (
        'glm(flag ~ k + x, binomial("probit"))',
        lambda d: models.probit("flag ~ k + x", d),
        """
        -0.325323728 0.00120239835 0.214358645 0.255290005 0.202824984 0.286671884 0.285077691
        0.200746534 -79.6336524 167.267305""",
    ),
    (
        'vcovCL(glm(flag ~ k + x, binomial("probit")), g, type = "HC0")',
        lambda d: models.probit("flag ~ k + x", d, cluster="g"),
        """
        0.146832832 0.218791353 0.226189032 0.141681856""",
    ),
    (
        'glm(flag ~ k + x, binomial("cloglog"))',
        lambda d: models.glm("flag ~ k + x", d, family="binomial", link="cloglog"),
        """
        -0.780486065 0.0192576408 0.284187097 0.332812393 0.26301418 0.369167503 0.35538899
        0.253103959 -79.595046 167.190092""",
    ),
    (
        "glm(share ~ k + x, binomial, weights = booked)",
        lambda d: models.logistic("share ~ k + x", d, weights="booked"),
        """
        -1.0484073 0.0211314583 0.0297337838 0.778936885 0.0794123381 0.108537762 0.10970533
        0.0772743838 -198.762167 405.524334""",
    ),
    (
        'vcovHC(glm(share ~ k + x, binomial, weights = booked), "HC0")',
        lambda d: models.logistic("share ~ k + x", d, weights="booked", errors="HC0"),
        """
        0.0336528402 0.0440614491 0.0461478898 0.0334157415""",
    ),
    (
        "glm(share ~ k + x, quasibinomial, weights = booked)",
        lambda d: models.glm("share ~ k + x", d, family="quasi_binomial", weights="booked"),
        """
        -1.0484073 0.0211314583 0.0297337838 0.778936885 0.0329562091 0.0450432925 0.0455278347
        0.0320689557 0.172225929""",
    ),
    (
        "glm(falls ~ k + x + offset(log(booked)), poisson)",
        lambda d: models.glm("falls ~ k + x", d, family="poisson", exposure="booked"),
        """
        -1.44737119 0.351196501 -0.131087182 0.257496346 0.0705512078 0.0898542703 0.101318078
        0.0642222367 -426.454248 860.908496""",
    ),
    (
        'vcovCL(glm(falls ~ k + x + offset(log(booked)), poisson), g, type = "HC0")',
        lambda d: models.glm("falls ~ k + x", d, family="poisson", exposure="booked", cluster="g"),
        """
        0.125116999 0.138052301 0.198179061 0.109193393""",
    ),
    (
        'vcovHC(glm(falls ~ k + x + offset(log(booked)), poisson), "HC3")',
        lambda d: models.glm("falls ~ k + x", d, family="poisson", exposure="booked", errors="HC3"),
        """
        0.140894926 0.167795598 0.196133976 0.113022652""",
    ),
    (
        "glm(falls ~ k + x + offset(log(booked)), quasipoisson)",
        lambda d: models.glm("falls ~ k + x", d, family="quasi_poisson", exposure="booked"),
        """
        -1.44737119 0.351196501 -0.131087182 0.257496346 0.162188422 0.206563753 0.232917617
        0.147638907 5.28482717""",
    ),
    (
        "glm.nb(falls ~ k + x + offset(log(booked)))",
        lambda d: models.glm("falls ~ k + x", d, family="negative_binomial", exposure="booked"),
        """
        -1.19193459 0.26182411 -0.176641413 0.238491291 0.138261437 0.190921758 0.19669626
        0.134946881 0.564731195 -350.57665 711.153299""",
    ),
    (
        'glm(pos ~ x + z, Gamma("log"))',
        lambda d: models.glm("pos ~ x + z", d, family="gamma"),
        """
        2.06907445 0.189382259 0.109569945 0.0236111983 0.0400569104 0.0361141056 0.0652643781
        -256.870289 521.740579""",
    ),
    (
        'glm(pos ~ x + z, Gamma("inverse"))',
        lambda d: models.glm("pos ~ x + z", d, family="gamma", link="inverse"),
        """
        0.127260872 -0.0229800513 -0.0129220888 0.00304700648 0.00496578642 0.00444368513
        0.0652893231 -257.225891 522.451781""",
    ),
    (
        'glm(pos ~ x + z, inverse.gaussian("log"))',
        lambda d: models.glm("pos ~ x + z", d, family="inverse_gaussian"),
        """
        2.06900515 0.19242431 0.112380377 0.0239458236 0.0407864572 0.0367734631 0.00847389093
        -262.992102 533.984205""",
    ),
    (
        'glm(pos ~ x + z, gaussian("log"))',
        lambda d: models.glm("pos ~ x + z", d, family="gaussian", link="log"),
        """
        2.07020429 0.185142392 0.103296289 0.0242976531 0.0398210065 0.0355088845 4.16003915
        -254.285024 516.570049""",
    ),
    (
        "lmer(y ~ x + z + (1 | g), REML = TRUE)",
        lambda d: models.mixed("y ~ x + z", d, group="g", likelihood="REML"),
        """
        4.30494736 0.678921523 0.324149268 0.175548745 0.0274936439 0.0250907536 -0.779754119
        11.5595082 0.458409742 0.0300176392""",
    ),
    (
        "lmer(y ~ x + z + (x | g), REML = TRUE)",
        lambda d: models.mixed("y ~ x + z", d, group="g", slopes="x", likelihood="REML"),
        """
        4.30633555 0.679304431 0.309332068 0.175733179 0.043121192 0.0231236456 4.89523156
        4.20953688 0.460185822 0.0191078551 0.0232293998 -0.332076712""",
    ),
    (
        "lmer(y ~ x + z + (1 | g), REML = FALSE)",
        lambda d: models.mixed("y ~ x + z", d, group="g", likelihood="ML"),
        """
        4.30494312 0.67893335 0.324193047 0.169592662 0.0272305005 0.0248504773 5.51090443
        -1.02180886 0.427647702 0.0294460861""",
    ),
    (
        "lmer(y ~ x + z + (x | g), REML = FALSE)",
        lambda d: models.mixed("y ~ x + z", d, group="g", slopes="x", likelihood="ML"),
        """
        4.30632555 0.679313228 0.309750927 0.169756048 0.0415806109 0.0229646331 10.8665069
        -7.7330138 0.429244475 0.0172429421 0.0229861056 -0.337353947""",
    ),
    (
        'gls(s ~ i + x, correlation = corAR1(form = ~i), method = "ML")',
        lambda d: models.gls("s ~ i + x", d, time="i"),
        """
        20.3609538 0.0258018932 0.0612470674 0.279062395 0.00403033429 0.0803800456 0.667704135
        -122.71269 255.42538 0.569483062""",
    ),
    (
        'gls(s ~ i + x, correlation = corAR1(form = ~i), method = "REML")',
        lambda d: models.gls("s ~ i + x", d, time="i", likelihood="REML"),
        """
        20.3533028 0.0258975494 0.0603003401 0.29544224 0.00426431474 0.079334768 0.715927138
        -129.908394 269.816788 0.594412835""",
    ),
    (
        'gls(s ~ i + x, correlation = corARMA(form = ~i, p = 2), method = "ML")',
        lambda d: models.gls("s ~ i + x", d, time="i", order=2),
        """
        20.0946591 0.0295663278 0.0216800279 0.485515433 0.00683343125 0.0698648563 0.699800874
        -102.546862 217.093724 0.267923652 0.545783918""",
    ),
    (
        'gls(s ~ time + l1 + s1 + l2 + s2, correlation = corAR1(form = ~i), method = "ML")',
        lambda d: its.segmented(months(d.s), ["2020-01-01", "2022-07-01"]),
        """
        19.8816616 0.0509752651 -1.55112246 -0.0320273688 0.735578626 0.0158152351 0.23107366
        0.00671084997 0.381256204 0.0198105685 0.437181298 0.0267922008 0.421374637 -112.125587
        240.251173 0.316803721""",
    ),
    (
        'gls(s ~ time + l1 + s1 + sin1 + cos1, correlation = corAR1(form = ~i), method = "ML")',
        lambda d: its.segmented(months(d.s), ["2020-01-01"], harmonics=1),
        """
        19.9016149 0.0501229105 -1.7748229 -0.00603332704 -0.056467328 -0.0689027904 0.241877603
        0.00702591997 0.337884939 0.0100490801 0.114819747 0.11288515 0.437396549 -113.387336
        242.774672 0.339147428""",
    ),
    (
        'gls(s ~ l1, correlation = corAR1(form = ~i), method = "ML")',
        lambda d: its.segmented(months(d.s), ["2020-01-01"], shape="level", trend=False),
        """
        21.5669507 0.601933651 0.364089866 0.465107003 1.28170133 -132.118663 272.237326 0.76809293""",
    ),
    (
        'gls(s ~ x + z, correlation = corAR1(form = ~i), method = "ML")',
        lambda d: its.segmented(d.s, trend=False, design=d[["x", "z"]]),
        """
        21.8585913 0.0579199441 -0.0213349025 0.348489643 0.0762983425 0.0676015389 1.56113399
        -132.307876 274.615752 0.814154159""",
    ),
    (
        "glm(falls ~ time + l1 + offset(log(booked)), quasipoisson)",
        lambda d: its.segmented(d.falls, [60], shape="level", exposure=d.booked, family="quasi_poisson"),
        """
        -1.32436023 -0.00107758154 0.0969828687 0.193081297 0.0050346149 0.349907556 5.45925797""",
    ),
]


@pytest.mark.parametrize(("theirs", "ours", "figures"), CASES, ids=[case[0] for case in CASES])
def test_a_regression_has_the_figures_of_r(
    made: pd.DataFrame, theirs: str, ours: Any, figures: str
) -> None:
    found = ours(made)
    estimates, errors = (found.terms[name].to_list() for name in ("estimate", "error"))
    if theirs.startswith("vcov"):
        assert errors == pytest.approx([float(each) for each in figures.split()], rel=1e-6)
        return
    rest = [found.log_likelihood, found.aic]
    if theirs.startswith("lmer"):
        rest += found.variances["variance"].to_list()
        if "correlation" in found.variances:
            rest.append(found.variances.loc["g: x", "correlation"])
    elif "quasi" in theirs:
        rest = [found.dispersion]
    elif "binomial" not in theirs and "poisson" not in theirs:
        rest = [found.dispersion, *rest, *found.autocorrelation]
    expected = [float(each) for each in figures.split()]
    assert [*estimates, *errors, *rest] == pytest.approx(expected, rel=1e-6, abs=1e-9)


#: R's call; ours; of the effect now its estimate (logarithm of a ratio) and standard error, then a dispersion
EFFECTS: list[tuple[str, Any, str]] = [
    (
        "gls(s ~ I(i - 60) + l1 + s1 + sin1 + cos1 + sin2 + cos2, corAR1(form = ~i))",
        lambda d: its.interrupted_series(months(d.s), "2020-01-01"),
        "-2.13113519 0.767989577",
    ),
    (
        "NeweyWest(lm(s ~ I(i - 60) + l1 + s1), lag = 4, prewhite = FALSE)",
        lambda d: its.interrupted_series(d.s, 60, seasonal=False, compatible="newey_west", lags=4),
        "-2.16635715 0.705101339",
    ),
    (
        "NeweyWest(lm(s ~ I(i - 60) + l1 + s1), lag = 4, prewhite = FALSE, adjust = TRUE)",
        lambda d: its.interrupted_series(
            d.s, 60, seasonal=False, compatible="newey_west", lags=4, adjust=True
        ),
        "-2.16635715 0.717155227",
    ),
    (
        "glm(falls ~ I(i - 60) + l1 + offset(log(booked)), quasipoisson)",
        lambda d: its.interrupted_counts(d.falls, 60, exposure=d.booked, shape="level", seasonal=False),
        "0.0969828687 0.349907556 5.45925797",
    ),
    (
        "glm.nb(falls ~ I(i - 60) + l1 + offset(log(booked)))",
        lambda d: its.interrupted_counts(
            d.falls, 60, exposure=d.booked, shape="level", seasonal=False, family="nb2", compatible="glm.nb"
        ),
        "-0.0579055914 0.327387706 0.633809029",
    ),
]


@pytest.mark.parametrize(
    ("ours", "figures"), [case[1:] for case in EFFECTS], ids=[case[0] for case in EFFECTS]
)
def test_an_interrupted_series_has_the_figures_of_r(made: pd.DataFrame, ours: Any, figures: str) -> None:
    found, expected = ours(made), [float(each) for each in figures.split()]
    effect = np.log(found.now.estimate) if found.scale == "ratio" else found.now.estimate
    assert [effect, found.error, found.dispersion][: len(expected)] == pytest.approx(expected, rel=1e-6)
