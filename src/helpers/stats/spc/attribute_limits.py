"""What the control charts of counts and of measurements share: the result, three-sigma limits, Laney's factor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.stats.checks import Floats, Ints, locked
from helpers.stats.results import Result
from helpers.stats.spc.points import Points
from helpers.stats.spc.runs import RunTest, run_tests

#: d2 for ranges of two points
RANGE_TO_SD = 1.128

ChartKind = Literal["p", "p'", "u", "u'", "c", "g", "t", "i", "i'", "mr", "xbar", "s", "run"]
_LINES = ("centre", "lower", "upper", "near_lower", "near_upper")
#: centre, three-sigma and two-sigma limits by the names of the result
Lines = dict[str, Floats]


@dataclass(frozen=True, repr=False)
class AttributeChart(Result):
    """A control chart of counts, or of measurements; arrays have one entry per date and cannot be written.

    Parameters
    ----------
    kind
        `p`, `p'`, `u`, `u'`, `c`, `g`, `t`; `i`, `i'`, `mr`, `xbar`, `s`; `run`, whose limits are NaN.
    dates
        Dates, or numbers from 0 where none were given.
    values
        Proportion, rate, count, number or time between events, measurement; NaN where missing.
    centre, lower, upper
        Centre and three-sigma limits at each point, in the unit of the values.
    near_lower, near_upper
        Two-sigma limits.
    segment
        Number of the segment of each point, from 0.
    sigma_z
        Laney's factor per segment; 1 where it is not used.
    outside
        +1 above the upper limit, -1 below the lower, else 0; a point on a limit is inside.
    tests
        The Anhøj rules about the centre line, one per segment.
    """

    kind: ChartKind
    dates: npt.NDArray[np.generic]
    values: Floats
    centre: Floats
    lower: Floats
    upper: Floats
    near_lower: Floats
    near_upper: Floats
    segment: Ints
    sigma_z: Floats
    outside: Ints
    tests: tuple[RunTest, ...]

    @property
    def runs(self) -> RunTest:
        """What the Anhøj rules say of the last segment: longest run, crossings, signal."""
        return self.tests[-1]

    @property
    def signal(self) -> bool:
        """Whether the rules of runs find special cause in the last segment."""
        return self.runs.signal

    def to_frame(self) -> pd.DataFrame:
        """Return one row per point: date, value, lines, segment, outside."""
        names = ("dates", "values", *_LINES, "segment", "outside")
        columns = {name: getattr(self, name) for name in names}
        return pd.DataFrame(columns).rename(columns={"dates": "date", "values": "value"})

    def summary(self) -> pd.DataFrame:
        """Return one row per segment: its first date, points with a value, mean lines, points outside, runs."""
        by_segment = self.to_frame().groupby("segment")
        first = by_segment.agg({"date": "first", "value": "count"}).rename(columns={"value": "points"})
        lines, outside = (
            by_segment[list(_LINES)].mean(),
            by_segment["outside"].agg(lambda signs: abs(signs).sum()),
        )
        return pd.concat([first, lines, outside, pd.DataFrame(map(vars, self.tests))], axis="columns")


def laney_factor(points: Points, centre: Floats, sigma: Floats) -> Floats:
    """Return by how much z varies more between periods than chance would have it, per segment."""
    with np.errstate(invalid="ignore", divide="ignore"):
        z = (points.values - centre) / sigma
    return points.mean_range(np.abs(z - points.before(z))) / RANGE_TO_SD


def limit_lines(centre: Floats, sigma: Floats, *, bottom: float = 0.0, top: float = np.inf) -> Lines:
    """Return the lines about a centre, cut at `bottom` and `top`."""
    multiples = {"lower": -3, "upper": 3, "near_lower": -2, "near_upper": 2}
    lines = {name: np.clip(centre + times * sigma, bottom, top) for name, times in multiples.items()}
    return {"centre": centre, **lines}


def control_chart(
    kind: ChartKind, points: Points, lines: Lines, sigma_z: Floats | None = None
) -> AttributeChart:
    """Return the chart of points and lines, in the unit of the multiplier."""
    values, scale = points.values, points.options.multiplier
    outside = (values > lines["upper"]).astype(np.int64) - (values < lines["lower"])
    return AttributeChart(
        kind=kind,
        dates=locked(points.dates),
        values=locked(values * scale),
        **{name: locked(line * scale) for name, line in lines.items()},
        segment=locked(points.segments.numbers()),
        sigma_z=locked(np.ones(len(points.segments.starts)) if sigma_z is None else sigma_z),
        outside=locked(outside),
        tests=run_tests(points.judged, lines["centre"], points.segments, points.options.method),
    )
