"""Targets of a measure in time: the one in force, the next, and what a forecast has to reach by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from helpers.data.periods import financial_year, period_end
from helpers.register.models import Measure, Target
from helpers.report.measures.series import MeasureSeries

Met = Literal["end", "mean", "total"]
_MET: dict[str, Met] = {
    "every_period": "end",
    "march_value": "end",
    "year_mean": "mean",
    "cumulative": "total",
}
KINDS = {
    "constitutional": "constitutional standard",
    "planning_milestone": "planning milestone",
    "local": "local target",
}


@dataclass(frozen=True)
class Goal:
    """What a forecast is asked: will this target be met by then?

    Parameters
    ----------
    target
        The target.
    due
        First day of the month in which it has to be met.
    met
        Whether the value of that month, the year's mean or the year's total has to meet it.
    first
        First month of the year that counts towards a mean or total.
    dated
        Whether the target itself names the date; otherwise it is the end of the financial year.
    """

    target: Target
    due: date
    met: Met
    first: date
    dated: bool


def targets_of(measure: Measure, series: MeasureSeries) -> tuple[Target, ...]:
    """Return the register's targets, or those that came with the data where the register has none."""
    if measure.targets or not np.isfinite(series.targets).any():
        return measure.targets
    found: list[Target] = []
    for day, value in zip(series.days, series.targets, strict=True):
        if np.isfinite(value) and (not found or found[-1].value != value):
            found.append(Target(value=float(value), kind="local", source="with the data", start=day))
    return tuple(found)


def target_on(targets: tuple[Target, ...], day: date) -> Target | None:
    """Return the target in force on a day; of several, the one that began last."""
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
