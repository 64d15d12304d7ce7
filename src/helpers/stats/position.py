"""Where an organisation stands among others: a percentile with its interval instead of a rank.

Source: Goldstein and Spiegelhalter (1996), J R Stat Soc A 159:385; Marshall and Spiegelhalter (1998),
BMJ 316:1701; ranks from the empirical Bayes distribution: Laird and Louis (1989), J Educ Stat 14:29.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.stats.checks import Floats, check_lengths, check_number, check_numbers, locked
from helpers.stats.results import Result

Ranks = NDArray[np.int32]
#: the chance from which a place is called very likely
VERY_LIKELY = 0.9
#: draws of all organisations at once; more change an end of an interval by less than one point
DRAWS = 4_000
#: the same data give the same figures in every report
SEED = 1996
#: an excess of Q over its degrees of freedom below this share of Q is rounding
ROUNDING = 1e-9
#: fewer steps from one period to the next say nothing of how a series varies
FEWEST_STEPS = 24
#: mean of the absolute difference of two draws from one normal distribution, in standard deviations
_MEAN_RANGE = 1.128


@dataclass(frozen=True, repr=False)
class Positions(Result):
    """Where each organisation stands: the share of the others whose value lies lower, per cent.

    Parameters
    ----------
    percent
        The expected share, over what the true values may be.
    lower95, upper95
        Its 95 % interval.
    lowest, highest
        The chance, 0 to 1, that at most, or at least, a quarter of the others lie below: that it is one of the
        lowest, or of the highest, quarter.
    shrunken
        Each value drawn towards the mean by its own error, on the scale that came.
    mean, spread
        What they were drawn towards, and the true spread (tau) between organisations, on that scale.
    """

    percent: Floats
    lower95: Floats
    upper95: Floats
    lowest: Floats
    highest: Floats
    shrunken: Floats
    mean: float
    spread: float


def positions(value: Any, error: Any, *, draws: int = DRAWS, seed: int = SEED) -> Positions:
    """Return every organisation's percentile among the others with its interval.

    Parameters
    ----------
    value
        Shape (organisations,), on a scale on which errors are about normal (angle, logarithm).
    error
        Standard error of each, above 0.
    draws
        How often all true values are drawn.
    seed
        Of the random numbers.

    Returns
    -------
    Positions
        One entry per organisation; one alone stands nowhere (NaN).

    Raises
    ------
    ArgumentError
        For missing values, lengths that differ, errors of 0, no draws.

    Notes
    -----
    True values are taken as normal round a common mean with variance tau^2 (DerSimonian and Laird 1986),
    so each is drawn from N(m + B (y - m), B s^2), B = tau^2/(tau^2 + s^2). Drawing from N(y, s^2) instead
    would spread the values too far and pull every rank to the middle. Organisations that do not differ
    beyond chance are ordered at random, and their interval says so. Intervals of 95 % cover about 95 %
    over all organisations, not for each one: the most extreme are covered less often.

    Examples
    --------
    >>> found = positions([0.1, 0.5, 0.9], [0.01, 0.01, 0.01])
    >>> found.percent.tolist(), found.lower95.tolist()
    ([0.0, 50.0, 100.0], [0.0, 50.0, 100.0])
    """
    y, s = check_numbers("value", value), check_numbers("error", error, above=0)
    check_lengths(value=y, error=s)
    many = int(check_number("draws", draws, above=0))
    if len(y) < 2:
        none, middle = locked(np.full(len(y), np.nan)), float(y.mean()) if len(y) else np.nan
        return Positions(none, none, none, none, none, locked(y), middle, 0.0)
    mean, tau2 = mean_and_variance(y, s)
    keep = tau2 / (tau2 + s**2)
    shrunken = mean + keep * (y - mean)
    # where none differs from another, all true values are equal and their order is anybody's: that of the draws
    # alone, so that places do not jump between no spread and hardly any
    drawn = np.random.default_rng(seed).standard_normal((many, len(y)))
    below = _ranks(shrunken + np.sqrt(keep) * s * drawn if tau2 > 0 else drawn)
    low, high = _ends(below)
    others = len(y) - 1  # multiplied first and divided then: above all others is 100, not a hair more
    return Positions(
        locked(100 * below.mean(axis=0) / others),
        locked(100 * low / others),
        locked(100 * high / others),
        locked((4 * below <= others).mean(axis=0)),
        locked((4 * below >= 3 * others).mean(axis=0)),
        locked(shrunken),
        mean,
        float(np.sqrt(tau2)),
    )


def _ranks(true: Floats) -> Ranks:
    """Return how many of the others lie below, draw by draw."""
    below = np.empty(true.shape, dtype=np.int32)
    places = np.broadcast_to(np.arange(true.shape[1], dtype=np.int32), true.shape)
    np.put_along_axis(below, np.argsort(true, axis=1), places, axis=1)
    return below


def _ends(below: Ranks) -> tuple[Floats, Floats]:
    """Return the 2.5th and 97.5th percentile of each column (type 7); whole numbers are sorted by counting."""
    ordered = np.sort(
        below.T.astype(np.int16 if below.shape[1] < 2**15 else np.int32), axis=1, kind="stable"
    )
    ends = []
    for share in (0.025, 0.975):
        whole, part = divmod(share * (ordered.shape[1] - 1), 1)
        least, most = (ordered[:, min(int(whole) + step, ordered.shape[1] - 1)] for step in (0, 1))
        ends.append(least + part * (most - least.astype(float)))
    return ends[0], ends[1]


def mean_and_variance(y: Floats, s: Floats) -> tuple[float, float]:
    """Return the mean of the true values and their variance, from values and standard errors."""
    w = 1 / s**2
    tau2 = between_variance(float((w * (y - (w * y).sum() / w.sum()) ** 2).sum()), w)
    w = 1 / (s**2 + tau2)
    return float((w * y).sum() / w.sum()), tau2


def between_variance(q: float, weights: Floats) -> float:
    """Return the variance between units whose squared distances, by their weights, add up to q.

    Notes
    -----
    Source: DerSimonian and Laird 1986, Controlled Clinical Trials 7:177.
    """
    excess = q - (len(weights) - 1)
    free = float(weights.sum() - (weights**2).sum() / weights.sum())
    # a difference of equal sums is rounding, of another sign or size in another unit; one unit leaves nothing else
    rounded = excess <= ROUNDING * q or free <= ROUNDING * weights.sum()
    return 0.0 if rounded else excess / free


def month_to_month(value: Any, error: Any, groups: Any, *, floor: float = 1.0) -> float | None:
    """Return how many times wider than by chance organisations vary from one period to the next.

    Parameters
    ----------
    value
        Shape (rows,), transformed values of all organisations in order of their periods.
    error
        Standard error of each by chance alone, above 0.
    groups
        The organisation of each row.
    floor
        The least that is returned: 1 where the error is that of a model of chance, 0 where it is only in
        proportion to the error.

    Returns
    -------
    float or None
        The median over organisations of the mean moving range of value/error over 1.128; None where
        fewer than 24 steps are there.

    Notes
    -----
    Source: Laney (2002), Qual Eng 14:531, sigma_z of the p' chart; here pooled over organisations, because
    a single one's dozen steps would make its own interval a matter of luck.

    Examples
    --------
    >>> month_to_month([0.0, 2.256] * 13, [1.0] * 26, ["A"] * 26)
    2.0
    """
    y, s = check_numbers("value", value), check_numbers("error", error, above=0)
    check_lengths(value=y, error=s)
    table = pd.DataFrame({"y": y, "s": s, "group": list(groups)})
    pooled = np.sqrt((table["s"] ** 2 + table.groupby("group")["s"].shift() ** 2) / 2)
    steps = (table.groupby("group")["y"].diff().abs() / pooled).dropna()
    if len(steps) < FEWEST_STEPS:
        return None
    ranges = steps.groupby(table["group"]).mean()
    return max(float(floor), round(float(ranges.median()) / _MEAN_RANGE, 12))
