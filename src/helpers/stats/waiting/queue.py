"""Queueing theory of waiting lists, all in weeks (methods, section 6).

Source: Fong et al. 2022, *Understanding waiting lists pressures* (medRxiv 2022.08.23.22279117), and the R
package NHSRwaitinglist that implements it; `compatible="nhsrwaitinglist"` marks where this project differs
from it. Every function takes numbers, or arrays of shapes that broadcast, and raises `ArgumentError` for what is
negative, missing, an unknown word, or does not fit.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from helpers.errors import ArgumentError
from helpers.stats.checks import (
    Floats,
    check_array,
    check_choice,
    check_integer,
    check_number,
    check_shapes,
)

#: target wait over mean wait at which 98.2 % wait less than the target (the R package's)
DEFAULT_FACTOR = 4.0
#: a queue above so many target queues is too big to judge by target capacity
TOO_BIG = 2.0
WEEKS_TO_TARGET = 26.0
_DAYS_PER_UNIT = {"days": 1.0, "weeks": 7.0}

Unit = Literal["days", "weeks"]
Tool = Literal["nhsrwaitinglist"]


def queue_load(demand: npt.ArrayLike, capacity: npt.ArrayLike) -> Floats:
    """Return additions / removals per week (capacity above 0); at 1 and above the list grows without end.

    >>> round(float(queue_load(30, 27)), 4)
    1.1111
    """
    additions = check_array("demand", demand, minimum=0)
    removals = check_array("capacity", capacity, above=0)
    check_shapes(demand=additions, capacity=removals)
    return np.asarray(additions / removals)


def factor_for(share_within_target: float) -> float:
    """Return target wait / mean wait at which a share waits less than the target: -ln(1 - p).

    >>> round(factor_for(0.92), 3), round(float(target_mean_wait(18, factor=factor_for(0.92))), 2)
    (2.526, 7.13)
    """
    p = check_number("share_within_target", share_within_target, above=0, maximum=1)
    if p == 1:
        raise ArgumentError(
            "share_within_target", "1", "a share below 1: no finite capacity keeps everyone within"
        )
    return float(-np.log1p(-p))


def target_mean_wait(target_wait: npt.ArrayLike, *, factor: npt.ArrayLike = DEFAULT_FACTOR) -> Floats:
    """Return the mean wait at which the target is met: target in weeks / factor (see `factor_for`), both above 0.

    >>> float(target_mean_wait(52))
    13.0
    """
    longest = check_array("target_wait", target_wait, above=0)
    over_mean = check_array("factor", factor, above=0)
    check_shapes(target_wait=longest, factor=over_mean)
    return np.asarray(longest / over_mean)


def target_queue(
    demand: npt.ArrayLike, target_wait: npt.ArrayLike, *, factor: npt.ArrayLike = DEFAULT_FACTOR
) -> Floats:
    """Return the list size at which the target is met: additions per week x target / factor (`target_mean_wait`).

    >>> float(target_queue(30, 52))
    390.0
    """
    additions, mean = check_array("demand", demand, minimum=0), target_mean_wait(target_wait, factor=factor)
    check_shapes(demand=additions, target_wait=mean)
    return np.asarray(additions * mean)


def queue_is_too_big(queue: npt.ArrayLike, target: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Return whether a queue is more than twice its target: then relief comes before target capacity.

    >>> queue_is_too_big([780, 781], 390)
    array([False,  True])
    """
    size, aim = check_array("queue", queue, minimum=0), check_array("target", target, minimum=0)
    check_shapes(queue=size, target=aim)
    return np.asarray(size > TOO_BIG * aim)


