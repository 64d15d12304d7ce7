"""`scorecard`: the balanced scorecard of an organisation or of a part of it."""

from __future__ import annotations

from collections.abc import Sequence

from helpers.analyses.balanced_scorecard.scorecard import Scorecard
from helpers.report.analyses_in_room import analyse_in_room
from helpers.report.arguments import names_near_misses
from helpers.report.report import Report


@names_near_misses
def scorecard(
    report: Report, *, measures: Sequence[str] | None = None, unit: str | None = None
) -> Scorecard:
    """Return the balanced scorecard.

    Parameters
    ----------
    report
        The open report.
    measures
        Ids of the measures, in the order of the page; None takes those that the register marks.
    unit
        Code of a division, site or specialty; None for the whole organisation.
    """
    return analyse_in_room(Scorecard, report.apart(), measures, unit)
