"""One fresh kernel for one report: isolated, watched, and gone without a trace when the report is done.

The kernel talks over sockets in a short private folder, so that no other user of the machine can reach
it and no port has to be free. A watch ends it and whatever it started when the report takes too long or too
much memory, or when the batch is interrupted.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from queue import Empty
from time import monotonic, time
from typing import Any, cast

from helpers.places import SECRETS
from helpers.reads import READS_VARIABLE
from helpers.runner.kernel.prewarmed import ForkServer
from helpers.runner.kernel.watch import Watch
from helpers.runner.processes import ProcessGroup
from helpers.runner.walls import Wall

START_TIMEOUT = 120  # seconds that a kernel may take to answer for the first time
#: where those who see what a notebook reads note it, in the private folder of its sockets
NOTES = "reads"
_SETTINGS = (
    "--HistoryManager.enabled=False",
    "--IPKernelApp.extensions=helpers.runner.kernel.audit_hook",
    # charts as vectors for the report, and as Jupyter has them besides; a notebook may still ask for others
    *(f"--InlineBackend.figure_formats={each}" for each in ("svg", "png")),
    "--InlineBackend.rc=svg.hashsalt=boardpack",  # the ids of an SVG: same chart, same bytes
)
ENGINE = "boardpack"
_SECONDS = 2.0  # between two saves: what a kernel that is lost had done so far can be looked at
#: bytes that the path of a Unix socket may have: sockaddr_un holds 108 on Linux and 104 on macOS
LONGEST_SOCKET_PATH = 103
#: seconds after which a socket folder belongs to no living run: no report may take so long
ABANDONED = 7 * 24 * 3600
_SOCKETS = "boardpack-"


def kernel_environment(extra: Mapping[str, str], home: Path) -> dict[str, str]:
    """Return the environment of a kernel: ours, without the user's own IPython, and repeatable.

    `home`: a private folder. An empty one in it takes the place of the user's IPython profile and start-up files;
    temporary files lie there too, and go with it.
    """
    temporary = str(home / "t")
    fixed = {
        "IPYTHONDIR": str(home / "ipython"),
        **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), temporary),
        # as Jupyter has it: figures left open at the end of a cell are outputs. Set from the start of the fork
        # server, and never imported there: the backend joins the shell of the process that imports it
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        READS_VARIABLE: str(home / NOTES),
        "OPENBLAS_NUM_THREADS": "1",  # kernels run beside each other; also repeatable sums
        "OMP_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # no debugger: spares a notice in each log
    }
    return {**_without_secrets(os.environ), **fixed, **extra}


def _without_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without the passwords that the command takes from it: no notebook needs them."""
    return {name: value for name, value in environment.items() if name not in SECRETS}


@dataclass(frozen=True)
class Seat:
    """Where a kernel runs."""

    #: sockets, folder, log: the folder of its sockets, its working folder, its log
    sockets: Path
    folder: Path
    log: Path
    environment: Mapping[str, str]  # what it is told besides the runner's own environment
    watch: Watch
    server: ForkServer | None = None  # from what it is forked; None starts it as a process of its own
    #: where it may write and what it may not read, where the system can hold it to that
    wall: Wall | None = None
    room: Mapping[str, object] | None = None  # what is run beside it, where it is forked

    @property
    def notes(self) -> Path:
        """Where it is noted what the notebook and all that it starts have read (`helpers.reads`)."""
        return self.sockets / NOTES


def kernel_manager(seat: Seat) -> type:
    """Return a kernel manager class, as nbclient wants it, that starts one kernel at a seat.

    The kernel runs on this very interpreter, whatever kernels the user has installed.
    """
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager

    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", *_SETTINGS]
    own_spec = KernelSpec(argv=command, display_name="boardpack", language="python")
    client, provisioner = _client(seat.watch), _provisioner(seat)

    class SeatedKernelManager(AsyncKernelManager):
        def __init__(self, **keywords: Any) -> None:
            super().__init__(
                **keywords,
                transport=transport_for(seat.sockets),
                connection_file=str(seat.sockets / "k.json"),
                client_factory=client,
            )
            self.provisioner = provisioner(kernel_id="", kernel_spec=own_spec, parent=self)

        @property
        def kernel_spec(self) -> KernelSpec:
            return own_spec

    return SeatedKernelManager


