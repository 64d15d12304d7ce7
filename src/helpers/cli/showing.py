"""What the command prints: for people on a terminal, in few lines elsewhere, or as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from helpers.errors import UserError

if TYPE_CHECKING:
    from helpers.data.dictionary import LayoutLine
    from helpers.data.load import LoadLine, LoadResult
    from helpers.data.load import Progress as LoadProgress
    from helpers.data.quality import QualityFinding

_WIDE = 200
#: organisations that a finding names before it only says that there are more
MOST_NAMED = 6


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
    print_table(table)


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
    table = Table(box=None, pad_edge=False)
    for heading in ("Severity", "Aspect", "Measure", "QualityFinding", "Organisations"):
        table.add_column(heading)
    for finding in findings:
        places = finding.organisations
        named = ", ".join(places[:MOST_NAMED]) + (" …" if len(places) > MOST_NAMED else "")
        words = (finding.severity, finding.aspect, finding.measure, finding.message, named)
        table.add_row(*(escape(word) for word in words))
    print_table(table)
    if each:
        for finding in findings:
            for line in finding.each:
                print(f"{finding.measure}: {line}")


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
    print_table(table)


def print_table(table: Table) -> None:
    """Print a table as wide as the terminal; where there is none, wide enough to keep each row whole."""
    console = Console()
    (console if console.is_terminal else Console(width=_WIDE)).print(table)
