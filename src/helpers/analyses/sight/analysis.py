"""`line_of_sight`: objectives, measures, teams and owners, read from either end."""

from __future__ import annotations

from collections.abc import Sequence

from helpers.analyses.sight.report import LineOfSight
from helpers.measures.gathering import wrongly_asked
from helpers.report.analyses_in_room import analyse_in_room
from helpers.report.arguments import names_near_misses
from helpers.report.report import Report
from helpers.yaml_files import raise_all


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
    raise_all(wrongly_asked(report.register, measures or ()))
    return analyse_in_room(LineOfSight, report.apart(), measures)
