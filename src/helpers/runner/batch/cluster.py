"""Notebooks executed by the workers of a Dask cluster; documents, the gate, history and publishing stay here.

The machines share the project's folder and its state, under the same paths: what goes over the network is a path,
never data. Each attempt has a folder of its own, so a worker that was taken for lost spoils nothing: the one
attempt whose worker answers is taken, and the report goes on here, where it is published once.
"""

from __future__ import annotations

import contextlib
import pickle
import secrets
import shutil
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from helpers.errors import ReportError, UsageError, UserError
from helpers.places import KNOWN_VARIABLE, VERSION_VARIABLE
from helpers.runner.batch.host import ORDER, OUTCOME, STOP, Ready, attempt, stamp_of_worker
from helpers.runner.kernel.execute import (
    RUN_LOG,
    Executed,
    Ground,
    InterruptionError,
    KernelLimits,
)
from helpers.runner.key.surroundings import stamp_of_machine
from helpers.runner.plan.jobs import Job

if TYPE_CHECKING:
    from distributed import Client, Future

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
    ready: Ready  # what their processes that run reports are to have ready
    refused: tuple[str, ...] = ()  # the workers that run something else

    def readied(
        self, environment: Mapping[str, str], home: Path, notebooks: Iterable[Path], preload: Iterable[str]
    ) -> Cluster:
        """Return the cluster for a batch of these notebooks; arguments are those of `fork_server`."""
        # what differs from load to load is told to each kernel: the processes are there for longer
        lasting = {
            name: value
            for name, value in environment.items()
            if name not in (VERSION_VARIABLE, KNOWN_VARIABLE)
        }
        files = tuple(sorted({*map(str, notebooks)}))
        return replace(self, ready=Ready(self.ready.stamp, lasting, str(home), files, tuple(preload)))

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
        import cloudpickle
        from distributed import KilledWorker

        room = ground.room and replace(ground.room, sealed=partial(tuple, ground.room.sealed()))
        order = (job, dict(environment), limits, replace(ground, room=room))
        (folder / ORDER).write_bytes(cloudpickle.dumps(order))
        task = self.client.submit(
            attempt,
            str(folder),
            self.ready,
            pure=False,
            workers=list(self.workers),
            key=f"{job.title}-{secrets.token_hex(4)}",
        )
        try:
            made = folder / self._wait(task, job, stop)
        except KilledWorker:
            came = "the workers that had it were lost, one after the other"
            raise ReportError(job.title, came, cure="see their logs, then run it again") from None
        finally:
            (folder / STOP).touch()  # ends what a worker may still do for it
            task.release()  # type: ignore[no-untyped-call]
        done = _taken(made, folder)
        return replace(done, warnings=(*done.warnings, *map(_OTHER.format, self.refused)))

    def _wait(self, task: Future[str], job: Job, stop: threading.Event) -> str:
        missed, ended = 0, threading.Event()
        task.add_done_callback(lambda _: ended.set())  # type: ignore[no-untyped-call]
        while missed < _MISSED:  # a worker that was cut off for a moment comes back
            if stop.is_set():
                raise InterruptionError(job.title, "the batch was interrupted")
            # asked before it has ended, what takes a busy worker a while would begin anew each time
            if ended.wait(_LOOK):
                with contextlib.suppress(TimeoutError):
                    return str(task.result(timeout=_HANDED))
            alive = self.client.scheduler_info(n_workers=-1)["workers"]
            missed = 0 if set(self.workers) & set(alive) else missed + 1
        came = f"no worker is left of {len(self.workers)} that the batch began with"
        raise ReportError(job.title, came, cure="start workers, then boardpack run --resume")


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
        raise UsageError("--cluster", "Dask is not installed", cure=cure) from None
    try:
        client = Client(address, timeout=_ANSWER, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        came = f"no scheduler answers: {error}"
        raise UsageError(f"--cluster {address}", came, "such as tcp://scheduler:8786") from None
    with client:
        yield _look_at(client, address)


def _look_at(client: Client, address: str) -> Cluster:
    # what cannot even be asked for it has no such function: another version as well
    stamps, ours = client.run(stamp_of_worker, on_error="return"), stamp_of_machine()
    alike = tuple(sorted(worker for worker, found in stamps.items() if found == ours))
    refused = tuple(sorted(set(stamps) - set(alike)))
    if not alike:
        came = (
            f"{len(refused)} workers, none of which runs what is installed here" if refused else "no worker"
        )
        raise UsageError(f"--cluster {address}", came, cure=_CURE)
    threads = client.nthreads()  # type: ignore[no-untyped-call]
    return Cluster(
        client, alike, sum(threads.get(worker, 1) for worker in alike), Ready(ours, {}, ""), refused
    )


def _taken(made: Path, folder: Path) -> Executed:
    """Return what came of an attempt, as if it had been run in the report's folder."""
    try:
        outcome = pickle.loads((made / OUTCOME).read_bytes())
    except FileNotFoundError:
        cure = f"is {folder} the same folder there? See the worker's log"
        raise ReportError("cluster", "a worker ended without a result", cure=cure) from None
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
