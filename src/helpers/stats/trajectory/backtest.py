"""How well each candidate would have forecast the past, and how wide its intervals have to be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from helpers.errors import ArgumentError
from helpers.stats.checks import Floats, check_integer
from helpers.stats.results import Result
from helpers.stats.trajectory.candidates import (
    CANDIDATES,
    FEWEST_POINTS,
    TWO_YEARS,
    candidates_for,
)
from helpers.stats.trajectory.scales import Kind, to_scale

#: forecasts are repeated from at most so many past months
MOST_ORIGINS = 24
#: a less simple candidate has to be better by this share of the simplest one's error
LEAST_GAIN = 0.1
#: points that the first of them has to learn from where the random walk stands alone
FEWEST_TO_LEARN = 8
NOMINAL = 0.95
#: standard deviation, on the forecasting scale, that a forecast has at least where its density is asked for
LEAST_SD = 1e-6


@dataclass(frozen=True, repr=False)
class BackTest(Result):
    """A rolling-origin back-test.

    Attributes
    ----------
    chosen
        The candidate with the least mean absolute error on the forecasting scale, where that is at least a
        tenth below the random walk's; else the random walk with drift.
    table
        One row per candidate: `candidate`, `mean_error` (mean absolute, on the forecasting scale),
        `forecasts` (how many were checked), `coverage` (share of values inside the nominal 95 % interval),
        `widening` (factor by which its intervals are widened so that they keep what 95 % promises, at least 1),
        `share` (of the paths that intervals and chances are read from: in proportion to the density that it gave to
        what came next, each month in turn).
    coverage, widening
        Those of the chosen candidate, before and by widening.
    origins
        From how many past months forecasts were repeated.
    """

    chosen: str
    table: pd.DataFrame
    coverage: float
    widening: float
    origins: int


def back_test(values: npt.ArrayLike, horizon: int, *, kind: Kind) -> BackTest:
    """Return how the candidates would have forecast the last months, and which is the best.

    Parameters
    ----------
    values
        The measure per month, oldest first; at least 12 values. A gap inside is filled on a straight line.
    horizon
        How many months ahead.
    kind
        "percentage", "proportion", "count" or "number": the scale of the forecast.

    Returns
    -------
    BackTest
        The forecasts start from up to 24 of the latest months, each with what was known then. Which
        candidates take part is said by `candidates_for`.

    Raises
    ------
    ArgumentError
        Fewer than 12 values, no horizon, values out of the kind's range, a missing last value.

    Notes
    -----
    Source: Tashman 2000 (International Journal of Forecasting 16:437); Dawid 1984 (JRSS A 147:278) for the shares.

    >>> back_test([5.0, 7, 6, 8, 7, 9, 8, 10, 9, 11, 10, 12], 3, kind="number").chosen
    'random walk with drift'
    """
    check_integer("horizon", horizon, 1)
    return evaluate(prepare(values, kind), horizon)


def prepare(values: npt.ArrayLike, kind: Kind) -> Floats:
    """Return values on their scale, from the first one on, with gaps inside filled on a straight line."""
    scaled = to_scale(values, kind)
    known = np.flatnonzero(~np.isnan(scaled))
    if not len(known) or np.isnan(scaled[-1]):
        raise ArgumentError(
            "values", "the last value is missing", "a series that ends with its latest value"
        )
    return np.interp(np.arange(known[0], len(scaled)), known, scaled[known])


def evaluate(scaled: Floats, horizon: int) -> BackTest:
    """Return the back-test of a series that is already on its scale."""
    names = candidates_for(len(scaled))
    if not names:
        raise ArgumentError("values", f"{len(scaled)} points", f"at least {FEWEST_POINTS} for a forecast")
    learn = {1: FEWEST_TO_LEARN, 2: FEWEST_POINTS}.get(len(names), TWO_YEARS)
    if np.ptp(np.diff(scaled)) <= 1e-12:  # a straight line: nothing to choose by
        names = names[:1]
    origins = range(max(learn, len(scaled) - MOST_ORIGINS), len(scaled))
    errors = [_errors(name, scaled, origins, horizon) for name in names]
    judged = [(*_judge(error), _widening(error)) for error, _ in errors]
    table = pd.DataFrame(judged, columns=["mean_error", "forecasts", "coverage", "widening"])
    table.insert(0, "candidate", names)
    table["share"] = special.softmax([density for _, density in errors])
    best = _choose(table["mean_error"].tolist())
    return BackTest(names[best], table, judged[best][2], judged[best][3], len(origins))


def _errors(name: str, scaled: Floats, origins: range, horizon: int) -> tuple[Floats, float]:
    """Return errors beside half the width of their 95 % intervals, and the log density of what came next.

    Errors have the shape (forecasts, 2); the density is that of the values right after the origins together.
    """
    found, density = [], 0.0
    for origin in origins:
        steps = min(horizon, len(scaled) - origin)
        forecast = CANDIDATES[name](scaled[:origin], steps)
        error, sd, free = scaled[origin : origin + steps] - forecast.path, forecast.sd, forecast.freedom
        found.append(np.column_stack([error, special.stdtrit(free, (1 + NOMINAL) / 2) * sd]))
        density += _log_density(error[0], max(sd[0], LEAST_SD), free)
    return np.concatenate(found), density


def _log_density(error: float, sd: float, free: float) -> float:
    """Return the logarithm of the density of t, but for a constant."""
    norm = special.gammaln((free + 1) / 2) - special.gammaln(free / 2) - np.log(free) / 2
    return float(norm - np.log(sd) - (free + 1) / 2 * np.log1p((error / sd) ** 2 / free))


def _judge(errors: Floats) -> tuple[float, int, float]:
    # a series that never moves has errors and intervals of no width
    inside = np.abs(errors[:, 0]) <= errors[:, 1] + 1e-12
    return float(np.abs(errors[:, 0]).mean()), len(errors), float(inside.mean())


def _choose(errors: list[float]) -> int:
    best = int(np.argmin(errors))
    return best if errors[best] < (1 - LEAST_GAIN) * errors[0] else 0


def _widening(errors: Floats) -> float:
    """Return the factor that would have made 95 % intervals cover 95 % of the errors; at least 1.

    An interval far narrower than the errors (after a long constant stretch) counts as a fifth of their size.
    """
    size = np.abs(errors[:, 0])
    reach = np.maximum(errors[:, 1], 0.2 * np.sqrt((size**2).mean()))
    beyond = np.sort(np.divide(size, reach, out=np.zeros_like(size), where=reach > 0))
    # the rank that keeps the promise for a further forecast, not for these alone (conformal prediction)
    rank = min(int(np.ceil((len(size) + 1) * NOMINAL)), len(size))
    return float(max(1.0, beyond[rank - 1]))
