"""What reaching a benchmark would bring: raw, shrunken and certain, each of them an upper bound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from helpers.measures.places.spread import Places
from helpers.register.models import Measure, Target

PeerBenchmark = Literal["peer_median", "best_quartile", "national_mean", "target"]


@dataclass(frozen=True)
class Level:
    """A level that values are held against, in the unit of the measure."""

    kind: PeerBenchmark
    words: str  # what prose calls it: "the median of the group"
    value: float


@dataclass(frozen=True)
class Gain:
    """Events or days that reaching a benchmark would change at one organisation, never below 0."""

    raw: float  # from the value as it is: noise alone makes it large
    #: from the value drawn towards the group's mean by its error (empirical Bayes), at most as raw
    shrunken: float
    certain: float  # as shrunken where the 95 % interval leaves the benchmark out, else 0


def choose_level(wanted: str, places: Places, *, target: Target | None) -> Level:
    """Return the benchmark that was wanted, one of the register's, or the median where the group cannot give it.

    The direction of the places' measure says which quartile is the best.
    """
    values, measure = places.table["value"], places.measure
    if wanted == "best_quartile" and measure.direction != "neutral":
        return Level("best_quartile", "the best quarter of the group", best_quartile(values, measure))
    if wanted == "national_mean" and places.model is not None:
        return Level("national_mean", "the group taken together", places.pooled)
    if wanted == "target" and target is not None:
        return Level("target", "the target", target.value)
    return Level("peer_median", "the median of the group", places.quartiles[1])


def best_quartile(values: pd.Series, measure: Measure) -> float:
    """Return the quartile (type 7, every organisation counting once) at the good end."""
    return float(np.quantile(values, 0.75 if measure.direction == "increase" else 0.25))


def find_gain(row: Mapping[str, Any], places: Places, level: float) -> Gain | None:
    """Return what an organisation would gain by reaching a level, in events or days of the numerator.

    None where the measure has no good direction, where nothing is known of its chance variation, and for ratios
    of observed to expected events: a death above those expected is no death that could have been avoided, says
    NHS Digital's guidance on the SHMI.
    """
    direction = places.measure.direction
    if direction == "neutral" or np.isnan(row["percent"]) or places.model == "standardised_ratio":
        return None
    sign, nearest = (1, row["high"]) if direction == "increase" else (-1, row["low"])
    per_unit = row["denominator"] / places.scale
    raw = max(sign * (level - row["value"]), 0.0) * per_unit
    drawn = max(sign * (level - row["shrunken"]), 0.0) * per_unit
    shrunken = min(drawn, raw)  # never more than the value itself is short of
    return Gain(float(raw), float(shrunken), float(shrunken) if sign * (level - nearest) > 0 else 0.0)
