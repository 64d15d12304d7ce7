"""Could a change have been seen, and is one seen where there was none? (methods, section 8)"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from helpers.errors import ArgumentError
from helpers.stats.checks import check_confidence, check_integer, check_number, check_series
from helpers.stats.interrupted_series.design import FEWEST_BEFORE, Shape, build_design
from helpers.stats.interrupted_series.result import POWER, interrupted_series

#: least points on both sides of a placebo date
FEWEST_ROUND_PLACEBO = 8


def smallest_detectable_change(
    before: int,
    after: int,
    sd: float,
    autocorrelation: float,
    *,
    power: float = POWER,
    confidence: float = 0.95,
    shape: Shape = "both",
    trend: bool = True,
    reach: float = 0.0,
) -> float:
    """Return the effect after `after` periods that would be seen with a chance of 80 %, for planning.

    Parameters
    ----------
    before, after
        Periods on each side: at least 3 and 1.
    sd, autocorrelation
        Standard deviation of the errors and their correlation from one period to the next (-0.98 to 0.98).
    power
        Chance that it is seen.
    confidence
        Level of the interval that has to exclude no effect.
    shape, trend, reach
        How it shows, whether the series may have been moving before, and the standard errors that an interval reaches
        at least; see `interrupted_series`.

    Returns
    -------
    float
        A difference in the unit of `sd`: (z + z_power) standard errors of level + slope x (t - T0), taking
        sd and autocorrelation as known; with estimated ones more is needed, see
        `InterruptedSeries.smallest_change`.

    Raises
    ------
    ArgumentError
        Too few periods, a negative sd, an autocorrelation or a chance out of range.

    >>> round(smallest_detectable_change(24, 24, 1.0, 0.0), 2)
    3.19
    """
    check_integer("before", before, FEWEST_BEFORE)
    check_integer("after", after, 1)
    rho = check_number("autocorrelation", autocorrelation, minimum=-0.98, maximum=0.98)
    chance = check_number("power", power, minimum=0.5, maximum=0.999)
    design = build_design(before + after, before, seasonal=False, shape=shape, trend=trend)
    distance = np.abs(np.subtract.outer(np.arange(before + after), np.arange(before + after)))
    weights = np.linalg.inv(rho**distance)
    variance = design.now @ np.linalg.inv(design.matrix.T @ weights @ design.matrix) @ design.now
    within = max(
        special.ndtri((1 + check_confidence(confidence)) / 2), check_number("reach", reach, minimum=0)
    )
    quantiles = within + special.ndtri(chance)
    return float(quantiles * np.sqrt(variance) * check_number("sd", sd, minimum=0))


def placebo_dates(
    values: npt.ArrayLike,
    before: int,
    *,
    fewest: int = FEWEST_ROUND_PLACEBO,
    confidence: float = 0.95,
    shape: Shape = "both",
    trend: bool = True,
    reach: float = 0.0,
) -> pd.DataFrame:
    """Return the effects that the method finds at dates before the change, where there was none.

    Parameters
    ----------
    values
        The series, oldest first; only the periods before the change are used.
    before
        How many periods lie before the change.
    fewest
        Least periods on both sides of a placebo date.
    confidence
        Level of the intervals.
    shape, trend, reach
        As for `interrupted_series`.

    Returns
    -------
    pandas.DataFrame
        One row per placebo date: `before` (periods before it), `estimate`, `lower`, `upper` of the effect at
        the end of the periods used, and `found` (the interval excludes 0). Many found: the method sees
        effects in this series where there are none.

    Raises
    ------
    ArgumentError
        Too few periods before the change, more than there are.

    >>> placebo_dates([5.0, 6, 5, 7, 5, 6] * 4, 20)["before"].tolist()
    [8, 9, 10, 11, 12]
    """
    observed = check_series("values", values, missing=True)
    check_integer("fewest", fewest, 4)
    if not 2 * fewest <= before <= len(observed):
        allowed = f"at least {2 * fewest} (twice fewest) and at most the {len(observed)} values"
        raise ArgumentError("before", f"{before}", allowed)
    calm, rows = observed[:before], []
    for date in range(fewest, before - fewest + 1):
        found = interrupted_series(
            calm, date, seasonal=False, shape=shape, trend=trend, confidence=confidence, reach=reach
        )
        now = found.now
        rows.append((date, now.estimate, now.lower, now.upper, now.lower > 0 or now.upper < 0))
    return pd.DataFrame(rows, columns=["before", "estimate", "lower", "upper", "found"])
