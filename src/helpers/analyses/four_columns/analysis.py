"""`four_column_matrix`: what teams do for the organisation's ambitions, and what it is expected to give."""

from __future__ import annotations

import pandas as pd

from helpers.analyses.changes.achieved import Achieved
from helpers.analyses.four_columns.report import FourColumnMatrix
from helpers.errors import Problem, UsageError, near_misses
from helpers.report.analyses_in_room import analyse_in_room
from helpers.report.arguments import names_near_misses
from helpers.report.report import Report

#: columns of what reviews found
_FOUND = ("row", "expected", "achieved", "low", "high")


@names_near_misses
def four_column_matrix(report: Report, *, achieved: pd.DataFrame | None = None) -> FourColumnMatrix:
    """Return the four column matrix of the report's organisation.

    Parameters
    ----------
    report
        The open report; its period is one month.
    achieved
        What reviews found, which takes the place of what was expected: a row for each row of the matrix that was
        reviewed, with `row` (its id), `expected` and `achieved` in the measure's unit, and `low` and `high` of the
        latter's interval.

    Raises
    ------
    UsageError
        Where reviews speak of rows that the organisation does not have, or columns are missing.
    """
    found = [] if achieved is None else read_achieved(achieved)
    rows = list(report.register.matrix_of(report.organisation.code))
    problems = [
        Problem(
            f"achieved, {each.row}", "no such row", ", ".join(rows) or "none", near_misses(each.row, rows)
        )
        for each in found
        if each.row not in rows
    ]
    if problems:
        raise UsageError(problems)
    return analyse_in_room(FourColumnMatrix, report.apart(), tuple(found))


def read_achieved(frame: pd.DataFrame) -> list[Achieved]:
    """Return what reviews found; rows without an expected effect, or without a result yet, are left out.

    >>> told = {"row": ["a", "b"], "expected": [-0.4, 0], "achieved": [-0.2, -1], "low": [-0.3, -2], "high": [-0.1, 0]}
    >>> [(each.row, each.share) for each in read_achieved(pd.DataFrame(told))]
    [('a', 0.5)]
    """
    missing = [name for name in _FOUND if name not in frame]
    if missing:
        raise UsageError(Problem("achieved", f"no column {' and '.join(missing)}", ", ".join(_FOUND)))
    known = frame.dropna(subset=list(_FOUND))
    return [
        Achieved(str(row["row"]), *(float(row[name]) for name in _FOUND[1:]))
        for _, row in known.iterrows()
        if row["expected"]
    ]
