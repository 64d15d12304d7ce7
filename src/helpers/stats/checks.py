"""Checks of arguments: each refuses with an `ArgumentError` that names the argument."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from typing import Any, TypedDict, Unpack

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.errors import ArgumentError, near_misses

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class Bounds(TypedDict, total=False):
    """What numbers may be."""

    missing: bool  # whether NaN (or None) may stand for a missing value; infinite values never may
    minimum: float | None
    maximum: float | None
    above: float | None  # every number must exceed it
    below: float | None


#: of each bound what is beyond it, and its words
_BEYOND: dict[str, tuple[Any, str]] = {
    "minimum": (np.less, "of {:g} or more"),
    "above": (np.less_equal, "above {:g}"),
    "maximum": (np.greater, "at most {:g}"),
    "below": (np.greater_equal, "below {:g}"),
}


def check_array(name: str, values: Any, **bounds: Unpack[Bounds]) -> Floats:
    """Return numbers as floats in the shape they came in, or say what is wrong with them.

    Parameters
    ----------
    name
        Name of the argument, for the message.
    values
        A number, or numbers of any shape.
    bounds
        See `Bounds`.

    Raises
    ------
    ArgumentError
        Where the values are not numbers, or one of them is missing, infinite or beyond a bound.

    >>> check_array("dnas", 3, minimum=0)
    array(3.)
    """
    try:
        array = np.array(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise ArgumentError(name, f"{_describe(values)} came", "numbers") from None
    _refuse_outside(name, array, **bounds)
    return array


def check_numbers(name: str, values: Any, **bounds: Unpack[Bounds]) -> Floats:
    """Return a column of numbers as floats; one number is a column of one. Bounds as for `check_array`.

    Raises
    ------
    ArgumentError
        As `check_array` does, and where the values have more than one dimension.
    """
    array = _as_column(name, values)
    _refuse_outside(name, array, **bounds)
    return array


def check_series(name: str, values: Any, **bounds: Unpack[Bounds]) -> Floats:
    """Return a column of at least one number; a number that is no column is refused.

    Raises
    ------
    ArgumentError
        As `check_numbers` does, and where there is no column or nothing in it.
    """
    array = check_numbers(name, values, **bounds)
    if not np.ndim(values) or not len(array):
        came = f"{values!r} came" if not np.ndim(values) else "an empty one came"
        raise ArgumentError(name, came, "a column of at least one number")
    return array


def check_each(
    name: str, values: Any, reference_name: str, reference: Floats, **bounds: Unpack[Bounds]
) -> Floats:
    """Return one number for each of a reference column: as many as came, or one that holds for all.

    >>> check_each("benchmark", 4.8, "spells", np.zeros(3), minimum=0)
    array([4.8, 4.8, 4.8])
    """
    array = check_numbers(name, values, **bounds)
    if len(array) != 1:
        check_lengths(**{reference_name: reference, name: array})
    return np.broadcast_to(array, reference.shape)


def _as_column(name: str, values: Any) -> Floats:
    try:
        series = pd.Series(
            values if np.ndim(values) else [values], dtype="object" if np.size(values) == 0 else None
        )
        if pd.api.types.is_datetime64_any_dtype(series) or pd.api.types.is_timedelta64_dtype(series):
            raise TypeError
        array = np.atleast_1d(series.to_numpy(dtype="float64", na_value=np.nan))
    except (TypeError, ValueError):
        raise ArgumentError(name, f"{_describe(values)} came", "one column of numbers") from None
    return np.array(array, dtype=np.float64)


def _describe(values: Any) -> str:
    try:
        dimensions = np.ndim(values)
    except ValueError:
        return "rows of different lengths"
    if dimensions > 1:
        return f"{dimensions} dimensions"
    words = [item for item in np.atleast_1d(np.asarray(values, dtype=object)) if isinstance(item, str)]
    return f"the text {words[0]!r}" if words else f"a {type(values).__name__}"


def _refuse_outside(name: str, array: Floats, **bounds: Unpack[Bounds]) -> None:
    bad, allowed = _outside(array, **bounds)
    words = " or missing values" if bounds.get("missing") else ""
    _refuse_first(name, array, bad, f"finite numbers{allowed}{words}")


def _outside(array: Floats, *, missing: bool = False, **bounds: float | None) -> tuple[Bools, str]:
    """Return which numbers are beyond bounds, and these in words: " of 0 or more and at most 1"."""
    bad, said = ~np.isfinite(array) & ~(missing & np.isnan(array)), []
    for name, (is_beyond, words) in _BEYOND.items():
        if (bound := bounds.get(name)) is not None:
            with np.errstate(invalid="ignore"):
                bad |= is_beyond(array, bound)
            said.append(words.format(bound))
    return bad, f" {' and '.join(said)}" if said else ""


def _refuse_first(name: str, array: Floats, bad: Bools, allowed: str) -> None:
    if bad.any():
        where = np.argwhere(bad)[0]
        place = f" at position {', '.join(map(str, where))}" if array.ndim else ""
        raise ArgumentError(name, f"{array[tuple(where)]:g} came{place}", allowed)


def check_whole(name: str, array: Floats) -> None:
    """Refuse counts that are not whole numbers; missing ones are for others to refuse."""
    _refuse_first(name, array, ~np.isnan(array) & (array != np.floor(array)), "whole numbers")


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


def check_shapes(**arrays: Floats) -> None:
    """Refuse arguments of which no common shape can be made: each is one number, or has the shape of the others.

    Raises
    ------
    ArgumentError
        Naming the first argument that does not fit those before it.
    """
    (first, reference), *others = arrays.items()
    shape = reference.shape
    for name, values in others:
        try:
            shape = np.broadcast_shapes(shape, values.shape)
        except ValueError:
            allowed = f"one number, or the shape {shape} of {first}"
            raise ArgumentError(name, f"the shape {values.shape} came", allowed) from None


def check_at_most(name: str, part: Floats | float, whole_name: str, whole: Floats | float) -> None:
    """Refuse a numerator above its denominator."""
    parts, wholes = np.atleast_1d(part), np.atleast_1d(whole)
    bad = parts > wholes
    if bad.any():
        where = int(np.flatnonzero(bad)[0])
        place = f" at position {where}" if np.ndim(part) else ""
        came = f"{parts[where]:g} came{place}, where {whole_name} is {wholes[where]:g}"
        raise ArgumentError(name, came, f"at most {whole_name}")


def check_choice(name: str, value: Any, choices: Collection[Any]) -> None:
    """Refuse a word that is not one of the choices, and name the nearest."""
    if isinstance(value, list | dict | set | np.ndarray) or value not in choices:
        allowed = ", ".join(repr(choice) for choice in choices)
        hint = near_misses(str(value), [choice for choice in choices if isinstance(choice, str)])
        raise ArgumentError(name, f"{value!r} came", f"{allowed} ({hint})" if hint else allowed)


def check_integer(name: str, value: Any, minimum: int) -> int:
    """Return a whole number of at least `minimum`, or refuse what is none; 3.0 is one."""
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not number or not np.isfinite(value) or value != int(value) or value < minimum:
        raise ArgumentError(name, f"{value!r} came", f"a whole number of {minimum} or more")
    return int(value)


def check_number(name: str, value: Any, **bounds: Unpack[Bounds]) -> float:
    """Return one finite number within the bounds (strictly between `above` and `below`), or refuse it."""
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    bad, allowed = _outside(np.asarray(value if number else np.nan, dtype=float), **bounds)
    if bad:
        raise ArgumentError(name, f"{value!r} came", f"one finite number{allowed}")
    return float(value)


def check_confidence(confidence: Any) -> float:
    """Return a confidence level, which lies strictly between 0 and 1: 0.95, not 95."""
    return check_number("confidence", confidence, above=0, below=1)


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
        elif np.size(values) and bool(pd.api.types.is_numeric_dtype(pd.Index(values))):
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


def check_columns(name: str, frame: pd.DataFrame, columns: Collection[Hashable]) -> None:
    """Refuse a frame that lacks columns, naming all that are missing and the nearest of those it has."""
    missing = [str(column) for column in columns if column not in frame.columns]
    if missing:
        have = [str(known) for known in frame.columns]
        hints = [hint for column in missing if (hint := near_misses(column, have))]
        allowed = f"a frame with {', '.join(map(repr, missing))}"
        came = f"the columns {', '.join(have)} came" if have else "no column came"
        raise ArgumentError(name, came, f"{allowed} ({' '.join(hints)})" if hints else allowed)


def locked(array: Any) -> npt.NDArray[Any]:
    """Return a copy of an array that cannot be written, for a frozen result."""
    copy = np.array(array)
    copy.setflags(write=False)
    return copy
