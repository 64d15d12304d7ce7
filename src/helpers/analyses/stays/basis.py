"""What every section of the length-of-stay report is made of: its findings, its options, its words."""

from __future__ import annotations

from functools import cached_property

from helpers.analyses.stays import words as los_words
from helpers.analyses.stays.findings import StayFindings
from helpers.analyses.stays.options import StayOptions, name_benchmark
from helpers.data.disclosure import policy_for
from helpers.report.report import Report, origin_of
from helpers.report.sections import Sections

#: the register's name of what this report is about
MEASURE = "mean_los"


class StayBasis(Sections):
    """The findings on one organisation's stays, and how they are told."""

    def __init__(self, report: Report, options: StayOptions) -> None:
        super().__init__(report)
        self.options = options
        self.found = StayFindings(
            report.mart,
            report.organisation,
            report.period,
            options,
            events=report.register.events_of(MEASURE, report.organisation.code),
            ask=report.ask,
            policy=policy_for(origin_of(report.mart.meant_by(["spells"]))),
        )

    @cached_property
    def wording(self) -> los_words.Wording:
        """What sentences call the trust, the benchmark and the patients."""
        within = self.found.specialties.get(self.options.specialty or "", "")
        patients = f"{within.removesuffix(' Service').lower()} patients" if within else "patients"
        benchmark = name_benchmark(self.options.benchmark, self.report.period.months)
        return los_words.Wording(self.report.organisation.name, benchmark, patients)
