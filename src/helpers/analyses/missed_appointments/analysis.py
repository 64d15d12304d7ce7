"""`did_not_attend`: missed appointments, and what fewer of them would bring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd

from helpers.analyses.missed_appointments import outlook, patients, words
from helpers.analyses.missed_appointments import rates as of_trusts
from helpers.analyses.missed_appointments.basis import AppointmentBasis
from helpers.analyses.missed_appointments.options import DnaOptions
from helpers.analyses.missed_appointments.outlook import options_of
from helpers.analyses.missed_appointments.rates import rate_words
from helpers.analyses.missed_appointments.scenario import DRAWS, FAR_APART_MONTHS, Scenario
from helpers.analyses.stays.words import conditions_words
from helpers.phrases import phrase, phrases
from helpers.report.analyses_in_room import analyse_in_room
from helpers.report.arguments import names_near_misses
from helpers.report.parts import Headline, Part, part
from helpers.report.period import age_sentence, good_until
from helpers.report.report import Report
from helpers.report.words import number
from helpers.stats.dna.impact import LEAST_BELIEVABLE_RATE

#: the first year of the pandemic began then
_PANDEMIC: Final = 2020


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


class MissedAppointments(AppointmentBasis):
    """How many appointments are missed, and what fewer would bring."""

    @part
    def headline(self) -> Headline:
        """What a board should know first; where figures are out of date, that."""
        published, missed = self.found.basis == "published", self.options.missed
        first = {"age": age_sentence(self.report.period, self.report.today) if published else ""}
        if self.scenario is not None:
            first |= {
                "range": outlook.range_sentence(self.scenario, past=self.past),
                "times": self._apart_words(self.scenario),
                "rate": rate_words(self.found),
                "stated": ""
                if missed is None
                else phrase("statements.missed.stated", missed=number(missed)),
            }
        else:
            first |= {"rate": f"**{rate_words(self.found)}**", "no_scenario": self.why_no_scenario}
            if not self.found.recorded:
                first["to_decide"] = phrase("statements.missed.record_first")
        first["basis"] = self._basis_words() if published else ""
        told = {name: said for name, said in first.items() if said}
        until = good_until(self.report.period) if published else None
        return self.headline_of(told, self.rates.values, until=until)

    def _basis_words(self) -> str:
        first_year = self.report.period.first.year == _PANDEMIC
        pandemic = phrase("statements.missed.pandemic") if first_year else ""
        return f"{phrase('statements.missed.published')} {pandemic}".strip()

    def _apart_words(self, scenario: Scenario) -> str:
        clinic, period = scenario.clinic, self.report.period
        months = clinic.months_apart(period.last)
        if clinic.list_month is None or months < FAR_APART_MONTHS:
            return ""
        return words.apart_sentence(months, clinic.list_month, period.label)

    # --- what is happening ------------------------------------------------------------------------

    @part
    def data(self) -> Part:
        """Which appointments count, and for which months there are figures."""
        months = self.found.own_months
        known = int(months["booked"].notna().sum())
        where = "outpatient records" if self.found.basis == "records" else "published statistics"
        which = f"All {known}" if known == len(months) else f"{known} of {len(months)}"
        told = {
            "counted": phrase("method.missed.counts", where=where),
            "months": f"{which} months of the trend have figures.",
        }
        if self.options.conditions:
            only = conditions_words(self.options.conditions)
            told["where"] = f"Only appointments count where {only}."
        if merged := self.report.organisation.predecessors:
            told["merged"] = phrase("statements.merged", codes=", ".join(merged))
        if self.found.basis == "published":
            told["hidden"] = phrase("statements.missed.hidden_by_publisher")
        values = {
            "basis": self.found.basis,
            "months": known,
            "of": len(months),
            "where": dict(self.options.where),
        }
        return self.part("data", words=told, values=values)

    rates = part(of_trusts.rates)
    peers = part(of_trusts.peers)
    trend = part(of_trusts.trend)
    specialties = part(patients.specialties)

    # --- what fewer would bring -------------------------------------------------------------------

    assumptions = part(outlook.assumptions)
    path = part(outlook.path)
    outcomes = part(outlook.outcomes)
    days = part(outlook.days)
    sensitivity = part(outlook.sensitivity)

    @part
    def limitations(self) -> Part:
        """What the scenario does not know; why there is none."""
        if self.scenario is None:
            return self.part("limitations", words={"no_scenario": self.why_no_scenario})
        return self.part("limitations", words=phrases("statements.missed_limits"), bulleted=True)

    # --- who misses -------------------------------------------------------------------------------

    drivers = part(patients.drivers)
    deprivation = part(patients.deprivation)
    # --- method -----------------------------------------------------------------------------------

    @part
    def method(self) -> Part:
        """How the figures were worked out."""
        told = {
            "not_recorded": phrase("method.missed.not_recorded", least_rate=LEAST_BELIEVABLE_RATE),
            "limits": phrase("method.spc.laney"),
            "gained": phrase("method.missed.gained"),
            "days": phrase("method.missed.days"),
            "interval": phrase("method.interval", draws=DRAWS),
            "bounds": phrase("method.missed.bounds"),
            "drivers": patients.model_words(self.found),
        }
        return self.part("method", words=told, bulleted=True)
