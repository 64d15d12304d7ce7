"""Yearly totals part of the way, projected by the season of past years (methods, section 7)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from helpers.errors import ArgumentError
from helpers.stats.checks import (
    Floats,
    check_array,
    check_choice,
    check_confidence,
    check_integer,
    check_number,
)
from helpers.stats.results import Result
from helpers.stats.trajectory.result import Improvement, Words, words_for


def _shares(years: npt.ArrayLike) -> Floats:
    counts = check_array("years", years, minimum=0)
    if counts.ndim != 2 or not counts.size or (counts.sum(axis=1) == 0).any():
        raise ArgumentError("years", f"shape {counts.shape}", "one row per year, each with a total above 0")
    return np.asarray(counts.cumsum(axis=1) / counts.sum(axis=1, keepdims=True), dtype=float)


def project_total(so_far: float, share: float) -> float:
    """Return the year's total that a count so far projects to: count / share of the profile.

    Parameters
    ----------
    so_far
        Count so far.
    share
        Share of the year's total that has come by now in past years, above 0 and at most 1.

    Raises
    ------
    ArgumentError
        A negative count, a share out of range.

    >>> round(project_total(430, 0.42))
    1024
    """
    return check_number("so_far", so_far, minimum=0) / check_number("share", share, maximum=1, above=0)


@dataclass(frozen=True, repr=False)
class CumulativeProjection(Result):
    """A yearly total, projected from part of the year.

    Attributes
    ----------
    share
        Share of the total that has come by now in past years.
    total, lower, upper
        Projected total with its prediction interval; the interval is missing with a single past year.
    probability, words
        Chance that the target is met, and the words for it; None and `too few points` with a single past
        year.
    """

    share: float
    total: float
    lower: float
    upper: float
    probability: float | None
    words: Words


def cumulative_projection(
    so_far: float,
    months: int,
    years: npt.ArrayLike,
    target: float,
    *,
    improvement: Improvement = "increase",
    confidence: float = 0.95,
) -> CumulativeProjection:
    """Return whether a yearly total will be reached, by the season of past years.

    Below half of the total at half of the year is not by itself a failure: it is one only where past years
    had more by then.

    Parameters
    ----------
    so_far
        Count so far, above 0.
    months
        Months that it covers, at least 1 and fewer than the columns of `years`.
    years
        Counts of past years, one row per year and one column per month.
    target
        Total to reach, above 0.
    improvement
        "increase": met at or above the target; "decrease": at or below.
    confidence
        Level of the interval.

    Raises
    ------
    ArgumentError
        Numbers out of range, a past year without a count by that month.

    Notes
    -----
    ln(share) of the year is taken as normal with the mean and spread of the past years; quantiles are
    those of t with years - 1 degrees of freedom, which with two or three past years are wide, as they
    should be.

    >>> past = [[30, 70] * 6, [40, 60] * 6, [35, 65] * 6]
    >>> cumulative_projection(300, 6, past, 580).words
    'on track'
    """
    shares, done, goal = (
        _shares(years),
        check_number("so_far", so_far, above=0),
        check_number("target", target, above=0),
    )
    check_integer("months", months, 1)
    check_choice("improvement", improvement, ("increase", "decrease"))
    level = check_confidence(confidence)
    if months >= shares.shape[1] or (shares[:, months - 1] == 0).any():
        raise ArgumentError(
            "months", f"{months}", f"1 to {shares.shape[1] - 1}, with a count in every past year"
        )
    share = float(shares[:, months - 1].mean())
    total = project_total(done, share)
    count = len(shares)
    if count < 2:
        return CumulativeProjection(share, total, float("nan"), float("nan"), None, "too few points")
    error = float(np.log(shares[:, months - 1]).std(ddof=1) * np.sqrt(1 + 1 / count))
    reach = float(special.stdtrit(count - 1, (1 + level) / 2)) * error
    probability = _chance(np.log(total / goal), error, count - 1)
    if improvement == "decrease":
        probability = 1 - probability
    ends = (float(total * np.exp(-reach)), float(total * np.exp(reach)))
    # what has come stays: the total cannot fall below it
    return CumulativeProjection(
        share, total, max(ends[0], done), ends[1], probability, words_for(probability)
    )


def _chance(distance: float, error: float, freedom: int) -> float:
    """Return the chance of a total at or above the target, `distance` above it on the log scale."""
    if error == 0:  # past years that were all alike
        return float(distance >= 0)
    return float(special.stdtr(freedom, distance / error))
