"""Forecasts of a measure to the date of its target, where one is allowed (methods, section 7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.report.measures.targets import Goal
from helpers.report.period import add_months
from helpers.stats import trajectory
from helpers.stats.trajectory.scales import Kind

if TYPE_CHECKING:
    from helpers.report.measures.result import MeasureResult

#: no forecast reaches further than two years
FURTHEST = 24


@dataclass(frozen=True)
class Forecast:
    """Whether a goal will be met.

    Parameters
    ----------
    goal
        What has to be reached, by when.
    result
        Chance, words, median and intervals.
    months
        First days of the months ahead, one per row of the fan.
    """

    goal: Goal
    result: trajectory.Trajectory
    months: tuple[date, ...]

    @property
    def chance(self) -> float:
        """Chance that the goal is met, 0 to 1."""
        return float("nan") if self.result.probability is None else self.result.probability

    @property
    def fan(self) -> pd.DataFrame:
        """One row per month ahead: low95, low80, median, high80, high95, in the measure's unit."""
        return self.result.fan


def refuse(result: MeasureResult) -> str:
    """Return why a measure is not forecast, in words; empty where it is."""
    goal = result.goal
    if goal is None or result.latest is None:
        return "there is no target to come"
    if result.measure.frequency != "month":
        return "only monthly measures are forecast"
    if result.stale:
        return "the latest value is too old"
    if result.series.mostly_hidden:
        return "most values must not be shown"
    if goal.target.value == 0 and result.measure.direction == "decrease":
        return "a target of none at all is a matter of yes or no, which a forecast cannot tell"
    if len(_history(result)) < trajectory.FEWEST_POINTS:
        return f"fewer than {trajectory.FEWEST_POINTS} months are comparable"
    if _months_to(result.latest.day, goal.due) > FURTHEST:
        return "the target lies more than two years ahead"
    return ""


def forecast_of(result: MeasureResult, goal: Goal) -> Forecast:
    """Return the forecast of a measure that is not refused, from the months since its limits began."""
    assert result.latest is not None, "refused before"
    history, last = _history(result), result.latest.day
    horizon = _months_to(last, goal.due)
    so_far = max(0, min(_months_to(goal.first, last) + 1, len(history)))
    wanted = trajectory.Target(
        value=goal.target.value,
        horizon=horizon,
        improvement="increase" if result.measure.direction == "increase" else "decrease",
        met=goal.met,
        so_far=0 if goal.met == "end" else so_far,
    )
    found = trajectory.trajectory(history, wanted, kind=_scale(result, history))
    return Forecast(goal, found, tuple(add_months(last, step) for step in range(1, horizon + 1)))


def _history(result: MeasureResult) -> np.ndarray:
    """Return the exact values of the last stretch, from its first to the latest shown one."""
    assert result.latest is not None, "asked for by `refuse` with a latest value alone"
    values = result.series.values[result.chart.limits.first : result.latest.place + 1]
    known = np.flatnonzero(np.isfinite(values))
    return np.asarray(values[known[0] :] if len(known) else values[:0])


def _scale(result: MeasureResult, history: np.ndarray) -> Kind:
    """Return the scale that keeps a forecast within what the measure can be."""
    finite = history[np.isfinite(history)]
    if result.measure.unit == "%" and finite.min() >= 0 and finite.max() <= 100:
        return "percentage"
    return "count" if result.measure.kind == "count" and finite.min() >= 0 else "number"


def _months_to(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month
