"""Forms that go out and come back: `boardpack comments …` asks owners for words, `boardpack assess …` for grids."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from helpers.cli import showing
from helpers.cli.assembly import open_and_plan
from helpers.cli.options import Audience, FormsTo, Json, project_root
from helpers.errors import Problem, UsageError, near_misses, raise_all
from helpers.places import ROOT_VARIABLE, current_day, state_folder
from helpers.register.commentary import Words
from helpers.register.grid_forms import AGREED, Assessed, agreed_form, assessor_form, requests
from helpers.register.models import Register
from helpers.register.reading import read_register
from helpers.register.rounds import Request, Taken, read_round, waiting_words, write_round

if TYPE_CHECKING:
    from helpers.analyses.performance_report.report import PerformanceReport
    from helpers.forms import Form
    from helpers.measures.result import MeasureResult
    from helpers.runner.plan.jobs import Job

_ROUND: Final = "asked.json"
Files = Annotated[list[Path], typer.Argument(help="Forms that came back; a folder is all in it.")]
assess_app = typer.Typer(help="Self-assessment by grids that people fill in.", no_args_is_help=True)
comments_app = typer.Typer(help="The month's words on what needs attention.", no_args_is_help=True)
#: below the private state: who was asked, and the forms
ASSESS: Final = "assess"
COMMENTS: Final = "comments"
_DAYS: Final = 7  # to answer, where no day is given


def write_forms(forms: Mapping[str, Form], folder: Path) -> dict[str, Path]:
    """Write forms by the names of their files, and return where each is."""
    from helpers.forms import write_form

    folder.mkdir(parents=True, exist_ok=True)
    return {name: write_form(form, folder / f"{name}.xlsx") for name, form in forms.items()}


def note_asked(root: Path, folder: str, asked: Iterable[Request]) -> None:
    """Note who was asked for what; `folder`: that of the round, below the private state."""
    write_round(state_folder(root) / folder / _ROUND, asked)


def waiting(
    root: Path, kind: type[Taken], folder: str, *, due_by: date | None = None
) -> tuple[tuple[Request, ...], list[str]]:
    """Return who was asked, and a line for each who has not answered (`waiting_words`)."""
    asked = read_round(state_folder(root) / folder / _ROUND)
    register = read_register(root / "params" / "_register", spared=[]) if asked else Register()
    return asked, waiting_words(asked, register, kind, due_by=due_by)


def add_returns(app: typer.Typer, kind: type[Taken], folder: str) -> None:
    """Give the commands of a round those that take forms back, and say who has not answered."""

    @app.command()
    def read(files: Files) -> None:
        """Check forms that came back and take them into the register; with a mistake, nothing is taken."""
        from helpers.data.audit.text import audit_text
        from helpers.forms import read_form

        register = project_root() / "params" / "_register"
        taken = kind(read_register(register), current_day())
        for path in _forms_in(files):
            if form := read_form(path, kind.KINDS, taken.problems):
                taken.take(form)
                for answer in (each for block in form.answers.values() for each in block.values()):
                    taken.problems += audit_text(answer.text, answer.place)
        for note in taken.notes:
            print(note)
        print(taken.put(register))

    @app.command()
    def status(as_json: Json = False) -> None:
        """Say who was asked and has not answered."""
        asked, lines = waiting(project_root(), kind, folder)
        if as_json:
            showing.show_json({"asked": [each.model_dump() for each in asked], "waiting": lines})
            return
        nobody = f"Nobody was asked: boardpack {folder} ask"
        for line in lines or ["Everybody who was asked has answered" if asked else nobody]:
            print(line)


def _forms_in(files: list[Path]) -> list[Path]:
    """Return the forms that are named, and those of folders that are; one that is not there is refused."""
    allowed = "a form, or a folder of forms"
    raise_all([Problem(str(each), "is not there", allowed) for each in files if not each.exists()])
    found = (sorted(each.glob("[!~.]*.xlsx")) if each.is_dir() else [each] for each in files)
    return [form for some in found for form in some]


@assess_app.command("ask")
def ask_for_grid(
    grid: Annotated[str, typer.Argument(help="Which grid: breakthrough, provider_capability or your own.")],
    organisation: Annotated[str, typer.Argument(metavar="CODE", help="Of which organisation.")],
    month: Annotated[str, typer.Option(help="YYYY-MM of the round; this month.")] = "",
    to: FormsTo = None,
    readers: Audience = "",
) -> None:
    """Write the form for each assessor, and the form for what is agreed with what was said so far."""
    from helpers.cli.assembly import find_audience
    from helpers.data.policy import policy_of

    root, today = project_root(), current_day()
    register = read_register(root / "params" / "_register")
    if grid not in register.grids:
        known = list(register.grids)
        raise UsageError(grid, "no such grid", ", ".join(known), near_misses(grid, known))
    month = month or f"{today:%Y-%m}"
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month):
        raise UsageError("--month", month, "a month as YYYY-MM")
    hidden = policy_of(find_audience(root, readers)).suppress_up_to
    asked = register.grids[grid]
    forms = {
        "each-assessor": assessor_form(asked, organisation, month),
        AGREED: agreed_form(asked, organisation, month, register, hide_up_to=hidden),
    }
    named = {f"{grid}-{organisation}-{month}-{name}": form for name, form in forms.items()}
    for path in write_forms(named, to or state_folder(root) / ASSESS).values():
        print(path)
    note_asked(root, ASSESS, requests(asked, organisation, month, today))


add_returns(assess_app, Assessed, ASSESS)


@comments_app.command("ask")
def ask_for_words(
    reports: Annotated[list[str], typer.Argument(help="Performance reports, as `run` takes them.")],
    to: FormsTo = None,
    due: Annotated[str, typer.Option(metavar="DAY", help="YYYY-MM-DD by which to answer; in a week.")] = "",
) -> None:
    """Write an Excel form for each owner with the measures that need attention and have no words this month."""
    root, today = project_root(), current_day()
    try:
        day = date.fromisoformat(due) if due else today + timedelta(days=_DAYS)
    except ValueError:
        raise UsageError("--due", due, "a day as YYYY-MM-DD") from None
    folder = (to or state_folder(root) / COMMENTS).resolve()
    _, asked = open_and_plan(root, reports, strict=False)
    with _in_project(root):
        boards = [_board(job) for job in asked.jobs if job.organisations]
    noted = [each for board in boards for each in _ask(board, folder, day, today)]
    note_asked(root, COMMENTS, noted)
    if not noted:
        print("Nothing that needs attention lacks words")


add_returns(comments_app, Words, COMMENTS)


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
    return waiting(root, Words, COMMENTS, due_by=today)[1]


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
