"""Seeing from outside a kernel what it, and all that it starts, opens: through Linux's seccomp user notification.

The kernel's process lets the system stop each opening for reading, also one that fails or lists a folder, until its
keeper has been told and says "go on". So it is seen whoever opens: Python, Arrow, DuckDB, a program of its own.
Nobody needs rights for it. Nothing is refused here and nothing is hidden; an opening is only noted, as
`helpers.reads` wants it. It is not seen whether a file was looked for without being opened, and not what is opened
through io_uring.

Where Linux is older than 5.19, another watcher is there already, or no process may look into another
(`kernel.yama.ptrace_scope` of 2 or 3), what the interpreter sees (`helpers.runner.kernel.audit_hook`) is all there is.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import select
import socket
import struct
import sys
from pathlib import Path
from typing import Final, NamedTuple

from helpers.reads import Note, line_of, stamp_of
from helpers.runner.kernel.audit_hook import ANNOUNCED
from helpers.runner.machine import is_of_the_machine

if sys.platform == "linux":
    import fcntl


class _Call(NamedTuple):
    """A system call that reads a file: which argument is its folder, its path, its flags (-1: it has none)."""

    number: int
    folder: int
    path: int
    flags: int


class _Machine(NamedTuple):
    """What differs between processors: how the filter knows them, and the numbers of system calls."""

    audit: int
    seccomp: int
    calls: tuple[_Call, ...]


#: open, openat, openat2, whose flags lie behind a pointer (asm/unistd.h, linux/audit.h). A script that is started is
#: opened by what runs it; a program in machine code belongs to the machine
_MACHINES: Final = {
    "x86_64": _Machine(0xC000003E, 317, (_Call(2, -1, 0, 1), _Call(257, 0, 1, 2), _Call(437, 0, 1, -1))),
    "aarch64": _Machine(0xC00000B7, 277, (_Call(56, 0, 1, 2), _Call(437, 0, 1, -1))),
}
_LIBC: Final = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_HERE: Final = _MACHINES.get(platform.machine()) if sys.platform == "linux" else None

#: an opening with one of these reads nothing that was there before, or nothing at all
_PASSED: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | getattr(os, "O_PATH", 0)
_PR_SET_NO_NEW_PRIVS: Final = 38  # linux/prctl.h
#: linux/seccomp.h
_SET_MODE_FILTER, _GET_NOTIF_SIZES = 1, 3
_NEW_LISTENER, _WAIT_KILLABLE_RECV = 1 << 3, 1 << 5
_RET_ALLOW, _RET_USER_NOTIF = 0x7FFF0000, 0x7FC00000
_GO_ON: Final = 1
#: wake the other side on the same processor at once: an opening then waits a fifth as long (Linux 6.6 and newer)
_SET_FLAGS, _SYNC_WAKE_UP = 1 << 30 | 8 << 16 | ord("!") << 8 | 4, 1
_NOTICE, _ANSWER = struct.Struct("=QIIiIQ6Q"), struct.Struct("=QqiI")
_RECEIVE, _SEND = (
    3 << 30 | each.size << 16 | ord("!") << 8 | number for number, each in enumerate((_NOTICE, _ANSWER))
)
#: steps of a filter (linux/bpf_common.h): load a word of what is called, jump, return
_LOAD, _IF_EQUAL, _IF_ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_NUMBER_AT, _AUDIT_AT, _ARGUMENTS_AT = 0, 4, 16
_AT_FDCWD: Final = 0xFFFFFF9C
_PAGE: Final = 4096  # of which every page size is a multiple
_LONGEST: Final = 4096  # linux/limits.h, PATH_MAX
#: 0: into all of one's own, 1: into those below it, 2 or 3: an administrator or nobody (Yama's documentation)
_PTRACE_SCOPE: Final = Path("/proc/sys/kernel/yama/ptrace_scope")


def _filter(machine: _Machine) -> bytes:
    """Return the filter: let the watcher see what reads, and all else pass."""
    steps = [(_LOAD, 0, 0, _AUDIT_AT), (_IF_EQUAL, 1, 0, machine.audit), (_RETURN, 0, 0, _RET_ALLOW)]
    for call in machine.calls:
        told = (_RETURN, 0, 0, _RET_USER_NOTIF)
        passed = [
            (_LOAD, 0, 0, _ARGUMENTS_AT + 8 * call.flags),
            (_IF_ANY_BIT, 0, 1, _PASSED),
            (_RETURN, 0, 0, _RET_ALLOW),
        ]
        body = [*(passed if call.flags >= 0 else ()), told]
        steps += [(_LOAD, 0, 0, _NUMBER_AT), (_IF_EQUAL, 0, len(body), call.number), *body]
    steps.append((_RETURN, 0, 0, _RET_ALLOW))
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def can_watch() -> bool:
    """Return whether the system tells of openings as it is needed here."""
    if _HERE is None:
        return False
    sizes = (ctypes.c_uint16 * 3)()
    if ctypes.CDLL(None).syscall(_HERE.seccomp, _GET_NOTIF_SIZES, 0, sizes) < 0:
        return False
    return tuple(sizes)[:2] == (_NOTICE.size, _ANSWER.size) and _can_look_into_others()


def _can_look_into_others() -> bool:
    """Return whether a process may read the memory of one that it has started; a container may forbid it."""
    with contextlib.suppress(OSError):
        if int(_PTRACE_SCOPE.read_text()) > 1:
            return False
    own = ctypes.create_string_buffer(b"own")
    try:
        return _string(os.getpid(), ctypes.addressof(own)) == "own"
    except OSError:
        return False


def let_watch(channel: socket.socket) -> None:
    """Let whoever holds the other end of a channel see what this process, and all that it starts, opens.

    Nothing may be opened between this and its return: it would wait for a watcher that has not been told yet.
    """
    if _HERE is None or not can_watch():
        return
    steps = _filter(_HERE)
    kept = ctypes.create_string_buffer(steps, len(steps))
    program = struct.pack("HxxxxxxP", len(steps) // 8, ctypes.addressof(kept))
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    flags = _NEW_LISTENER | _WAIT_KILLABLE_RECV
    listener = libc.syscall(_HERE.seccomp, _SET_MODE_FILTER, flags, program)
    if listener >= 0:  # else it is watched already, or the system is too old
        socket.send_fds(channel, [b"."], [listener])
        os.close(listener)


class _Part(ctypes.Structure):
    """A part of a process's memory (sys/uio.h, iovec)."""

    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


