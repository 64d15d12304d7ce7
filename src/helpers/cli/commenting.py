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

from helpers.cli import showing
from helpers.cli.assembly import open_and_plan
from helpers.cli.showing import Json
from helpers.errors import Problem, UsageError
from helpers.places import ROOT_VARIABLE, current_day, find_root, state_folder
from helpers.register.commentary import (
    KIND,
    Asked,
    Words,
    put_words,
    read_round,
    waiting_words,
    write_round,
)
from helpers.register.reading import read_register
from helpers.yaml_files import raise_all

if TYPE_CHECKING:
    from helpers.analyses.performance_report.report import PerformanceReport
    from helpers.measures.result import MeasureResult
    from helpers.runner.plan.jobs import Job

comments_app = typer.Typer(help="The month's words on what needs attention.", no_args_is_help=True)
#: below the private state: what was asked of whom, and the forms
FOLDER: Final = "comments"
_ROUND: Final = "asked.json"
_DAYS: Final = 7  # to answer, where no day is given


@comments_app.command()
def ask(
    context: typer.Context,
    reports: Annotated[list[str], typer.Argument(help="Performance reports, as `run` takes them.")],
    to: Annotated[Path | None, typer.Option(help="The folder for the forms; private unless given.")] = None,
    due: Annotated[str, typer.Option(metavar="DAY", help="YYYY-MM-DD by which to answer; in a week.")] = "",
) -> None:
    """Write an Excel form for each owner with the measures that need attention and have no words this month."""
    root, today = find_root(context.obj), current_day()
    day = _day(due) if due else today + timedelta(days=_DAYS)
    folder = (to or state_folder(root) / FOLDER).resolve()
    _, asked = open_and_plan(root, reports, strict=False)
    noted: dict[tuple[str, str, str], Asked] = {}
    with _in_project(root):
        boards = [_board(job) for job in asked.jobs if job.organisations]
    for board in boards:
        noted |= {
            (each.organisation, each.owner, each.measure): each for each in _ask(board, folder, day, today)
        }
    write_round(state_folder(root) / FOLDER / _ROUND, noted.values())
    if not noted:
        print("Nothing that needs attention lacks words")


def _ask(board: PerformanceReport, folder: Path, due: date, today: date) -> Iterator[Asked]:
    """Write the forms of one report, and yield what they ask."""
    from helpers.analyses.performance_report.wanted import wanted, words_form
    from helpers.forms import write_form

    by_owner: dict[str, list[MeasureResult]] = {}
    for result in wanted(board):
        by_owner.setdefault(result.measure.owner, []).append(result)
    code, month = board.report.organisation.code, board.report.period.folder
    folder.mkdir(parents=True, exist_ok=True)
    for owner, results in by_owner.items():
        name = re.sub(r"[^a-z0-9]+", "-", (owner or "nobody named").lower()).strip("-")
        path = write_form(words_form(board, owner, results, due), folder / f"{code}-{month}-{name}.xlsx")
        print(f"{owner or 'Nobody named as owner'}: {len(results)}, {path}")
        for result in results:
            about = result.measure
            yield Asked(
                organisation=code,
                month=month,
                measure=about.id,
                name=about.name,
                owner=owner,
                due=due,
                asked=today,
            )


@comments_app.command()
def read(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="Forms that came back; a folder is all in it.")],
) -> None:
    """Check forms and take their words into comments.yml and trajectories.yml; with a mistake, nothing is taken."""
    from helpers.data.audit import audit_text
    from helpers.forms import read_form

    root = find_root(context.obj)
    folder, words = root / "params" / "_register", Words()
    register = read_register(folder)
    for path in forms_in(files):
        form = read_form(path, (KIND,), words.problems)
        if form is None:
            continue
        words.take(form, register, current_day())
        for answer in (each for block in form.answers.values() for each in block.values()):
            words.problems += audit_text(answer.text, answer.place)
    for note in words.notes:
        print(note)
    print(f"{put_words(folder, words)} taken into params/_register/comments.yml")


def forms_in(files: list[Path]) -> list[Path]:
    """Return the forms that are named, and those of folders that are; one that is not there is refused."""
    missing = [
        Problem(str(each), "is not there", "a form, or a folder of forms")
        for each in files
        if not each.exists()
    ]
    raise_all(missing)
    return [
        form for each in files for form in (sorted(each.glob("[!~.]*.xlsx")) if each.is_dir() else [each])
    ]


@comments_app.command()
def status(context: typer.Context, as_json: Json = False) -> None:
    """Say who was asked for words and has not answered."""
    root = find_root(context.obj)
    asked = read_round(state_folder(root) / FOLDER / _ROUND)
    lines = waiting_words(asked, read_register(root / "params" / "_register", spared=[]))
    if as_json:
        showing.show_json({"asked": [each.model_dump() for each in asked], "waiting": lines})
        return
    for line in lines:
        print(line)
    if not lines:
        print(
            "Everybody who was asked has answered" if asked else "Nobody was asked: boardpack comments ask"
        )


def overdue_words(root: Path, today: date) -> list[str]:
    """Return who should have answered by a day and has not, a line for each role."""
    asked = read_round(state_folder(root) / FOLDER / _ROUND)
    if not asked:
        return []
    return waiting_words(asked, read_register(root / "params" / "_register", spared=[]), due_by=today)


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


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(Problem("--due", text, "a day as YYYY-MM-DD")) from None
