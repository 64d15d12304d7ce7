"""Directly and indirectly standardised rates and ratios, each with its 95 % and 99.8 % interval.

Source: OHID, Technical guide "Public health commonly used methods"; behaviour as of PHEindicatormethods.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.errors import ArgumentError
from helpers.stats.checks import Floats, Ints, check_each, check_lengths, check_number, check_numbers
from helpers.stats.rates import (
    NARROW,
    WIDE,
    Estimates,
    both_limits,
    group_codes,
    poisson_limits,
    scaled_counts,
)

#: no directly standardised rate below this many events (OHID)
DSR_FROM = 10


@dataclass(frozen=True, repr=False)
class DirectRates(Estimates):
    """Directly standardised rates per group; `events` and `population` are the totals behind each."""

    group: tuple[Any, ...]
    events: Floats
    population: Floats


@dataclass(frozen=True, repr=False)
class IndirectRates(Estimates):
    """Indirectly standardised ratios or rates per group.

    `observed` and `expected` are counts; `reference` is the reference rate, or 1, that O/E is scaled by.
    """

    group: tuple[Any, ...]
    observed: Floats
    expected: Floats
    reference: Floats


def _sums(codes: Ints, values: Floats) -> Floats:
    """Sum each group."""
    return np.bincount(codes, values).astype(np.float64)


def dsr(
    events: Any,
    population: Any,
    standard: Any,
    groups: Any = None,
    *,
    frequency: Any = 1,
    strata: Any = None,
    multiplier: float = 100_000.0,
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
    frequency
        How many events each of a row's people had, where those of one person are not independent (admissions):
        `events` are then people. One, or one per row.
    strata
        Shape (rows,), the stratum (age band) of each row: where a stratum has a row per frequency its population
        counts once. None takes each row as a stratum.
    multiplier
        The rate is per this many.

    Raises
    ------
    ArgumentError
        For lengths that differ, negative counts, a population of 0, a standard population that sums to 0.

    Notes
    -----
    A group of fewer than 10 events has no rate (NaN). Source: Dobson et al. (1991), Stat Med 10:457; for events
    that are not independent Stukel et al. (1994), Stat Med 13:1781.

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
    times = check_each("frequency", frequency, "events", x, minimum=0)
    once = _first_rows(codes, strata, x)
    whole = np.bincount(codes, weight * once)
    if (whole == 0).any():
        raise ArgumentError(
            "standard", "a standard population of 0 in all came", "one above 0 for each group"
        )
    total = _sums(codes, x * times)
    enough = total >= DSR_FROM
    value = np.where(enough, np.bincount(codes, x * times * weight / n) / whole, np.nan)
    variance = np.bincount(codes, x * (times * weight / n) ** 2) / whole**2
    per_event = np.sqrt(variance / np.where(enough, total, np.nan))
    limits = [
        (value + per_event * (limit - total)) * scale
        for level in (NARROW, WIDE)
        for limit in poisson_limits(total, level)
    ]
    method = np.where(enough, "Dobson", f"none below {DSR_FROM} events")
    found = both_limits(value * scale, limits, method.tolist())
    return DirectRates(**found, group=names, events=total, population=_sums(codes, n * once))


def _first_rows(codes: Ints, strata: Any, events: Floats) -> Floats:
    """Return 1 on the first row of each stratum of a group, 0 on its others."""
    if strata is None:
        return np.ones(len(codes))
    within, _ = group_codes(strata, events=events)
    first = np.zeros(len(codes))
    first[np.unique(codes * len(codes) + within, return_index=True)[1]] = 1
    return first


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
    strata = _strata(events, population, reference_events, reference_population)
    return _indirect(strata, groups, multiplier, rates=False)


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
    strata = _strata(events, population, reference_events, reference_population)
    return _indirect(strata, groups, multiplier, rates=True)


_Strata = tuple[Floats, Floats, Floats, Floats]


def _strata(events: Any, population: Any, reference_events: Any, reference_population: Any) -> _Strata:
    x = check_numbers("events", events, minimum=0)
    n = check_numbers("population", population, minimum=0)
    reference_x = check_numbers("reference_events", reference_events, minimum=0)
    reference_n = check_numbers("reference_population", reference_population, above=0)
    check_lengths(events=x, population=n, reference_events=reference_x, reference_population=reference_n)
    return x, n, reference_x, reference_n


def _indirect(strata: _Strata, groups: Any, multiplier: float, *, rates: bool) -> IndirectRates:
    """Return O/E times the multiplier, and times the reference's crude rate where rates are wanted."""
    x, n, reference_x, reference_n = strata
    scale = check_number("multiplier", multiplier, above=0)
    codes, names = group_codes(groups, events=x)
    crude = np.bincount(codes, reference_x) / np.bincount(codes, reference_n) if rates else 1.0
    reference = np.full(len(names), crude * scale)
    observed = _sums(codes, x)
    expected = _sums(codes, reference_x / reference_n * n)
    if (expected == 0).any():
        raise ArgumentError("reference_events", "nothing is expected for a group", "more than 0 in all")
    found = scaled_counts(observed, reference / expected)
    return IndirectRates(
        **vars(found), group=names, observed=observed, expected=expected, reference=reference
    )
