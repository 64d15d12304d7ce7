"""`boardpack diff`: what two runs, months or settings of a report say differently."""

from __future__ import annotations

from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from helpers.cli import showing
from helpers.cli.options import Json, Readers
from helpers.cli.records import find_report, open_records
from helpers.errors import UsageError
from helpers.runner.batch.folders import traces_of
from helpers.runner.history.entries import Entry, State
from helpers.runner.portal.page import fill
from helpers.runner.publish.switching import write_whole

if TYPE_CHECKING:
    from helpers.cli.records import Opened

#: editions that have passed the gate: what they show may be looked at
_PASSED: Final = frozenset({State.PUBLISHED, State.HELD})
_SIDES: Final = ("A", "B", "B less A")


def diff(
    before: Annotated[
        str, typer.Argument(metavar="A", help="notebook/name, with @MONTH or @RUN for one of its editions.")
    ],
    after: Annotated[
        str, typer.Argument(metavar="[B]", help="Another one; the newest edition of A unless given.")
    ] = "",
    page: Annotated[Path | None, typer.Option("--page", help="Write it as a page (HTML) too.")] = None,
    readers: Readers = "",
    as_json: Json = False,
) -> None:
    """Say what two runs, months or settings of a report show differently: numbers and sentences."""
    import nbformat

    from helpers.runner.document.comparing import compare_notebooks

    opened = open_records(readers)
    old, new = _editions(opened, before, after)
    changes = compare_notebooks(*(nbformat.read(path, as_version=4) for _, path in (old, new)))
    names = (_name(old[0]), _name(new[0]))
    if page is not None:
        tables = [
            (where, [*cells]) for where, cells in groupby(changes.numbers, key=lambda each: each.where)
        ]
        heads, sentences = ("Row", "Column", *_SIDES), changes.sentences
        text = fill("differences.html", names=names, heads=heads, tables=tables, sentences=sentences)
        write_whole(page, text.encode())
    if as_json:
        showing.show_json({"a": names[0], "b": names[1], **asdict(changes)})
        return
    print(f"A: {names[0]}\nB: {names[1]}")
    if not changes:
        print("Both show the same numbers and the same sentences")
        return
    for where, cells in groupby(changes.numbers, key=lambda each: each.where):
        print(f"\n{where}")
        rows = [(c.row, c.column, c.before, c.after, c.difference) for c in cells]
        showing.show_table(("Row", "Column", *_SIDES), rows, right=_SIDES)
    for each in changes.sentences:
        print(
            "".join(f"\n{mark} {words}" for mark, words in (("A", each.before), ("B", each.after)) if words)
        )


def _editions(opened: Opened, before: str, after: str) -> tuple[tuple[Entry, Path], tuple[Entry, Path]]:
    """Return both editions with their executed notebooks; of one that is named alone also the one before it."""
    first, _, edition = before.partition("@")
    project, history, pair = find_report(opened, first)
    of_a = _passed(history.of(*pair))
    if not after and not edition:
        if len(of_a) < 2:
            cure = "name another: A B, where each may be notebook/name@MONTH or @RUN"
            raise UsageError(first, f"{len(of_a)} editions on record", "two or more", cure)
        wanted = [of_a[1], of_a[0]]
    else:
        wanted = [_one(of_a, before, edition)]
        second, _, other = (after or first).partition("@")
        beside, record, another = find_report(opened, second or first)
        if beside.audience != project.audience:
            raise UsageError(
                after, f"is for other readers than {before}", cure="compare reports for the same"
            )
        wanted.append(_one(_passed(record.of(*another)), after or first, other))
    found = []
    for entry in wanted:
        path = traces_of(project, entry).folder / "executed.ipynb"
        if not path.is_file():
            cure = "run it again: boardpack run --force, or --for MONTH --force"
            raise UsageError(_name(entry), "its notebook was removed by its age", cure=cure)
        found.append((entry, path))
    return found[0], found[1]


def _passed(entries: list[Entry]) -> list[Entry]:
    """Return the editions that have passed the gate, the newest month first, of it the newest run.

    `entries`: newest first, as the history gives them; two runs may have begun within a second.
    """
    passed = [entry for entry in entries if entry.state in _PASSED]
    return sorted(passed, key=lambda each: each.period, reverse=True)


def _one(entries: list[Entry], word: str, edition: str) -> Entry:
    """Return the newest edition, or the newest of a month or a run."""
    for entry in entries:
        if edition in {"", entry.period, entry.run}:
            return entry
    known = dict.fromkeys(each for entry in entries[:6] for each in (entry.period, entry.run) if each)
    cure = "see `boardpack history REPORT`"
    raise UsageError(word, "no such edition has passed the gate", ", ".join(known), cure)


def _name(entry: Entry) -> str:
    period = entry.facts.period_label if entry.facts else entry.period
    return f"{entry.report}, {period}, run {entry.run}"
