"""`performance`: all measures of an organisation, the gravest first."""

from __future__ import annotations

from collections.abc import Sequence

from helpers.analyses.performance_report.options import Cover, PerformanceOptions, check_options
from helpers.analyses.performance_report.report import PerformanceReport
from helpers.report.analyses_in_room import analyse_in_room
from helpers.report.arguments import names_near_misses
from helpers.report.report import Report


@names_near_misses
def performance(
    report: Report,
    *,
    measures: Sequence[str] | None = None,
    months: int = 36,
    pages: str = "full",
    purpose: str | None = None,
    lead: str | None = None,
    risks: Sequence[str] | None = None,
    recommendation: str | None = None,
) -> PerformanceReport:
    """Return all measures of the report's organisation.

    Parameters
    ----------
    report
        The open report; its period is one month.
    measures
        Ids of the register, in their order; by default all that have a figure.
    months
        Months that a chart covers, 13 or more.
    pages
        "board": pages one and two and what needs attention; "full": with an annex of all the rest.
    purpose
        "assurance", "decision" or "discussion": the report then has a cover sheet.
    lead
        The role that leads; by default those that own what needs attention.
    risks
        Risks on the assurance framework that it touches.
    recommendation
        What the board is recommended to do.

    Raises
    ------
    UsageError
        For a measure that the register does not have or that is named twice, too few months, or a purpose or
        version that there is not.
    """
    sheet = Cover(purpose or "", lead or "", tuple(risks or ()), recommendation or "")
    options = PerformanceOptions(tuple(measures or ()), months, pages, sheet)
    check_options(options, report.register)
    return analyse_in_room(PerformanceReport, report.apart(), options)
