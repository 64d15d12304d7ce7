"""`system_view`: a system of trusts as one."""

from __future__ import annotations

from helpers.analyses.systems.known import MONTHS
from helpers.analyses.systems.view import SystemView
from helpers.errors import Problem, UsageError
from helpers.report.arguments import names_near_misses
from helpers.report.report import Report

#: per cent: what the models are asked about
CHANGE = 10.0


@names_near_misses
def system_view(report: Report, *, months: int = MONTHS, change: float = CHANGE) -> SystemView:
    """Return an integrated care board or a region as one, from the published figures of its trusts.

    Parameters
    ----------
    report
        The open report, on a board or a region; the last month of its period is the newest that may be used.
    months
        How many months charts go back.
    change
        Per cent: the size of the changes that the models are asked about.

    Raises
    ------
    UsageError
        With every option that cannot be.
    DataError
        Where the organisation is neither, or the data name no trust of it.
    """
    problems = []
    if months < 13:
        problems.append(Problem("months", str(months), "13 or more: a chart's limits need 13 values"))
    if not 0 < change <= 100:
        problems.append(Problem("change", f"{change:g}", "per cent, more than 0 and at most 100"))
    if problems:
        raise UsageError(problems)
    return SystemView(report.apart(), months=months, change=change)
