"""Intervals of observed over expected days: of independent stays, and of stays that go together in teams or wards."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from helpers.stats.checks import (
    check_confidence,
    check_lengths,
    check_series,
)

#: stands for no observed day in the interval's logarithm
CONTINUITY = 0.5
#: with fewer teams, wards or sites their spread says nothing
FEWEST_CLUSTERS = 3
#: a cluster's variance is at least this share of its squared days expected
_LEAST = 1e-9


def ratio_interval(
    observed: npt.ArrayLike,
    expected: npt.ArrayLike,
    variance: npt.ArrayLike,
    *,
    freedom: npt.ArrayLike = np.inf,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Return O/E with its interval: ln(O/E) +/- t sqrt(variance)/E.

    Parameters
    ----------
    observed, expected
        Bed-days, not negative, one per row.
    variance
        Variance of O - E under the comparator's spread, see `expected_variance`, in days squared.
    freedom
        Degrees of freedom of the t quantile, one or one per row; infinite: normal.
    confidence
        Level of the interval.

    Returns
    -------
    pandas.DataFrame
        `ratio`, `standard_error` (of the logarithm), `lower`, `upper`. Missing where nothing is expected.
        Where nothing was observed the ratio and its lower limit are 0 and the upper limit takes O as 0.5
        days.

    Raises
    ------
    ArgumentError
        Negative or missing values, lengths that differ.

    >>> v = expected_variance([80, 20], [9, 64], [1000, 500])
    >>> ratio_interval([560], [440], [v]).round(4).to_dict("records")
    [{'ratio': 1.2727, 'standard_error': 0.1044, 'lower': 1.0373, 'upper': 1.5616}]
    """
    o, e = check_series("observed", observed, minimum=0), check_series("expected", expected, minimum=0)
    v = check_series("variance", variance, minimum=0)
    check_lengths(observed=o, expected=e, variance=v)
    z = special.stdtrit(np.broadcast_to(freedom, o.shape), (1 + check_confidence(confidence)) / 2)
    e = np.where(e > 0, e, np.nan)
    ratio, error = o / e, np.sqrt(v) / e
    centre = np.log(np.maximum(o, CONTINUITY * (o == 0)) / e)
    lower = np.where(o > 0, np.exp(centre - z * error), np.where(np.isnan(e), np.nan, 0.0))
    return pd.DataFrame(
        {"ratio": ratio, "standard_error": error, "lower": lower, "upper": np.exp(centre + z * error)}
    )


def expected_variance(
    spells: npt.ArrayLike, comparator_variance: npt.ArrayLike, comparator_spells: npt.ArrayLike
) -> float:
    """Return the variance of O - E: sum over strata of n sigma^2 + n^2 sigma^2 / m, in days squared.

    Parameters
    ----------
    spells
        The trust's spells n_s per comparator stratum.
    comparator_variance
        Variance sigma_s^2 of the comparator's stays, in days squared.
    comparator_spells
        The comparator's spells m_s, at least 1.

    Examples
    --------
    >>> expected_variance([80, 20], [9, 64], [1000, 500])
    2108.8
    """
    n = check_series("spells", spells, minimum=0)
    v = check_series("comparator_variance", comparator_variance, minimum=0)
    m = check_series("comparator_spells", comparator_spells, minimum=1)
    check_lengths(spells=n, comparator_variance=v, comparator_spells=m)
    return float((n * v + n**2 * v / m).sum())


def between_clusters(cells: pd.DataFrame, keys: list[str], cluster: str) -> pd.DataFrame:
    """Return how many clusters each row has, the variance of O - E between them, and its degrees of freedom.

    Notes
    -----
    Residuals are inflated as by Bell and McCaffrey (CR2), so that the variance is right on average where spread grows
    with the days expected. Degrees of freedom are Satterthwaite's: unequal clusters tell less than their number.
    """
    columns = ["observed", "expected", "variance", "comparison"]
    sums = cells.groupby([*keys, cluster], observed=True, dropna=False)[columns].sum()
    levels = list(range(len(keys)))

    def total(values: pd.Series) -> pd.Series:
        return values.groupby(level=levels, dropna=False).transform("sum")

    expected, whole = sums["expected"], total(sums["expected"])
    share, ratio = expected / whole, total(sums["observed"]) / whole
    # per day expected, as the variance of independent stays is: a trust with a ratio of 2 has twice the spread
    left = sums["observed"] / ratio.where(ratio > 0) - expected
    inflation = 1 / (1 - share.where(share < 1))
    alone = (sums["variance"] - sums["comparison"]).clip(lower=_LEAST * expected**2)

    def spread_of(each: pd.Series) -> pd.Series:
        return each * (1 - 2 * share) + share**2 * total(each)

    # what clusters seem to vary by beyond that of independent stays, which the degrees of freedom follow
    beyond = total(left**2 / alone) - total(spread_of(alone) / alone)
    beyond = (beyond / total(spread_of(expected**2) / alone)).clip(lower=0)
    each = alone + beyond * expected**2
    pull, mean = inflation * share, total(inflation * share**2)
    one, two, every = total(pull * each), total(pull**2 * each), total(each)
    mixed = mean**2 * every**2 + 2 * two * every - 4 * mean * one * every + 2 * one**2
    squares = mixed + total(each**2 * inflation * (inflation + 2 * mean - 4 * pull))
    freedom = total(each * (inflation - 2 * pull + mean)) ** 2 / squares
    groups = sums.assign(between=inflation * left**2, freedom=freedom).groupby(level=levels, dropna=False)
    between = groups["between"].sum(min_count=1)
    return pd.DataFrame(
        {"between": between, "freedom": groups["freedom"].first(), "clusters": groups.size()}
    )


def wider_interval(table: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Return the interval of independent stays, or that of clusters where there are enough and it is wider."""
    sums = table["observed"], table["expected"]
    alone = ratio_interval(*sums, table["variance"], confidence=confidence)
    if "between" not in table:
        return pd.DataFrame({"clusters": 0, "clustered": False}, index=alone.index).join(alone)
    many = table["clusters"].fillna(0).astype(int).to_numpy()
    variance = (table["between"] + table["comparison"]).fillna(0)
    freedom = table["freedom"].fillna(1).clip(lower=1)
    apart = ratio_interval(*sums, variance, freedom=freedom, confidence=confidence)
    wider = (many >= FEWEST_CLUSTERS) & (apart["upper"] > alone["upper"])
    return pd.DataFrame({"clusters": many, "clustered": wider}).join(alone.mask(wider, apart))
