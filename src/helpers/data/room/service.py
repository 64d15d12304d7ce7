"""Inside the records room: answer what the kernel asks, and let nothing out but what a function says may leave.

Run as `python -m helpers.data.room.service [FD]`: on the socket FD, or on standard input and output.
"""

from __future__ import annotations

import importlib
import os
import pickle
import sys
import traceback
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

from helpers.data.mart import Mart
from helpers.data.room.door import MARK, Answer, Channel
from helpers.data.room.messages import LONGEST, read
from helpers.errors import ArgumentError, Problem, UsageError, UserError
from helpers.importing import import_at_rest
from helpers.places import ROOT_VARIABLE, find_root, state_folder
from helpers.reads import take_notes

#: where the functions are that may be asked for (`door.in_room`)
HOMES: Final = (
    "helpers.data.room.counting",
    "helpers.data.room.functions",
    "helpers.data.room.models",
    "helpers.data.room.single",
    "helpers.data.series.appointments",
    "helpers.data.series.untold",
    "helpers.report.analyses_in_room",
)


def main() -> None:
    """Answer until the kernel has ended."""
    channel = Channel.on(int(sys.argv[1])) if len(sys.argv) > 1 else _standard_streams()
    _draw_without_window()
    serve(channel)


def serve(channel: Channel) -> None:
    """Answer everything that comes, until the other side closes, or sends what no kernel of ours does."""
    while (line := channel.reading.readline(LONGEST + 1)).endswith(b"\n"):
        try:
            channel.send(pickle.dumps(answer(line)))
        except BrokenPipeError:
            return


def answer(line: bytes) -> Answer:
    """Return what a function gives, if it may leave the room; errors leave without values of records."""
    take_notes()
    try:
        value = _call(line)
    except (UserError, ArgumentError) as error:
        return Answer(error=error, reads=take_notes())
    except Exception as error:
        traceback.print_tb(error.__traceback__)  # to the log, which the kernel can read: without its words
        return Answer(error=_without_values(error), reads=take_notes())
    return Answer(value, reads=take_notes())


def _call(line: bytes) -> Any:
    name, _, given = line.partition(b" ")
    function = _function(name.decode())
    arguments = read(function, given)
    for each in arguments.values():
        _refuse_elsewhere(each)
    value = function(**arguments)
    if not isinstance(value, getattr(function, MARK)):
        raise PermissionError(f"{type(value).__name__} does not leave the records room ({name.decode()})")
    return value


def _function(name: str) -> Callable[..., Any]:
    """Return a function that may be asked for, by its module and name; no other module is imported."""
    module, _, within = name.partition(":")
    function = getattr(import_at_rest(module), within, None) if module in HOMES else None
    if not hasattr(function, MARK):
        cure = "ask by report.records(…), or an analysis for one of its parts"
        raise UsageError(
            Problem("records room", f"{name} cannot be asked for", f"functions of {', '.join(HOMES)}", cure)
        )
    return cast(Callable[..., Any], function)


def _refuse_elsewhere(given: object) -> None:
    """Refuse a report or mart of another project: by the ledger beside it, what was told here would not be known."""
    root, own = _places()
    mart = getattr(given, "mart", given)
    named = [getattr(given, "root", root), *([mart.path] if isinstance(mart, Mart) else [])]
    for each in named:
        if each.resolve() not in (root, own):
            cure = f"open the report by open_report; {ROOT_VARIABLE} names the project before the notebook begins"
            raise UsageError(Problem("records room", f"{each} is asked for", f"{root}, its own", cure))


@cache
def _places() -> tuple[Path, Path]:
    """Return the project's folder and mart for which this process was started."""
    root = find_root().resolve()
    return root, (state_folder(root) / "mart").resolve()


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
