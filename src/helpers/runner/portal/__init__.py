"""The pages beside the published reports: to find one, to compare two, what the runs did, the statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from helpers.runner.history.signing import stages
from helpers.runner.history.store import History
from helpers.runner.portal.compare import compare_page
from helpers.runner.portal.listing import Listed, list_reports
from helpers.runner.portal.page import HOME, PAGES, Page, write_page
from helpers.runner.portal.runs import MOST_RUNS, did_not_pass, runs_page
from helpers.runner.portal.search import plain_page, search_page
from helpers.runner.project import Project
from helpers.runner.publish.switching import public_folder, write_whole
from helpers.runner.publisher import FILE as SETTING
from helpers.runner.publisher import Publisher
from helpers.theme import Theme


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
    theme, page = project.theme, _runs(history, project)
    there = project.reports / page.file
    if not there.is_file() or there.read_text("utf-8") != write_page(
        page, theme, mark=project.audience.mark
    ):
        write_pages([page], project.reports, theme=theme, mark=project.audience.mark)


def _runs(history: History, project: Project) -> Page:
    runs = history.runs(MOST_RUNS)
    failed = {
        run.run: [entry for entry in history.entries(run.run) if did_not_pass(entry)]
        for run in runs
        if any(not state.is_good for state in run.states)
    }
    known = {entry.report for entry in history.places()} if any(failed.values()) else set()
    return runs_page(runs, failed, known, late=project.late(datetime.now(UTC)))
