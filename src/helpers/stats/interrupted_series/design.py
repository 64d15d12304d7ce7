"""Level, slope and season of an interrupted series as columns of a regression."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from helpers.errors import ArgumentError
from helpers.stats.checks import Floats, check_choice, check_dates, check_integer

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
HARMONICS = 2


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
    periods: int,
    before: int,
    *,
    seasonal: bool | None = None,
    shape: Shape = "both",
    trend: bool = True,
    harmonics: int = HARMONICS,
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
    harmonics
        Pairs of sine and cosine of a season, 1 to 6.

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
    fixed, waves = [np.ones(periods), *moving], waves_of(periods, harmonics if season else 0)
    matrix = np.column_stack([*fixed, *change, *waves])
    calm = np.column_stack([*fixed, *(np.zeros(periods) for _ in change), *waves])
    unit, none = np.eye(matrix.shape[1]), np.zeros(matrix.shape[1])
    first = len(fixed)
    level = unit[first] if "level" in shown else none
    slope = unit[first + len(change) - 1] if "slope" in shown else None
    now = level if slope is None else level + since[-1] * slope
    return Design(matrix, calm, unit[1] if trend else none, level, slope, now, before, after, season)


def waves_of(periods: int, harmonics: int) -> list[Floats]:
    """Return pairs of sine and cosine of a season of twelve months."""
    if check_integer("harmonics", harmonics, 0) > MONTHS // 2:
        raise ArgumentError("harmonics", f"{harmonics}", f"0 to {MONTHS // 2}")
    angle = 2 * np.pi * np.arange(periods) / MONTHS
    # at half a year the sine is nought at every month
    pairs = [(k, wave) for k in range(1, harmonics + 1) for wave in (np.sin, np.cos)]
    return [wave(k * angle) for k, wave in pairs if not (k == MONTHS // 2 and wave is np.sin)]


def index_of(values: Any, dates: Any = None) -> pd.Index:
    """Return what the periods are called: the dates given, else a Series' own index, else their numbers from 0."""
    count = np.size(values)
    own = values.index if isinstance(values, pd.Series) else pd.RangeIndex(count)
    index = own if dates is None else check_dates("dates", dates)
    if len(index) != count:
        raise ArgumentError("dates", f"{len(index)} dates came", f"one for each of {count} values")
    if isinstance(index, pd.DatetimeIndex | pd.PeriodIndex) and not index.is_monotonic_increasing:
        raise ArgumentError("dates", "dates out of order", "the oldest first")
    return index


def periods_before(name: str, change: Any, index: pd.Index) -> int:
    """Return how many periods lie before a change: a number, or the date of the first period that has it.

    >>> periods_before("before", "2025-03-15", pd.date_range("2025-01-01", periods=6, freq="MS"))
    3
    """
    if isinstance(change, int | float | np.number):
        return check_integer(name, change, 1)
    if not isinstance(index, pd.DatetimeIndex | pd.PeriodIndex):
        raise ArgumentError(name, f"{change!r} came", "a number of periods, or dates= beside the values")
    known, date = check_dates("dates", index), check_dates(name, [change])[0]
    if not known[0] < date <= known[-1]:
        allowed = f"a date after {known[0]:%Y-%m-%d} and up to {known[-1]:%Y-%m-%d}"
        raise ArgumentError(name, f"{date:%Y-%m-%d}", allowed)
    return int(known.searchsorted(date))
