"""How a group's values spread: the model of chance by kind of data, intervals, percentiles, flags."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from helpers.measures.places.values import PeerSeries
from helpers.register.models import Measure
from helpers.stats import rates
from helpers.stats.funnel import Funnel, funnel
from helpers.stats.funnel_limits import QUANTILES, TAILS
from helpers.stats.position import Positions, month_to_month, positions

Floats = NDArray[np.float64]
#: what chance is taken to do: the kinds of funnel, and a mean whose own spread must come from its months
Model = Literal["proportion", "rate", "ratio_of_counts", "standardised_ratio", "mean"]
#: months over which the variation from one period to the next is estimated
WINDOW_MONTHS = 24
#: fewer organisations have neither quarters nor a common spread
FEWEST_MEMBERS = 3


@dataclass(frozen=True)
class GroupSpread:
    """The spread of a group at a period; arrays in the order of the table that came.

    Parameters
    ----------
    model
        The model of chance; None where only values are known.
    widened
        How many times chance was widened to the variation from one period to the next; None where there
        are too few periods to tell.
    low, high
        95 % interval of each value, in its unit; NaN without a model.
    flag
        `high`, `within`, `low` against the 99.8 % limits of the spread; empty without them.
    positions
        Percentiles by value; None without errors or with too few organisations.
    shrunken
        Values drawn towards the group's mean by their error, in the unit; NaN without errors.
    funnel
        None without counts behind the values, or with too few organisations.
    """

    model: Model | None
    widened: float | None
    low: Floats
    high: Floats
    flag: tuple[str, ...]
    positions: Positions | None
    shrunken: Floats
    funnel: Funnel | None


def choose_model(measure: Measure, series: PeerSeries) -> Model | None:
    """Return what chance does to a measure, by its kind and by what is published of it.

    A ratio whose numerator is part of its denominator (beds occupied of those available, days lost of
    those worked) is a share and taken as a proportion; observed over expected events, whose unit is
    "ratio", as a standardised ratio; any other as a ratio of two counts.
    """
    if not series.counted:
        return None
    rows = series.shown
    if measure.kind == "proportion":
        return "proportion"
    if measure.kind == "rate":
        return "rate"
    if measure.kind == "mean":
        return "mean" if (rows["numerator"] > 0).all() else None
    if measure.kind == "ratio" and measure.unit == "ratio":
        return "standardised_ratio"
    if series.unit == "%" and (rows["numerator"] <= rows["denominator"]).all():
        return "proportion"
    return "ratio_of_counts"


def transform(model: Model, numerator: Floats, denominator: Floats) -> tuple[Floats, Floats]:
    """Return values on a scale on which errors are about normal at any level, and these errors by chance.

    Angles for shares and square roots for other counts: their errors do not hang on the number of events, as
    those of logarithms do, which make a trust with three events know next to nothing. Logarithms for means,
    whose error is in proportion to one over the root of their denominator alone.
    """
    x, n = np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
    ratio = x / n
    if model == "proportion":
        return np.arcsin(np.sqrt(ratio)), 1 / (2 * np.sqrt(n))
    if model == "mean":
        return np.log(ratio), 1 / np.sqrt(n)
    if model == "ratio_of_counts":  # the denominator varies by chance too
        return np.sqrt(ratio), np.sqrt((1 + ratio) / (4 * n))
    return np.sqrt(ratio), 1 / (2 * np.sqrt(n))


def untransform(model: Model, value: Floats) -> Floats:
    """Return transformed values as ratios again."""
    if model == "proportion":
        return np.asarray(np.sin(np.clip(value, 0, np.pi / 2)) ** 2)
    return np.exp(value) if model == "mean" else np.maximum(value, 0.0) ** 2


def find_widening(model: Model, series: PeerSeries, period: date) -> float | None:
    """Return how many times wider than chance the group varies from one period to the next."""
    rows = series.window(period, WINDOW_MONTHS)
    y, s = transform(model, rows["numerator"].to_numpy(), rows["denominator"].to_numpy())
    return month_to_month(y, s, rows["org_code"], floor=0.0 if model == "mean" else 1.0)


def find_spread(
    table: pd.DataFrame, model: Model | None, series: PeerSeries, widened: float | None
) -> GroupSpread:
    """Return the spread of the rows of one period.

    Parameters
    ----------
    table
        numerator, denominator and value of each organisation.
    model, widened
        As `choose_model` and `find_widening` return them.
    series
        Where the rows come from.
    """
    empty = np.full(len(table), np.nan)
    if model is None or not len(table) or (model == "mean" and not widened):
        return GroupSpread(None, None, empty, empty, ("",) * len(table), None, empty, None)
    x, n = table["numerator"].to_numpy(dtype=float), table["denominator"].to_numpy(dtype=float)
    y, error = _scaled(table, model, widened)
    found = find_positions(table, model, widened)
    shape = _funnel(table, model, series.scale)
    low, high = _intervals(model, (x, n), series.scale, widened or 1.0)
    return GroupSpread(
        model=model,
        widened=widened,
        low=low,
        high=high,
        flag=_flags(shape, found, y, error),
        positions=found,
        shrunken=untransform(model, found.shrunken) * series.scale if found else empty,
        funnel=shape,
    )


def find_positions(table: pd.DataFrame, model: Model, widened: float | None) -> Positions | None:
    """Return the percentiles of the rows of one period; None with too few, or of means without a widening."""
    if len(table) < FEWEST_MEMBERS or (model == "mean" and not widened):
        return None
    return positions(*_scaled(table, model, widened))


def _scaled(table: pd.DataFrame, model: Model, widened: float | None) -> tuple[Floats, Floats]:
    """Return the transformed values of some rows, and their errors as wide as the months vary."""
    parts = (table[name].to_numpy(dtype=float) for name in ("numerator", "denominator"))
    y, error = transform(model, *parts)
    return y, error * (widened or 1.0)


def _funnel(table: pd.DataFrame, model: Model, scale: float) -> Funnel | None:
    if model == "mean" or len(table) < FEWEST_MEMBERS or not table["numerator"].sum():
        return None
    return funnel(table["numerator"], table["denominator"], list(table.index), kind=model, multiplier=scale)


def _intervals(
    model: Model, parts: tuple[Floats, Floats], scale: float, widened: float
) -> tuple[Floats, Floats]:
    """Return 95 % intervals: Wilson's or Byar's on counts made fewer by the widening, or on logarithms."""
    x, n = parts
    if model == "mean":
        y, error = transform(model, x, n)
        reach = QUANTILES[0] * error * widened
        return np.exp(y - reach) * scale, np.exp(y + reach) * scale
    fewer = widened**2
    if model == "proportion":
        found = rates.proportion(x / fewer, n / fewer, multiplier=scale)
    else:
        found = rates.rate(x / fewer, n / fewer, multiplier=scale)
    return found.lower95, found.upper95


def _exact_tails(shape: Funnel) -> Floats:
    """Return how likely chance makes counts at least as far from the target, on their side of it."""
    x, n, target = np.round(shape.numerator), shape.denominator, shape.scale.target
    if shape.scale.kind == "proportion":
        low, high = (
            tail(at, np.round(n), target) for tail, at in ((stats.binom.cdf, x), (stats.binom.sf, x - 1))
        )
    else:
        low, high = stats.poisson.cdf(x, n * target), stats.poisson.sf(x - 1, n * target)
    return np.asarray(np.minimum(low, high), dtype=float)


def _flags(shape: Funnel | None, found: Positions | None, y: Floats, error: Floats) -> tuple[str, ...]:
    """Return flags at 99.8 % of chance and spread: those of the funnel, or of the same on logarithms.

    The funnel's limits are normal on its scale, too narrow where only a few events are expected. What chance
    alone could do by its exact distribution is never flagged.
    """
    if shape is not None:
        rare = _exact_tails(shape) < TAILS[1]
        return tuple(flag if sure else "within" for flag, sure in zip(shape.flag, rare, strict=True))
    if found is None:
        return ("",) * len(y)
    away = (y - found.mean) / np.sqrt(error**2 + found.spread**2)
    return tuple("high" if z > QUANTILES[1] else "low" if z < -QUANTILES[1] else "within" for z in away)
