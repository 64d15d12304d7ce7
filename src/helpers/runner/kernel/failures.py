"""Why a notebook's execution failed, in words: a cell's own error, a limit, or a kernel that is gone."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from helpers.errors import DataError, Problem, ReportError, UserError
from helpers.runner.kernel.guard import WHY_HIDDEN
from helpers.runner.kernel.watch import Cause, Watch
from helpers.runner.plan.jobs import Job

#: cells that papermill adds; they do not count when a cell is named by its number
_ADDED = {"injected-parameters", "papermill-error-cell-tag"}
#: errors of a helper whose message says all: what the data do not hold, what a parameter cannot be
_TOLD_IN_FULL = ("DataError", "UsageError")
#: how IPython's traceback names a line of the cell, once its colours are taken out
_FAILED_LINE = re.compile(r"Cell In\s?\[\d+\], line (\d+)")
#: what libraries say where the system refuses to open a file for them
_DENIED = re.compile(
    r"\.parquet\b.*permission denied|permission denied.*(\.parquet\b|/proc/\d+/)", re.IGNORECASE | re.DOTALL
)
_COLOUR = re.compile(r"\x1b\[[\d;]*m")


class TimeLimitError(ReportError):
    """The report took longer than it may."""


class MemoryLimitError(ReportError):
    """The report took more memory than it may."""


class InterruptionError(ReportError):
    """The batch was interrupted while this report ran."""


class KernelDeathError(ReportError):
    """The kernel is gone, and neither we nor its notebook ended it: another attempt may do better."""


def describe(job: Job) -> str:
    """Return a report's parameters as messages show them."""
    given = ", ".join(f"{name}={value!r}" for name, value in job.parameters.items())
    return given or "the notebook's own values"


def failed_cell(job: Job, executed: Path, error: Any) -> UserError:
    number = _cell_number(executed)
    where = f"cell {number} (`{_failed_line(error.source, error.traceback)}`)"
    came = in_full(error.ename, error.evalue)
    cure = f"parameters: {describe(job)}; the executed notebook is {executed}"
    kind = DataError if error.ename == "DataError" else ReportError
    return kind(Problem(where, came.rstrip("."), cure=cure))


def in_full(kind: str, words: str) -> str:
    """Return what a cell's error says, with what to do where the system refused a file, which has no words for it.

    >>> in_full("PermissionError", "[Errno 13] Permission denied: '/proc/7/mem'").partition(": a notebook")[1]
    ': a notebook'
    """
    came = words if kind in _TOLD_IN_FULL else f"{kind}: {words}"
    return f"{came.rstrip('.')}: {WHY_HIDDEN}" if _DENIED.search(came) and WHY_HIDDEN not in came else came


def _failed_line(source: str, traceback: Iterable[str]) -> str:
    """Return the line of a cell at which it failed, its first line where the traceback does not say."""
    lines = source.splitlines()
    found = _FAILED_LINE.search(_COLOUR.sub("", "\n".join(traceback)))
    number = int(found[1]) if found else next((n for n, each in enumerate(lines, 1) if each.strip()), 0)
    return lines[number - 1].strip() if 0 < number <= len(lines) else ""


def _cell_number(executed: Path) -> int:
    """Return the number of the failed cell as the analyst counts, from 1 in the notebook as stored."""
    number = 0
    for cell in json.loads(executed.read_text("utf-8"))["cells"]:
        if _ADDED.isdisjoint(cell.get("metadata", {}).get("tags", [])):
            number += 1
        if any(output["output_type"] == "error" for output in cell.get("outputs", [])):
            break
    return number


def ended_early(job: Job, executed: Path, watch: Watch, error: Exception) -> ReportError:
    """Return what is to be said of a kernel that is gone."""
    kind, came = _END[watch.cause] if watch.cause else _own_end(watch.exit_code, error)
    came = came.format(limits=watch.limits)
    cure = f"parameters: {describe(job)}; what it had done is in {executed}, its log in {executed.parent}"
    return kind(Problem("execution", came, cure=cure))


_END: dict[Cause, tuple[type[ReportError], str]] = {
    Cause.TIME: (TimeLimitError, "took longer than {limits.seconds:g} seconds and was ended"),
    Cause.MEMORY: (MemoryLimitError, "took more than {limits.megabytes} megabytes of memory and was ended"),
    Cause.OUTPUT: (
        ReportError,
        "gave more than {limits.output} megabytes of output and was ended; print less",
    ),
    Cause.INTERRUPTED: (InterruptionError, "was interrupted"),
}


def _own_end(code: int | None, error: Exception) -> tuple[type[ReportError], str]:
    """Return what a kernel's exit code says: one that a signal ended may do better another time."""
    if code is None:
        return KernelDeathError, f"its kernel ended by itself or did not answer ({error})"
    if code == -signal.SIGKILL:
        return KernelDeathError, "its kernel was killed; the system may have run out of memory"
    if code < 0:
        return KernelDeathError, f"its kernel ended by itself: {signal.strsignal(-code)} (signal {-code})"
    return ReportError, f"its kernel ended by itself with exit code {code}; a cell must not end its process"
