"""Indirect standardisation: the golden, a hand-worked case mix, fall-back, coverage."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.errors import ArgumentError
from helpers.stats import los
from helpers.stats.los.intervals import between_clusters

Z = 1.959963984540054


def cell(org: str, stratum: str, spells: int, days: float, squares: float) -> dict[str, object]:
    """Return a cell; the stratum reads specialty/method/case mix/age/sex."""
    values = dict(zip(los.STRATA, stratum.split("/"), strict=True))
    return {"org_code": org, **values, "spells": spells, "days": days, "days_squared": squares}


def cells(*rows: tuple[str, str, int, float, float]) -> pd.DataFrame:
    return pd.DataFrame([cell(*row) for row in rows])


def test_golden_interval() -> None:
    variance = los.expected_variance([80, 20], [3**2, 8**2], [1000, 500])
    row = los.ratio_interval([560], [440], [variance]).iloc[0]
    assert round(row["ratio"], 4) == 1.2727
    assert round(row["lower"], 4) == 1.0373
    assert round(row["upper"], 4) == 1.5616


def test_nothing_observed_has_a_finite_interval_and_nothing_expected_none() -> None:
    table = los.ratio_interval([0, 5], [10, 0], [4, 4])
    assert table.loc[0, ["ratio", "lower"]].tolist() == [0, 0]
    assert table.loc[0, "upper"] == pytest.approx(0.05 * np.exp(Z * 0.2))
    assert table.loc[1].isna().all()


def test_the_comparator_excludes_the_trust() -> None:
    # R1 has 4 spells of 5 days; the others 30 spells of 3 days (R2) and 10 of 7 (R3): comparator mean 4
    table = cells(
        ("R1", "100/e/a/old/f", 4, 20, 100),
        ("R2", "100/e/a/old/f", 30, 90, 270),
        ("R3", "100/e/a/old/f", 10, 70, 490),
    )
    own = los.match_comparators(table, only=["R1"]).iloc[0]
    assert own["comparator_spells"] == 40
    assert own["comparator_mean"] == 4
    assert own["comparator_variance"] == pytest.approx((760 - 640) / 39)  # squares less 40 * 4^2, over 39
    result = los.observed_expected(los.match_comparators(table)).loc["R1"]
    assert (result["observed"], result["expected"], result["excess"]) == (20, 16, 4)
    v = 120 / 39
    error = np.sqrt(4 * v + 16 * v / 40) / 16
    assert result["lower"] == pytest.approx(1.25 * np.exp(-Z * error))


def test_sparse_strata_drop_sex_then_age_then_case_mix_then_method() -> None:
    table = cells(
        ("R1", "100/e/a/old/f", 1, 9, 81),
        ("R1", "200/e/a/old/f", 1, 9, 81),
        ("R1", "300/e/a/old/f", 1, 9, 81),
        ("R1", "400/e/a/old/f", 1, 9, 81),
        ("R1", "500/e/a/old/f", 1, 9, 81),
        ("R1", "600/e/a/old/f", 1, 9, 81),
        ("R2", "100/e/a/old/f", 20, 40, 100),
        ("R2", "200/e/a/old/m", 20, 60, 200),
        ("R2", "300/e/a/young/f", 20, 80, 400),
        ("R2", "400/e/b/old/f", 20, 100, 600),
        ("R2", "500/p/a/old/f", 20, 120, 800),
        ("R2", "600/e/a/old/f", 19, 19, 19),
    )
    matched = los.match_comparators(table, only=["R1"])
    assert matched["level"].tolist() == [0, 1, 2, 3, 4, los.UNMATCHED]
    assert matched["comparator_mean"].tolist()[:5] == [2, 3, 4, 5, 6]
    counts = los.fallback_spells(matched).loc["R1"]
    assert counts["all columns"] == 1
    assert counts["without sex"] == 1
    assert counts["without sex, age_band"] == 1
    assert counts["without sex, age_band, casemix_group, admission_method"] == 1
    assert counts["no comparator"] == 1
    result = los.observed_expected(matched).loc["R1"]
    assert (result["spells"], result["unmatched_spells"]) == (5, 1)
    assert (result["observed"], result["expected"]) == (45, 20)


def test_cells_that_share_a_fallen_back_comparator_share_its_error() -> None:
    # both sexes of R1 fall back to one stratum of 20 spells: n = 10, so n^2 counts 100 and not 25 + 25
    table = cells(
        ("R1", "100/e/a/old/f", 5, 30, 200),
        ("R1", "100/e/a/old/m", 5, 30, 200),
        ("R2", "100/e/a/old/f", 10, 40, 300),
        ("R2", "100/e/a/old/m", 10, 60, 480),
    )
    result = los.observed_expected(los.match_comparators(table)).loc["R1"]
    v = (780 - 20 * 5**2) / 19
    assert result["standard_error"] == pytest.approx(np.sqrt(10 * v + 100 * v / 20) / 50)


def test_a_trust_that_finds_no_comparator_is_shown_with_nothing_expected() -> None:
    table = cells(("R1", "100/e/a/old/f", 50, 100, 300), ("R2", "200/e/a/old/f", 50, 100, 300))
    result = los.observed_expected(los.match_comparators(table))
    assert result["unmatched_spells"].tolist() == [50, 50]
    assert result["expected"].tolist() == [0, 0]
    assert result["ratio"].isna().all()


def test_one_trust_against_its_comparator_equals_all_at_once() -> None:
    table = random_cells(5)
    own, rest = table[table["org_code"] == "R1"], table[table["org_code"] != "R1"]
    alone = los.standardise(own.drop(columns="org_code"), rest.drop(columns="org_code"))
    together = los.observed_expected(los.match_comparators(table)).loc[["R1"]].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, together, check_dtype=False)
    by = los.standardise(own.drop(columns="org_code"), rest.drop(columns="org_code"), by=["specialty"])
    assert by["observed"].sum() == pytest.approx(alone["observed"].iloc[0])
    assert by["expected"].sum() == pytest.approx(alone["expected"].iloc[0])


def random_cells(seed: int, trusts: int = 4) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    strata = [
        f"{s}/{m}/a/{age}/{x}" for s in (100, 300) for m in "ep" for age in ("old", "young") for x in "fm"
    ]
    rows = []
    for org in (f"R{i + 1}" for i in range(trusts)):
        for stratum in strata:
            stays = rng.geometric(0.2, rng.integers(1, 30))
            rows.append((org, stratum, len(stays), float(stays.sum()), float((stays**2).sum())))
    return cells(*rows)


@settings(deadline=None, max_examples=8)
@given(st.integers(0, 50), st.randoms(use_true_random=False))
def test_a_permutation_of_the_rows_changes_no_result(seed: int, random: object) -> None:
    table = random_cells(seed)
    order = list(range(len(table)))
    random.shuffle(order)  # type: ignore[attr-defined]
    first = los.observed_expected(los.match_comparators(table))
    second = los.observed_expected(los.match_comparators(table.iloc[order].reset_index(drop=True)))
    pd.testing.assert_frame_equal(first, second)


@settings(deadline=None, max_examples=8)
@given(st.integers(0, 50))
def test_renaming_trusts_renames_results_and_more_spells_narrow_them(seed: int) -> None:
    table = random_cells(seed)
    renamed = table.assign(org_code=table["org_code"].replace({"R1": "Z9"}))
    before = los.observed_expected(los.match_comparators(table))
    after = los.observed_expected(los.match_comparators(renamed))
    assert after.loc["Z9"].to_dict() == pytest.approx(before.loc["R1"].to_dict())
    # ten times the same spells, with a minimum that keeps every cell where it was
    many = table.assign(**{name: table[name] * 10 for name in ("spells", "days", "days_squared")})
    narrow = los.observed_expected(los.match_comparators(many, minimum=200))
    assert (narrow["standard_error"] < before["standard_error"]).all()


@pytest.mark.parametrize(
    ("change", "argument"),
    [
        ({"spells": -1}, "cells.spells"),
        ({"days": np.nan}, "cells.days"),
        ({"days_squared": "many"}, "cells.days_squared"),
    ],
)
def test_unusable_cells_are_refused(change: dict[str, object], argument: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        los.match_comparators(random_cells(1).assign(**change))
    assert caught.value.argument == argument


def test_missing_columns_unknown_trusts_and_no_rows_are_refused() -> None:
    table = random_cells(1)
    with pytest.raises(ArgumentError, match="a frame with 'sex'"):
        los.match_comparators(table.drop(columns="sex"))
    with pytest.raises(ArgumentError, match="only: XYZ"):
        los.match_comparators(table, only=["XYZ"])
    with pytest.raises(ArgumentError, match="minimum"):
        los.match_comparators(table, minimum=1)
    with pytest.raises(ArgumentError, match="matched: no rows"):
        los.observed_expected(los.match_comparators(table).iloc[:0])


@pytest.mark.parametrize("truth", [0.7, 1.0, 1.3])
def test_the_interval_covers_the_truth_in_95_of_100_runs(truth: float) -> None:
    """Stays are gamma with sd 3 to 9; the trust's are `truth` times as long; 400 trusts at once."""
    rng = np.random.default_rng(7)
    runs, spells, others = 400, np.array([60, 40, 25, 80]), np.array([600, 300, 200, 1000])
    mean, sd = np.array([4.0, 6.0, 9.0, 3.0]), np.array([3.0, 6.0, 9.0, 3.0])

    def total(n: np.ndarray, factor: float) -> tuple[np.ndarray, np.ndarray]:
        stays = [
            factor * rng.gamma((m / s) ** 2, s**2 / m, (runs, k))
            for m, s, k in zip(mean, sd, n, strict=True)
        ]
        return np.stack([x.sum(1) for x in stays], 1), np.stack([(x**2).sum(1) for x in stays], 1)

    own, _ = total(spells, truth)
    days, squares = total(others, 1.0)
    variance = (squares - days**2 / others) / (others - 1)
    expected = (spells * days / others).sum(1)
    spread = [los.expected_variance(spells, v, others) for v in variance]
    table = los.ratio_interval(own.sum(1), expected, spread)
    covered = ((table["lower"] <= truth) & (truth <= table["upper"])).mean()
    assert 0.925 <= covered <= 0.975


