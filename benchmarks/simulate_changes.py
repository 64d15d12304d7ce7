"""Simulation of the verdicts on changes: how often "worked" is said without an effect, and how often with one.

    python benchmarks/simulate_changes.py [--runs N] [--seed N]

Series with noise of one sigma, judged as the review of changes judges them: held against the mean of a hundred other
trusts or against nothing. Prints shares of series; asserts nothing. `docs/explanation/change-review.md` tells what was
seen.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from helpers.analyses.changes.judged import judge
from helpers.register.cycle import ExpectedEffect

Floats = NDArray[np.float64]
SIDES = ((12, 12), (18, 18), (24, 24))
EFFECTS = (0.0, -1.0, -2.0)


@dataclass(frozen=True)
class Case:
    """A kind of series: correlation from month to month, a yearly wave, a drift of so many sigma a year."""

    name: str
    correlation: float = 0.0
    season: float = 0.0
    drift: float = 0.0
    control: bool = True


CASES = (
    Case("independent months"),
    Case("AR(0.4)", 0.4),
    Case("AR(0.7)", 0.7),
    Case("AR(0.4), season everywhere", 0.4, season=1.5),
    Case("AR(0.4), drifts by 0.5 a year from the others", 0.4, drift=-0.5),
    Case("AR(0.4), drifts by 1 a year from the others", 0.4, drift=-1.0),
    Case("nothing to hold it against, AR(0.4)", 0.4, control=False),
    Case("nothing to hold it against, AR(0.7)", 0.7, control=False),
    Case("nothing to hold it against, AR(0.4), season", 0.4, season=1.5, control=False),
    Case("nothing to hold it against, AR(0.4), drifts by 1", 0.4, drift=-1.0, control=False),
)


def noise(rng: np.random.Generator, months: int, correlation: float) -> Floats:
    """Return months of unit variance, each like the one before."""
    drawn = rng.normal(size=months)
    for place in range(1, months):
        drawn[place] = correlation * drawn[place - 1] + np.sqrt(1 - correlation**2) * drawn[place]
    return drawn


def simulate(case: Case, sides: tuple[int, int], runs: int, seed: int) -> Iterator[str]:
    """Yield per effect the share of "worked" and "in part", and of intervals that hold the effect."""
    rng, months = np.random.default_rng(seed), sum(sides)
    for effect in EFFECTS:
        found = held = 0
        for _ in range(runs):
            wave = case.season * np.sin(2 * np.pi * (np.arange(months) / 12 + rng.uniform()))
            own = wave + noise(rng, months, case.correlation) + case.drift * np.arange(months) / 12
            own[sides[0] :] += effect
            others = wave + 0.1 * noise(rng, months, case.correlation) if case.control else None
            judged = judge(own, sides[0], ExpectedEffect(size=effect or -1.0), control=others)
            assert judged.found is not None, "there are twelve on each side"
            found += judged.verdict in ("worked", "partly")
            held += judged.found.now.low <= effect <= judged.found.now.high
        yield f"{found / runs:>7.1%} {held / runs:>6.1%}"


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--runs", type=int, default=400)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    heads = "  ".join(f"effect {effect:>2.0f} held" for effect in EFFECTS)
    print(f"{'said to have worked, and intervals that hold the effect':<58} {heads}")
    for case in CASES:
        for sides in SIDES:
            told = "  ".join(simulate(case, sides, given.runs, given.seed))
            print(f"{case.name + f', {sides[0]} + {sides[1]}':<58} {told}", flush=True)


if __name__ == "__main__":
    main()
