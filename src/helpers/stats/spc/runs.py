"""The Anhøj rules: too long a run, or too few crossings, of any centre line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from helpers.stats.checks import Floats, Ints
from helpers.stats.spc.limits import Segments
from helpers.stats.spc.rules import run_lengths

#: crossings below this quantile of chance are too few (Chen 2010)
CROSSINGS_QUANTILE = 0.05

RunMethod = Literal["anhoej", "bestbox", "cutbox"]

#: of a best box for 10, 11 ... 100 useful points: fewest crossings, longest run; where its corners are cut, the fewest
#: crossings of the longest run and the longest run of the fewest crossings (0: not cut).
#: Source: Anhøj and Wentzel-Larsen (2020), PLoS ONE 15:e0233920
_BOXES = {
    "crossings": """
        2 3 3 3 3 4 5 5 5 5 6 7 6 6 6 6 9 9 9 10 11 11 11 11 11 12 13 14 13 15 15 15 14 14 17 17 17 17
        19 19 19 19 19 21 21 21 21 23 23 23 23 23 25 25 26 26 27 27 27 28 29 29 29 30 30 31 31 31 32 33
        33 33 34 33 35 35 35 35 37 37 38 37 39 39 39 39 39 41 41 42 41""",
    "run": """
        6 7 6 6 6 7 8 7 7 7 7 8 7 7 7 7 9 8 8 8 10 9 8 8 8 8 9 10 8 11 9 9 8 8 10 9 9 9 12 10 9 9 9 11
        10 9 9 12 10 10 9 9 11 10 11 10 12 10 10 11 14 11 10 11 10 12 11 10 11 13 11 10 11 10 11 11 10
        10 12 11 12 10 13 11 11 10 10 12 11 12 10""",
    "crossings_at_run": """
        3 4 0 0 0 6 6 0 6 6 0 0 7 7 7 0 10 10 11 0 12 14 0 12 13 0 15 0 0 0 0 17 0 0 0 0 19 20 20 21 0
        21 21 23 23 0 23 25 24 26 0 24 27 27 27 27 29 0 29 29 30 31 30 31 0 32 34 33 33 37 35 0 36 36 0
        38 36 38 38 39 0 39 41 40 42 0 41 42 44 43 42""",
    "run_at_crossings": """
        5 6 0 0 0 6 7 0 6 5 0 0 6 6 6 0 7 7 7 0 9 8 0 7 7 0 8 0 0 0 0 8 0 0 0 0 8 7 11 9 0 8 7 9 8 0 8
        11 9 8 0 8 9 9 10 9 10 0 8 8 13 9 9 10 0 9 8 9 8 11 9 0 10 7 0 8 9 8 10 9 0 9 12 10 8 0 8 9 9 10
        9""",
}
_FEWEST_BOXED = 10
_LIMITS = np.array([row.split() for row in _BOXES.values()], dtype=np.int64).T


@dataclass(frozen=True)
class RunTest:
    """The Anhøj rules on one segment.

    Parameters
    ----------
    useful
        Points that are not on the centre line.
    longest_run, longest_run_max
        Longest run on one side, and the longest that chance allows; None without a useful point.
    crossings, crossings_min
        Crossings of the centre line, and the fewest that chance allows; None without a useful point.
    signal
        Whether the run is too long or the crossings are too few by the chart's method: special cause.
    """

    useful: int
    longest_run: int | None
    longest_run_max: int | None
    crossings: int | None
    crossings_min: int | None
    signal: bool


def run_tests(
    values: Floats, centre: Floats, segments: Segments, method: RunMethod = "anhoej"
) -> tuple[RunTest, ...]:
    """Apply the Anhøj rules to each segment, about any centre line."""
    side = np.sign(np.nan_to_num(values - centre)).astype(np.int64)
    useful = side != 0
    numbers = segments.numbers()[useful]
    runs = run_lengths(side[useful], Segments.of(numbers))
    return tuple(
        _run_test(side[useful][numbers == number], runs[numbers == number], method)
        for number in range(len(segments.starts))
    )


def _run_test(side: Ints, runs: Ints, method: RunMethod) -> RunTest:
    if not len(side):
        return RunTest(0, None, None, None, None, signal=False)
    longest, crossings = int(runs.max()), int((np.diff(side) != 0).sum())
    longest_max, crossings_min = run_limits(len(side))
    signal = is_signal(len(side), longest, crossings, method)
    return RunTest(len(side), longest, longest_max, crossings, crossings_min, signal)


def is_signal(useful: int, longest: int, crossings: int, method: RunMethod) -> bool:
    """Say whether a run is too long or crossings are too few; boxes are known for 10 to 100 useful points."""
    row = useful - _FEWEST_BOXED
    if method == "anhoej" or not 0 <= row < len(_LIMITS):
        longest_max, crossings_min = run_limits(useful)
        return longest > longest_max or crossings < crossings_min
    fewest, most, fewest_at_most, most_at_fewest = _LIMITS[row]
    inside = longest <= most and crossings >= fewest
    if method == "cutbox" and fewest_at_most:
        inside &= longest < most or crossings >= fewest_at_most
        inside &= crossings > fewest or longest <= most_at_fewest
    return not inside


def run_limits(useful: int) -> tuple[int, int]:
    """Return the longest run and the fewest crossings that chance allows for this many useful points.

    Source: Schilling (2012), Mathematics Magazine 85:141; Chen (2010), Nonparametric statistics of runs.

    >>> [run_limits(n) for n in (12, 24, 36)]
    [(7, 3), (8, 8), (8, 13)]
    """
    at_most = special.bdtr(np.arange(max(useful, 1)), max(useful - 1, 0), 0.5)  # so many crossings or fewer
    return round(np.log2(useful)) + 3, int(np.searchsorted(at_most, CROSSINGS_QUANTILE))
