"""Simulation of the verdicts on changes: how often "worked" is said without an effect, and how often with one.

    python benchmarks/simulate_changes.py [--runs N] [--seed N]

Series with noise of one sigma, judged as the review of changes judges them: held against others who changed nothing,
or against nothing. Prints shares of series; asserts nothing. `docs/explanation/change-review.md` and
`docs/decisions/0010-what-others-move-by.md` tell what was seen.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from helpers.analyses.changes import judged as review
from helpers.analyses.changes.judged import judge
from helpers.register.cycle import ExpectedEffect

Floats = NDArray[np.float64]
SIDES = ((12, 12), (24, 24))
EFFECTS = (0.0, -1.0, -2.0)


@dataclass(frozen=True)
class Case:
    """A kind of series: correlation from month to month, a yearly wave, drifts of so many sigma a year."""

    name: str
    correlation: float = 0.0
    season: float = 0.0
    spread: float = 0.0  # standard deviation of everybody's drift
    drift: float = 0.0  # of the one that made the change, alone
    others: int = 100


CASES = (
    Case("independent months"),
    Case("AR(0.4)", 0.4),
    Case("AR(0.7)", 0.7),
    Case("AR(0.4), season everywhere", 0.4, season=1.5),
    Case("AR(0.4), all drift, by 0.5 a year", 0.4, spread=0.5),
    Case("AR(0.4), all drift, by 1 a year", 0.4, spread=1.0),
    Case("AR(0.4), it alone drifts by 0.5 a year", 0.4, drift=-0.5),
    Case("AR(0.4), it alone drifts by 1 a year", 0.4, drift=-1.0),
    Case("AR(0.4), held against 20", 0.4, others=20),
    Case("AR(0.4), held against one", 0.4, others=1),
    Case("AR(0.4), held against one, drifts by 1", 0.4, drift=-1.0, others=1),
    Case("nothing to hold it against, AR(0.4)", 0.4, others=0),
    Case("nothing to hold it against, AR(0.7)", 0.7, others=0),
    Case("nothing to hold it against, AR(0.4), season", 0.4, season=1.5, others=0),
    Case("nothing to hold it against, AR(0.4), drifts by 1", 0.4, drift=-1.0, others=0),
)


def draw(rng: np.random.Generator, case: Case, months: int) -> Floats:
    """Return series of unit variance as columns, the one that makes the change first."""
    series, years = case.others + 1, np.arange(months)[:, None] / 12
    drawn = rng.normal(size=(months, series))
    for place in range(1, months):
        fresh = np.sqrt(1 - case.correlation**2) * drawn[place]
        drawn[place] = case.correlation * drawn[place - 1] + fresh
    drawn += case.season * np.sin(2 * np.pi * (years + rng.uniform()))
    drawn += rng.normal(size=series) * case.spread * years
    drawn[:, 0] += case.drift * years[:, 0]
    return drawn


def simulate(case: Case, sides: tuple[int, int], runs: int, seed: int) -> str:
    """Return per effect the shares of "worked" and "in part", of "cannot be told", and of intervals that hold it."""
    rng, found = np.random.default_rng(seed), np.zeros((len(EFFECTS), 3))
    for _ in range(runs):
        drawn = draw(rng, case, sum(sides))
        for place, effect in enumerate(EFFECTS):
            own = drawn[:, 0] + effect * (np.arange(sum(sides)) >= sides[0])
            others = drawn[:, 1:] if case.others else None
            judged = judge(own, sides[0], ExpectedEffect(size=effect or -1.0), others=others)
            assert judged.found is not None, "there are twelve on each side"
            now = judged.found.now
            said = judged.verdict in ("worked", "partly"), judged.verdict == "untold"
            found[place] += *said, now.lower <= effect <= now.upper
    return "  ".join(f"{said:>7.1%} {untold:>6.1%} {held:>6.1%}" for said, untold, held in found / runs)


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--runs", type=int, default=400)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    review.FEWEST_FOR_PLACEBO = 10**6  # type: ignore[misc]  # earlier dates change no verdict, and take most of the time
    heads = "  ".join(f"effect {effect:>2.0f} untold held" for effect in EFFECTS)
    print(f"{'said to have worked, cannot be told, intervals that hold it':<58} {heads}")
    for case in CASES:
        for sides in SIDES:
            told = simulate(case, sides, given.runs, given.seed)
            print(f"{case.name + f', {sides[0]} + {sides[1]}':<58} {told}", flush=True)


if __name__ == "__main__":
    main()
