"""Proportions, counts, rates and means, each with its intervals: 95 % and 99.8 % unless others are asked for.

Source: OHID, Technical guide "Public health commonly used methods"; behaviour as of PHEindicatormethods.
Every function works on whole columns and gives all intervals in one call; `confidence` is one two-sided confidence, or
several. Each raises `ArgumentError` for lengths that differ, negative counts and denominators of 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from helpers.errors import ArgumentError
from helpers.stats.checks import (
    Floats,
    Ints,
    check_at_most,
    check_lengths,
    check_number,
    check_numbers,
    locked,
)
from helpers.stats.intervals import STANDARD, Confidence, Intervals, levels, normal_quantile

#: Byar's approximation is used from this count on, the exact Poisson interval below it (OHID)
EXACT_BELOW = 10


@dataclass(frozen=True, repr=False)
class Estimates(Intervals[Floats]):
    """Estimates with their intervals, one entry per row or group.

    Parameters
    ----------
    value
        The estimates.
    method
        How each interval was made, in a word or two; empty where a count is missing.
    """

    value: Floats
    method: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.value)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per estimate."""
        own = {name: item for name, item in vars(self).items() if name not in ("confidence", "limits")}
        return pd.DataFrame({"value": own.pop("value"), **self.columns(), **own})


@dataclass(frozen=True, repr=False)
class Means(Estimates):
    """Means per group; `count` is how many values each rests on."""

    group: tuple[Any, ...]
    count: Ints


def estimate_fields(
    value: Floats, asked: tuple[float, ...], limits: Sequence[tuple[Floats, Floats]], method: Sequence[str]
) -> dict[str, Any]:
    """Return the fields of `Estimates` as arrays that cannot be written."""
    pairs = tuple((locked(lower), locked(upper)) for lower, upper in limits)
    return {"value": locked(value), "confidence": asked, "limits": pairs, "method": tuple(method)}


def proportion(
    numerator: Any, denominator: Any, *, multiplier: float = 1.0, confidence: Confidence = STANDARD
) -> Estimates:
    """Return proportions with Wilson's interval.

    Parameters
    ----------
    numerator, denominator
        Counts, shape (rows,); a missing one gives a missing estimate.
    multiplier
        100 for percentages.

    Notes
    -----
    Source: Wilson (1927), J Am Stat Assoc 22:209; Newcombe (1998), Stat Med 17:857.

    Examples
    --------
    >>> estimate = proportion([65, 0], [100, 10])
    >>> estimate.lower95.round(6).tolist(), estimate.upper95.round(6).tolist()
    ([0.552544, 0.0], [0.736358, 0.277533])
    """
    x = check_numbers("numerator", numerator, missing=True, minimum=0)
    n = check_numbers("denominator", denominator, missing=True, above=0)
    check_lengths(numerator=x, denominator=n)
    check_at_most("numerator", x, "denominator", n)
    scale = check_number("multiplier", multiplier, above=0)
    asked = levels(confidence)
    limits = [_wilson(x, n, normal_quantile(level), scale) for level in asked]
    return Estimates(**estimate_fields(x / n * scale, asked, limits, ("Wilson",) * len(x)))


def _wilson(x: Floats, n: Floats, z: float, scale: float) -> tuple[Floats, Floats]:
    middle = 2 * x + z**2
    half = z * np.sqrt(z**2 + 4 * x * (1 - x / n))
    whole = 2 * (n + z**2)
    lower, upper = (middle - half) / whole, (middle + half) / whole
    return np.maximum(lower, 0.0) * scale, np.minimum(upper, 1.0) * scale


def count(events: Any, *, confidence: Confidence = STANDARD) -> Estimates:
    """Return counts with Byar's interval, exact Poisson below 10.

    Parameters
    ----------
    events
        Counts, shape (rows,); a missing one gives a missing interval.

    Notes
    -----
    Source: Breslow and Day (1987), Statistical Methods in Cancer Research II, IARC 82.

    Examples
    --------
    >>> estimate = count([10, 9, 0])
    >>> estimate.lower95.round(6).tolist(), estimate.upper95.round(6).tolist()
    ([4.78745, 4.115373, 0.0], [18.391459, 17.084803, 3.688879])
    """
    x = check_numbers("events", events, missing=True, minimum=0)
    return scaled_counts(x, np.ones(len(x)), levels(confidence))


