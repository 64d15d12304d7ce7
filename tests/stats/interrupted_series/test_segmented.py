"""Changes by date, several of them, one harmonic, and designs of one's own."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from helpers.errors import ArgumentError
from helpers.stats import models
from helpers.stats.interrupted_series import interrupted_counts, interrupted_series, segmented

MONTHS = pd.date_range("2022-01-01", periods=48, freq="MS")


@pytest.fixture(scope="module")
def values() -> pd.Series:
    rng = np.random.default_rng(2)
    time = np.arange(48)
    season = np.sin(2 * np.pi * time / 12)
    return pd.Series(
        50 + 0.2 * time + 5 * (time >= 20) - 3 * (time >= 36) + 2 * season + rng.normal(size=48), MONTHS
    )


def test_a_change_by_its_date_is_that_by_its_place(values: pd.Series) -> None:
    by_date = interrupted_series(values, "2024-01-01", harmonics=1)
    by_place = interrupted_series(values.to_numpy(), 24, harmonics=1)
    assert (by_date.now, by_date.before) == (by_place.now, 24)
    assert by_date.series.index.equals(MONTHS)
    assert interrupted_series(values.to_numpy(), "2024-01-01", dates=MONTHS).series.index.equals(MONTHS)
    monthly = values.set_axis(MONTHS.to_period("M"))
    assert interrupted_series(monthly, "2024-01").series.index.equals(monthly.index)


def test_one_harmonic_and_a_level_only_are_columns_of_a_poisson_regression() -> None:
    rng = np.random.default_rng(5)
    counts, people = rng.poisson(80, 48), rng.integers(900, 1100, 48)
    found = interrupted_counts(counts, 24, exposure=people, shape="level", trend=True, harmonics=1)
    time = np.arange(48)
    angle = 2 * np.pi * time / 12
    design = np.column_stack([np.ones(48), time, time >= 24, np.sin(angle), np.cos(angle)])
    theirs = sm.GLM(counts, design, family=sm.families.Poisson(), offset=np.log(people)).fit(scale="X2")
    assert np.log(found.now.estimate) == pytest.approx(theirs.params[2], rel=1e-7)
    assert found.error == pytest.approx(theirs.bse[2], rel=1e-7)
    terms = segmented(
        counts,
        [24],
        exposure=people,
        family="quasi_poisson",
        errors="classical",
        shape="level",
        harmonics=1,
    ).terms
    assert terms["estimate"].to_numpy() == pytest.approx(theirs.params, rel=1e-6, abs=1e-9)
    assert list(terms.index) == ["Intercept", "time", "level 24", "sin1", "cos1"]


def test_two_changes_are_a_regression_on_their_columns(values: pd.Series) -> None:
    found = segmented(values, ["2023-09-01", "2025-01-01"], harmonics=1)
    time = np.arange(48.0)
    table = pd.DataFrame({"y": values.to_numpy(), "t": time, "a": time >= 20, "b": time >= 36})
    table = table.assign(sa=np.maximum(time - 20, 0), sb=np.maximum(time - 36, 0))
    table = table.assign(s=np.sin(time * np.pi / 6), c=np.cos(time * np.pi / 6))
    same = models.gls("y ~ t + I(a * 1) + sa + I(b * 1) + sb + s + c", table)
    assert found.terms["estimate"].to_numpy() == pytest.approx(same.terms["estimate"].to_numpy(), rel=1e-6)
    assert list(found.terms.index)[2:6] == [
        "level 2023-09-01",
        "slope 2023-09-01",
        "level 2025-01-01",
        "slope 2025-01-01",
    ]
    assert found.fitted.index.equals(MONTHS)


def test_a_design_of_one_s_own_is_taken_as_it_is(values: pd.Series) -> None:
    design = pd.DataFrame({"ramp": np.clip((np.arange(48) - 20) / 6, 0, 1)})
    found = segmented(values, design=design, trend=False, family="gaussian", errors="HC3")
    same = models.linear("y ~ ramp", design.assign(y=values.to_numpy()), errors="HC3")
    assert found.terms.to_numpy() == pytest.approx(same.terms.to_numpy())


def test_a_missing_month_leaves_a_gap(values: pd.Series) -> None:
    gap = values.mask(values.index == "2023-03-01")
    found = segmented(gap, ["2024-01-01"], likelihood="REML", shape="level")
    own = interrupted_series(gap, "2024-01-01", shape="level", seasonal=False)
    assert found.terms.loc["level 2024-01-01", "estimate"] == pytest.approx(own.level.estimate, rel=1e-5)
    assert (len(found.fitted), found.left_out) == (47, 1)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"changes": ["2021-01-01"]}, "a date after 2022-01-01"),
        ({"changes": ["2024-01-01"], "family": "gausian"}, "did you mean gaussian"),
        (
            {"changes": ["2024-01-01", "2024-01-01"], "design": pd.DataFrame({"x": [1.0]})},
            "as many as in values",
        ),
        ({"changes": [24], "harmonics": 7}, "0 to 6"),
        ({"changes": [24], "dates": MONTHS[:5]}, "one for each of 48 values"),
    ],
)
def test_what_cannot_be_told_is_said(values: pd.Series, options: dict, words: str) -> None:
    with pytest.raises(ArgumentError, match=words):
        segmented(values, **options)
    with pytest.raises(ArgumentError, match="dates= beside the values"):
        segmented(values.to_numpy(), ["2024-01-01"])


def test_a_series_draws_itself(values: pd.Series) -> None:
    found = interrupted_series(values, "2024-01-01")
    axes = found.plot()
    assert axes.get_title().startswith(found.verdict)
    assert found.plot(axes) is axes
    assert len(repr(found)) < 600
