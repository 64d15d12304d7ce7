"""How many reports this machine can run beside each other."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import psutil

#: megabytes to have for each report: its kernel (300 to 700 in the reports that come with the project), its
#: share of the runner, and the renderer
MEGABYTES_EACH = 1024
_MEGABYTE = 1024 * 1024
#: what a container may use and uses, where it is limited (Linux, control groups version 2 and 1)
_LIMITS = (
    ("memory.max", "memory.current"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
)


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
