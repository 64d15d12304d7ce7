"""Level, slope and season of an interrupted series as columns of a regression."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from helpers.errors import ArgumentError
from helpers.stats.checks import Floats, check_integer

#: both sides need so many points before a verdict
FEWEST_FOR_VERDICT = 12
#: and so many before a season of twelve months is fitted
FEWEST_FOR_SEASON = 24
#: least points before the change, and least after it for a change of slope
FEWEST_BEFORE, FEWEST_FOR_SLOPE = 3, 3
MONTHS = 12
#: pairs of sine and cosine of a season (Bernal et al. 2017)
_HARMONICS = 2


@dataclass(frozen=True)
class Design:
    """The regression of an interrupted series.

    Attributes
    ----------
    matrix
        Shape (periods, columns): 1, time since the change, after, after x time since the change, season.
    without_change
        The same with the change taken out: the counterfactual.
    level, slope, now
        What to multiply the coefficients with: the jump, the change of slope (None where too few points are
        after the change), and the effect at the last period.
    before, after
        Periods on each side.
    seasonal
        Whether a season is in it.
    """

    matrix: Floats
    without_change: Floats
    level: Floats
    slope: Floats | None
    now: Floats
    before: int
    after: int
    seasonal: bool


def build_design(periods: int, before: int, *, seasonal: bool | None = None) -> Design:
    """Return the design of a series of equally spaced periods whose change comes after `before` of them.

    Parameters
    ----------
    periods
        How many periods there are.
    before
        How many of them lie before the change: at least 3, fewer than `periods`.
    seasonal
        Whether to fit a season of twelve months; None: with 24 periods or more on both sides.

    Raises
    ------
    ArgumentError
        Too few periods before the change, none after it, a season with fewer than 24 periods on a side.
    """
    check_integer("before", before, FEWEST_BEFORE)
    after = periods - before
    if after < 1:
        raise ArgumentError(
            "before", f"{before} of {periods} points", "at least one point after the change"
        )
    enough = min(before, after) >= FEWEST_FOR_SEASON
    if seasonal and not enough:
        allowed = f"at least {FEWEST_FOR_SEASON} points on both sides for a season"
        raise ArgumentError("seasonal", f"{before} and {after} points", allowed)
    season = enough if seasonal is None else seasonal
    since = np.arange(periods) - float(before)
    is_after = (since >= 0).astype(float)
    change = [is_after] if after < FEWEST_FOR_SLOPE else [is_after, is_after * since]
    calm = [np.ones(periods), since, *(np.zeros(periods) for _ in change), *_season(periods, season)]
    matrix = np.column_stack([calm[0], calm[1], *change, *_season(periods, season)])
    unit = np.eye(matrix.shape[1])
    slope = unit[3] if len(change) == 2 else None
    now = unit[2] if slope is None else unit[2] + since[-1] * slope
    return Design(matrix, np.column_stack(calm), unit[2], slope, now, before, after, season)


def _season(periods: int, wanted: bool) -> list[Floats]:
    if not wanted:
        return []
    angle = 2 * np.pi * np.arange(periods) / MONTHS
    return [wave(k * angle) for k in range(1, _HARMONICS + 1) for wave in (np.sin, np.cos)]
