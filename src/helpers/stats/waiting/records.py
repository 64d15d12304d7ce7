"""Statistics of a waiting list from its records: a referral and perhaps a removal per row (section 6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.errors import ArgumentError
from helpers.stats.checks import Floats, check_dates, check_lengths, check_number
from helpers.stats.results import Result
from helpers.stats.waiting import queue
from helpers.stats.waiting.queue import DEFAULT_FACTOR, Tool

DayArray = npt.NDArray[np.int64]
_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, repr=False)
class ListStatistics(Result):
    """A waiting list over a window; rates per week, waits in weeks.

    Attributes
    ----------
    demand, capacity
        Additions per week, and removals per week while somebody was waiting; capacity is infinite where everybody
        was seen the day of joining.
    load, load_too_big
        Demand / capacity, and whether it is 1 or more.
    referrals, removals
        Additions and removals counted.
    queue, target_queue, queue_too_big
        Patients on the list at the end of the window, the target, whether the queue is more than twice
        that.
    mean_wait
        Mean wait so far of those on the list (compatible with NHSRwaitinglist: in days).
    cv_demand, cv_capacity
        Coefficients of variation of the times between additions and between removals.
    target_capacity, relief_capacity
        One of them: relief where the queue is too big, else target capacity.
    pressure
        2 x mean wait / target wait.
    """

    demand: float
    capacity: float
    load: float
    load_too_big: bool
    referrals: int
    removals: int
    queue: int
    target_queue: float
    queue_too_big: bool
    mean_wait: float
    cv_demand: float
    cv_capacity: float
    target_capacity: float | None
    relief_capacity: float | None
    pressure: float


@dataclass(frozen=True)
class _Flow:
    per_week: float
    cv: float
    count: int


def list_statistics(
    referred: Sequence[dt.date | None] | pd.Series,
    removed: Sequence[dt.date | None] | pd.Series,
    target_wait: float,
    *,
    start: dt.date | str | None = None,
    end: dt.date | str | None = None,
    factor: float = DEFAULT_FACTOR,
    compatible: Tool | None = None,
) -> ListStatistics:
    """Return the key figures of a waiting list from its records.

    Parameters
    ----------
    referred
        Date of addition per patient.
    removed
        Date of removal, missing while the patient waits; as long as `referred`.
    target_wait
        Target wait in weeks, above 0.
    start, end
        First and last day of the window, both in it, as dates or words like 2026-03-01; first and last addition
        when None.
    factor
        Target over mean wait; the R package's is always 4.
    compatible
        "nhsrwaitinglist": as the R package 0.1.2 does it. It counts one referral too many, takes capacity
        from all records whatever the window, counts patients in the queue who had left before the window,
        and divides days by weeks in the pressure.

    Raises
    ------
    ArgumentError
        No records, missing additions, a removal before its addition, an end before the start, lengths that
        differ.
    """
    check_number("target_wait", target_wait, above=0)
    added, left = _days("referred", referred), _days("removed", removed)
    check_lengths(referred=added, removed=left)
    if not len(added) or (added == _NEVER).any():
        raise ArgumentError(
            "referred", "no records" if not len(added) else "missing dates", "a date per patient"
        )
    if (left < added).any():
        raise ArgumentError(
            "removed", f"{int((left < added).sum())} before referred", "dates from referred on"
        )
    first = int(added.min()) if start is None else _day("start", start)
    last = int(added.max()) if end is None else _day("end", end)
    if last < first:
        raise ArgumentError("end", f"{dt.date.fromordinal(last):%d %B %Y}", "a day from start on")
    if queue.is_compatible(compatible):
        return _compatible_statistics(added, left, (first, last), (target_wait, factor))
    return _statistics(added, left, (first, last), target_wait, factor)


def _day(argument: str, date: dt.date | str) -> int:
    """Return one date as an ordinal day."""
    return int(check_dates(argument, [date])[0].toordinal())


def _days(argument: str, dates: Sequence[dt.date | None] | pd.Series) -> DayArray:
    """Return dates as ordinal days; a missing one is never reached."""
    try:
        stamps = pd.to_datetime(pd.Series(dates, dtype=object), errors="raise")
    except (ValueError, TypeError) as error:
        raise ArgumentError(argument, str(error)[:80], "dates") from None
    epoch = dt.date(1970, 1, 1).toordinal()
    days = stamps.to_numpy().astype("datetime64[D]").astype(np.int64) + epoch
    return np.where(stamps.isna().to_numpy(), _NEVER, days)


def _statistics(
    added: DayArray, left: DayArray, window: tuple[int, int], target_wait: float, factor: float
) -> ListStatistics:
    first, last = window
    inside = np.sort(added[(first <= added) & (added <= last)])
    demand = _Flow(7 * len(inside) / (last - first + 1), _variation(np.diff(inside)), len(inside))
    waiting = (added <= last) & (left > last)
    # after an empty day somebody can wait from the next day on
    idle_until = _empty_days(added, left, window) + 1
    capacity = _capacity(np.sort(left[(first <= left) & (left <= last)]), idle_until, first)
    weeks = (last - added[waiting]) / 7
    mean_wait = float(weeks.mean()) if waiting.any() else 0.0
    strain = float(queue.pressure(mean_wait, target_wait))
    return _summary(demand, capacity, int(waiting.sum()), mean_wait, strain, (target_wait, factor))


def _summary(
    demand: _Flow,
    capacity: _Flow,
    size: int,
    mean_wait: float,
    strain: float,
    target: tuple[float, float],
) -> ListStatistics:
    wait, factor = target
    aim = demand.per_week * wait / factor  # demand is infinite where R counts a window of one day
    too_big = size > queue.TOO_BIG * aim
    load = demand.per_week / capacity.per_week if capacity.per_week else np.inf
    relief = float(queue.relief_capacity(demand.per_week, size, aim)) if too_big else None
    enough = demand.per_week + (demand.cv**2 + capacity.cv**2) / 2 * factor / wait
    return ListStatistics(
        demand=demand.per_week,
        capacity=capacity.per_week,
        load=load,
        load_too_big=load >= 1,
        referrals=demand.count,
        removals=capacity.count,
        queue=size,
        target_queue=aim,
        queue_too_big=too_big,
        mean_wait=mean_wait,
        cv_demand=demand.cv,
        cv_capacity=capacity.cv,
        target_capacity=None if too_big else enough,
        relief_capacity=relief,
        pressure=strain,
    )


def _variation(gaps: npt.NDArray[np.generic]) -> float:
    """Return sd / mean of times between events; 0 where there are fewer than two or no time passes."""
    times = gaps.astype(float)
    return float(times.std(ddof=1) / times.mean()) if len(times) > 1 and times.mean() > 0 else 0.0


def _empty_days(added: DayArray, left: DayArray, window: tuple[int, int]) -> DayArray:
    """Return the days of the window at whose end nobody was waiting."""
    days = np.arange(window[0], window[1] + 1)
    joined = np.searchsorted(np.sort(added), days, side="right")
    empty: DayArray = days[joined == np.searchsorted(np.sort(left), days, side="right")]
    return empty


def _capacity(removals: DayArray, idle_until: DayArray, first: int) -> _Flow:
    """Return removals per week of waiting: each gap runs from the removal before or from idleness."""
    gaps = _gaps(removals, idle_until, first)
    return _Flow(_per_week(gaps), _variation(gaps), len(gaps))


def _per_week(gaps: npt.NDArray[np.generic]) -> float:
    """Return events per week; none where nothing happened, infinite where no time passes between them."""
    total = float(gaps.sum())
    return 7 * len(gaps) / total if total > 0 else np.inf if len(gaps) else 0.0


def _gaps(removals: DayArray, idle_until: DayArray, first: int) -> Floats:
    events = np.concatenate([idle_until, removals])
    is_removal = np.concatenate([np.zeros(len(idle_until), dtype=bool), np.ones(len(removals), dtype=bool)])
    order = np.lexsort((is_removal, events))
    gaps = np.diff(events[order], prepend=first)[is_removal[order]]
    return np.asarray(gaps, dtype=float)


def _compatible_statistics(
    added: DayArray, left: DayArray, window: tuple[int, int], target: tuple[float, float]
) -> ListStatistics:
    """Return what the R package's wl_stats returns, its faults included."""
    first, last = window
    arrivals = np.concatenate([[first], added[(first <= added) & (added <= last)], [last]])
    gaps = np.diff(arrivals).astype(float)  # in the order of the records, unsorted, as there
    demand = _Flow(_per_week(gaps), _variation(gaps), len(gaps))
    everything = (int(added.min()), int(added.max()))
    # there a removal that empties the list counts from that same day: no time at all
    capacity = _capacity(np.sort(left[left < _NEVER]), _empty_days(added, left, everything), first)
    size = int((added <= last).sum() - ((first <= left) & (left <= last)).sum())
    waiting = ((left > last) & (left < _NEVER)) | ((left == _NEVER) & (added <= last))
    mean_wait = float((last - added[waiting]).mean()) if waiting.any() else float("nan")
    strain = 2 * mean_wait / target[0]
    return _summary(demand, capacity, size, mean_wait, strain, target)
