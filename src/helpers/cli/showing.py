"""What the command prints: for people on a terminal, in few lines elsewhere, or as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from helpers.errors import ExitCode, UserError
from helpers.runner.due import Decision
from helpers.runner.history import Entry, State
from helpers.runner.run import Batch

if TYPE_CHECKING:
    from helpers.data.dictionary import LayoutLine
    from helpers.data.load import LoadLine, LoadResult
    from helpers.data.load import Progress as LoadProgress
    from helpers.data.quality import Finding

_WIDE = 200
#: organisations that a finding names before it only says that there are more
MOST_NAMED = 6
_COLOURS = {State.PUBLISHED: "green", State.UNCHANGED: "dim", State.INTERRUPTED: "yellow"}


def show_json(content: object) -> None:
    """Print a document for machines."""
    print(json.dumps(content, indent=2, ensure_ascii=False, default=str))


def show_user_error(error: UserError, *, as_json: bool) -> None:
    """Print every problem of an error that the user can mend."""
    if as_json:
        problems = [asdict(problem) for problem in error.problems]
        show_json({"problems": problems, "exit_code": int(error.exit_code)})
    for problem in error.problems:
        print(problem, file=sys.stderr)


@contextmanager
def show_progress(total: int, *, quiet: bool) -> Iterator[Callable[[Entry], None]]:
    """Yield what to call with each report that is done; on a terminal it moves a bar."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda _: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("Reports", total=total)
        yield lambda entry: progress.update(task, advance=1, description=escape(entry.report))


def show_batch(batch: Batch, index: str, *, as_json: bool) -> None:
    """Print what became of a batch."""
    if as_json:
        reports = [entry_as_json(entry) for entry in batch.entries]
        show_json({"run": batch.run, "reports": reports, "exit_code": batch.exit_code})
        return
    if Console().is_terminal:
        show_entries(batch.entries)
    for entry in batch.entries:
        if entry.error:
            print(f"{entry.report}: {entry.state}{_at(entry)}\n{_indent(entry.error)}", file=sys.stderr)
            if entry.exit_code == ExitCode.BUG:
                print("  This is a bug in boardpack; please report it.", file=sys.stderr)
    print(f"{summarise(batch.entries)}; {index}")


def show_entries(entries: Iterable[Entry]) -> None:
    """Print a table of reports, one row each."""
    table = Table(box=None, pad_edge=False)
    for heading in ("Report", "State", "Started", "Period"):
        table.add_column(heading)
    table.add_column("Seconds", justify="right")
    for e in entries:
        colour = _COLOURS.get(e.state, "" if e.state is State.WAITING else "red")
        state = f"[{colour}]{e.state}{_at(e)}[/{colour}]" if colour else str(e.state)
        table.add_row(escape(e.report), state, e.started, escape(e.period), f"{e.seconds:.1f}")
    _print_table(table)


def show_decisions(decisions: Iterable[Decision], *, as_json: bool) -> None:
    """Print which reports would run, and why."""
    rows = [(each.job.title, each.reason or "unchanged") for each in decisions]
    if as_json:
        show_json([{"report": name, "due": why != "unchanged", "reason": why} for name, why in rows])
        return
    for name, why in rows:
        print(f"{name}: {why}")


def show_loads(loads: Sequence[LoadLine], *, as_json: bool) -> None:
    """Print the loads of the mart: what, from where, how fresh, under which policy."""
    if as_json:
        show_json([asdict(load) for load in loads])
        return
    if not loads:
        print("nothing is loaded; begin with: boardpack data load PATH, or boardpack demo build")
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("Source", "Data as at", "Loaded", "Rows", "Rejected", "Policy", "File"):
        table.add_column(heading, justify="right" if heading in {"Rows", "Rejected"} else "left")
    for load in loads:
        name = f"{load.name} (synthetic)" if load.synthetic and "ynthetic" not in load.name else load.name
        rows = (f"{load.rows:,}", f"{load.rejected:,}")
        table.add_row(
            escape(name),
            f"{load.as_at}",
            f"{load.loaded_at:%Y-%m-%d}",
            *rows,
            load.policy,
            escape(load.file),
        )
    _print_table(table)


@contextmanager
def show_loading(*, quiet: bool) -> Iterator[LoadProgress | None]:
    """Yield what to call with each file that is read; on a terminal it moves a bar."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("Files", total=None)

        def tell(path: str, done: int, total: int) -> None:
            progress.update(task, completed=done, total=total, description=escape(path) or "Files")

        yield tell


def show_results(results: Sequence[LoadResult], *, as_json: bool) -> None:
    """Print what became of each file, its rejected rows by reason, and every problem."""
    if as_json:
        show_json([asdict(result) for result in results])
        return
    for result in results:
        counts = (
            f", {result.rows_kept:,} of {result.rows_read:,} rows" if result.outcome == "loaded" else ""
        )
        layout = f" as {result.layout}" if result.layout else ""
        print(f"{result.path}: {result.outcome}{layout}{counts}")
        for reason, rows in result.rejected.items():
            print(f"  {rows:,} rows left out: {reason}")
        for remark in result.remarks:
            print(f"  {remark}")
        for problem in result.problems:
            print(f"  {problem}", file=sys.stderr)


def show_findings(findings: Sequence[Finding], *, as_json: bool) -> None:
    """Print what was found about the data, the gravest first."""
    if as_json:
        show_json([asdict(finding) for finding in findings])
        return
    if not findings:
        print("nothing found")
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("Severity", "Aspect", "Measure", "Finding", "Organisations"):
        table.add_column(heading)
    for finding in findings:
        places = finding.organisations
        named = ", ".join(places[:MOST_NAMED]) + (" …" if len(places) > MOST_NAMED else "")
        words = (finding.severity, finding.aspect, finding.measure, finding.message, named)
        table.add_row(*(escape(word) for word in words))
    _print_table(table)


def show_sources(sources: Sequence[LayoutLine], *, as_json: bool) -> None:
    """Print the known layouts: their names, what they are, and the measures they feed."""
    if as_json:
        show_json([asdict(source) for source in sources])
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("Layout", "What it is", "Policy", "Measures"):
        table.add_column(heading)
    for source in sources:
        fed = ", ".join(source.measures) or ", ".join(source.tables)
        table.add_row(*(escape(word) for word in (source.name, source.title, source.policy, fed)))
    _print_table(table)


def _print_table(table: Table) -> None:
    """Print a table as wide as the terminal; where there is none, wide enough to keep each row whole."""
    console = Console()
    (console if console.is_terminal else Console(width=_WIDE)).print(table)


def summarise(entries: Iterable[Entry]) -> str:
    """Return how many reports ended in each state, in words."""
    counts: dict[State, int] = {}
    for entry in entries:
        counts[entry.state] = counts.get(entry.state, 0) + 1
    parts = [f"{counts[state]} {state}" for state in State if state in counts]
    return ", ".join(parts) or "no reports"


def entry_as_json(entry: Entry) -> Mapping[str, Any]:
    """Return an entry as a document for machines."""
    return {"report": entry.report, **asdict(entry)}


def _at(entry: Entry) -> str:
    return f" at {entry.step}" if entry.step and entry.state is State.FAILED else ""


def _indent(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
