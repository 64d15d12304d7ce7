"""Run charts with the Anhøj rules: too long a run, or too few crossings, of the centre line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from helpers.stats.checks import Bools, Floats, Ints, check_integer, locked
from helpers.stats.spc.limits import Segments
from helpers.stats.spc.rules import run_lengths
from helpers.stats.spc.timeline import one_series, rebase_marks, stamps

#: crossings below this quantile of chance are too few (Chen 2010)
CROSSINGS_QUANTILE = 0.05


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
        Whether the run is too long or the crossings are too few: special cause.
    """

    useful: int
    longest_run: int | None
    longest_run_max: int | None
    crossings: int | None
    crossings_min: int | None
    signal: bool


@dataclass(frozen=True)
class RunChart:
    """A run chart; arrays have one entry per date and cannot be written.

    Parameters
    ----------
    dates
        Dates, or numbers from 0 where none were given.
    values, centre
        Values and the median of their segment, in the measure's unit.
    segment
        Number of the segment of each point, from 0.
    tests
        The Anhøj rules, one per segment.
    """

    dates: npt.NDArray[np.generic]
    values: Floats
    centre: Floats
    segment: Ints
    tests: tuple[RunTest, ...]

    @property
    def signal(self) -> bool:
        """Whether the last segment shows special cause."""
        return self.tests[-1].signal


def run_chart(
    values: Any, dates: Any = None, *, rebase: Sequence[Any] = (), fix_after: int | None = None
) -> RunChart:
    """Work out a run chart about the median with the Anhøj rules.

    Parameters
    ----------
    values
        Shape (points,), in the measure's unit; NaN or None where missing.
    dates
        Shape (points,), ascending, each once; None numbers the points.
    rebase
        Dates at which median and rules restart; each must be a date in the data.
    fix_after
        How many first points of each segment make the median; None takes all.

    Notes
    -----
    Points on the median do not count. Source: Anhøj and Olesen (2014), PLoS ONE 9:e113825.

    Examples
    --------
    >>> chart = run_chart([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    >>> chart.tests[0]  # doctest: +NORMALIZE_WHITESPACE
    RunTest(useful=12, longest_run=6, longest_run_max=7, crossings=1, crossings_min=3, signal=True)
    """
    numbers, when = one_series("values", values, dates)
    if fix_after is not None:
        check_integer("fix_after", fix_after, 1)
    segments = Segments.of(np.cumsum(rebase_marks(rebase, when, len(numbers), strict=True)))
    base = np.where(baseline(numbers, segments, fix_after), numbers, np.nan)
    centre = segments.spread(segments.median(base))
    return RunChart(
        dates=locked(stamps(when, len(numbers))),
        values=locked(numbers),
        centre=locked(centre),
        segment=locked(segments.numbers()),
        tests=run_tests(numbers, centre, segments),
    )


def baseline(values: Floats, segments: Segments, fix_after: int | None, *, gaps: bool = False) -> Bools:
    """Mark the first `fix_after` points of each segment; all where that is None.

    Parameters
    ----------
    values
        Shape (rows,); NaN is a missing value.
    segments
        Where the segments lie in the rows.
    fix_after
        How many points.
    gaps
        Whether missing points count as well.
    """
    if fix_after is None:
        return np.ones(len(values), dtype=bool)
    counted = np.ones(len(values), dtype=bool) if gaps else ~np.isnan(values)
    so_far = np.cumsum(counted)
    before = (so_far - counted)[segments.starts]
    return np.asarray(so_far - np.repeat(before, segments.lengths) <= fix_after)


def run_tests(values: Floats, centre: Floats, segments: Segments) -> tuple[RunTest, ...]:
    """Apply the Anhøj rules to each segment, about any centre line."""
    side = np.sign(np.nan_to_num(values - centre)).astype(np.int64)
    useful = side != 0
    numbers = segments.numbers()[useful]
    runs = run_lengths(side[useful], Segments.of(numbers))
    return tuple(
        _run_test(side[useful][numbers == number], runs[numbers == number])
        for number in range(len(segments.starts))
    )


def _run_test(side: Ints, runs: Ints) -> RunTest:
    if not len(side):
        return RunTest(0, None, None, None, None, signal=False)
    longest, crossings = int(runs.max()), int((np.diff(side) != 0).sum())
    longest_max, crossings_min = run_limits(len(side))
    return RunTest(
        len(side),
        longest,
        longest_max,
        crossings,
        crossings_min,
        signal=longest > longest_max or crossings < crossings_min,
    )


def run_limits(useful: int) -> tuple[int, int]:
    """Return the longest run and the fewest crossings that chance allows for this many useful points.

    Source: Schilling (2012), Mathematics Magazine 85:141; Chen (2010), Nonparametric statistics of runs.

    >>> [run_limits(n) for n in (12, 24, 36)]
    [(7, 3), (8, 8), (8, 13)]
    """
    at_most = special.bdtr(np.arange(max(useful, 1)), max(useful - 1, 0), 0.5)  # so many crossings or fewer
    return round(np.log2(useful)) + 3, int(np.searchsorted(at_most, CROSSINGS_QUANTILE))
