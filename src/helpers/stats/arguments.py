"""Checks of arguments: each refusal names the argument, what came and what is allowed."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.errors import ArgumentError

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


def numbers(
    argument: str,
    values: npt.ArrayLike,
    *,
    minimum: float = -np.inf,
    maximum: float = np.inf,
    allow_missing: bool = False,
) -> FloatArray:
    """Return values as floats, all finite (or missing, where allowed) and within minimum and maximum.

    Raises
    ------
    ArgumentError
        Where a value is not a number, is missing although it may not be, or is out of range.

    >>> numbers("spells", [1, 2], minimum=0)
    array([1., 2.])
    """
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise ArgumentError(argument, f"{values!r:.60}", "numbers") from None
    bad = ~((array >= minimum) & (array <= maximum) & np.isfinite(array))
    if allow_missing:
        bad &= ~np.isnan(array)
    if bad.any():
        first = float(array[bad].flat[0])
        raise ArgumentError(argument, f"{first:g}", _range_words(minimum, maximum, allow_missing))
    return array


def _range_words(minimum: float, maximum: float, allow_missing: bool) -> str:
    words = ["finite numbers"]
    if np.isfinite(minimum):
        words.append(f"at least {minimum:g}")
    if np.isfinite(maximum):
        words.append(f"at most {maximum:g}")
    if allow_missing:
        words.append("or missing")
    return ", ".join(words)


def number(
    argument: str,
    value: float,
    *,
    minimum: float = -np.inf,
    maximum: float = np.inf,
    above: float = -np.inf,
) -> float:
    """Return one finite number within minimum and maximum, and strictly above `above`."""
    array = numbers(argument, value, minimum=minimum, maximum=maximum)
    if array.ndim:
        raise ArgumentError(argument, f"{array.size} values", "one number")
    if not array > above:
        raise ArgumentError(argument, f"{float(array):g}", f"a number above {above:g}")
    return float(array)


def whole_number(argument: str, value: int, *, minimum: int) -> int:
    """Return a whole number that is at least `minimum`."""
    checked = number(argument, value, minimum=minimum)
    if checked != int(checked):
        raise ArgumentError(argument, f"{checked:g}", f"a whole number, at least {minimum}")
    return int(checked)


def confidence_level(confidence: float) -> float:
    """Return a confidence level, which lies strictly between 0 and 1."""
    if not 0 < number("confidence", confidence) < 1:
        raise ArgumentError(
            "confidence", f"{confidence:g}", "a number strictly between 0 and 1, such as 0.95"
        )
    return float(confidence)


def series(
    argument: str,
    values: npt.ArrayLike,
    *,
    minimum: float = -np.inf,
    maximum: float = np.inf,
    allow_missing: bool = False,
) -> FloatArray:
    """Return a one-dimensional array of numbers that is not empty."""
    array = numbers(argument, values, minimum=minimum, maximum=maximum, allow_missing=allow_missing)
    if array.ndim != 1 or not array.size:
        raise ArgumentError(argument, f"shape {array.shape}", "a one-dimensional array that is not empty")
    return array


def same_length(**arrays: npt.ArrayLike) -> None:
    """Refuse arrays of different lengths; the keywords are the arguments' names."""
    lengths = {name: len(np.asarray(array)) for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        first, *others = lengths
        came = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        raise ArgumentError(others[0], came, f"the same length as {first}")


def within(argument: str, part: npt.ArrayLike, whole_name: str, whole: npt.ArrayLike) -> None:
    """Refuse a part (numerator) above its whole (denominator)."""
    above = np.asarray(part) > np.asarray(whole)
    if above.any():
        raise ArgumentError(argument, f"{int(above.sum())} above {whole_name}", f"at most {whole_name}")


def one_of(argument: str, value: str, allowed: Iterable[str]) -> str:
    """Return a word that is one of those allowed."""
    words = list(allowed)
    if value not in words:
        raise ArgumentError(argument, repr(value), " or ".join(repr(word) for word in words))
    return value


def has_columns(argument: str, frame: pd.DataFrame, columns: Iterable[Hashable]) -> None:
    """Refuse a frame that lacks columns, naming all that are missing."""
    missing = [str(column) for column in columns if column not in frame.columns]
    if missing:
        raise ArgumentError(argument, f"without {', '.join(missing)}", "a frame with these columns")
