"""What a report may use, and the watch that ends its kernel when it uses more."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from enum import StrEnum
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from helpers.runner.kernel.prewarmed import KeptKernel
    from helpers.runner.processes import ProcessGroup

MEGABYTE = 1024 * 1024
_INTERVAL = 0.2  # seconds between two looks at the clock and the memory


@dataclass(frozen=True)
class KernelLimits:
    """What one report may use."""

    seconds: float = 900.0  # wall-clock time of its execution, the kernel's start included
    megabytes: int = 4096  # resident memory of the kernel and of everything that it started, together
    output: int = 64  # megabytes of output that its cells may give: a report shows far less


class Cause(StrEnum):
    """Why a watch ended a kernel."""

    TIME = "time"
    MEMORY = "memory"
    OUTPUT = "output"
    INTERRUPTED = "interrupted"


class Watch:
    """Ends a kernel when a limit is passed, and always when the report is done.

    `stop`: set by the batch when it is interrupted. `turns`: how many notebooks may be executed at a time; the kernel
    of the next one starts meanwhile.
    """

    def __init__(
        self, limits: KernelLimits, stop: threading.Event, turns: threading.Semaphore | None = None
    ) -> None:
        self.cause: Cause | None = None
        self.peak = 0.0  # megabytes
        self.waited = 0.0  # seconds for its turn, with the kernel at rest
        self.limits, self._stop, self._turns = limits, stop, turns
        self._deadline = monotonic() + limits.seconds
        self._done = threading.Event()
        self._thread: threading.Thread | None = None
        self._output = 0  # bytes
        self._has_turn = False
        self.exit_code: int | None = None  # how it ended by itself; None where it did not, or nobody knows

    def count_output(self, size: int) -> None:
        """Count bytes of output, and end the kernel when they are too many."""
        self._output += size
        if self._output > self.limits.output * MEGABYTE and self.cause is None:
            self.cause = Cause.OUTPUT
            self._kernel.end()

    def begin(self, kernel: KeptKernel | ProcessGroup) -> None:
        """Watch a kernel until the report is done."""
        self._kernel = kernel
        self._thread = threading.Thread(target=self._look, name="watch", daemon=True)
        self._thread.start()

    def take_turn(self) -> None:
        """Wait until the notebook may be executed, which is no time of its own."""
        if self._turns is None:
            return
        began, left = monotonic(), self._deadline - monotonic()
        self._deadline = math.inf
        while not (taken := self._turns.acquire(timeout=_INTERVAL)) and self.cause is None:
            pass
        self._has_turn = taken
        self.waited = monotonic() - began
        self._deadline = monotonic() + left

    def end(self) -> None:
        """Stop watching and end whatever is left."""
        if self._thread is not None and not self._done.is_set():
            self.exit_code = self._kernel.exit_code
            self._measure()  # a short one may have been looked at never
            self._done.set()
            self._thread.join()
            self._kernel.end()
            if self._has_turn and self._turns is not None:
                self._turns.release()

    def _look(self) -> None:
        while not self._done.wait(_INTERVAL):
            self._measure()
            if self.cause is not None:
                return
            if self._stop.is_set():
                self.cause = Cause.INTERRUPTED
            elif monotonic() > self._deadline:
                self.cause = Cause.TIME
            elif self.peak > self.limits.megabytes:
                self.cause = Cause.MEMORY
            if self.cause is not None:
                self._kernel.end()
                return

    def _measure(self) -> None:
        self.peak = max(self.peak, self._kernel.resident(self.limits.megabytes))
