"""`oversight`: score of each published metric, segment, what moves it most and how far it is to the next one."""

from __future__ import annotations

from helpers.analyses.oversight_framework.report import Oversight
from helpers.report.analyses_in_room import analyse_in_room
from helpers.report.report import Report


def oversight(report: Report) -> Oversight:
    """Return where the report's organisation stands by the national oversight framework of its quarter.

    Parameters
    ----------
    report
        The open report on a trust; the quarter that holds its last month is looked at, with those before it.

    Raises
    ------
    UsageError
        Where the register has no framework of that year.
    DataError
        Where nothing is published of the organisation for that quarter.
    """
    return analyse_in_room(Oversight, report.apart())
