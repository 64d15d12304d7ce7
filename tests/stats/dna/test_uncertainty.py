"""Monte Carlo and tornado."""

from __future__ import annotations

import numpy as np
import pytest

from helpers.errors import ArgumentError
from helpers.stats import dna
from helpers.stats.dna import Beta, DnaInputs, Pert

CLINIC = DnaInputs(
    dnas=Pert(550, 630, 750),
    reduction=Pert(0.05, 0.15, 0.4),
    filled=Beta(4, 36),
    rebooked=0.8,
    additions=28,
    removals=27,
    waiting_list=1400,
    ramp_weeks=Pert(4, 8, 20),
)


def test_the_same_seed_gives_the_same_result_and_another_one_not() -> None:
    first, second = (dna.simulate_impact(CLINIC, draws=500, seed=5) for _ in range(2))
    assert first == second
    assert first != dna.simulate_impact(CLINIC, draws=500, seed=6)


def test_intervals_are_nested_round_the_median() -> None:
    found = dna.simulate_impact(CLINIC, draws=2000, wait_target_days=50)
    for spread in (
        found.attendances,
        found.relief,
        found.days_of_additions,
        found.waiting_list,
        found.wait_days,
    ):
        assert spread is not None
        assert spread.lower95 < spread.lower80 < spread.median < spread.upper80 < spread.upper95
    assert found.chance_of_relief > 0.99
    assert found.chance_of_wait == 0  # 1,400 and growing by one a day, at 27 a day


def test_the_chance_of_a_wait_is_the_share_of_draws_that_reach_it() -> None:
    # the wait falls with r, and nothing else varies: the wait at the median r is reached in half of the
    # draws
    inputs = DnaInputs(dnas=900, reduction=Pert(0, 0.5, 1), additions=28, removals=28, waiting_list=1400)
    middle = dna.dna_impact(inputs).wait_days
    assert middle is not None
    found = dna.simulate_impact(inputs, wait_target_days=float(middle))
    assert found.chance_of_wait == pytest.approx(0.5, abs=0.02)


def test_without_a_list_there_is_no_wait() -> None:
    inputs = DnaInputs(dnas=630, reduction=0.5, additions=28)
    found = dna.simulate_impact(inputs, draws=100)
    assert found.wait_days is None
    assert found.waiting_list is None
    assert found.chance_of_wait is None
    with pytest.raises(ArgumentError, match="a wait without a list"):
        dna.simulate_impact(inputs, draws=100, wait_target_days=30)
    with pytest.raises(ArgumentError, match="draws"):
        dna.simulate_impact(inputs, draws=99)


def test_the_95_percent_interval_covers_the_truth_in_95_of_100_runs() -> None:
    """500 clinics, the truth drawn from its own PERTs by the beta generator, not by our quantiles."""
    rng = np.random.default_rng(20)
    covered = 0
    for run in range(500):
        low, width, peak = rng.uniform(0, 0.3), rng.uniform(0.1, 0.5), rng.random()
        reduction = Pert(low, low + peak * width, low + width)
        inputs = DnaInputs(
            dnas=630, reduction=reduction, filled=Beta(3, 20), rebooked=Beta(8, 3), additions=28
        )
        r = low + width * rng.beta(1 + 4 * peak, 5 - 4 * peak)
        truth = 630 * r * (rng.beta(8, 3) - rng.beta(3, 20))
        spread = dna.simulate_impact(inputs, draws=1000, seed=run).relief
        covered += spread.lower95 <= truth <= spread.upper95
    assert 0.925 <= covered / 500 <= 0.975


def test_the_tornado_puts_the_widest_input_first_and_leaves_numbers_out() -> None:
    # relief = 1000 r b: b from .8 to .9 by r = .2 moves 20 and less; r over its range moves more
    inputs = DnaInputs(dnas=1000, reduction=Pert(0, 0.2, 0.4), rebooked=Pert(0.8, 0.85, 0.9), additions=28)
    table = dna.tornado(inputs)
    assert table["input"].tolist() == ["reduction", "rebooked"]
    row = table.iloc[0]
    assert row["relief_at_low"] == pytest.approx(1000 * row["low_value"] * 0.85)
    assert row["swing"] == pytest.approx(row["relief_at_high"] - row["relief_at_low"])
    assert dna.tornado(DnaInputs(dnas=1, reduction=0.5, additions=1)).empty
