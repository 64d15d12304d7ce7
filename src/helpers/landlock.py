"""Landlock: Linux (6.2 or newer) holds a process to a wall, and all that it starts, whatever they are written in.

It knows only what is allowed, and a right to a folder reaches everything below it. Writing is allowed in a few folders.
Reading is allowed everywhere but in the hidden ones: in each entry of the folders that lead to them, though not in what
comes to these later. Names may be listed everywhere.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import struct
import sys
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Final

#: what libraries write to that is no file of anybody's: /dev/null, shared memory, their own process
DEVICES: Final = ("/dev", "/proc/self")

#: system calls of Landlock and what they take (linux/landlock.h), the same on all machines that run Python
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION, _PATH_BENEATH, _OLDEST = 1, 1, 3  # the third version can refuse to cut a file short
_READ_FILE: Final = 1 << 2
_CHANGE_FILE: Final = 1 << 1 | 1 << 14  # write to it, cut it short
_CHANGE_FOLDER: Final = sum(1 << bit for bit in range(4, 14))  # make, remove, move or link an entry
#: from which version on, and all of it: network (bind and connect TCP), other processes (abstract sockets, signals)
_NETWORK, _OTHERS = (4, 0b11), (6, 0b11)
_PR_SET_NO_NEW_PRIVS: Final = 38  # linux/prctl.h; the condition on which anybody may use Landlock


def can_wall_off() -> bool:
    """Return whether the system knows Landlock as it is needed here."""
    if sys.platform != "linux":
        return False
    return bool(ctypes.CDLL(None).syscall(_CREATE_RULESET, None, 0, _ASK_VERSION) >= _OLDEST)


def wall_off(writable: Iterable[Path], hidden: Collection[Path], *, alone: bool = False) -> None:
    """Let the system hold this process and all that it starts to a wall, where it can.

    Folders that are not there when it is built stay closed.

    Parameters
    ----------
    writable
        The folders in which alone it may write, besides `DEVICES`.
    hidden
        Folders whose files it may not read, but for those that are writable.
    alone
        Whether it may not write to `DEVICES` either, nor use the network (TCP; Linux 6.7 or newer), nor end or call
        other processes (6.12 or newer).
    """
    if not can_wall_off():
        return
    libc = ctypes.CDLL(None)
    reading = _READ_FILE if hidden else 0
    version = libc.syscall(_CREATE_RULESET, None, 0, _ASK_VERSION)
    further = [rights for oldest, rights in (_NETWORK, _OTHERS) if alone and version >= oldest]
    handled = struct.pack(f"={1 + len(further)}Q", _CHANGE_FILE | _CHANGE_FOLDER | reading, *further)
    rules = libc.syscall(_CREATE_RULESET, handled, len(handled), 0)
    if rules < 0:
        return
    for path in (*writable, *(() if alone else map(Path, DEVICES))):
        _allow(libc, rules, path, _CHANGE_FILE | _CHANGE_FOLDER | reading)
    if reading:
        for path in _visible(hidden):
            _allow(libc, rules, path, reading)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.syscall(_RESTRICT_SELF, rules, 0)
    os.close(rules)


def _visible(hidden: Iterable[Path]) -> set[Path]:
    """Return what covers every file but those below the hidden folders: the entries beside each way to them."""
    closed = {each.resolve() for each in hidden}
    leading = {parent for each in closed for parent in each.parents}
    beside: set[Path] = set()
    for folder in leading:
        with contextlib.suppress(OSError):  # not for this user
            # what a link leads to is met where it lies
            beside.update(Path(each.path) for each in os.scandir(folder) if not each.is_symlink())
    return beside - closed - leading


def _allow(libc: ctypes.CDLL, rules: int, path: Path, rights: int) -> None:
    """Allow something in a folder and all below it, or of a file what can be done with one."""
    with contextlib.suppress(OSError):  # it has gone, or is not for this user
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            rights &= ~0 if path.is_dir() else ~_CHANGE_FOLDER
            libc.syscall(_ADD_RULE, rules, _PATH_BENEATH, struct.pack("=Qi", rights, handle), 0)
        finally:
            os.close(handle)
