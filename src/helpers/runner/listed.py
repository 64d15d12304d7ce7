"""Bring the pages that list the reports up to date, one run at a time."""

from __future__ import annotations

from helpers.errors import Problem, ReportError
from helpers.runner.history import History
from helpers.runner.locks import hold
from helpers.runner.portal import write_portal
from helpers.runner.project import Project


def list_anew(project: Project, history: History) -> None:
    """Write the pages that list the reports, from the history as it is then.

    Two runs that end together write one after the other, so that the last to write knows of both.

    Raises
    ------
    ReportError
        If they cannot be written; the reports themselves are in place.
    """
    try:
        with hold(project.state, "listing"):
            write_portal(history, project)
    except OSError as error:
        cure = "mend that, then run `boardpack run` again"
        raise ReportError(
            Problem(project.show(project.reports), f"cannot be written ({error})", cure=cure)
        ) from error
