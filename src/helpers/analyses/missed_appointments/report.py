"""What `did_not_attend` returns: every section of the report as a part."""

from __future__ import annotations

from functools import cached_property
from typing import Final

from helpers.analyses.missed_appointments import (
    assumptions,
    other_trusts,
    patients,
    rates,
    scenario_words,
)
from helpers.analyses.missed_appointments.basis import AppointmentBasis
from helpers.analyses.missed_appointments.outlook import ScenarioParts
from helpers.analyses.missed_appointments.rates import rate_words
from helpers.analyses.missed_appointments.scenario import DRAWS, FAR_APART_MONTHS, Scenario
from helpers.analyses.stays.words import conditions_words
from helpers.phrases import phrase, phrases
from helpers.report.parts import Headline, Part, part
from helpers.report.period import age_sentence, good_until
from helpers.report.words import number
from helpers.stats.dna.impact import LEAST_BELIEVABLE_RATE

#: the first year of the pandemic began then
_PANDEMIC: Final = 2020


class MissedAppointments(AppointmentBasis):
    """How many appointments are missed, and what fewer would bring."""

    @cached_property
    def _outlook(self) -> ScenarioParts | None:
        return None if self.scenario is None else ScenarioParts(self, self.scenario)

    def _of_outlook(self, name: str, *, why: bool = False) -> Part:
        """Return a part of the scenario; where there is none, one that is empty or says why."""
        if self._outlook is None:
            return self.part(name, none=self.why_no_scenario if why else "")
        found: Part = getattr(self._outlook, name)
        return found

    @part
    def headline(self) -> Headline:
        """What a board should know first; where figures are out of date, that."""
        published, missed = self.found.basis == "published", self.options.missed
        first = {"age": age_sentence(self.report.period, self.report.today) if published else ""}
        if self._outlook is not None:
            first |= {
                "range": self._outlook.sentence(),
                "times": self._apart_words(self._outlook.scenario),
                "rate": rate_words(self.found),
                "stated": ""
                if missed is None
                else phrase("statements.missed.stated", missed=number(missed)),
            }
        else:
            first |= {"rate": f"**{rate_words(self.found)}**", "no_scenario": self.why_no_scenario}
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
        return scenario_words.apart_sentence(months, clinic.list_month, period.label)

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

    rates = part(rates.rates)
    peers = part(other_trusts.peers)
    trend = part(other_trusts.trend)
    specialties = part(patients.specialties)

    # --- what fewer would bring -------------------------------------------------------------------

    assumptions = part(assumptions.assumptions)

    @part
    def path(self) -> Part:
        """The range from week to week, both bounds in it."""
        return self._of_outlook("path", why=True)

    @part
    def outcomes(self) -> Part:
        """Attendances, and patients by whom the list is shorter, at the horizon."""
        return self._of_outlook("outcomes")

    @part
    def days(self) -> Part:
        """The same in days of additions, and a newcomer's wait where the list is known."""
        return self._of_outlook("days")

    @part
    def sensitivity(self) -> Part:
        """How far each assumption alone moves the result."""
        return self._of_outlook("sensitivity")

    @part
    def limitations(self) -> Part:
        """What the scenario does not know."""
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
