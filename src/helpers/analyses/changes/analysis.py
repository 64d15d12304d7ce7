"""`change_review`: what came of the changes that an organisation made."""

from __future__ import annotations

from helpers.analyses.changes.review import ChangeReview
from helpers.report.analyses_in_room import analyse_in_room
from helpers.report.arguments import names_near_misses
from helpers.report.report import Report


@names_near_misses
def change_review(report: Report) -> ChangeReview:
    """Return what came of every registered change whose expected effect is registered too.

    Parameters
    ----------
    report
        The open report: changes up to its last month are looked at, by the figures up to then.
    """
    return analyse_in_room(ChangeReview, report.apart())
