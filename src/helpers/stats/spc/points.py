"""What run charts and charts of counts share: their options, and points that were checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypedDict

import numpy as np
import numpy.typing as npt

from helpers.stats.checks import (
    Bools,
    Floats,
    check_choice,
    check_each,
    check_integer,
    check_lengths,
    check_number,
    check_numbers,
)
from helpers.stats.spc.limits import Segments, baseline, screened_mean
from helpers.stats.spc.runs import RunMethod
from helpers.stats.spc.timeline import one_series, point_marks, rebase_marks, stamps

Compatible = Literal["qicharts2"]


class ChartOptions(TypedDict, total=False):
    """How a chart is worked out; each is described in `p_chart`."""

    rebase: Sequence[Any]
    fix_after: int | None
    exclude: Sequence[Any]
    centre: float | Sequence[float] | None
    screen: bool
    method: RunMethod
    multiplier: float
    compatible: Compatible | None


@dataclass(frozen=True)
class Options:
    """The options of one chart."""

    rebase: Sequence[Any] = ()
    fix_after: int | None = None
    exclude: Sequence[Any] = ()
    centre: Any = None  # None, or one per point
    screen: bool = True
    method: RunMethod = "anhoej"
    multiplier: float = 1.0
    compatible: Compatible | None = None


@dataclass(frozen=True)
class Points:
    """Checked points of one chart; `weight` is the denominator, 1 for counts."""

    dates: npt.NDArray[np.generic]
    numerator: Floats
    weight: Floats
    values: Floats
    segments: Segments
    included: Bools  # all but those that were left out
    base: Bools  # of these the ones that centre and limits rest on
    options: Options

    @property
    def judged(self) -> Floats:
        """The values that the rules of runs see; NaN for those left out."""
        return np.where(self.included, self.values, np.nan)

    def mean(self, values: Floats) -> Floats:
        """Return the centre that was given or else the mean of each segment's baseline, on every row."""
        return self._centre(self.segments.mean(np.where(self.base, values, np.nan)))

    def median(self) -> Floats:
        """Return the centre that was given or else the median of each segment's baseline, on every row."""
        return self._centre(self.segments.median(np.where(self.base, self.values, np.nan)))

    def pooled(self) -> Floats:
        """Return the centre that was given or else numerators over denominators of each segment's baseline."""
        used = self.base & ~np.isnan(self.values)
        numerator = self.segments.total(np.where(used, self.numerator, 0.0))
        denominator = self.segments.total(np.where(used, self.weight, 0.0))
        with np.errstate(invalid="ignore", divide="ignore"):
            return self._centre(np.asarray(numerator / denominator, dtype=np.float64))

    def _centre(self, worked_out: Floats) -> Floats:
        given = self.options.centre
        return self.segments.spread(worked_out) if given is None else np.asarray(given)

    def before(self, values: Floats) -> Floats:
        """Return the value of the row before among those of the baseline; NaN on the first of a segment.

        Rows without a value are stepped over, except where qicharts2 is reproduced.
        """
        kept = self.base & (~np.isnan(self.values) | (self.options.compatible is not None))
        shifted = np.append(np.nan, values[kept])[:-1]
        shifted[Segments.of(self.segments.numbers()[kept]).firsts()] = np.nan
        found = np.full(len(values), np.nan)
        found[kept] = shifted
        return found

    def mean_range(self, ranges: Floats) -> Floats:
        """Return each segment's mean range, screened once where asked."""
        if not self.options.screen:
            return self.segments.mean(ranges)
        return screened_mean(ranges, self.segments, zero_too=self.options.compatible is not None)[0]


def check_points(
    name: str,
    values: Any,
    dates: Any,
    options: ChartOptions,
    *,
    weight: tuple[str, Any] | None = None,
    minimum: float | None = 0,
    ranges: bool = False,
) -> Points:
    """Check the points of a chart; with a weight (its name and numbers) values are numerators and become ratios."""
    numbers, when = one_series(name, values, dates)
    check_numbers(name, numbers, missing=True, minimum=minimum)
    chosen = check_options(options, name, numbers, ranges=ranges)
    many = len(numbers)
    segments = Segments.of(np.cumsum(rebase_marks(chosen.rebase, when, many, strict=True)))
    weights = np.ones(many)
    if weight is not None:
        weights = check_numbers(weight[0], weight[1], missing=True)
        check_lengths(**{name: numbers, weight[0]: weights})
        # nobody was at risk and nothing happened: such a period has no value
        weights[(weights == 0) & (np.nan_to_num(numbers) == 0)] = np.nan
        check_numbers(weight[0], weights, missing=True, above=0)
        if chosen.compatible:  # a point without a numerator has no limits there
            weights = np.where(np.isnan(numbers), np.nan, weights)
    ratios = numbers / weights
    included = ~point_marks("exclude", chosen.exclude, when, many, strict=True)
    first = baseline(ratios, segments, chosen.fix_after, gaps=chosen.compatible is not None)
    return Points(
        stamps(when, many), numbers, weights, ratios, segments, included, included & first, chosen
    )


def check_options(options: ChartOptions, name: str, values: Floats, *, ranges: bool) -> Options:
    """Return the options of a chart of these values with defaults, or refuse what they cannot be."""
    known = options.get("centre")
    centre = None if known is None else check_each("centre", known, name, values)
    chosen = replace(Options(**options), centre=centre)
    check_choice("compatible", chosen.compatible, (None, "qicharts2"))
    check_choice("method", chosen.method, ("anhoej", "bestbox", "cutbox"))
    if chosen.fix_after is not None:
        check_integer("fix_after", chosen.fix_after, 2 if ranges else 1)
    check_number("multiplier", chosen.multiplier, above=0)
    return chosen
