"""One fresh kernel for one report: isolated, watched, and gone without a trace when the report is done.

The kernel talks over sockets in a short private folder, so that no other user of the machine can reach
it and no port has to be free. A watch ends its whole process group when the report takes too long or too
much memory, or when the batch is interrupted.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from time import monotonic, sleep, time
from typing import Any

import psutil

#: bytes that the path of a Unix socket may have: sockaddr_un holds 108 on Linux and 104 on macOS
LONGEST_SOCKET_PATH = 103
#: seconds after which a socket folder belongs to no living run: no report may take so long
ABANDONED = 7 * 24 * 3600
_SOCKETS = "boardpack-"
_INTERVAL = 0.2  # seconds between two looks at the clock and the memory
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """What one report may use.

    Parameters
    ----------
    seconds
        Wall-clock time of its execution, the kernel's start included.
    megabytes
        Resident memory of the kernel and of everything that it started, together.
    """

    seconds: float = 900.0
    megabytes: int = 4096


class Cause(StrEnum):
    """Why a watch ended a kernel."""

    TIME = "time"
    MEMORY = "memory"
    INTERRUPTED = "interrupted"


class Watch:
    """Ends the process group of one kernel when a limit is passed, and always when the report is done.

    Parameters
    ----------
    limits
        What the report may use.
    stop
        Set by the batch when it is interrupted.
    """

    def __init__(self, limits: Limits, stop: threading.Event) -> None:
        self.cause: Cause | None = None
        self.peak = 0.0  # megabytes
        self.limits, self._stop = limits, stop
        self._deadline = monotonic() + limits.seconds
        self._done = threading.Event()
        self._thread: threading.Thread | None = None
        self._leader = 0

    def begin(self, leader: int) -> None:
        """Watch the group of a process that leads one."""
        self._leader = leader
        self._thread = threading.Thread(target=self._look, name=f"watch-{leader}", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Stop watching and end whatever of the group is left."""
        self._done.set()
        if self._thread is not None:
            self._thread.join()
            end_group(self._leader)

    def _look(self) -> None:
        while not self._done.wait(_INTERVAL):
            self.peak = max(self.peak, _resident(self._leader))
            if self._stop.is_set():
                self.cause = Cause.INTERRUPTED
            elif monotonic() > self._deadline:
                self.cause = Cause.TIME
            elif self.peak > self.limits.megabytes:
                self.cause = Cause.MEMORY
            if self.cause is not None:
                end_group(self._leader)
                return


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
    return [each for each in found.values() if _is_alive(each)]


def end_group(leader: int, *, patience: float = 5.0) -> None:
    """Kill all processes of a kernel, also those that are started while they are being killed.

    Parameters
    ----------
    leader
        Process id of the kernel.
    patience
        Seconds after which to give up on processes that the system cannot end.
    """
    deadline = monotonic() + patience
    while (living := group_of(leader)) and monotonic() < deadline:
        for process in living:
            with contextlib.suppress(psutil.Error):
                process.kill()
        sleep(0.02)


def _is_alive(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def _resident(leader: int) -> float:
    total = 0
    for process in group_of(leader):
        with contextlib.suppress(psutil.Error):
            total += process.memory_info().rss
    return total / _MEGABYTE


def kernel_environment(extra: Mapping[str, str], home: Path) -> dict[str, str]:
    """Return the environment of a kernel: ours, without the user's own IPython, and repeatable.

    Parameters
    ----------
    extra
        What the project adds.
    home
        An empty folder that takes the place of the user's IPython profile and start-up files.
    """
    fixed = {
        "IPYTHONDIR": str(home),
        "MPLBACKEND": "Agg",  # figures travel in our own mimebundle, never through a backend
        "OPENBLAS_NUM_THREADS": "1",  # kernels run beside each other; also repeatable sums
        "OMP_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # no debugger: spares a notice in each log
    }
    return {**os.environ, **fixed, **extra}


@contextlib.contextmanager
def socket_folder() -> Iterator[Path]:
    """Yield a private folder for a kernel's sockets, which is removed afterwards."""
    base = tempfile.gettempdir()
    if not _fits(Path(base, f"{_SOCKETS}12345678")) and Path("/tmp").is_dir():
        base = "/tmp"
    _sweep(Path(base))
    folder = Path(tempfile.mkdtemp(prefix=_SOCKETS, dir=base))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(base: Path) -> None:
    """Remove the socket folders that killed runs of this user left behind."""
    for folder in base.glob(f"{_SOCKETS}*"):
        with contextlib.suppress(OSError):
            found = folder.stat()
            is_own = not hasattr(os, "getuid") or found.st_uid == os.getuid()
            if is_own and time() - found.st_mtime > ABANDONED:
                shutil.rmtree(folder, ignore_errors=True)


def _fits(folder: Path) -> bool:
    return len(os.fsencode(folder / "k-ipc-12345")) <= LONGEST_SOCKET_PATH


def transport_for(folder: Path) -> str:
    """Return `ipc` where sockets can lie in the folder, `tcp` elsewhere, as on Windows."""
    return "ipc" if os.name == "posix" and hasattr(socket, "AF_UNIX") and _fits(folder) else "tcp"


@dataclass(frozen=True)
class Seat:
    """Where a kernel runs: its sockets, its working folder, its log, its environment, its watch."""

    sockets: Path
    folder: Path
    log: Path
    environment: Mapping[str, str]
    watch: Watch


def kernel_manager(seat: Seat) -> type:
    """Return a kernel manager class, as nbclient wants it, that starts one kernel at a seat.

    The kernel runs on this very interpreter, whatever kernels the user has installed.
    """
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager

    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    own_spec = KernelSpec(
        argv=[*command, "--HistoryManager.enabled=False"], display_name="boardpack", language="python"
    )

    class SeatedKernelManager(AsyncKernelManager):  # type: ignore[misc]
        def __init__(self, **keywords: Any) -> None:
            super().__init__(
                **keywords,
                transport=transport_for(seat.sockets),
                connection_file=str(seat.sockets / "k.json"),
                shutdown_wait_time=2.0,
            )

        @property
        def kernel_spec(self) -> KernelSpec:
            return own_spec

        async def _async_launch_kernel(self, kernel_cmd: list[str], **keywords: Any) -> None:
            keywords |= {"cwd": str(seat.folder), "env": {**keywords["env"], **seat.environment}}
            with seat.log.open("ab") as log:
                keywords |= {"stdout": log, "stderr": log, "stdin": None}
                await super()._async_launch_kernel(kernel_cmd, **keywords)
            seat.watch.begin(self.provisioner.pid)

    return SeatedKernelManager
