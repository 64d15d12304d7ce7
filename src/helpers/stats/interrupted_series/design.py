"""Level, slope and season of an interrupted series as columns of a regression."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from helpers.errors import ArgumentError
from helpers.stats.checks import Floats, check_choice, check_integer

#: how a change shows: as a jump, as another trend, or as both
Shape = Literal["level", "slope", "both"]

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
        Shape (periods, columns): 1, time since the change (with a trend), what `shape` has of after and
        after x time since the change, season.
    without_change
        The same with the change taken out: the counterfactual.
    trend, level, slope, now
        What to multiply the coefficients with: the trend and the jump (noughts without one), the change of
        slope (None without one), and the effect at the last period.
    before, after
        Periods on each side.
    seasonal
        Whether a season is in it.
    """

    matrix: Floats
    without_change: Floats
    trend: Floats
    level: Floats
    slope: Floats | None
    now: Floats
    before: int
    after: int
    seasonal: bool


def build_design(
    periods: int, before: int, *, seasonal: bool | None = None, shape: Shape = "both", trend: bool = True
) -> Design:
    """Return the design of a series of equally spaced periods whose change comes after `before` of them.

    Parameters
    ----------
    periods
        How many periods there are.
    before
        How many of them lie before the change: at least 3, fewer than `periods`.
    seasonal
        Whether to fit a season of twelve months; None: with 24 periods or more on both sides.
    shape
        How the change shows; with fewer than 3 periods after it, as a jump alone.
    trend
        Whether the series may have been moving before the change.

    Raises
    ------
    ArgumentError
        An unknown shape, too few periods before the change, none after it, a season with fewer than 24
        periods on a side.
    """
    check_integer("before", before, FEWEST_BEFORE)
    check_choice("shape", shape, get_args(Shape))
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
    shown = {"level"} if after < FEWEST_FOR_SLOPE else {"level", "slope"} if shape == "both" else {shape}
    columns = {"level": is_after, "slope": is_after * since}
    change = [column for name, column in columns.items() if name in shown]
    moving = [since] if trend else []
    fixed, waves = [np.ones(periods), *moving], _season(periods, season)
    matrix = np.column_stack([*fixed, *change, *waves])
    calm = np.column_stack([*fixed, *(np.zeros(periods) for _ in change), *waves])
    unit, none = np.eye(matrix.shape[1]), np.zeros(matrix.shape[1])
    first = len(fixed)
    level = unit[first] if "level" in shown else none
    slope = unit[first + len(change) - 1] if "slope" in shown else None
    now = level if slope is None else level + since[-1] * slope
    return Design(matrix, calm, unit[1] if trend else none, level, slope, now, before, after, season)


def _season(periods: int, wanted: bool) -> list[Floats]:
    if not wanted:
        return []
    angle = 2 * np.pi * np.arange(periods) / MONTHS
    return [wave(k * angle) for k in range(1, _HARMONICS + 1) for wave in (np.sin, np.cos)]
