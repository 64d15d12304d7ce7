"""The rules of special cause, on all rows of all segments at once.

Order of the rules, and so which one names the reason: outside, trend, two in three, shift.
Source: NHS England, Making Data Count; behaviour as of NHSRplotthedots 0.2.2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from helpers.stats.checks import Bools, Floats, Ints
from helpers.stats.spc.limits import Segments

COMMON, OUTSIDE, TREND, TWO_IN_THREE, SHIFT, MISSING, UNJUDGED = range(7)


@dataclass(frozen=True)
class RuleSettings:
    """Run lengths and the variants of the rules.

    Parameters
    ----------
    trend, shift
        How many successive points make a trend and a shift.
    outside_counts
        Whether points beyond a limit count towards two in three.
    lean_right
        Whether a flagged point whose right neighbour is flagged takes the direction of the step between
        them even where both trends end or begin there, as NHSRplotthedots does.
    """

    trend: int
    shift: int
    outside_counts: bool
    lean_right: bool


@dataclass(frozen=True)
class RuleFindings:
    """Per row: the first rule that applies, and its direction (+1 high or rising, -1 low or falling)."""

    rule: Ints
    direction: Ints


def run_lengths(signs: Ints, segments: Segments) -> Ints:
    """Return the length of the run of equal signs that each row belongs to; 0 where the sign is 0."""
    new = segments.firsts()
    new[1:] |= signs[1:] != signs[:-1]
    starts = np.flatnonzero(new)
    lengths = np.diff(np.append(starts, len(signs)))
    return np.where(signs != 0, np.repeat(lengths, lengths), 0)


def _sign(values: Floats) -> Ints:
    """Return -1, 0 or 1; a missing value has the sign 0, so it breaks every run."""
    return np.sign(np.nan_to_num(values, nan=0.0)).astype(np.int64)


def _next(marks: Ints, segments: Segments) -> Ints:
    """Return each row's right neighbour in its segment; 0 on the segment's last row."""
    following = np.zeros_like(marks)
    following[:-1] = marks[1:]
    following[segments.starts + segments.lengths - 1] = 0
    return following


def find_trends(values: Floats, segments: Segments, settings: RuleSettings) -> tuple[Bools, Ints]:
    """Return which rows lie in a trend, and its direction."""
    steps = np.zeros(len(values), np.int64)
    steps[1:] = _sign(np.diff(values))
    steps[segments.firsts()] = 0
    long_steps = np.where(run_lengths(steps, segments) >= settings.trend - 1, steps, 0)
    following = _next(long_steps, segments)
    within = (long_steps != 0) | (following != 0)
    if settings.lean_right:
        right_within = _next(within.astype(np.int64), segments) != 0
        step = np.where(right_within, _next(steps, segments), steps)
        return within, np.where(step == 1, 1, -1)
    # a point in two trends takes the later one's direction
    return within, np.where(following != 0, following, long_steps)


def find_two_in_three(near: Bools, counted: Bools, side: Ints, segments: Segments) -> Bools:
    """Return which rows between near limit and limit lie in a window of three on one side with two such.

    Parameters
    ----------
    near
        Rows between near limit and limit: only these are flagged.
    counted
        Rows that count towards the two.
    side
        Side of the centre, -1, 0 or 1.
    """
    window = np.zeros(len(side), dtype=bool)
    one_side = (side[2:] != 0) & (side[2:] == side[1:-1]) & (side[2:] == side[:-2])
    enough = counted[2:].astype(np.int64) + counted[1:-1] + counted[:-2] >= 2
    window[2:] = one_side & enough
    window &= segments.positions() >= 2
    member = window.copy()
    member[:-1] |= window[1:]
    member[:-2] |= window[2:]
    return member & near


def find_special_cause(
    values: Floats, lines: dict[str, Floats], segments: Segments, settings: RuleSettings
) -> RuleFindings:
    """Name the first rule that applies to each row.

    Parameters
    ----------
    values
        Shape (rows,); NaN is a missing value.
    lines
        `centre`, `lower`, `upper`, `near_lower`, `near_upper`, each of shape (rows,).
    segments
        Rules restart at each segment.
    """
    side = _sign(values - lines["centre"])
    outside = (values > lines["upper"]) | (values < lines["lower"])
    near = ~outside & ((values > lines["near_upper"]) | (values < lines["near_lower"]))
    trend, trend_direction = find_trends(values, segments, settings)
    counted = near | outside if settings.outside_counts else near
    rules = [
        outside,
        trend,
        find_two_in_three(near, counted, side, segments),
        run_lengths(side, segments) >= settings.shift,
    ]
    rule = np.select(rules, [OUTSIDE, TREND, TWO_IN_THREE, SHIFT], COMMON).astype(np.int64)
    direction = np.select([rule == TREND, rule != COMMON], [trend_direction, side], 0).astype(np.int64)
    return RuleFindings(rule, direction)
