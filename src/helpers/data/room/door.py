"""The door of the records room: how a kernel asks, and how the room is found.

In a batch the kernel's keeper has made the door before the kernel began, and forks the room when somebody first
knocks; the kernel is told the door's descriptor. Elsewhere (JupyterLab, plain papermill) the kernel starts the
room as a process of its own when it first asks. Either way the room ends with the kernel.

Outside a notebook there is no door: what would be asked is worked out on the spot, by those who may.
"""

from __future__ import annotations

import contextlib
import functools
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, ParamSpec, TypeVar, cast

from helpers.data.room.messages import bound, line_of
from helpers.errors import DataError, Problem
from helpers.places import VERSION_VARIABLE, in_notebook
from helpers.reads import Note, note, timed

#: how a kernel is told the descriptor of its door
ROOM_VARIABLE: Final = "BOARDPACK_ROOM"
#: what is run as the room: `python -m MODULE`, with the descriptor where there is one
MODULE: Final = "helpers.data.room.service"
#: marks a function that the room runs for a kernel, with what may leave it
MARK: Final = "__leaves_room__"

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def is_interactive() -> bool:
    """Tell whether somebody sits before this process: JupyterLab, Visual Studio Code, or a Python prompt."""
    if os.environ.get(VERSION_VARIABLE):  # a batch
        return False
    # also asked in the room, which has the environment of its kernel
    return bool(os.environ.get("JPY_SESSION_NAME") or os.environ.get("VSCODE_PID")) or hasattr(sys, "ps1")


def in_room(
    *leaves: type,
) -> Callable[[Callable[Arguments, Result]], Callable[Arguments, Result]]:
    """Make a function run in the records room when a kernel calls it; elsewhere it runs where it is called.

    Parameters
    ----------
    leaves
        The types that it may return: what may be shown, never rows or exact counts.
    """

    def decorate(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
        @functools.wraps(function)
        def call(*args: Arguments.args, **keywords: Arguments.kwargs) -> Result:
            if not in_notebook():
                return function(*args, **keywords)
            given = bound(function, *args, **keywords)
            line = line_of(f"{function.__module__}:{function.__qualname__}", given)
            with timed("records room"):
                answer = find_room().ask(line)
            _hand_over(answer.reads, given.values())
            if answer.error is not None:
                raise answer.error
            value: Result = answer.value
            return value

        setattr(call, MARK, leaves)
        return call

    return decorate


def _hand_over(reads: Iterable[Note], args: Iterable[object]) -> None:
    """Note here what the room read, also with the marts in whose name it was asked."""
    reads = tuple(reads)
    note(*reads)
    data = [each.name for each in reads if each.kind == "data"]
    for each in args:
        mart = getattr(each, "mart", each)
        if hasattr(mart, "note"):
            mart.note(data, elsewhere=True)


@dataclass(frozen=True)
class Answer:
    """What the room gives back: a value, or the error that a caller gets to see; and what was read for it."""

    value: Any = None
    error: Exception | None = None
    reads: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Channel:
    """Two streams on which the kernel asks, a line at a time (`messages`), and its room answers, a pickle at a time."""

    reading: BinaryIO
    writing: BinaryIO

    @classmethod
    def on(cls, descriptor: int) -> Channel:
        """Return the channel on a socket's descriptor."""
        return cls(os.fdopen(descriptor, "rb"), os.fdopen(os.dup(descriptor), "wb"))

    def send(self, content: bytes) -> None:
        """Send a line, or a pickle."""
        self.writing.write(content)
        self.writing.flush()

    def close(self) -> None:
        """Close both streams: the other side ends by itself."""
        for stream in (self.reading, self.writing):
            with contextlib.suppress(OSError):  # the other side may have gone
                stream.close()


class Room:
    """A kernel's side of the door.

    Parameters
    ----------
    may_be_replaced
        Whether another one can be started when it has ended: not in a batch, whose kernel cannot open records.
    """

    def __init__(self, channel: Channel, *, may_be_replaced: bool = True) -> None:
        self._channel = channel
        self._may_be_replaced = may_be_replaced
        self._lock = threading.Lock()

    def ask(self, line: bytes) -> Answer:
        """Return the answer of the room to a line (`messages.line_of`).

        Raises
        ------
        DataError
            Where the room has ended, for want of memory say.
        """
        with self._lock:
            try:
                self._channel.send(line)
                answer: Answer = pickle.load(self._channel.reading)
            # a closed stream is a ValueError
            except (EOFError, OSError, ValueError) as error:
                self._leave()
                cure = "run the notebook again from its first cell; if it stays so, see whether memory has run out"
                raise DataError(Problem("records room", "it has ended", cure=cure)) from error
            except BaseException:  # interrupted: an answer that comes later would be taken for the next one
                self._leave()
                raise
        return answer

    def _leave(self) -> None:
        self._channel.close()
        if self._may_be_replaced:
            find_room.cache_clear()


@functools.cache
def find_room() -> Room:
    """Return the room of this kernel: the one that the keeper forks, or one started now."""
    told = os.environ.pop(ROOM_VARIABLE, "")
    return Room(Channel.on(int(told)), may_be_replaced=False) if told else Room(start_room())


def start_room() -> Channel:
    """Start a room of our own, on its standard input and output; it ends when these close."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", MODULE],  # without what lies beside the notebook
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # an interruption is the kernel's; the room sees that its door closes
    )
    return Channel(cast(BinaryIO, process.stdout), cast(BinaryIO, process.stdin))
