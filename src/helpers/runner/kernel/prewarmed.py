"""The runner's side of the fork server: it starts one for a batch and asks it for kernels.

A request is one message over a socket pair: its length, then JSON (`fork_server.KernelRequest`), with three
descriptors: the kernel's log, the lifeline, and a pipe on which the kernel's keeper writes two lines, its own
and the kernel's process id when they have begun and the kernel's exit code when all has ended. The lifeline
is never written to. It breaks when the runner closes it or dies.
"""

from __future__ import annotations

import ast
import contextlib
import json
import os
import re
import select
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from helpers.runner.kernel.failures import KernelDeathError
from helpers.runner.kernel.fork_server import receive, send
from helpers.runner.processes import descendants, resident
from helpers.runner.walls import Wall

#: forking a process with system frameworks loaded is unsafe on macOS, and Windows has no fork
IS_SUPPORTED = sys.platform == "linux" and hasattr(os, "fork")
#: lines that are for IPython, and often stand among the imports: %matplotlib inline, !pip list, ?name
_MAGIC = re.compile(r"^[%!?].*$", re.MULTILINE)
#: starts the fork server, which a kernel goes on in: nothing is imported from the working folder, as with `-P`, which
#: the kernel would keep, so that IPython would not import what lies beside its notebook
_SERVER = "import sys; sys.path = [*filter(None, sys.path)]; from helpers.runner.kernel.fork_server import main; main()"
_SECONDS = 120  # that the imports of a batch may take, and the start of a kernel


class KeptKernel:
    """A kernel with a keeper, which ends it and everything that it started.

    `told`: reading end of the pipe on which the keeper tells. `lifeline`: writing end of the pipe that keeps the
    kernel alive.
    """

    def __init__(self, told: int, lifeline: int) -> None:
        self._told, self._lifeline = told, lifeline
        self.stdin = self.stdout = self.stderr = None  # as a Popen has them
        self._lock = threading.Lock()
        self._text = b""
        self._closed = False
        self._code: int | None = None
        self.keeper, self.pid = self._begun()

    def _begun(self) -> tuple[int, int]:
        while b"\n" not in self._text:
            if not self._read(_SECONDS):
                self.end()
                cure = "run it again; if it stays so, see whether memory or process ids have run out"
                raise KernelDeathError("execution", "no kernel could be started", cure=cure)
        line, _, self._text = self._text.partition(b"\n")
        keeper, kernel = line.split()
        return int(keeper), int(kernel)

    def _read(self, seconds: float) -> bool:
        """Take what the keeper has told within some seconds; return False where it will tell no more."""
        ready, _, _ = select.select([self._told], [], [], seconds)
        part = os.read(self._told, 4096) if ready else b""
        self._text += part
        return bool(part)

    def poll(self, seconds: float = 0.0) -> int | None:
        """Return the kernel's exit code, negative where a signal ended it, or None while it lives."""
        with self._lock:
            if self._code is None:
                self._look(seconds)
            return self._code

    @property
    def exit_code(self) -> int | None:
        """The kernel's exit code, negative where a signal ended it, or None while it lives."""
        return self.poll()

    def wait(self) -> int:
        """Return the kernel's exit code once it has ended."""
        while (code := self.poll(1.0)) is None:
            pass
        return code

    def send_signal(self, number: int) -> None:
        """Send the kernel a signal."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def _look(self, seconds: float) -> None:
        if self._closed or not select.select([self._told], [], [], seconds)[0]:
            return
        ended = not self._read(0)
        if b"\n" in self._text:
            self._code = int(self._text)
        elif ended:  # the keeper itself was killed
            self._code = -9

    def resident(self, enough: float) -> float:
        """Return the memory of all its processes in megabytes; see `processes.resident`."""
        return resident(descendants(self.keeper), enough=enough)

    def end(self) -> None:
        """End the kernel and all that it started, and wait until they are gone."""
        with self._lock:
            if self._closed:
                return
            os.close(self._lifeline)
            while self._code is None:
                self._look(_SECONDS)
            while self._read(_SECONDS):  # until the keeper too has ended
                pass
            self._closed = True
            os.close(self._told)


class ForkServer:
    """Starts kernels by forking a process that has their imports done; use it as a context.

    `environment`: what all kernels of a batch are started with; some libraries read it when they are imported.
    `preload`: modules to import before the first kernel is forked.
    """

    def __init__(self, environment: Mapping[str, str], preload: Sequence[str] = ()) -> None:
        self._environment, self._preload = dict(environment), list(preload)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._unfit: list[str] | None = None

    def __enter__(self) -> ForkServer:
        with self._lock:
            self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    @property
    def unfit(self) -> tuple[str, ...]:
        """What speaks against forking warm kernels; where there is anything, they are started from nothing."""
        with self._lock:
            return tuple(self._readiness())

    def launch(
        self,
        command: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        log: BinaryIO,
        *,
        wall: Wall | None = None,
        room: Mapping[str, object] | None = None,
    ) -> KeptKernel:
        """Start a kernel.

        `command`: what starts it from nothing: interpreter, `-m`, module, arguments. `room`: what is run beside it
        (`Room.told`). Raises `KernelDeathError` if no kernel can be started.
        """
        content = {
            "command": list(command),
            "folder": str(folder),
            "environment": dict(environment),
            "wall": wall.told if wall else None,
            "room": dict(room) if room else None,
        }
        lifeline, kept = os.pipe()
        told, telling = os.pipe()
        try:
            with self._lock:
                self._ask(content, [log.fileno(), lifeline, telling])
        except BaseException:
            os.close(kept)
            os.close(told)
            raise
        finally:
            os.close(lifeline)
            os.close(telling)
        return KeptKernel(told, kept)

    def _ask(self, content: Mapping[str, object], fds: list[int]) -> None:
        """Send a request, once more to a new server where the first has been killed."""
        try:
            self._send(content, fds)
        except (OSError, EOFError):
            self._stop()
            self._start()
            self._send(content, fds)

    def _send(self, content: Mapping[str, object], fds: list[int]) -> None:
        warm = not self._readiness()
        assert self._control is not None, "started first"
        send(self._control, {**content, "warm": warm}, fds)

    def _readiness(self) -> list[str]:
        """Wait for the imports, and return what they did that speaks against forking."""
        if self._unfit is None:
            assert self._control is not None, "started first"
            self._unfit = list(receive(self._control)[0]["unfit"])
        return self._unfit

    def _start(self) -> None:
        self._control, theirs = socket.socketpair()
        self._control.settimeout(_SECONDS)
        self._unfit = None
        with theirs, tempfile.TemporaryFile() as said:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _SERVER, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                env=self._environment,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        send(self._control, {"preload": self._preload})

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            if self._unfit is None:  # still importing: there is no kernel yet
                self._process.kill()
            self._process.wait()


def imported_by(notebooks: Iterable[Path]) -> tuple[str, ...]:
    """Return the modules that the cells of some notebooks may import, in their order.

    What is not a module after all, or not installed, is passed over when it comes to it.
    """
    found: dict[str, None] = {}
    for path in notebooks:
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                found |= dict.fromkeys(_imports("".join(cell["source"])))
    return tuple(found)


def _imports(source: str) -> Iterator[str]:
    plain = _MAGIC.sub("", source)
    with contextlib.suppress(
        SyntaxError
    ):  # no Python after all: what it imports, the kernel imports itself
        for node in ast.walk(ast.parse(plain)):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module
                yield from (f"{node.module}.{alias.name}" for alias in node.names)
