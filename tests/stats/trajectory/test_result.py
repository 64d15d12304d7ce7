"""Probability and words of a trajectory."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from helpers.errors import ArgumentError
from helpers.stats import trajectory as tr
from helpers.stats.trajectory import TargetAhead

WALK = 60 + np.random.default_rng(8).normal(size=20).cumsum()


def test_words_at_their_bounds() -> None:
    assert [tr.words_for(p) for p in (1, 0.8, 0.799, 0.2, 0.199, 0)] == [
        "on track",
        "on track",
        "at risk",
        "at risk",
        "unlikely",
        "unlikely",
    ]


def test_a_target_at_the_median_is_met_in_half_of_the_paths() -> None:
    # random walk with drift: the median of the end is the drift's line, less what chance makes of it
    steps = np.diff(WALK)
    squared = steps.mean() ** 2 / (steps.var(ddof=1) / 19)
    drift = steps.mean() / (1 + 2 * np.sqrt(19) * np.exp(-squared / 2))
    goal = TargetAhead(value=float(WALK[-1] + 6 * drift), horizon=6, improvement="increase")
    found = tr.trajectory(WALK, goal, kind="number", draws=20_000)
    assert found.probability == pytest.approx(0.5, abs=0.02)
    assert found.words == "at risk"
    assert found.outcome["median"] == pytest.approx(goal.value, abs=0.1)


def test_the_interval_of_the_end_is_that_of_the_widened_random_walk() -> None:
    found = tr.trajectory(
        WALK, TargetAhead(value=0, horizon=4, improvement="increase"), kind="number", draws=50_000
    )
    assert found.back_test is not None
    sd = np.diff(WALK).std(ddof=1) * np.sqrt(4 + 16 / 19) * found.back_test.widening
    assert found.fan.loc[4, "upper95"] - found.fan.loc[4, "lower95"] == pytest.approx(
        2 * stats.t.ppf(0.975, 18) * sd, rel=0.03
    )
    assert (found.probability, found.words) == (1, "on track")


def test_improvement_by_decrease_turns_the_probability_round() -> None:
    up, down = (
        tr.trajectory(WALK, TargetAhead(value=61, horizon=6, improvement=way), kind="number").probability
        for way in ("increase", "decrease")
    )
    assert up is not None
    assert down is not None
    assert up + down == pytest.approx(1)


def test_mean_and_total_of_the_year_count_what_has_come() -> None:
    flat = [40.0] * 18
    for met, value in (("mean", 40.0), ("total", 480.0)):
        goal = TargetAhead(value=value, horizon=6, improvement="increase", met=met, so_far=6)
        assert tr.trajectory(flat, goal, kind="number").outcome["median"] == pytest.approx(value)


def test_a_forecast_of_a_percentage_stays_within_it() -> None:
    values = 95 + np.random.default_rng(3).normal(size=20)
    found = tr.trajectory(
        values, TargetAhead(value=95, horizon=12, improvement="increase"), kind="percentage"
    )
    assert found.fan.to_numpy().max() < 100


def test_below_twelve_points_there_is_no_forecast() -> None:
    found = tr.trajectory(
        WALK[:11], TargetAhead(value=60, horizon=6, improvement="increase"), kind="number"
    )
    assert (found.words, found.probability, found.back_test) == ("too few points", None, None)
    assert found.fan.empty
    assert found.outcome.empty


def test_the_same_seed_gives_the_same_result() -> None:
    goal = TargetAhead(value=61, horizon=6, improvement="increase")
    first, second, other = (tr.trajectory(WALK, goal, kind="number", seed=s) for s in (1, 1, 2))
    assert first.fan.equals(second.fan)
    assert not first.fan.equals(other.fan)


@pytest.mark.parametrize(
    "change",
    [
        {"horizon": 0},
        {"horizon": -3},
        {"so_far": -1},
        {"value": np.nan},
        {"improvement": "better"},
        {"met": "soon"},
    ],
)
def test_impossible_targets_are_refused(change: dict[str, object]) -> None:
    usual: dict[str, object] = {"value": 92, "horizon": 6, "improvement": "increase"}
    with pytest.raises(ArgumentError) as caught:
        TargetAhead(**(usual | change))
    assert caught.value.argument in change


def test_more_months_so_far_than_values_are_refused() -> None:
    goal = TargetAhead(value=92, horizon=6, improvement="increase", met="mean", so_far=21)
    with pytest.raises(ArgumentError, match="so_far: 21"):
        tr.trajectory(WALK, goal, kind="number")
    with pytest.raises(ArgumentError, match="draws"):
        tr.trajectory(
            WALK, TargetAhead(value=92, horizon=6, improvement="increase"), kind="number", draws=10
        )


def test_the_widened_interval_covers_a_random_walk_about_as_promised() -> None:
    rng = np.random.default_rng(10)
    covered = 0
    for _ in range(150):
        walk = rng.normal(size=26).cumsum()
        fan = tr.trajectory(
            walk[:20], TargetAhead(value=0, horizon=6, improvement="increase"), kind="number"
        ).fan
        covered += fan.loc[6, "lower95"] <= walk[-1] <= fan.loc[6, "upper95"]
    assert 0.92 <= covered / 150 <= 1


@pytest.mark.long
@pytest.mark.parametrize("points", [36, 48])
def test_a_year_ahead_of_a_random_walk_with_season_is_covered(points: int) -> None:
    # the figures of `benchmarks/simulate_models.py` on fewer runs: 93 % at least of 400, here of 40
    rng, covered = np.random.default_rng(11), 0
    for _ in range(40):
        walk = rng.normal(size=points + 12).cumsum() * 0.5 + 2 * np.sin(np.arange(points + 12) * np.pi / 6)
        goal = TargetAhead(value=0, horizon=12, improvement="increase")
        outcome = tr.trajectory(walk[:points], goal, kind="number", draws=1000).outcome
        covered += outcome["lower95"] <= walk[-1] <= outcome["upper95"]
    assert covered >= 36
