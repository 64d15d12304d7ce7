"""Notebooks executed by the workers of a Dask cluster; documents, the gate, history and publishing stay here.

The machines share the project's folder and its state, under the same paths: what goes over the network is a path,
never data. Each attempt has a folder of its own, so a worker that was taken for lost spoils nothing: the one
attempt whose worker answers is taken, and the report goes on here, where it is published once.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import secrets
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from helpers.errors import Problem, ReportError, UsageError, UserError
from helpers.runner.batch.libraries import RUN, import_libraries
from helpers.runner.kernel.execute import (
    RUN_LOG,
    Executed,
    Ground,
    InterruptionError,
    KernelLimits,
    execute,
)
from helpers.runner.key.surroundings import stamp_of_machine
from helpers.runner.plan.jobs import Job
from helpers.runner.project import private_folder

if TYPE_CHECKING:
    from distributed import Client, Future

#: in a report's folder: what is to be run, and in an attempt's what came of it; whoever reads them wrote them
_ORDER, _OUTCOME, _STOP = "order.pickle", "outcome.pickle", "stop"
#: seconds between two looks at what is under way, that a worker has to hand over what came of it, and that workers
#: have to say which version they run
_LOOK, _HANDED, _ANSWER = 1.0, 10.0, 60.0
#: looks in a row that find no worker, until none is waited for any more
_MISSED = 30
_OTHER: Final = "the worker {} runs another boardpack or other packages, and was given nothing"
_CURE: Final = (
    "start it with the same boardpack and packages: dask worker ADDRESS (docs/how-to/many-machines.md)"
)


@dataclass(frozen=True)
class Cluster:
    """A cluster, and those of its workers that run what is installed here."""

    client: Client
    workers: tuple[str, ...]  # their addresses
    slots: int  # how many reports they run beside each other
    refused: tuple[str, ...] = ()  # the workers that run something else

    def execute(
        self,
        job: Job,
        folder: Path,
        *,
        environment: Mapping[str, str],
        limits: KernelLimits,
        stop: threading.Event,
        ground: Ground,
    ) -> Executed:
        """Run a report's notebook on a worker, on another one where that is lost; errors are those of `execute`."""
        from distributed import KilledWorker

        room = ground.room and replace(ground.room, sealed=partial(tuple, ground.room.sealed()))
        order = (job, dict(environment), limits, replace(ground, room=room))
        (folder / _ORDER).write_bytes(_dumps(order))
        task = self.client.submit(
            attempt,
            str(folder),
            pure=False,
            workers=list(self.workers),
            key=f"{job.title}-{secrets.token_hex(4)}",
        )
        try:
            made = folder / self._wait(task, job, stop)
        except KilledWorker:
            came = "the workers that had it were lost, one after the other"
            raise ReportError(Problem(job.title, came, cure="see their logs, then run it again")) from None
        finally:
            (folder / _STOP).touch()  # ends what a worker may still do for it
            task.release()  # type: ignore[no-untyped-call]
        done = _taken(made, folder)
        return replace(done, warnings=(*done.warnings, *map(_OTHER.format, self.refused)))

    def _wait(self, task: Future[str], job: Job, stop: threading.Event) -> str:
        missed, ended = 0, threading.Event()
        task.add_done_callback(lambda _: ended.set())  # type: ignore[no-untyped-call]
        while missed < _MISSED:  # a worker that was cut off for a moment comes back
            if stop.is_set():
                raise InterruptionError(Problem(job.title, "the batch was interrupted"))
            # asked before it has ended, what takes a busy worker a while would begin anew each time
            if ended.wait(_LOOK):
                with contextlib.suppress(TimeoutError):
                    return str(task.result(timeout=_HANDED))
            alive = self.client.scheduler_info(n_workers=-1)["workers"]
            missed = 0 if set(self.workers) & set(alive) else missed + 1
        came = f"no worker is left of {len(self.workers)} that the batch began with"
        raise ReportError(Problem(job.title, came, cure="start workers, then boardpack run --resume"))


