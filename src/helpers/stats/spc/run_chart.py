"""Run charts: the median, and the Anhøj rules about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Unpack

import numpy as np
import numpy.typing as npt

from helpers.stats.checks import Floats, Ints, locked
from helpers.stats.results import Result
from helpers.stats.spc.points import ChartOptions, check_points
from helpers.stats.spc.runs import RunTest, run_tests


@dataclass(frozen=True, repr=False)
class RunChart(Result):
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
    def runs(self) -> RunTest:
        """What the rules say of the last segment."""
        return self.tests[-1]

    @property
    def signal(self) -> bool:
        """Whether the last segment shows special cause."""
        return self.runs.signal


def run_chart(values: Any, dates: Any = None, **options: Unpack[ChartOptions]) -> RunChart:
    """Work out a run chart about the median with the Anhøj rules.

    Parameters
    ----------
    values
        Shape (points,), in the measure's unit; NaN or None where missing.
    dates, options
        As in `p_chart`; `centre` is a median that is known already.

    Notes
    -----
    Points on the median do not count. Source: Anhøj and Olesen (2014), PLoS ONE 9:e113825.

    Examples
    --------
    >>> chart = run_chart([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    >>> chart.tests[0]  # doctest: +NORMALIZE_WHITESPACE
    RunTest(useful=12, longest_run=6, longest_run_max=7, crossings=1, crossings_min=3, signal=True)
    """
    points = check_points("values", values, dates, options, minimum=None)
    centre, scale = points.median(), points.options.multiplier
    return RunChart(
        dates=locked(points.dates),
        values=locked(points.values * scale),
        centre=locked(centre * scale),
        segment=locked(points.segments.numbers()),
        tests=run_tests(points.judged, centre, points.segments, points.options.method),
    )
