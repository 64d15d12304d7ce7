"""`measure_records`: the measures record sheets of an organisation."""

from __future__ import annotations

from collections.abc import Sequence

from helpers.analyses.record_sheets.report import MeasureRecords
from helpers.report.analyses_in_room import analyse_in_room
from helpers.report.arguments import names_near_misses
from helpers.report.report import Report


@names_near_misses
def measure_records(
    report: Report, *, measures: Sequence[str] | None = None, committee: str | None = None
) -> MeasureRecords:
    """Return the record sheets, with where each measure stands now.

    Parameters
    ----------
    report
        The open report; its period is one month.
    measures
        Ids of the register in their order; None takes those with a figure, and those that somebody reads.
    committee
        A meeting, as `read_by` and the risks name it: then what it reads, and the risks that it looks after.

    Raises
    ------
    UsageError
        For a measure that the register does not have, or a committee that nothing there names.
    """
    return analyse_in_room(MeasureRecords, report.apart(), tuple(measures or ()), committee or "")
