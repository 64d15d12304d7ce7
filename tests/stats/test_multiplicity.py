"""What chance alone flags among many measures."""

from __future__ import annotations

import numpy as np
import pytest

from helpers.errors import ArgumentError
from helpers.stats import multiplicity
from helpers.stats.spc import xmr


@pytest.fixture(autouse=True)
def _fewer_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multiplicity, "RUNS", 1500)
    multiplicity._null.cache_clear()


def test_the_null_is_what_steady_series_show() -> None:
    rng, hits = np.random.default_rng(3), 0
    for _ in range(200):
        values = rng.normal(size=24)
        for row in range(1, 24):
            values[row] = 0.6 * values[row - 1] + 0.8 * values[row]
        hits += xmr(values, improvement="increase").variation == "concern_low"
    chance = multiplicity.chance_flags([24], [False], autocorrelation=0.6).chance[0]
    assert chance == pytest.approx(hits / 200, abs=0.04)


def test_a_measure_that_carries_over_is_flagged_more_often_by_chance() -> None:
    found = multiplicity.chance_flags([24, 24, 24], [True, True, False], autocorrelation=[0, 0.4, 0.8])
    steady, carried, slow = found.chance
    # methods section 1: 0.8 % of steady measures, 4 % at a correlation of 0.4
    assert steady == pytest.approx(0.008, abs=0.006)
    assert carried == pytest.approx(0.04, abs=0.015)
    assert slow > carried
    assert found.expected == pytest.approx(found.chance.sum())
    assert found.at_least_one == pytest.approx(1 - (1 - steady) * (1 - carried) * (1 - slow))
    assert (found.found, found.false_share) == (2, pytest.approx(found.expected / 2))


def test_without_a_flag_none_is_false() -> None:
    assert np.isnan(multiplicity.chance_flags([24], [False]).false_share)


def test_q_values_by_hand() -> None:
    # sorted p times 4 over its rank, then the least of those above: .02, .02, .0533, .2
    assert multiplicity.q_values([0.04, 0.005, 0.2, 0.01]) == pytest.approx([0.16 / 3, 0.02, 0.2, 0.02])


@pytest.mark.parametrize(
    ("points", "flagged", "rho", "named"),
    [([1], [True], 0, "points"), ([24.5], [True], 0, "points"), ([24], [True, False], 0, "flagged"),
     ([24], [True], 1.2, "autocorrelation")],
)  # fmt: skip
def test_what_cannot_be_judged_is_refused(
    points: list[float], flagged: list[bool], rho: float, named: str
) -> None:
    with pytest.raises(ArgumentError, match=named):
        multiplicity.chance_flags(points, flagged, autocorrelation=rho)
    with pytest.raises(ArgumentError, match="p: "):
        multiplicity.q_values([0.5, 1.5])
