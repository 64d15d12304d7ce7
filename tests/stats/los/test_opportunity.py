"""What a longer stay is worth, worked by hand and by simulation."""

from __future__ import annotations

import numpy as np
import pytest

from helpers.errors import ArgumentError
from helpers.stats import los


def test_raw_shrunken_and_certain_by_hand() -> None:
    # y = ln 1.2, ln 0.9, s = .1 each: mean .0384805, Q = 2 * (.1438410 / .1)^2 = 4.138048, c = 200 - 100,
    # tau^2 = 3.138048 / 100 = .03138048, shrinkage .758339: y = .1475610 and -.0706000
    found = los.opportunity([120, 90], [100, 100], [0.1, 0.1], [1.01, 0.7])
    assert (found.raw, found.certain) == (20, 20)
    assert found.mean_ratio == pytest.approx(np.sqrt(1.08))
    assert found.spread == pytest.approx(np.sqrt(0.03138048), rel=1e-6)
    assert found.by_specialty["shrunken_ratio"].tolist() == pytest.approx([1.159003, 0.931835], rel=1e-5)
    assert found.shrunken == pytest.approx(15.9003, rel=1e-4)


def test_specialties_that_do_not_differ_beyond_chance_share_one_ratio() -> None:
    found = los.opportunity([110, 110], [100, 100], [0.2, 0.2], [0.8, 0.8])
    assert found.spread == 0
    assert found.shrunken == pytest.approx(20)
    assert found.certain == 0


def test_a_specialty_without_expected_days_counts_nothing() -> None:
    found = los.opportunity([5, 120], [0, 100], [np.nan, 0.1], [np.nan, 1.0])
    assert found.by_specialty["raw"].tolist() == [0, 20]
    assert np.isnan(found.by_specialty["shrunken_ratio"].iloc[0])
    assert found.spread == 0
    nothing = los.opportunity([5], [0], [np.nan], [np.nan])
    assert (nothing.raw, nothing.shrunken, nothing.certain) == (0, 0, 0)


def test_raw_opportunity_sums_noise_and_shrinkage_takes_most_of_it_away() -> None:
    # 24 specialties of 200 spells with sd 8 and no difference at all: 24 * 8 * sqrt(200) / sqrt(2 pi) =
    # 1,083.3
    rng = np.random.default_rng(20260401)
    expected, error = np.full(24, 1200.0), np.full(24, 8 * np.sqrt(200) / 1200)
    runs = [rng.normal(expected, 8 * np.sqrt(200)) for _ in range(400)]
    found = [los.opportunity(o, expected, error, o / expected * np.exp(-1.96 * error)) for o in runs]
    assert np.mean([f.raw for f in found]) == pytest.approx(1083.3, rel=0.03)
    assert np.mean([f.shrunken for f in found]) < 1083.3 / 2
    assert np.mean([f.certain for f in found]) < 1083.3 / 4


def test_beds_and_cost() -> None:
    assert los.excess_beds(3358, 365, occupancy=0.92) == pytest.approx(10)
    assert los.excess_beds(-365, 365, occupancy=1) == -1
    assert los.excess_cost(10, None) is None
    assert los.excess_cost(10, 300) == 3000


@pytest.mark.parametrize(("days", "occupancy"), [(0, 0.92), (365, 0), (365, 1.01)])
def test_beds_need_a_period_and_an_occupancy(days: float, occupancy: float) -> None:
    with pytest.raises(ArgumentError):
        los.excess_beds(100, days, occupancy=occupancy)
