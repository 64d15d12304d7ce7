"""`self_assessment`: where an organisation sees itself, by a grid that its people filled in."""

from __future__ import annotations

from helpers.analyses.grids.report import SelfAssessment
from helpers.report.analyses_in_room import analyse_in_room
from helpers.report.arguments import names_near_misses
from helpers.report.report import Report


@names_near_misses
def self_assessment(report: Report, *, grid: str = "breakthrough") -> SelfAssessment:
    """Return the newest round of a self-assessment: its spread, what was agreed, and what follows.

    Parameters
    ----------
    grid
        Of the register: `breakthrough` (six barriers to performance), `provider_capability` (six domains of a
        board's yearly self-assessment), or one of your own (`params/_register/grids`).

    Raises
    ------
    UsageError
        For a grid that the register does not have, with the nearest.
    """
    return analyse_in_room(SelfAssessment, report.apart(), grid)
