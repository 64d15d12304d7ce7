"""`early_warning`: what is about to get worse, over all measures of a trust or a board."""

from __future__ import annotations

from collections.abc import Sequence

from helpers.analyses.early.report import EarlyWarning
from helpers.measures.gathering import wrongly_asked
from helpers.report.analyses_in_room import analyse_in_room
from helpers.report.arguments import names_near_misses
from helpers.report.report import Report
from helpers.yaml_files import raise_all


@names_near_misses
def early_warning(report: Report, *, measures: Sequence[str] | None = None) -> EarlyWarning:
    """Return the early warnings of the report's organisation, the weightiest first.

    Parameters
    ----------
    report
        The open report on a trust, or on an integrated care board or region; its period is one month.
    measures
        Ids of the measures; None takes every one that has figures.

    Raises
    ------
    UsageError
        For measures that the register does not have.
    """
    raise_all(wrongly_asked(report.register, measures or ()))
    return analyse_in_room(EarlyWarning, report.apart(), measures)
