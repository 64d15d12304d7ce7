"""Notebooks on records, edition by edition in two settings each: what the ledger hides, and what it costs.

    python benchmarks/ledger.py [--months 24] [--scale 0.1] [--trusts SYN07] [--notebooks los_deviation …]

Runs the cells of each notebook in one process, month after month, and releases every edition as a batch does. Printed
are, for each, seconds of the processor, those that asking the ledger took, its figures and its stars. At the end: how
many stars of each kind of record count more than seven people; and of how many stars, and of how many small differences
of two figures, the other worlds that the ledger keeps do not agree with everything told, worked out here by plain sums:
each of these that is small is a count that somebody may have been told. Machines are noisy: read the ratio.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import shutil
import sys
import tempfile
import time
import types
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any, Final

import nbformat
import numpy as np

import helpers.reads
from helpers.data.disclosure.people import People, find_people
from helpers.data.disclosure.queries import Query, Told
from helpers.data.ledger.releases import Releases
from helpers.data.ledger.witnesses import read_witnesses
from helpers.data.mart import Mart
from helpers.data.room.memory import remember
from helpers.data.synthetic import write_demo
from helpers.reads import take_notes

ROOT: Final = Path(__file__).resolve().parents[1]
LAST: Final = date(2026, 9, 1)
#: the second setting of each notebook: some of the same people
SETTINGS: Final[dict[str, dict[str, object]]] = {
    "los_deviation": {"zero_day_stays": False},
    "dna_impact": {"specialty": "110"},
    "outpatient_follow_up": {"months": 24},
}
#: as the ledger's rounded means
_HAIR: Final = 1e-6


def main() -> None:
    """Publish one edition after the other, then look at all that was told."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trusts", nargs="+", default=["SYN07"])
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--notebooks", nargs="+", default=list(SETTINGS))
    parser.add_argument(
        "--scale", type=float, default=0.1, help="of the demo: small trusts are the hard ones"
    )
    chosen = parser.parse_args()
    helpers.reads.time = types.SimpleNamespace(  # type: ignore[assignment]
        perf_counter=time.process_time, monotonic_ns=time.monotonic_ns
    )
    with tempfile.TemporaryDirectory() as folder:
        root = make_project(Path(folder), chosen.scale)
        mart = Mart(root / ".boardpack" / "mart")
        releases = Releases(root / ".boardpack", root / "reports")
        costs = [
            publish(releases, name, trust, edition, second=second)
            for edition in editions(chosen.months)
            for trust in chosen.trusts
            for name in chosen.notebooks
            for second in (False, True)
        ]
        print(
            f"median of a report: {median(a for a, _ in costs):.2f} s, ledger {median(b for _, b in costs):.2f} s"
        )
        print(f"the ledger's share of all: {sum(b for _, b in costs) / sum(a for a, _ in costs):.0%}")
        for trust in chosen.trusts:
            look_through(mart.at(mart.version), releases, trust)


def make_project(root: Path, scale: float) -> Path:
    """Make a project with invented data around this project's register, and work in it."""
    for name in ("notebooks", "reports", ".boardpack"):
        (root / name).mkdir()
    shutil.copytree(ROOT / "params" / "_register", root / "params" / "_register")
    write_demo(mart := Mart(root / ".boardpack" / "mart"), scale=scale)
    told = {"ROOT": root, "STATE": root / ".boardpack", "MART_VERSION": Mart(mart.path).version}
    os.environ.update({f"BOARDPACK_{name}": str(value) for name, value in told.items()})
    os.environ["MPLBACKEND"] = "agg"
    return root


def editions(months: int) -> Iterator[str]:
    """Yield the months at which editions end, the oldest first."""
    for back in reversed(range(months)):
        number = LAST.year * 12 + LAST.month - 1 - back
        yield f"{number // 12}-{number % 12 + 1:02d}"


def publish(
    releases: Releases, name: str, trust: str, edition: str, *, second: bool
) -> tuple[float, float]:
    """Run a notebook as a batch would and release it; return seconds of the processor, and those of the ledger."""
    report = f"{name}/{trust}-{edition}" + ("-second" if second else "")
    given: dict[str, object] = {"trust": trust, "period": edition, **(SETTINGS[name] if second else {})}
    os.environ["BOARDPACK_REPORT"] = report
    remember.cache_clear()
    take_notes()
    began = time.process_time()
    run_cells(name, given)
    seconds = time.process_time() - began
    ledger = sum(float(note.says) for note in take_notes() if note.kind == "time" and "ledger" in note.name)
    releases.release(report)
    told = [each.told for each in releases.of_report(report)]
    print(
        f"{report}: {seconds:.2f} s, ledger {ledger:.2f} s, {len(told)} figures, {sum(t.star for t in told)} stars",
        flush=True,
    )
    return seconds, ledger


