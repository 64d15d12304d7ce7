"""Random draws that the invented records share: counts per cell, days, ages, deprivation."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.data.synthetic.specialties import AGE_BANDS, age_shares
from helpers.data.synthetic.truth import FIRST_MONTH, MONTHS

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

#: share of the year's emergency pressure by calendar month, January first, mean 1
WINTER = np.array([1.10, 1.07, 1.04, 0.99, 0.97, 0.95, 0.94, 0.93, 0.96, 0.99, 1.02, 1.04])
#: planned work by calendar month: less in August and December
PLANNED = np.array([1.01, 1.00, 1.05, 0.98, 1.00, 1.02, 1.03, 0.94, 1.02, 1.04, 1.03, 0.88])
GROWTH_PER_YEAR = 0.015
MONTH_SPREAD = 0.04
AGE_SCORES = (np.arange(len(AGE_BANDS)) - 2.5) / 2.5


def months() -> pd.PeriodIndex:
    """Return the months of the data set.

    >>> str(months()[0]), str(months()[-1])
    ('2023-10', '2026-09')
    """
    return pd.period_range(FIRST_MONTH, periods=MONTHS, freq="M")


def by_month(profile: Floats) -> Floats:
    """Return a calendar profile (12 values, January first) along the months of the data set."""
    return np.asarray(profile[np.asarray(months().month) - 1])


def month_level(profile: Floats) -> Floats:
    """Return the activity of each month relative to the mean one: season, days in it and growth."""
    days = np.asarray(months().days_in_month) / 30.4375
    growth = (1 + GROWTH_PER_YEAR) ** (np.arange(MONTHS) / 12)
    level = by_month(profile) * days * growth
    return np.asarray(level / level.mean())


def draw_counts(
    rng: np.random.Generator, mean: Floats, months: np.random.Generator | None = None
) -> NDArray[np.int64]:
    """Draw records per cell; axis 0 is trusts and axis 2 months, which vary more than chance alone.

    Parts of one data set are given what draws the `months` from the same seed, so that these vary alike in all.
    """
    noise = (months or rng).gamma(
        1 / MONTH_SPREAD**2, MONTH_SPREAD**2, (mean.shape[0], 1, mean.shape[2], 1)
    )
    return rng.poisson(mean * noise)


def cell_of_each(counts: NDArray[np.int64]) -> tuple[Ints, ...]:
    """Return, for every record, its place along each axis of the cells."""
    cells = np.repeat(np.arange(counts.size), counts.ravel())
    return np.unravel_index(cells, counts.shape)


def draw_days(rng: np.random.Generator, month: Ints, weekend: float) -> NDArray[np.datetime64]:
    """Draw a day in each record's month; a weekend day is `weekend` times as likely as a weekday."""
    days = pd.period_range(months()[0].start_time, months()[-1].end_time, freq="D")
    weight = pd.Series(np.where(days.day_of_week >= 5, weekend, 1.0))
    owner = np.asarray((days.year - days.year[0]) * 12 + days.month - days.month[0])
    share = weight / weight.groupby(owner).transform("sum")
    # The cumulative share grows by exactly 1 within each month, so month + u finds its day.
    place = np.searchsorted(share.cumsum().to_numpy(), month + rng.random(len(month)) * (1 - 1e-9))
    start = np.datetime64(days[0].start_time, "D")
    return np.asarray(start + np.minimum(place, len(days) - 1).astype("timedelta64[D]"))


def draw_ages(rng: np.random.Generator, trust: Ints, specialty: Ints, older: Floats) -> NDArray[np.int8]:
    """Draw an age band (its place in `AGE_BANDS`); `older` tilts a trust towards old patients."""
    weights = age_shares()[None, :, :] * np.exp(older[:, None, None] * AGE_SCORES)
    cumulative = np.cumsum(weights / weights.sum(axis=2, keepdims=True), axis=2)[..., :-1]
    return draw_place(rng, cumulative[trust, specialty])


def draw_place(rng: np.random.Generator, cumulative: Floats) -> NDArray[np.int8]:
    """Draw a category for each row of cumulative shares (the last category's 1 is left out)."""
    return np.asarray((rng.random((len(cumulative), 1)) > cumulative).sum(axis=1), dtype=np.int8)


def draw_deprivation(rng: np.random.Generator, mean_decile: Floats) -> NDArray[np.int8]:
    """Draw a deprivation decile, 1 the most deprived, round each record's mean decile."""
    share = np.clip((mean_decile - 1) / 9, 0.05, 0.95)
    decile = 1 + np.floor(10 * rng.beta(2.2 * share, 2.2 * (1 - share)))
    return np.asarray(decile.clip(1, 10), dtype=np.int8)


def happens(rng: np.random.Generator, log_odds: Floats) -> NDArray[np.bool_]:
    """Draw yes or no from log odds."""
    return rng.random(log_odds.shape) < chance(log_odds)


def chance(log_odds: Floats) -> Floats:
    """Return the probability that log odds stand for."""
    return np.asarray(1 / (1 + np.exp(-log_odds)))


def log_odds(share: Floats) -> Floats:
    """Return the log odds of a probability."""
    return np.asarray(np.log(share / (1 - share)))


def named(places: Ints | NDArray[np.int8], names: tuple[str, ...]) -> pd.Series[str]:
    """Return words for places, stored once each."""
    return pd.Series(pd.Categorical.from_codes(places.astype(np.int16), categories=pd.Index(names)))
