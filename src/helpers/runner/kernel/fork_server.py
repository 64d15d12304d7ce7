"""The process from which kernels are forked: it has the scientific libraries imported, and nothing else done.

`prewarmed` starts it with one end of a socket pair, holds the other one, and says what is exchanged. Per kernel there
are two forks:

    fork server -> keeper -> kernel (and whatever its notebook starts)
                          -> room, when the kernel first asks it for something

The room is what alone may read certain files (`Wall`): a module that the runner is told of, run beside the
kernel with a wall of its own. They talk over a pair of sockets that the keeper makes before it forks the kernel.

The keeper adopts every process of its kernel that loses its parent (`PR_SET_CHILD_SUBREAPER`), also one in a
session of its own, so none can get away. It ends them all when the kernel ends or when its lifeline breaks:
a pipe of which the runner alone holds the other end, so the operating system breaks it however the runner
dies. It also sees what its kernel, and all that this starts, opens (`seccomp`).

Forking is safe because this process has done nothing but import: it has one thread, no open file, no event
loop, no connection. `preloading` looks, and kernels are started from nothing where it finds more. Linux only.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import runpy
import select
import signal
import socket
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from helpers.landlock import wall_off
from helpers.reads import READS_VARIABLE
from helpers.runner.kernel.guard import refuse_with_words
from helpers.runner.kernel.preloading import open_files, prepare
from helpers.runner.kernel.seccomp import Watcher, let_watch
from helpers.runner.processes import descendants
from helpers.runner.walls import Wall

HEADER = 8  # bytes that give the length of a request
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36  # linux/prctl.h
_PATIENCE = 10.0  # seconds after which to give up on processes that the system cannot end
#: the system takes a kernel before the runner when memory runs out (0 to 1000; Linux, proc_pid_oom_score_adj)
_OOM_SCORE = "500"


@dataclass(frozen=True)
class KernelRequest:
    """One kernel that is asked for."""

    command: list[str]  # the command that would start it from nothing
    folder: str
    environment: dict[str, str]
    #: where it may write, and what it may not read; None where it is held to nothing
    wall: dict[str, list[str]] | None
    #: the module that is run beside it, the wall of that, and the variable that tells the kernel its socket;
    #: None where there is none
    room: dict[str, Any] | None
    warm: bool  # whether to go on in this process's image rather than to start the command from nothing
    #: log, lifeline, told: descriptors: of its log; of the pipe that breaks with the runner; of the pipe that
    #: tells how it ended
    log: int
    lifeline: int
    told: int
    door: int = -1  # descriptor of its end of the sockets between kernel and room, once there are any
    #: in the kernel's process, on which it lets its keeper see what it opens
    channel: socket.socket | None = None


def main() -> None:
    """Import, answer requests, and in a kernel's process become that kernel."""
    control = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the runner decides what an interruption means
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    before = dict(os.environ)
    unfit = prepare(receive(control)[0]["preload"], spare={control.fileno()})
    set_by_imports = {name: value for name, value in os.environ.items() if before.get(name) != value}
    send(control, {"unfit": unfit})
    signal.signal(signal.SIGCHLD, lambda *_: _has_children())  # keepers that have ended leave no zombie
    request = _serve(control)
    if request is not None:
        _become(request, set_by_imports)


def _serve(control: socket.socket) -> KernelRequest | None:
    """Fork a keeper for each request until the runner closes its end; only in a kernel return the request."""
    while True:
        try:
            content, fds = receive(control)
        except EOFError:
            break
        request = KernelRequest(**content, log=fds[0], lifeline=fds[1], told=fds[2])
        if os.fork() == 0:
            control.close()
            return _keep(request)
        for fd in fds:
            os.close(fd)
    _end_descendants()
    os._exit(0)


