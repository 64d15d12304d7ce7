"""Where a difference in mean stay comes from: case mix or length (methods, section 4)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.errors import ArgumentError
from helpers.stats.checks import Floats, check_each, check_lengths, check_series


def split_deviation(
    spells: npt.ArrayLike,
    observed: npt.ArrayLike,
    expected: npt.ArrayLike,
    benchmark: npt.ArrayLike,
) -> pd.DataFrame:
    """Return mean - M split into mix (E/n - M) and length ((O - E)/n), which add up.

    Parameters
    ----------
    spells, observed, expected
        Per row: spells n (above 0), observed and expected bed-days O and E.
    benchmark
        Benchmark mean M in days, one or one per row.

    Returns
    -------
    pandas.DataFrame
        `mean`, `benchmark`, `mix`, `length`, `deviation` = mix + length, all in days.

    Raises
    ------
    ArgumentError
        Negative or missing values, no spells, lengths that differ.

    >>> split_deviation([100], [560], [440], 5.8).round(6).to_dict("records")
    [{'mean': 5.6, 'benchmark': 5.8, 'mix': -1.4, 'length': 1.2, 'deviation': -0.2}]
    """
    n = check_series("spells", spells, minimum=1)
    o, e = check_series("observed", observed, minimum=0), check_series("expected", expected, minimum=0)
    check_lengths(spells=n, observed=o, expected=e)
    m = check_each("benchmark", benchmark, "spells", n, minimum=0)
    mean, mix, length = o / n, e / n - m, (o - e) / n
    return pd.DataFrame({"mean": mean, "benchmark": m, "mix": mix, "length": length, "deviation": mean - m})


def kitagawa(
    spells: npt.ArrayLike,
    days: npt.ArrayLike,
    comparator_spells: npt.ArrayLike,
    comparator_days: npt.ArrayLike,
) -> tuple[float, float]:
    """Return mix and length of a difference in means by Kitagawa (1955): each at the average of the other.

    Parameters
    ----------
    spells, days
        The trust's spells and bed-days per stratum.
    comparator_spells, comparator_days
        The comparator's, in the same order.

    Returns
    -------
    tuple of float
        Mix and length in days; their sum is the difference of the two means. A stratum that one side lacks
        has no mean there: it counts as mix alone.

    Raises
    ------
    ArgumentError
        Negative or missing values, lengths that differ, no spells on one side.

    Notes
    -----
    Source: Kitagawa 1955, Journal of the American Statistical Association 50:1168.

    >>> mix, length = kitagawa([80, 20], [320, 240], [60, 40], [180, 400])
    >>> round(mix, 6), round(length, 6)
    (-1.5, 1.3)
    """
    n, d = check_series("spells", spells, minimum=0), check_series("days", days, minimum=0)
    cn = check_series("comparator_spells", comparator_spells, minimum=0)
    cd = check_series("comparator_days", comparator_days, minimum=0)
    check_lengths(spells=n, days=d, comparator_spells=cn, comparator_days=cd)
    for name, counts in (("spells", n), ("comparator_spells", cn)):
        if counts.sum() == 0:
            raise ArgumentError(name, "no spell at all", "at least one spell")
    share, reference_share = n / n.sum(), cn / cn.sum()
    mean, reference = _means_of_both(n, d, cn, cd)
    mix = ((share - reference_share) * (mean + reference) / 2).sum()
    length = ((mean - reference) * (share + reference_share) / 2).sum()
    return float(mix), float(length)


def _means_of_both(n: Floats, d: Floats, cn: Floats, cd: Floats) -> tuple[Floats, Floats]:
    with np.errstate(invalid="ignore", divide="ignore"):
        own, other = d / n, cd / cn
    own, other = np.where(n > 0, own, other), np.where(cn > 0, other, own)
    return np.where(n + cn > 0, own, 0.0), np.where(n + cn > 0, other, 0.0)
