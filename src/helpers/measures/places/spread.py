"""Where the organisations of a group stand at a period: intervals, percentiles, flags; worked out once for all.

Every report that says where a trust stands, or how likely it is one of the worst quarter, reads it from here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Final, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from helpers.data.mart import Mart
from helpers.measures.places.values import PeerSeries, shown_as
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
#: of fewer members one alone is more than a quarter of the others
FEWEST_FOR_QUARTERS: Final = 5
#: a place says nothing where so large a share of the group has nought
MOSTLY_NOUGHT: Final = 0.75
_NUMBERS: Final = ("low", "high", "percent", "percent_low", "percent_high", "lowest", "highest", "shrunken")


@dataclass(frozen=True)
class Percentile:
    """The share of the others that an organisation does better than (or lies above), per cent."""

    #: percent, low, high: expected share and its 95 % interval
    percent: float
    low: float
    high: float
    #: worst, best: the chance, 0 to 1, of being one of the worst (or lowest) quarter, and of the best (or
    #: highest)
    worst: float
    best: float


@dataclass(frozen=True)
class Places:
    """The organisations of a group at a period."""

    period: date  # first day
    #: in the unit and with the decimals of the comparison: a count with a base is per 100 of it
    measure: Measure
    scale: float  # what a ratio of the parts is multiplied by
    #: indexed by org_code, lowest value first: numerator, denominator (NaN where only values are published) and
    #: value; low and high, the 95 % interval: chance, widened to the ordinary variation from one period to the
    #: next; flag, `high`, `within` or `low` against the 99.8 % limits of chance and spread, empty without them;
    #: percent, percent_low, percent_high, the share of the others that lie below, with its 95 % interval;
    #: lowest and highest, the chance of being in these quarters; shrunken, the value drawn towards the group's
    #: mean by its error. NaN where nothing is known of chance.
    table: pd.DataFrame = field(repr=False)
    model: Model | None  # what chance does; None where only values are known
    #: how many times chance was widened to the variation from one period to the next; None where there are too
    #: few periods to tell
    widened: float | None

    def percentile(self, code: str) -> Percentile | None:
        """Return where an organisation stands, turned so that more is better where a measure has a direction.

        None where it has no figure, nothing is known of chance, there are too few others, or nearly all have
        nought.
        """
        row = self.rows.get(code)
        if row is None or not np.isfinite(row["percent"]) or self.mostly_nought:
            return None
        percent, low, high = (float(row[name]) for name in ("percent", "percent_low", "percent_high"))
        lowest, highest = float(row["lowest"]), float(row["highest"])
        if self.measure.direction == "decrease":
            return Percentile(100 - percent, 100 - high, 100 - low, worst=highest, best=lowest)
        return Percentile(percent, low, high, worst=lowest, best=highest)

    @cached_property
    def rows(self) -> dict[str, dict[str, Any]]:
        """The rows of the table by organisation."""
        rows: list[dict[str, Any]] = self.table.to_dict("records")  # type: ignore[assignment]
        return dict(zip(map(str, self.table.index), rows, strict=True))

    @cached_property
    def pooled(self) -> float:
        """All events together, in the unit; NaN where only values are known."""
        whole = self.table["denominator"].sum()
        return float(self.table["numerator"].sum() / whole * self.scale) if whole > 0 else float("nan")

    @cached_property
    def quartiles(self) -> tuple[float, float, float]:
        """Quartiles of the values, every organisation counting once (type 7)."""
        low, middle, high = np.quantile(self.table["value"], (0.25, 0.5, 0.75))
        return float(low), float(middle), float(high)

    @cached_property
    def funnel(self) -> Funnel | None:
        """Limits and dispersion; None without counts behind the values, or with too few organisations."""
        return _funnel(self.table, self.model, self.scale)

    @cached_property
    def mostly_nought(self) -> bool:
        """Whether nearly every organisation has nought, as it is shown: then a place says next to nothing."""
        shown = np.round(self.table["value"].to_numpy(dtype=float), self.measure.digits)
        return len(shown) >= FEWEST_MEMBERS and float(np.mean(np.abs(shown) < 1e-9)) >= MOSTLY_NOUGHT


def places_of(mart: Mart, series: PeerSeries, codes: Collection[str], period: date) -> Places:
    """Return where the organisations of a group, by their codes, stand at a period of a series.

    Published figures are worked out once per load for all reports. What may be told of records is another matter in
    every report, so they are worked out from the series as it came.
    """
    if series.origin == "records":
        return places_at(series, period)
    measure = series.measure
    about = (measure.kind, measure.unit, measure.frequency, *sorted(codes))
    name = f"places {measure.id} {period} {hashlib.sha256(repr(about).encode()).hexdigest()[:16]}"
    return _read(mart.derived(name, lambda: _kept(places_at(series, period))), measure, period)


def places_at(series: PeerSeries, period: date) -> Places:
    """Return where the organisations of a series stand at one of its periods."""
    table, model = series.at(period), choose_model(series)
    widened = find_widening(model, series, period) if model and len(table) else None
    if model == "mean" and not widened:
        model = None
    columns = _columns(table, model, series.scale, widened) if model and len(table) else {}
    empty = {"flag": "", **dict.fromkeys(_NUMBERS, np.nan)}
    known = table[["numerator", "denominator", "value"]].assign(**{**empty, **columns})
    return Places(period, shown_as(series.measure), series.scale, known, model, widened)


def _columns(table: pd.DataFrame, model: Model, scale: float, widened: float | None) -> dict[str, Any]:
    """Return what is known of each value with a model of chance."""
    parts = table["numerator"].to_numpy(dtype=float), table["denominator"].to_numpy(dtype=float)
    y, error = transform(model, *parts)
    error = error * (widened or 1.0)
    found = positions(y, error) if len(table) >= FEWEST_MEMBERS else None
    low, high = _intervals(model, parts, scale, widened or 1.0)
    told = {"low": low, "high": high, "flag": _flags(_funnel(table, model, scale), found, y, error)}
    if found is None:
        return told
    return told | {
        "percent": found.percent,
        "percent_low": found.lower95,
        "percent_high": found.upper95,
        "lowest": found.lowest if len(table) >= FEWEST_FOR_QUARTERS else np.nan,
        "highest": found.highest if len(table) >= FEWEST_FOR_QUARTERS else np.nan,
        "shrunken": untransform(model, found.shrunken) * scale,
    }


def _kept(places: Places) -> pd.DataFrame:
    """Return places as the mart keeps them: what holds for all of them in every row."""
    alike = {"scale": places.scale, "model": places.model or "", "widened": places.widened or np.nan}
    return places.table.reset_index().assign(**alike)


def _read(frame: pd.DataFrame, measure: Measure, period: date) -> Places:
    table = frame.set_index("org_code")
    model, widened = (
        ("", np.nan) if table.empty else (str(table["model"].iloc[0]), table["widened"].iloc[0])
    )
    return Places(
        period,
        shown_as(measure),
        measure.scale if table.empty else float(table["scale"].iloc[0]),
        table.drop(columns=["scale", "model", "widened"]),
        next((each for each in get_args(Model) if each == model), None),
        float(widened) if np.isfinite(widened) else None,
    )


def choose_model(series: PeerSeries) -> Model | None:
    """Return what chance does to a measure, by its kind and by what is published of it.

    A ratio whose numerator is part of its denominator (beds occupied of those available, days lost of
    those worked) is a share and taken as a proportion; observed over expected events, whose unit is
    "ratio", as a standardised ratio; any other as a ratio of two counts.
    """
    measure = series.measure
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


def _funnel(table: pd.DataFrame, model: Model | None, scale: float) -> Funnel | None:
    if model is None or model == "mean" or len(table) < FEWEST_MEMBERS or not table["numerator"].sum():
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
        many = np.round(n).astype(int)
        low, high = special.bdtr(x, many, target), special.bdtrc(x - 1, many, target)
    else:
        low, high = special.pdtr(x, n * target), special.gammainc(x, n * target)
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