def _keep(request: KernelRequest) -> KernelRequest:
    """Fork the kernel and keep it until it ends or the lifeline breaks; only in the kernel or its room return."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    keeper = os.getpid()
    inside, outside = socket.socketpair() if request.room else (None, None)
    watching, channel = socket.socketpair()
    kernel = os.fork()
    if kernel == 0:
        watching.close()
        _die_with(keeper)
        return _with_door(replace(request, channel=channel), outside)
    channel.close()
    if outside:
        outside.close()
    watcher = Watcher(watching, Path(request.environment.get(READS_VARIABLE) or os.devnull), request.folder)
    status: int | None = 1
    try:
        os.write(request.told, f"{keeper} {kernel}\n".encode())
        status = _wait(kernel, request.lifeline, inside, watcher)
    finally:
        if status is not None:
            _end_descendants()
            with contextlib.suppress(OSError):
                os.write(request.told, f"{status}\n".encode())
            os._exit(0)
    watcher.close()
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _die_with(keeper)
    return _as_room(request, inside)


def _die_with(keeper: int) -> None:
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != keeper:  # killed in between
        os._exit(1)


def _with_door(request: KernelRequest, door: socket.socket | None) -> KernelRequest:
    """Return the request of a kernel that is told where its room is."""
    if door is None or request.room is None:
        return request
    told = {request.room["variable"]: str(door.fileno())}
    return replace(request, environment={**request.environment, **told}, door=door.detach())


def _as_room(request: KernelRequest, door: socket.socket | None) -> KernelRequest:
    """Return what is run beside a kernel, as the request of a kernel would be."""
    assert door is not None
    assert request.room is not None
    # without what lies beside the notebook: a pandas.py there is the analyst's, and would be given records
    command = [request.command[0], "-P", "-m", request.room["module"], str(door.fileno())]
    return replace(request, command=command, wall=request.room["wall"], door=door.detach())


def _wait(kernel: int, lifeline: int, inside: socket.socket | None, watcher: Watcher) -> int | None:
    """Watch until the kernel has ended or the lifeline breaks; return the kernel's exit code.

    When the kernel first asks for its room, that is forked, and returns None.
    """
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    while True:
        ended, status = _reap(kernel)
        if ended:
            return status
        events = _poll(lifeline, reading, watcher.fileno(), inside.fileno() if inside else -1)
        if lifeline in events:
            return -int(signal.SIGKILL)
        if reading in events:
            os.read(reading, 4096)
        if watcher.fileno() in events:
            watcher.attend(events[watcher.fileno()])
        if inside is not None and inside.fileno() in events:
            if inside.recv(1, socket.MSG_PEEK) and os.fork() == 0:
                return None
            inside.close()
            inside = None


def _poll(*handles: int) -> dict[int, int]:
    """Wait until one of some descriptors can be read or has come to its end; return what they tell."""
    polling = select.poll()
    for each in handles:
        if each >= 0:
            polling.register(each, select.POLLIN)
    return dict(polling.poll())


def _reap(kernel: int) -> tuple[bool, int]:
    """Take note of the kernel's end and of that of adopted processes."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return True, 1
        if pid == 0:
            return False, 0
        if pid == kernel:
            return True, os.waitstatus_to_exitcode(status)


def _end_descendants() -> None:
    """Kill everything below this process, also what is started while it is being killed."""
    deadline = time.monotonic() + _PATIENCE
    while _has_children() and time.monotonic() < deadline:
        for pid in descendants(os.getpid()):
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.002)


def _has_children() -> bool:
    """Say whether a child is left, and let go of those that have ended; the orphans below come here too."""
    try:
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass
    except ChildProcessError:
        return False
    return True


def _become(request: KernelRequest, set_by_imports: dict[str, str]) -> None:
    """Turn this process into the kernel or its room: all that a new one would find anew is set anew."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_OOM_SCORE)
    channel = request.channel  # a room has none
    _take_streams(request.log, {request.door, channel.fileno() if channel else -1})
    os.chdir(request.folder)
    wall = Wall.read(request.wall) if request.wall else None
    if wall:
        wall_off(wall.writable, wall.hidden)
    if channel:
        if request.environment.get(READS_VARIABLE):
            let_watch(channel)
        channel.close()
    folder = Path(request.folder)
    # which matplotlib reads once, when it is imported
    settings = (folder / "matplotlibrc").exists()
    if not request.warm or settings or (channel and _would_have_imported_otherwise(folder)):
        if request.door > 2:
            os.set_inheritable(request.door, True)
        os.execve(request.command[0], request.command, request.environment)
    os.environ.clear()
    os.environ.update({**request.environment, **set_by_imports})
    time.tzset()
    module, *words = request.command[request.command.index("-m") + 1 :]
    sys.orig_argv[:] = request.command
    sys.argv[:] = [module, *words]
    if channel:
        sys.path.insert(0, request.folder)
    if "numpy" in sys.modules:  # numpy seeds its own generator once, when it is imported
        sys.modules["numpy"].random.seed()
    if wall:
        refuse_with_words(wall)
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _would_have_imported_otherwise(folder: Path) -> bool:
    """Say whether a module of the analyst's own in a kernel's working folder goes before one imported without it."""
    packages = (each.parent.name for each in folder.glob("*/__init__.py"))
    own = {*(each.stem for each in folder.glob("*.py")), *packages}
    return not own.isdisjoint(sys.modules)


def _take_streams(log: int, spare: set[int]) -> None:
    """Read nothing, write to the log, and leave no other descriptor open but some."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    for fd in open_files():
        if fd > 2 and fd not in spare:
            with contextlib.suppress(OSError):
                os.close(fd)


def receive(control: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """Return the next message with its descriptors; EOFError where there is no more."""
    header, fds, _, _ = socket.recv_fds(control, HEADER, 3)
    if not header:
        raise EOFError
    header += _read(control, HEADER - len(header))
    return json.loads(_read(control, int.from_bytes(header, "big"))), fds


def _read(control: socket.socket, length: int) -> bytes:
    content = b""
    while len(content) < length:
        part = control.recv(length - len(content))
        if not part:
            raise EOFError
        content += part
    return content


def send(control: socket.socket, content: dict[str, Any], fds: Sequence[int] = ()) -> None:
    """Send a message with some descriptors."""
    text = json.dumps(content).encode()
    socket.send_fds(control, [len(text).to_bytes(HEADER, "big")], list(fds))
    control.sendall(text)


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


if __name__ == "__main__":
    main()
