"""The steps of a report: how long each took, its log, which can be followed while it runs, where the time went."""

from __future__ import annotations

import contextlib
import json
import os
import re
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean
from typing import Any, Final

from helpers.runner.history.entries import Entry
from helpers.runner.kernel.execute import RUN_LOG, Executed, InterruptionError

BUG_LOG = "bug.txt"
PROFILE: Final = "profile.json"
#: cells and parts of analyses, of which the slowest are named: `execute/cell: 3 (stays)`
_NAMED: Final = re.compile(r"\w+/(cell|part):? (.*)", re.DOTALL)
_SLOWEST: Final = 5


class Steps:
    """Times and logs the steps of one report, and ends it between two steps when the batch is interrupted.

    `folder`: the report's private folder; nothing is logged before it is there.
    """

    def __init__(self, stop: threading.Event, folder: Path) -> None:
        self.now = ""
        self.timings: dict[str, float] = {}
        self.parts: dict[str, float] = {}  # of steps: "render/pdf"
        self.waited = 0.0  # seconds of the step that are no work
        self._stop, self._log = stop, folder / RUN_LOG

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Run the block as a step of this name."""
        self.now = name
        if self._stop.is_set():
            raise InterruptionError(name, "was not begun: the batch was interrupted", cure="run it again")
        self.note(f"{name} begins")
        try:
            with _timed(self.timings, name):
                yield
        finally:
            self.timings[name] = round(self.timings[name] - self.waited, 3)
            self.waited = 0.0
            self.note(f"{name} took {self.timings[name]:.2f} s")

    def part(self, name: str) -> AbstractContextManager[None]:
        """Time a part of the step."""
        return _timed(self.parts, f"{self.now}/{name}")

    def note(self, words: str) -> None:
        """Add a line to the report's log."""
        if not self._log.parent.is_dir():
            return
        with contextlib.suppress(OSError), self._log.open("a", encoding="utf-8") as log:
            log.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {words}\n")


@contextlib.contextmanager
def _timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    began = time.perf_counter()
    try:
        yield
    finally:
        seconds[name] = round(time.perf_counter() - began, 3)


def redact_logs(folder: Path, redact: Callable[[str], str]) -> None:
    """Take out of a report's logs what must not be repeated there."""
    for path in (*folder.glob("*.log"), *folder.glob(BUG_LOG)):
        text = path.read_text("utf-8", errors="replace")
        if (clean := redact(text)) != text:
            path.write_text(clean, "utf-8")


def make_private(folder: Path) -> None:
    """Leave a run's folder to its owner alone, also where a library copied a file with its rights."""
    for path in folder.rglob("*"):
        if path.is_symlink():  # a notebook's own: what it leads to is not ours
            continue
        with contextlib.suppress(OSError):
            path.chmod(0o700 if path.is_dir() else 0o600)


def parts_of(executed: Executed) -> dict[str, float]:
    """Return the seconds of what is within an execution, by names such as `execute/cells`.

    The records room works while a cell waits for it, so it is within the cells, and the ledger within the room.
    """
    found: defaultdict[str, float] = defaultdict(float)
    cells = [c for c in executed.notebook.cells if "injected-parameters" not in c.metadata.get("tags", [])]
    times: list[Mapping[str, Any]] = [cell.metadata.get("papermill") or {} for cell in cells]
    began = executed.notebook.metadata.get("papermill", {}).get("start_time")
    ran = [datetime.fromisoformat(each["start_time"]) for each in times if each.get("duration") is not None]
    if ran and began:
        start = (min(ran) - datetime.fromisoformat(began)).total_seconds()
        found["execute/kernel start"] = start - executed.waited
    for number, (cell, took) in enumerate(zip(cells, times, strict=True), start=1):
        if cell.cell_type == "code" and took.get("duration") is not None:
            found["execute/cells"] += took["duration"]
            last = (cell.source.strip().splitlines() or [""])[-1]
            found[f"execute/cell: {number} ({last})"] = took["duration"]
    for each in executed.notes:
        if each.kind == "time":
            found[f"execute/{each.name.partition(' ')[2]}"] += float(each.says)
    return {name: round(seconds, 3) for name, seconds in found.items()}


def write_profile(folder: Path, seconds: Mapping[str, float]) -> None:
    """Keep the seconds of steps and what is within them, in the report's private folder."""
    with contextlib.suppress(OSError):  # a report that ended before it had one
        (folder / PROFILE).write_text(json.dumps(seconds), "utf-8")


def profile_lines(entries: Iterable[Entry], states: Iterable[Path]) -> Iterator[str]:
    """Yield the seconds of each step, the mean of a notebook's reports, and the slowest cells and parts."""
    by_notebook: defaultdict[str, list[dict[str, float]]] = defaultdict(list)
    named: dict[str, list[tuple[float, str]]] = {"cell": [], "part": []}
    states = list(states)
    for entry in (each for each in entries if not each.same_as):
        for folder in (state / "runs" / entry.run / entry.notebook / entry.name for state in states):
            with contextlib.suppress(OSError, ValueError):  # of another audience, or nothing was kept
                found: dict[str, float] = json.loads((folder / PROFILE).read_text("utf-8"))
                by_notebook[entry.notebook].append(found)
                for name, seconds in found.items():
                    if is_named := _NAMED.match(name):
                        named[is_named[1]].append((seconds, f"{entry.report} {is_named[2]}"))
    if hasattr(os, "getloadavg"):  # not on Windows
        yield f"load of the machine {os.getloadavg()[0]:.1f}, {os.cpu_count()} processors"
    for notebook, reports in by_notebook.items():
        names = dict.fromkeys(name for each in reports for name in each if not _NAMED.match(name))
        means = {name: fmean(each.get(name, 0.0) for each in reports) for name in names}
        whole = sum(seconds for name, seconds in means.items() if "/" not in name) or 1.0
        yield f"{notebook}: {whole:.2f} s a report, {len(reports)} made"
        order = [*dict.fromkeys(name.partition("/")[0] for name in names)]
        for name in sorted(means, key=lambda each: order.index(each.partition("/")[0])):
            step, _, within = name.partition("/")
            yield f"  {f'  {within}' if within else step:16} {means[name]:7.2f} s {means[name] / whole:4.0%}"
    for kind, times in named.items():
        if times:
            slowest = (
                f"{what} {seconds:.2f} s" for seconds, what in sorted(times, reverse=True)[:_SLOWEST]
            )
            yield f"slowest {kind}s: " + "; ".join(slowest)
