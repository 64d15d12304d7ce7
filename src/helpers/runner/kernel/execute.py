"""Run a notebook with its parameters, through papermill, in a kernel of its own.

What stands in `__all__` is all that the rest of the runner knows of kernels: a contract on imports holds it.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from helpers.reads import Note, read_notes
from helpers.runner.kernel.failures import (
    InterruptionError,
    KernelDeathError,
    MemoryLimitError,
    TimeLimitError,
    ended_early,
    failed_cell,
)
from helpers.runner.kernel.manager import (
    START_TIMEOUT,
    Seat,
    kernel_environment,
    kernel_manager,
    register_engine,
    socket_folder,
)
from helpers.runner.kernel.prewarmed import IS_SUPPORTED, ForkServer, imported_by
from helpers.runner.kernel.seccomp import can_watch
from helpers.runner.kernel.watch import KernelLimits, Watch
from helpers.runner.plan.jobs import Job
from helpers.runner.walls import RoomProcess, Wall

__all__ = [
    "EXECUTED",
    "IS_SUPPORTED",
    "KERNEL_LOG",
    "MIRROR",
    "RUN_LOG",
    "Executed",
    "ForkServer",
    "Ground",
    "InterruptionError",
    "KernelLimits",
    "MemoryLimitError",
    "TimeLimitError",
    "can_watch",
    "execute",
    "fork_server",
]

EXECUTED = "executed.ipynb"
KERNEL_LOG = "kernel.log"
RUN_LOG = "run.log"
#: seconds before another attempt, where the kernel was lost to something that can pass by itself
PAUSES = (2.0, 10.0)
MIRROR = "work"


@dataclass(frozen=True)
class Ground:
    """The project around a notebook, as its kernel may use it."""

    root: Path | None = None  # its folder, which the kernel may read
    state: Path | None = None  # its private state, which the working folder does not show
    #: folders of the state in which a kernel keeps what it has worked out, for itself or for others
    caches: tuple[Path, ...] = ()
    hidden: tuple[Path, ...] = ()  # folders whose files it may not read, but for its own
    room: RoomProcess | None = None  # what is run beside it, and alone may read some of the rest

    def wall(self, *own: Path) -> Wall | None:
        """Return what holds a kernel to its own folders; nothing where there is no project to protect."""
        sealed = self.room.sealed() if self.room else ()
        return Wall((*own, *self.caches), (*self.hidden, *sealed)) if self.root else None


@dataclass(frozen=True)
class Executed:
    """An executed notebook."""

    path: Path  # where it lies: private
    notebook: Any  # its content (nbformat 4)
    peak: float  # the highest resident memory that was seen, in megabytes
    notes: tuple[Note, ...] = ()  # what was read (`helpers.reads`)
    warnings: tuple[str, ...] = ()  # what papermill and the kernel's client warned of
    waited: float = 0.0  # seconds for its turn, with its kernel at rest


@contextlib.contextmanager
def fork_server(
    environment: Mapping[str, str], home: Path, notebooks: Iterable[Path], preload: Sequence[str]
) -> Iterator[ForkServer | None]:
    """Yield what the kernels of a batch are forked from, or None where the system cannot do that.

    `home`: a private folder for what IPython keeps. `notebooks`: what is going to run: the modules that they import
    are imported before the first fork.
    """
    if not IS_SUPPORTED:
        yield None
        return
    with ForkServer(kernel_environment(environment, home), (*preload, *imported_by(notebooks))) as server:
        yield server


def execute(
    job: Job,
    folder: Path,
    *,
    environment: Mapping[str, str],
    limits: KernelLimits,
    stop: threading.Event,
    server: ForkServer | None = None,
    ground: Ground | None = None,
    turns: threading.Semaphore | None = None,
) -> Executed:
    """Run a report's notebook in its private folder, again after a pause where its kernel was lost.

    Raises `DataError` if a cell raised `DataError`: data that the report needs is not there; `ReportError` if a cell
    raised anything else, or the kernel ended early.

    `folder`: the report's own run folder; the executed notebook and the logs stay there. `server`: from what the kernel
    is forked; None starts it as a process of its own. `ground`: the project around the notebook; without one it has an
    empty working folder and no wall. `turns`: of reports whose kernels have started, so many are executed at a time.
    """

    lost: list[str] = []
    for pause in (*PAUSES, None):
        try:
            executed = _attempt(
                job, folder, Watch(limits, stop, turns), environment, server, ground or Ground()
            )
        except KernelDeathError as error:
            if pause is None:
                raise
            lost.append(f"run again: {error.problems[0].came}")
            shutil.rmtree(folder / MIRROR, ignore_errors=True)  # what the lost attempt left
            (folder / EXECUTED).unlink(missing_ok=True)
            if stop.wait(pause):
                raise
        else:
            return replace(executed, warnings=(*lost, *executed.warnings))
    raise AssertionError("the last attempt returns or raises")


def _attempt(
    job: Job,
    folder: Path,
    watch: Watch,
    environment: Mapping[str, str],
    server: ForkServer | None,
    ground: Ground,
) -> Executed:
    from papermill.exceptions import PapermillExecutionError

    executed = folder / EXECUTED
    try:
        with (
            _logged(folder / RUN_LOG) as warnings,
            _own_event_loop(),
            _mirror(folder, job.notebook.path.parent, ground) as work,
            socket_folder() as private,
            contextlib.ExitStack() as after,
        ):
            for name in ("ipython", "t"):
                (private / name).mkdir(mode=0o700)
            after.callback(watch.end)
            seat = Seat(
                private,
                work,
                folder / KERNEL_LOG,
                kernel_environment(environment, private),
                watch,
                server,
                ground.wall(folder / MIRROR, private),
                ground.room.told(ground.hidden) if ground.room else None,
            )
            notebook = _run_papermill(job, folder, seat)
            notes = tuple(read_notes(seat.notes))
    except PapermillExecutionError as error:
        raise failed_cell(job, executed, error) from None
    except Exception as error:
        # a kernel that is gone is a RuntimeError to nbclient; one that we ended may show as anything
        if watch.cause is None and not isinstance(error, RuntimeError):
            raise
        raise ended_early(job, executed, watch, error) from error
    unfit = server.unfit if server is not None else ()
    return Executed(executed, notebook, watch.peak, notes, (*warnings, *unfit), watch.waited)


@contextlib.contextmanager
def _mirror(folder: Path, beside: Path, ground: Ground) -> Iterator[Path]:
    """Yield the working folder of a report's kernel: what JupyterLab would show the notebook, but none can be changed.

    JupyterLab, papermill and Quarto run a notebook in the folder where it lies, so analysts read `targets.csv` beside
    it, `../data/beds.csv` in the project, and import modules of their own. A batch runs many reports of one notebook
    beside each other. So each gets a folder of its own in its run folder, with links to all that it would find there:

        work            links to what lies in the project's folder
        work/notebooks  the working folder; links to what lies beside the notebook

    What a notebook writes by a relative path is new in these folders, and private. What a link leads to is the project
    itself, in which a kernel may not write (`guard`). Afterwards the links are removed, so that whoever walks the run
    folder stays in it. Where the system makes no links, it works in the notebook's own folder, as in JupyterLab.
    """
    work = mirror = folder / MIRROR
    mirror.mkdir(mode=0o700)
    try:
        if ground.root is not None:
            work = mirror / beside.relative_to(ground.root)
            work.mkdir(mode=0o700, parents=True)
            kept = {each.resolve() for each in (ground.state, folder) if each is not None}
            try:
                for source, target in ((ground.root, mirror), (beside, work)):
                    for entry in source.iterdir():
                        if entry.resolve() not in kept and not (target / entry.name).exists():
                            (target / entry.name).symlink_to(entry)
            except OSError:  # Windows lets few users make links
                work = beside
        yield work
    finally:
        for path in [*mirror.rglob("*")]:
            if path.is_symlink():
                path.unlink()


def _run_papermill(job: Job, folder: Path, seat: Seat) -> Any:
    from papermill.execute import execute_notebook

    return execute_notebook(
        _literal(job.notebook.path),
        _literal(folder / EXECUTED),
        parameters=dict(job.parameters),
        engine_name=register_engine(),
        kernel_name="python3",
        language="python",
        progress_bar=False,
        start_timeout=START_TIMEOUT,
        # a large picture takes its time where many reports are made; papermill gives a cell's outputs 4 seconds
        iopub_timeout=START_TIMEOUT,
        shutdown_kernel="immediate",  # all its outputs are here, and nothing that it could still do counts
        kernel_manager_class=kernel_manager(seat),
    )


def _literal(path: Path) -> str:
    """Return a path in which papermill finds no placeholders."""
    return str(path).replace("{", "{{").replace("}", "}}")


@contextlib.contextmanager
def _own_event_loop() -> Iterator[None]:
    """Close the event loop that the kernel's client opens for a thread and leaves open."""
    import asyncio  # late, as are all libraries of kernels: a batch of which nothing is due runs none

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