@contextlib.contextmanager
def open_cluster(address: str) -> Iterator[Cluster | None]:
    """Yield the cluster at an address; None without one.

    Raises `UsageError` if it cannot be reached, or no worker runs what is installed here.
    """
    if not address:
        yield None
        return
    try:
        from distributed import Client
    except ImportError:
        cure = "pip install 'boardpack[dask]'"
        raise UsageError(Problem("--cluster", "Dask is not installed", cure=cure)) from None
    try:
        client = Client(address, timeout=_ANSWER, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        came = f"no scheduler answers: {error}"
        raise UsageError(Problem(f"--cluster {address}", came, "such as tcp://scheduler:8786")) from None
    with client:
        yield _look_at(client, address)


def _look_at(client: Client, address: str) -> Cluster:
    # what cannot even be asked for it has no such function: another version as well
    stamps, ours = client.run(stamp_of_machine, on_error="return"), stamp_of_machine()
    alike = tuple(sorted(worker for worker, found in stamps.items() if found == ours))
    refused = tuple(sorted(set(stamps) - set(alike)))
    if not alike:
        came = (
            f"{len(refused)} workers, none of which runs what is installed here" if refused else "no worker"
        )
        raise UsageError(Problem(f"--cluster {address}", came, cure=_CURE))
    threads = client.nthreads()  # type: ignore[no-untyped-call]
    return Cluster(client, alike, sum(threads.get(worker, 1) for worker in alike), refused)


def attempt(folder: str) -> str:
    """On a worker: run what a folder asks for in a process of its own, and return the name of the attempt's folder.

    The process ends with the worker, and when the folder says so.
    """
    made = private_folder(Path(folder) / f"attempt-{secrets.token_hex(4)}")
    command = [sys.executable, "-m", __name__, folder, str(made)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_LOOK)
            if (Path(folder) / _STOP).exists() and process.stdin:
                process.stdin.close()
    return made.name


def _taken(made: Path, folder: Path) -> Executed:
    """Return what came of an attempt, as if it had been run in the report's folder."""
    try:
        outcome = pickle.loads((made / _OUTCOME).read_bytes())
    except FileNotFoundError:
        cure = f"is {folder} the same folder there? See the worker's log"
        raise ReportError(Problem("cluster", "a worker ended without a result", cure=cure)) from None
    for path in made.iterdir():
        if path.name == RUN_LOG:  # the steps of the report stand in the one here
            with (folder / RUN_LOG).open("ab") as log:
                log.write(path.read_bytes())
        else:
            path.replace(folder / path.name)
    for left in folder.glob("attempt-*"):
        shutil.rmtree(left, ignore_errors=True)
    if isinstance(outcome, UserError):
        raise outcome
    if not isinstance(outcome, Executed):
        raise RuntimeError(outcome)
    moved = [each._replace(name=each.name.replace(str(made), str(folder))) for each in outcome.notes]
    return replace(outcome, path=folder / outcome.path.name, notes=tuple(moved))


def _dumps(content: object) -> bytes:
    import cloudpickle

    dumped: bytes = cloudpickle.dumps(content)
    return dumped


def _wait_for_end(stop: threading.Event) -> None:
    sys.stdin.buffer.read()
    stop.set()


def _main(folder: Path, made: Path) -> None:
    """Run what a folder asks for until it ends, or the worker that waits for it does."""
    import_libraries(*RUN)
    stop = threading.Event()
    threading.Thread(target=_wait_for_end, args=[stop], daemon=True).start()
    outcome: object
    try:
        job, environment, limits, ground = pickle.loads((folder / _ORDER).read_bytes())
        outcome = execute(job, made, environment=environment, limits=limits, stop=stop, ground=ground)
    except UserError as error:
        outcome = error
    except Exception:
        import traceback

        outcome = traceback.format_exc()
    path = made / f"{_OUTCOME}.part"
    path.write_bytes(_dumps(outcome))
    path.replace(made / _OUTCOME)
    if stop.is_set():  # nobody waits for it: it may outlive the report that another attempt was taken for
        shutil.rmtree(made, ignore_errors=True)
    os._exit(0)  # the thread that waits for the worker would hold the interpreter's end up


if __name__ == "__main__":
    from helpers.runner.batch.cluster import _main as main  # errors are pickled by the module's own name

    main(Path(sys.argv[1]), Path(sys.argv[2]))