def relief_capacity(
    demand: npt.ArrayLike,
    queue: npt.ArrayLike,
    target: npt.ArrayLike,
    *,
    weeks: npt.ArrayLike = WEEKS_TO_TARGET,
    referrals: int = 0,
    cv_demand: float = 0.0,
    compatible: Tool | None = None,
) -> Floats:
    """Return weekly capacity that brings a queue to its target: demand + max(0, queue - target)/weeks.

    Parameters
    ----------
    demand
        Additions per week.
    queue, target
        Patients on the list, and its target.
    weeks
        Weeks until the target is to be reached, above 0.
    referrals, cv_demand
        From how many additions demand was estimated, and the coefficient of variation of the times between them:
        demand is then what it may be at most, 1/(mean time - 2 standard errors). 0 takes it as known.
    compatible
        "nhsrwaitinglist": a queue below its target lowers the capacity below demand; the standard error of
        the mean time is taken demand times too large.

    >>> round(float(relief_capacity(30, 1200, 390, weeks=26)), 6)
    61.153846
    >>> round(float(relief_capacity(30, 390, 390, referrals=400, cv_demand=1)), 4)
    33.3333
    """
    size, aim = check_array("queue", queue, minimum=0), check_array("target", target, minimum=0)
    additions, span = check_array("demand", demand, minimum=0), check_array("weeks", weeks, above=0)
    check_shapes(demand=additions, queue=size, target=aim, weeks=span)
    tool = is_compatible(compatible)
    if check_integer("referrals", referrals, 0):
        unsure = 2 * check_number("cv_demand", cv_demand, minimum=0) / np.sqrt(referrals)
        share = np.asarray(unsure * additions if tool else unsure)
        additions = additions / np.where(share < 1, 1 - share, 1.0)
    excess = size - aim if tool else np.maximum(0.0, size - aim)
    return np.asarray(additions + excess / span)


def target_capacity(
    demand: npt.ArrayLike,
    target_wait: npt.ArrayLike,
    *,
    factor: npt.ArrayLike = DEFAULT_FACTOR,
    cv_demand: npt.ArrayLike = 1.0,
    cv_capacity: npt.ArrayLike = 1.0,
) -> Floats:
    """Return weekly capacity that keeps a list there: demand + (cv_d^2 + cv_c^2)/2 x factor/target.

    Parameters
    ----------
    demand
        Additions per week.
    target_wait, factor
        As for `target_mean_wait`.
    cv_demand, cv_capacity
        Coefficients of variation of the times between additions and between removals.

    >>> round(float(target_capacity(30, 52, factor=3, cv_demand=1.1, cv_capacity=1.2)), 6)
    30.076442
    """
    additions, mean = check_array("demand", demand, minimum=0), target_mean_wait(target_wait, factor=factor)
    joining = check_array("cv_demand", cv_demand, minimum=0)
    leaving = check_array("cv_capacity", cv_capacity, minimum=0)
    check_shapes(demand=additions, target_wait=mean, cv_demand=joining, cv_capacity=leaving)
    return np.asarray(additions + (joining**2 + leaving**2) / 2 / mean)


def pressure(
    mean_wait: npt.ArrayLike,
    target_wait: npt.ArrayLike,
    *,
    wait_unit: Unit = "weeks",
    target_unit: Unit = "weeks",
) -> Floats:
    """Return 2 x mean wait / target, both taken to the same unit ("weeks", "days"); above 1 the list is under pressure.


    >>> float(pressure(63, 18, wait_unit="days"))
    1.0
    """
    for name, unit in (("wait_unit", wait_unit), ("target_unit", target_unit)):
        check_choice(name, unit, _DAYS_PER_UNIT)
    mean = check_array("mean_wait", mean_wait, minimum=0)
    longest = check_array("target_wait", target_wait, above=0)
    check_shapes(mean_wait=mean, target_wait=longest)
    return np.asarray(2 * mean * _DAYS_PER_UNIT[wait_unit] / (longest * _DAYS_PER_UNIT[target_unit]))


def unreported_removals(before: float, after: float, additions: float, removals: float) -> float:
    """Return how many left a list unreported: before + additions - removals - after.

    Published flows do not balance; a simulation of a real list needs this term, and shows it. It is negative where more
    joined than were reported.

    >>> unreported_removals(7_045_357, 7_123_980, 2_000_000, 2_000_000 - 316_785)
    238162.0
    """
    sizes = check_number("before", before, minimum=0) - check_number("after", after, minimum=0)
    return (
        sizes
        + check_number("additions", additions, minimum=0)
        - check_number("removals", removals, minimum=0)
    )


def is_compatible(tool: str | None) -> bool:
    """Return whether the R package's behaviour is asked for; refuse other tools."""
    check_choice("compatible", tool, (None, "nhsrwaitinglist"))
    return tool is not None
