"""`line_of_sight`: objectives, measures, teams and owners, read from either end."""

from __future__ import annotations

from collections.abc import Sequence

from helpers.analyses.sight.report import LineOfSight
from helpers.errors import Problem, UsageError, near_misses
from helpers.report.analyses_in_room import analyse_in_room
from helpers.report.calls import names_near_misses
from helpers.report.opening import Report


@names_near_misses
def line_of_sight(report: Report, *, measures: Sequence[str] | None = None) -> LineOfSight:
    """Return the line of sight of the report's organisation, from its objectives to its teams.

    Parameters
    ----------
    report
        The open report; its period is one month.
    measures
        Ids of the measures, in the order of the page; None takes those on the scorecard and those of the matrix.

    Raises
    ------
    UsageError
        For measures that the register does not have.
    """
    known = report.register.measures
    problems = [
        Problem(f"measures, {name}", "is not in the register", cure=near_misses(name, known))
        for name in measures or ()
        if name not in known
    ]
    if problems:
        raise UsageError(problems)
    return analyse_in_room(LineOfSight, report.apart(), measures)
