"""Benchmarks and the crude deviation, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from helpers.errors import ArgumentError
from helpers.stats import los

SPELLS, DAYS = [100, 200, 100, 0, 400], [300, 800, 700, 0, 2400]


def test_each_benchmark_by_hand() -> None:
    # means 3, 4, 7, (none), 6 days; 4,200 days in 800 spells
    assert los.trust_means(SPELLS, DAYS).tolist() == [3, 4, 7, 6]
    assert los.pooled_mean(SPELLS, DAYS) == 5.25
    assert los.unweighted_mean(SPELLS, DAYS) == 5.0
    assert los.peer_median(SPELLS, DAYS) == 5.0
    assert los.best_quartile(SPELLS, DAYS) == 3.75  # type 7: 3 + 0.75 * (4 - 3)


def test_crude_deviation_has_the_t_interval() -> None:
    # stays 1, 3, 5, 7: mean 4, sd 2.581989, t(3) 3.182446: half width 4.108521
    row = los.crude_deviation([4], [16], [84], 5.0).iloc[0]
    assert row["deviation"] == -1
    assert row["lower"] == pytest.approx(-5.108521, abs=1e-6)
    assert row["upper"] == pytest.approx(3.108521, abs=1e-6)


def test_one_spell_has_no_interval_and_no_spell_no_mean() -> None:
    table = los.crude_deviation([1, 0], [3, 0], [9, 0], [2.0, 2.0])
    assert table["deviation"].tolist()[0] == 1
    assert np.isnan(table.loc[0, ["lower", "upper"]].to_numpy(dtype=float)).all()
    assert np.isnan(table.loc[1, ["mean", "deviation", "lower"]].to_numpy(dtype=float)).all()


def test_a_constant_stay_has_an_interval_of_no_width() -> None:
    row = los.crude_deviation([3], [0.3], [0.03], 0.0).iloc[0]
    assert row["lower"] == pytest.approx(0.1, abs=1e-7)
    assert row["upper"] == pytest.approx(0.1, abs=1e-7)


@pytest.mark.parametrize(
    ("spells", "days", "squares", "confidence", "argument"),
    [
        ([-1], [1], [1], 0.95, "spells"),
        ([1], [np.nan], [1], 0.95, "days"),
        ([2, 2], [4], [8], 0.95, "days"),
        ([2], [4], [7], 0.95, "days_squared"),
        ([2], [4], [9], 1.0, "confidence"),
    ],
)
def test_unusable_sums_are_refused(
    spells: list[int], days: list[float], squares: list[int], confidence: float, argument: str
) -> None:
    with pytest.raises(ArgumentError) as caught:
        los.crude_deviation(spells, days, squares, 1.0, confidence=confidence)
    assert caught.value.argument == argument


def test_no_spell_at_all_has_no_benchmark() -> None:
    with pytest.raises(ArgumentError, match="spells: no spell at all"):
        los.pooled_mean([0], [0])