def run_cells(name: str, given: dict[str, Any]) -> None:
    """Run the cells of a notebook in a shell of its own, quietly."""
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    shell.reset(new_session=False)
    cells = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", 4).cells
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in cells:
            if cell.cell_type == "code":
                shell.run_cell(cell.source).raise_error()
            if "parameters" in cell.metadata.get("tags", []):
                shell.push(given)
    sys.modules["matplotlib.pyplot"].close("all")


def look_through(mart: Mart, releases: Releases, trust: str) -> None:
    """Print what all that was told of a trust's people keeps to itself, by kind of record."""
    every = [each.told for each in releases.entries()]
    for data_set in sorted({told.query.data_set for told in every}):
        mine = {t.query: t for t in every if (t.query.data_set, t.query.organisation) == (data_set, trust)}
        if not mine:
            continue
        people = find_people(mart, [t.query for t in every if t.query.data_set == data_set], trust)
        stars = [query for query, told in mine.items() if told.star]
        beyond = sum(int(people.count[people.mask(query)].sum()) > 7 for query in stars)
        bad = untrue(people, list(mine.values()), releases, data_set, trust)
        small = sum(len(name) == 2 or int(people.count[people.mask(name[0])].sum()) <= 7 for name in bad)
        print(
            f"{trust}, {data_set}: {len(mine)} figures, {len(stars)} stars, {beyond} of them beyond the first rule; "
            f"three values are not shown of {len(bad)}, {small} of them small counts",
            flush=True,
        )


def untrue(
    people: People, told: list[Told], releases: Releases, data_set: str, trust: str
) -> list[tuple[Query, ...]]:
    """Return what has fewer than three values in worlds in which all comes out as it was told, by plain sums."""
    with releases.open() as database:
        (text,) = database.execute(
            "SELECT worlds FROM witnesses WHERE data_set = ? AND organisation = ?", (data_set, trust)
        ).fetchone()
    masks = {each.query: people.mask(each.query) for each in told}
    kept = read_witnesses(text)
    pieces = np.unique(np.array(list(masks.values())), axis=1, return_inverse=True)[1].reshape(-1)
    places = people.places({kind for worlds in kept.values() for world in worlds for kind, _, _ in world})
    found = []
    for name, worlds in kept.items():
        if not all(query in masks for query in name):
            continue
        apart = masks[name[0]] if len(name) == 1 else masks[name[0]] != masks[name[1]]
        values = {int(people.count[apart].sum())}
        for world in worlds:
            count, amount = people.count.astype(float), people.amount.copy()
            for kind, more, days in world:
                count[places[kind]] += more
                amount[places[kind]] += days
            if agrees(people, count, amount, told, masks, pieces):
                values.add(int(count[apart].sum()))
        if len(values) < 3:
            found.append(name)
    stars = {(each.query,) for each in told if each.star and people.count[masks[each.query]].sum() > 0}
    return [*found, *(stars - kept.keys())]


def agrees(
    people: People, count: Any, amount: Any, told: list[Told], masks: dict[Query, Any], pieces: Any
) -> bool:
    """Tell whether there can be such people, whom nothing tells apart within a piece, and all comes out as told."""
    size = int(pieces.max()) + 1
    least, most = np.full(size, np.inf), np.zeros(size)
    np.minimum.at(least, pieces, people.least)
    np.maximum.at(most, pieces, people.most)
    number, days = np.bincount(pieces, count, size), np.bincount(pieces, amount, size)
    if (number < 0).any() or (days < least * number - _HAIR).any() or (days > most * number + _HAIR).any():
        return False
    for each in told:
        mine, whole = count[masks[each.query]].sum(), amount[masks[each.query]].sum()
        true = people.count[
            masks[each.query]
        ].sum()  # a nought that is hidden is taken for a star of one or more
        low, high = 1 if each.star else each.low, np.inf if each.star or each.high is None else each.high
        if not min(low, true) <= mine <= max(high, true):
            return False
        if each.mean and not each.mean[0] * mine - _HAIR <= whole <= each.mean[1] * mine + _HAIR:
            return False
    return True


if __name__ == "__main__":
    main()
