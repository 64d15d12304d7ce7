"""Trim points: how long a single stay may count (methods, section 4)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.stats.checks import Floats, check_array, check_lengths, check_number, check_series

#: no trim point below this many days
SHORTEST_TRIM_POINT = 5.0
#: how many interquartile ranges above the upper quartile
WHISKER = 1.5


def trim_points(
    days: npt.ArrayLike, strata: npt.ArrayLike, *, shortest: float = SHORTEST_TRIM_POINT
) -> pd.Series:
    """Return each stratum's trim point: upper quartile + 1.5 interquartile ranges, at least 5 days.

    Parameters
    ----------
    days
        Stays of the comparator in days, one per spell, not negative.
    strata
        The stratum of each spell, as long as `days`.
    shortest
        The least trim point in days.

    Returns
    -------
    pandas.Series
        Trim point in days, indexed by stratum (sorted). Quartiles are type 7.

    Raises
    ------
    ArgumentError
        Stays that are negative, missing or not numbers; lengths that differ.

    Notes
    -----
    Source: the trim point of the national tariff for admitted care.

    >>> trim_points([1, 2, 3, 4, 1, 4, 7, 10], list("aaaabbbb")).to_dict()
    {'a': 5.5, 'b': 14.5}
    """
    stays = check_series("days", days, minimum=0)
    groups = np.asarray(strata)
    check_lengths(days=stays, strata=np.atleast_1d(groups))
    check_number("shortest", shortest, minimum=0)
    grouped = pd.Series(stays).groupby(groups)
    lower, upper = grouped.quantile(0.25), grouped.quantile(0.75)
    return (upper + WHISKER * (upper - lower)).clip(lower=shortest).rename("trim_point")


def trim_stays(days: npt.ArrayLike, points: npt.ArrayLike | None) -> Floats:
    """Return stays with each one above its trim point counted as the trim point; none is dropped.

    Parameters
    ----------
    days
        Stays in days, any shape.
    points
        None (nothing is trimmed), one trim point in days, or one per stay; a missing trim point trims
        nothing.

    Raises
    ------
    ArgumentError
        Negative or missing stays; negative trim points; lengths that differ.

    >>> trim_stays([2, 30, 90], 60)
    array([ 2., 30., 60.])
    """
    stays = check_array("days", days, minimum=0)
    if points is None:
        return stays
    limits = check_array("points", points, minimum=0, missing=True)
    if limits.ndim:
        check_lengths(days=stays, points=limits)
    return np.fmin(stays, limits)
