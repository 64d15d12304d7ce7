"""A child of the records room in which an author's function runs: what it changes there changes nothing of the room.

The child is forked for each question, with the records of its groups, and answers by numbers alone; whether they may be
shown is decided in the room. Linux holds it to a wall: it reads nothing of the mart, writes nothing, and reaches
neither the network nor other processes. Elsewhere an interpreter started anew takes its place, with the audit hook.
"""

from __future__ import annotations

import base64
import builtins
import contextlib
import ctypes
import functools
import json
import multiprocessing
import os
import signal
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import Connection
from numbers import Real
from pathlib import Path
from types import CodeType
from typing import Any, Final

import cloudpickle
import numpy as np
import pandas as pd

from helpers.data.room.single import kind_of
from helpers.errors import Problem, UsageError
from helpers.landlock import wall_off

#: what a number is called that has no name
VALUE: Final = "value"
#: bytes that a function may take besides the records
MOST_MEMORY: Final = 2 * 1024**3
#: bytes of one answer: more are no few numbers
_LONGEST_ANSWER: Final = 1 << 16
#: seconds that are waited for an answer, at most
_LONGEST_TIME: Final = 24 * 3600.0
#: what may be said of what a function gives: a name of a class of an author's own may hold a record
_KINDS: Final = {
    **{name: f"a {name}" for name in ("DataFrame", "Series", "list", "tuple", "set")},
    "Index": "an Index",
    "ndarray": "an array",
    "str": "words",
    "bool": "True or False",
    "dict": "a dictionary",
    "NoneType": "nothing (is `return` missing?)",
}
#: numbers that a function may give of a group
MOST_NUMBERS: Final = 10
#: letters of a name that are told, more than any has that stands in the code
_LONGEST_NAME: Final = 1000
#: audit events by which something would get past the door, by module (Python's audit events table)
_WAYS_OUT: Final = {
    "os": (
        *("exec", "fork", "forkpty", "kill", "killpg", "link", "mkdir", "posix_spawn"),
        *("remove", "rename", "rmdir", "spawn", "startfile", "symlink", "system", "truncate"),
    ),
    "sqlite3": ("connect",),
    "socket": ("__new__",),
    "subprocess": ("Popen",),
}
_WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_PR_SET_PDEATHSIG: Final = 1  # linux/prctl.h


@dataclass(frozen=True)
class Function:
    """An author's function as it travels, and what was written in it before it saw a record.

    Parameters
    ----------
    content
        Pickled, in base 64: only a child opens it.
    words, lines
        The words that stand in it, and the numbers of its lines: of what it says of records, only these are told.
    """

    content: str
    words: frozenset[str]
    lines: frozenset[int]

    @classmethod
    def of(cls, function: Callable[[pd.DataFrame], object]) -> Function:
        """Return a function as it travels."""
        codes = list(_codes(function))
        lines = frozenset(line for code in codes for _, _, line in code.co_lines() if line)
        return cls(base64.b64encode(cloudpickle.dumps(function)).decode(), frozenset(_words(codes)), lines)


def _words(codes: Sequence[CodeType]) -> Iterator[str]:
    for constant in (each for code in codes for each in code.co_consts):
        if isinstance(constant, str):
            yield constant
        elif isinstance(constant, tuple | frozenset):
            yield from (each for each in constant if isinstance(each, str))


def _codes(run: Any) -> Iterator[CodeType]:
    """Yield the code of a function, and of those that are written within it."""
    code = getattr(run, "__code__", None) or getattr(getattr(run, "__func__", None), "__code__", None)
    waiting = [code] if code else []
    while waiting:
        yield (code := waiting.pop())
        waiting += [each for each in code.co_consts if isinstance(each, CodeType)]


@dataclass(frozen=True)
class Given:
    """What a function gives of some records: numbers by name (None: no number), what that is, or why it fails."""

    numbers: Mapping[str, float | None]
    kind: str = ""
    failure: str = ""


