"""What the scenario starts from: a year's missed appointments, and the waiting list with its flows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from helpers.analyses.missed_appointments.findings import Counts, DnaFindings
from helpers.data.appointments import ALL, FIRST, FOLLOW_UP
from helpers.errors import DataError, Problem


@dataclass(frozen=True)
class Clinic:
    """What the scenario starts from; amounts are a year's."""

    #: first, follow_up: missed appointments that the scenario reckons with
    first: float
    follow_up: float
    additions: float
    #: waiting, removals: patients on the list, and all who leave it; None where no list is given
    waiting: float | None = None
    removals: float | None = None
    #: the month in which list and flows were counted; None where they are stated or not given
    list_month: date | None = None
    came_from: tuple[tuple[str, str], ...] = ()  # where each of these comes from, in words, by name

    def months_apart(self, period_end: date) -> int:
        """Return how many months lie between the list and the missed appointments."""
        if self.list_month is None:
            return 0
        years = self.list_month.year - period_end.year
        return abs(12 * years + self.list_month.month - period_end.month)


def can_be_worked_out(found: DnaFindings) -> bool:
    """Return whether a scenario can be worked out from figures that may be shown."""
    options = found.options
    known = options.missed is not None or (found.recorded and found.shown() is not None)
    from_first = options.additions is None and not options.use_rtt
    return known and not (from_first and found.counts(FIRST).booked and found.shown(FIRST) is None)


def find_clinic(found: DnaFindings) -> Clinic:
    """Return missed appointments, list and flows of a year; refused where nothing says how many join the list."""
    if found.options.use_rtt:
        return _with_counted_list(found)
    return _as_stated(found)


def _with_counted_list(found: DnaFindings) -> Clinic:
    """Return list and flows from the waiting-time statistics."""
    first, follow_up, source_of_missed = _missed_a_year(found)
    row = _nearest_list(found)
    month = row["month"]
    source = f"waiting-time statistics of {month:%B %Y}, flows times 12"
    names = ("additions", "waiting_list", "removals")
    return Clinic(
        first,
        follow_up,
        additions=12.0 * float(row["added"]),
        waiting=float(row["waiting"]),
        removals=12.0 * float(row["removed"]),
        list_month=month,
        came_from=(("missed", source_of_missed), *((name, source) for name in names)),
    )


def _as_stated(found: DnaFindings) -> Clinic:
    """Return list and flows as the parameters state them; without additions, first attendances stand for them."""
    first, follow_up, source_of_missed = _missed_a_year(found)
    options, additions = found.options, found.options.additions
    source = options.source_of("additions")
    if additions is None:
        additions = _first_attendances(found)
        source = "first attendances of the same months stand in for additions: assumed"
    names = () if options.waiting is None else ("waiting_list", "removals")
    stated = ((name, options.source_of(name)) for name in names)
    return Clinic(
        first,
        follow_up,
        additions,
        options.waiting,
        options.removals,
        came_from=(("missed", source_of_missed), ("additions", source), *stated),
    )


def _missed_a_year(found: DnaFindings) -> tuple[float, float, str]:
    if found.options.missed is not None:
        return found.options.missed, 0.0, found.options.source_of("missed")
    words = "outpatient records" if found.basis == "records" else "published statistics"
    words = f"{words}, {found.period.label}"
    first, follow_up = found.shown(FIRST), found.shown(FOLLOW_UP)
    if first is None or follow_up is None:  # the data do not tell them apart, or may not
        every = found.shown() or Counts(0, 0)
        return _a_year(found, ALL, every.missed), 0.0, words
    return _a_year(found, FIRST, first.missed), _a_year(found, FOLLOW_UP, follow_up.missed), words


def _a_year(found: DnaFindings, kind: str, counted: float) -> float:
    """Return a count of the period as a year's, by the months that have figures."""
    return 12.0 * counted / float(found.totals.T[kind, found.organisation.code]["months"])


def _first_attendances(found: DnaFindings) -> float:
    first = found.shown(FIRST)
    if first is None or first.booked <= first.missed:
        where = f"{found.organisation.code}, {found.period.label}"
        cure = "give `flows`, patients added to the list in a year, or set use_rtt"
        raise DataError(Problem(where, "no first attendances, so no additions to the list", cure=cure))
    return _a_year(found, FIRST, first.booked - first.missed)


def _nearest_list(found: DnaFindings) -> pd.Series:
    """Return the month with a whole list that lies nearest to the end of the period."""
    frame = found.list_months
    if frame.empty:
        cure = "load the RTT full extract of a month, or give waiting_list, removals and additions"
        where = f"{found.organisation.code}, use_rtt"
        raise DataError(Problem(where, "no month has the list, new periods and completed ones", cure=cure))
    away = [abs((month - found.period.last).days) for month in frame["month"]]
    return frame.iloc[int(np.argmin(away))]