class Watcher:
    """Notes what the kernel of a channel opens.

    `channel`: on which the kernel hands over its listener (`let_watch`). `notes`: the file to which notes are added.
    """

    def __init__(self, channel: socket.socket, notes: Path, folder: str) -> None:
        self._channel, self._notes, self._folder = channel, notes, folder
        self._listener: int | None = None
        self._seen: set[str] = set()
        self._announced: set[int] = set()

    def fileno(self) -> int:
        """Return what is to be polled: the channel at first, then the listener; -1 where there is none."""
        return self._channel.fileno() if self._listener is None else self._listener

    def attend(self, events: int) -> None:
        """Do what there is to do when polling `fileno` has told of something."""
        if self._listener is None:
            _, fds, _, _ = socket.recv_fds(self._channel, 1, 1)
            self._channel.close()
            if fds:
                self._listener = fds[0]
                with contextlib.suppress(OSError):
                    fcntl.ioctl(self._listener, _SET_FLAGS, _SYNC_WAKE_UP)
        elif events & select.POLLIN:
            self._answer(self._listener)
        else:  # whoever was watched has ended; asking now would wait for ever
            self.close()

    def close(self) -> None:
        """Watch no longer; what is watched and lives on fails to open anything."""
        self._channel.close()
        if self._listener is not None:
            os.close(self._listener)
            self._listener = None

    def _answer(self, listener: int) -> None:
        notice = bytearray(_NOTICE.size)
        try:
            fcntl.ioctl(listener, _RECEIVE, notice)
        except OSError:  # whoever asked has been ended meanwhile
            return
        mark, process, _, number, _, _, *arguments = _NOTICE.unpack(notice)
        try:
            self._note(process, number, arguments)
        except (OSError, ValueError):
            pass  # it has ended, or may not be looked into
        finally:
            _send(listener, _ANSWER.pack(mark, 0, 0, _GO_ON))

    def _note(self, process: int, number: int, arguments: list[int]) -> None:
        assert _HERE is not None, "it has told of something"
        call = next(each for each in _HERE.calls if each.number == number)
        name = _string(process, arguments[call.path])
        if name == ANNOUNCED:
            self._announced.add(process)
            return
        lists = call.flags >= 0 and arguments[call.flags] & os.O_DIRECTORY
        if lists and (process in self._announced or self._is_importing(name)):
            self._announced.discard(process)
            return
        if not name or (name.startswith("/") and is_of_the_machine(name)):
            return
        folder = arguments[call.folder] & 0xFFFFFFFF if call.folder >= 0 else _AT_FDCWD
        place = name if name.startswith("/") else os.path.join(_folder_of(process, folder), name)  # noqa: PTH118
        if place not in self._seen:
            self._seen.add(place)
            self._write(os.path.realpath(place))

    def _is_importing(self, place: str) -> bool:
        """Say whether a folder is listed, by its whole path, as a Python that was started lists for modules.

        It does not announce that. What the kernel's own Python lists besides is noted there.
        """
        if not place.startswith("/") or is_of_the_machine(place):
            return False
        folder = Path(place)
        holds_code = (*folder.glob("*.py"), *folder.glob("*/__init__.py"))
        return place == self._folder or "/../" in f"{place}/" or bool(holds_code)

    def _write(self, place: str) -> None:
        if is_of_the_machine(place):
            return
        # a compiled module stands for its source (the reader knows which), whose stamp is not its own
        is_compiled = place.endswith(".pyc")
        if is_compiled and not Path(place).exists():
            return
        line = line_of(Note("file", place, "" if is_compiled else stamp_of(place)))
        log = os.open(self._notes, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.write(log, line)
        finally:
            os.close(log)


def _string(process: int, address: int) -> str:
    """Return the path at an address of a process, page by page: the next one may not be there."""
    assert _LIBC is not None, "on Linux alone"
    found = b""
    while len(found) < _LONGEST:
        length = _PAGE - (address + len(found)) % _PAGE
        here = ctypes.create_string_buffer(length)
        ours = _Part(ctypes.addressof(here), length)
        theirs = _Part(address + len(found), length)
        read = _LIBC.process_vm_readv(process, ctypes.byref(ours), 1, ctypes.byref(theirs), 1, 0)
        if read <= 0:
            raise OSError(ctypes.get_errno(), "no such memory")
        part, end, _ = here.raw[:read].partition(b"\0")
        found += part
        if end:
            return os.fsdecode(found)
    return ""


def _send(listener: int, answer: bytes) -> None:
    """Send an answer, however often a signal comes in between: who has asked waits for it."""
    while True:
        with contextlib.suppress(InterruptedError):
            with contextlib.suppress(FileNotFoundError):  # it has been ended meanwhile
                fcntl.ioctl(listener, _SEND, answer)
            return


def _folder_of(process: int, handle: int) -> str:
    """Return the folder from which a relative path of a process begins."""
    name = "cwd" if handle == _AT_FDCWD else f"fd/{handle}"
    folder = os.readlink(f"/proc/{process}/{name}")  # noqa: PTH115  (asked at every opening)
    if folder.endswith(" (deleted)"):
        raise FileNotFoundError(folder)
    return folder
