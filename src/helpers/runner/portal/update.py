"""Bring the pages that list the reports up to date, one run at a time."""

from __future__ import annotations

from datetime import UTC, date, datetime

from helpers.errors import Problem, ReportError
from helpers.runner.hashes import hash_json
from helpers.runner.history.locks import LISTING, hold
from helpers.runner.history.store import History
from helpers.runner.portal import write_portal, write_runs
from helpers.runner.portal.page import HOME
from helpers.runner.project import Project

#: in the private folder: the hash of what the pages were written from
LISTED = "listed"


def list_anew(project: Project, history: History, *, today: date | None = None) -> None:
    """Write the pages that list the reports, from the history as it is then; what would say the same stays.

    Two runs that end together write one after the other, so that the last to write knows of both.

    `today`: the day on which this is, on which it depends what is new; today (UTC) if none is given. Raises
    `ReportError` if they cannot be written; the reports themselves are in place.
    """
    day = today or datetime.now(UTC).date()
    noted = project.state / LISTED
    try:
        with hold(project.state, LISTING):
            source = hash_json(
                [history.mark(), day.isoformat(), project.publisher.model_dump(exclude={"keep"})]
            )
            is_same = noted.is_file() and noted.read_text("utf-8") == source
            if is_same and (project.reports / HOME).is_file():
                write_runs(history, project)
                return
            noted.unlink(missing_ok=True)
            write_portal(history, project, today=day)
            noted.write_text(source, "utf-8")
    except OSError as error:
        cure = "mend that, then run `boardpack run` again"
        raise ReportError(
            Problem(project.show(project.reports), f"cannot be written ({error})", cure=cure)
        ) from error
