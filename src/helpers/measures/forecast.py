"""Forecasts of a measure to the date of its target, where one is allowed (methods, section 7)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.data.periods import months_between
from helpers.measures.targets import Goal
from helpers.report.period import add_months
from helpers.stats import trajectory
from helpers.stats.trajectory.scales import Kind

if TYPE_CHECKING:
    from helpers.measures.result import MeasureResult

#: no forecast reaches further than two years
FURTHEST = 24
#: months of a year, and how many full years show how one fills
YEAR, FEWEST_YEARS = 12, 2
#: per cent: a month that touches 0 or 100 lies far out on the scale of percentages where others are not near it,
#: and the steps there and back would make intervals from 0 to 100
TOUCHES, NEAR = 0.05, 1.0


@dataclass(frozen=True)
class YearSoFar:
    """A yearly sum part of the way."""

    months: int  # months of the year that have come
    total: float  # their sum, in the measure's unit, of the values that may be shown
    share: float  # share of the year's sum that had come by then in past years, 0 to 1
    years: int  # how many past years that rests on
    projected: float  # the year's sum to which this projects


@dataclass(frozen=True)
class Forecast:
    """Whether a goal will be met."""

    goal: Goal  # what has to be reached, by when
    result: trajectory.TargetForecast
    months: tuple[date, ...]  # first days of the months ahead, one per row of the fan
    year: YearSoFar | None = None  # for a sum over the year: what has come of it so far

    @property
    def chance(self) -> float:
        """Chance that the goal is met, 0 to 1."""
        return float("nan") if self.result.probability is None else self.result.probability

    @property
    def fan(self) -> pd.DataFrame:
        """One row per month ahead: lower95, lower80, median, upper80, upper95, in the measure's unit."""
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
    if result.untold:
        return "too many values must not be shown"
    if goal.target.value == 0 and result.measure.direction == "decrease":
        return "a target of none at all is a matter of yes or no, which a forecast cannot tell"
    if len(_history(result)) < trajectory.FEWEST_POINTS:
        return f"fewer than {trajectory.FEWEST_POINTS} months are comparable"
    if months_between(result.latest.day, goal.due) > FURTHEST:
        return "the target lies more than two years ahead"
    return _refuse_year(result, goal) if goal.met == "total" else ""


def _refuse_year(result: MeasureResult, goal: Goal) -> str:
    """Return why the sum of a year is not projected; empty where it is."""
    assert result.latest is not None, "asked for by `refuse` with a latest value alone"
    so_far = _so_far(result, goal)
    if not len(so_far):
        return "the year of the target has not begun"
    if np.isnan(so_far).any():
        return "a month of the year is missing or suppressed"
    if so_far.sum() <= 0:
        return "nothing has come of the year's sum yet"
    past = _past_years(result, goal)
    if len(past) < FEWEST_YEARS:
        return f"fewer than {FEWEST_YEARS} full years before show how a year fills"
    if (past[:, : len(so_far)].sum(axis=1) <= 0).any():
        return "in a past year nothing had come by this month"
    return ""


def forecast_of(result: MeasureResult, goal: Goal) -> Forecast:
    """Return the forecast of a measure that is not refused, from the months since its limits began."""
    assert result.latest is not None, "refused before"
    history, last = _history(result), result.latest.day
    horizon = months_between(last, goal.due)
    so_far = max(0, min(months_between(goal.first, last) + 1, len(history)))
    wanted = trajectory.TargetAhead(
        value=goal.target.value,
        horizon=horizon,
        improvement="increase" if result.measure.direction == "increase" else "decrease",
        met=goal.met,
        so_far=0 if goal.met == "end" else so_far,
    )
    found = trajectory.trajectory(history, wanted, kind=_scale(result, history))
    if _is_share(result, history):
        found = replace(found, fan=found.fan.clip(0, 100), outcome=found.outcome.clip(0, 100))
    months = tuple(add_months(last, step) for step in range(1, horizon + 1))
    if goal.met != "total":
        return Forecast(goal, found, months)
    return _by_profile(result, Forecast(goal, found, months))


