"""What `did_not_attend` returns: every section of the report as a part."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from helpers.analyses.missed_appointments import scenario_words
from helpers.analyses.missed_appointments.assumptions import ASSUMPTIONS, assumptions_part
from helpers.analyses.missed_appointments.findings import DnaFindings
from helpers.analyses.missed_appointments.options import DnaOptions
from helpers.analyses.missed_appointments.other_trusts import MonthlyRates, PeerRates
from helpers.analyses.missed_appointments.outlook import ScenarioParts
from helpers.analyses.missed_appointments.patients import deprivation_part, drivers_part, specialties_part
from helpers.analyses.missed_appointments.rates import KindRates
from helpers.analyses.missed_appointments.scenario import (
    DRAWS,
    FAR_APART_MONTHS,
    Scenario,
    can_be_worked_out,
    find_clinic,
)
from helpers.analyses.stays.words import conditions_words
from helpers.phrases import phrase, phrases
from helpers.report.parts import Headline, Part, part
from helpers.report.period import age_sentence, good_until
from helpers.report.sections import Sections
from helpers.report.words import number
from helpers.stats.dna.impact import LEAST_BELIEVABLE_RATE

if TYPE_CHECKING:
    from helpers.report.report import Report

#: the register's name of what this report is about
MEASURE: Final = "dna_rate"
#: the first year of the pandemic began then
_PANDEMIC: Final = 2020


class MissedAppointments:
    """How many appointments are missed, and what fewer would bring."""

    def __init__(self, report: Report, options: DnaOptions) -> None:
        events = report.register.events_of(MEASURE, report.organisation.code)
        self.report, self.options = report, options
        self.found = DnaFindings(
            report.mart, report.organisation, report.period, options, events=events, ask=report.ask
        )
        self.made = Sections(report, self.found.datasets)
        self._rates = KindRates(self.made, self.found)
        _ = self._outlook  # a horizon in the past, or no additions, ends the report here

    @cached_property
    def _outlook(self) -> ScenarioParts | None:
        """The scenario; None where there is nothing to work it out from."""
        if not can_be_worked_out(self.found):
            return None
        scenario = Scenario(self.options, find_clinic(self.found), self.report.period.end)
        return ScenarioParts(self.made, scenario)

    def _of_outlook(self, name: str, *, why: bool = False) -> Part:
        """Return a part of the scenario; where there is none, one that is empty or says why."""
        if self._outlook is not None:
            found: Part = getattr(self._outlook, name)
            return found
        return self.made.part(name, none=self._why_not if why else "")

    @property
    def _why_not(self) -> str:
        if not self.found.recorded:
            return phrase("reasons.missed.scenario_not_recorded")
        return phrase("reasons.missed.scenario_hidden")

    @part
    def headline(self) -> Headline:
        """What a board should know first; where figures are out of date, that."""
        published = self.found.basis == "published"
        first = {"age": age_sentence(self.report.period, self.report.today) if published else ""}
        if self._outlook is not None:
            first |= {
                "range": self._outlook.sentence(),
                "times": self._apart_words(self._outlook.scenario),
                "rate": self._rates.sentence(),
                "stated": self._stated_words(),
            }
        else:
            first |= {"rate": f"**{self._rates.sentence()}**", "no_scenario": self._why_not}
        first["basis"] = self._basis_words() if published else ""
        told = {name: said for name, said in first.items() if said}
        until = good_until(self.report.period) if published else None
        return self.made.headline_of(told, self._rates.part.values, until=until)

    def _stated_words(self) -> str:
        missed = self.options.missed
        return "" if missed is None else phrase("statements.missed.stated", missed=number(missed))

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
        return self.made.part("data", words=told, values=values)

    @part
    def rates(self) -> Part:
        """Appointments, missed ones and the rate, by kind, here and elsewhere."""
        return self._rates.part

    @part
    def peers(self) -> Part:
        """Every trust's rate, and where this one lies."""
        return PeerRates(self.made, self.found).part

    @part
    def trend(self) -> Part:
        """The rate month by month, with the limits of its ordinary variation."""
        return MonthlyRates(self.made, self.found).part

    @part
    def specialties(self) -> Part:
        """The trust's rate by specialty from records, or England's where there are none."""
        return specialties_part(self.made, self.found)

    # --- what fewer would bring -------------------------------------------------------------------

    @part
    def assumptions(self) -> Part:
        """What the scenario takes for granted, each with its source; the frame can be changed and handed back."""
        if self._outlook is None:
            return self.made.part("assumptions", fields=ASSUMPTIONS)
        return assumptions_part(self.made, self._outlook.scenario)

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
        return self.made.part("limitations", words=phrases("statements.missed_limits"), bulleted=True)

    # --- who misses -------------------------------------------------------------------------------

    @part
    def drivers(self) -> Part:
        """Odds ratios of missing an appointment, each adjusted for the others; `values.formula` is the model."""
        return drivers_part(self.made, self.found)

    @part
    def deprivation(self) -> Part:
        """The trust's rate by fifth of deprivation."""
        return deprivation_part(self.made, self.found)

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
        }
        return self.made.part("method", words=told, bulleted=True)
