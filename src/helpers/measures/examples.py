"""A measure and its result made from bare numbers: for the examples of docstrings and for tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from helpers.data.periods import period_end
from helpers.measures.result import ChartEvent, MeasureResult
from helpers.measures.series import MeasureSeries
from helpers.measures.targets import target_on
from helpers.register.models import Measure, Target
from helpers.report.controlled_charts import chart_told
from helpers.report.period import add_months
from helpers.stats.spc import xmr


def example_measure(**changes: Any) -> Measure:
    """Return a measure of the register with some keys changed.

    >>> example_measure(direction="neutral").direction
    'neutral'
    """
    keys: dict[str, Any] = {
        "id": "missed",
        "name": "Missed appointments",
        "subject": "the share of appointments missed",
        "description": "Of appointments, the share that were missed.",
        "purpose": "A missed appointment is lost to somebody who waits.",
        "objective": "use_of_capacity",
        "perspective": "processes",
        "kind": "proportion",
        "numerator": "Appointments missed",
        "denominator": "Appointments",
        "exclusions": "None.",
        "unit": "%",
        "direction": "decrease",
        "benchmark": "peer_median",
        "source": "Invented",
        "frequency": "month",
        "stale_after_days": 60,
        "owner": "Chief operating officer",
        "action": "Clinics review reminders.",
    }
    return Measure(**{**keys, **changes})


def example_result(
    values: Sequence[float | None],
    *,
    measure: Measure | None = None,
    targets: Sequence[Target] = (),
    hidden: Sequence[int] = (),
    rebase: Sequence[int] = (),
    first: date = date(2024, 4, 1),
) -> MeasureResult:
    """Return a result from monthly values in the measure's unit, None where one is missing.

    Values at `hidden` places must not be shown; limits restart at those of `rebase`; the first month is `first`.

    >>> example_result([5.0, 6.0, 5.0]).latest.value
    5.0
    """
    measure = measure or example_measure()
    days = [add_months(first, place) for place in range(len(values))]
    exact = np.array([np.nan if value is None else value for value in values], dtype=float)
    held = np.isin(np.arange(len(values)), hidden)
    series = MeasureSeries(
        periods=np.array(days, dtype="datetime64[D]"),
        values=exact,
        shown=np.where(held, np.nan, exact),
        numerator=exact,
        denominator=np.full(len(values), 100.0),
        hidden=held,
        provisional=np.zeros(len(values), dtype=bool),
        members=np.ones(len(values), dtype=np.int64),
        targets=np.full(len(values), np.nan),
        origin="records" if hidden else "published",
        datasets=("measure_values/invented",),
        as_at=days[-1],
    )
    dated = [target_on(tuple(targets), day) for day in days]
    chart = xmr(
        exact,
        series.periods,
        improvement=measure.direction,
        target={day: None if one is None else one.value for day, one in zip(days, dated, strict=True)},
        rebase=[np.datetime64(days[place]) for place in rebase],
        settle=True,
    )
    events = tuple(ChartEvent(days[place], "Wards moved", "intervention", rebases=True) for place in rebase)
    return MeasureResult(
        measure=measure,
        organisation="SYN01",
        series=series,
        chart=chart_told(
            chart, series.shown, digits=measure.digits, origin=series.origin, blank=series.mostly_hidden
        ),
        targets=tuple(targets),
        events=events,
        judged_on=period_end(days[-1], "month"),
    )
