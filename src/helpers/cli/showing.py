"""What the command prints: for people on a terminal, in few lines elsewhere, or as JSON."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.errors import UserError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, ProgressColumn
    from rich.text import Text

    from helpers.data.checking.quality import QualityFinding
    from helpers.data.loading.load import LoadResult
    from helpers.data.loading.load import Progress as LoadProgress
    from helpers.data.mart.manifest import LoadRecord
    from helpers.data.sources.layout import Layout

_WIDE = 200
#: by which people say that a stream is a terminal, or is none (rich, Console.is_terminal)
_SAID_TO_BE = frozenset(("FORCE_COLOR", "TTY_COMPATIBLE"))
#: organisations that a finding names before it only says that there are more
MOST_NAMED = 6


def find_terminal(*, stderr: bool = False) -> Console | None:
    """Return the terminal that standard output, or standard error, is; None where it is none.

    Elsewhere rich is not imported, which a run of a scheduler need not wait for.
    """
    if not (sys.stderr if stderr else sys.stdout).isatty() and _SAID_TO_BE.isdisjoint(os.environ):
        return None
    from rich.console import Console

    console = Console(stderr=stderr)
    return console if console.is_terminal else None


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


def show_loads(loads: Sequence[LoadRecord], *, as_json: bool) -> None:
    """Print the loads of the mart: what, from where, how fresh, under which policy."""
    if as_json:
        show_json([_load_as_json(load) for load in loads])
        return
    if not loads:
        print("nothing is loaded; begin with: boardpack data load PATH, or boardpack demo build")
        return
    headings = ("Source", "Data as at", "Loaded", "Rows", "Rejected", "Policy", "File")
    show_table(headings, map(_load_row, loads), right=("Rows", "Rejected"))


def _load_as_json(load: LoadRecord) -> dict[str, object]:
    same = {name: getattr(load, name) for name in ("source", "name", "layout")}
    rows = {"file": Path(load.file).name, "rows": load.rows_kept, "rejected": load.rows_rejected}
    return {**same, **rows, **load.model_dump(include={"as_at", "loaded_at", "policy", "synthetic"})}


def _load_row(load: LoadRecord) -> tuple[str, ...]:
    name = f"{load.name} (synthetic)" if load.synthetic and "ynthetic" not in load.name else load.name
    when, rows = f"{load.loaded_at:%Y-%m-%d}", (f"{load.rows_kept:,}", f"{load.rows_rejected:,}")
    return name, f"{load.as_at}", when, *rows, load.policy, Path(load.file).name


def progress_bar(console: Console, time: ProgressColumn) -> Progress:
    """Return a bar with how many are done and a time, which goes when all are."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), time)
    return Progress(*columns, console=console, transient=True)


@contextmanager
def show_loading(*, quiet: bool) -> Iterator[LoadProgress | None]:
    """Yield what to call with each file that is read; on a terminal it moves a bar."""
    console = None if quiet else find_terminal(stderr=True)
    if console is None:
        yield None
        return
    from rich.markup import escape
    from rich.progress import TimeElapsedColumn

    with progress_bar(console, TimeElapsedColumn()) as progress:
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
            print(f"  {rows:,} {'row' if rows == 1 else 'rows'} left out: {reason}")
        for remark in result.remarks:
            print(f"  {remark}")
        for problem in result.problems:
            print(f"  {problem}", file=sys.stderr)


def show_findings(findings: Sequence[QualityFinding], *, each: bool = False, as_json: bool) -> None:
    """Print what was found about the data, the gravest first; `each` names every figure behind it."""
    if as_json:
        show_json([asdict(finding) for finding in findings])
        return
    if not findings:
        print("nothing found")
        return
    show_table(("Severity", "Aspect", "Measure", "Finding", "Organisations"), map(_finding_row, findings))
    if each:
        for finding in findings:
            for line in finding.each:
                print(f"{finding.measure}: {line}")


def _finding_row(finding: QualityFinding) -> tuple[str, ...]:
    places = finding.organisations
    named = ", ".join(places[:MOST_NAMED]) + (" …" if len(places) > MOST_NAMED else "")
    return finding.severity, finding.aspect, finding.measure, finding.message, named


def show_sources(sources: Sequence[Layout], *, as_json: bool) -> None:
    """Print the known layouts: their names, what they are, and the measures they feed."""
    if as_json:
        names = ("name", "title", "tables", "measures", "columns", "policy")
        show_json([{name: getattr(source, name) for name in names} for source in sources])
        return
    rows = (
        (each.name, each.title, each.policy, ", ".join(each.measures or each.tables)) for each in sources
    )
    show_table(("Layout", "What it is", "Policy", "Measures"), rows)


def show_table(
    headings: Sequence[str], rows: Iterable[Sequence[str | Text]], *, right: Sequence[str] = ()
) -> None:
    """Print a table as wide as the terminal; where there is none, wide enough to keep each row whole.

    The columns whose heading is in `right` are set to the right.
    """
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in headings:
        table.add_column(heading, justify="right" if heading in right else "left")
    for row in rows:
        table.add_row(*(escape(cell) if isinstance(cell, str) else cell for cell in row))
    (find_terminal() or Console(width=_WIDE)).print(table)
