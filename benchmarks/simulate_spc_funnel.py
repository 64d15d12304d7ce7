"""Simulations of SPC, funnels and intervals: false alarms under the null, coverage at nominal levels.

    python benchmarks/simulate_spc_funnel.py [--series N] [--seed N]

Prints what the rules and intervals do where the truth is known; asserts nothing.
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd

from helpers.stats import rates
from helpers.stats.funnel import funnel
from helpers.stats.spc import XmRCharts, p_chart, xmr_many
from helpers.stats.standardisation import dsr

POINTS = 36
TRUSTS = 120
RULES = {
    "outside": r"UCL|LCL",
    "trend": r"Trend",
    "two in three": r"2 in 3",
    "shift": r"7 Points",
}


def make_series(rng: np.random.Generator, series: int, correlation: float) -> pd.DataFrame:
    """Return stationary normal series with a given lag-1 correlation."""
    noise = rng.normal(size=(series, POINTS))
    values = noise.copy()
    for month in range(1, POINTS):
        values[:, month] = (
            correlation * values[:, month - 1] + np.sqrt(1 - correlation**2) * noise[:, month]
        )
    months = pd.date_range("2023-01-01", periods=POINTS, freq="MS")
    return pd.DataFrame(
        {
            "series": np.repeat(np.arange(series), POINTS),
            "date": np.tile(months, series),
            "value": values.ravel(),
        }
    )


def describe_charts(charts: XmRCharts) -> str:
    """Return shares of flagged points by rule, of series with any flag, and of verdicts."""
    reason = charts.points["reason"].astype(str)
    by_rule = "  ".join(f"{name} {reason.str.contains(words).mean():6.2%}" for name, words in RULES.items())
    special = reason != "Common Cause"
    any_flag = special.groupby(charts.points["series"]).any().mean()
    unstable = 1 - charts.summary["stable"].mean()
    latest = (charts.summary["variation"] != "common_cause").mean()
    return (
        f"points flagged {special.mean():6.2%} ({by_rule})  latest {latest:6.2%}  "
        f"series with any {any_flag:6.1%}  unstable {unstable:6.1%}"
    )


def simulate_xmr(rng: np.random.Generator, series: int) -> None:
    print(f"XmR charts, {series:,} stationary series of {POINTS} months without any change")
    for correlation in (0.0, 0.3, 0.6, 0.9):
        frame = make_series(rng, series, correlation)
        print(f"  lag-1 {correlation:.1f}: {describe_charts(xmr_many(frame, group='series'))}")
    frame = make_series(rng, series, 0.0)
    print(f"  no screening: {describe_charts(xmr_many(frame, group='series', screen=False))}")
    counted = xmr_many(frame, group="series", outside_counts_in_two_in_three=True)
    print(f"  outside counts: {describe_charts(counted)}")


def simulate_p_charts(rng: np.random.Generator, series: int) -> None:
    print(f"p and p' charts, {series:,} series of {POINTS} months, 5,000 appointments, DNA 8 %")
    for spread in (0.0, 0.01):
        shares = np.clip(rng.normal(0.08, spread, (series, POINTS)), 0, 1)
        counts = rng.binomial(5000, shares)
        appointments = np.full(POINTS, 5000)
        for laney in (False, True):
            outside = [np.abs(p_chart(row, appointments, laney=laney).outside).mean() for row in counts]
            name = "p'" if laney else "p "
            print(f"  true sd between months {spread:.2f}: {name} flags {np.mean(outside):6.2%} of months")


def simulate_funnels(rng: np.random.Generator, runs: int) -> None:
    print(f"Funnels under the null, {runs:,} runs of {TRUSTS} trusts: share flagged")
    for tau in (0.0, 0.1):
        flags: dict[str, list[float]] = {}
        for _ in range(runs):
            expected = rng.uniform(200, 3000, TRUSTS)
            observed = rng.poisson(expected * np.exp(rng.normal(0, tau, TRUSTS)))
            for name, options in (
                ("chance only", {"overdispersion": False}),
                ("SHMI", {}),
                ("CQC", {"method": "cqc"}),
            ):
                found = funnel(observed, expected, kind="standardised_ratio", **options)
                flags.setdefault(f"{name} 95 %", []).append(np.mean([f != "within" for f in found.flag95]))
                flags.setdefault(f"{name} 99.8 %", []).append(np.mean([f != "within" for f in found.flag]))
        words = "  ".join(f"{name} {np.mean(shares):6.2%}" for name, shares in flags.items())
        print(f"  sd between trusts {tau:.1f} (log scale): {words}")


def covers(found: rates.Estimates, truth: float) -> str:
    """Return how often each interval holds the truth."""
    narrow = np.mean((found.lower95 <= truth) & (truth <= found.upper95))
    wide = np.mean((found.lower998 <= truth) & (truth <= found.upper998))
    return f"95 %: {narrow:6.2%}  99.8 %: {wide:6.2%}"


def simulate_intervals(rng: np.random.Generator, runs: int) -> None:
    print(f"Coverage of intervals, {runs:,} draws")
    for n, share in ((20, 0.05), (100, 0.05), (1000, 0.3)):
        found = rates.proportion(rng.binomial(n, share, runs), np.full(runs, n))
        print(f"  Wilson, n = {n}, share {share}: {covers(found, share)}")
    for mean in (2.0, 15.0, 200.0):
        print(
            f"  Byar and exact, mean count {mean:g}: {covers(rates.count(rng.poisson(mean, runs)), mean)}"
        )
    values = rng.normal(5, 3, runs * 12)
    print(f"  t interval, 12 values: {covers(rates.mean(values, np.repeat(np.arange(runs), 12)), 5.0)}")
    strata, people = np.array([0.002, 0.005, 0.02]), np.array([5000, 4000, 1000])
    standard = np.array([50_000, 35_000, 15_000])
    events = rng.poisson(strata * people, (runs, 3)).ravel()
    groups = np.repeat(np.arange(runs), 3)
    found = dsr(events, np.tile(people, runs), np.tile(standard, runs), groups, multiplier=1)
    truth = float(np.sum(strata * standard) / standard.sum())
    print(f"  Dobson, about 50 events: {covers(found, truth)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--series", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    simulate_xmr(rng, options.series)
    simulate_p_charts(rng, options.series // 50)
    simulate_funnels(rng, options.series // 50)
    simulate_intervals(rng, 4 * options.series)


if __name__ == "__main__":
    main()
