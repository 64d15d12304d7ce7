"""What reaching a benchmark would bring: raw, shrunken and certain, each of them an upper bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.measures.places.spread import GroupSpread
from helpers.register.models import Measure, Target

Floats = NDArray[np.float64]
PeerBenchmark = Literal["peer_median", "best_quartile", "national_mean", "target"]


@dataclass(frozen=True)
class Level:
    """A level that values are held against, in the unit of the measure.

    Parameters
    ----------
    kind
        Where it comes from.
    words
        What prose calls it: "the median of the group".
    value
        Its value, taken as known.
    """

    kind: PeerBenchmark
    words: str
    value: float


@dataclass(frozen=True)
class Gain:
    """Events or days that reaching a benchmark would change at one organisation, never below 0.

    Parameters
    ----------
    raw
        From the value as it is: noise alone makes it large.
    shrunken
        From the value drawn towards the group's mean by its error (empirical Bayes), at most as raw.
    certain
        As raw where the 95 % interval leaves the benchmark out, else 0.
    """

    raw: float
    shrunken: float
    certain: float


def choose_level(
    wanted: str,
    measure: Measure,
    *,
    values: pd.Series,
    pooled: float | None,
    target: Target | None,
) -> Level:
    """Return the benchmark that was wanted, or the median where the group cannot give it.

    Parameters
    ----------
    wanted
        One of the register's benchmarks.
    measure
        Whose direction says which quartile is the best.
    values
        Values of the group.
    pooled
        Level of all events of the group together; None where only values are known.
    target
        The target in force.
    """
    if wanted == "best_quartile" and measure.direction != "neutral":
        return Level("best_quartile", "the best quarter of the group", best_quartile(values, measure))
    if wanted == "national_mean" and pooled is not None:
        return Level("national_mean", "the group taken together", pooled)
    if wanted == "target" and target is not None:
        return Level("target", "the target", target.value)
    return Level("peer_median", "the median of the group", float(values.median()))


def best_quartile(values: pd.Series, measure: Measure) -> float:
    """Return the quartile (type 7, every organisation counting once) at the good end."""
    return float(np.quantile(values, 0.75 if measure.direction == "increase" else 0.25))


def find_gains(
    table: pd.DataFrame, spread: GroupSpread, measure: Measure, *, level: float, scale: float
) -> tuple[Gain | None, ...]:
    """Return what each organisation would gain by reaching a level, in events or days of the numerator.

    None where the measure has no good direction, where nothing is known of its chance variation, and for ratios
    of observed to expected events: a death above those expected is no death that could have been avoided, says
    NHS Digital's guidance on the SHMI.
    """
    if measure.direction == "neutral" or spread.positions is None or spread.model == "standardised_ratio":
        return (None,) * len(table)
    up = measure.direction == "increase"
    sign, nearest = (1, spread.high) if up else (-1, spread.low)
    per_unit = table["denominator"].to_numpy(dtype=float) / scale
    value = table["value"].to_numpy(dtype=float)
    raw = np.maximum(sign * (level - value), 0) * per_unit
    drawn = np.maximum(sign * (level - spread.shrunken), 0) * per_unit
    shrunken = np.minimum(drawn, raw)  # never more than the value itself is short of
    certain = np.where(sign * (level - nearest) > 0, raw, 0.0)
    return tuple(Gain(*map(float, gain)) for gain in zip(raw, shrunken, certain, strict=True))
