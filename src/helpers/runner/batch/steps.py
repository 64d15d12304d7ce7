"""The steps of one report: how long each took, and its log, which can be followed while it runs."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from helpers.errors import Problem
from helpers.runner.kernel.execute import RUN_LOG, InterruptionError

BUG_LOG = "bug.txt"


class Steps:
    """Times and logs the steps of one report, and ends it between two steps when the batch is interrupted.

    `folder`: the report's private folder; nothing is logged before it is there.
    """

    def __init__(self, stop: threading.Event, folder: Path) -> None:
        self.now = ""
        self.timings: dict[str, float] = {}
        self.parts: dict[str, float] = {}  # of steps: "render/pdf"
        self._stop, self._log = stop, folder / RUN_LOG

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Run the block as a step of this name."""
        self.now = name
        if self._stop.is_set():
            raise InterruptionError(
                Problem(name, "was not begun: the batch was interrupted", cure="run it again")
            )
        self.note(f"{name} begins")
        began = time.perf_counter()
        try:
            yield
        finally:
            self.timings[name] = round(time.perf_counter() - began, 3)
            self.note(f"{name} took {self.timings[name]:.2f} s")

    @contextlib.contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Time a part of the step."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.parts[f"{self.now}/{name}"] = round(time.perf_counter() - began, 3)

    def note(self, words: str) -> None:
        """Add a line to the report's log."""
        if not self._log.parent.is_dir():
            return
        with contextlib.suppress(OSError), self._log.open("a", encoding="utf-8") as log:
            log.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {words}\n")


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
