"""What the command prints of a batch: how far it is, and what became of it, the worst first."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from textwrap import indent
from typing import Any

from helpers.cli.showing import find_terminal, progress_bar, show_json, show_table
from helpers.errors import ExitCode
from helpers.runner.batch.run import Batch, Order, run_batch
from helpers.runner.history.entries import Entry, State
from helpers.runner.key.due import RunDecision
from helpers.runner.plan.jobs import Plan, no_data_words
from helpers.runner.portal.runs import show_seconds
from helpers.runner.project import Project

#: reports that the summary names as the slowest
SLOWEST = 3
_COLOURS = {
    State.PUBLISHED: "green",
    State.UNCHANGED: "dim",
    State.HELD: "yellow",
    State.INTERRUPTED: "yellow",
    State.WITHDRAWN: "yellow",
    State.WAITING: "",
}


@contextmanager
def show_progress(total: int, *, quiet: bool) -> Iterator[Callable[[Entry], None]]:
    """Yield what to call with each report that is done: it moves a bar, or prints a line where there is none."""
    if quiet:
        yield lambda _: None
    elif console := find_terminal(stderr=True):
        from rich.markup import escape
        from rich.progress import TimeRemainingColumn

        with progress_bar(console, TimeRemainingColumn()) as progress:
            task = progress.add_task("Reports", total=total)
            yield lambda entry: progress.update(task, advance=1, description=escape(entry.report))
    else:
        yield partial(_tell_line, Counter(), total, time.monotonic())


def _tell_line(ended: Counter[bool], total: int, began: float, entry: Entry) -> None:
    """Print one plain line for a report that ran, with the time that the others may take."""
    ended[bool(entry.same_as)] += 1
    if entry.same_as:  # thousands may be unchanged
        return
    left = total - ended.total()
    rest = f", about {show_seconds((time.monotonic() - began) / ended[False] * left)} left" if left else ""
    words = f"[{ended.total()}/{total}] {entry.report}: {entry.how}, {entry.seconds:.1f} s{rest}"
    print(words, file=sys.stderr, flush=True)


def run_parts(parts: Sequence[tuple[Project, Plan, Order]], *, quiet: bool) -> Batch:
    """Run the reports of each audience as a batch of its own; what is interrupted begins none of the others."""
    ended: list[Batch] = []
    with show_progress(sum(len(asked.jobs) for _, asked, _ in parts), quiet=quiet) as tell:
        for project, asked, order in parts:
            for some in asked.in_turn:
                if not (ended and ended[-1].interrupted):
                    ended.append(run_batch(project, some.jobs, order, refused=some.refused, tell=tell))
    return merge(ended)


def worst_first(entries: Iterable[Entry]) -> list[Entry]:
    """Return the failed first, then those that were left undone, then the others, each the slowest first."""
    grave = {State.INTERRUPTED: 1, State.WAITING: 1}

    def rank(entry: Entry) -> tuple[int, float, str]:
        return (0 if entry.state.is_failure else grave.get(entry.state, 2), -entry.seconds, entry.report)

    return sorted(entries, key=rank)


def merge(parts: Sequence[Batch]) -> Batch:
    """Return several batches, of one audience each, as one; it bears the first one's name."""
    return Batch(
        parts[0].run,
        tuple(entry for part in parts for entry in part.entries),
        any(part.interrupted for part in parts),
        tuple(problem for part in parts for problem in part.problems),
        tuple(each for part in parts for each in part.no_data),
        months={run: month for part in parts for run, month in part.months.items()},
    )


