"""What is on record: `boardpack status`, `history`, `show` and `why`."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Annotated, Final

import typer

from helpers.audience import Audience
from helpers.cli import batches, showing
from helpers.cli.assembly import by_audience, open_audiences, open_project
from helpers.cli.options import Json, Readers, Renderer, Report, project_root
from helpers.errors import GateError, Problem, UsageError, near_misses, raise_all
from helpers.runner.batch.folders import Traces, find_foreign, traces_of
from helpers.runner.engines import RENDERERS, choose_engine
from helpers.runner.history.entries import Entry, State
from helpers.runner.history.store import History
from helpers.runner.key.due import Wish, decide, explain, look_at
from helpers.runner.key.surroundings import survey
from helpers.runner.plan.jobs import Plan, make_plan
from helpers.runner.project import Project
from helpers.runner.publish.placing import draft_folder, open_history

_LOOK: Final = 0.3  # seconds between two looks at logs that are followed
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
        batches.show_foreign(find_foreign(record, project.reports), project.show(project.reports))


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
        rows = (
            (run.run, run.kind, run.started, run.finished or "under way", batches.count_words(run.states))
            for run in record.runs(most)
        )
        showing.show_table(("Run", "What", "Started", "Ended", "Reports"), rows)


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
        raise UsageError("--run", run, ", ".join(each.run for each in entries[:5]))
    traces = traces_of(project, entry)
    if followed:
        follow(traces, is_over=lambda: record.of(notebook, name)[0].state is not State.WAITING)
    elif opened:
        if opened not in traces.existing:
            raise UsageError("--open", opened, ", ".join(traces.existing) or "nothing is there")
        typer.launch(str(traces.existing[opened]))
    elif as_json:
        places = {what: str(path) for what, path in traces.existing.items()}
        showing.show_json({**_as_json(project, entry), "places": places})
    else:
        for name, value in _lines(project.audience, entry, traces):
            print(f"{name:<12} {value}".rstrip())


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
        raise UsageError(word, "is more than one report", " or ".join(names))
    cure = near_misses(word, ["/".join(pair) for *_, pair in known]) or "see `boardpack status`"
    raise UsageError(word, "no run of such a report is on record", cure=cure)


def show_run(entries: Sequence[Entry]) -> None:
    """Print the reports of one run, or the runs of one report."""
    if len({entry.run for entry in entries}) > 1:
        why = [(each.error or each.note).partition("\n")[0] for each in entries]
        rows = (
            (each.run, each.state, each.started, each.period, f"{each.seconds:.1f}", words)
            for each, words in zip(entries, why, strict=True)
        )
        showing.show_table(("Run", "State", "Started", "Period", "Seconds", "Why"), rows)
        return
    batches.show_entries(entries)
    print(batches.summarise(entries))


def _questions(answers: Iterable[str]) -> Iterator[str]:
    """Yield what the register was asked, a line for each kind.

    >>> list(_questions(["comments beds RGT 2026-03", "comments waits RGT 2026-03", "measures"]))
    ['comments: beds RGT 2026-03; waits RGT 2026-03', 'measures: all their names']
    """
    kinds: dict[str, list[str]] = {}
    for question in answers:
        kind, _, rest = question.partition(" ")
        kinds.setdefault(kind, []).append(rest or "all their names")
    for kind, asked in kinds.items():
        yield f"{kind}: {'; '.join(asked)}"


def _lines(audience: Audience, entry: Entry, traces: Traces) -> Iterator[tuple[str, str]]:
    if not audience.is_public:
        yield "audience", f"{audience.name}: {audience.mark}"
    yield "report", entry.report
    if entry.facts:
        yield "about", f"{entry.title}, {entry.organisation}, {entry.facts.period_label}"
    yield "state", entry.how
    if entry.note:
        yield "note", entry.note
    yield "run", entry.run + (f", as {entry.same_as} left it" if entry.same_as else "")
    yield "started", f"{entry.started}, {entry.seconds:.1f} s"
    if entry.timings:
        yield "steps", ", ".join(f"{name} {seconds:.2f} s" for name, seconds in entry.timings.items())
    if entry.peak:
        yield "memory", f"{entry.peak:.0f} MB at most"
    yield "parameters", json.dumps(entry.parameters, ensure_ascii=False)
    for dataset, known in entry.data.items():
        yield "data", f"{dataset}, as at {known.as_at}, load {known.load}"
    for name, now in entry.files.items():
        yield "file", f"{name} {now[:24]}"
    yield from (("register", words) for words in _questions(entry.answers))
    for part, sha256 in entry.key.items():
        yield "hash", f"{part} {sha256[:24]}"
    for name, output in entry.outputs.items():
        yield "output", f"{name} {output.sha256[:12]} {output.path}"
    for warning in entry.warnings:
        yield "warning", warning
    for line in entry.error.splitlines():
        yield "error", line
    for what, path in traces.existing.items():
        yield what, str(path)


def follow(traces: Traces, *, is_over: Callable[[], bool], pause: float = _LOOK) -> None:
    """Print what stands in the logs of a report and what is added, until it has ended."""
    read: dict[str, int] = {}
    while True:
        over = is_over()  # asked first: what was written before the end is still printed
        for path in traces.logs:
            if path.is_file():
                with path.open("rb") as log:
                    log.seek(read.get(path.name, 0))
                    added = log.read()
                read[path.name] = read.get(path.name, 0) + len(added)
                print(added.decode("utf-8", errors="replace"), end="", flush=True)
        if over:
            return
        time.sleep(pause)


def verify_records(opened: Opened, noted: str = "") -> None:
    """Print that nothing was changed behind the history's back.

    Raises `GateError` with all that was.
    """
    problems: list[Problem] = []
    known: list[str] = []
    for project, record in opened:
        broken, hashes = record.verify()
        problems += [*broken, *_changed_files(project, record)]
        known += hashes
        last = hashes[-1] if hashes else "none"
        print(f"{project.audience.name}: {len(hashes):,} links, the last {last}")
    if noted and not any(each.startswith(noted) for each in known):
        came = "is not in the history, which was cut short or written anew since it was noted"
        problems.append(Problem(noted, came, cure="compare with a back-up of the private folder"))
    raise_all(problems, GateError)
    print("nothing was changed since it was entered")


def _changed_files(project: Project, record: History) -> Iterator[Problem]:
    for path, came in find_foreign(record, project.reports, verify=True).items():
        yield Problem(project.show(project.reports / path), came)
    for draft in record.drafts():
        for output in draft.outputs.values():
            folder = draft_folder(project.state, draft)
            if look_at(folder, output, verify=True) is None:
                where = project.show(folder / output.path)
                yield Problem(where, "the draft is missing or was altered since it was held")
