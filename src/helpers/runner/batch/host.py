"""On a worker of a cluster: a process that runs its reports, with what they need imported once.

The worker talks with it over its standard streams, one line of JSON for each message. It holds the fork server that
kernels come from, so a report begins there as it does in a local batch. It ends with the worker: its input then
breaks, and all that it has started ends. Where it dies itself, another one is started.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import secrets
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from helpers.errors import Problem, ReportError, UserError
from helpers.runner.batch.libraries import RUN, import_libraries
from helpers.runner.kernel.execute import ForkServer, execute, fork_server
from helpers.runner.key.surroundings import stamp_of_machine
from helpers.runner.project import private_folder

#: in a report's folder: what is to be run, and in an attempt's what came of it; whoever reads them wrote them
ORDER, OUTCOME, STOP = "order.pickle", "outcome.pickle", "stop"
#: seconds between two looks at whether a report is still wanted, and how often one is begun where its process dies
_LOOK, _BEGUN = 1.0, 2
_CHANGED: Final = Problem(
    "cluster", "the worker's boardpack or packages were changed while it ran", cure="start the worker anew"
)


@dataclass(frozen=True)
class Ready:
    """What a process that runs reports has ready."""

    stamp: str  # the package and all that is installed beside it (`stamp_of_machine`)
    environment: Mapping[
        str, str
    ]  # what all kernels are told alike, whichever version of the data they read
    home: str  # a private folder for what IPython keeps
    #: notebooks, preload: whose imports kernels have done when they begin, and which other modules
    notebooks: tuple[str, ...] = ()
    preload: tuple[str, ...] = ()

    def serves(self, other: Ready) -> bool:
        """Whether a process that has this ready can run what asks for the other."""
        return replace(self, notebooks=other.notebooks) == other and {*other.notebooks} <= {*self.notebooks}


@cache
def stamp_of_worker() -> str:
    """Return the stamp of what this process has imported, as it was when it was first asked."""
    return stamp_of_machine()


# --- the worker's side --------------------------------------------------------------------------------


class _Host:
    """A process that runs reports, as its worker has it."""

    def __init__(self, ready: Ready) -> None:
        self.ready = ready
        self.running: dict[str, threading.Event] = {}  # the ends of attempts, by their folders
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._say(asdict(ready))
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()

    @property
    def lives(self) -> bool:
        return self._listening.is_alive()

    def begin(self, folder: str, made: str) -> threading.Event:
        """Have an attempt run; the event tells that it has ended."""
        ended = self.running[made] = threading.Event()
        self._say({"folder": folder, "made": made})
        return ended

    def stop(self, made: str) -> None:
        self._say({"stop": made})

    def close(self) -> None:
        with self._process:
            with contextlib.suppress(OSError):
                assert self._process.stdin is not None
                self._process.stdin.close()
            self._listening.join()

    def _say(self, message: Mapping[str, object]) -> None:
        stream = self._process.stdin
        assert stream is not None
        with contextlib.suppress(OSError):  # one that has ended is seen by its answers
            stream.write(f"{json.dumps(message)}\n")
            stream.flush()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.running.pop(json.loads(line)).set()


_HOSTS: Final[list[_Host]] = []
_TAKING: Final = threading.Lock()


def attempt(folder: str, ready: Ready) -> str:
    """On a worker: have what a folder asks for run, until that says stop; return the name of the attempt's folder."""
    for left in reversed(range(_BEGUN)):
        made = private_folder(Path(folder) / f"attempt-{secrets.token_hex(4)}")
        with _TAKING:
            host = _host_for(ready)
            ended = host.begin(folder, str(made))
        while host.lives and not ended.wait(_LOOK):
            if (Path(folder) / STOP).exists():
                host.stop(str(made))
        if not left or (made / OUTCOME).exists() or (Path(folder) / STOP).exists():
            break
    return made.name


def _host_for(ready: Ready) -> _Host:
    """Return a process that has something ready; those that have died, or rest and have it not, are let go."""
    for host in [*_HOSTS]:
        if not host.lives or not (host.running or host.ready.serves(ready)):
            _HOSTS.remove(host)
            host.close()
    found = next((host for host in _HOSTS if host.ready.serves(ready)), None)
    if found is None:
        _HOSTS.append(found := _Host(ready))
    return found


# --- the process --------------------------------------------------------------------------------------


class _Reports:
    """The reports that a process runs beside each other."""

    def __init__(self, answers: int, server: ForkServer | None, *, changed: bool) -> None:
        self._answers, self._server, self._changed = os.fdopen(answers, "w"), server, changed
        self._lock = threading.Lock()
        self._stops: dict[str, threading.Event] = {}
        self._threads: list[threading.Thread] = []

    def take(self, message: Mapping[str, str]) -> None:
        """Do what the worker asks for."""
        if "stop" in message:
            if stop := self._stops.get(message["stop"]):
                stop.set()
            return
        stop = self._stops[message["made"]] = threading.Event()
        thread = threading.Thread(target=self._run, args=[message["folder"], message["made"], stop])
        self._threads = [*(each for each in self._threads if each.is_alive()), thread]
        thread.start()

    def end(self) -> None:
        """Give up what is under way, and wait until it has ended."""
        for stop in [*self._stops.values()]:
            stop.set()
        for thread in self._threads:
            thread.join()

    def _run(self, folder: str, made: str, stop: threading.Event) -> None:
        self._keep(self._outcome(Path(folder), Path(made), stop), Path(made))
        if (
            stop.is_set()
        ):  # nobody waits for it: it may outlive the report that another attempt was taken for
            shutil.rmtree(made, ignore_errors=True)
        del self._stops[made]
        with self._lock, contextlib.suppress(OSError):  # the worker may be gone
            self._answers.write(f"{json.dumps(made)}\n")
            self._answers.flush()

    def _outcome(self, folder: Path, made: Path, stop: threading.Event) -> object:
        try:
            if self._changed:
                raise ReportError(_CHANGED)
            job, environment, limits, ground = pickle.loads((folder / ORDER).read_bytes())
            told: Any = {"environment": environment, "limits": limits, "stop": stop, "ground": ground}
            return execute(job, made, server=self._server, **told)
        except UserError as error:
            return error
        except Exception:
            import traceback

            return traceback.format_exc()

    def _keep(self, outcome: object, made: Path) -> None:
        import cloudpickle

        path = made / f"{OUTCOME}.part"
        with contextlib.suppress(
            OSError
        ):  # a folder that was taken away: the worker sees that nothing came
            path.write_bytes(cloudpickle.dumps(outcome))
            path.replace(made / OUTCOME)


def main() -> None:
    """Run what the worker asks for until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the worker decides what an interruption means
    answers = os.dup(1)
    os.dup2(2, 1)  # what else is printed is for the worker's log
    told = json.loads(sys.stdin.readline())
    ready = Ready(**{**told, "notebooks": tuple(told["notebooks"]), "preload": tuple(told["preload"])})
    notebooks = map(Path, ready.notebooks)
    with fork_server(ready.environment, Path(ready.home), notebooks, ready.preload) as server:
        import_libraries(*RUN)  # while the fork server imports its own
        reports = _Reports(answers, server, changed=stamp_of_machine() != ready.stamp)
        for line in sys.stdin:
            reports.take(json.loads(line))
        reports.end()


if __name__ == "__main__":
    main()
