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


def between_clusters(
    cells: pd.DataFrame, table: pd.DataFrame, keys: list[str], cluster: str
) -> pd.DataFrame:
    """Return how many clusters each row has, and the variance of O - E between them."""
    sums = cells.groupby([*keys, cluster], observed=True, dropna=False)[["observed", "expected"]].sum()
    levels = list(range(len(keys)))
    whole = sums.groupby(level=levels, dropna=False).transform("sum")
    rest = whole["expected"] - sums["expected"]
    # what the ratio of the others would leave of a cluster: the jackknife, see `Notes`
    left = (sums["observed"] * whole["expected"] - whole["observed"] * sums["expected"]) / rest.where(
        rest > 0
    )
    groups = (left**2).groupby(level=levels, dropna=False)
    count = groups.size()
    # per day expected, as the variance of independent stays is: a trust with a ratio of 2 has twice the spread
    scale = (table["expected"] / table["observed"].where(table["observed"] > 0)) ** 2
    return pd.DataFrame(
        {"between": groups.sum(min_count=1) * (count - 1) / count * scale, "clusters": count}
    )


def wider_interval(table: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Return the interval of independent stays, or that of clusters where there are enough and it is wider."""
    sums = table["observed"], table["expected"]
    alone = ratio_interval(*sums, table["variance"], confidence=confidence)
    if "between" not in table:
        return pd.DataFrame({"clusters": 0, "clustered": False}, index=alone.index).join(alone)
    many = table["clusters"].fillna(0).astype(int).to_numpy()
    variance = (table["between"] + table["comparison"]).fillna(0)
    freedom = np.maximum(many - 1, 1)
    apart = ratio_interval(*sums, variance, freedom=freedom, confidence=confidence)
    wider = (many >= FEWEST_CLUSTERS) & (apart["upper"] > alone["upper"])
    return pd.DataFrame({"clusters": many, "clustered": wider}).join(alone.mask(wider, apart))
