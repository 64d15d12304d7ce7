"""What avoiding DNAs does to attendances, the waiting list and the wait (methods, section 5).

Amounts are per year of 52 weeks and 365 days: a week carries a 52nd of a year's DNAs, additions and
removals.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from helpers.errors import ArgumentError
from helpers.stats.checks import (
    Floats,
    check_array,
    check_at_most,
    check_each,
    check_integer,
    check_lengths,
    check_number,
    check_series,
    check_shapes,
)
from helpers.stats.dna.inputs import DnaInputs
from helpers.stats.results import Result

WEEKS_PER_YEAR = 52
DAYS_PER_YEAR = 365
#: below this a general acute trust does not record its DNAs
LEAST_BELIEVABLE_RATE = 0.01
NEGATIVE_RELIEF = (
    "More DNA slots are filled by overbooking than DNAs are booked again: the list grows. Overbook less."
)


def dna_rate(dnas: npt.ArrayLike, attendances: npt.ArrayLike) -> Floats:
    """Return DNAs / (attendances + DNAs); cancellations are in neither. Missing without appointments.

    Parameters
    ----------
    dnas, attendances
        Counts of appointments, not negative, of one shape.

    Raises
    ------
    ArgumentError
        Negative or missing counts, shapes that do not fit.

    >>> dna_rate([80, 0], [920, 0])
    array([0.08,  nan])
    """
    missed, seen = check_array("dnas", dnas, minimum=0), check_array("attendances", attendances, minimum=0)
    check_shapes(dnas=missed, attendances=seen)
    with np.errstate(invalid="ignore"):
        return np.asarray(missed / (seen + missed))


def recovered_attendances(
    dnas: npt.ArrayLike, reduction: npt.ArrayLike, *, filled: npt.ArrayLike = 0.0
) -> Floats:
    """Return attendances gained by avoiding DNAs: D r (1 - u).

    Parameters
    ----------
    dnas
        DNAs D of the period.
    reduction
        Share r of them that is avoided, 0 to 1.
    filled
        Share u of DNA slots that were filled anyway, 0 to 1.

    Raises
    ------
    ArgumentError
        Negative DNAs, shares outside 0 to 1.

    >>> float(recovered_attendances(630, 0.5, filled=0.2))
    252.0
    """
    missed, avoided = check_array("dnas", dnas, minimum=0), _share("reduction", reduction)
    overbooked = _share("filled", filled)
    check_shapes(dnas=missed, reduction=avoided, filled=overbooked)
    return np.asarray(missed * avoided * (1 - overbooked))


def list_relief(
    dnas: npt.ArrayLike,
    reduction: npt.ArrayLike,
    *,
    filled: npt.ArrayLike = 0.0,
    rebooked: npt.ArrayLike = 1.0,
) -> Floats:
    """Return by how many patients the list gets shorter: D r (b - u); negative where it gets longer.

    An avoided DNA frees the slot of the second booking (share b), but the overbooked patient is no longer
    seen in its place (share u).

    Parameters
    ----------
    dnas, reduction, filled
        As for `recovered_attendances`.
    rebooked
        Share b of DNAs that are booked again, 0 to 1.

    Raises
    ------
    ArgumentError
        Negative DNAs, shares outside 0 to 1.

    >>> list_relief(630, 0.5, filled=[0.2, 0.6], rebooked=[0.6, 0.4]).round(6)
    array([126., -63.])
    """
    missed, avoided = check_array("dnas", dnas, minimum=0), _share("reduction", reduction)
    overbooked, again = _share("filled", filled), _share("rebooked", rebooked)
    check_shapes(dnas=missed, reduction=avoided, filled=overbooked, rebooked=again)
    return np.asarray(missed * avoided * (again - overbooked))


def _share(argument: str, values: npt.ArrayLike) -> Floats:
    return check_array(argument, values, minimum=0, maximum=1)


def ramp_profile(weeks: int, ramp_weeks: npt.ArrayLike = 0.0) -> Floats:
    """Return the share of the reduction reached in each week, at the week's midpoint.

    Parameters
    ----------
    weeks
        Length of the horizon.
    ramp_weeks
        Weeks until the whole reduction is reached; one number or one per draw.

    Returns
    -------
    numpy.ndarray
        Shape (weeks,) or (weeks, draws).

    Raises
    ------
    ArgumentError
        No weeks, a negative ramp.

    >>> ramp_profile(4, 2)
    array([0.25, 0.75, 1.  , 1.  ])
    """
    horizon = check_integer("weeks", weeks, 1)
    ramp = check_array("ramp_weeks", ramp_weeks, minimum=0)
    midpoints = (np.arange(horizon) + 0.5).reshape(-1, *([1] * ramp.ndim))
    # half a week: any shorter ramp is over before the first midpoint
    return np.asarray(np.minimum(1.0, midpoints / np.maximum(ramp, 0.5)), dtype=float)


def weeks_to_year_end(start: dt.date, year_end: dt.date | None = None) -> int:
    """Return the whole weeks from a date to the end of its financial year (31 March), or to another date.

    Raises
    ------
    ArgumentError
        A horizon in the past, or less than a week away.

    >>> weeks_to_year_end(dt.date(2026, 4, 1))
    52
    """
    end = year_end or dt.date(start.year + (start.month > 3), 3, 31)
    weeks = ((end - start).days + 1) // 7
    if weeks < 1:
        raise ArgumentError("year_end", f"{end:%d %B %Y}", f"at least a week after {start:%d %B %Y}")
    return weeks


@dataclass(frozen=True, repr=False)
class DnaImpact(Result):
    """What the change brings by the horizon; every number is an array of one value per draw.

    Attributes
    ----------
    attendances
        Attendances gained.
    relief
        By how many patients the list is shorter than without the change; negative: longer.
    days_of_additions
        The same in days: relief over additions per day ("shorter by x days of additions").
    waiting_list, wait_days
        Patients on the list at the horizon, and a newcomer's wait if the list were first in, first out;
        None where the list or its removals are not given.
    """

    attendances: Floats
    relief: Floats
    days_of_additions: Floats
    waiting_list: Floats | None
    wait_days: Floats | None

    @property
    def warning(self) -> str:
        """What to say where the list gets longer in most draws; else empty."""
        return NEGATIVE_RELIEF if np.median(self.relief) < 0 else ""


def dna_impact(inputs: DnaInputs, *, weeks: int = WEEKS_PER_YEAR) -> DnaImpact:
    """Return what a reduction of DNAs brings by the horizon, each input at its median.

    Parameters
    ----------
    inputs
        The clinic and the change.
    weeks
        Weeks to the horizon, see `weeks_to_year_end`.

    Raises
    ------
    ArgumentError
        No weeks.

    Notes
    -----
    Source: the four column matrix of the NHS Institute's *Performance Management* (2008), whose worked
    example this gives: 315 patients and 11.0 days.

    >>> worked = dna_impact(DnaInputs(dnas=630, reduction=0.5, additions=10_452 / 365))
    >>> float(worked.relief.round(1)), float(worked.days_of_additions.round(4))
    (315.0, 11.0003)
    """
    return impact_of(inputs.at(0.5), weeks)


def impact_of(values: Mapping[str, Floats], weeks: int) -> DnaImpact:
    """Return the impact for inputs given as arrays of one shape, one value per draw."""
    profile = ramp_profile(weeks, values["ramp_weeks"])
    amount = values["dnas"] * values["reduction"]
    attendances = recovered_attendances(values["dnas"], values["reduction"], filled=values["filled"])
    release = profile * amount * (values["rebooked"] - values["filled"]) / WEEKS_PER_YEAR
    gained = attendances * profile.sum(axis=0) / WEEKS_PER_YEAR
    if "waiting_list" not in values:
        relief = release.sum(axis=0)
        return DnaImpact(gained, relief, relief / values["additions"], None, None)
    flow = (values["additions"] - values["removals"]) * DAYS_PER_YEAR / WEEKS_PER_YEAR
    after = _run_list(values["waiting_list"], flow - release)
    relief = _run_list(values["waiting_list"], np.broadcast_to(flow, release.shape)) - after
    outflow = values["removals"] + release[-1] * WEEKS_PER_YEAR / DAYS_PER_YEAR
    return DnaImpact(gained, relief, relief / values["additions"], after, newcomer_wait(after, outflow))


def _run_list(start: Floats, changes: Floats) -> Floats:
    """Return the list after weekly changes; it never holds fewer than nobody."""
    size = np.asarray(start, dtype=float)
    for change in changes:
        size = np.maximum(0.0, size + change)
    return size


def newcomer_wait(waiting_list: npt.ArrayLike, removals: npt.ArrayLike) -> Floats:
    """Return a newcomer's wait on a first-in-first-out list, list / removals, in the unit of removals.

    Parameters
    ----------
    waiting_list
        Patients on the list.
    removals
        All who leave it per day (or week), above 0.

    Raises
    ------
    ArgumentError
        A negative list, no removals.

    >>> float(newcomer_wait(1400, 28))
    50.0
    """
    size = check_array("waiting_list", waiting_list, minimum=0)
    leaving = check_array("removals", removals, above=0)
    check_shapes(waiting_list=size, removals=leaving)
    return np.asarray(size / leaving)


@dataclass(frozen=True)
class FollowUpBounds:
    """Relief of the list in first appointments a year, between two assumptions about the freed slots.

    Attributes
    ----------
    least
        Only freed first-appointment slots go to new patients.
    most
        All freed slots do, minute for minute.
    """

    least: float
    most: float


def follow_up_bounds(
    dnas: npt.ArrayLike,
    reduction: npt.ArrayLike,
    minutes: npt.ArrayLike,
    *,
    filled: npt.ArrayLike = 0.0,
    rebooked: npt.ArrayLike = 1.0,
) -> FollowUpBounds:
    """Return bounds of the relief where DNAs of follow-ups, which stop no clock, are avoided as well.

    Parameters
    ----------
    dnas, reduction, minutes
        DNAs a year, share avoided and length of a slot in minutes: first appointments first, then one
        value per further kind. Relief is D r (b - u) minutes / minutes of a first appointment.
    filled, rebooked
        Shares u and b, one or one per kind.

    Raises
    ------
    ArgumentError
        Negative numbers, shares outside 0 to 1, slots without length, lengths that differ.

    >>> follow_up_bounds([600, 1200], [0.5, 0.5], [30, 15])
    FollowUpBounds(least=300.0, most=600.0)
    """
    missed, length = check_series("dnas", dnas, minimum=0), check_series("minutes", minutes, above=0)
    check_lengths(dnas=missed, minutes=length)
    shares = {
        name: check_each(name, share, "dnas", missed, minimum=0, maximum=1)
        for name, share in (("reduction", reduction), ("filled", filled), ("rebooked", rebooked))
    }
    freed = list_relief(missed, **shares) * length / length[0]
    # where overbooking makes the follow-ups' part negative it is the upper bound that moves down
    return FollowUpBounds(float(min(freed[0], freed.sum())), float(max(freed[0], freed.sum())))


@dataclass(frozen=True)
class SlotValue:
    """What recovered attendances are worth; income is None where no price is given."""

    attendances: float
    hours: float
    income: float | None


def slot_value(attendances: float, minutes: float, *, price: float | None = None) -> SlotValue:
    """Return recovered attendances as clinic hours and, where a price is given, as income.

    Parameters
    ----------
    attendances
        Attendances gained.
    minutes
        Length of a slot.
    price
        Income per attendance in pounds.

    Raises
    ------
    ArgumentError
        Negative numbers.

    >>> slot_value(252, 20, price=150)
    SlotValue(attendances=252.0, hours=84.0, income=37800.0)
    """
    gained = check_number("attendances", attendances, minimum=0)
    income = None if price is None else gained * check_number("price", price, minimum=0)
    return SlotValue(gained, gained * check_number("minutes", minutes, minimum=0) / 60, income)


def recording_is_doubtful(dnas: float, appointments: float) -> bool:
    """Return whether a DNA rate is so low (under 1 %) that DNAs are not recorded.

    Parameters
    ----------
    dnas
        DNAs of a general acute trust.
    appointments
        Attendances and DNAs.

    Raises
    ------
    ArgumentError
        Negative counts, more DNAs than appointments, no appointment.

    >>> recording_is_doubtful(40, 10_000)
    True
    """
    missed = check_number("dnas", dnas, minimum=0)
    booked = check_number("appointments", appointments, above=0)
    check_at_most("dnas", missed, "appointments", booked)
    return missed / booked < LEAST_BELIEVABLE_RATE
