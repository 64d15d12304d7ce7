"""A waiting list week by week, with intervals (methods, section 6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.errors import ArgumentError
from helpers.stats.checks import Floats, check_array, check_dates, check_integer, check_number
from helpers.stats.waiting.lists import REFERRED, REMOVED, WITHDRAWN, join_lists, schedule_list

_QUANTILES = {"lower95": 0.025, "lower80": 0.1, "median": 0.5, "upper80": 0.9, "upper95": 0.975}


@dataclass(frozen=True, kw_only=True)
class ListFlows:
    """What moves a list each week; numbers, or one value per week.

    Attributes
    ----------
    demand, capacity
        Mean additions and mean possible removals per week.
    cv_demand, cv_capacity
        Coefficients of variation of the times between them: a week's number has variance cv^2 x mean.
    other_removals
        Who leaves without a report per week, from `unreported_removals`.
    """

    demand: npt.ArrayLike
    capacity: npt.ArrayLike
    cv_demand: float = 1.0
    cv_capacity: float = 1.0
    other_removals: npt.ArrayLike = 0.0


def simulate_list(
    waiting_list: float, flows: ListFlows, weeks: int, *, runs: int = 1000, seed: int = 1
) -> pd.DataFrame:
    """Return how a list may develop: median, 80 % and 95 % intervals per week.

    Parameters
    ----------
    waiting_list
        Patients on the list at the start.
    flows
        Additions, capacity and other removals per week.
    weeks
        How many weeks ahead.
    runs, seed
        How many runs, and the seed: the same seed gives the same result.

    Returns
    -------
    pandas.DataFrame
        Indexed by `week` (1 …): `lower95`, `lower80`, `median`, `upper80`, `upper95` (patients) and `mean_wait`,
        the wait in weeks of a newcomer in a first-in-first-out list at the median (missing without
        removals).

    Raises
    ------
    ArgumentError
        Negative numbers, no weeks, fewer than 100 runs, flows of another length than `weeks`.

    Notes
    -----
    Additions and capacity of a week are gamma with mean m and variance cv^2 m, which is what a renewal
    process with that variation gives over a week; unused capacity is lost. Source: Asmussen 2003, *Applied
    Probability and Queues*, chapter V.

    >>> steady = ListFlows(demand=30, capacity=30, cv_demand=0, cv_capacity=0)
    >>> simulate_list(390, steady, 2)["median"].tolist()
    [390.0, 390.0]
    """
    start = check_number("waiting_list", waiting_list, minimum=0)
    horizon = check_integer("weeks", weeks, 1)
    check_integer("runs", runs, 100)
    lists = _run(start, _weekly(flows, horizon), runs, np.random.default_rng(seed), flows)
    quantiles = np.quantile(lists, list(_QUANTILES.values()), axis=1)
    table = pd.DataFrame(dict(zip(_QUANTILES, quantiles, strict=True)))
    capacity, others = _weekly(flows, horizon)[1:]
    leaving = np.where(capacity + others > 0, capacity + others, np.nan)
    return table.assign(mean_wait=table["median"] / leaving).set_index(
        pd.RangeIndex(1, horizon + 1, name="week")
    )


def clinic_dates(start: Any, days: int, per_day: float) -> pd.DatetimeIndex:
    """Return the dates of single places, so many a day on average from the start on, over so many days.

    >>> clinic_dates("2026-01-01", 4, 0.5).day.tolist()
    [1, 3]
    """
    first = check_dates("start", [start])[0]
    span = check_integer("days", days, 1) - 1
    rate = check_number("per_day", per_day, above=0)
    places = np.arange(int(span * rate + 1e-9) + 1) / rate
    return pd.DatetimeIndex(first + pd.to_timedelta(np.ceil(places - 1e-9), unit="D"))


def simulate_patients(
    start: Any,
    end: Any,
    *,
    demand: float,
    capacity: float,
    patients: pd.DataFrame | None = None,
    withdrawal: float = 0.0,
    seed: int = 1,
) -> pd.DataFrame:
    """Return a list patient by patient, seen in order of referral: what `list_statistics` and `queue_sizes` take.

    Parameters
    ----------
    start, end
        First and last day.
    demand, capacity
        Additions (Poisson) and places (evenly spread) per week.
    patients
        A list to start from, as for `queue_sizes`.
    withdrawal
        How likely somebody new withdraws on each day after referral.

    >>> made = simulate_patients("2026-01-01", "2026-03-01", demand=10, capacity=8)
    >>> bool((made["removed"] > made["referred"])[made["removed"].notna()].all())
    True
    """
    (first, last), rng = check_dates("start", [start, end]), np.random.default_rng(seed)
    days = check_integer("end", (last - first).days, 1)
    mean = check_number("demand", demand, minimum=0) * days / 7
    joined = first + pd.to_timedelta(np.sort(rng.integers(0, days + 1, rng.poisson(mean))), unit="D")
    table = pd.DataFrame({REFERRED: joined, REMOVED: pd.NaT})
    if check_number("withdrawal", withdrawal, minimum=0, maximum=1):
        left = joined + pd.to_timedelta(rng.geometric(withdrawal, len(joined)), unit="D")
        table[WITHDRAWN] = left.where(left <= last)
    table = table if patients is None else join_lists(patients, table)
    places = check_number("capacity", capacity, minimum=0) / 7
    return schedule_list(table, clinic_dates(first, days, places) if places else [])[0]


def _weekly(flows: ListFlows, weeks: int) -> tuple[Floats, Floats, Floats]:
    values = []
    for name in ("demand", "capacity", "other_removals"):
        array = check_array(f"flows.{name}", getattr(flows, name), minimum=0)
        if array.shape not in ((), (weeks,)):
            raise ArgumentError(
                f"flows.{name}", f"shape {array.shape}", f"one number or {weeks}, one per week"
            )
        values.append(np.broadcast_to(array, (weeks,)))
    return values[0], values[1], values[2]


def _run(
    start: float,
    weekly: tuple[Floats, Floats, Floats],
    runs: int,
    generator: np.random.Generator,
    flows: ListFlows,
) -> Floats:
    demand, capacity, others = weekly
    joining = _draw(generator, demand, check_number("flows.cv_demand", flows.cv_demand, minimum=0), runs)
    leaving = _draw(
        generator, capacity, check_number("flows.cv_capacity", flows.cv_capacity, minimum=0), runs
    )
    size, sizes = np.full(runs, start), np.empty(joining.shape)
    for week in range(len(sizes)):
        size = np.maximum(0.0, size + joining[week] - leaving[week] - others[week])
        sizes[week] = size
    return sizes


def _draw(generator: np.random.Generator, mean: Floats, cv: float, runs: int) -> Floats:
    """Return weekly numbers of shape (weeks, runs) with variance cv^2 x mean."""
    means = np.repeat(mean[:, None], runs, axis=1)
    return means if cv == 0 else generator.gamma(means / cv**2, cv**2)
