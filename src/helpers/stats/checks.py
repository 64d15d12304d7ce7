"""Checks of arguments: each refuses with an `ArgumentError` that names the argument."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.errors import ArgumentError, near_misses

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def check_numbers(
    name: str,
    values: Any,
    *,
    missing: bool = False,
    minimum: float | None = None,
    above: float | None = None,
) -> Floats:
    """Return a one-dimensional float array, or say what is wrong with it.

    Parameters
    ----------
    name
        Name of the argument, for the message.
    values
        A number or a one-dimensional sequence of numbers.
    missing
        Whether NaN (or None) may stand for a missing value; infinite values never may.
    minimum, above
        Smallest allowed value; value that every number must exceed.

    Raises
    ------
    ArgumentError
        Where the values are not numbers, have more than one dimension, are missing, infinite or too small.
    """
    array = _as_floats(name, values)
    bad = ~np.isfinite(array)
    if missing:
        bad &= ~np.isnan(array)
    _refuse_first(name, array, bad, "finite numbers" + (" or missing values" if missing else ""))
    if minimum is not None:
        _refuse_first(name, array, array < minimum, f"numbers of {minimum:g} or more")
    if above is not None:
        _refuse_first(name, array, array <= above, f"numbers above {above:g}")
    return array


def _as_floats(name: str, values: Any) -> Floats:
    try:
        series = pd.Series(
            values if np.ndim(values) else [values], dtype="object" if np.size(values) == 0 else None
        )
        if pd.api.types.is_datetime64_any_dtype(series) or pd.api.types.is_timedelta64_dtype(series):
            raise TypeError
        array = np.atleast_1d(series.to_numpy(dtype="float64", na_value=np.nan))
    except (TypeError, ValueError):
        kind = _describe(values)
        raise ArgumentError(name, f"{kind} came", "one column of numbers") from None
    return np.array(array, dtype=np.float64)


def _describe(values: Any) -> str:
    if np.ndim(values) > 1:
        return f"{np.ndim(values)} dimensions"
    words = [item for item in np.atleast_1d(np.asarray(values, dtype=object)) if isinstance(item, str)]
    return f"the text {words[0]!r}" if words else f"a {type(values).__name__}"


def _refuse_first(name: str, array: Floats, bad: Bools, allowed: str) -> None:
    if bad.any():
        where = int(np.flatnonzero(bad)[0])
        raise ArgumentError(name, f"{array[where]:g} came at position {where}", allowed)


def check_whole(name: str, array: Floats) -> None:
    """Refuse counts that are not whole numbers."""
    _refuse_first(name, array, array != np.floor(array), "whole numbers")


def check_lengths(**arrays: Collection[Any]) -> None:
    """Refuse arguments whose lengths differ.

    Raises
    ------
    ArgumentError
        Naming the first argument whose length differs from that of the first one.
    """
    (first, reference), *others = arrays.items()
    for name, values in others:
        if len(values) != len(reference):
            allowed = f"as many as in {first} ({len(reference)})"
            raise ArgumentError(name, f"{len(values)} values came", allowed)


def check_at_most(name: str, part: Floats, whole_name: str, whole: Floats) -> None:
    """Refuse a numerator above its denominator."""
    bad = part > whole
    if bad.any():
        where = int(np.flatnonzero(bad)[0])
        came = f"{part[where]:g} came at position {where}, where {whole_name} is {whole[where]:g}"
        raise ArgumentError(name, came, f"at most {whole_name}")


def check_choice(name: str, value: Any, choices: Collection[Any]) -> None:
    """Refuse a word that is not one of the choices, and name the nearest."""
    if isinstance(value, list | dict | set | np.ndarray) or value not in choices:
        allowed = ", ".join(repr(choice) for choice in choices)
        hint = near_misses(str(value), [choice for choice in choices if isinstance(choice, str)])
        raise ArgumentError(name, f"{value!r} came", f"{allowed} ({hint})" if hint else allowed)


def check_integer(name: str, value: Any, minimum: int) -> None:
    """Refuse what is not a whole number of at least `minimum`."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < minimum:
        raise ArgumentError(name, f"{value!r} came", f"a whole number of {minimum} or more")


def check_number(name: str, value: Any, *, above: float = -np.inf, below: float = np.inf) -> float:
    """Return one finite number strictly between `above` and `below`, or refuse it."""
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float | np.number)
        or not above < value < below
    ):
        allowed = "one finite number"
        if np.isfinite(above):
            allowed += f" above {above:g}"
        if np.isfinite(below):
            allowed += f" below {below:g}"
        raise ArgumentError(name, f"{value!r} came", allowed)
    return float(value)


def check_dates(name: str, values: Any) -> pd.DatetimeIndex:
    """Return dates without missing ones; ISO words, dates, periods and timestamps are understood.

    Raises
    ------
    ArgumentError
        Where something is not a date.
    """
    try:
        if isinstance(getattr(values, "dtype", None), pd.PeriodDtype):
            values = pd.PeriodIndex(values).to_timestamp()
        elif np.size(values) and _all_numbers(values):
            raise ValueError("plain numbers are no dates")
        index = pd.DatetimeIndex(pd.to_datetime(pd.Index(values), format="ISO8601"))
    except (ValueError, TypeError) as error:
        raise ArgumentError(
            name, f"{str(error).splitlines()[0].rstrip('.')}", "dates, or words like 2026-03-01"
        ) from None
    if index.tz is not None:
        raise ArgumentError(name, f"dates of the time zone {index.tz} came", "dates without a time zone")
    if index.hasnans:
        where = int(np.flatnonzero(index.isna())[0])
        raise ArgumentError(name, f"a missing date came at position {where}", "a date for every point")
    return index.as_unit("ns")


def _all_numbers(values: Any) -> bool:
    return bool(pd.api.types.is_numeric_dtype(pd.Index(values)))


def check_columns(name: str, frame: pd.DataFrame, columns: Collection[str]) -> None:
    """Refuse a frame that lacks a column, and name the nearest."""
    for column in columns:
        if column not in frame.columns:
            have = [str(known) for known in frame.columns]
            hint = near_misses(str(column), have)
            allowed = f"a frame with the column {column!r}"
            raise ArgumentError(
                name, f"columns {', '.join(have)} came", f"{allowed} ({hint})" if hint else allowed
            )


def locked(array: Any) -> npt.NDArray[Any]:
    """Return a copy of an array that cannot be written, for a frozen result."""
    copy = np.array(array)
    copy.setflags(write=False)
    return copy
