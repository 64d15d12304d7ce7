"""Proportions, counts, rates, means and standardised rates, each with its 95 % and 99.8 % interval.

Source: OHID, Technical guide "Public health commonly used methods"; behaviour as of PHEindicatormethods.
Every function works on whole columns and gives both intervals in one call.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from helpers.errors import ArgumentError
from helpers.stats.checks import (
    Floats,
    Ints,
    check_at_most,
    check_lengths,
    check_number,
    check_numbers,
)

#: two-sided confidence of the narrow and the wide interval
NARROW, WIDE = 0.95, 0.998
#: Byar's approximation is used from this count on, the exact Poisson interval below it (OHID)
EXACT_BELOW = 10
#: no directly standardised rate below this many events (OHID)
DSR_FROM = 10


@dataclass(frozen=True)
class Estimates:
    """Estimates with both intervals, one entry per row or group, in the unit of the value.

    Parameters
    ----------
    value
        The estimates.
    lower95, upper95, lower998, upper998
        Limits of the 95 % and of the 99.8 % interval.
    method
        How each interval was made, in a word or two.
    """

    value: Floats
    lower95: Floats
    upper95: Floats
    lower998: Floats
    upper998: Floats
    method: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.value)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per estimate."""
        return pd.DataFrame({field.name: getattr(self, field.name) for field in fields(self)})


@dataclass(frozen=True)
class Means(Estimates):
    """Means per group; `count` is how many values each rests on."""

    group: tuple[Any, ...]
    count: Ints


@dataclass(frozen=True)
class DirectRates(Estimates):
    """Directly standardised rates per group; `events` and `population` are the totals behind each."""

    group: tuple[Any, ...]
    events: Floats
    population: Floats


@dataclass(frozen=True)
class IndirectRates(Estimates):
    """Indirectly standardised ratios or rates per group.

    `observed` and `expected` are counts; `reference` is the reference rate, or 1, that O/E is scaled by.
    """

    group: tuple[Any, ...]
    observed: Floats
    expected: Floats
    reference: Floats


def _z(confidence: float) -> float:
    return float(stats.norm.ppf(confidence + (1 - confidence) / 2))


def _locked(array: Any) -> Floats:
    copy = np.array(array, dtype=np.float64)
    copy.setflags(write=False)
    return copy


def proportion(numerator: Any, denominator: Any, *, multiplier: float = 1.0) -> Estimates:
    """Return proportions with Wilson's interval.

    Parameters
    ----------
    numerator, denominator
        Counts, shape (rows,); a missing one gives a missing estimate.
    multiplier
        100 for percentages.

    Raises
    ------
    ArgumentError
        For lengths that differ, negative counts, denominators of 0, a numerator above its denominator.

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
    limits = [limit * scale for level in (NARROW, WIDE) for limit in _wilson(x, n, _z(level))]
    return Estimates(_locked(x / n * scale), *map(_locked, limits), ("Wilson",) * len(x))


def _wilson(x: Floats, n: Floats, z: float) -> tuple[Floats, Floats]:
    middle = 2 * x + z**2
    half = z * np.sqrt(z**2 + 4 * x * (1 - x / n))
    whole = 2 * (n + z**2)
    return np.maximum((middle - half) / whole, 0.0), np.minimum((middle + half) / whole, 1.0)


def count(events: Any) -> Estimates:
    """Return counts with Byar's interval, exact Poisson below 10.

    Parameters
    ----------
    events
        Counts, shape (rows,); a missing one gives a missing interval.

    Raises
    ------
    ArgumentError
        For negative counts.

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
    return _scaled_counts(x, np.ones(len(x)))


