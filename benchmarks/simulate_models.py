"""Simulations behind the methods: do intervals cover, are effects found where there are none?

Run: ``python benchmarks/simulate_models.py [--runs 400] [--only los dna trajectory interrupted_series]``.
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

Line = tuple[str, float, str]


def autoregressive(rng: np.random.Generator, periods: int, rho: float) -> np.ndarray:
    """Return a stationary series with standard deviation 1 and lag-1 correlation rho."""
    steps, values = rng.normal(size=periods), np.empty(periods)
    values[0] = steps[0]
    for i in range(1, periods):
        values[i] = rho * values[i - 1] + np.sqrt(1 - rho**2) * steps[i]
    return values


def simulate_los(runs: int) -> Iterator[Line]:
    """Coverage of O/E with skewed stays, small and large trusts, through all of the standardisation."""
    rng = np.random.default_rng(1)
    yield from _los_clusters(runs)
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


def _los_clusters(runs: int) -> Iterator[Line]:
    """Coverage where the stays of a team go together, and where patients come back, from sums per team."""
    for repeated in (False, True):
        for spread in (0.0, 0.15, 0.3):
            for teams in (3, 5, 10, 30):
                rng = np.random.default_rng(7)
                hits = [_clusters_cover(rng, teams, spread, repeated) for _ in range(runs)]
                kind = "three stays a patient" if repeated else "one stay a patient"
                case = f"length of stay: {teams} teams, ln sd {spread}, {kind}"
                for column, how in enumerate(("independent", "wider of the two")):
                    yield f"{case}, {how}", float(np.mean([hit[column] for hit in hits])), "0.95"


def _clusters_cover(
    rng: np.random.Generator, teams: int, spread: float, repeated: bool
) -> tuple[bool, bool]:
    """Return whether the interval of independent stays, and the wider one, hold a truth of 1."""
    mean = np.linspace(2, 12, 16)
    sizes = rng.integers(20, 201, size=teams)
    team, stratum = np.repeat(np.arange(teams), sizes), rng.integers(16, size=sizes.sum())
    longer = np.exp(rng.normal(-(spread**2) / 2, spread, size=teams))[team]
    if repeated:  # each patient's three stays go together as well
        patient = np.arange(len(team)) // 3
        longer *= np.exp(rng.normal(-0.08, 0.4, size=patient[-1] + 1))[patient]
        stratum = stratum[patient * 3]
    days = longer * rng.gamma(0.8, mean[stratum] / 0.8)
    own = pd.DataFrame({"unit_code": team, "specialty": stratum, "days": days})
    cells = (
        own.assign(spells=1, days_squared=days**2).groupby(["unit_code", "specialty"], as_index=False).sum()
    )
    matched = cells.assign(
        org_code="T", level=0, comparator_stratum=cells["specialty"], comparator_spells=10_000,
        comparator_mean=mean[cells["specialty"]], comparator_variance=mean[cells["specialty"]] ** 2 / 0.8,
    )  # fmt: skip
    found = [los.observed_expected(matched, cluster=cluster).iloc[0] for cluster in (None, "unit_code")]
    return tuple(bool(row["lower"] <= 1 <= row["upper"]) for row in found)  # type: ignore[return-value]


def simulate_opportunity(runs: int) -> Iterator[Line]:
    """Bed-days of opportunity where there is none: 24 specialties of 200 spells with sd 8."""
    rng = np.random.default_rng(2)
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


def simulate_dna(runs: int) -> Iterator[Line]:
    """Coverage of the Monte Carlo interval where the truth is drawn from the stated inputs."""
    rng = np.random.default_rng(3)
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


def simulate_trajectory(runs: int) -> Iterator[Line]:
    """Coverage of the value a year ahead, and how often `unlikely` was right, on four kinds of series."""
    season = 2 * np.sin(np.arange(60) * np.pi / 6)
    kinds: dict[str, Callable[[np.random.Generator], np.ndarray]] = {
        "random walk": lambda rng: rng.normal(size=60).cumsum(),
        "AR(1) 0.7": lambda rng: autoregressive(rng, 60, 0.7),
        "random walk and season": lambda rng: rng.normal(size=60).cumsum() * 0.5 + season,
        "noise round a line": lambda rng: np.arange(60) * 0.1 + rng.normal(size=60),
    }
    for name, make in kinds.items():
        for points in (24, 36, 48):
            rng = np.random.default_rng(4)
            results = [_trajectory_run(make(rng), points, rng.normal() * 2.5) for _ in range(runs)]
            unlikely = [met for _, words, met in results if words == "unlikely"]
            case = f"trajectory: {name}, {points} points, 12 ahead"
            yield f"{case}, interval", float(np.mean([hit for hit, _, _ in results])), "0.95"
            right = 1 - float(np.mean(unlikely)) if unlikely else np.nan
            yield f"{case}, unlikely right ({len(unlikely)} uses)", right, "0.85 or more"


def _trajectory_run(series: np.ndarray, points: int, step: float) -> tuple[bool, str, bool]:
    goal = tr.TargetAhead(value=float(series[points - 1]) + step, horizon=12, improvement="increase")
    found = tr.trajectory(series[:points], goal, kind="number", draws=1000)
    end = series[points + 11]
    covered = found.outcome["lower95"] <= end <= found.outcome["upper95"]
    return bool(covered), found.words, bool(end >= goal.value)


def simulate_interrupted_series(runs: int) -> Iterator[Line]:
    """Effects found where there are none, by REML and by Newey-West."""
    for before, after in ((12, 12), (24, 12), (24, 24)):
        for rho in (0.0, 0.3, 0.6, 0.8):
            for label, compatible in (("REML", None), ("Newey-West", "newey_west")):
                rng = np.random.default_rng(5)
                found = 0
                for _ in range(runs):
                    noise = autoregressive(rng, before + after, rho)
                    now = its.interrupted_series(noise, before, seasonal=False, compatible=compatible).now
                    found += not now.lower <= 0 <= now.upper
                case = f"interrupted series: {before} + {after}, rho {rho}, {label}, effect from nothing"
                yield case, found / runs, "0.05"


def simulate_counts(runs: int) -> Iterator[Line]:
    """Effects found in overdispersed counts where there are none."""
    for family in ("quasi_poisson", "nb2"):
        rng = np.random.default_rng(6)
        found = 0
        for _ in range(runs):
            counts = rng.negative_binomial(10, 10 / 60, 36)
            now = its.interrupted_counts(counts, 18, family=family).now
            found += not now.lower <= 1 <= now.upper
        yield f"interrupted series: counts 18 + 18, {family}, effect from nothing", found / runs, "0.05"


SIMULATIONS: dict[str, Callable[[int], Iterator[Line]]] = {
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
    parser.add_argument("--only", nargs="+", choices=SIMULATIONS, default=list(SIMULATIONS))
    arguments = parser.parse_args()
    start = time.perf_counter()
    for name in arguments.only:
        for case, found, promised in SIMULATIONS[name](arguments.runs):
            print(f"{case:<75} {found:10.3f}   (promised: {promised})", flush=True)
    print(f"{arguments.runs} runs each, {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
