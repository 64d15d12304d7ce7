"""Processes: those of one kernel, what memory they take and how all are ended; calls of a moment; how many fit here."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from time import monotonic, sleep
from typing import Final

import psutil

_MEGABYTE = 1024 * 1024
_BRIEF: Final[set[subprocess.Popen[str]]] = set()  # those that `call_briefly` waits for
#: megabytes to have for each report: its kernel (300 to 700 in the reports that come with the project), its
#: share of the runner, and the renderer
MEGABYTES_EACH = 1024
#: what a container may use and uses, where it is limited (Linux, control groups version 2 and 1)
_LIMITS = (
    ("memory.max", "memory.current"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
)


def group_of(leader: int) -> list[psutil.Process]:
    """Return the living processes of a kernel: its process group and all its descendants."""
    found: dict[int, psutil.Process] = {}
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(leader)
        found = {each.pid: each for each in (process, *process.children(recursive=True))}
    if hasattr(os, "getpgid"):
        for pid in psutil.pids():
            with contextlib.suppress(OSError, psutil.Error):
                if os.getpgid(pid) == leader:
                    found.setdefault(pid, psutil.Process(pid))
    alive: list[psutil.Process] = []
    for each in found.values():
        with contextlib.suppress(psutil.Error):
            alive += [each] if each.status() != psutil.STATUS_ZOMBIE else []
    return alive


def end_group(leader: int, *, patience: float = 5.0) -> None:
    """Kill all processes of a kernel, also those that are started while they are being killed.

    `patience`: seconds after which to give up on processes that the system cannot end.
    """
    deadline = monotonic() + patience
    while (living := group_of(leader)) and monotonic() < deadline:
        for process in living:
            with contextlib.suppress(psutil.Error):
                process.kill()
        sleep(0.02)


class ProcessGroup:
    """The processes of a kernel that was started without a keeper: its group and its descendants."""

    def __init__(self, leader: int) -> None:
        self._leader = leader

    @property
    def exit_code(self) -> int | None:
        """Unknown: its parent alone is told."""
        return None

    def resident(self, enough: float) -> float:
        """Return the memory of all of them in megabytes; see `resident`."""
        return resident((each.pid for each in group_of(self._leader)), enough=enough)

    def end(self) -> None:
        """Kill all of them."""
        end_group(self._leader)


def descendants(keeper: int) -> list[int]:
    """Return the process ids of all that a process and its children started, without itself.

    Linux tells the children of each thread; elsewhere, and on a kernel built without that, all processes
    of the machine are asked for their parents, which takes far longer.
    """
    try:
        found: list[int] = []
        waiting = _children(keeper)
        while waiting:
            pid = waiting.pop()
            found.append(pid)
            with contextlib.suppress(FileNotFoundError):  # it has just ended
                waiting += _children(pid)
    except FileNotFoundError:
        with contextlib.suppress(psutil.Error):
            return [each.pid for each in psutil.Process(keeper).children(recursive=True)]
        return []
    return found


def _children(pid: int) -> list[int]:
    return [
        int(child)
        for thread in os.listdir(f"/proc/{pid}/task")  # noqa: PTH208  (five times as fast as Path.iterdir)
        for child in Path(f"/proc/{pid}/task/{thread}/children").read_text().split()
    ]


def resident(pids: Iterable[int], *, enough: float = float("inf")) -> float:
    """Return the resident memory of some processes together, in megabytes.

    Pages that forked processes share are counted once for each of them, which is quick to find out. Only
    where that comes to `enough` or more are they shared out among them (the proportional set size of
    Linux), so that no kernel is ended for memory that is not there.
    """
    pids = list(pids)
    total = sum(_resident(pid) for pid in pids)
    if total >= enough:
        total = sum(_share(pid) for pid in pids)
    return total


def _resident(pid: int) -> float:
    with contextlib.suppress(psutil.Error):
        return float(psutil.Process(pid).memory_info().rss) / _MEGABYTE
    return 0.0


def _share(pid: int) -> float:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return _resident(pid)


def call_briefly(
    command: Sequence[str], *, folder: Path, seconds: float
) -> subprocess.CompletedProcess[str]:
    """Run a program that takes a moment, without a keeper, which would take a part of that moment.

    Raises `subprocess.TimeoutExpired` when it takes longer; it is ended then.
    """
    with subprocess.Popen(
        command,
        cwd=folder,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,  # an interruption from the keyboard is the runner's to deal with
    ) as process:
        _BRIEF.add(process)
        try:
            said, told = process.communicate(timeout=seconds)
        finally:
            _BRIEF.discard(process)
            process.kill()
        return subprocess.CompletedProcess(command, process.returncode, said, told)


def end_brief_calls() -> None:
    """End the programs that `call_briefly` waits for."""
    for process in tuple(_BRIEF):
        process.kill()


@contextlib.contextmanager
def terminable() -> Iterator[None]:
    """Take a request to terminate, as schedulers send it, for an interruption."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def usable_jobs() -> int:
    """Return how many reports to run beside each other: one for each core, as far as memory goes."""
    return max(1, min(usable_cores(), int(usable_memory() // MEGABYTES_EACH)))


def usable_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def usable_memory(groups: Path = Path("/sys/fs/cgroup")) -> float:
    """Return the memory that is available to this process, in megabytes.

    `groups`: where the control groups are; a container sees its own there.
    """
    free = [float(psutil.virtual_memory().available)]
    for limit, used in _LIMITS:
        with contextlib.suppress(OSError, ValueError):  # no such file, or the word "max"
            free.append(int((groups / limit).read_text()) - int((groups / used).read_text()))
    return max(0.0, min(free)) / _MEGABYTE