def rate(events: Any, denominator: Any, *, multiplier: float = 100_000.0) -> Estimates:
    """Return rates of events with Byar's interval, exact Poisson below 10 events.

    Parameters
    ----------
    events
        Counts, shape (rows,); a missing one gives a missing estimate.
    denominator
        Population, person-time or bed-days, shape (rows,).
    multiplier
        The rate is per this many of the denominator.

    Raises
    ------
    ArgumentError
        For lengths that differ, negative counts, denominators of 0.

    Examples
    --------
    >>> rate([10], [2000], multiplier=1000).value.tolist()
    [5.0]
    """
    x = check_numbers("events", events, missing=True, minimum=0)
    n = check_numbers("denominator", denominator, missing=True, above=0)
    check_lengths(events=x, denominator=n)
    return _scaled_counts(x, check_number("multiplier", multiplier, above=0) / n)


def poisson_limits(events: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Return both limits of counts: Byar's approximation, exact where there are fewer than 10.

    Parameters
    ----------
    events
        Counts of 0 or more, shape (rows,).
    confidence
        Two-sided, between 0 and 1.
    """
    z, tail = _z(confidence), (1 - confidence) / 2
    few = events < EXACT_BELOW
    some = np.where(events > 0, events, 1.0)  # keeps 0 out of both formulas; its lower limit is 0
    byar_lower = some * (1 - 1 / (9 * some) - z / (3 * np.sqrt(some))) ** 3
    more = events + 1
    byar_upper = more * (1 - 1 / (9 * more) + z / (3 * np.sqrt(more))) ** 3
    lower = np.where(few, stats.chi2.ppf(tail, 2 * some) / 2, byar_lower)
    upper = np.where(few, stats.chi2.ppf(1 - tail, 2 * more) / 2, byar_upper)
    return np.where(events == 0, 0.0, lower), upper


def _scaled_counts(events: Floats, scale: Floats) -> Estimates:
    """Return counts times a scale, and their limits."""
    limits = [limit * scale for level in (NARROW, WIDE) for limit in poisson_limits(events, level)]
    method = np.where(events < EXACT_BELOW, "Exact", "Byar")
    return Estimates(_locked(events * scale), *map(_locked, limits), tuple(method.tolist()))


def mean(values: Any, groups: Any = None) -> Means:
    """Return means with the t interval, one per group.

    Parameters
    ----------
    values
        Shape (rows,), in any unit; none missing.
    groups
        Shape (rows,), the group of each row; None makes one group of all.

    Raises
    ------
    ArgumentError
        For missing values, lengths that differ or no value at all.

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
    spread = [stats.t.ppf(level + (1 - level) / 2, n - 1) * error for level in (NARROW, WIDE)]
    limits = [centre + sign * half for half in spread for sign in (-1, 1)]
    return Means(
        _locked(centre),
        *map(_locked, limits),
        ("Student's t",) * len(n),
        group=names,
        count=n.astype(np.int64),
    )


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


def dsr(
    events: Any, population: Any, standard: Any, groups: Any = None, *, multiplier: float = 100_000.0
) -> DirectRates:
    """Return directly standardised rates with Dobson's interval, one per group.

    Parameters
    ----------
    events, population
        Counts and persons per stratum, shape (rows,).
    standard
        Standard population of each row's stratum, such as the European Standard Population 2013.
    groups
        Shape (rows,), the group of each row; None makes one group of all.
    multiplier
        The rate is per this many.

    Raises
    ------
    ArgumentError
        For lengths that differ, negative counts, a population of 0, a standard population that sums to 0.

    Notes
    -----
    A group of fewer than 10 events has no rate (NaN). Source: Dobson et al. (1991), Stat Med 10:457.

    Examples
    --------
    >>> result = dsr([20, 30], [1000, 2000], [500, 500], multiplier=1000)
    >>> result.value.tolist()
    [17.5]
    """
    x = check_numbers("events", events, minimum=0)
    n = check_numbers("population", population, above=0)
    weight = check_numbers("standard", standard, minimum=0)
    check_lengths(events=x, population=n, standard=weight)
    scale = check_number("multiplier", multiplier, above=0)
    codes, names = group_codes(groups, events=x)
    whole = np.bincount(codes, weight)
    if (whole == 0).any():
        raise ArgumentError(
            "standard", "a standard population of 0 in all came", "one above 0 for each group"
        )
    total = np.bincount(codes, x)
    enough = total >= DSR_FROM
    value = np.where(enough, np.bincount(codes, x * weight / n) / whole, np.nan)
    variance = np.bincount(codes, x * (weight / n) ** 2) / whole**2
    per_event = np.sqrt(variance / np.where(enough, total, np.nan))
    limits = [
        value + per_event * (limit - total)
        for level in (NARROW, WIDE)
        for limit in poisson_limits(total, level)
    ]
    method = np.where(enough, "Dobson", f"none below {DSR_FROM} events")
    return DirectRates(
        _locked(value * scale),
        *(_locked(limit * scale) for limit in limits),
        tuple(method.tolist()),
        group=names,
        events=_locked(total),
        population=_locked(np.bincount(codes, n)),
    )


def smr(
    events: Any,
    population: Any,
    reference_events: Any,
    reference_population: Any,
    groups: Any = None,
    *,
    multiplier: float = 1.0,
) -> IndirectRates:
    """Return indirectly standardised ratios O/E with Byar's interval, one per group.

    Parameters
    ----------
    events, population
        Counts and persons per stratum, shape (rows,).
    reference_events, reference_population
        The same of the reference, for each row's stratum.
    groups
        Shape (rows,), the group of each row; None makes one group of all.
    multiplier
        1, or 100 where the reference is called 100.

    Raises
    ------
    ArgumentError
        For lengths that differ, negative counts, a reference population of 0, nothing expected.

    Examples
    --------
    >>> result = smr([30, 20], [1000, 1000], [200, 300], [10_000, 10_000])
    >>> result.value.tolist(), result.expected.tolist()
    ([1.0], [50.0])
    """
    scale = check_number("multiplier", multiplier, above=0)
    strata = _strata(events, population, reference_events, reference_population)
    codes, names = group_codes(groups, events=strata[0])
    return _indirect(strata, codes, names, np.full(len(names), scale))


def isr(
    events: Any,
    population: Any,
    reference_events: Any,
    reference_population: Any,
    groups: Any = None,
    *,
    multiplier: float = 100_000.0,
) -> IndirectRates:
    """Return indirectly standardised rates, O/E times the reference's crude rate, one per group.

    Parameters
    ----------
    events, population, reference_events, reference_population, groups
        As in `smr`.
    multiplier
        The rate is per this many.

    Raises
    ------
    ArgumentError
        As in `smr`.

    Examples
    --------
    >>> isr([30, 20], [1000, 1000], [200, 300], [10_000, 10_000], multiplier=1000).value.tolist()
    [25.0]
    """
    scale = check_number("multiplier", multiplier, above=0)
    strata = _strata(events, population, reference_events, reference_population)
    codes, names = group_codes(groups, events=strata[0])
    crude = np.bincount(codes, strata[2]) / np.bincount(codes, strata[3])
    return _indirect(strata, codes, names, crude * scale)


_Strata = tuple[Floats, Floats, Floats, Floats]


def _strata(events: Any, population: Any, reference_events: Any, reference_population: Any) -> _Strata:
    x = check_numbers("events", events, minimum=0)
    n = check_numbers("population", population, minimum=0)
    reference_x = check_numbers("reference_events", reference_events, minimum=0)
    reference_n = check_numbers("reference_population", reference_population, above=0)
    check_lengths(events=x, population=n, reference_events=reference_x, reference_population=reference_n)
    return x, n, reference_x, reference_n


def _indirect(strata: _Strata, codes: Ints, names: tuple[Any, ...], reference: Floats) -> IndirectRates:
    x, n, reference_x, reference_n = strata
    observed, expected = np.bincount(codes, x), np.bincount(codes, reference_x / reference_n * n)
    if (expected == 0).any():
        raise ArgumentError("reference_events", "nothing is expected for a group", "more than 0 in all")
    found = _scaled_counts(observed, reference / expected)
    return IndirectRates(
        *(getattr(found, field.name) for field in fields(Estimates)),
        group=names,
        observed=_locked(observed),
        expected=_locked(expected),
        reference=_locked(reference),
    )
