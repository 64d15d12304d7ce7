"""`waiting_list`: which lists grow, since when, and what would hold or relieve them."""

from __future__ import annotations

from datetime import date, timedelta

from helpers.analyses.waiting.lists import Aim
from helpers.analyses.waiting.report import WaitingLists
from helpers.errors import Problem, UsageError
from helpers.report.analyses_in_room import analyse_in_room
from helpers.report.arguments import names_near_misses
from helpers.report.period import add_months
from helpers.report.report import Report
from helpers.stats.waiting.queue import WEEKS_TO_TARGET


@names_near_misses
def waiting_list(
    report: Report,
    *,
    target_weeks: float = 18.0,
    share_within: float = 0.92,
    relief_by: date | str | None = None,
    sessions: float = 2.0,
    patients_per_session: float = 8.0,
    weeks_ahead: int = 26,
    simulated: str | None = None,
    records: bool = False,
) -> WaitingLists:
    """Return the waiting lists of a trust by specialty, worst first.

    Parameters
    ----------
    report
        The open report; the last month of its period is looked at.
    target_weeks, share_within
        So large a share of patients is to wait less than so many weeks.
    relief_by
        The day by which a list is to be short enough for that; 26 weeks after the month by default.
    sessions, patients_per_session
        How many sessions a week the simulation adds and takes away, and how many patients each treats.
    weeks_ahead
        How far the simulation goes.
    simulated
        Code of the specialty whose list is simulated; the worst by default.
    records
        Whether lists are counted from records of patients (`waits`), not taken from published statistics.

    Raises
    ------
    UsageError
        With every option that cannot be.
    DataError
        Where the data have no waiting list of the month.
    """
    end = add_months(report.period.last, 1) - timedelta(days=1)
    try:
        by = (
            date.fromisoformat(str(relief_by)[:10]) if relief_by else end + timedelta(weeks=WEEKS_TO_TARGET)
        )
    except ValueError:
        raise UsageError(Problem("relief_by", str(relief_by), "a day as YYYY-MM-DD")) from None
    allowed = {
        "target_weeks": (target_weeks, target_weeks > 0, "more than 0"),
        "share_within": (share_within, 0 < share_within < 1, "between 0 and 1, such as 0.92"),
        "relief_by": (by, by > end, f"a day after {report.period.label}"),
        "sessions": (sessions, sessions > 0, "more than 0"),
        "patients_per_session": (patients_per_session, patients_per_session > 0, "more than 0"),
        "weeks_ahead": (weeks_ahead, 1 <= weeks_ahead <= 104, "1 to 104"),
    }
    problems = [Problem(name, str(came), what) for name, (came, fits, what) in allowed.items() if not fits]
    if problems:
        raise UsageError(problems)
    plan = (float(sessions), float(patients_per_session), int(weeks_ahead), simulated or "")
    aim = Aim(float(target_weeks), float(share_within), by, *plan)
    return analyse_in_room(WaitingLists, report.apart(), aim, records)
