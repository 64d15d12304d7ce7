"""What the command prints of the history: the runs, one run, one report."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from helpers.audience import Audience
from helpers.cli.batches import count_words, show_entries, summarise
from helpers.cli.showing import show_table
from helpers.runner.batch.folders import Traces
from helpers.runner.history.entries import Entry
from helpers.runner.history.store import Run


def show_history(runs: Iterable[Run]) -> None:
    """Print a table of runs, one row each."""
    rows = (
        (run.run, run.kind, run.started, run.finished or "under way", count_words(run.states))
        for run in runs
    )
    show_table(("Run", "What", "Started", "Ended", "Reports"), rows)


def show_run(entries: Sequence[Entry]) -> None:
    """Print the reports of one run, or the runs of one report."""
    if len({entry.run for entry in entries}) > 1:
        rows = (
            (
                e.run,
                e.state,
                e.started,
                e.period,
                f"{e.seconds:.1f}",
                (e.error or e.note).partition("\n")[0],
            )
            for e in entries
        )
        show_table(("Run", "State", "Started", "Period", "Seconds", "Why"), rows)
        return
    show_entries(entries)
    print(summarise(entries))


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


def show_report(entry: Entry, traces: Traces, audience: Audience) -> None:
    """Print everything that is known of one report in one run."""
    told = [] if audience.is_public else [("audience", f"{audience.name}: {audience.mark}")]
    for name, value in (*told, *_lines(entry, traces)):
        print(f"{name:<12} {value}".rstrip())


def _lines(entry: Entry, traces: Traces) -> Iterator[tuple[str, str]]:
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
