"""Results made from bare numbers: what tests of verdicts and sentences begin with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
from hypothesis import strategies as st

from helpers.data.periods import period_end
from helpers.measures.examples import example_measure
from helpers.measures.place import Place
from helpers.measures.result import ChartEvent, MeasureResult
from helpers.measures.series import MeasureSeries
from helpers.measures.targets import target_on
from helpers.register.models import Measure, Target
from helpers.report.controlled_charts import chart_told
from helpers.report.period import add_months
from helpers.stats.spc import xmr

#: twelve months about 10 without any signal, thrice
QUIET = [9.7, 9.0, 10.9, 10.8, 10.3, 9.2, 9.4, 10.1, 9.6, 10.7, 9.8, 10.5] * 3
HIGHER = example_measure(direction="increase")
NEUTRAL = example_measure(
    direction="neutral", subject="the number of visits", kind="count", unit="visits", digits=0
)


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


def target(value: float, kind: str = "local", **keys: object) -> Target:
    return Target(value=value, kind=kind, source="the board", **keys)  # type: ignore[arg-type]


def quiet(last: float | None = None, **keys: object) -> MeasureResult:
    """Return the quiet months, the last of them another value where one is given."""
    values: list[float | None] = [*QUIET]
    if last is not None:
        values[-1] = last
    return example_result(values, **keys)  # type: ignore[arg-type]


VALUE = st.one_of(st.none(), st.floats(0, 100), st.integers(0, 100).map(float))


@st.composite
def any_results(draw: st.DrawFn, name: str = "Missed appointments") -> MeasureResult:
    """Draw a result of any shape: gaps, hidden months, restarts, targets, units, directions."""
    unit, kind, digits = draw(
        st.sampled_from(
            [
                ("%", "proportion", 1),
                ("%", "ratio", 2),
                ("days", "mean", 2),
                ("£", "mean", 0),
                ("patients", "count", 0),
            ]
        )
    )
    direction = draw(st.sampled_from(["increase", "decrease", "neutral"]))
    measure = example_measure(
        id=name.lower().replace(" ", "_"),
        name=name,
        unit=unit,
        kind=kind,
        digits=digits,
        direction=direction,
    )
    values: Sequence[float | None] = draw(st.lists(VALUE, min_size=1, max_size=40))
    if kind == "count":
        values = [None if value is None else float(round(value)) for value in values]
    places = st.integers(0, len(values) - 1)
    hidden = draw(st.lists(places, max_size=len(values) // 2, unique=True))
    rebase = [place for place in draw(st.lists(places, max_size=2, unique=True)) if place > 0]
    meaning = draw(st.sampled_from(["every_period", "march_value"]))
    value = draw(st.one_of(st.floats(0, 100), st.sampled_from([0.0, 100.0, 95.0])))
    target = Target(
        value=round(value, digits), kind="planning_milestone", source="guidance", meaning=meaning
    )
    targets = draw(st.sampled_from([[], [target]]))
    result = example_result(values, measure=measure, targets=targets, hidden=hidden, rebase=sorted(rebase))
    later = draw(st.sampled_from([0, 0, 30, 400]))
    national = draw(places_among(measure)) if result.latest and draw(st.booleans()) else None
    return replace(result, judged_on=result.judged_on + timedelta(days=later), national=national)


@st.composite
def places_among(draw: st.DrawFn, measure: Measure) -> Place:
    """Draw where a measure lies among trusts, its peers few or many."""
    low, median, high = sorted(draw(st.floats(0, 100)) for _ in range(3))
    value, peers = draw(st.floats(0, 100)), draw(st.sampled_from([0, 5, 31]))
    better = (value > high) == (measure.direction == "increase")
    beyond = "better" if better else "worse"
    return Place(
        period=date(2027, 3, 1),
        measure=measure,
        value=value,
        trusts=draw(st.integers(10, 140)),
        nation="acute trusts",
        national=draw(st.sampled_from([float("nan"), 0.0, 51.3])),
        low=low,
        median=median,
        high=high,
        group="large acute trusts" if peers else "",
        group_trusts=peers,
        group_median=median,
        side="typical" if low <= value <= high else beyond,
    )