def _client(watch: Watch) -> type:
    """Return the client of a kernel that has not been used yet; it counts what the kernel gives out.

    The one that comes with Jupyter waits a fifth of a second more, for what an earlier user of the kernel
    may have left on the channel of outputs.
    """
    from jupyter_client.asynchronous.client import AsyncKernelClient
    from jupyter_client.channels import AsyncZMQSocketChannel
    from traitlets import Type

    class CountedChannel(AsyncZMQSocketChannel):
        async def get_msg(self, timeout: float | None = None) -> Any:  # type: ignore[override]  # declared as if it did not wait
            message = await super().get_msg(timeout)
            content = message["content"]
            shown = (content.get("text"), *content.get("data", {}).values())
            watch.count_output(sum(len(each) for each in shown if isinstance(each, str)))
            return message

    class FirstClient(AsyncKernelClient):
        iopub_channel_class = Type(CountedChannel)

        async def wait_for_ready(self, timeout: float | None = None) -> None:
            deadline = monotonic() + (timeout or START_TIMEOUT)
            while monotonic() < deadline and await self.is_alive():
                self.kernel_info()
                with contextlib.suppress(Empty):
                    await self.get_shell_msg(timeout=1)
                    await self.get_iopub_msg(timeout=0.2)  # both channels are connected, not only one
                    watch.take_turn()
                    return
            raise RuntimeError("it did not answer")

    return FirstClient


def _provisioner(seat: Seat) -> type:
    """Return what starts the kernel's process, knows whether it lives, and ends it."""
    from jupyter_client.provisioning.local_provisioner import LocalProvisioner

    class SeatedProvisioner(LocalProvisioner):
        pid: int

        async def launch_kernel(self, cmd: list[str], **keywords: Any) -> Any:
            own = {"JPY_PARENT_PID": str(os.getpid())}  # as each kernel that Jupyter starts
            environment = {**_without_secrets(keywords["env"]), **own, **seat.environment}
            with seat.log.open("ab") as log:
                if seat.server is None:
                    streams = {"stdout": log, "stderr": log, "stdin": None}
                    keywords |= {"cwd": str(seat.folder), "env": environment, **streams}
                    await super().launch_kernel(cmd, **keywords)
                    seat.watch.begin(ProcessGroup(int(self.pid)))
                else:
                    kernel = seat.server.launch(
                        cmd, seat.folder, environment, log, wall=seat.wall, room=seat.room
                    )
                    self.process = cast(Any, kernel)  # it answers as Popen does, as far as it is asked
                    self.pid = self.pgid = kernel.pid  # it leads a group, soon if not yet
                    seat.watch.begin(kernel)
            return self.connection_info

        async def kill(self, restart: bool = False) -> None:
            seat.watch.end()
            await super().kill(restart)

    return SeatedProvisioner


@cache
def register_engine() -> str:
    """Make papermill know an engine that saves now and then and at the end; return its name."""
    from papermill.engines import NBClientEngine, papermill_engines

    class SparingEngine(NBClientEngine):  # type: ignore[misc]
        @classmethod
        def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **keywords: Any) -> Any:
            nb_man.save = _now_and_then(nb_man.save)
            try:
                return super().execute_managed_notebook(nb_man, kernel_name, **keywords)
            except BaseException:
                del nb_man.save  # what there is by now is saved once more, and by nobody else
                raise

    papermill_engines.register(ENGINE, SparingEngine)
    return ENGINE


def _now_and_then(save: Any) -> Any:
    last = monotonic()

    def save_if_due(**keywords: Any) -> None:
        nonlocal last
        if monotonic() - last >= _SECONDS:
            save(**keywords)
            last = monotonic()

    return save_if_due


@contextlib.contextmanager
def socket_folder() -> Iterator[Path]:
    """Yield a private folder for a kernel's sockets, which is removed afterwards."""
    base = tempfile.gettempdir()
    if not _fits(Path(base, f"{_SOCKETS}12345678")) and Path("/tmp").is_dir():
        base = "/tmp"
    _sweep(Path(base))
    folder = Path(tempfile.mkdtemp(prefix=_SOCKETS, dir=base))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(base: Path) -> None:
    for folder in base.glob(f"{_SOCKETS}*"):
        with contextlib.suppress(OSError):
            found = folder.stat()
            is_own = not hasattr(os, "getuid") or found.st_uid == os.getuid()
            if is_own and time() - found.st_mtime > ABANDONED:
                shutil.rmtree(folder, ignore_errors=True)


def _fits(folder: Path) -> bool:
    return len(os.fsencode(folder / "k-ipc-12345")) <= LONGEST_SOCKET_PATH


def transport_for(folder: Path) -> str:
    """Return `ipc` where sockets can lie in the folder, `tcp` elsewhere, as on Windows."""
    return "ipc" if os.name == "posix" and hasattr(socket, "AF_UNIX") and _fits(folder) else "tcp"
