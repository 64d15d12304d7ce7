"""Time and memory of XmR charts for many series in one call.

python benchmarks/spc.py [SERIES] [POINTS]
"""

from __future__ import annotations

import argparse
import time
import tracemalloc
from collections.abc import Callable

import numpy as np
import pandas as pd

from helpers.stats.spc import xmr, xmr_many

REPEATS = 5


def make_frame(series: int, points: int) -> pd.DataFrame:
    """Return random monthly series, one row per series and month."""
    rng = np.random.default_rng(1)
    months = pd.date_range("2020-01-01", periods=points, freq="MS")
    return pd.DataFrame(
        {
            "series": np.repeat(np.arange(series), points),
            "date": np.tile(months, series),
            "value": rng.normal(100, 10, series * points),
        }
    )


def seconds(work: Callable[[], object]) -> float:
    """Return the median time of a call without arguments."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return float(np.median(times))


def peak_megabytes(work: Callable[[], object]) -> float:
    """Return the most memory that a call allocated, beyond what was there."""
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("series", type=int, nargs="?", default=10_000)
    parser.add_argument("points", type=int, nargs="?", default=36)
    options = parser.parse_args()
    frame = make_frame(options.series, options.points)
    one = frame[frame["series"] == 0]

    def rules() -> object:
        return xmr_many(frame, group="series", target=100.0)

    def many() -> object:
        charts = xmr_many(frame, group="series", target=100.0)
        return charts.summary, charts.points

    print(f"{options.series:,} series of {options.points} points, median of {REPEATS} calls")
    print(f"  limits, rules and icons   {seconds(rules):8.3f} s")
    print(f"  with both frames          {seconds(many):8.3f} s")
    print(f"  memory at the peak        {peak_megabytes(many):8.1f} MB")
    alone = seconds(lambda: xmr(one["value"], one["date"]))
    print(f"  one series by itself      {alone * 1000:8.3f} ms")


if __name__ == "__main__":
    main()
