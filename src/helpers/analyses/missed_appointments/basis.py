"""What every section of the report on missed appointments is made of: its findings, its options, its scenario."""

from __future__ import annotations

from functools import cached_property
from typing import Final

from helpers.analyses.missed_appointments.findings import DnaFindings
from helpers.analyses.missed_appointments.options import DnaOptions
from helpers.analyses.missed_appointments.scenario import Scenario, can_be_worked_out, find_clinic
from helpers.phrases import phrase
from helpers.report.report import Report
from helpers.report.sections import Sections

#: the register's name of what this report is about
MEASURE: Final = "dna_rate"


class AppointmentBasis(Sections):
    """The findings on one trust's missed appointments, and how they are told."""

    def __init__(self, report: Report, options: DnaOptions) -> None:
        events = report.register.events_of(MEASURE, report.organisation.code)
        self.options = options
        self.found = DnaFindings(
            report.mart, report.organisation, report.period, options, events=events, ask=report.ask
        )
        super().__init__(report, self.found.datasets)
        _ = self.scenario  # a horizon in the past, or no additions, ends the report here

    @cached_property
    def scenario(self) -> Scenario | None:
        """What fewer missed appointments would bring; None where there is nothing to work it out from."""
        if not can_be_worked_out(self.found):
            return None
        return Scenario(self.options, find_clinic(self.found), self.report.period.end)

    @property
    def why_no_scenario(self) -> str:
        """Why there is none, in words."""
        if not self.found.recorded:
            return phrase("reasons.missed.scenario_not_recorded")
        every = self.found.shown()
        if every is not None and not every.missed:
            return phrase("reasons.missed.scenario_none_missed")
        return phrase("reasons.missed.scenario_hidden")

    @property
    def not_recorded(self) -> str:
        """Why no rate of the trust says anything; empty where they do."""
        if self.found.recorded:
            return ""
        return phrase("reasons.missed.section_not_recorded")

    @property
    def past(self) -> bool:
        """Whether the horizon has passed: then the scenario is told as what would have been."""
        return self.scenario is not None and self.scenario.horizon <= self.report.today
