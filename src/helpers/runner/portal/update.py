"""Write the pages of the portal, all or one, and bring them up to date, one run at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from helpers.errors import ReportError
from helpers.hashes import hash_json
from helpers.runner.history.locks import LISTING, hold
from helpers.runner.history.signing import stages
from helpers.runner.history.store import History
from helpers.runner.portal.listing import Listed, list_reports
from helpers.runner.portal.page import HOME, PAGES, Page, write_page
from helpers.runner.portal.runs import MOST_RUNS, did_not_pass, runs_page
from helpers.runner.portal.search import compare_page, plain_page, search_page
from helpers.runner.project import Project
from helpers.runner.publish.switching import public_folder, write_whole
from helpers.runner.publisher import FILE as SETTING
from helpers.runner.publisher import Publisher
from helpers.theme import Theme

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
            project.show(project.reports), f"cannot be written ({error})", cure=cure
        ) from error


def write_portal(history: History, project: Project, *, today: date | None = None) -> Path:
    """Write all pages of the portal into the folder of reports, and return the one that readers open.

    Every page is replaced whole; the one that leads to the others comes last.

    `today`: the day on which this is; today (UTC) if none is given.
    """
    listed = list_reports(history, project.reports, stages=stages(project, history), today=today)
    theme = project.theme
    name = project.publisher.name or theme.brand.name
    publisher = project.publisher.model_copy(update={"name": name})
    pages = [*listing_pages(listed), _runs(history, project), statement_page(publisher)]
    write_pages(pages, project.reports, theme=theme, mark=project.audience.mark)
    return project.reports / HOME


def listing_pages(listed: Sequence[Listed]) -> list[Page]:
    """Return the pages that list reports: to search, to read without scripts, to compare."""
    return [search_page(listed), plain_page(listed), compare_page(listed)]


def statement_page(publisher: Publisher) -> Page:
    """Return the accessibility statement, in the name of whoever publishes the reports."""
    file = "accessibility.html"
    return Page(file, PAGES[file], {"publisher": publisher, "setting": SETTING})


def write_pages(pages: Sequence[Page], reports: Path, *, theme: Theme, mark: str = "") -> None:
    """Write pages, each with a mark if any, into the folder of reports."""
    public_folder(reports)
    for page in sorted(pages, key=lambda each: each.file == HOME):
        write_whole(reports / page.file, write_page(page, theme, mark=mark).encode())


def write_runs(history: History, project: Project) -> None:
    """Write the page of the runs alone, where the others would say what they say already."""
    page = _runs(history, project)
    there, text = project.reports / page.file, write_page(page, project.theme, mark=project.audience.mark)
    if not there.is_file() or there.read_text("utf-8") != text:
        write_whole(there, text.encode())


def _runs(history: History, project: Project) -> Page:
    runs = history.runs(MOST_RUNS)
    failed = {
        run.run: [entry for entry in history.entries(run.run) if did_not_pass(entry)]
        for run in runs
        if any(not state.is_good for state in run.states)
    }
    known = {entry.report for entry in history.places()} if any(failed.values()) else set()
    return runs_page(runs, failed, known, late=project.late(datetime.now(UTC)))
