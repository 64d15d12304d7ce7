"""What a longer stay is worth: bed-days, beds and, where a price is given, money (methods, section 4)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.stats.checks import Floats, check_lengths, check_number, check_series
from helpers.stats.position import mean_and_variance
from helpers.stats.results import Result


@dataclass(frozen=True, repr=False)
class Opportunity(Result):
    """Bed-days above expectation over specialties: an upper bound of what could be released.

    Attributes
    ----------
    raw
        Sum of O - E over the specialties where it is above 0; noise alone makes it large.
    shrunken
        The same after shrinking each ln(O/E) towards the trust's own mean (empirical Bayes).
    certain
        Sum of O - E over the specialties whose interval lies wholly above 1.
    mean_ratio, spread
        What the specialties were shrunk with: the mean O/E and the true spread (tau) of ln(O/E).
    by_specialty
        One row per specialty, in the order given: `raw`, `shrunken`, `certain` bed-days (0 where none) and
        `shrunken_ratio`.
    """

    raw: float
    shrunken: float
    certain: float
    mean_ratio: float
    spread: float
    by_specialty: pd.DataFrame


def opportunity(
    observed: npt.ArrayLike, expected: npt.ArrayLike, standard_error: npt.ArrayLike, lower: npt.ArrayLike
) -> Opportunity:
    """Return raw, shrunken and certain excess bed-days over specialties.

    Parameters
    ----------
    observed, expected
        Bed-days O and E per specialty.
    standard_error
        Standard error of ln(O/E) per specialty, from `observed_expected`.
    lower
        Lower limit of O/E.

    Returns
    -------
    Opportunity
        Bed-days, all of them upper bounds. Specialties without expected days count nothing.

    Raises
    ------
    ArgumentError
        Negative values, lengths that differ.

    Notes
    -----
    Shrinkage: normal-normal empirical Bayes on y = ln(O/E) (O at least 0.5) with sampling variance s^2,
    the mean by inverse-variance weights and the spread tau^2 by DerSimonian and Laird; each y moves to
    mean + tau^2/(tau^2 + s^2) (y - mean). Specialties that do not differ beyond chance thereby share one
    ratio.

    >>> found = opportunity([560, 90], [440, 100], [0.05, 0.2], [1.15, 0.6])
    >>> found.raw, found.certain
    (120.0, 120.0)
    """
    o, e = check_series("observed", observed, minimum=0), check_series("expected", expected, minimum=0)
    s = check_series("standard_error", standard_error, minimum=0, missing=True)
    lower = check_series("lower", lower, minimum=0, missing=True)
    check_lengths(observed=o, expected=e, standard_error=s, lower=lower)
    mean, tau, shrunken_ratio = _shrink(o, e, s)
    table = pd.DataFrame(
        {
            "raw": np.where(e > 0, np.maximum(o - e, 0), 0.0),
            "shrunken": np.where(e > 0, np.maximum(e * (shrunken_ratio - 1), 0), 0.0),
            "certain": np.where((e > 0) & (lower > 1), o - e, 0.0),
            "shrunken_ratio": shrunken_ratio,
        }
    )
    raw, shrunken, certain = (float(table[name].sum()) for name in ("raw", "shrunken", "certain"))
    return Opportunity(raw, shrunken, certain, float(np.exp(mean)), tau, table)


def _shrink(o: Floats, e: Floats, s: Floats) -> tuple[float, float, Floats]:
    """Return mean and spread of ln(O/E) and each specialty's shrunken ratio (missing without E or s)."""
    usable = (e > 0) & (s > 0)
    ratio = np.full(len(o), np.nan)
    if not usable.any():
        return np.nan, 0.0, ratio
    y, variance = np.log(np.maximum(o, 0.5)[usable] / e[usable]), s[usable] ** 2
    mean, tau_squared = mean_and_variance(y, s[usable])
    ratio[usable] = np.exp(mean + tau_squared / (tau_squared + variance) * (y - mean))
    return mean, float(np.sqrt(tau_squared)), ratio


def excess_beds(bed_days: float, days_in_period: float, *, occupancy: float = 0.92) -> float:
    """Return bed-days as beds: excess / days in the period / occupancy target.

    Parameters
    ----------
    bed_days
        Excess bed-days O - E; may be negative.
    days_in_period
        Days of the period, above 0.
    occupancy
        Share of beds meant to be filled, above 0 and at most 1; 0.92 is NHS England's planning ceiling.

    Raises
    ------
    ArgumentError
        Out of those ranges.

    >>> round(excess_beds(3358, 365, occupancy=0.92), 6)
    10.0
    """
    excess = check_number("bed_days", bed_days)
    period = check_number("days_in_period", days_in_period, above=0)
    return excess / period / check_number("occupancy", occupancy, maximum=1, above=0)


def excess_cost(bed_days: float, bed_day_cost: float | None) -> float | None:
    """Return the cost of excess bed-days, or None where the user gives no cost of a bed-day.

    >>> excess_cost(100, 345.0)
    34500.0
    """
    if bed_day_cost is None:
        return None
    return check_number("bed_days", bed_days) * check_number("bed_day_cost", bed_day_cost, minimum=0)
