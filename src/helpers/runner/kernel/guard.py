"""Inside a kernel: it writes in its own run folder alone, and does not see those of other reports.

There are two refusals. An audit hook, which the interpreter asks before it opens, moves or removes a file, stops
Python code at the line that tries it, with words. And where Linux has Landlock (6.2 or newer), the system itself
refuses it to the kernel and to all that it starts, whatever they are written in.

Landlock knows only what is allowed, and a right to a folder reaches everything below it. Writing is allowed in a
few folders. Reading is allowed everywhere but in the hidden ones: in each entry of the folders that lead to
them, though not in what comes to these later. Names may be listed everywhere.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import struct
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from helpers.runner.walls import Wall

#: flags of an opening that may change a file
WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
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
#: events whose path is a link's own: what it leads to is left as it is
_OF_THE_LINK: Final = frozenset(("os.remove", "os.rename", "os.symlink"))
#: and those that start a program
_PROGRAMS: Final = frozenset(("os.exec", "os.posix_spawn", "os.system", "subprocess.Popen"))
_BETWEEN_WORDS: Final = re.compile(r"[\s'\"=;|<>(),]+")
#: what libraries write to that is no file of anybody's: /dev/null, shared memory, their own process
_DEVICES: Final = ("/dev", "/proc/self")

#: system calls of Landlock and what they take (linux/landlock.h), the same on all machines that run Python
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION, _PATH_BENEATH, _OLDEST = 1, 1, 3  # the third version can refuse to cut a file short
_READ_FILE: Final = 1 << 2
_CHANGE_FILE: Final = 1 << 1 | 1 << 14  # write to it, cut it short
_CHANGE_FOLDER: Final = sum(1 << bit for bit in range(4, 14))  # make, remove, move or link an entry
_PR_SET_NO_NEW_PRIVS: Final = 38  # linux/prctl.h; the condition on which anybody may use Landlock


def can_wall_off() -> bool:
    """Return whether the system knows Landlock as it is needed here."""
    if sys.platform != "linux":
        return False
    return bool(ctypes.CDLL(None).syscall(_CREATE_RULESET, None, 0, _ASK_VERSION) >= _OLDEST)


def wall_off(wall: Wall) -> None:
    """Let the system hold this process and all that it starts to a wall, where it can.

    Folders that are not there when it is built stay closed.
    """
    if not can_wall_off():
        return
    libc = ctypes.CDLL(None)
    reading = _READ_FILE if wall.hidden else 0
    handled = struct.pack("=Q", _CHANGE_FILE | _CHANGE_FOLDER | reading)
    rules = libc.syscall(_CREATE_RULESET, handled, len(handled), 0)
    if rules < 0:
        return
    for path in (*wall.writable, *map(Path, _DEVICES)):
        _allow(libc, rules, path, _CHANGE_FILE | _CHANGE_FOLDER | reading)
    if reading:
        for path in _visible(wall.hidden):
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


def refuse_with_words(wall: Wall) -> None:
    """Stop Python code of this process, from now on, at the line that reads or writes beyond a wall."""
    inside = tuple(os.path.realpath(str(each)) for each in (*wall.writable, *_DEVICES))
    hidden = tuple({path for each in wall.hidden for path in (str(each), os.path.realpath(str(each)))})

    private = os.path.commonpath(hidden) if hidden else ""

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        if private and (event in _PROGRAMS or event == "os.symlink"):
            for each in _words_of(arguments):
                whole = _lies_in(each, (private,)) and any(_lies_in(path, (each,)) for path in hidden)
                if whole or _is_hidden(each, hidden, inside):
                    raise PermissionError(f"{each}: {WHY_HIDDEN}")
        if event == "open":
            path, _, flags = arguments
            paths = (path,) if isinstance(flags, int) and flags & WRITING else ()
            if not paths and _is_hidden(path, hidden, inside):
                raise PermissionError(f"{os.fsdecode(path)}: {WHY_HIDDEN}")
        else:
            paths = arguments if event in _CHANGES else ()
        for each in paths:
            if isinstance(each, str | bytes | os.PathLike) and not _lies_in(
                _target(event, os.fsdecode(each)), inside
            ):
                raise PermissionError(f"{os.fsdecode(each)}: {_WHY}")

    sys.addaudithook(refuse)


_WHY: Final = (
    "a notebook changes nothing of the project or of the machine; write to a file of another name in its working"
    " folder (open('result.csv', 'w')), or to a temporary one"
)


#: what to do instead of reading beyond a wall
WHY_HIDDEN: Final = (
    "a notebook reads neither records of patients, nor the runs of other reports, nor pages for other readers;"
    ' ask for figures by report.records("spells", by=[…]).count()'
)


def _words_of(arguments: object) -> Iterator[str]:
    """Yield what a program is given, word by word: the system refuses a file to it too, but it has no words for it."""
    if isinstance(arguments, str | bytes):
        yield from _BETWEEN_WORDS.split(os.fsdecode(arguments))
    elif isinstance(arguments, os.PathLike):
        yield os.fspath(arguments)
    elif isinstance(arguments, list | tuple):
        for each in arguments:
            yield from _words_of(each)


def _is_hidden(path: object, hidden: tuple[str, ...], inside: tuple[str, ...]) -> bool:
    """Tell whether words are due for a path; the system itself knows where links lead."""
    if not isinstance(path, str | bytes | os.PathLike):
        return False
    plain = os.path.abspath(os.fsdecode(path))  # noqa: PTH100  (asked at every file that is opened)
    if not _lies_in(plain, hidden):
        return False
    leads_to = os.path.realpath(plain)  # the mirror of a notebook's folder is made of links
    return _lies_in(leads_to, hidden) and not _lies_in(leads_to, inside)


def _target(event: str, path: str) -> str:
    """Return what an event changes: the link itself where it is moved or removed, else what it leads to."""
    if event not in _OF_THE_LINK:
        return os.path.realpath(path)
    folder, name = os.path.split(os.path.abspath(path))  # noqa: PTH100  (asked at every change)
    return os.path.join(os.path.realpath(folder), name)  # noqa: PTH118


def _lies_in(path: str, folders: tuple[str, ...]) -> bool:
    return any(path == folder or path.startswith(folder + os.sep) for folder in folders)
