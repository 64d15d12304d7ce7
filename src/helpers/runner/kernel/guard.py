"""Inside a kernel: it writes in its own run folder alone, and does not see those of other reports.

There are two refusals. An audit hook, which the interpreter asks before it opens, moves or removes a file, stops
Python code at the line that tries it, with words. And where Linux has Landlock, the system itself refuses it to the
kernel and to all that it starts, whatever they are written in (`helpers.landlock`).
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from typing import Any, Final

from helpers.landlock import DEVICES
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


def refuse_with_words(wall: Wall) -> None:
    """Stop Python code of this process, from now on, at the line that reads or writes beyond a wall."""
    inside = tuple(os.path.realpath(str(each)) for each in (*wall.writable, *DEVICES))
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
