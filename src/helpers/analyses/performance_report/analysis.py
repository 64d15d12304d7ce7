"""`performance`: all measures of an organisation, most urgent first."""

from __future__ import annotations

from collections.abc import Sequence

from helpers.analyses.performance_report.report import PerformanceReport, read_options
from helpers.report.calls import names_near_misses
from helpers.report.opening import Report


@names_near_misses
def performance(
    report: Report, *, measures: Sequence[str] | None = None, months: int = 36
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

    Raises
    ------
    UsageError
        For a measure that the register does not have or that is named twice, or too few months.
    """
    return PerformanceReport(report.apart(), read_options(report, measures=measures, months=months))
