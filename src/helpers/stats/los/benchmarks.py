"""What a mean stay is compared with, and how far it lies from it (methods, section 4)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from helpers.errors import ArgumentError
from helpers.stats.checks import Floats, check_confidence, check_each, check_lengths, check_series


def pooled_mean(spells: npt.ArrayLike, days: npt.ArrayLike) -> float:
    """Return the mean stay over all spells together: the national mean, or the trust's own past.

    Parameters
    ----------
    spells
        Spells per trust (or month, or cell), not negative; at least one spell in all.
    days
        Bed-days of those spells.

    Raises
    ------
    ArgumentError
        Negative or missing values, lengths that differ, no spell at all.

    >>> pooled_mean([100, 300], [400, 1800])
    5.5
    """
    counts, totals = _spells_and_days(spells, days)
    return float(totals.sum() / counts.sum())


def trust_means(spells: npt.ArrayLike, days: npt.ArrayLike) -> Floats:
    """Return the mean stay of each trust that has spells; trusts without any are left out.

    >>> trust_means([100, 0, 300], [400, 0, 1800])
    array([4., 6.])
    """
    counts, totals = _spells_and_days(spells, days)
    return totals[counts > 0] / counts[counts > 0]


def unweighted_mean(spells: npt.ArrayLike, days: npt.ArrayLike) -> float:
    """Return the mean of the trusts' means, every trust counting once (shown beside the pooled mean).

    >>> unweighted_mean([100, 300], [400, 1800])
    5.0
    """
    return float(trust_means(spells, days).mean())


def peer_median(spells: npt.ArrayLike, days: npt.ArrayLike) -> float:
    """Return the median of the peers' mean stays, every trust counting once.

    >>> peer_median([10, 10, 10], [40, 50, 90])
    5.0
    """
    return float(np.median(trust_means(spells, days)))


def best_quartile(spells: npt.ArrayLike, days: npt.ArrayLike) -> float:
    """Return the unweighted 25 % quantile (type 7) of the trusts' mean stays.

    >>> best_quartile([10, 10, 10, 10], [40, 50, 60, 90])
    4.75
    """
    return float(np.quantile(trust_means(spells, days), 0.25))


def crude_deviation(
    spells: npt.ArrayLike,
    days: npt.ArrayLike,
    days_squared: npt.ArrayLike,
    benchmark: npt.ArrayLike,
    *,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Return mean stay minus benchmark with its t interval, not adjusted for case mix.

    Parameters
    ----------
    spells, days, days_squared
        Per row (trust, specialty …): spells, the sum of their stays in days and the sum of the squares.
    benchmark
        The benchmark in days, one or one per row; taken as known.
    confidence
        Level of the interval.

    Returns
    -------
    pandas.DataFrame
        One row per input row: `spells`, `mean`, `benchmark`, `deviation`, `lower`, `upper` (days). Without
        spells the mean is missing, with one spell the interval.

    Raises
    ------
    ArgumentError
        Negative or missing values, lengths that differ, squares smaller than the days allow.

    >>> crude_deviation([4], [20], [120], 4.0).round(3).to_dict("records")
    [{'spells': 4.0, 'mean': 5.0, 'benchmark': 4.0, 'deviation': 1.0, 'lower': -3.109, 'upper': 5.109}]
    """
    counts, totals = check_series("spells", spells, minimum=0), check_series("days", days, minimum=0)
    squares = check_series("days_squared", days_squared, minimum=0)
    check_lengths(spells=counts, days=totals, days_squared=squares)
    reference = check_each("benchmark", benchmark, "spells", counts, minimum=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = totals / counts
        half = _half_width(counts, totals, squares, confidence)
    deviation = mean - reference
    return pd.DataFrame(
        {
            "spells": counts,
            "mean": mean,
            "benchmark": reference,
            "deviation": deviation,
            "lower": deviation - half,
            "upper": deviation + half,
        }
    )


def _half_width(counts: Floats, totals: Floats, squares: Floats, confidence: float) -> Floats:
    level = check_confidence(confidence)
    around_mean = squares - totals**2 / counts
    # sums of squares lose digits: what is below zero by rounding alone is zero
    if (around_mean < -1e-9 * squares).any():
        raise ArgumentError("days_squared", "smaller than days**2 / spells", "the sum of the squared stays")
    variance = np.where(counts > 1, np.maximum(around_mean, 0) / (counts - 1), np.nan)
    quantile = special.stdtrit(np.where(counts > 1, counts - 1, np.nan), (1 + level) / 2)
    return np.asarray(quantile * np.sqrt(variance / counts), dtype=float)


def _spells_and_days(spells: npt.ArrayLike, days: npt.ArrayLike) -> tuple[Floats, Floats]:
    counts, totals = check_series("spells", spells, minimum=0), check_series("days", days, minimum=0)
    check_lengths(spells=counts, days=totals)
    if counts.sum() == 0:
        raise ArgumentError("spells", "no spell at all", "at least one spell")
    return counts, totals
