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
Dates = Sequence[dt.date | str | None] | pd.Series
Day = dt.date | str | None
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
        Demand / capacity, and whether it is 1 or more (compatible with NHSRwaitinglist: NaN and None where nobody
        was seen).
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
    load_too_big: bool | None
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
class Flow:
    """Additions, or removals: how many a week, the coefficient of variation of the times between, the count."""

    per_week: float
    cv: float
    count: int

    @property
    def per_day(self) -> float:
        """How many a day."""
        return self.per_week / 7


def list_statistics(
    referred: Dates,
    removed: Dates,
    target_wait: float,
    *,
    start: Day = None,
    end: Day = None,
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
    records = _Records.of(referred, removed, start, end)
    if queue.is_compatible(compatible):
        return _compatible_statistics(records, (target_wait, factor))
    return _statistics(records, target_wait, factor)


def referral_statistics(
    referred: Dates, *, start: Day = None, end: Day = None, compatible: Tool | None = None
) -> Flow:
    """Return additions per week and how the times between them vary; arguments and errors as in `list_statistics`.

    >>> referral_statistics(["2026-01-01", "2026-01-04", "2026-01-07"])
    Flow(per_week=3.0, cv=0.0, count=3)
    """
    records = _Records.of(referred, [None] * len(referred), start, end)
    return _compatible_demand(records) if queue.is_compatible(compatible) else _demand(records)


def removal_statistics(
    referred: Dates, removed: Dates, *, start: Day = None, end: Day = None, compatible: Tool | None = None
) -> Flow:
    """Return removals per week in which somebody waited; arguments and errors as in `list_statistics`.

    >>> removal_statistics(["2026-01-01"] * 3, ["2026-01-03", "2026-01-05", "2026-01-07"], end="2026-01-08")
    Flow(per_week=3.5, cv=0.0, count=3)
    """
    records = _Records.of(referred, removed, start, end)
    return _compatible_capacity(records) if queue.is_compatible(compatible) else _capacity_of(records)


@dataclass(frozen=True)
class _Records:
    """Days of addition and removal, and the window."""

    added: DayArray
    left: DayArray
    window: tuple[int, int]

    @classmethod
    def of(cls, referred: Dates, removed: Dates, start: Day, end: Day) -> _Records:
        added, left = _days("referred", referred), _days("removed", removed)
        check_lengths(referred=added, removed=left)
        if not len(added) or (added == _NEVER).any():
            came = "missing dates" if len(added) else "no records"
            raise ArgumentError("referred", came, "a date per patient")
        if (left < added).any():
            came = f"{int((left < added).sum())} before referred"
            raise ArgumentError("removed", came, "dates from referred on")
        first = int(added.min()) if start is None else _day("start", start)
        last = int(added.max()) if end is None else _day("end", end)
        if last < first:
            raise ArgumentError("end", f"{dt.date.fromordinal(last):%d %B %Y}", "a day from start on")
        return cls(added, left, (first, last))


def _day(argument: str, date: dt.date | str) -> int:
    return int(check_dates(argument, [date])[0].toordinal())


def _days(argument: str, dates: Dates) -> DayArray:
    """Return dates as ordinal days; a missing one is never reached."""
    try:
        stamps = pd.to_datetime(pd.Series(dates, dtype=object), errors="raise")
    except (ValueError, TypeError) as error:
        raise ArgumentError(argument, str(error)[:80], "dates") from None
    epoch = dt.date(1970, 1, 1).toordinal()
    days = stamps.to_numpy().astype("datetime64[D]").astype(np.int64) + epoch
    return np.where(stamps.isna().to_numpy(), _NEVER, days)


def _statistics(records: _Records, target_wait: float, factor: float) -> ListStatistics:
    added, left, last = records.added, records.left, records.window[1]
    waiting = (added <= last) & (left > last)
    weeks = (last - added[waiting]) / 7
    mean_wait = float(weeks.mean()) if waiting.any() else 0.0
    strain = float(queue.pressure(mean_wait, target_wait))
    flows = _demand(records), _capacity_of(records)
    return _summary(*flows, int(waiting.sum()), mean_wait, strain, (target_wait, factor))


def _demand(records: _Records) -> Flow:
    first, last = records.window
    inside = np.sort(records.added[(first <= records.added) & (records.added <= last)])
    return Flow(7 * len(inside) / (last - first + 1), _variation(np.diff(inside)), len(inside))


def _capacity_of(records: _Records) -> Flow:
    first, last = records.window
    left = records.left
    # after an empty day somebody can wait from the next day on
    idle_until = _empty_days(records.added, left, records.window) + 1
    return _capacity(np.sort(left[(first <= left) & (left <= last)]), idle_until, first)


def _summary(
    demand: Flow,
    capacity: Flow,
    size: int,
    mean_wait: float,
    strain: float,
    target: tuple[float, float],
) -> ListStatistics:
    wait, factor = target
    aim = demand.per_week * wait / factor  # demand is infinite where R counts a window of one day
    too_big = size > queue.TOO_BIG * aim
    both_infinite = np.isinf(demand.per_week) and np.isinf(capacity.per_week)  # in R alone
    load = demand.per_week / capacity.per_week if capacity.per_week else np.inf
    load = float("nan") if both_infinite else load
    relief = float(queue.relief_capacity(demand.per_week, size, aim)) if too_big else None
    enough = demand.per_week + (demand.cv**2 + capacity.cv**2) / 2 * factor / wait
    return ListStatistics(
        demand=demand.per_week,
        capacity=capacity.per_week,
        load=load,
        load_too_big=None if np.isnan(load) else load >= 1,
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
    days = np.arange(window[0], window[1] + 1)
    joined = np.searchsorted(np.sort(added), days, side="right")
    empty: DayArray = days[joined == np.searchsorted(np.sort(left), days, side="right")]
    return empty


def _capacity(removals: DayArray, idle_until: DayArray, first: int) -> Flow:
    """Return removals per week of waiting: each gap runs from the removal before or from idleness."""
    gaps = _gaps(removals, idle_until, first)
    return Flow(_per_week(gaps), _variation(gaps), len(gaps))


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


def _compatible_statistics(records: _Records, target: tuple[float, float]) -> ListStatistics:
    """Return what the R package's wl_stats returns, its faults included."""
    (first, last), added, left = records.window, records.added, records.left
    size = int((added <= last).sum() - ((first <= left) & (left <= last)).sum())
    waiting = ((left > last) & (left < _NEVER)) | ((left == _NEVER) & (added <= last))
    mean_wait = float((last - added[waiting]).mean()) if waiting.any() else float("nan")
    flows = _compatible_demand(records), _compatible_capacity(records)
    return _summary(*flows, size, mean_wait, 2 * mean_wait / target[0], target)


def _compatible_demand(records: _Records) -> Flow:
    first, last = records.window
    inside = (first <= records.added) & (records.added <= last)
    arrivals = np.concatenate([[first], records.added[inside], [last]])
    # in the order of the records, unsorted, as there
    return _compatible_flow(np.diff(arrivals).astype(float))


def _compatible_capacity(records: _Records) -> Flow:
    added, left = records.added, records.left
    everything = (int(added.min()), int(added.max()))
    # there a removal that empties the list counts from that same day: no time at all
    idle_until = _empty_days(added, left, everything)
    gaps = _gaps(np.sort(left[left < _NEVER]), idle_until, records.window[0])
    return _compatible_flow(gaps, cv=0.0 if len(gaps) == 1 else None)


def _compatible_flow(gaps: Floats, cv: float | None = None) -> Flow:
    """Return what R makes of the times: a nought over a nought, and a deviation of one time, are missing there."""
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = gaps.sum() / np.float64(len(gaps))
        spread = np.sqrt(((gaps - mean) ** 2).sum() / np.float64(len(gaps) - 1)) if cv is None else cv
        return Flow(float(7 / mean), float(spread / mean), len(gaps))
