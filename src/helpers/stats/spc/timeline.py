"""Dates along a series: where it is rebased, and which target was in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.errors import ArgumentError
from helpers.stats.checks import (
    Bools,
    Floats,
    Ints,
    check_dates,
    check_lengths,
    check_number,
    check_numbers,
)


def one_series(
    name: str, values: Any, dates: Any, *, sort: bool = False
) -> tuple[Floats, pd.DatetimeIndex | None]:
    """Return values (missing allowed) and dates of one series, each date once and in order.

    Without `dates` those of a Series' index count, where it holds dates. No value, lengths that differ, a date
    twice and, unless `sort`, dates out of order are refused.
    """
    numbers = check_numbers(name, values, missing=True)
    if not len(numbers):
        raise ArgumentError(name, "no value came", "one value or more")
    if dates is None and not isinstance(getattr(values, "index", None), pd.DatetimeIndex | pd.PeriodIndex):
        return numbers, None
    dates = values.index if dates is None else dates
    when = check_dates("dates", dates)
    check_lengths(**{name: numbers}, dates=when)
    if when.has_duplicates:
        raise ArgumentError("dates", f"{when[when.duplicated()][0]:%Y-%m-%d} came twice", "each date once")
    order = np.argsort(when.asi8)
    late = np.flatnonzero(np.diff(when.asi8) < 0)
    if len(late) and not sort:
        came = f"{when[late[0] + 1]:%Y-%m-%d} came after a later date"
        raise ArgumentError("dates", came, "ascending dates")
    return numbers[order], when[order]


def stamps(dates: pd.DatetimeIndex | None, points: int) -> npt.NDArray[np.generic]:
    """Return the dates of a series, or numbers from 0 where it has none."""
    return np.arange(points) if dates is None else np.asarray(dates)


def rebase_marks(
    rebase: Sequence[Any], dates: pd.DatetimeIndex | None, points: int, *, strict: bool
) -> Bools:
    """Mark the points at which limits restart; the first point is never marked. Arguments as for `point_marks`."""
    marks = point_marks("rebase", rebase, dates, points, strict=strict)
    marks[0] = False
    return marks


def point_marks(
    name: str, chosen: Sequence[Any], dates: pd.DatetimeIndex | None, points: int, *, strict: bool
) -> Bools:
    """Mark the points that were chosen, by date or by whole number from 0 where the series has no dates.

    A date that is not in the series is refused with its nearest ones where `strict`, otherwise it is ignored.
    """
    marks = np.zeros(points, dtype=bool)
    if isinstance(chosen, str) or not np.ndim(chosen):
        raise ArgumentError(name, f"{chosen!r} came", "a list of dates")
    if not len(chosen):
        return marks
    if dates is None:
        marks[_places(name, chosen, points)] = True
        return marks
    starts = listed_dates(name, chosen)
    absent = starts[~starts.isin(dates)]
    if strict and len(absent):
        refuse_absent(name, absent[0], dates, "the data")
    return np.asarray(dates.isin(starts))


def _places(name: str, chosen: Any, points: int) -> Ints:
    numbers = np.asarray(chosen)
    if np.issubdtype(numbers.dtype, np.integer) and (numbers >= 0).all() and (numbers < points).all():
        return numbers
    allowed = f"positions from 0 to {points - 1}, or {name} dates together with dates"
    raise ArgumentError(name, f"{chosen[0]!r} came for values without dates", allowed)


def listed_dates(name: str, chosen: Any) -> pd.DatetimeIndex:
    """Return a list of dates, each once."""
    if isinstance(chosen, str) or not np.ndim(chosen):
        raise ArgumentError(name, f"{chosen!r} came", "a list of dates")
    return check_dates(name, chosen).unique() if len(chosen) else pd.DatetimeIndex([])


def refuse_absent(name: str, date: pd.Timestamp, dates: pd.DatetimeIndex, where: str) -> NoReturn:
    """Refuse a date that is not in a series, and name its nearest dates."""
    near = [*dates[dates < date][-1:], *dates[dates > date][:1]]
    words = " and ".join(f"{one:%Y-%m-%d}" for one in near)
    came = f"{date:%Y-%m-%d}, which is no date of {where}, came"
    raise ArgumentError(name, came, f"dates in the data; the nearest are {words}")


def dated_values(name: str, value: Any, dates: pd.DatetimeIndex | None, points: int) -> Floats:
    """Return the value in force at each point; NaN where there is none.

    `value` is None, one number, or a mapping from date to the number in force from then on (None ends it), which
    needs the dates of the series.
    """
    if not isinstance(value, Mapping | pd.Series):
        return np.full(points, _number(name, value))
    if dates is None:
        raise ArgumentError(
            name, "dated values came for values without dates", "one number, or dates as well"
        )
    starts = check_dates(name, list(value.keys()))
    if starts.has_duplicates:
        raise ArgumentError(name, f"{starts[starts.duplicated()][0]:%Y-%m-%d} came twice", "each date once")
    numbers = np.array([_number(name, one) for _, one in value.items()], dtype=np.float64)
    order = np.argsort(starts.asi8)
    place = np.searchsorted(starts.asi8[order], dates.asi8, side="right") - 1
    return np.append(numbers[order], np.nan)[place]


def _number(name: str, value: Any) -> float:
    if value is None or (isinstance(value, float | np.floating) and np.isnan(value)):
        return float("nan")
    return check_number(name, value)
