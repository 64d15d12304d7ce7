"""What happened: one row for every report of every run, in a SQLite file of the private folder."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import psutil

from helpers.errors import Problem, UserError
from helpers.runner.project import private_folder

SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    run TEXT PRIMARY KEY, started TEXT NOT NULL, finished TEXT, data_version TEXT NOT NULL,
    host TEXT NOT NULL, process INTEGER NOT NULL, process_started REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS reports (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run TEXT NOT NULL REFERENCES runs, notebook TEXT NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL,
    started TEXT NOT NULL, seconds REAL NOT NULL, exit_code INTEGER NOT NULL, step TEXT NOT NULL,
    error TEXT NOT NULL, title TEXT NOT NULL, organisation TEXT NOT NULL, period TEXT NOT NULL,
    synthetic INTEGER NOT NULL, peak REAL NOT NULL, timings TEXT NOT NULL, parameters TEXT NOT NULL,
    reads TEXT NOT NULL, key TEXT NOT NULL, outputs TEXT NOT NULL, warnings TEXT NOT NULL,
    UNIQUE (run, notebook, name)
);
CREATE INDEX IF NOT EXISTS reports_by_name ON reports (notebook, name, state);
"""


class State(StrEnum):
    """How a report's run ended, or that it has not."""

    WAITING = "waiting"
    PUBLISHED = "published"
    UNCHANGED = "unchanged"
    HELD = "held"
    FAILED = "failed"
    TIMED_OUT = "timed out"
    OUT_OF_MEMORY = "out of memory"
    BLOCKED = "blocked by gate"
    INTERRUPTED = "interrupted"
    WITHDRAWN = "withdrawn"

    @property
    def is_good(self) -> bool:
        """Whether the published report is the right one."""
        return self in {State.PUBLISHED, State.UNCHANGED}


@dataclass(frozen=True)
class Output:
    """A published file: its path below the reports folder, and the hash of its content."""

    path: str
    sha256: str


@dataclass(frozen=True)
class Entry:
    """One report of one run.

    Parameters
    ----------
    run, notebook, name
        Which.
    state
        How it ended.
    started, seconds
        When it began (ISO, UTC) and how long it took.
    exit_code
        What the command returns because of it.
    step, error
        At which step it ended and why; empty when all is well.
    title, organisation, period, synthetic
        What the report says about itself; empty where it did not come so far.
    peak
        Highest resident memory of its kernel, in megabytes.
    timings
        Seconds of each step.
    parameters
        What the notebook ran with.
    reads
        The data sets that it read.
    key
        The hashes on which its content depends, part by part.
    outputs
        The published files by format.
    warnings
        What was noticed and did not stop it.
    """

    run: str
    notebook: str
    name: str
    state: State
    started: str = ""
    seconds: float = 0.0
    exit_code: int = 0
    step: str = ""
    error: str = ""
    title: str = ""
    organisation: str = ""
    period: str = ""
    synthetic: bool = False
    peak: float = 0.0
    timings: Mapping[str, float] = field(default_factory=dict)
    parameters: Mapping[str, object] = field(default_factory=dict)
    reads: tuple[str, ...] = ()
    key: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, Output] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def report(self) -> str:
        """The report as the user calls it: ``notebook/name``."""
        return f"{self.notebook}/{self.name}"


@dataclass(frozen=True)
class Run:
    """A run: when it began and ended (ISO, UTC; empty while it goes on), and how many reports ended how."""

    run: str
    started: str
    finished: str
    states: Mapping[State, int]


_COLUMNS = tuple(each.name for each in fields(Entry))
_JSON = ("timings", "parameters", "reads", "key", "outputs", "warnings")


