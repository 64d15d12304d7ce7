"""What the charts of counts share: checked points, Laney's factor, three-sigma limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from helpers.stats.checks import (
    Bools,
    Floats,
    Ints,
    check_choice,
    check_integer,
    check_lengths,
    check_numbers,
    locked,
)
from helpers.stats.spc.limits import SCREEN_FACTOR, Segments, moving_ranges
from helpers.stats.spc.run_chart import RunTest, baseline, run_tests
from helpers.stats.spc.timeline import one_series, rebase_marks, stamps

#: d2 for ranges of two points
RANGE_TO_SD = 1.128

ChartKind = Literal["p", "p'", "u", "u'", "c", "g", "t"]
Compatible = Literal["qicharts2"]


@dataclass(frozen=True)
class AttributeChart:
    """A control chart of counts; arrays have one entry per date and cannot be written.

    Parameters
    ----------
    kind
        `p`, `p'`, `u`, `u'`, `c`, `g` or `t`.
    dates
        Dates, or numbers from 0 where none were given.
    values
        Proportion, rate, count, or number or time between events; NaN where missing.
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


@dataclass(frozen=True)
class LimitPlan:
    """How one chart is worked out."""

    dates: Any
    rebase: Sequence[Any]
    fix_after: int | None
    screen: bool = False
    compatible: Compatible | None = None
    ranges: bool = False  # whether limits rest on moving ranges, for which one point is too few


@dataclass(frozen=True)
class Points:
    """Checked points of one chart; `weight` is the denominator, 1 for counts."""

    dates: npt.NDArray[np.generic]
    numerator: Floats
    weight: Floats
    values: Floats
    segments: Segments
    base: Bools
    plan: LimitPlan

    def mean(self, values: Floats) -> Floats:
        """Return the mean of each segment's baseline, on every row."""
        return self.segments.spread(self.segments.mean(np.where(self.base, values, np.nan)))

    def pooled(self) -> Floats:
        """Return numerators over denominators of each segment's baseline, on every row."""
        used = self.base & ~np.isnan(self.values)
        numerator = self.segments.total(np.where(used, self.numerator, 0.0))
        denominator = self.segments.total(np.where(used, self.weight, 0.0))
        with np.errstate(invalid="ignore", divide="ignore"):
            return self.segments.spread(np.asarray(numerator / denominator, dtype=np.float64))

    def mean_range(self, values: Floats) -> Floats:
        """Return the mean moving range of each segment's baseline, screened once where asked."""
        ranges = self._ranges(np.where(self.base, values, np.nan))
        mean = self.segments.mean(ranges)
        if not self.plan.screen:
            return mean
        threshold = self.segments.spread(SCREEN_FACTOR * mean)
        drop = (ranges >= threshold) & ((threshold > 0) | (self.plan.compatible is not None))
        return self.segments.mean(np.where(drop, np.nan, ranges))

    def _ranges(self, values: Floats) -> Floats:
        """Return moving ranges; they step over gaps, except where qicharts2 is reproduced."""
        if self.plan.compatible:
            return moving_ranges(values, self.segments)
        present = ~np.isnan(values)
        ranges = np.full(len(values), np.nan)
        ranges[present] = moving_ranges(values[present], Segments.of(self.segments.numbers()[present]))
        return ranges


def check_points(
    name: str, values: Any, plan: LimitPlan, *, weight: Any = None, weight_name: str = ""
) -> Points:
    """Check the points of a chart; with a weight, the values are numerators and become ratios."""
    check_choice("compatible", plan.compatible, (None, "qicharts2"))
    if plan.fix_after is not None:
        check_integer("fix_after", plan.fix_after, 2 if plan.ranges else 1)
    numbers, when = one_series(name, values, plan.dates)
    check_numbers(name, numbers, missing=True, minimum=0)
    segments = Segments.of(np.cumsum(rebase_marks(plan.rebase, when, len(numbers), strict=True)))
    weights = np.ones(len(numbers))
    if weight is not None:
        weights = check_numbers(weight_name, weight, missing=True, above=0)
        check_lengths(**{name: numbers, weight_name: weights})
    values = numbers / weights
    return Points(
        dates=stamps(when, len(numbers)),
        numerator=numbers,
        weight=weights,
        values=values,
        segments=segments,
        base=baseline(values, segments, plan.fix_after, gaps=plan.compatible is not None),
        plan=plan,
    )


def laney_chart(
    kind: ChartKind, points: Points, centre: Floats, sigma: Floats, *, top: float = np.inf
) -> AttributeChart:
    """Return a chart whose limits are widened by the variation of z between periods."""
    with np.errstate(invalid="ignore", divide="ignore"):
        z = (points.values - centre) / sigma
    factor = points.mean_range(z) / RANGE_TO_SD
    chart = plain_chart(kind, points, centre, sigma * points.segments.spread(factor), top=top)
    return replace(chart, sigma_z=locked(factor))


def plain_chart(
    kind: ChartKind, points: Points, centre: Floats, sigma: Floats, *, top: float = np.inf
) -> AttributeChart:
    """Return a chart with three-sigma limits cut at 0 and at `top`."""
    lines = {
        name: np.clip(centre + multiple * sigma, 0.0, top)
        for name, multiple in {"lower": -3, "upper": 3, "near_lower": -2, "near_upper": 2}.items()
    }
    outside = (points.values > lines["upper"]).astype(np.int64) - (points.values < lines["lower"])
    return AttributeChart(
        kind=kind,
        dates=locked(points.dates),
        values=locked(points.values),
        centre=locked(centre),
        **{name: locked(line) for name, line in lines.items()},
        segment=locked(points.segments.numbers()),
        sigma_z=locked(np.ones(len(points.segments.starts))),
        outside=locked(outside),
        tests=run_tests(points.values, centre, points.segments),
    )
