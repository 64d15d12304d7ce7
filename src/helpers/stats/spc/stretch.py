"""The latest stable stretch of a series whose whole no single pair of limits describes.

A step or a drift three years ago makes most of a series special causes, though the process has been steady
since. The longest end of the series that shows none of it is what the process is today.
"""

from __future__ import annotations

import numpy as np

from helpers.stats.checks import Bools, Floats, Ints
from helpers.stats.spc.limits import FIRM_FROM, Segments, xmr_limits
from helpers.stats.spc.rules import COMMON, RuleSettings, find_special_cause

#: values of a stretch may follow each other no more closely than this (lag-1 correlation) …
MOST_LAG1 = 0.3
#: … and have no slope of more standard errors than this
MOST_SLOPE = 2.0


def stable_starts(values: Floats, segments: Segments, rules: RuleSettings) -> Ints:
    """Return where in each segment its latest stable stretch begins.

    Parameters
    ----------
    values
        Shape (rows,), none missing.
    segments
        Where the series lie in the rows.
    rules
        Run lengths of the special causes that a stretch must not show.

    Returns
    -------
    Ints
        Shape (segments,): the row of the first point of the longest end of at least 13 points, not the whole
        segment, that has no special cause under its own screened limits, a lag-1 correlation of at most 0.3 and
        a slope of at most two standard errors; -1 where there is none.
    """
    found = np.full(len(segments.starts), -1, dtype=np.int64)
    ends = segments.starts + segments.lengths
    candidates = [
        (number, first)
        for number, (start, end) in enumerate(zip(segments.starts.tolist(), ends.tolist(), strict=True))
        for first in range(start + 1, end - FIRM_FROM + 1)
    ]
    if not candidates:
        return found
    numbers, firsts = (np.array(column, dtype=np.int64) for column in zip(*candidates, strict=True))
    lengths = ends[numbers] - firsts
    tails = Segments(np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths)
    of_tails = values[np.repeat(firsts, lengths) + tails.positions()]
    stable = _stable(of_tails, tails, rules)
    # candidates of a segment stand longest first
    known, where = np.unique(numbers[stable], return_index=True)
    found[known] = firsts[stable][where]
    return found


def _stable(values: Floats, segments: Segments, rules: RuleSettings) -> Bools:
    """Tell which segments are steady from end to end."""
    limits = xmr_limits(values, segments, screen=True, fix_after=None, screen_zero=False)
    lines = {name: segments.spread(line) for name, line in limits.lines.items()}
    special = segments.count(find_special_cause(values, lines, segments, rules).rule != COMMON)
    lag1 = lag1_correlation(values, segments)
    slope = slope_errors(values, segments)
    return np.asarray((special == 0) & ~(lag1 > MOST_LAG1) & ~(np.abs(slope) > MOST_SLOPE))


def slope_errors(values: Floats, segments: Segments) -> Floats:
    """Return each segment's slope over its points in standard errors (least squares); NaN for constant ones."""
    place, value = (_deviations(each, segments) for each in (segments.positions().astype(float), values))
    spread = segments.total(place**2)
    with np.errstate(invalid="ignore", divide="ignore"):
        slope = segments.total(place * value) / spread
        left = segments.total((value - segments.spread(np.asarray(slope, dtype=float)) * place) ** 2)
        return np.asarray(slope / np.sqrt(left / (segments.lengths - 2) / spread), dtype=np.float64)


def lag1_correlation(values: Floats, segments: Segments) -> Floats:
    """Return each segment's lag-1 correlation: Pearson's r of each value with the one before it.

    NaN for under 3 points, or where either side of the pairs is constant.
    """
    later = ~segments.firsts()
    numbers = segments.numbers()[later]
    pairs = Segments.of(numbers)
    before = values[:-1][later[1:]]
    x, y = _deviations(before, pairs), _deviations(values[later], pairs)
    with np.errstate(invalid="ignore", divide="ignore"):
        some = pairs.total(x * y) / np.sqrt(pairs.total(x**2) * pairs.total(y**2))
    correlation = np.full(len(segments.starts), np.nan)
    correlation[numbers[pairs.starts]] = np.where(pairs.lengths >= 2, some, np.nan)
    return correlation


def _deviations(values: Floats, segments: Segments) -> Floats:
    return values - segments.spread(segments.mean(values))