def teams(*days: tuple[float, float], stays: int = 20) -> pd.DataFrame:
    """Return matched cells of one trust, a team each: observed and expected days."""
    rows = [
        {
            "org_code": "R1", "unit_code": f"T{place}", "level": 0, "comparator_stratum": 0, "spells": stays,
            "days": observed, "days_squared": 0.0, "comparator_spells": 1_000_000,
            "comparator_mean": expected / stays, "comparator_variance": 0.01,
        }
        for place, (observed, expected) in enumerate(days)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_the_variance_between_teams_by_hand() -> None:
    # three teams of 100 expected days and 80, 100 and 150: O/E 1.1; leaving one out leaves ratios of 1.25, 1.15, .9
    row = los.observed_expected(teams((80, 100), (100, 100), (150, 100)), cluster="unit_code").iloc[0]
    left_out = np.log([1.25 / 1.1, 1.15 / 1.1, 0.9 / 1.1])
    linear = np.array([1.25, 1.15, 0.9]) / 1.1 - 1
    assert linear == pytest.approx(
        left_out, abs=0.03
    )  # of teams alike in size CR2 is the jackknife's linear part
    error = np.sqrt(2 / 3 * (linear**2).sum())
    assert (row["clusters"], row["clustered"]) == (3, True)
    assert row["standard_error"] == pytest.approx(error, rel=1e-3)
    quantile = 4.302652729911275  # of t with 2 degrees of freedom
    assert row["upper"] == pytest.approx(1.1 * np.exp(quantile * error), rel=1e-3)
    assert row["lower"] == pytest.approx(1.1 * np.exp(-quantile * error), rel=1e-3)


def test_teams_of_unequal_size_as_clubsandwich_has_them() -> None:
    # R, clubSandwich 0.5.8: m <- lm(O/E ~ 1, weights = E); v <- vcovCR(m, 1:4, "CR2", target = 1/E); sqrt(v);
    # coef_test(m, v, test = "Satterthwaite")$df, where O <- c(130, 300, 85, 410); E <- c(100, 240, 120, 390)
    days, expected = [130.0, 300, 85, 410], [100.0, 240, 120, 390]
    cells = pd.DataFrame({"org_code": "R1", "team": list("abcd"), "observed": days, "expected": expected})
    cells = cells.assign(variance=1e4 * cells["expected"], comparison=0.0)
    found = between_clusters(cells, ["org_code"], "team").iloc[0]
    ratio = sum(days) / sum(expected)
    assert np.sqrt(found["between"]) / sum(expected) * ratio == pytest.approx(0.0865505000823)
    assert found["freedom"] == pytest.approx(2.22187270858)


def test_degrees_of_freedom_are_the_number_of_teams_less_one_where_these_are_alike() -> None:
    for spread in (1.0, 1e6):  # with and without more between teams than within
        cells = pd.DataFrame(
            {"org_code": "R1", "team": list("abcde"), "observed": [80.0, 100, 150, 90, 110]}
        )
        cells = cells.assign(expected=100.0, variance=spread, comparison=0.0)
        assert between_clusters(cells, ["org_code"], "team")["freedom"].iloc[0] == pytest.approx(4)


def test_the_wider_interval_counts() -> None:
    alike = teams((110, 100), (110, 100), (110, 100)).assign(comparator_variance=40.0)
    alone = los.observed_expected(alike).iloc[0]
    both = los.observed_expected(alike, cluster="unit_code").iloc[0]
    assert (both["clusters"], both["clustered"]) == (3, False)
    assert both[["lower", "upper"]].tolist() == alone[["lower", "upper"]].tolist()
    assert (alone["clusters"], alone["clustered"]) == (0, False)


def test_two_teams_are_too_few_and_stays_without_one_are_a_team() -> None:
    two = teams((80, 100), (120, 100))
    assert not los.observed_expected(two, cluster="unit_code").iloc[0]["clustered"]
    three = teams((80, 100), (100, 100), (150, 100))
    unnamed = three.assign(unit_code=["T0", None, None])
    assert los.observed_expected(unnamed, cluster="unit_code").iloc[0]["clusters"] == 2
    with pytest.raises(ArgumentError, match="unit_code"):
        los.observed_expected(three.drop(columns="unit_code"), cluster="unit_code")


def test_teams_that_go_together_are_covered_where_independent_stays_are_not() -> None:
    rng = np.random.default_rng(3)
    covered = {None: 0, "unit_code": 0}
    for _ in range(150):
        stays = rng.gamma(0.8, 5 / 0.8, size=(5, 100)) * np.exp(rng.normal(-0.045, 0.3, size=(5, 1)))
        cells = teams(*((float(days), 500.0) for days in stays.sum(axis=1)), stays=100)
        cells = cells.assign(comparator_variance=25 / 0.8)
        for cluster in covered:
            row = los.observed_expected(cells, cluster=cluster).iloc[0]
            covered[cluster] += bool(row["lower"] <= 1 <= row["upper"])
    assert covered[None] < 0.7 * 150
    assert covered["unit_code"] > 0.9 * 150