def now() -> str:
    """Return the time as history writes it: ISO, UTC, whole seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


class History:
    """The record of all runs of a project.

    Parameters
    ----------
    folder
        The project's private folder; made if missing.

    Raises
    ------
    UserError
        If the file is damaged or was written by a newer version.
    """

    def __init__(self, folder: Path) -> None:
        self._path = private_folder(folder) / "history.sqlite"
        with self._connect() as database:
            version = database.execute("PRAGMA user_version").fetchone()[0]
            if version > SCHEMA_VERSION:
                came = f"was written by a newer boardpack (schema {version})"
                raise UserError(Problem(str(self._path), came, cure="update boardpack"))
            database.executescript(_SCHEMA)
            database.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def begin(self, run: str, data_version: str, entries: Iterable[Entry]) -> None:
        """Note that a run begins and which reports it will take on."""
        process = psutil.Process()
        row = (run, now(), data_version, socket.gethostname(), process.pid, process.create_time())
        with self._connect() as database:
            database.execute(
                "INSERT INTO runs (run, started, data_version, host, process, process_started)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                row,
            )
            for entry in entries:
                _write(database, entry)

    def record(self, entry: Entry) -> None:
        """Write how a report ended, in place of what was known of it in this run."""
        with self._connect() as database:
            _write(database, entry)

    def end(self, run: str) -> None:
        """Note that a run is over."""
        with self._connect() as database:
            database.execute("UPDATE runs SET finished = ? WHERE run = ?", (now(), run))

    def recover(self) -> None:
        """Mark as interrupted what runs left behind that are no longer alive on this machine."""
        query = "SELECT run, process, process_started FROM runs WHERE finished IS NULL AND host = ?"
        with self._connect() as database:
            for run, process, started in database.execute(query, (socket.gethostname(),)).fetchall():
                if not _is_running(process, started):
                    database.execute(
                        "UPDATE reports SET state = ?, exit_code = 130, error = ?"
                        " WHERE run = ? AND state = ?",
                        (State.INTERRUPTED, "the run ended before this report did", run, State.WAITING),
                    )
                    database.execute("UPDATE runs SET finished = ? WHERE run = ?", (now(), run))

    def latest(self) -> dict[tuple[str, str], Entry]:
        """Return the newest entry of each report, by notebook and name."""
        query = "SELECT * FROM reports WHERE id IN (SELECT max(id) FROM reports GROUP BY notebook, name)"
        return {(e.notebook, e.name): e for e in self._read(query + " ORDER BY notebook, name")}

    def last_published(self) -> dict[tuple[str, str], Entry]:
        """Return, by notebook and name, the newest entry that put a report in place."""
        newest = "SELECT max(id) FROM reports WHERE state = 'published' GROUP BY notebook, name"
        return {
            (e.notebook, e.name): e for e in self._read(f"SELECT * FROM reports WHERE id IN ({newest})")
        }

    def published(self) -> list[Entry]:
        """Return every entry that put a report in place, oldest first."""
        return self._read("SELECT * FROM reports WHERE state = 'published' ORDER BY id")

    def entries(self, run: str) -> list[Entry]:
        """Return the entries of one run."""
        return self._read("SELECT * FROM reports WHERE run = ? ORDER BY id", run)

    def runs(self, most: int) -> list[Run]:
        """Return the last runs, newest first, at most so many."""
        counted = (
            "SELECT run, state, count(*) FROM reports WHERE run IN"
            " (SELECT run FROM runs ORDER BY started DESC, rowid DESC LIMIT ?) GROUP BY run, state"
        )
        listed = "SELECT run, started, finished FROM runs ORDER BY started DESC, rowid DESC LIMIT ?"
        with self._connect() as database:
            counts: dict[str, dict[State, int]] = {}
            for run, state, count in database.execute(counted, (most,)):
                counts.setdefault(run, {})[State(state)] = count
            rows = database.execute(listed, (most,)).fetchall()
        return [Run(run, started, finished or "", counts.get(run, {})) for run, started, finished in rows]

    def _read(self, query: str, *values: str) -> list[Entry]:
        with self._connect() as database:
            database.row_factory = sqlite3.Row
            return [_entry(row) for row in database.execute(query, values)]

    @contextlib.contextmanager
    def _connect(self) -> Iterator[sqlite3.Connection]:
        try:
            database = sqlite3.connect(self._path, timeout=30.0)
            try:
                with database:
                    database.execute("PRAGMA journal_mode = WAL")
                    database.execute("PRAGMA foreign_keys = ON")
                    yield database
            finally:
                database.close()
        except sqlite3.DatabaseError as error:
            cure = "move the file away to begin a new history; all reports will then run again"
            raise UserError(Problem(str(self._path), f"cannot be used ({error})", cure=cure)) from error


def _is_running(process: int, started: float) -> bool:
    if process == os.getpid():
        return True
    try:
        return bool(abs(psutil.Process(process).create_time() - started) < 1.0)
    except psutil.Error:
        return False


def _write(database: sqlite3.Connection, entry: Entry) -> None:
    values: dict[str, Any] = {name: getattr(entry, name) for name in _COLUMNS}
    values["outputs"] = {name: asdict(output) for name, output in entry.outputs.items()}
    values |= {name: json.dumps(values[name], default=str) for name in _JSON}
    values["state"] = str(entry.state)
    names = ", ".join(_COLUMNS)
    slots = ", ".join(f":{name}" for name in _COLUMNS)
    updates = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS)
    database.execute(
        f"INSERT INTO reports ({names}) VALUES ({slots})"
        f" ON CONFLICT (run, notebook, name) DO UPDATE SET {updates}",
        values,
    )


def _entry(row: sqlite3.Row) -> Entry:
    values = {name: row[name] for name in _COLUMNS}
    values |= {name: json.loads(values[name]) for name in _JSON}
    entry = Entry(**values)
    return replace(
        entry,
        state=State(entry.state),
        synthetic=bool(entry.synthetic),
        reads=tuple(values["reads"]),
        warnings=tuple(values["warnings"]),
        outputs={name: Output(**each) for name, each in values["outputs"].items()},
    )
