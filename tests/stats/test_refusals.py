"""Every public method refuses spoilt arguments with an `ArgumentError` that names one, never with another error."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest

from helpers.errors import ArgumentError
from helpers.stats import dna, los, rates, spc, standardisation, trajectory, waiting
from helpers.stats import interrupted_series as series
from helpers.stats.fingertips import funnel_significance, funnel_table, rate_denominators
from helpers.stats.funnel import funnel
from helpers.stats.inequality import quantile_groups, slope_index
from helpers.stats.life_expectancy import life_expectancy
from helpers.stats.position import month_to_month, positions
from helpers.stats.spc import attribute

NAN = float("nan")
COUNTS = [float(count) for count in np.random.default_rng(0).poisson(50, 24)]
DATES = [day.date() for day in pd.date_range("2024-01-01", periods=24, freq="MS")]
HUNDREDS = [100.0] * 24
PAIR = {"spells": [5.0, 6.0], "days": [40.0, 50.0]}
YEARS = [[10.0] * 12, [12.0] * 12]
CELLS = pd.DataFrame(
    {
        "org_code": ["A", "A", "B", "B"],
        "specialty": ["100", "300"] * 2,
        **dict.fromkeys(los.STRATA[1:], "x"),
        "spells": [80.0, 20.0, 1000.0, 500.0],
        "days": [300.0, 260.0, 3000.0, 5000.0],
        "days_squared": [2000.0, 6000.0, 18_000.0, 80_000.0],
    }
)


def project(value: float, horizon: int, so_far: int) -> trajectory.TargetForecast:
    target = trajectory.TargetAhead(
        value=value, horizon=horizon, improvement="increase", met="total", so_far=so_far
    )
    return trajectory.trajectory(COUNTS, target, kind="count", draws=1000)


def simulate(demand: list[float], cv_demand: float, weeks: int) -> pd.DataFrame:
    flows = waiting.ListFlows(demand=demand, capacity=30, cv_demand=cv_demand)
    return waiting.simulate_list(50, flows, weeks, runs=100)


#: each method with arguments that it takes
CALLS: list[tuple[Callable[..., Any], dict[str, Any]]] = [
    (dna.dna_rate, {"dnas": [8.0, 3.0], "attendances": [92.0, 5.0]}),
    (dna.recovered_attendances, {"dnas": [8.0, 3.0], "reduction": [0.5, 0.5], "filled": [0.1, 0.1]}),
    (dna.list_relief, {"dnas": [8.0, 3.0], "reduction": [0.5, 0.5], "rebooked": [0.5, 0.5]}),
    (dna.ramp_profile, {"weeks": 4, "ramp_weeks": [1.0, 2.0]}),
    (dna.newcomer_wait, {"waiting_list": [100.0, 3.0], "removals": [2.0, 3.0]}),
    (dna.follow_up_bounds, {"dnas": [9.0, 3.0], "reduction": [0.5, 0.5], "minutes": [30.0, 20.0]}),
    (dna.dna_inequality, {"dnas": [9.0, 8.0, 7.0], "appointments": [90.0, 90.0, 90.0]}),
    (dna.recording_is_doubtful, {"dnas": 4.0, "appointments": 1000.0}),
    (dna.slot_value, {"attendances": 4.0, "minutes": 20.0, "price": 3.0}),
    (los.pooled_mean, PAIR),
    (los.trust_means, PAIR),
    (los.unweighted_mean, PAIR),
    (los.best_quartile, PAIR),
    (los.peer_median, PAIR),
    (los.crude_deviation, {**PAIR, "days_squared": [400.0, 500.0], "benchmark": [3.0, 3.0]}),
    (los.expected_variance,
     {"spells": [5.0, 6.0], "comparator_variance": [4.0, 5.0], "comparator_spells": [30.0, 30.0]}),
    (los.ratio_interval, {"observed": [5.0, 6.0], "expected": [4.0, 5.0], "variance": [3.0, 3.0]}),
    (los.split_deviation,
     {"spells": [5.0, 6.0], "observed": [4.0, 5.0], "expected": [30.0, 30.0], "benchmark": [3.0, 3.0]}),
    (los.kitagawa, {**PAIR, "comparator_spells": [30.0, 30.0], "comparator_days": [60.0, 60.0]}),
    (los.opportunity,
     {"observed": [5.0, 6.0], "expected": [4.0, 5.0], "standard_error": [0.1, 0.1], "lower": [0.5, 0.5]}),
    (los.excess_beds, {"bed_days": 5.0, "days_in_period": 30.0, "occupancy": 0.9}),
    (los.excess_cost, {"bed_days": 5.0, "bed_day_cost": 300.0}),
    (los.long_stays, {"days": [5.0, 6.0], "spells": [1.0, 2.0], "thresholds": [7.0, 14.0]}),
    (los.zero_day_stays, {"days": [0.0, 6.0], "spells": [1.0, 2.0]}),
    (los.trim_points, {"days": [5.0, 6.0], "strata": ["a", "b"], "shortest": 5.0}),
    (los.trim_stays, {"days": [5.0, 6.0], "points": [4.0, 5.0]}),
    (los.match_comparators, {"cells": CELLS, "minimum": 20}),
    (rates.proportion, {"numerator": [5.0, 6.0], "denominator": [10.0, 10.0], "multiplier": 100.0}),
    (rates.count, {"events": [5.0, 6.0]}),
    (rates.rate, {"events": [5.0, 6.0], "denominator": [10.0, 10.0]}),
    (rates.mean, {"values": [5.0, 6.0, 7.0, 9.0], "groups": ["a", "a", "b", "b"]}),
    (standardisation.dsr,
     {"events": [50.0, 60.0], "population": [100.0, 100.0], "standard": [10.0, 20.0]}),
    (standardisation.smr,
     {"events": [50.0, 60.0], "population": [100.0, 100.0],
      "reference_events": [500.0, 600.0], "reference_population": [1000.0, 1000.0]}),
    (standardisation.isr,
     {"events": [50.0, 60.0], "population": [100.0, 100.0],
      "reference_events": [500.0, 600.0], "reference_population": [1000.0, 1000.0]}),
    (slope_index, {"values": [10.0, 8.0, 7.0], "population": [90.0, 90.0, 90.0], "standard_error": [1.0] * 3}),
    (quantile_groups, {"values": [10.0, 8.0, 7.0], "groups": ["a"] * 3, "quantiles": 3}),
    (life_expectancy, {"deaths": [5.0, 90.0], "population": [9000.0, 900.0], "age": [0, 65], "confidence": 0.9}),
    (functools.partial(funnel_table, statistic="ratio"), {"numerator": [5.0, 6.0], "denominator": [4.0, 5.0]}),
    (funnel_significance, {"numerator": [5.0, 6.0], "denominator": [7.0, 8.0], "statistic": "proportion"}),
    (functools.partial(rate_denominators, multiplier=100.0), {"events": [5.0, 6.0], "rate": [7.0, 8.0]}),
    (functools.partial(positions, draws=1000), {"value": [1.0, 2.0, 3.0], "error": [0.5, 0.5, 0.5]}),
    (month_to_month, {"value": COUNTS, "error": HUNDREDS, "groups": ["a", "b"] * 12}),
    (functools.partial(funnel, kind="proportion"),
     {"numerator": [5.0, 6.0, 7.0], "denominator": [10.0, 10.0, 10.0], "groups": ["a", "b", "c"],
      "trim": 0.1, "multiplier": 100.0}),
    (spc.xmr, {"values": COUNTS, "dates": DATES, "improvement": "decrease", "fix_after": 12}),
    (spc.run_chart, {"values": COUNTS, "dates": DATES, "fix_after": 12}),
    (attribute.p_chart, {"numerator": COUNTS, "denominator": HUNDREDS, "dates": DATES}),
    (attribute.u_chart, {"events": COUNTS, "exposure": HUNDREDS, "dates": DATES}),
    (attribute.c_chart, {"events": COUNTS, "dates": DATES}),
    (attribute.g_chart, {"between": COUNTS, "dates": DATES}),
    (attribute.t_chart, {"between": COUNTS, "dates": DATES}),
    (spc.i_chart, {"values": COUNTS, "dates": DATES}),
    (spc.mr_chart, {"values": COUNTS, "dates": DATES, "multiplier": 100.0}),
    (spc.i_prime_chart, {"numerator": COUNTS, "denominator": HUNDREDS, "method": "cutbox"}),
    (functools.partial(spc.xbar_chart, subgroups=[1, 2] * 12), {"values": COUNTS}),
    (functools.partial(spc.s_chart, subgroups=[1, 2] * 12), {"values": COUNTS, "fix_after": 1}),
    (waiting.queue_load, {"demand": [5.0, 6.0], "capacity": [4.0, 5.0]}),
    (waiting.factor_for, {"share_within_target": 0.92}),
    (waiting.target_mean_wait, {"target_wait": [5.0, 6.0], "factor": [4.0, 5.0]}),
    (waiting.target_queue, {"demand": [1.0, 2.0], "target_wait": [5.0, 6.0], "factor": [4.0, 5.0]}),
    (waiting.queue_is_too_big, {"queue": [1.0, 2.0], "target": [5.0, 6.0]}),
    (waiting.relief_capacity,
     {"demand": [1.0, 2.0], "queue": [5.0, 6.0], "target": [4.0, 5.0], "weeks": [26.0, 26.0]}),
    (waiting.target_capacity,
     {"demand": [1.0, 2.0], "target_wait": [5.0, 6.0], "cv_demand": [1.0, 1.0], "cv_capacity": [1.0, 1.0]}),
    (waiting.pressure, {"mean_wait": [1.0, 2.0], "target_wait": [5.0, 6.0], "wait_unit": "days"}),
    (waiting.unreported_removals, {"before": 5.0, "after": 5.0, "additions": 4.0, "removals": 3.0}),
    (waiting.list_statistics, {"referred": DATES[:2], "removed": DATES[1:3], "target_wait": 18.0}),
    (waiting.referral_statistics, {"referred": DATES[:2], "start": "2024-01-01"}),
    (waiting.clinic_dates, {"start": "2026-01-01", "days": 30, "per_day": 1.5}),
    (simulate, {"demand": [30.0, 30.0], "cv_demand": 1.0, "weeks": 2}),
    (series.interrupted_series, {"values": COUNTS, "before": 12, "confidence": 0.95}),
    (series.interrupted_counts, {"counts": COUNTS, "before": 12, "exposure": HUNDREDS}),
    (series.smallest_detectable_change, {"before": 24, "after": 24, "sd": 1.0, "autocorrelation": 0.2}),
    (project, {"value": 700.0, "horizon": 3, "so_far": 2}),
    (trajectory.project_total, {"so_far": 4.0, "share": 0.5}),
    (trajectory.cumulative_projection, {"so_far": 60.0, "months": 6, "years": YEARS, "target": 100.0}),
]  # fmt: skip
#: what may be missing, below nought, or of another length, by the name of the method
MISSING_MAY_BE = {"quantile_groups": ("values",),
    "opportunity": ("standard_error", "lower"), "trim_stays": ("points",), "proportion": None, "rate": None,
    "count": None, "xmr": ("values",), "run_chart": ("values",), "p_chart": None, "u_chart": None, "c_chart": None,
    "g_chart": None, "t_chart": None, "i_chart": None, "mr_chart": None, "i_prime_chart": None,
    "xbar_chart": None, "s_chart": None, "interrupted_series": ("values",), "interrupted_counts": ("counts",),
    "month_to_month": ("value",)}  # fmt: skip
BELOW_NOUGHT_MAY_BE = {
    "excess_beds": ("bed_days",), "excess_cost": ("bed_days",), "slope_index": ("values",),
    "quantile_groups": ("values",), "mean": ("values",),
    "positions": ("value",), "month_to_month": ("value",), "xmr": ("values",), "run_chart": ("values",),
    "i_chart": ("values",), "mr_chart": ("values",), "i_prime_chart": ("numerator",), "xbar_chart": ("values",),
    "s_chart": ("values",), "interrupted_series": ("values",), "project": ("value",),
}  # fmt: skip


@dataclass(frozen=True)
class Spoilt:
    """A method, and one of its arguments made unusable."""

    method: Callable[..., Any]
    arguments: dict[str, Any]
    name: str
    how: str

    def __str__(self) -> str:
        return f"{name_of(self.method)}({self.name}: {self.how})"


def name_of(method: Callable[..., Any]) -> str:
    return str(getattr(method, "func", method).__name__)


def may_be(allowed: dict[str, Any], method: str, argument: str) -> bool:
    names = allowed.get(method, ())
    return names is None or argument in names


def all_spoilt() -> Iterator[Spoilt]:
    for method, arguments in CALLS:
        for name, value in arguments.items():
            for how, wrong in ways_to_spoil(name_of(method), name, value):
                yield Spoilt(method, {**arguments, name: wrong}, name, how)


def ways_to_spoil(method: str, name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, pd.DataFrame):
        yield "a column too few", value.drop(columns="spells")
        yield "a negative count", value.assign(spells=-1.0)
        yield "a missing count", value.assign(spells=NAN)
    elif isinstance(value, list) and isinstance(value[0], float):
        yield "text", ["x", *value[1:]]
        yield "infinite", [float("inf"), *value[1:]]
        yield "two dimensions of rows", [value, value[:1]]
        if not may_be(MISSING_MAY_BE, method, name):
            yield "missing", [NAN, *value[1:]]
        if not may_be(BELOW_NOUGHT_MAY_BE, method, name):
            yield "below nought", [-1.0, *value[1:]]
        if (method, name) not in {("ramp_profile", "ramp_weeks"), ("long_stays", "thresholds")} and len(
            value
        ) > 1:
            yield from other_lengths(method, value)
    elif isinstance(value, float):
        for wrong in (
            NAN,
            float("inf"),
            "x",
            None if name not in ("price", "bed_day_cost") else "x",
            [1.0, 2.0],
        ):
            yield repr(wrong), wrong
        if not may_be(BELOW_NOUGHT_MAY_BE, method, name):
            yield "below nought", -1.0
    elif isinstance(value, int):
        for other in (-1, 2.5, "x", [1.0, 2.0]):
            yield repr(other), other
    elif isinstance(value, str):
        yield "another word", "zzz"


def other_lengths(method: str, value: list[float]) -> Iterator[tuple[str, Any]]:
    alone = {"count", "mean", "interrupted_series"}
    if method not in alone:
        yield "too long", [*value, value[0]]
        yield "empty", []


def test_the_methods_take_what_is_right() -> None:
    for method, arguments in CALLS:
        method(**arguments)


@pytest.mark.parametrize("spoilt", list(all_spoilt()), ids=str)
def test_what_is_wrong_is_refused_by_name(spoilt: Spoilt) -> None:
    with pytest.raises(ArgumentError) as caught:
        spoilt.method(**spoilt.arguments)
    assert caught.value.argument
    assert caught.value.allowed


@pytest.mark.parametrize(
    ("referred", "removed"),
    [([None], [None]), ([dt.date(2026, 2, 1)], [dt.date(2026, 1, 1)]), ([], [])],
)
def test_records_of_a_list_are_whole(referred: list[dt.date | None], removed: list[dt.date | None]) -> None:
    with pytest.raises(ArgumentError):
        waiting.list_statistics(referred, removed, 18)
