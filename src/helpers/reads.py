"""What was read: a report does not say it, so whatever reads for it notes it here.

A note has a kind, a name, and what it says of that:

========  ======================================================  ======================================
kind      name                                                    says
========  ======================================================  ======================================
data      of the mart: ``spells`` (all data sets of a table),     nothing
          ``measure_values:rtt_18_weeks`` (those that hold a
          measure), ``measure_values/kh03`` (one)
answer    a question to the register: ``comments beds SYN07       the digest of the answer
          2026-03`` (`helpers.register.questions`)
file      the path of a file or folder that was opened, listed    its stamp (`stamp_of`), or nothing where
          or looked for, links followed                           the stamp of that moment is not known
time      when something ended and what: ``91823 ledger``         the seconds that it took
========  ======================================================  ======================================

A file that is not there is noted too: that it comes is a change. What lies at the path, the runner sees by
itself (`helpers.runner.key.surroundings`), so a watcher need not tell a file from a folder.

In a batch the environment variable `READS_VARIABLE` names a file to which every process that a notebook starts
adds its notes, one line of JSON for each: ``["file", "/…/targets.csv", "1764408541000000000 512"]``. Whoever
sees what others open, such as a watcher outside the kernel, adds lines of the same form (`line_of`) in one write
each; the runner takes them all together when the notebook has ended.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, Literal, NamedTuple

#: tells a process where to add its notes
READS_VARIABLE: Final = "BOARDPACK_READS"

#: the stamp of what is not there
ABSENT: Final = "not there"

Kind = Literal["data", "answer", "file", "time"]


class Note(NamedTuple):
    """One thing that was read."""

    kind: Kind
    name: str
    says: str = ""


_NOTED: dict[tuple[str, str], Note] = {}


def note(*notes: Note) -> None:
    """Note what was read; what has been noted before stays as it was then."""
    new = [each for each in notes if _NOTED.setdefault(each[:2], each) is each]
    path = os.environ.get(READS_VARIABLE)
    if not path or not new:
        return
    with contextlib.suppress(OSError):  # of a kernel that is being ended
        log = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            for each in new:
                os.write(log, line_of(each))
        finally:
            os.close(log)


def note_data(names: Iterable[str]) -> None:
    """Note what of the mart was read."""
    note(*(Note("data", name) for name in names))


def note_file(path: str | os.PathLike[str]) -> None:
    """Note that a file or folder was opened, listed or looked for."""
    place = os.path.realpath(path)
    note(Note("file", place, stamp_of(place)))


@contextlib.contextmanager
def timed(what: str) -> Iterator[None]:
    """Note how long the block takes: `boardpack run --profile` tells it."""
    began = time.perf_counter()
    try:
        yield
    finally:
        took = time.perf_counter() - began
        note(Note("time", f"{time.monotonic_ns()} {what}", f"{took:.4f}"))


def noted(kind: Kind) -> tuple[str, ...]:
    """Return the names that were noted in this process, oldest first."""
    return tuple(each.name for each in _NOTED.values() if each.kind == kind)


def take_notes() -> tuple[Note, ...]:
    """Return what was noted in this process and forget it: whoever reads for another one hands it over."""
    taken = tuple(_NOTED.values())
    _NOTED.clear()
    return taken


def line_of(note: Note) -> bytes:
    """Return a note as a line."""
    return json.dumps(note, ensure_ascii=False).encode("utf-8", "surrogateescape") + b"\n"


def read_notes(path: Path) -> Iterator[Note]:
    """Yield the notes of a file; a line that was cut short is left out, and so is a file that is not there."""
    lines = path.read_bytes().splitlines() if path.exists() else []
    for line in lines:
        with contextlib.suppress(ValueError, TypeError):
            yield Note(*json.loads(line.decode("utf-8", "surrogateescape")))


def stamp_of(path: str | os.PathLike[str]) -> str:
    """Return by what it is told whether a file was changed between two moments.

    >>> stamp_of("nowhere")
    'not there'
    """
    try:
        found = os.stat(path)  # noqa: PTH116  (asked at every opening)
    except OSError:
        return ABSENT
    return f"{found.st_mtime_ns} {found.st_size}"


def is_about(note: str, dataset: str, measures: Iterable[str] | None = None) -> bool:
    """Tell whether a note of data means a data set.

    Parameters
    ----------
    dataset
        Its name, "<table>/<source>".
    measures
        The measures that it holds; None where that is not known or it has none.

    >>> is_about("spells", "spells/hes"), is_about("spells/hes", "spells/sus")
    (True, False)
    >>> is_about("measure_values:beds", "measure_values/kh03", ["beds", "occupancy"])
    True
    """
    table, _, measure = note.partition(":")
    if measure:
        return dataset.startswith(f"{table}/") and (measures is None or measure in measures)
    return note in (dataset, dataset.partition("/")[0])