def chance_within(result: MeasureResult, place: int, value: float, *, steps: int) -> float:
    """Return the chance that the figure so many months after a place of the series is as good as a value or better.

    It is told from what was known then alone; NaN with too few months.
    """
    first = result.chart.limits.first
    start = first if place - first >= trajectory.FEWEST_POINTS else 0
    history = result.series.shown[start : place + 1]
    if int(np.isfinite(history).sum()) < trajectory.FEWEST_POINTS or not np.isfinite(history[-1]):
        return float("nan")
    aim = trajectory.TargetAhead(
        value=value,
        horizon=steps,
        improvement="increase" if result.measure.direction == "increase" else "decrease",
    )
    found = trajectory.trajectory(history, aim, kind=_scale(result, history))
    return float("nan") if found.probability is None else found.probability


def _by_profile(result: MeasureResult, by_month: Forecast) -> Forecast:
    """Return the forecast of a yearly sum by the season of past years; the fan by month stays."""
    goal, direction = by_month.goal, by_month.result
    so_far, past = _so_far(result, goal), _past_years(result, goal)
    wide, narrow = (
        trajectory.cumulative_projection(
            float(so_far.sum()),
            len(so_far),
            past,
            goal.target.value,
            improvement="increase" if result.measure.direction == "increase" else "decrease",
            confidence=level,
        )
        for level in (0.95, 0.8)
    )
    ends = {"lower95": wide.lower, "lower80": narrow.lower, "median": wide.total}
    outcome = pd.Series({**ends, "upper80": narrow.upper, "upper95": wide.upper})
    found = replace(direction, words=wide.words, probability=wide.probability, outcome=outcome)
    total = float(so_far.sum())
    year = YearSoFar(len(so_far), total, wide.share, len(past), total / wide.share)
    return replace(by_month, result=found, year=year)


# A forecast rests on what may be shown alone: a fan that began at an exact figure would tell it, and one
# fitted through a hidden month would tell of that.


def _so_far(result: MeasureResult, goal: Goal) -> np.ndarray:
    """Return the values of the goal's year up to the latest one."""
    assert result.latest is not None, "asked for by `refuse` with a latest value alone"
    months = max(0, months_between(goal.first, result.latest.day) + 1)
    last = result.latest.place + 1
    return np.asarray(result.series.shown[max(0, last - months) : last])


def _past_years(result: MeasureResult, goal: Goal) -> np.ndarray:
    """Return the values of the full years before the goal's since the limits began, years x months."""
    values, days = result.series.shown, result.series.days
    starts = [
        place
        for place, day in enumerate(days)
        if day.month == goal.first.month and day < goal.first and place >= result.chart.limits.first
    ]
    years = [values[start : start + YEAR] for start in starts]
    full = [year for year in years if len(year) == YEAR and np.isfinite(year).all() and year.sum() > 0]
    return np.array(full).reshape(-1, YEAR)


def _history(result: MeasureResult) -> np.ndarray:
    """Return the values of the last stretch, from its first to the latest one."""
    assert result.latest is not None, "asked for by `refuse` with a latest value alone"
    values = result.series.shown[result.chart.limits.first : result.latest.place + 1]
    known = np.flatnonzero(np.isfinite(values))
    return np.asarray(values[known[0] :] if len(known) else values[:0])


def _scale(result: MeasureResult, history: np.ndarray) -> Kind:
    """Return the scale that keeps a forecast within what the measure can be."""
    low, high = float(np.nanmin(history)), float(np.nanmax(history))
    if _is_share(result, history):
        jumps = low <= TOUCHES and high > NEAR, high >= 100 - TOUCHES and low < 100 - NEAR
        return "number" if any(jumps) else "percentage"
    return "count" if result.measure.kind == "count" and low >= 0 else "number"


def _is_share(result: MeasureResult, history: np.ndarray) -> bool:
    """Tell whether values are per cent of a whole, so that none can lie beyond 0 and 100."""
    return bool(result.measure.unit == "%" and np.nanmin(history) >= 0 and np.nanmax(history) <= 100)
