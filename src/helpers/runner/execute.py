"""Run a notebook with its parameters, through papermill, in a kernel of its own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.errors import DataError, Problem, ReportError, UserError
from helpers.runner.kernel import START_TIMEOUT, Seat, kernel_environment, kernel_manager
from helpers.runner.plan import Job
from helpers.runner.prewarmed import ForkServer
from helpers.runner.sockets import socket_folder
from helpers.runner.watch import Cause, Limits, Watch

EXECUTED = "executed.ipynb"
KERNEL_LOG = "kernel.log"
RUN_LOG = "run.log"
#: cells that papermill adds; they do not count when a cell is named by its number
_ADDED = {"injected-parameters", "papermill-error-cell-tag"}
#: how IPython's traceback names a line of the cell, once its colours are taken out
_FAILED_LINE = re.compile(r"Cell In\s?\[\d+\], line (\d+)")
_COLOUR = re.compile(r"\x1b\[[\d;]*m")


class TimeLimitError(ReportError):
    """The report took longer than it may."""


class MemoryLimitError(ReportError):
    """The report took more memory than it may."""


class InterruptionError(ReportError):
    """The batch was interrupted while this report ran."""


@dataclass(frozen=True)
class Executed:
    """An executed notebook.

    Parameters
    ----------
    path
        Where it lies: private.
    notebook
        Its content (nbformat 4).
    peak
        The highest resident memory that was seen, in megabytes.
    warnings
        What papermill and the kernel's client warned of.
    """

    path: Path
    notebook: Any
    peak: float
    warnings: tuple[str, ...] = ()


def execute(
    job: Job,
    folder: Path,
    *,
    environment: Mapping[str, str],
    limits: Limits,
    stop: threading.Event,
    server: ForkServer | None = None,
) -> Executed:
    """Run a report's notebook in its private folder.

    Parameters
    ----------
    job
        The report.
    folder
        The report's own run folder; the executed notebook and the logs stay there.
    environment
        Environment variables that the project hands to the kernel.
    limits
        Time and memory that end the kernel and everything that it started.
    stop
        Set when the batch is interrupted.
    server
        From what the kernel is forked; None starts it as a process of its own.

    Raises
    ------
    DataError
        If a cell raised `DataError`: data that the report needs is not there.
    ReportError
        If a cell raised anything else, or the kernel ended early.
    """
    from papermill.exceptions import PapermillExecutionError

    executed = folder / EXECUTED
    watch = Watch(limits, stop)
    try:
        with (
            _logged(folder / RUN_LOG) as warnings,
            _own_event_loop(),
            _seat(folder, environment, watch, server) as seat,
        ):
            notebook = _run_papermill(job, folder, seat)
    except PapermillExecutionError as error:
        raise _failed_cell(job, executed, error) from None
    except Exception as error:
        # a kernel that is gone is a RuntimeError to nbclient; one that we ended may show as anything
        if watch.cause is None and not isinstance(error, RuntimeError):
            raise
        raise _ended_early(job, folder, watch, error) from error
    unfit = server.unfit if server is not None else ()
    return Executed(executed, notebook, watch.peak, (*warnings, *unfit))


@contextlib.contextmanager
def _seat(
    folder: Path, environment: Mapping[str, str], watch: Watch, server: ForkServer | None
) -> Iterator[Seat]:
    """Prepare where the kernel runs; afterwards nothing is left of it but its working folder and its log."""
    work = folder / "work"
    work.mkdir(mode=0o700)
    with socket_folder() as private:
        for name in ("ipython", "t"):
            (private / name).mkdir(mode=0o700)
        try:
            whole = kernel_environment(environment, private)
            yield Seat(private, work, folder / KERNEL_LOG, whole, watch, server)
        finally:
            watch.end()


def _run_papermill(job: Job, folder: Path, seat: Seat) -> Any:
    from papermill.execute import execute_notebook

    return execute_notebook(
        _literal(job.notebook.path),
        _literal(folder / EXECUTED),
        parameters=dict(job.parameters),
        kernel_name="python3",
        language="python",
        progress_bar=False,
        start_timeout=START_TIMEOUT,
        shutdown_kernel="immediate",  # all its outputs are here, and nothing that it could still do counts
        kernel_manager_class=kernel_manager(seat),
    )


def _literal(path: Path) -> str:
    """Return a path in which papermill finds no placeholders."""
    return str(path).replace("{", "{{").replace("}", "}}")


@contextlib.contextmanager
def _own_event_loop() -> Iterator[None]:
    """Close the event loop that the kernel's client opens for a thread and leaves open."""
    from jupyter_core.utils import ensure_event_loop

    loop = ensure_event_loop()
    try:
        yield
    finally:
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
        asyncio.set_event_loop(None)


@contextlib.contextmanager
def _logged(path: Path) -> Iterator[list[str]]:
    """Write what papermill logs for this report to a file, and yield the list of its warnings.

    All reports of a batch share papermill's one logger; each runs in a thread of its own.
    """
    warnings: list[str] = []
    own = threading.get_ident()

    def keep(record: logging.LogRecord) -> bool:
        if record.thread == own and record.levelno == logging.WARNING:
            warnings.append(record.getMessage())
        return record.thread == own

    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    handler.addFilter(keep)
    logger = logging.getLogger("papermill")
    logger.addHandler(handler)
    try:
        yield warnings
    finally:
        logger.removeHandler(handler)
        handler.close()


def describe(job: Job) -> str:
    """Return a report's parameters as messages show them."""
    given = ", ".join(f"{name}={value!r}" for name, value in job.parameters.items())
    return given or "the notebook's own values"


def _failed_cell(job: Job, executed: Path, error: Any) -> UserError:
    number = _cell_number(executed)
    where = f"cell {number} (`{_failed_line(error.source, error.traceback)}`)"
    came = error.evalue if error.ename == "DataError" else f"{error.ename}: {error.evalue}"
    cure = f"parameters: {describe(job)}; the executed notebook is {executed}"
    kind = DataError if error.ename == "DataError" else ReportError
    return kind(Problem(where, came.rstrip("."), cure=cure))


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


def _ended_early(job: Job, folder: Path, watch: Watch, error: Exception) -> ReportError:
    kinds = {
        Cause.TIME: TimeLimitError,
        Cause.MEMORY: MemoryLimitError,
        Cause.INTERRUPTED: InterruptionError,
    }
    came = {
        Cause.TIME: f"took longer than {watch.limits.seconds:g} seconds and was ended",
        Cause.MEMORY: f"took more than {watch.limits.megabytes} megabytes of memory and was ended",
        Cause.INTERRUPTED: "was interrupted",
        None: f"its kernel ended by itself ({error}); the system may have run out of memory",
    }[watch.cause]
    kind = kinds[watch.cause] if watch.cause else ReportError
    cure = f"parameters: {describe(job)}; what it had done is in {folder / EXECUTED}, its log in {folder}"
    return kind(Problem("execution", came, cure=cure))
