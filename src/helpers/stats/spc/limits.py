"""Process limits of an XmR chart for many segments at once.

Rows are sorted by series and date; a *segment* is a stretch of rows between two rebases. Everything here
works on all segments in one pass: no loop over series.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.stats.checks import Bools, Floats, Ints

#: 3/d2 for ranges of two points (d2 = 1.128), as printed in Making Data Count
LIMIT_FACTOR = 2.66
NEAR_FACTOR = 2 * (LIMIT_FACTOR / 3)
#: D4 for ranges of two points: a moving range at or above this times the mean is screened (Nelson 1982)
SCREEN_FACTOR = 3.267
#: so many in a row that rise, fall or lie on one side of the mean are a special cause (Making Data Count)
RUN_POINTS = 7
#: fewer baseline points than this make provisional limits (Making Data Count)
FIRM_FROM = 13


@dataclass(frozen=True)
class Segments:
    """Where each segment starts in the rows, and how many rows it has."""

    starts: Ints
    lengths: Ints

    @classmethod
    def of(cls, numbers: Ints) -> Segments:
        """Find the segments in a sorted column of segment numbers."""
        if not len(numbers):
            return cls(np.zeros(0, np.int64), np.zeros(0, np.int64))
        starts = np.concatenate([[0], np.flatnonzero(np.diff(numbers)) + 1])
        return cls(starts, np.diff(np.append(starts, len(numbers))))

    def spread(self, per_segment: Floats) -> Floats:
        """Repeat one value per segment on each of its rows."""
        return np.repeat(per_segment, self.lengths)

    def positions(self) -> Ints:
        """Return the place of each row in its segment, from 0."""
        return np.arange(int(self.lengths.sum())) - np.repeat(self.starts, self.lengths)

    def firsts(self) -> Bools:
        """Mark the first row of each segment."""
        return np.asarray(self.positions() == 0)

    def count(self, marks: Bools) -> Ints:
        """Count the marked rows of each segment."""
        return np.add.reduceat(marks.astype(np.int64), self.starts)

    def total(self, values: Floats) -> Floats:
        """Sum each segment in extended precision."""
        return np.add.reduceat(values.astype(np.longdouble), self.starts)

    def mean(self, values: Floats) -> Floats:
        """Return the mean of each segment's present values; NaN where there are none.

        In two passes of extended precision: a series of equal values must have exactly that value as its
        mean, or points on the centre line would fall to one side of it.
        """
        present = ~np.isnan(values)
        count = self.count(present)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = self.total(np.where(present, values, 0.0)) / count
            residual = np.where(present, values - self.spread(mean), 0.0)
            return np.asarray(mean + self.total(residual) / count, dtype=np.float64)

    def numbers(self) -> Ints:
        """Return the number of each row's segment, from 0."""
        return np.repeat(np.arange(len(self.starts)), self.lengths)

    def median(self, values: Floats) -> Floats:
        """Return the median of each segment's present values; NaN where there are none."""
        medians = pd.Series(values).groupby(self.numbers()).median()
        return np.asarray(medians, dtype=np.float64)


@dataclass(frozen=True)
class Limits:
    """Centre and limits, one value per segment."""

    centre: Floats
    lower: Floats
    upper: Floats
    near_lower: Floats
    near_upper: Floats
    mean_range: Floats
    baseline: Ints  # points that the limits rest on
    screened: Ints  # moving ranges that were left out

    @property
    def lines(self) -> dict[str, Floats]:
        """The five lines by name."""
        names = ("centre", "lower", "upper", "near_lower", "near_upper")
        return {name: getattr(self, name) for name in names}


def baseline(values: Floats, segments: Segments, fix_after: int | None, *, gaps: bool = False) -> Bools:
    """Mark the first `fix_after` points of each segment, all where it is None; missing ones count with `gaps`."""
    if fix_after is None:
        return np.ones(len(values), dtype=bool)
    counted = np.ones(len(values), dtype=bool) if gaps else ~np.isnan(values)
    so_far = np.cumsum(counted)
    before = (so_far - counted)[segments.starts]
    return np.asarray(so_far - np.repeat(before, segments.lengths) <= fix_after)


def screened_mean(ranges: Floats, segments: Segments, *, zero_too: bool) -> tuple[Floats, Bools]:
    """Return each segment's mean range without those of 3.267 times it or more, and which these are.

    With `zero_too` screening is done where the mean is 0 as well, which leaves nothing (the R packages).
    """
    mean = segments.mean(ranges)
    threshold = segments.spread(SCREEN_FACTOR * mean)
    dropped = (ranges >= threshold) & (zero_too | (threshold > 0))
    return segments.mean(np.where(dropped, np.nan, ranges)), dropped


def moving_ranges(values: Floats, segments: Segments) -> Floats:
    """Return |y_i - y_(i-1)| within each segment; NaN on its first row."""
    ranges = np.full(len(values), np.nan)
    ranges[1:] = np.abs(np.diff(values))
    ranges[segments.firsts()] = np.nan
    return ranges


def xmr_limits(
    values: Floats, segments: Segments, *, screen: bool, fix_after: int | None, screen_zero: bool
) -> Limits:
    """Work out centre and limits of every segment from its first `fix_after` rows, or from all.

    Source: Nelson (1982), Journal of Quality Technology 14:172; NHS England, Making Data Count.
    """
    base = values if fix_after is None else np.where(segments.positions() < fix_after, values, np.nan)
    centre = segments.mean(base)
    ranges = moving_ranges(base, segments)
    mean_range, dropped = segments.mean(ranges), np.zeros(len(values), dtype=bool)
    if screen:
        mean_range, dropped = screened_mean(ranges, segments, zero_too=screen_zero)
    return Limits(
        centre=centre,
        lower=centre - LIMIT_FACTOR * mean_range,
        upper=centre + LIMIT_FACTOR * mean_range,
        near_lower=centre - NEAR_FACTOR * mean_range,
        near_upper=centre + NEAR_FACTOR * mean_range,
        mean_range=mean_range,
        baseline=segments.count(~np.isnan(base)),
        screened=segments.count(dropped),
    )
