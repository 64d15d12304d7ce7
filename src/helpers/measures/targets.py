"""Targets of a measure in time: the one in force, the next, and what a forecast has to reach by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from helpers.data.periods import financial_year, months_between, period_end
from helpers.measures.series import MeasureSeries, last_day
from helpers.register.models import Measure, Target

if TYPE_CHECKING:
    from helpers.measures.result import MeasureResult


Met = Literal["end", "mean", "total"]
_MET: dict[str, Met] = {
    "every_period": "end",
    "march_value": "end",
    "year_mean": "mean",
    "cumulative": "total",
}
#: what is said of a target that a file gave beside its figures
WITH_DATA = "with the data"
KINDS = {
    "constitutional": "constitutional standard",
    "planning_milestone": "planning milestone",
    "local": "local target",
}


@dataclass(frozen=True)
class Goal:
    """What a forecast is asked: will this target be met by then?"""

    target: Target
    due: date  # first day of the month in which it has to be met
    met: Met  # whether the value of that month, the year's mean or the year's total has to meet it
    first: date  # first month of the year that counts towards a mean or total
    dated: bool  # whether the target itself names the date; otherwise it is the end of the financial year


def targets_of(measure: Measure, series: MeasureSeries) -> tuple[Target, ...]:
    """Return the dated targets: one that came with the data goes before the register's in its periods.

    The one of the latest period stays in force until the register has a later one.
    """
    found: list[Target] = []
    ends: date | None = None  # of the last period that had a target
    for day, value in zip(series.days, series.targets, strict=True):
        if not np.isfinite(value):
            ends = None
            continue
        end = period_end(day, measure.frequency)
        # a target of the register that begins in this period would otherwise be the newer one
        begun = [target.start for target in measure.targets if target.start and day <= target.start <= end]
        if ends is None or begun or found[-1].value != value:
            start = max([day, *begun])
            found.append(Target(value=float(value), kind="local", source=WITH_DATA, start=start))
        ends = end
        goes_on = not measure.targets or day == series.days[-1]
        found[-1] = found[-1].model_copy(update={"end": None if goes_on else end})
    return (*found, *measure.targets)


def target_on(targets: tuple[Target, ...], day: date) -> Target | None:
    """Return the target in force on a day; of several, the one that began last, of these the first."""
    current = [target for target in targets if target.in_force(day)]
    return max(current, key=lambda target: target.start or date.min, default=None)


def next_target(targets: tuple[Target, ...], day: date) -> Target | None:
    """Return the first target that begins after a day."""
    later = [target for target in targets if target.start and target.start > day]
    return min(later, key=lambda target: target.start or date.max, default=None)


def standard_behind(targets: tuple[Target, ...], day: date, current: Target | None) -> Target | None:
    """Return the constitutional standard that stands behind a milestone or local target."""
    if current is None or current.kind == "constitutional":
        return None
    return target_on(tuple(t for t in targets if t.kind == "constitutional"), day)


def goal_after(targets: tuple[Target, ...], last: date) -> Goal | None:
    """Return what the months after `last` (first day of a month) have to reach, the nearest date first.

    A target without a date of its own is asked for at the end of the financial year.
    """
    end = period_end(last, "month")
    goals = [
        goal
        for target in targets
        if (target.end is None or target.end > end) and (goal := _goal(target, last)) is not None
    ]
    current = target_on(targets, end)
    dated = [goal for goal in goals if goal.dated]
    if dated:
        return min(dated, key=lambda goal: goal.due)
    return next((goal for goal in goals if goal.target is current), None)


def _goal(target: Target, last: date) -> Goal | None:
    begins = target.start if target.start and target.start > last else last
    year = financial_year(target.end or begins)
    due = target.end.replace(day=1) if target.end else date(year + 1, 3, 1)
    if due <= last:
        due, year = date(year + 2, 3, 1), year + 1
    return Goal(target, due, _MET[target.meaning], date(year, 4, 1), dated=target.end is not None)


# --- what each period is held against --------------------------------------------------------------


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
    return tuple(held_on(result, day) for day in _ends(result))


def _ends(result: MeasureResult) -> list[date]:
    return [last_day(result.series, result.measure, place) for place in range(len(result.series))]


def held_on(result: MeasureResult, day: date) -> Held | None:
    """Return what a period that ends on a day is held against, one to come too; None where against nothing."""
    target = target_on(result.targets, day)
    if target is None or target.meaning == "cumulative":
        return None
    due = due_of(target, day)
    if target.meaning != "march_value" or (day.year, day.month) >= (due.year, due.month):
        return Held(target.value, "target")
    planned = result.trajectory.get(f"{day:%Y-%m}")
    if planned is not None:
        return Held(planned, "trajectory")
    return _on_line(result, target, (day, due), _ends(result))


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
        if np.isfinite(value) and end < begins and months_between(end, begins) <= BASELINE_MONTHS
    ]
    if not known:
        return None
    since, base = known[-1]
    if (base >= target.value) if result.measure.direction == "increase" else (base <= target.value):
        return Held(target.value, "target")  # it was there already, and is to stay there
    gone = months_between(since, day) / months_between(since, due)
    return Held(base + (target.value - base) * gone, "our_line")
