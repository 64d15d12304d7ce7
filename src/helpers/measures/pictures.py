"""The chart of a result, and the words that stand for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Final

import numpy as np
from matplotlib.figure import Figure

from helpers.measures.forecast import Forecast
from helpers.measures.result import MeasureResult
from helpers.measures.series import last_day
from helpers.measures.targets import target_on
from helpers.register.models import Target
from helpers.report.charts.multiples import Small, multiples_chart
from helpers.report.charts.process import FanAhead, TargetStep, spc_chart
from helpers.report.controlled_charts import unmarked
from helpers.report.period import add_months

#: inches: lower than a chart alone, so that a section needs less than a page
HEIGHT: Final = 1.9
#: months behind the last value for which an own plan is drawn
PLAN_AHEAD: Final = 12
SHORT: Final = {"constitutional": "standard", "planning_milestone": "milestone", "local": "local target"}


def chart_of_result(result: MeasureResult) -> Figure:
    """Draw a result: values that may be shown, limits, dated targets, events, forecast."""
    forecast = result.forecast if result.goal is not None and result.goal.dated else None
    return spc_chart(
        unmarked(result.chart) if result.unstable else result.chart,
        result.series.shown,
        unit=result.measure.unit,
        steps=target_steps(result, forecast),
        events=[(event.day, event.name) for event in result.events],
        fan=None if forecast is None else _fan(forecast),
        planned=planned_of(result),
        digits=result.measure.digits,
        height=HEIGHT,
    )


def planned_of(result: MeasureResult) -> list[tuple[date, float]]:
    """Return the own trajectory: from the first month drawn to the day its goal is due, a year at most."""
    days = result.series.days
    due = result.goal.due if result.goal is not None else days[-1]
    last = min(due, add_months(days[-1], PLAN_AHEAD))
    planned = [
        (date.fromisoformat(f"{month}-01"), value) for month, value in sorted(result.trajectory.items())
    ]
    return [(day, value) for day, value in planned if days[0] <= day <= max(last, days[-1])]


def multiples_of(results: Sequence[MeasureResult]) -> Figure:
    """Draw several results small."""
    return multiples_chart([_small(result) for result in results])


def _small(result: MeasureResult) -> Small:
    limits, target = result.chart.limits, result.target
    aim = None if target is None or target.meaning == "cumulative" else target.value
    return Small(
        title=result.measure.name,
        days=result.series.periods,
        values=result.series.shown,
        mean=limits.centre,
        lower=limits.lower,
        upper=limits.upper,
        first=limits.first,
        target=np.nan if aim is None else aim,
        unit=result.measure.unit,
    )


def target_steps(result: MeasureResult, forecast: Forecast | None) -> list[TargetStep]:
    """Return the targets in force along the series and its forecast, as steps; one for the sum of a year is no line."""
    days = result.series.days
    in_force: list[tuple[date, Target | None]] = [
        (day, target_on(result.targets, last_day(result.series, result.measure, place)))
        for place, day in enumerate(days)
    ]
    in_force += [(day, target_on(result.targets, day)) for day in (forecast.months if forecast else ())]
    steps = []
    for target, group in groupby(in_force, key=lambda entry: entry[1]):
        if target is not None and target.meaning != "cumulative":
            held = [day for day, _ in group]
            steps.append(TargetStep(held[0], held[-1], target.value, SHORT[target.kind]))
    return _joined(steps)


def _joined(steps: list[TargetStep]) -> list[TargetStep]:
    """Join steps of one name and value that follow each other, such as a milestone that was renewed."""
    joined: list[TargetStep] = []
    for step in steps:
        if joined and (joined[-1].value, joined[-1].name) == (step.value, step.name):
            joined[-1] = TargetStep(joined[-1].first, step.last, step.value, step.name)
        else:
            joined.append(step)
    return joined


def _fan(forecast: Forecast) -> FanAhead:
    fan = forecast.fan
    names = ("median", "lower80", "upper80", "lower95", "upper95")
    return FanAhead(forecast.months, **{name: fan[name].to_numpy(dtype=float) for name in names})
