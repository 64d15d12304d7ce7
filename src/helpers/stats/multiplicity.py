"""Many measures at once: how many signals chance alone gives, and how many of those found are false.

Source: Benjamini and Hochberg (1995), J R Stat Soc B 57:289; Storey (2002), J R Stat Soc B 64:479.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from helpers.stats.checks import (
    Floats,
    check_array,
    check_each,
    check_lengths,
    check_numbers,
    check_whole,
    locked,
)
from helpers.stats.results import Result
from helpers.stats.spc.analysis import analyse
from helpers.stats.spc.chart import VARIATION
from helpers.stats.spc.limits import RUN_POINTS
from helpers.stats.spc.rules import RuleSettings
from helpers.stats.spc.series import Series, Settings

#: series that each null is simulated by: a chance of 1 % is then known to within a quarter of a per cent
RUNS = 6_000
SEED = 1995
#: measures whose correlation from one value to the next differs by less share a null
_STEP = 0.05
_FEWEST_POINTS = 2


@dataclass(frozen=True, repr=False)
class ChanceFlags(Result):
    """Signals that chance would give beside those that were found.

    Parameters
    ----------
    chance
        Per measure, how likely its latest value is a special cause for the worse though nothing has changed.
    expected
        How many of the measures chance would flag on average.
    at_least_one
        How likely it flags one or more, taking measures as independent.
    found
        How many were flagged.
    false_share
        The share of those that are expected to be false, at most 1; NaN where none was flagged.
    """

    chance: Floats
    expected: float
    at_least_one: float
    found: int
    false_share: float


def chance_flags(points: Any, flagged: Any, *, autocorrelation: Any = 0.0) -> ChanceFlags:
    """Return how many measures chance alone would flag, each judged by its own null.

    Parameters
    ----------
    points
        Whole numbers of 2 or more, shape (measures,): how many values each XmR chart rests on.
    flagged
        Whether the latest value of each was a special cause for the worse.
    autocorrelation
        Correlation of each value with the one before, -0.95 to 0.95, one or one per measure: `chart.stability.lag1`.

    Returns
    -------
    ChanceFlags
        The null of a measure is a first-order autoregression of its length and correlation without any change.

    Raises
    ------
    ArgumentError
        For lengths that differ, fewer than 2 points, correlations out of range.

    Examples
    --------
    >>> found = chance_flags([24] * 25, [True] + [False] * 24)
    >>> 0.1 < found.expected < 0.4, found.found, 0.1 < found.false_share < 0.4
    (True, 1, True)
    """
    many = check_numbers("points", points, minimum=_FEWEST_POINTS)
    check_whole("points", many)
    rho = check_each("autocorrelation", autocorrelation, "points", many, minimum=-0.95, maximum=0.95)
    flags = np.asarray(flagged, dtype=bool)
    check_lengths(points=many, flagged=np.atleast_1d(flags))
    steps = np.round(rho / _STEP).astype(int).tolist()
    chance = np.array([_null(int(count), step) for count, step in zip(many, steps, strict=True)])
    expected, found = float(chance.sum()), int(flags.sum())
    share = min(1.0, expected / found) if found else np.nan
    return ChanceFlags(locked(chance), expected, float(1 - np.prod(1 - chance)), found, share)


@cache
def _null(points: int, step: int) -> float:
    """Return the chance that the latest of so many steady values is a special cause for the worse."""
    rho, rng = step * _STEP, np.random.default_rng(SEED)
    shocks = rng.standard_normal((points, RUNS))
    for row in range(1, points):
        shocks[row] = rho * shocks[row - 1] + np.sqrt(1 - rho**2) * shocks[row]
    group = np.repeat(np.arange(RUNS), points)
    series = Series(
        shocks.T.ravel(), group, group, np.full(len(group), np.nan), np.zeros(RUNS, dtype=np.int64)
    )
    rules = RuleSettings(RUN_POINTS, RUN_POINTS, outside_counts=False, lean_right=False)
    variation = analyse(series, Settings(True, None, rules, False, False)).summary.variation
    # without a direction of improvement both sides count: half of them would be for the worse
    return float((variation != VARIATION.index("common_cause")).mean() / 2)


def q_values(p: Any) -> Floats:
    """Return the false discovery rate at which each of many tests would just be called found.

    Parameters
    ----------
    p
        p values, 0 to 1, shape (tests,): each from its own null.

    They are Benjamini and Hochberg's adjusted values, by `scipy.stats.false_discovery_control`.

    >>> q_values([0.01, 0.02, 0.03, 0.5]).round(3).tolist()
    [0.04, 0.04, 0.04, 0.5]
    """
    # late: it takes as long to import as all methods together
    from scipy.stats import false_discovery_control

    return np.asarray(false_discovery_control(check_array("p", p, minimum=0, maximum=1)))
