"""Has a series just turned for the worse, by its own past? One test for every month of it, so that it tests itself.

Each month is forecast from those before it by a first-order autoregression, of seasonal series round a yearly wave.
What it misses by, over its own standard error, is independent of the months before where nothing has changed
(recursive residuals), however strongly months hang together.

Source: Brown, Durbin and Evans (1975), Journal of the Royal Statistical Society B 37:149.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy import special

from helpers.stats.checks import Bools, Floats, check_array, check_choice
from helpers.stats.results import Result

#: latest months that are judged together: a single one reverts as often as it stays (51 % of the real ones)
TOGETHER: Final = 3
#: months ahead at which it is asked whether it was so
AHEAD: Final = 3
YEAR: Final = 12
#: months that a fit needs, plain and with a season
FEWEST_PLAIN, FEWEST_SEASONAL = 12, 16
#: real months have longer tails than the normal ones of the theory: t with at most so many degrees of freedom
MOST_FREEDOM: Final = 8


@dataclass(frozen=True, repr=False)
class EarlyTurns(Result):
    """What each month of a series said of a turn for the worse, by the months up to it.

    Parameters
    ----------
    p
        How likely the latest three months are as bad as this together, or worse, though nothing has changed; NaN
        where too few months are known.
    stays
        Whether the model expects half of the change or more to be there three months later.
    lasted
        Whether it then was: 1 or 0, NaN where that is not known yet.
    confirms
        The value three months later from which it is there, in the unit of the series; NaN where unknown.
    """

    p: Floats
    stays: Bools
    lasted: Floats
    confirms: Floats

    @property
    def worse(self) -> Bools:
        """Whether the month lies on the bad side of those before the latest three."""
        return np.isfinite(self.confirms)


def early_turns(values: Any, *, improvement: str, seasonal: bool = False) -> EarlyTurns:
    """Return what each month said of a turn for the worse.

    Parameters
    ----------
    values
        Shape (months,), without gaps in time; missing where there is no value.
    improvement
        "increase" or "decrease": which way is good.
    seasonal
        Whether like months are compared: the model has a yearly wave, and a change is that from a year before.

    Raises
    ------
    ArgumentError
        Values that are not numbers, an unknown direction.

    Examples
    --------
    >>> steady = [5.0, 5.2, 4.9, 5.1, 4.8, 5.0, 5.3, 4.9, 5.1, 5.0, 4.7, 5.2] * 2
    >>> found = early_turns([*steady, 6.1, 6.0, 6.2], improvement="decrease")
    >>> bool(found.p[-1] < 0.001), bool(found.p[-4] > 0.05)
    (True, True)
    """
    check_choice("improvement", improvement, ("increase", "decrease"))
    sign = -1.0 if improvement == "increase" else 1.0
    bad = sign * check_array("values", values, missing=True)
    misses, freedom, ahead = _forecasts(bad, seasonal)
    months = len(bad)
    summed = np.full(months, np.nan)
    if months >= TOGETHER:
        windows = np.lib.stride_tricks.sliding_window_view(misses, TOGETHER)
        summed[TOGETHER - 1 :] = windows.sum(axis=1) / np.sqrt(TOGETHER)
    p = np.asarray(special.stdtr(np.minimum(freedom, MOST_FREEDOM), -summed))
    change = bad - _back(bad, YEAR) if seasonal else bad
    before = np.mean([_back(change, TOGETHER + back) for back in range(TOGETHER)], axis=0)
    half = (change - before) / 2
    half = np.where(half > 0, half, np.nan)
    like = _back(bad, YEAR - AHEAD) if seasonal else np.zeros(months)
    confirms = like + before + half
    later = _back(bad[::-1], AHEAD)[::-1]
    known = np.isfinite(later) & np.isfinite(confirms)
    lasted = np.where(known, (later >= confirms).astype(float), np.nan)
    return EarlyTurns(p, ahead >= confirms, lasted, sign * confirms)


def _back(values: Floats, steps: int) -> Floats:
    return np.concatenate([np.full(steps, np.nan), values])[: len(values)]


def _forecasts(values: Floats, seasonal: bool) -> tuple[Floats, Floats, Floats]:
    """Return each month's recursive residual, its degrees of freedom, and the forecast three months on."""
    months = len(values)
    misses, freedom, ahead = (np.full(months, np.nan) for _ in range(3))
    known = np.flatnonzero(np.isfinite(values[1:]) & np.isfinite(values[:-1])) + 1
    design = _design(values, np.arange(1, months + 1), seasonal)  # of the month after each
    fewest = FEWEST_SEASONAL if seasonal else FEWEST_PLAIN
    for many in range(fewest, len(known)):
        past, month = known[:many], int(known[many])
        rows, now = design[past - 1], design[month - 1]
        fitted, _, rank, _ = np.linalg.lstsq(rows, values[past])
        weights: Floats = np.asarray(fitted, dtype=float)
        left = values[past] - rows @ weights
        free = many - rows.shape[1]
        spread = float(np.sqrt(left @ left / free))
        if rank < rows.shape[1] or spread <= 1e-9 * float(np.abs(values[past]).max()):
            continue  # a series that has hardly moved has no chance of its own
        reach = float(now @ np.linalg.solve(rows.T @ rows, now))
        misses[month] = (values[month] - now @ weights) / (spread * np.sqrt(1 + reach))
        freedom[month] = free
        value = values[month]
        for step in range(1, AHEAD + 1):
            row = _design(np.array([value]), [month + step], len(weights) > 2)[0]
            value = float(row @ weights)
        ahead[month] = value
    return misses, freedom, ahead


def _design(before: Floats, months: Any, seasonal: bool) -> Floats:
    """Return the regressors of some months: one, the month before, and the yearly wave."""
    turn = 2 * np.pi * np.asarray(months) / YEAR
    wave = [np.sin(turn), np.cos(turn)] if seasonal else []
    return np.column_stack([np.ones(len(before)), before, *wave])
