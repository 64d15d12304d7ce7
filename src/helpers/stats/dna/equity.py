"""Whether DNAs fall on deprived groups, and what it would bring to end that (methods, section 5)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from helpers.errors import ArgumentError
from helpers.stats.checks import Floats, check_at_most, check_confidence, check_lengths, check_series
from helpers.stats.results import Result


@dataclass(frozen=True, repr=False)
class DnaInequality(Result):
    """How DNA rates change from the most to the least deprived, and what evening them out would bring.

    Attributes
    ----------
    slope, slope_lower, slope_upper
        Slope index of inequality: rate of the least deprived end minus rate of the most deprived, as a
        share; negative where the deprived miss more appointments.
    relative, relative_lower, relative_upper
        Relative index: the least deprived end's fitted rate over the most deprived end's; the interval is
        missing where a fitted rate is not above 0.
    avoided, avoided_lower, avoided_upper
        DNAs that would not happen if every group had the least deprived group's rate; negative where that
        group misses more.
    by_group
        One row per group in the order given: `rate`, `ridit`, `avoided`.
    """

    slope: float
    slope_lower: float
    slope_upper: float
    relative: float
    relative_lower: float
    relative_upper: float
    avoided: float
    avoided_lower: float
    avoided_upper: float
    by_group: pd.DataFrame


def dna_inequality(
    dnas: npt.ArrayLike, appointments: npt.ArrayLike, *, confidence: float = 0.95
) -> DnaInequality:
    """Return slope and relative index of inequality of DNA rates, and the effect of evening them out.

    Every group is brought to the rate of the least deprived one, not to the lowest rate: the lowest of
    several is low partly by luck.

    Parameters
    ----------
    dnas, appointments
        DNAs and appointments (attendances and DNAs) per group, from the most deprived to the least
        deprived.
    confidence
        Level of the intervals.

    Raises
    ------
    ArgumentError
        Fewer than two groups, negative counts, DNAs above appointments, a group without appointments.

    Notes
    -----
    The slope is the line through the groups' rates at their ridits, weighted by appointments; intervals
    follow from the binomial error of the rates (delta method for the ratio). Source: OHID, *Public health
    commonly used methods*.

    >>> result = dna_inequality([100, 85, 70, 65, 50], [1000] * 5)
    >>> round(result.slope, 6), round(result.relative, 4), round(result.avoided, 6)
    (-0.06, 0.4231, 120.0)
    """
    missed = check_series("dnas", dnas, minimum=0)
    booked = check_series("appointments", appointments, minimum=0)
    check_lengths(dnas=missed, appointments=booked)
    check_at_most("dnas", missed, "appointments", booked)
    if len(missed) < 2 or (booked == 0).any():
        raise ArgumentError("appointments", "too few", "at least two groups, each with appointments")
    z = float(special.ndtri((1 + check_confidence(confidence)) / 2))
    rate = missed / booked
    ridit = (np.cumsum(booked) - booked / 2) / booked.sum()
    slope, relative = _line(rate, ridit, booked, z)
    avoided = missed - booked * rate[-1]
    # every other group's own error, and the reference's error once for all of them together
    variance = rate * (1 - rate) * booked
    reach = z * np.sqrt(variance[:-1].sum() + booked[:-1].sum() ** 2 * variance[-1] / booked[-1] ** 2)
    total = float(avoided.sum())
    table = pd.DataFrame({"rate": rate, "ridit": ridit, "avoided": avoided})
    return DnaInequality(*slope, *relative, total, float(total - reach), float(total + reach), table)


Interval = tuple[float, float, float]


def _line(rate: Floats, ridit: Floats, booked: Floats, z: float) -> tuple[Interval, Interval]:
    """Return the slope and the ratio of the ends of the weighted line, each with its interval."""
    weights = booked / booked.sum()
    spread = (weights * (ridit - 0.5) ** 2).sum()  # the weighted mean ridit is 1/2
    for_slope = weights * (ridit - 0.5) / spread
    slope = float((for_slope * rate).sum())
    # the fitted ends are sums over the rates too: mean -/+ slope / 2
    for_start, for_end = weights - for_slope / 2, weights + for_slope / 2
    start, end = float((for_start * rate).sum()), float((for_end * rate).sum())
    variance = rate * (1 - rate) / booked
    reach = float(z * np.sqrt((for_slope**2 * variance).sum()))
    relative = end / start if start else float("nan")
    if start > 0 and end > 0:
        error = np.sqrt(((for_end / end - for_start / start) ** 2 * variance).sum())
        ends = (float(relative * np.exp(-z * error)), float(relative * np.exp(z * error)))
    else:
        ends = (float("nan"), float("nan"))
    return (slope, slope - reach, slope + reach), (relative, *ends)
