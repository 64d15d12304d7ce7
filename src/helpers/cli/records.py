"""`boardpack status`, `history`, `show`, `why`, `approve` and `withdraw`: what happened, and what people decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from helpers.cli import batches, showing
from helpers.cli.assembly import by_audience, open_audiences, open_project
from helpers.cli.following import follow
from helpers.cli.options import Json, Period, Readers, Renderer, Report, project_root
from helpers.cli.telling import show_history, show_report, show_run
from helpers.cli.verifying import verify_records
from helpers.errors import Problem, UsageError, near_misses
from helpers.runner.batch.folders import Traces, traces_of
from helpers.runner.batch.foreign import find_foreign
from helpers.runner.engines import RENDERERS, choose_engine
from helpers.runner.history.entries import Entry, State
from helpers.runner.history.signing import sign_off_of
from helpers.runner.history.store import History
from helpers.runner.key.due import Wish, decide
from helpers.runner.key.surroundings import survey
from helpers.runner.key.why import explain
from helpers.runner.plan.jobs import Plan, make_plan
from helpers.runner.project import Project
from helpers.runner.publish.placing import open_history

#: the projects of some audiences, each with its history
Opened = Sequence[tuple[Project, History]]
MOST_RUNS = 20


def status(readers: Readers = "", as_json: Json = False) -> None:
    """Show the newest run of each report, and what lies among the reports that no run has put there so."""
    opened = open_records(readers)
    if as_json:
        told = [(project, entry) for project, record in opened for entry in record.latest().values()]
        showing.show_json([_as_json(project, entry) for project, entry in told])
        return
    for project, record in opened:
        _head(project, opened)
        entries = list(record.latest().values())
        batches.show_entries(entries)
        print(batches.summarise(entries))
        shown = project.show(project.reports)
        batches.show_foreign(find_foreign(record, project.reports), shown)


def history(
    word: Annotated[str, typer.Argument(metavar="[REPORT or RUN]", help="A report, or a run's id.")] = "",
    *,
    most: Annotated[int, typer.Option(min=1, help="How many to show.")] = MOST_RUNS,
    verify: Annotated[
        bool,
        typer.Option("--verify", help="See whether the history, drafts or published files were changed."),
    ] = False,
    noted: Annotated[
        str, typer.Option("--noted", metavar="HASH", help="With --verify: a hash that it printed once.")
    ] = "",
    readers: Readers = "",
    as_json: Json = False,
) -> None:
    """Show the newest runs, every run of one report, or every report of one run."""
    opened = open_records(readers)
    if verify:
        verify_records(opened, noted)
        return
    if not word:
        _show_runs(opened, most, as_json=as_json)
        return
    of_run = [(project, record.entries(word)) for project, record in opened if record.entries(word)]
    if of_run:
        project, entries = of_run[0]
    else:
        project, record, pair = find_report(opened, word)
        entries = record.of(*pair)[:most]
    if as_json:
        showing.show_json([_as_json(project, entry) for entry in entries])
    else:
        show_run(entries)


def _show_runs(opened: Opened, most: int, *, as_json: bool) -> None:
    if as_json:
        runs = [(project, run) for project, record in opened for run in record.runs(most)]
        showing.show_json([{**asdict(run), "audience": project.audience.name} for project, run in runs])
        return
    for project, record in opened:
        _head(project, opened)
        show_history(record.runs(most))


def show(
    report: Report,
    *,
    run: Annotated[str, typer.Option(help="The run; the newest unless given.")] = "",
    opened: Annotated[
        str, typer.Option("--open", metavar="WHAT", help="Open html, pdf, docx, notebook, log or folder.")
    ] = "",
    followed: Annotated[
        bool, typer.Option("--follow", help="Print its logs as they grow, until it has ended.")
    ] = False,
    readers: Readers = "",
    as_json: Json = False,
) -> None:
    """Show what became of a report, what it was made from, and where its notebook, logs and files lie."""
    project, record, (notebook, name) = find_report(open_records(readers), report)
    entries = record.of(notebook, name)
    entry = next((each for each in entries if run in {"", each.run}), None)
    if entry is None:
        raise UsageError(Problem("--run", run, ", ".join(each.run for each in entries[:5])))
    traces = traces_of(project, entry)
    if followed:
        follow(traces, is_over=lambda: record.of(notebook, name)[0].state is not State.WAITING)
    elif opened:
        _launch(traces, opened)
    elif as_json:
        places = {what: str(path) for what, path in traces.existing.items()}
        showing.show_json({**_as_json(project, entry), "places": places})
    else:
        show_report(entry, traces, project.audience)


def why(report: Report, renderer: Renderer = RENDERERS[0], as_json: Json = False) -> None:
    """Say what has changed since a report was made: parameters, data, code, environment, renderer."""
    told: dict[str, tuple[str, ...]] = {}
    public = open_project(project_root())
    for project, asked in by_audience(public, Plan(make_plan(public, [report]))):
        record = open_history(project)
        surroundings = survey(project, choose_engine(renderer))
        decisions = decide(
            project, asked.jobs, surroundings, standing=record.standing(), wish=Wish(formats=())
        )
        told |= {each.job.title: explain(each, surroundings, record) for each in decisions}
    if as_json:
        showing.show_json(told)
        return
    for title, lines in told.items():
        print(title)
        for line in lines:
            print(f"  {line}")


def approve(
    report: Report,
    *,
    draft: Annotated[
        str, typer.Option(help="First characters of the hash that `show` prints: only that very draft.")
    ] = "",
    note: Annotated[str, typer.Option(help="What to record with it.")] = "",
    period: Period = "",
    readers: Readers = "",
) -> None:
    """Sign the draft of a held report; the last signature publishes the very files that were held."""
    from helpers.runner.batch.approval import approve as approve_draft

    project, record, pair = find_report(open_records(readers), report)
    entry = approve_draft(project, pair, note=note, draft=draft, period=period)
    if entry.state is State.HELD:
        print(f"{entry.report}: {sign_off_of(project, entry, record.decisions()).words}")
    else:
        _tell_places(project, entry, "published")


def withdraw(
    report: Report,
    *,
    why: Annotated[str, typer.Option("--why", help="What readers are told in its place.")],
    period: Period = "",
    readers: Readers = "",
) -> None:
    """Take a published report back and leave a note in its place."""
    from helpers.runner.batch.approval import withdraw as take_back

    project, _, pair = find_report(open_records(readers), report)
    entry = take_back(project, pair, why=why, period=period)
    _tell_places(project, entry, "withdrawn")


def open_records(readers: str) -> Opened:
    """Return the audiences' projects, each with its history, put right."""
    projects = open_audiences(project_root(), readers)
    return [(project, open_history(project)) for project in projects]


