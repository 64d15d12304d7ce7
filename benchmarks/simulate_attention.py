"""Simulation of the six reasons for attention: how often each is raised where nothing is wrong, and where it is.

    PYTHONPATH=tests python benchmarks/simulate_attention.py [--runs N] [--seed N]

Series of 36 months of which low is good, with noise of one sigma about 10, judged as every report judges them.
Prints shares of series in per cent; asserts nothing. `docs/explanation/performance-report.md` tells what was seen.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from functools import partial

import numpy as np
from made_results import example_result
from numpy.typing import NDArray

from helpers.measures.attention import Kind
from helpers.measures.examples import example_measure
from helpers.measures.result import MeasureResult
from helpers.register.models import Target
from helpers.stats.position import VERY_LIKELY, positions

Floats = NDArray[np.float64]
MONTHS, LEVEL = 36, 10.0
#: trusts of the simulated country, patients each, and their share on the wrong side
TRUSTS, PATIENTS, SHARE = 130, 400, 0.3
REASONS: tuple[Kind, ...] = ("signal", "limits", "persistent", "unlikely", "settled")


def follow(rng: np.random.Generator, correlation: float) -> Floats:
    """Return months of unit variance with a lag-1 correlation; of 1 a random walk of unit steps."""
    noise = rng.normal(size=MONTHS)
    if correlation == 1:
        return np.cumsum(noise)
    for place in range(1, MONTHS):
        noise[place] = correlation * noise[place - 1] + np.sqrt(1 - correlation**2) * noise[place]
    return noise


def season(rng: np.random.Generator, size: float) -> Floats:
    """Return noise on a yearly wave of so many sigma that ends anywhere in the year."""
    phase = rng.uniform(0, 2 * np.pi)
    return rng.normal(size=MONTHS) + size * np.sin(2 * np.pi * np.arange(MONTHS) / 12 + phase)


def step(rng: np.random.Generator, size: float, ago: int) -> Floats:
    """Return noise that became worse by so many sigma so many months ago."""
    return rng.normal(size=MONTHS) + size * (np.arange(MONTHS) >= MONTHS - ago)


def seasonal_step(rng: np.random.Generator, size: float, worse: float, ago: int) -> Floats:
    """Return noise on a yearly wave that became worse by so many sigma so many months ago."""
    return season(rng, size) + worse * (np.arange(MONTHS) >= MONTHS - ago)


def ramp(rng: np.random.Generator, slope: float, months: int) -> Floats:
    """Return noise that becomes worse by so many sigma in each of the latest months."""
    return rng.normal(size=MONTHS) + slope * np.maximum(0, np.arange(MONTHS) - (MONTHS - months) + 1)


def short_by(rng: np.random.Generator, size: float, correlation: float = 0.0) -> Floats:
    """Return months about a mean that is so many sigma worse than the target of 10."""
    return size + follow(rng, correlation)


def binomial(rng: np.random.Generator, points: float, patients: int) -> Floats:
    """Return shares in per cent of so many patients whose true share is so many points worse than 10 %."""
    return np.asarray(100 * rng.binomial(patients, (LEVEL + points) / 100, MONTHS) / patients - LEVEL)


def judged(values: Floats, *, target: bool, seasonal: bool, milestone: bool) -> MeasureResult:
    """Return the series as reports judge it."""
    measure = example_measure(kind="mean", unit="days", seasonal=seasonal)
    targets = []
    if target or milestone:
        dated = (
            {"meaning": "march_value", "start": date(2026, 4, 1), "end": date(2027, 9, 30)}
            if milestone
            else {}
        )
        targets = [Target.model_validate({"value": LEVEL, "kind": "local", "source": "the board"} | dated)]
    return example_result(list(LEVEL + values), measure=measure, targets=targets)


def show(
    name: str, draw: Callable[[], Floats], runs: int, *, target: bool = False, seasonal: bool = False,
    milestone: bool = False,
) -> None:  # fmt: skip
    """Print in how many of a hundred series each reason is raised, any is, and a stretch is suggested."""
    raised: Counter[str] = Counter()
    for _ in range(runs):
        result = judged(draw(), target=target, seasonal=seasonal, milestone=milestone)
        raised.update(alarm.kind for alarm in result.alarms)
        raised["any"] += bool(result.alarms)
        raised["stretch"] += result.chart.suggested is not None
    shares = "".join(f"{100 * raised[kind] / runs:11.0f}" for kind in (*REASONS, "any", "stretch"))
    print(f"  {name:45s}{shares}")


def simulate_series(rng: np.random.Generator, runs: int) -> None:
    """Print false alarms and finds of all reasons but the place among trusts."""
    print(f"  {'':45s}" + "".join(f"{name:>11s}" for name in (*REASONS, "any", "stretch")))
    print("nothing wrong, no target: false alarms")
    for correlation in (0.0, 0.4, 0.7, 1.0):
        what = {0.0: "noise", 1.0: "random walk"}.get(correlation, f"lag-1 correlation {correlation}")
        show(what, partial(follow, rng, correlation), runs)
    for size in (1.0, 2.0, 3.0):
        show(f"season of {size:g} sigma", partial(season, rng, size), runs)
        show(f"season of {size:g} sigma, registered", partial(season, rng, size), runs, seasonal=True)
    print("worse, no target: finds")
    for size, ago in ((3.0, 3), (3.0, 7), (3.0, 12), (3.0, 21), (4.0, 21)):
        show(f"step of {size:g} sigma {ago} months ago", partial(step, rng, size, ago), runs)
    for ago in (1, 3, 7):
        for seasonal in (False, True):
            name = f"the same on a season of 2 sigma, {ago} ago{', registered' if seasonal else ''}"
            show(name, partial(seasonal_step, rng, 2.0, 3.0, ago), runs, seasonal=seasonal)
    for slope, months in ((0.05, 36), (0.1, 36), (0.25, 12), (0.5, 6)):
        show(f"{slope:g} sigma a month for {months} months", partial(ramp, rng, slope, months), runs)
    print("a target for every month")
    for short in (-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0):
        where = (
            "at it"
            if not short
            else f"{abs(short):g} sigma {'short of' if short > 0 else 'better than'} it"
        )
        show(f"noise, {where}", partial(short_by, rng, short), runs, target=True)
    for correlation in (0.4, 0.7):
        show(
            f"lag-1 correlation {correlation}, at it",
            partial(short_by, rng, 0.0, correlation),
            runs,
            target=True,
        )
    for points in (-2.0, 0.0, 1.0, 2.0):
        where = f"{LEVEL + points:g}% of 200 patients against 10%"
        show(where, partial(binomial, rng, points, 200), runs, target=True)


def simulate_milestone(rng: np.random.Generator, runs: int) -> None:
    """Print how often a milestone six months ahead is called unlikely."""
    print("a milestone in six months (forecast, and our line to it)")
    for short in (-1.0, 0.0, 1.0, 2.0, 3.0):
        where = (
            "at it"
            if not short
            else f"{abs(short):g} sigma {'short of' if short > 0 else 'better than'} it"
        )
        show(f"noise, {where}", partial(short_by, rng, short), runs, milestone=True)


def simulate_places(rng: np.random.Generator, runs: int) -> None:
    """Print how often trusts are called very likely in the worst quarter, and how often they are."""
    print(
        f"worst quarter, {TRUSTS} trusts of {PATIENTS} patients: trusts called so, of those in it, and rightly"
    )
    error = np.sqrt(SHARE * (1 - SHARE) / PATIENTS)
    for spread in (0.0, 1.0, 2.0, 4.0):
        called, right, worst = 0, 0, 0
        for _ in range(runs):
            true = rng.normal(SHARE, spread * error, TRUSTS)
            seen = true + rng.normal(0, error, TRUSTS)
            flagged = positions(seen, np.full(TRUSTS, error)).highest >= VERY_LIKELY
            in_it = true >= np.quantile(true, 0.75)
            called, right, worst = (
                called + flagged.sum(),
                right + (flagged & in_it).sum(),
                worst + in_it.sum(),
            )
        shares = f"{100 * called / runs / TRUSTS:4.0f} % called"
        rightly = f", {100 * right / called:.0f} % of them rightly" if called and spread else ""
        found = f", {100 * right / worst:.0f} % of the worst quarter found" if spread else ""
        print(f"  true spread of {spread:g} standard errors: {shares}{rightly}{found}")


def main(words: Iterable[str] | None = None) -> None:
    """Run the simulations."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=400, help="series of each kind")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(None if words is None else list(words))
    rng = np.random.default_rng(options.seed)
    print(
        f"{options.runs} series of {MONTHS} months each; per cent of series with each reason for attention"
    )
    simulate_series(rng, options.runs)
    simulate_milestone(rng, max(1, options.runs // 4))
    simulate_places(rng, max(1, options.runs // 20))


if __name__ == "__main__":
    main()
