"""Will the target be met? Forecast, probability and words (methods, section 7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.errors import ArgumentError
from helpers.stats.checks import Floats, check_choice, check_integer, check_number
from helpers.stats.results import Result
from helpers.stats.trajectory.backtest import BackTest, evaluate, prepare
from helpers.stats.trajectory.candidates import CANDIDATES, FEWEST_POINTS
from helpers.stats.trajectory.scales import Kind, from_scale

Met = Literal["end", "mean", "total"]
Improvement = Literal["increase", "decrease"]
Words = Literal["on track", "at risk", "unlikely", "too few points"]
ON_TRACK, UNLIKELY = 0.8, 0.2
_QUANTILES = {"lower95": 0.025, "lower80": 0.1, "median": 0.5, "upper80": 0.9, "upper95": 0.975}


@dataclass(frozen=True, repr=False)
class TargetForecast(Result):
    """Whether a target will be met.

    Attributes
    ----------
    words
        `on track` (probability from 0.8), `at risk`, `unlikely` (below 0.2) or `too few points`.
    probability
        Chance that the target is met; None with too few points.
    met
        What "met" means: the value at the end, the year's mean, or the year's total.
    outcome
        Median and 80 % and 95 % interval of that value; empty with too few points.
    fan
        One row per month ahead, by its date where the values have dates: `lower95`, `lower80`, `median`, `upper80`,
        `upper95`; empty with too few points.
    back_test
        How the candidates share the forecast and how far their intervals were widened; None with too few points.
    """

    words: Words
    probability: float | None
    met: Met
    outcome: pd.Series
    fan: pd.DataFrame
    back_test: BackTest | None


@dataclass(frozen=True, kw_only=True)
class TargetAhead:
    """A target at a date.

    Attributes
    ----------
    value
        The target, in the unit of the measure.
    horizon
        Months from the last value to the target's date, at least 1.
    improvement
        "increase": met at or above the value; "decrease": met at or below it.
    met
        What has to meet it: "end" (the value at the date), "mean" or "total" of the target's year.
    so_far
        For mean and total: how many of the last values belong to the target's year.

    Raises
    ------
    ArgumentError
        A horizon in the past, unknown words, a negative `so_far`.
    """

    value: float
    horizon: int
    improvement: Improvement
    met: Met = "end"
    so_far: int = 0

    def __post_init__(self) -> None:
        check_number("value", self.value)
        check_integer("horizon", self.horizon, 1)
        check_integer("so_far", self.so_far, 0)
        check_choice("improvement", self.improvement, ("increase", "decrease"))
        check_choice("met", self.met, ("end", "mean", "total"))


def trajectory(
    values: npt.ArrayLike, target: TargetAhead, *, kind: Kind, draws: int = 4000, seed: int = 1
) -> TargetForecast:
    """Return whether a target will be met: forecast, probability and words.

    Parameters
    ----------
    values
        The measure per month, oldest first, ending with its latest value. A gap inside is filled on a
        straight line. The fan keeps the dates of a Series.
    target
        What is to be reached, and when.
    kind
        "percentage", "proportion", "count" or "number": the scale of the forecast.
    draws, seed
        How many paths are drawn, and the seed: the same seed gives the same result.

    Returns
    -------
    TargetForecast
        With fewer than 12 points there is no forecast. The mean is that of the monthly values, unweighted.

    Raises
    ------
    ArgumentError
        Values out of the kind's range, a missing last value, `so_far` above the number of values, fewer
        than 1,000 draws.

    Notes
    -----
    Paths are drawn on the logit or log scale, from each candidate in proportion to the density that it gave to the
    months of the back-test as they came; their spread is widened by what the back-test's intervals failed to cover
    before a probability is stated. Source: Hoeting, Madigan, Raftery and Volinsky 1999 (Statistical Science 14:382).

    >>> rising = [60 + month for month in range(18)]
    >>> goal = TargetAhead(value=70.0, horizon=6, improvement="increase")
    >>> trajectory(rising, goal, kind="percentage").words
    'on track'
    """
    check_integer("draws", draws, 1000)
    scaled = prepare(values, kind)
    if target.so_far > len(scaled):
        raise ArgumentError("so_far", f"{target.so_far}", f"at most the {len(scaled)} values")
    if len(scaled) < FEWEST_POINTS:
        nothing = pd.DataFrame(columns=list(_QUANTILES), dtype=float)
        return TargetForecast("too few points", None, target.met, pd.Series(dtype=float), nothing, None)
    tested = evaluate(scaled, target.horizon)
    paths = from_scale(draw_paths(scaled, target.horizon, tested, draws, np.random.default_rng(seed)), kind)
    reached = _reached(paths, from_scale(scaled, kind), target)
    kept = reached >= target.value if target.improvement == "increase" else reached <= target.value
    probability = float(kept.mean())
    fan = pd.DataFrame(np.quantile(paths, list(_QUANTILES.values()), axis=1).T, columns=list(_QUANTILES))
    fan.index = pd.RangeIndex(1, target.horizon + 1, name="months_ahead")
    if isinstance(dates := getattr(values, "index", None), pd.DatetimeIndex | pd.PeriodIndex):
        months = pd.period_range(dates[-1], periods=target.horizon + 1, freq="M")[1:]
        how: Any = "end" if isinstance(dates, pd.DatetimeIndex) and dates[-1].is_month_end else "start"
        fan.index = (
            months if isinstance(dates, pd.PeriodIndex) else months.to_timestamp(how=how).normalize()
        )
    outcome = pd.Series(np.quantile(reached, list(_QUANTILES.values())), index=list(_QUANTILES))
    return TargetForecast(words_for(probability), probability, target.met, outcome, fan, tested)


def draw_paths(
    scaled: Floats, horizon: int, tested: BackTest, draws: int, rng: np.random.Generator
) -> Floats:
    """Return paths of the candidates that share a forecast, on its scale, shape (horizon, draws)."""
    table, drawn = tested.table, []
    shares = np.diff(np.rint(table["share"].cumsum() * draws), prepend=0).astype(int)
    for name, widening, share in zip(table["candidate"], table["widening"], shares, strict=True):
        forecast = CANDIDATES[name](scaled, horizon)
        shocks = rng.standard_normal((forecast.errors.shape[1], share))
        # one variance for the whole of a path, which is not known for certain either
        shocks *= np.sqrt(forecast.freedom / rng.chisquare(forecast.freedom, share))
        drawn.append(forecast.path[:, None] + widening * forecast.errors @ shocks)
    return np.concatenate(drawn, axis=1)


def _reached(paths: Floats, past: Floats, target: TargetAhead) -> Floats:
    if target.met == "end":
        return np.asarray(paths[-1])
    total = past[len(past) - target.so_far :].sum() + paths.sum(axis=0)
    return np.asarray(total if target.met == "total" else total / (target.so_far + target.horizon))


def words_for(probability: float) -> Words:
    """Return the words for a probability: on track (from 0.8), at risk, unlikely (below 0.2).

    Raises
    ------
    ArgumentError
        A probability outside 0 to 1.

    >>> words_for(0.8), words_for(0.2), words_for(0.19)
    ('on track', 'at risk', 'unlikely')
    """
    chance = check_number("probability", probability, minimum=0, maximum=1)
    if chance >= ON_TRACK:
        return "on track"
    return "at risk" if chance >= UNLIKELY else "unlikely"
