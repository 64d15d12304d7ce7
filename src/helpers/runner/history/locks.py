"""Locks that the operating system frees when their holder dies: on a run that is alive, on one report.

A process's number may be given to another and its start shifts when the clock is set; a lock does neither.
The files lie in the private folder and say nothing; a back-up leaves them out.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from filelock import FileLock, Timeout

from helpers.runner.project import private_folder

FOLDER = "lock"
#: held by whoever writes the pages that list the reports
LISTING = "listing"
_LOOK = 0.1  # seconds between two tries
_held: dict[Path, FileLock] = {}


def _run_path(state: Path, run: str) -> Path:
    return state / FOLDER / "runs" / run


def _lock(path: Path) -> FileLock:
    return FileLock(path, mode=0o600, thread_local=False)


def _is_got(lock: FileLock) -> bool:
    """Take a lock if nobody has it."""
    private_folder(Path(lock.lock_file).parent)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    return True


@contextlib.contextmanager
def _tried(lock: FileLock) -> Iterator[bool]:
    """Run the block, which is told whether the lock was got: nobody is waited for."""
    mine = _is_got(lock)
    try:
        yield mine
    finally:
        if mine:
            lock.release(force=True)


def hold_run(state: Path, run: str) -> None:
    """Show that a run is alive, until it is let go or this process ends."""
    path = _run_path(state, run)
    private_folder(path.parent)
    lock = _lock(path)
    lock.acquire()
    _held[path] = lock


def let_run_go(state: Path, run: str) -> None:
    """Show that a run is over, whoever held it."""
    path = _run_path(state, run)
    if lock := _held.pop(path, None):
        lock.release()
    path.unlink(missing_ok=True)


def is_run_alive(state: Path, run: str) -> bool:
    """Tell whether the process of a run still holds it."""
    path = _run_path(state, run)
    if path in _held:
        return True
    if not path.exists():
        return False
    with _tried(_lock(path)) as is_free:
        return not is_free


@contextlib.contextmanager
def hold(state: Path, what: str) -> Iterator[None]:
    """Let one process at a time run the block."""
    with _lock(private_folder(state / FOLDER) / what):
        yield


def try_hold(state: Path, what: str) -> AbstractContextManager[bool]:
    """Run the block, which is told whether this process alone does; another one that does already is not waited for."""
    return _tried(_lock(state / FOLDER / what))


class ReportLock:
    """The right to make and publish one report, which one run has at a time.

    `state`: the project's private folder.
    """

    def __init__(self, state: Path, notebook: str, name: str) -> None:
        self._lock = _lock(state / FOLDER / "reports" / notebook / name)

    def acquire(self, stop: threading.Event) -> bool:
        """Wait for the right; return whether it was got before the batch was interrupted."""
        while not stop.is_set():
            if self.try_once():
                return True
            stop.wait(_LOOK)
        return False

    def try_once(self) -> bool:
        """Take the right if nobody has it."""
        return _is_got(self._lock)

    def tried(self) -> AbstractContextManager[bool]:
        """Run the block, which is told whether the right was got: nobody is waited for."""
        return _tried(self._lock)

    @property
    def is_held(self) -> bool:
        """Whether this very lock has it."""
        return bool(self._lock.is_locked)

    def release(self) -> None:
        """Give the right up; nothing happens where it is not held."""
        self._lock.release(force=True)
