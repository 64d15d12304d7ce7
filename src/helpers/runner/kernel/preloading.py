"""What is imported before kernels are forked, and what then speaks against forking.

A process may be forked when it has done nothing but import: it has one thread, no open file, no event loop.
"""

from __future__ import annotations

import gc
import importlib
import logging
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from helpers.importing import as_not_installed

#: what a kernel imports by itself when it starts
KERNEL = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "tornado.platform.asyncio",
    "tornado.queues",
)
#: what a kernel imports only where it is there, and a report has no use for: no one steps through its cells
DEBUGGER: Final = ("debugpy",)
#: threads that libraries start when they are imported, and that they themselves care for when forked:
#: jemalloc, which Arrow brings along, by its handlers for `pthread_atfork` (jemalloc, background_thread.c)
HARMLESS_THREADS = frozenset({"jemalloc_bg_thd"})
#: joins the shell of the process that imports it, so only a kernel may: elsewhere all its figures would vanish
BACKEND = "matplotlib_inline"


def prepare(modules: Iterable[str], spare: set[int]) -> list[str]:
    """Import, and return what speaks against forking from this process now."""
    gc.disable()  # what is imported stays: to look for garbage in it is a tenth of the time
    wanted = [name for name in modules if name.partition(".")[0] != BACKEND]
    with as_not_installed(DEBUGGER):
        unfit = _import_all(KERNEL)
    unfit += [*_import_all(wanted), *_unfit(spare)]
    gc.freeze()  # a kernel's garbage collection leaves the shared pages alone
    gc.enable()
    return unfit


def _import_all(names: Iterable[str]) -> list[str]:
    return [complaint for name in names if (complaint := _import(name))]


def _import(name: str) -> str:
    """Import a module, and return what it said: a fresh kernel would say it in a cell."""
    before = _said()
    try:
        _import_or_get(name)
    except ModuleNotFoundError as error:
        is_lacking = f"{name}.".startswith(f"{error.name}.")  # it, or its package: a cell will tell
        return "" if is_lacking else f"{name} cannot be imported: {error!r}"
    except Exception as error:
        return f"{name} cannot be imported: {error!r}"
    if (length := _said() - before) > 0:
        text = os.pread(sys.stdout.fileno(), min(length, 200), before).decode(errors="replace")
        return f"{name} says when it is imported: {' '.join(text.split())}"
    return ""


def _import_or_get(name: str) -> None:
    """Import a module, or get a name from one, which may import what it stands for only then."""
    package, _, last = name.rpartition(".")
    if package in sys.modules and hasattr(sys.modules[package], last):
        return
    importlib.import_module(name)


def _said() -> int:
    """Return how much has been written to the file that is standard output and error of this process."""
    sys.stdout.flush()
    sys.stderr.flush()
    return os.fstat(sys.stdout.fileno()).st_size


def _unfit(spare: set[int]) -> list[str]:
    """Return the threads and open files that must not be there when a process is forked."""
    tasks = [task for task in Path("/proc/self/task").iterdir() if task.name != str(os.getpid())]
    threads = {(task / "comm").read_text().strip() for task in tasks} - HARMLESS_THREADS
    files = {_target(fd) for fd in open_files() if fd > 2 and fd not in spare} - {None}
    handlers = [each for each in logging.getLogger().handlers if isinstance(each, logging.StreamHandler)]
    is_taken_up = f"{BACKEND}.backend_inline" in sys.modules
    return [
        *(["an import took up the inline backend"] if is_taken_up else []),
        *(f"an import started the thread {name}" for name in sorted(threads)),
        *(f"an import left {name} open" for name in sorted(map(str, files))),
        *(f"an import made all logging go to {each.stream}" for each in handlers),
    ]


def open_files() -> list[int]:
    return [int(name) for name in os.listdir("/proc/self/fd")]  # noqa: PTH208  (names are all that is needed)


def _target(fd: int) -> str | None:
    try:
        return os.readlink(f"/proc/self/fd/{fd}")  # noqa: PTH115  (also pipes and sockets)
    except OSError:  # the one by which the folder was read
        return None