def show_batch(batch: Batch, index: str, *, as_json: bool) -> None:
    """Print what became of a batch."""
    entries = worst_first(batch.entries)
    if as_json:
        reports = [{**entry_as_json(each), "month": batch.months.get(each.run, "")} for each in entries]
        ended = Counter(each.state for each in entries)
        counts = {str(state): ended[state] for state in State if state in ended}
        told = {"run": batch.run, "states": counts, "reports": reports, "exit_code": batch.exit_code}
        told["problems"] = [asdict(problem) for problem in (*batch.mistakes, *batch.problems)]
        show_json({**told, "no_data": [each.title for each in batch.no_data]})
        return
    if find_terminal():
        show_entries(entries)
    for alike in _alike(entries):
        first, more = alike[0], f" and {len(alike) - 1} more" if len(alike) > 1 else ""
        print(f"{batch.name(first)}{more}: {first.how}\n{indent(first.error, '  ')}", file=sys.stderr)
        if first.exit_code == ExitCode.BUG:
            print("  This is a bug in boardpack; please report it.", file=sys.stderr)
    held = Counter(warning for entry in entries if entry.state is State.HELD for warning in entry.warnings)
    for warning, number in held.items():
        print(f"{warning} ({number} report{'s' * (number != 1)})", file=sys.stderr)
    for problem in (*batch.mistakes, *batch.problems):
        print(problem, file=sys.stderr)
    if left_out := no_data_words(batch.no_data):
        print(left_out)
    ran = sorted((e for e in entries if not e.same_as), key=lambda e: -e.seconds)
    if len(ran) > SLOWEST:
        print("slowest: " + ", ".join(f"{batch.name(e)} {e.seconds:.1f} s" for e in ran[:SLOWEST]))
    print(f"{summarise(entries)}; {index}")


def _alike(entries: Iterable[Entry]) -> list[list[Entry]]:
    """Return the reports with an error; those that were refused for one and the same mistake stand together."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.error:
            same = entry.error if entry.state is State.REFUSED else f"{entry.run}/{entry.report}"
            groups.setdefault(same, []).append(entry)
    return list(groups.values())


def show_foreign(foreign: Mapping[str, str], folder: str) -> None:
    """Print what lies in a folder of published reports and is not as it was put there."""
    for path, what in foreign.items():
        print(f"{folder}/{path}: {what}", file=sys.stderr)


def show_entries(entries: Iterable[Entry]) -> None:
    """Print a table of reports, one row each."""
    from rich.text import Text

    rows = (
        (e.report, Text(e.how, _COLOURS.get(e.state, "red")), e.started, e.period, f"{e.seconds:.1f}")
        for e in entries
    )
    show_table(("Report", "State", "Started", "Period", "Seconds"), rows, right=("Seconds",))


def show_decisions(decisions: Iterable[RunDecision], plan: Plan, *, as_json: bool) -> None:
    """Print which reports would run, and why; and which cannot."""
    rows = [(each.job.title, each.reason or "unchanged") for each in decisions]
    told = {each.title: "; ".join(map(str, each.problems)) for each in plan.refused if not each.no_data}
    if as_json:
        due = [{"report": name, "due": why != "unchanged", "reason": why} for name, why in rows]
        show_json([*due, *({"report": name, "due": False, "refused": why} for name, why in told.items())])
        return
    for name, why in (*rows, *((name, f"refused: {why}") for name, why in told.items())):
        print(f"{name}: {why}")
    for problem in plan.problems:
        print(problem, file=sys.stderr)
    if left_out := no_data_words(plan.refused):
        print(left_out)


def summarise(entries: Iterable[Entry]) -> str:
    """Return how many reports ended in each state, in words."""
    return count_words(Counter(each.state for each in entries)) or "no reports"


def count_words(counts: Mapping[State, int]) -> str:
    """Return how many reports are in which state.

    >>> count_words({State.PUBLISHED: 2, State.FAILED: 1})
    '2 published, 1 failed'
    """
    return ", ".join(f"{counts[state]} {state}" for state in State if state in counts)


def entry_as_json(entry: Entry) -> Mapping[str, Any]:
    """Return an entry as a document for machines."""
    facts = entry.facts.model_dump(mode="json") if entry.facts else None
    return {"report": entry.report, **asdict(entry), "facts": facts}
