"""Inside a kernel: refuses to write where published reports lie; only publishing does, after the gate.

There are two refusals. An audit hook, which the interpreter asks before it opens, moves or removes a file, stops
Python code at the line that tries it, with words. And where Linux has Landlock (6.2 or newer), the system itself
refuses it to the kernel and to all that it starts, whatever they are written in. Landlock knows only what is
allowed, and a right to a folder reaches everything below it. So a kernel may write everywhere but in the folders
that lead to the reports, from `/` to the project's: what is in them, it may change; new entries it cannot make
there. Elsewhere a change that the hook does not see is found when the report is next looked at, because a
published file whose content is not the recorded one is made anew.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import stat
import struct
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

_WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
#: audit events that change the file system, all arguments of which may be paths (Python's audit events table)
_CHANGES: Final = frozenset(
    (
        "os.chmod",
        "os.chown",
        "os.link",
        "os.mkdir",
        "os.remove",
        "os.rename",
        "os.rmdir",
        "os.symlink",
        "os.truncate",
        "os.utime",
    )
)

_MAKES: Final = frozenset(("os.link", "os.mkdir", "os.rename", "os.symlink"))

#: system calls of Landlock and what they take (linux/landlock.h), the same on all machines that run Python
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION, _PATH_BENEATH, _OLDEST = 1, 1, 3  # the third version can refuse to cut a file short
_CHANGE_FILE: Final = 1 << 1 | 1 << 14  # write to it, cut it short
_CHANGE_FOLDER: Final = sum(1 << bit for bit in range(4, 14))  # make, remove, move or link an entry
_PR_SET_NO_NEW_PRIVS: Final = 38  # linux/prctl.h; the condition on which anybody may use Landlock


def can_wall_off() -> bool:
    """Return whether the system knows Landlock as it is needed here."""
    if sys.platform != "linux":
        return False
    return bool(ctypes.CDLL(None).syscall(_CREATE_RULESET, None, 0, _ASK_VERSION) >= _OLDEST)


def wall_off(folder: str) -> None:
    """Let the system refuse, where it can, to this process and all that it starts, to write below a folder.

    Parameters
    ----------
    folder
        The folder; it need not exist.
    """
    if not can_wall_off():
        return
    libc = ctypes.CDLL(None)
    handled = struct.pack("=Q", _CHANGE_FILE | _CHANGE_FOLDER)
    rules = libc.syscall(_CREATE_RULESET, handled, len(handled), 0)
    if rules < 0:
        return
    places = {Path(os.path.realpath(folder)), Path.cwd() / folder}
    leading = {each for place in places for each in place.parents}
    spared = {_identity(each.stat()) for each in (*places, *leading) if each.exists()}
    for path in _entries(leading):
        with contextlib.suppress(OSError):  # it has gone, or is not for this user
            _allow(libc, rules, path, spared)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.syscall(_RESTRICT_SELF, rules, 0)
    os.close(rules)


def _entries(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        with contextlib.suppress(OSError):  # not for this user
            yield from folder.iterdir()


def _allow(libc: ctypes.CDLL, rules: int, path: Path, spared: set[tuple[int, int]]) -> None:
    """Allow to change something and all below it, unless it leads to what is to be left alone."""
    handle = os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        found = os.fstat(handle)
        # what a link leads to is met where it lies
        if _identity(found) not in spared and not stat.S_ISLNK(found.st_mode):
            rights = _CHANGE_FILE | (_CHANGE_FOLDER if stat.S_ISDIR(found.st_mode) else 0)
            libc.syscall(_ADD_RULE, rules, _PATH_BENEATH, struct.pack("=Qi", rights, handle), 0)
    finally:
        os.close(handle)


def _identity(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino


def forbid_writing(folder: str) -> None:
    """Refuse, in this process from now on, to write below a folder.

    Parameters
    ----------
    folder
        The folder; it need not exist.
    """
    root = os.path.realpath(folder)
    leading = {str(each) for each in Path(root).parents} if can_wall_off() else set()

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            flags = flags if isinstance(flags, int) else 0
            paths, makes = (path,) if flags & _WRITING else (), bool(flags & os.O_CREAT)
        else:
            paths, makes = arguments if event in _CHANGES else (), event in _MAKES
        for each in paths:
            if isinstance(each, str | bytes | os.PathLike):
                real = os.path.realpath(os.fsdecode(each))
                if why := _reason(real, root, leading if makes else set()):
                    raise PermissionError(f"{os.fsdecode(each)}: {why}")

    sys.addaudithook(refuse)


def _reason(path: str, root: str, leading: set[str]) -> str:
    """Return why a path must not be written to; nothing where it may be."""
    if path == root or path.startswith(root + os.sep):
        return (
            "a notebook writes nothing where reports are published; show what the report is to hold, and it is"
            " published when it has passed the gate"
        )
    if os.path.dirname(path) in leading and not os.path.lexists(path):  # noqa: PTH120  (often asked)
        return (
            "a notebook makes nothing new in a folder that leads to the published reports; write into its"
            " working folder, or into a folder that is there already"
        )
    return ""
