"""Seconds of questions to the records room: python benchmarks/room.py [SCALE]

Invents the national data at a scale (0.3 of the demo's unless given), and asks the usual questions about one trust in
this process, so without the way through the door; then starts a room as a notebook in JupyterLab does, and asks it.
Wall clock and processor time of each; of a question that was answered before also the median of a hundred.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
import timeit
from collections.abc import Callable
from pathlib import Path

from helpers.data.mart import Mart
from helpers.data.room.door import Room, start_room
from helpers.data.room.messages import line_of
from helpers.data.room.records import Records, open_records
from helpers.data.synthetic import write_demo
from helpers.places import MARKS, ROOT_VARIABLE, state_folder

SPAN = ("2025-10-01", "2026-10-01")


def main() -> None:
    """Print a line for each question."""
    scale = float(sys.argv[1]) if len(sys.argv) > 1 else 0.3
    with tempfile.TemporaryDirectory() as folder:
        for name in MARKS:
            (Path(folder) / name).mkdir()
        os.environ[ROOT_VARIABLE] = folder
        mart = Mart(state_folder(Path(folder)) / "mart")
        write_demo(mart, scale=scale)
        mart = mart.at(mart.version)
        for name, ask in questions(mart).items():
            timed(name, ask)
        handle = records(mart)
        room = Room(start_room())
        given = {"mart": mart, "selection": handle.selection}

        def count() -> None:
            assert room.ask(line_of("helpers.data.room.counting:count", given)).error is None

        timed("start a room, and count", count)
        timed("count in that room", count)
        spent = [timeit.timeit(count, number=1) for _ in range(100)]
        print(f"{'count in that room again':26} {1000 * statistics.median(spent):6.2f} ms")


def records(mart: Mart, table: str = "spells", by: object = (), whose: object = "own") -> Records:
    """Return a handle on the records of one trust."""
    return open_records(mart, "SYN07", table, where=None, by=by, whose=whose, span=SPAN)  # type: ignore[arg-type]


def questions(mart: Mart) -> dict[str, Callable[[], object]]:
    """Return what is asked, by name."""
    return {
        "count, the first": lambda: records(mart).count(),
        "by specialty": lambda: records(mart, by="specialty_code").count(),
        "mean by specialty": lambda: records(mart, by="specialty_code").mean("los_days"),
        "by month": lambda: records(mart, by="month").count(),
        "share by specialty": lambda: records(mart, by="specialty_code").share(readmitted_30d=True),
        "by month and fifth": lambda: records(mart, "appointments", by=["month", "deprivation"]).rate(
            outcome="dna"
        ),
        "others by specialty": lambda: records(mart, by="specialty_code", whose="others").mean("los_days"),
        "a model": lambda: records(mart).fit("los_days ~ sex + C(deprivation)", family="negative_binomial"),
        "a function": lambda: records(mart, by="sex").apply(lambda group: group["los_days"].std()),
    }


def timed(name: str, ask: Callable[[], object]) -> None:
    """Print how long a question takes."""
    wall, used = time.perf_counter(), time.process_time()
    ask()
    print(f"{name:26} {time.perf_counter() - wall:6.2f} s, processor {time.process_time() - used:5.2f} s")


if __name__ == "__main__":
    main()