def _head(project: Project, opened: Opened) -> None:
    """Say for whom the following is, where there are several."""
    if len(opened) > 1:
        print(f"{project.audience.name}:")


def _as_json(project: Project, entry: Entry) -> dict[str, object]:
    return {**batches.entry_as_json(entry), "audience": project.audience.name}


def find_report(opened: Opened, word: str) -> tuple[Project, History, tuple[str, str]]:
    """Return the audience's project, its history, and notebook and name of a report that is on record there.

    Raises `UsageError` if there is none of that name, or more than one.
    """
    known = [(project, record, pair) for project, record in opened for pair in record.latest()]
    found = [each for each in known if word in {each[2][1], "/".join(each[2])}]
    if len(found) == 1:
        return found[0]
    if found:
        several = len({project.audience.name for project, *_ in found}) > 1
        told = (" (--audience {})" if several else "").format
        names = ["/".join(pair) + told(project.audience.name) for project, _, pair in found]
        raise UsageError(Problem(word, "is more than one report", " or ".join(names)))
    cure = near_misses(word, ["/".join(pair) for *_, pair in known]) or "see `boardpack status`"
    raise UsageError(Problem(word, "no run of such a report is on record", cure=cure))


def _launch(traces: Traces, what: str) -> None:
    path = traces.existing.get(what)
    if path is None:
        raise UsageError(Problem("--open", what, ", ".join(traces.existing) or "nothing is there"))
    typer.launch(str(path))


def _tell_places(project: Project, entry: Entry, verb: str) -> None:
    for output in entry.outputs.values():
        print(f"{verb}: {project.show(Path(project.reports, output.path))}")
