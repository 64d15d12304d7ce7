"""`boardpack comments …`: ask owners for words on forms, take them into the register, say who has not answered."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from helpers.cli.assembly import open_and_plan
from helpers.cli.options import FormsTo, project_root
from helpers.cli.rounds import add_returns, note_asked, waiting, write_forms
from helpers.errors import Problem, UsageError
from helpers.places import ROOT_VARIABLE, current_day, state_folder
from helpers.register.commentary import Words
from helpers.register.rounds import Request

if TYPE_CHECKING:
    from helpers.analyses.performance_report.report import PerformanceReport
    from helpers.measures.result import MeasureResult
    from helpers.runner.plan.jobs import Job

comments_app = typer.Typer(help="The month's words on what needs attention.", no_args_is_help=True)
#: below the private state: what was asked of whom, and the forms
FOLDER: Final = "comments"
_DAYS: Final = 7  # to answer, where no day is given


@comments_app.command()
def ask(
    reports: Annotated[list[str], typer.Argument(help="Performance reports, as `run` takes them.")],
    to: FormsTo = None,
    due: Annotated[str, typer.Option(metavar="DAY", help="YYYY-MM-DD by which to answer; in a week.")] = "",
) -> None:
    """Write an Excel form for each owner with the measures that need attention and have no words this month."""
    root, today = project_root(), current_day()
    try:
        day = date.fromisoformat(due) if due else today + timedelta(days=_DAYS)
    except ValueError:
        raise UsageError(Problem("--due", due, "a day as YYYY-MM-DD")) from None
    folder = (to or state_folder(root) / FOLDER).resolve()
    _, asked = open_and_plan(root, reports, strict=False)
    with _in_project(root):
        boards = [_board(job) for job in asked.jobs if job.organisations]
    noted = [each for board in boards for each in _ask(board, folder, day, today)]
    note_asked(root, FOLDER, noted)
    if not noted:
        print("Nothing that needs attention lacks words")


add_returns(comments_app, Words, FOLDER)


def _ask(board: PerformanceReport, folder: Path, due: date, today: date) -> Iterator[Request]:
    """Write the forms of one report, and yield what they ask."""
    from helpers.analyses.performance_report.wanted import wanted, words_form

    by_owner: dict[str, list[MeasureResult]] = {}
    for result in wanted(board):
        by_owner.setdefault(result.measure.owner, []).append(result)
    code, month = board.report.organisation.code, board.report.period.folder
    for owner, results in by_owner.items():
        name = re.sub(r"[^a-z0-9]+", "-", (owner or "nobody named").lower()).strip("-")
        form = words_form(board, owner, results, due)
        (path,) = write_forms({f"{code}-{month}-{name}": form}, folder).values()
        print(f"{owner or 'Nobody named as owner'}: {len(results)}, {path}")
        for about in (each.measure for each in results):
            whose = Request(organisation=code, month=month, owner=owner, name=about.name, asked=today)
            yield whose.model_copy(update={"measure": about.id, "due": due})


def overdue_words(root: Path, today: date) -> list[str]:
    """Return who should have answered by a day and has not, a line for each role."""
    return waiting(root, Words, FOLDER, due_by=today)[1]


def _board(job: Job) -> PerformanceReport:
    """Return what a performance report shows, as its parameter file asks for it."""
    from helpers.analyses import performance
    from helpers.report.opening import open_report

    given = job.settings
    report = open_report(
        "Performance report",
        trust=job.organisations[0],
        period=str(given.get("period") or "latest"),
        months=1,
        latest_in="measures",
    )
    names = given.get("measures")
    return performance(report, measures=[*map(str, names)] if isinstance(names, list) else None)


@contextmanager
def _in_project(root: Path) -> Iterator[None]:
    """Let reports be opened in a project, wherever the command was called."""
    before = os.environ.get(ROOT_VARIABLE)
    os.environ[ROOT_VARIABLE] = str(root)
    try:
        yield
    finally:
        os.environ.pop(ROOT_VARIABLE)
        if before is not None:
            os.environ[ROOT_VARIABLE] = before
