"""What goes into the analysis of charts: rows of all series, and how they are worked out."""

from __future__ import annotations

from dataclasses import dataclass

from helpers.stats.checks import Floats, Ints
from helpers.stats.spc.rules import RuleSettings


@dataclass(frozen=True)
class Series:
    """Rows of all series, sorted by series and date.

    Parameters
    ----------
    values
        Shape (rows,); NaN is a missing value.
    group
        Number of the series of each row, from 0 without gaps, sorted.
    segment
        Number of the segment of each row over all series, from 0 without gaps, sorted.
    target
        Target in force at each row; NaN is none.
    improvement
        Shape (series,): +1 increase, -1 decrease, 0 neutral.
    suggested
        Shape (series,): row at which a stable stretch was found and a segment begins that nobody registered,
        -1 where none; the segment before it is not judged. None where none was looked for.
    """

    values: Floats
    group: Ints
    segment: Ints
    target: Floats
    improvement: Ints
    suggested: Ints | None = None


@dataclass(frozen=True)
class Settings:
    """How limits and rules are worked out; `settle` looks for a stable stretch where the whole has none."""

    screen: bool
    fix_after: int | None
    rules: RuleSettings
    published_tool: bool
    settle: bool = False
