"""`boardpack status`, `history`, `show`, `why`, `approve` and `withdraw`: what happened, and what people decide."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from helpers.cli import batches, showing
from helpers.cli.assembly import open_project
from helpers.cli.following import follow
from helpers.cli.telling import show_history, show_report, show_run
from helpers.errors import Problem, UsageError, near_misses
from helpers.places import find_root
from helpers.runner.batch.folders import Traces, traces_of
from helpers.runner.batch.foreign import find_foreign
from helpers.runner.engines import RENDERERS, choose_engine
from helpers.runner.history.entries import Entry, State
from helpers.runner.history.store import History
from helpers.runner.key.due import Wish, decide
from helpers.runner.key.surroundings import survey
from helpers.runner.key.why import explain
from helpers.runner.plan.jobs import make_plan
from helpers.runner.project import Project
from helpers.runner.publish.placing import recover

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Report = Annotated[
    str, typer.Argument(metavar="REPORT", help="notebook/name, or a name that is the only one.")
]
MOST_RUNS = 20


def status(context: typer.Context, as_json: Json = False) -> None:
    """Show the newest run of each report, and what lies among the reports that no run has put there so."""
    project, history = _open(context)
    entries = list(history.latest().values())
    if as_json:
        showing.show_json([batches.entry_as_json(entry) for entry in entries])
        return
    batches.show_entries(entries)
    print(batches.summarise(entries))
    batches.show_foreign(find_foreign(history, project.reports))


def history(
    context: typer.Context,
    word: Annotated[str, typer.Argument(metavar="[REPORT or RUN]", help="A report, or a run's id.")] = "",
    most: Annotated[int, typer.Option(min=1, help="How many to show.")] = MOST_RUNS,
    as_json: Json = False,
) -> None:
    """Show the newest runs, every run of one report, or every report of one run."""
    _, record = _open(context)
    if not word:
        runs = record.runs(most)
        showing.show_json([asdict(run) for run in runs]) if as_json else show_history(runs)
        return
    entries = record.entries(word) or record.of(*find_report(record, word))[:most]
    if as_json:
        showing.show_json([batches.entry_as_json(entry) for entry in entries])
    else:
        show_run(entries)


def show(
    context: typer.Context,
    report: Report,
    run: Annotated[str, typer.Option(help="The run; the newest unless given.")] = "",
    opened: Annotated[
        str, typer.Option("--open", metavar="WHAT", help="Open html, pdf, docx, notebook, log or folder.")
    ] = "",
    followed: Annotated[
        bool, typer.Option("--follow", help="Print its logs as they grow, until it has ended.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show what became of a report, what it was made from, and where its notebook, logs and files lie."""
    project, record = _open(context)
    notebook, name = find_report(record, report)
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
        showing.show_json({**batches.entry_as_json(entry), "places": places})
    else:
        show_report(entry, traces)


def why(
    context: typer.Context,
    report: Report,
    renderer: Annotated[str, typer.Option(help=f"One of {', '.join(RENDERERS)}.")] = RENDERERS[0],
    as_json: Json = False,
) -> None:
    """Say what has changed since a report was made: parameters, data, code, environment, renderer."""
    project, record = _open(context)
    jobs = make_plan(project, [report])
    surroundings = survey(project, choose_engine(renderer))
    decisions = decide(project, jobs, surroundings, standing=record.standing(), wish=Wish(formats=()))
    told = {each.job.title: explain(each, surroundings, record) for each in decisions}
    if as_json:
        showing.show_json(told)
        return
    for title, lines in told.items():
        print(title)
        for line in lines:
            print(f"  {line}")


def approve(
    context: typer.Context,
    report: Report,
    draft: Annotated[
        str, typer.Option(help="First characters of the hash that `show` prints: only that very draft.")
    ] = "",
    note: Annotated[str, typer.Option(help="What to record with it.")] = "",
) -> None:
    """Publish the draft of a held report: the very files that were held."""
    from helpers.runner.batch.approval import approve as approve_draft

    project, record = _open(context)
    entry = approve_draft(project, find_report(record, report), note=note, draft=draft)
    _tell_places(project, entry, "published")


def withdraw(
    context: typer.Context,
    report: Report,
    why: Annotated[str, typer.Option("--why", help="What readers are told in its place.")],
    period: Annotated[str, typer.Option(help="The folder of its period; the newest unless given.")] = "",
) -> None:
    """Take a published report back and leave a note in its place."""
    from helpers.runner.batch.approval import withdraw as take_back

    project, record = _open(context)
    entry = take_back(project, find_report(record, report), why=why, period=period)
    _tell_places(project, entry, "withdrawn")


def _open(context: typer.Context) -> tuple[Project, History]:
    project = open_project(find_root(context.obj))
    record = History(project.state)
    recover(project, record)
    return project, record


def find_report(record: History, word: str) -> tuple[str, str]:
    """Return notebook and name of a report that the history knows.

    Raises
    ------
    UsageError
        If there is none of that name, or more than one.
    """
    known = list(record.latest())
    found = [pair for pair in known if word in {pair[1], "/".join(pair)}]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(Problem(word, "is more than one report", " or ".join("/".join(p) for p in found)))
    cure = near_misses(word, ["/".join(pair) for pair in known]) or "see `boardpack status`"
    raise UsageError(Problem(word, "no run of such a report is on record", cure=cure))


def _launch(traces: Traces, what: str) -> None:
    path = traces.existing.get(what)
    if path is None:
        raise UsageError(Problem("--open", what, ", ".join(traces.existing) or "nothing is there"))
    typer.launch(str(path))


def _tell_places(project: Project, entry: Entry, verb: str) -> None:
    for output in entry.outputs.values():
        print(f"{verb}: {project.show(Path(project.reports, output.path))}")