class Child:
    """The room's side of a child.

    Parameters
    ----------
    groups
        The records of each group, by whose place the child is asked.
    closed
        The folders of which it may read nothing.
    seconds
        For each answer.
    """

    def __init__(
        self, function: Function, groups: Sequence[pd.DataFrame], closed: Sequence[Path], seconds: float
    ) -> None:
        self._function, self._seconds = function, min(seconds, _LONGEST_TIME)
        forks = sys.platform == "linux"
        context = multiprocessing.get_context("fork") if forks else multiprocessing.get_context("spawn")
        self._door, theirs = context.Pipe()
        work = (theirs, base64.b64decode(function.content), groups, closed)
        self._process = context.Process(target=_work, args=work, daemon=True)
        with warnings.catch_warnings():
            # the child uses none of the threads that Python 3.12 warns of: they are DuckDB's, which it does not call
            warnings.simplefilter("ignore", DeprecationWarning)
            self._process.start()
        theirs.close()

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_: object) -> None:
        """End it, and what it has started."""
        self._process.kill()
        if sys.platform == "linux" and self._process.pid:
            with contextlib.suppress(ProcessLookupError):  # it had not begun
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.join()
        self._door.close()

    def ask(self, group: int, *, without: tuple[int, int, int] | None = None) -> Given:
        """Return what the function gives of a group: of everybody, or without one part.

        Parameters
        ----------
        without
            Number of a split, into how many parts, and which of them is left out.

        Raises
        ------
        UsageError
            Where it gives no answer, in time or at all.
        """
        try:
            self._door.send_bytes(json.dumps([group, without]).encode())
            if not self._door.poll(self._seconds):
                came = f"the function gives no answer in {self._seconds:g} seconds"
                cure = "see whether it ends; give it longer by .apply(function, seconds=…), or less to do by where="
                raise UsageError(Problem("records, apply", came, cure=cure))
            return self._read(json.loads(self._door.recv_bytes(_LONGEST_ANSWER)))
        except (OSError, EOFError, ValueError, TypeError, KeyError):
            came = f"the function ends its process, or takes more than {MOST_MEMORY >> 30} GB"
            cure = "let it return a number, of records narrowed by where="
            raise UsageError(Problem("records, apply", came, cure=cure)) from None

    def _read(self, told: Any) -> Given:
        """Read an answer, of which nothing is taken for true: the function may have changed all in the child."""
        if "failure" in told:
            kind = getattr(builtins, str(told["failure"]), None)
            known = isinstance(kind, type) and issubclass(kind, BaseException)
            line = f" in line {told['line']}" if told["line"] in self._function.lines else ""
            return Given({}, failure=f"{line} ({told['failure'] if known else 'Exception'})")
        numbers = {
            str(name): float(value) if type(value) in (int, float) else None
            for name, value in told["numbers"]
        }
        return Given(numbers, _KINDS.get(told["kind"], "a thing of another kind"))


# --- in the child -------------------------------------------------------------------------------------


def _work(
    door: Connection, function: bytes, groups: Sequence[pd.DataFrame], closed: Sequence[Path]
) -> None:
    """Answer until the room has what it wants, and ends this process."""
    sys.path.append(str(Path.cwd()))  # the modules beside the notebook, after all others
    _shut_in(door.fileno(), closed)
    while True:
        place, without = json.loads(door.recv_bytes())
        group = groups[place]
        if without:
            split, parts, part = without
            places = np.random.default_rng(split).permutation(len(group))
            group = group.iloc[np.setdiff1d(places, np.array_split(places, parts)[part])]
        door.send_bytes(json.dumps(_answer(function, group.copy())).encode())


_load = functools.cache(cloudpickle.loads)


def _answer(function: bytes, group: pd.DataFrame) -> dict[str, Any]:
    run = None
    try:
        run = _load(function)
        found = run(group)
        named = dict(found) if isinstance(found, Mapping) else {VALUE: found}
        # plain words and numbers: those of a class of an author's own may be others each time they are looked at
        numbers = [
            ((str.__str__(name) if isinstance(name, str) else repr(name))[:_LONGEST_NAME], _plain(value))
            for name, value in islice(named.items(), MOST_NUMBERS + 1)
        ]
    except (Exception, SystemExit) as error:
        own = set(_codes(run))
        lines = [line for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code in own]
        return {"failure": kind_of(error), "line": lines[-1] if lines else 0}
    return {"kind": type(found).__name__, "numbers": numbers}


def _plain(value: Any) -> float | None:
    if type(value) is bool:
        return None
    return float(value) if isinstance(value, Real) else None


def _shut_in(door: int, closed: Sequence[Path]) -> None:
    """Leave this process its door alone: no other descriptor, no writing, no network, and an end with the room."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    sys.stdout = sys.stderr = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    if sys.platform == "linux":
        os.setsid()
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        for descriptor in map(int, os.listdir("/proc/self/fd")):  # noqa: PTH208
            if descriptor > 2 and descriptor != door:
                with contextlib.suppress(OSError):  # the one by which they were listed
                    os.close(descriptor)
        _limit_memory()
        wall_off((), closed, alone=True)
    _watch_ways_out(tuple(os.path.realpath(each) + os.sep for each in closed))


def _limit_memory() -> None:
    import resource  # of Unix alone

    words = Path("/proc/self/statm").read_text().split()
    most = int(words[5]) * resource.getpagesize() + MOST_MEMORY
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _watch_ways_out(closed: tuple[str, ...]) -> None:
    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        module, _, name = event.partition(".")
        out = name in _WAYS_OUT.get(module, ())
        if event == "open" and not isinstance(arguments[0], int):
            writes = isinstance(arguments[2], int) and bool(arguments[2] & _WRITING)
            out = writes or os.path.realpath(os.fsdecode(arguments[0])).startswith(closed)
        if out:
            raise PermissionError("a function in the records room writes, starts and sends nothing")

    sys.addaudithook(refuse)
