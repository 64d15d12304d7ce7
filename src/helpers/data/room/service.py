"""Inside the records room: answer what the kernel asks, and let nothing out but what a function says may leave.

Run as `python -m helpers.data.room.service [FD]`: on the socket FD, or on standard input and output.
"""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from pathlib import Path
from typing import Any

from helpers.data.room.door import MARK, Answer, Asked, Channel
from helpers.errors import ArgumentError, UserError
from helpers.importing import import_at_rest
from helpers.reads import take_notes


def main() -> None:
    """Answer until the kernel has ended."""
    channel = Channel.on(int(sys.argv[1])) if len(sys.argv) > 1 else _standard_streams()
    _draw_without_window()
    serve(channel)


def serve(channel: Channel) -> None:
    """Answer everything that comes, until the other side closes."""
    while True:
        try:
            asked = channel.receive()
        except EOFError:
            return
        # what an author's function cannot be read from is his to mend, like what it raises
        except Exception as error:
            channel.send(Answer(error=_without_values(error)))
            continue
        try:
            channel.send(answer(asked))
        except BrokenPipeError:
            return


def answer(asked: Asked) -> Answer:
    """Return what a function gives, if it may leave the room; errors leave without values of records."""
    take_notes()
    try:
        value = _call(asked)
    except (UserError, ArgumentError) as error:
        return Answer(error=error, reads=take_notes())
    except Exception as error:
        traceback.print_tb(error.__traceback__)  # to the log, which the kernel can read: without its words
        return Answer(error=_without_values(error), reads=take_notes())
    return Answer(value, reads=take_notes())


def _call(asked: Asked) -> Any:
    module, _, name = asked.function.partition(":")
    function: Any = import_at_rest(module)
    for part in name.split("."):
        function = getattr(function, part)
    leaves = getattr(function, MARK, None)
    if leaves is None:
        raise PermissionError(f"{asked.function} is no function of the records room")
    value = function(*asked.args, **(asked.keywords or {}))
    if not isinstance(value, leaves):
        raise PermissionError(f"{type(value).__name__} does not leave the records room ({asked.function})")
    return value


def _without_values(error: Exception) -> Exception:
    """Return an error with its kind and place: its words may hold what a record holds."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else "no line"
    words = f"{type(error).__name__} in the records room ({place}); what it said may name a record and stays there"
    words += "; ask by report.records(…), or an analysis for one of its parts"
    return RuntimeError(words)


def _standard_streams() -> Channel:
    """Take over standard input and output; what is printed in the room goes to standard error."""
    reading, writing = os.dup(0), os.dup(1)
    os.dup2(2, 1)
    return Channel(os.fdopen(reading, "rb"), os.fdopen(writing, "wb"))


def _draw_without_window() -> None:
    """Use the backend that needs neither a window nor a notebook, whatever the kernel uses."""
    os.environ["MPLBACKEND"] = "agg"
    if (drawn := sys.modules.get("matplotlib")) is not None:
        drawn.use("agg")


if __name__ == "__main__":
    # the module that kernels know, not a second copy of it under another name
    importlib.import_module("helpers.data.room.service").main()
