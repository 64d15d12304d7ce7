"""`did_not_attend`: missed appointments, and what fewer of them would bring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from helpers.analyses.missed_appointments.assumptions import options_of
from helpers.analyses.missed_appointments.options import DnaOptions
from helpers.analyses.missed_appointments.report import MissedAppointments
from helpers.report.analyses_in_room import analyse_in_room
from helpers.report.arguments import names_near_misses
from helpers.report.report import Report


@names_near_misses
def did_not_attend(
    report: Report,
    *,
    where: Mapping[str, Any] | None = None,
    reduction: Sequence[float] = (0.05, 0.15, 0.3),
    filled: Sequence[float] = (0.0, 0.1, 0.3),
    rebooked: Sequence[float] = (0.5, 0.7, 0.9),
    ramp_weeks: Sequence[float] = (12.0,),
    horizon: str | None = None,
    missed: float | None = None,
    flows: Sequence[float] | None = None,
    waiting_list: Sequence[float] | None = None,
    use_rtt: bool = False,
    minutes: Sequence[float] = (30.0, 20.0),
    price: float | None = None,
    sources: Sequence[str] | None = None,
    assumptions: pd.DataFrame | None = None,
) -> MissedAppointments:
    """Return how many appointments are missed, in the report's specialty or in all, and what fewer would bring.

    Parameters
    ----------
    report
        The open report.
    where
        Which of the appointments attended or missed count, here and at all other trusts, as `report.records` takes
        it: `{"mode": "telephone"}`; None for all. It needs records.
    reduction, filled, rebooked
        Shares of missed appointments that are avoided, whose slots are filled anyway, that are booked again:
        one number, or low, likely and high.
    ramp_weeks
        Weeks until the whole reduction is reached, likewise.
    horizon
        Day (ISO) at which the effect is read; None is the end of the financial year.
    missed
        Missed appointments a year; None takes the trust's own.
    flows
        Patients added to the list a year and, beside a list, those removed.
    waiting_list
        Patients on the list, and a wait in days to reach (may be left out).
    use_rtt
        Whether list and flows come from the waiting-time statistics.
    minutes
        Length of a first appointment and of a follow-up.
    price
        Income for an attendance in pounds.
    sources
        Where assumptions come from, each "name: words".
    assumptions
        A table like `dna.assumptions.frame`, whose rows go before the arguments above: change what is to be
        otherwise, and hand over those rows.

    Raises
    ------
    UsageError
        With every option that cannot be.
    """
    asked = {
        "reduction": reduction,
        "filled": filled,
        "rebooked": rebooked,
        "ramp_weeks": ramp_weeks,
        "missed": missed,
        "flows": flows,
        "waiting_list": waiting_list,
        "minutes": minutes,
        "price": price,
        "sources": sources,
        "where": where or {},
        **({} if assumptions is None else options_of(assumptions)),
    }
    options = DnaOptions(specialty=report.specialty, horizon=horizon, use_rtt=use_rtt, **asked)
    return analyse_in_room(MissedAppointments, report.apart(), options)
