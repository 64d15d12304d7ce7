"""Directly and indirectly standardised rates and ratios, each with its intervals (`confidence`: one, or several).

Source: OHID, Technical guide "Public health commonly used methods"; behaviour as of PHEindicatormethods.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypedDict, Unpack

import numpy as np

from helpers.errors import ArgumentError
from helpers.stats.checks import (
    Floats,
    Ints,
    check_choice,
    check_each,
    check_lengths,
    check_number,
    check_numbers,
)
from helpers.stats.intervals import STANDARD, Confidence, levels
from helpers.stats.rates import Estimates, estimate_fields, group_codes, poisson_limits, scaled_counts

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
    confidence: Confidence = STANDARD,
    compatible: Literal["pheindicatormethods"] | None = None,
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
    compatible
        `pheindicatormethods` divides the variance of each frequency by the standard population of its own rows.

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
    check_choice("compatible", compatible, (None, "pheindicatormethods"))
    share = weight / (whole[codes] if compatible is None else _by_frequency(codes, times, weight))
    variance = np.bincount(codes, x * (times * share / n) ** 2)
    per_event = np.sqrt(variance / np.where(enough, total, np.nan))
    asked = levels(confidence)
    counted = [poisson_limits(total, level) for level in asked]
    limits = [
        ((value + per_event * (low - total)) * scale, (value + per_event * (high - total)) * scale)
        for low, high in counted
    ]
    method = np.where(enough, "Dobson", f"none below {DSR_FROM} events")
    found = estimate_fields(value * scale, asked, limits, method.tolist())
    return DirectRates(**found, group=names, events=total, population=_sums(codes, n * once))


def _by_frequency(codes: Ints, times: Floats, weight: Floats) -> Floats:
    """Return on each row the standard population of the rows of its group and frequency."""
    _, kind = np.unique(np.column_stack([codes, times]), axis=0, return_inverse=True)
    return np.asarray(np.bincount(kind.ravel(), weight)[kind.ravel()])


def _first_rows(codes: Ints, strata: Any, events: Floats) -> Floats:
    """Return 1 on the first row of each stratum of a group, 0 on its others."""
    if strata is None:
        return np.ones(len(codes))
    within, _ = group_codes(strata, events=events)
    first = np.zeros(len(codes))
    first[np.unique(codes * len(codes) + within, return_index=True)[1]] = 1
    return first


class IndirectOptions(TypedDict, total=False):
    """The scale and the intervals of indirectly standardised ratios and rates."""

    multiplier: float
    confidence: Confidence


def smr(
    events: Any,
    population: Any,
    reference_events: Any,
    reference_population: Any,
    groups: Any = None,
    **options: Unpack[IndirectOptions],
) -> IndirectRates:
    """Return indirectly standardised ratios O/E with Byar's interval, one per group.

    Parameters
    ----------
    events
        Counts per stratum, shape (rows,); or a mapping from group to its total, where that is all that is known.
    population
        Persons per stratum, shape (rows,).
    reference_events, reference_population
        Counts and persons of the reference, for each row's stratum.
    groups
        Shape (rows,), the group of each row; None makes one group of all.
    options
        `multiplier`: 1, or 100 where the reference is called 100; `confidence`: one two-sided, or several.

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
    rows = _Rows.of(events, population, reference_events, reference_population, groups)
    return _indirect(rows, np.ones(len(rows.names)), 1.0, **options)


def isr(
    events: Any,
    population: Any,
    reference_events: Any,
    reference_population: Any,
    groups: Any = None,
    **options: Unpack[IndirectOptions],
) -> IndirectRates:
    """Return indirectly standardised rates: O/E times the reference's crude rate, per 100,000 or `multiplier`.

    Arguments and errors as in `smr`.

    Examples
    --------
    >>> isr([30, 20], [1000, 1000], [200, 300], [10_000, 10_000], multiplier=1000).value.tolist()
    [25.0]
    """
    rows = _Rows.of(events, population, reference_events, reference_population, groups)
    return _indirect(rows, rows.crude, 100_000.0, **options)


@dataclass(frozen=True)
class _Rows:
    """What is observed and expected in each group, and the reference's crude rate for its strata."""

    names: tuple[Any, ...]
    observed: Floats
    expected: Floats
    crude: Floats

    @classmethod
    def of(
        cls, events: Any, population: Any, reference_events: Any, reference_population: Any, groups: Any
    ) -> _Rows:
        n = check_numbers("population", population, minimum=0)
        known = check_numbers("reference_events", reference_events, minimum=0)
        among = check_numbers("reference_population", reference_population, above=0)
        check_lengths(population=n, reference_events=known, reference_population=among)
        codes, names = group_codes(groups, population=n)
        expected = _sums(codes, known / among * n)
        if (expected == 0).any():
            raise ArgumentError("reference_events", "nothing is expected for a group", "more than 0 in all")
        return cls(
            names, _observed(events, codes, names), expected, _sums(codes, known) / _sums(codes, among)
        )


def _observed(events: Any, codes: Ints, names: tuple[Any, ...]) -> Floats:
    if not isinstance(events, Mapping):
        counts = check_numbers("events", events, minimum=0)
        check_lengths(events=counts, groups=codes)
        return _sums(codes, counts)
    unknown = [name for name in names if name not in events]
    if unknown:
        raise ArgumentError("events", f"nothing came for {unknown[0]!r}", "a total for each group")
    return check_numbers("events", [events[name] for name in names], minimum=0)


def _indirect(
    rows: _Rows,
    reference: Floats,
    usual: float,
    *,
    multiplier: float | None = None,
    confidence: Confidence = STANDARD,
) -> IndirectRates:
    scale = reference * check_number("multiplier", usual if multiplier is None else multiplier, above=0)
    found = scaled_counts(rows.observed, scale / rows.expected, levels(confidence))
    return IndirectRates(
        **vars(found), group=rows.names, observed=rows.observed, expected=rows.expected, reference=scale
    )
