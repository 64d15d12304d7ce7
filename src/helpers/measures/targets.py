"""Targets of a measure in time: the one in force, the next, and what a forecast has to reach by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from helpers.data.periods import financial_year, period_end
from helpers.measures.series import MeasureSeries
from helpers.register.models import Measure, Target

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
        if measure.targets and day != series.days[-1]:
            found[-1] = found[-1].model_copy(update={"end": end})
        else:
            found[-1] = found[-1].model_copy(update={"end": None})
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
    year = financial_year(target.start) if target.start and target.start > last else financial_year(last)
    if target.end is not None:
        due = target.end.replace(day=1)
        year = financial_year(due)
    else:
        due = date(year + 1, 3, 1)
    if due <= last:
        due, year = date(year + 2, 3, 1), year + 1
    return Goal(target, due, _MET[target.meaning], date(year, 4, 1), dated=target.end is not None)
