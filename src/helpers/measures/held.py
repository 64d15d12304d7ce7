"""What each period of a series is held against: its target, the trust's own plan, or a line to a milestone.

A milestone for March is judged in March. The months before it are held against the trajectory that the
organisation registered, else against a straight line from where it stood when the milestone was set.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from helpers.data.periods import financial_year
from helpers.measures.series import last_day
from helpers.measures.targets import target_on
from helpers.register.models import Target

if TYPE_CHECKING:
    from helpers.measures.result import MeasureResult

MARCH: Final = 3
#: a value older than this says nothing of where a milestone began
BASELINE_MONTHS: Final = 12
By = Literal["target", "trajectory", "our_line"]


@dataclass(frozen=True)
class Held:
    """What one period is held against."""

    value: float  # in the measure's unit
    by: By  # the target itself, the trajectory that the organisation registered, or our straight line


def held_against(result: MeasureResult) -> tuple[Held | None, ...]:
    """Return what each period is held against, in order; None where it is held against nothing.

    Measures without a good direction, and periods whose target is the sum of a year, are held against nothing.
    """
    if result.measure.direction == "neutral":
        return (None,) * len(result.series)
    ends = [last_day(result.series, result.measure, place) for place in range(len(result.series))]
    return tuple(_held_on(result, day, ends) for day in ends)


def _held_on(result: MeasureResult, day: date, ends: list[date]) -> Held | None:
    target = target_on(result.targets, day)
    if target is None or target.meaning == "cumulative":
        return None
    due = due_of(target, day)
    if target.meaning != "march_value" or (day.year, day.month) >= (due.year, due.month):
        return Held(target.value, "target")
    planned = result.trajectory.get(f"{day:%Y-%m}")
    if planned is not None:
        return Held(planned, "trajectory")
    return _on_line(result, target, (day, due), ends)


def due_of(target: Target, day: date) -> date:
    """Return the last day by which a milestone counts: its own end, or the March that ends the year of `day`."""
    return target.end or date(financial_year(day) + 1, MARCH, 31)


def _on_line(
    result: MeasureResult, target: Target, span: tuple[date, date], ends: list[date]
) -> Held | None:
    """Return the point of the straight line from the baseline to a milestone; None without a baseline."""
    day, due = span
    begins = target.start or date(financial_year(due), 4, 1)
    known = [
        (end, float(value))
        for end, value in zip(ends, result.series.shown, strict=True)
        if np.isfinite(value) and end < begins and _months(end, begins) <= BASELINE_MONTHS
    ]
    if not known:
        return None
    since, base = known[-1]
    if (base >= target.value) if result.measure.direction == "increase" else (base <= target.value):
        return Held(target.value, "target")  # it was there already, and is to stay there
    gone = _months(since, day) / _months(since, due)
    return Held(base + (target.value - base) * gone, "our_line")


def _months(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month
