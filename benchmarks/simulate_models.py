"""Simulations behind the methods: do intervals cover, are effects found where there are none?

Run: ``python benchmarks/simulate_models.py [--runs 400] [--seed 0] [--only los dna trajectory interrupted_series]``.
Prints one line per case: what was simulated, the share found and the share that is promised.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from helpers.stats import dna, los
from helpers.stats import interrupted_series as its
from helpers.stats import trajectory as tr
from helpers.stats.trajectory.result import draw_paths

Line = tuple[str, float, str]


def autoregressive(rng: np.random.Generator, periods: int, rho: float) -> np.ndarray:
    """Return a stationary series with standard deviation 1 and lag-1 correlation rho."""
    steps, values = rng.normal(size=periods), np.empty(periods)
    values[0] = steps[0]
    for i in range(1, periods):
        values[i] = rho * values[i - 1] + np.sqrt(1 - rho**2) * steps[i]
    return values


def simulate_los(runs: int, seed: int) -> Iterator[Line]:
    """Coverage of O/E with skewed stays, small and large trusts, through all of the standardisation."""
    rng = np.random.default_rng(1 + seed)
    yield from _los_clusters(2 * runs, seed)
    for spells in (60, 300, 1500):
        for truth in (0.7, 1.0, 1.3):
            hits = [_los_covers(rng, spells, truth) for _ in range(runs)]
            yield f"length of stay: O/E {truth}, {spells} spells", float(np.mean(hits)), "0.95"


def _los_covers(rng: np.random.Generator, spells: int, truth: float) -> bool:
    strata = [(s, m, "a", age, sex) for s in "13" for m in "ep" for age in ("old", "young") for sex in "fm"]
    mean = np.linspace(2, 12, len(strata))
    cells = []
    for size, factor in ((spells, truth), (20_000, 1.0)):
        which = rng.integers(len(strata), size=size)
        days = factor * rng.gamma(0.8, mean[which] / 0.8)
        frame = pd.DataFrame([strata[i] for i in which], columns=list(los.STRATA))
        frame = frame.assign(spells=1, days=days, days_squared=days**2)
        cells.append(frame.groupby(list(los.STRATA), as_index=False).sum())
    row = los.standardise(*cells).iloc[0]
    return bool(row["lower"] <= truth <= row["upper"])


def _los_clusters(runs: int, seed: int) -> Iterator[Line]:
    """Coverage where the stays of a team go together, and where patients come back, from sums per team."""
    for repeated in (False, True):
        for spread in (0.0, 0.15, 0.3):
            for teams in (3, 5, 10, 30):
                rng = np.random.default_rng(7 + seed)
                # every run is a trust of its own, so that one call judges them all
                cells = pd.concat([_team_cells(rng, teams, spread, repeated, run) for run in range(runs)])
                kind = "three stays a patient" if repeated else "one stay a patient"
                case = f"length of stay: {teams} teams, ln sd {spread}, {kind}"
                for cluster, how in ((None, "independent"), ("unit_code", "wider of the two")):
                    found = los.observed_expected(cells, cluster=cluster)
                    yield (
                        f"{case}, {how}",
                        float(found["lower"].le(1).mul(found["upper"].ge(1)).mean()),
                        "0.95",
                    )


def _team_cells(
    rng: np.random.Generator, teams: int, spread: float, repeated: bool, run: int
) -> pd.DataFrame:
    """Return the matched cells of one trust whose true ratio is 1, by team and stratum."""
    mean = np.linspace(2, 12, 16)
    sizes = rng.integers(20, 201, size=teams)
    team, stratum = np.repeat(np.arange(teams), sizes), rng.integers(16, size=sizes.sum())
    longer = np.exp(rng.normal(-(spread**2) / 2, spread, size=teams))[team]
    if repeated:  # each patient's three stays go together as well
        patient = np.arange(len(team)) // 3
        longer *= np.exp(rng.normal(-0.08, 0.4, size=patient[-1] + 1))[patient]
        stratum = stratum[patient * 3]
    days = longer * rng.gamma(0.8, mean[stratum] / 0.8)
    cell = team * 16 + stratum
    sums = [np.bincount(cell, weights, teams * 16) for weights in (None, days, days**2)]
    seen = np.flatnonzero(sums[0])
    table = pd.DataFrame({"org_code": run, "unit_code": seen // 16, "specialty": seen % 16})
    table = table.assign(spells=sums[0][seen], days=sums[1][seen], days_squared=sums[2][seen])
    return table.assign(
        level=0, comparator_stratum=table["specialty"], comparator_spells=10_000,
        comparator_mean=mean[seen % 16], comparator_variance=mean[seen % 16] ** 2 / 0.8,
    )  # fmt: skip


def simulate_opportunity(runs: int, seed: int) -> Iterator[Line]:
    """Bed-days of opportunity where there is none: 24 specialties of 200 spells with sd 8."""
    rng = np.random.default_rng(2 + seed)
    expected, spread = np.full(24, 1200.0), 8 * np.sqrt(200)
    error = np.full(24, spread / 1200)
    found = []
    for _ in range(runs):
        observed = rng.normal(expected, spread)
        found.append(
            los.opportunity(observed, expected, error, observed / expected * np.exp(-1.96 * error))
        )
    for name in ("raw", "shrunken", "certain"):
        mean = float(np.mean([getattr(one, name) for one in found]))
        yield f"opportunity from nothing, {name} (bed-days)", mean, "1083 raw" if name == "raw" else "0"


def simulate_dna(runs: int, seed: int) -> Iterator[Line]:
    """Coverage of the Monte Carlo interval where the truth is drawn from the stated inputs."""
    rng = np.random.default_rng(3 + seed)
    hits = []
    for run in range(runs):
        reduction = dna.Pert(0.05, 0.15, 0.45)
        inputs = dna.DnaInputs(
            dnas=630, reduction=reduction, filled=dna.Beta(3, 20), rebooked=dna.Beta(8, 3), additions=28
        )
        r = 0.05 + 0.4 * rng.beta(2, 4)
        truth = 630 * r * (rng.beta(8, 3) - rng.beta(3, 20))
        spread = dna.simulate_impact(inputs, draws=1000, seed=run).relief
        hits.append(spread.lower95 <= truth <= spread.upper95)
    yield "DNA relief: Monte Carlo interval", float(np.mean(hits)), "0.95"


def simulate_trajectory(runs: int, seed: int) -> Iterator[Line]:
    """Coverage of the value a year ahead, and how often `unlikely` was right, on six kinds of series."""
    season = 2 * np.sin(np.arange(60) * np.pi / 6)
    kinds: dict[str, Callable[[np.random.Generator], np.ndarray]] = {
        "random walk": lambda rng: rng.normal(size=60).cumsum(),
        "AR(1) 0.3": lambda rng: autoregressive(rng, 60, 0.3),
        "AR(1) 0.7": lambda rng: autoregressive(rng, 60, 0.7),
        "random walk and season": lambda rng: rng.normal(size=60).cumsum() * 0.5 + season,
        "noise round a line": lambda rng: np.arange(60) * 0.1 + rng.normal(size=60),
        "level shift of 3": lambda rng: rng.normal(size=60) + 3 * (np.arange(60) >= rng.integers(6, 24)),
    }
    for name, make in kinds.items():
        for points in (24, 36, 48):
            rng = np.random.default_rng(4 + seed)
            results = [_trajectory_run(make(rng), points, rng.normal(size=20) * 2.5) for _ in range(runs)]
            uses = sum(uses for _, uses, _ in results)
            case = f"trajectory: {name}, {points} points, 12 ahead"
            yield f"{case}, interval", float(np.mean([hit for hit, _, _ in results])), "0.95"
            right = sum(right for _, _, right in results) / uses if uses else np.nan
            share = f"{uses / (20 * runs):.0%} of targets"
            yield f"{case}, unlikely right ({share})", right, "0.85 or more"


def _trajectory_run(series: np.ndarray, points: int, steps: np.ndarray) -> tuple[bool, int, int]:
    """Return whether the end is covered, how many of the targets are called unlikely, and how many of these rightly."""
    known, end = series[:points], series[points + 11]
    goal = tr.TargetAhead(value=0.0, horizon=12, improvement="increase")
    found = tr.trajectory(known, goal, kind="number", draws=1000)
    assert found.back_test is not None
    ends = draw_paths(known, 12, found.back_test, 1000, np.random.default_rng(1))[-1]
    goals = known[-1] + steps
    unlikely = [tr.words_for(float((ends >= value).mean())) == "unlikely" for value in goals]
    covered = found.outcome["lower95"] <= end <= found.outcome["upper95"]
    return bool(covered), sum(unlikely), int((end < goals)[unlikely].sum())


def simulate_interrupted_series(runs: int, seed: int) -> Iterator[Line]:
    """Effects found where there are none, by REML and by Newey-West."""
    for before, after in ((12, 12), (24, 12), (24, 24)):
        for rho in (0.0, 0.3, 0.6, 0.8):
            for label, compatible in (("REML", None), ("Newey-West", "newey_west")):
                rng = np.random.default_rng(5 + seed)
                found = 0
                for _ in range(runs):
                    noise = autoregressive(rng, before + after, rho)
                    now = its.interrupted_series(noise, before, seasonal=False, compatible=compatible).now
                    found += not now.lower <= 0 <= now.upper
                case = f"interrupted series: {before} + {after}, rho {rho}, {label}, effect from nothing"
                yield case, found / runs, "0.05"


def simulate_counts(runs: int, seed: int) -> Iterator[Line]:
    """Effects found in overdispersed counts where there are none."""
    for family in ("quasi_poisson", "nb2"):
        rng = np.random.default_rng(6 + seed)
        found = 0
        for _ in range(runs):
            counts = rng.negative_binomial(10, 10 / 60, 36)
            now = its.interrupted_counts(counts, 18, family=family).now
            found += not now.lower <= 1 <= now.upper
        yield f"interrupted series: counts 18 + 18, {family}, effect from nothing", found / runs, "0.05"


SIMULATIONS: dict[str, Callable[[int, int], Iterator[Line]]] = {
    "los": simulate_los,
    "opportunity": simulate_opportunity,
    "dna": simulate_dna,
    "trajectory": simulate_trajectory,
    "interrupted_series": simulate_interrupted_series,
    "counts": simulate_counts,
}


def main() -> None:
    """Run the simulations that are asked for and print their lines."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0, help="another one draws fresh series")
    parser.add_argument("--only", nargs="+", choices=SIMULATIONS, default=list(SIMULATIONS))
    arguments = parser.parse_args()
    start = time.perf_counter()
    for name in arguments.only:
        for case, found, promised in SIMULATIONS[name](arguments.runs, arguments.seed):
            print(f"{case:<86} {found:9.3f}   (promised: {promised})", flush=True)
    print(f"{arguments.runs} runs each, {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