def rate(
    events: Any, denominator: Any, *, multiplier: float = 100_000.0, confidence: Confidence = STANDARD
) -> Estimates:
    """Return rates of events with Byar's interval, exact Poisson below 10 events.

    Parameters
    ----------
    events
        Counts, shape (rows,); a missing one gives a missing estimate.
    denominator
        Population, person-time or bed-days, shape (rows,).
    multiplier
        The rate is per this many of the denominator.

    Examples
    --------
    >>> rate([10], [2000], multiplier=1000).value.tolist()
    [5.0]
    """
    x = check_numbers("events", events, missing=True, minimum=0)
    n = check_numbers("denominator", denominator, missing=True, above=0)
    check_lengths(events=x, denominator=n)
    return scaled_counts(x, check_number("multiplier", multiplier, above=0) / n, levels(confidence))


def poisson_limits(events: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Return both limits of counts: Byar's approximation, exact where there are fewer than 10.

    Parameters
    ----------
    events
        Counts of 0 or more, shape (rows,).
    confidence
        Two-sided, between 0 and 1.
    """
    z, tail = normal_quantile(confidence), (1 - confidence) / 2
    few = events < EXACT_BELOW
    some = np.where(events == 0, 1.0, events)  # keeps 0 out of both formulas; its lower limit is 0
    byar_lower = some * (1 - 1 / (9 * some) - z / (3 * np.sqrt(some))) ** 3
    more = events + 1
    byar_upper = more * (1 - 1 / (9 * more) + z / (3 * np.sqrt(more))) ** 3
    lower = np.where(few, special.gammaincinv(some, tail), byar_lower)
    upper = np.where(few, special.gammainccinv(more, tail), byar_upper)
    return np.where(events == 0, 0.0, lower), upper


def scaled_counts(events: Floats, scale: Floats, asked: tuple[float, ...]) -> Estimates:
    """Return counts times a scale with Byar's interval, exact Poisson below 10."""
    counted = [poisson_limits(events, level) for level in asked]
    limits = [(lower * scale, upper * scale) for lower, upper in counted]
    method = np.select([events < EXACT_BELOW, events >= EXACT_BELOW], ["Exact", "Byar"], "")
    return Estimates(**estimate_fields(events * scale, asked, limits, method.tolist()))


def mean(values: Any, groups: Any = None, *, confidence: Confidence = STANDARD) -> Means:
    """Return means with the t interval, one per group.

    Parameters
    ----------
    values
        Shape (rows,), in any unit; none missing.
    groups
        Shape (rows,), the group of each row; None makes one group of all.

    Notes
    -----
    A group of one value has a mean and no interval (NaN).

    Examples
    --------
    >>> estimate = mean([4, 5, 6])
    >>> estimate.value.tolist(), estimate.lower95.round(4).tolist()
    ([5.0], [2.5159])
    """
    y = check_numbers("values", values)
    codes, names = group_codes(groups, values=y)
    n = np.bincount(codes)
    centre = np.bincount(codes, y) / n
    squares = np.bincount(codes, (y - centre[codes]) ** 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        error = np.sqrt(squares / (n - 1)) / np.sqrt(n)
    asked = levels(confidence)
    spread = [special.stdtrit(n - 1, level + (1 - level) / 2) * error for level in asked]
    limits = [(centre - half, centre + half) for half in spread]
    found = estimate_fields(centre, asked, limits, ("Student's t",) * len(n))
    return Means(**found, group=names, count=n.astype(np.int64))


def group_codes(groups: Any, **reference: Floats) -> tuple[Ints, tuple[Any, ...]]:
    """Return the number of each row's group, in order of first appearance, and the groups' names.

    Raises
    ------
    ArgumentError
        For a missing name, a length other than the reference's, or no row.
    """
    ((name, values),) = reference.items()
    if not len(values):
        raise ArgumentError(name, "no value came", "one value or more")
    if groups is None:
        return np.zeros(len(values), np.int64), (None,)
    labels = pd.Series(groups).to_numpy()
    check_lengths(**{name: values}, groups=labels)
    codes, names = pd.factorize(labels)
    if (codes < 0).any():
        came = f"a missing name came at position {int(np.flatnonzero(codes < 0)[0])}"
        raise ArgumentError("groups", came, "a name for every row")
    return codes.astype(np.int64), tuple(names.tolist())
