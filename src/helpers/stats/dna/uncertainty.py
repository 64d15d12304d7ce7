"""How sure the impact of fewer DNAs is: Monte Carlo over the inputs and one-at-a-time sensitivity."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd

from helpers.errors import ArgumentError
from helpers.stats.checks import Floats, check_integer, check_number
from helpers.stats.dna.impact import WEEKS_PER_YEAR, DnaImpact, dna_impact, impact_of
from helpers.stats.dna.inputs import DnaInputs, Input, quantile_of
from helpers.stats.results import Result

#: ends of the 80 % and 95 % intervals
_PROBABILITIES = (0.025, 0.1, 0.5, 0.9, 0.975)
#: quantiles between which the tornado moves an input
_LOW, _HIGH = 0.1, 0.9


@dataclass(frozen=True)
class DrawnSpread:
    """Median and intervals of an outcome over the draws."""

    lower95: float
    lower80: float
    median: float
    upper80: float
    upper95: float


@dataclass(frozen=True, repr=False)
class DnaUncertainty(Result):
    """Outcomes over the draws; units as in `DnaImpact`.

    Attributes
    ----------
    attendances, relief, days_of_additions, waiting_list, wait_days
        Median with 80 % and 95 % interval; None where the list or its removals are not given.
    chance_of_relief
        Share of draws in which the list gets shorter.
    chance_of_wait
        Share of draws in which a newcomer's wait is at most the stated one; None where none is stated.
    draws
        How many draws.
    """

    attendances: DrawnSpread
    relief: DrawnSpread
    days_of_additions: DrawnSpread
    waiting_list: DrawnSpread | None
    wait_days: DrawnSpread | None
    chance_of_relief: float
    chance_of_wait: float | None
    draws: int


def simulate_impact(
    inputs: DnaInputs,
    *,
    weeks: int = WEEKS_PER_YEAR,
    wait_target_days: float | None = None,
    draws: int = 10_000,
    seed: int = 1,
) -> DnaUncertainty:
    """Return the impact over draws of the inputs, each drawn on its own.

    Parameters
    ----------
    inputs
        The clinic and the change; distributions are drawn from, numbers are taken as they are.
    weeks
        Weeks to the horizon.
    wait_target_days
        A wait to reach at the horizon; needs `waiting_list` and `removals`.
    draws, seed
        How many draws, and the seed: the same seed gives the same result.

    Raises
    ------
    ArgumentError
        Fewer than 100 draws, no weeks, a negative wait, a wait without a list.

    >>> clinic = DnaInputs(dnas=630, reduction=0.5, additions=10_452 / 365)
    >>> round(simulate_impact(clinic, draws=100).relief.median, 6)
    315.0
    """
    check_integer("draws", draws, 100)
    outcome = impact_of(draw_inputs(inputs, draws, seed), weeks)
    chance = None if wait_target_days is None else _chance_of_wait(outcome, wait_target_days)
    return DnaUncertainty(
        attendances=_spread(outcome.attendances),
        relief=_spread(outcome.relief),
        days_of_additions=_spread(outcome.days_of_additions),
        waiting_list=None if outcome.waiting_list is None else _spread(outcome.waiting_list),
        wait_days=None if outcome.wait_days is None else _spread(outcome.wait_days),
        chance_of_relief=float((outcome.relief > 0).mean()),
        chance_of_wait=chance,
        draws=draws,
    )


def draw_inputs(inputs: DnaInputs, draws: int, seed: int) -> dict[str, Floats]:
    """Return draws of every input, each of shape (draws,)."""
    given = inputs.given().items()
    return {name: _drawn(value, place, draws, seed).copy() for place, (name, value) in enumerate(given)}


@lru_cache(maxsize=32)  # a scenario draws the same inputs for its bounds and its path
def _drawn(value: Input, place: int, draws: int, seed: int) -> Floats:
    """Return the draws of one input, from the random numbers that follow those of the inputs before it."""
    return quantile_of(value, np.random.default_rng(seed).random((place + 1, draws))[place])


def _chance_of_wait(outcome: DnaImpact, target: float) -> float:
    if outcome.wait_days is None:
        raise ArgumentError(
            "wait_target_days", "a wait without a list", "inputs with waiting_list and removals"
        )
    return float((outcome.wait_days <= check_number("wait_target_days", target, minimum=0)).mean())


def _spread(values: Floats) -> DrawnSpread:
    return DrawnSpread(*(float(q) for q in np.quantile(values, _PROBABILITIES)))


def tornado(inputs: DnaInputs, *, weeks: int = WEEKS_PER_YEAR) -> pd.DataFrame:
    """Return how far each uncertain input alone moves the relief: from its 10 % to its 90 % quantile.

    Returns
    -------
    pandas.DataFrame
        One row per input that is a distribution, widest first: `input`, `low_value`, `high_value` (the
        quantiles), `relief_at_low`, `relief_at_high`, `swing`; all others at their median.

    Raises
    ------
    ArgumentError
        No weeks.

    >>> from helpers.stats.dna import Pert
    >>> shares = {"reduction": Pert(0.1, 0.2, 0.5), "rebooked": Pert(0.7, 0.8, 0.9)}
    >>> clinic = DnaInputs(dnas=630, additions=28, **shares)
    >>> tornado(clinic)["input"].tolist()
    ['reduction', 'rebooked']
    """
    rows = []
    for name, value in inputs.uncertain().items():
        low, high = float(value.quantile(_LOW)), float(value.quantile(_HIGH))
        at_low, at_high = (
            float(dna_impact(replace(inputs, **{name: end}), weeks=weeks).relief) for end in (low, high)
        )
        rows.append((name, low, high, at_low, at_high, abs(at_high - at_low)))
    columns = ["input", "low_value", "high_value", "relief_at_low", "relief_at_high", "swing"]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values("swing", ascending=False, kind="stable", ignore_index=True)
