"""Inside a kernel: it notes which files Python opens, lists or looks for, and which modules it has imported.

An IPython extension, so that a kernel has it however it was started. It sees what goes through the interpreter:
`open`, `pandas.read_csv`, `Path.glob`, `sqlite3`, and in processes that were forked. It does not see what DuckDB,
Arrow or a program of its own opens. That is seen from outside (`helpers.runner.kernel.seccomp`) where the system lets a
process watch what another one opens; elsewhere there is `report.uses(path)`. From outside it cannot be seen why a
folder is listed, so a listing that looks for modules is announced.

Looking whether a file exists is no event of the interpreter, so only the opening of what is not there is noted.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Any, Final

from helpers.reads import note_file
from helpers.runner.kernel.guard import WRITING
from helpers.runner.machine import is_of_the_machine

#: audit events whose first argument is what is read (Python's audit events table)
_LISTING: Final = frozenset(("os.listdir", "os.scandir"))
_READING: Final = frozenset(("open", "sqlite3.connect", *_LISTING))
#: the import system lists the folders of modules and reads compiled ones; `sys.modules` tells what came of it
_IMPORTING: Final = frozenset(
    ("importlib._bootstrap_external", "_frozen_importlib_external", "zipimport", "importlib.metadata")
)
#: opened in vain, it announces to a watcher that the next folder is listed for the import system
ANNOUNCED: Final = "/dev/null/looking for modules"
#: what SQLite calls databases that are no file
_NO_PLACES: Final = frozenset(("", ":memory:"))


def load_ipython_extension(shell: Any) -> None:
    """Begin to note, as IPython asks it of an extension."""
    known: set[str] = set()
    shell.events.register("post_run_cell", lambda *_: note_modules(known))
    sys.addaudithook(note_event)


def note_event(event: str, arguments: tuple[Any, ...]) -> None:
    """Note what an audit event reads."""
    if event not in _READING:
        return
    path = arguments[0]
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING:
        return
    if path is None or isinstance(path, int) or path in _NO_PLACES or path == ANNOUNCED:
        return
    if _is_importing():
        if event in _LISTING:
            with contextlib.suppress(OSError):
                os.open(ANNOUNCED, os.O_RDONLY)
        return
    with contextlib.suppress(TypeError, ValueError):
        _note(os.fsdecode(path))


def _note(path: str) -> None:
    # most are of the machine by their names alone: to follow links takes a look at every folder on the way
    if not is_of_the_machine(path) and not is_of_the_machine(place := os.path.realpath(path)):
        note_file(place)


def _is_importing() -> bool:
    frame = sys._getframe(2)  # who called what the event is about
    return frame.f_globals.get("__name__") in _IMPORTING


def note_modules(known: set[str]) -> None:
    """Note the files of the modules that have been imported, but for those that are known."""
    for name in sys.modules.keys() - known:
        known.add(name)
        file = getattr(sys.modules.get(name), "__dict__", {}).get("__file__")
        if isinstance(file, str):
            _note(file)
