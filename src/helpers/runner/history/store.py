"""What happened: one row for every report of every run, in a SQLite file of the private folder."""

from __future__ import annotations

import contextlib
import json
import socket
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from pydantic import TypeAdapter

from helpers.errors import Problem, UserError
from helpers.runner.history import chain
from helpers.runner.history.chain import DraftDecision
from helpers.runner.history.entries import Entry, Occurrence, Output, State, now
from helpers.runner.history.locks import hold_run, is_run_alive, let_run_go
from helpers.runner.history.schema import (
    IN_PLACE,
    OLDEST,
    SCHEMA_VERSION,
    SELECT,
    bring_up_to_date,
    read_entries,
    write_entry,
)
from helpers.runner.project import private_folder

__all__ = ["Entry", "History", "Output", "Run", "State", "now"]

FILE = "history.sqlite"
_WAIT = 30.0  # seconds for another command to let go of the file
#: what a report becomes that was at this step when its run ended, and could be completed
_UNDER_WAY = {"publish": State.PUBLISHED, "withdraw": State.WITHDRAWN}
#: the kind of a run that takes editions away that are beyond those that are kept
PRUNE = "prune"
#: the kind of a run that makes up for a past month: what it leaves is the newest of that month, not of the report
BACK_FILL = "back-fill"
_OF_NOW = f"coalesce(nullif(made_in, ''), run) NOT IN (SELECT run FROM runs WHERE kind = '{BACK_FILL}')"
#: of a report the newest entry, and one of a past month only where there is no other
_LAST = f"coalesce(max(id) FILTER (WHERE {_OF_NOW}), max(id))"
_STANDING = (
    f"reports.id IN (SELECT {{}} FROM reports WHERE {IN_PLACE} AND state <> 'withdrawn' {{}}"
    " GROUP BY notebook, name)"
)
_OF_MONTH = "AND json_extract(nullif(facts, ''), '$.period_folder') = ?"
#: what is no withdrawal that failed: that leaves the earlier state
_CAME_ABOUT = (
    "NOT (state IN ('failed', 'blocked by gate', 'interrupted')"
    " AND run IN (SELECT run FROM runs WHERE kind = 'withdraw'))"
)
_STAYS = "state <> 'removed'"
_OCCURRENCE, _NOTED = TypeAdapter(Occurrence), tuple(each.name for each in fields(Occurrence))
_NOTE = f"INSERT OR IGNORE INTO occurrences VALUES ({', '.join(f':{name}' for name in _NOTED)})"


@dataclass(frozen=True)
class Run:
    """A run of a command that changed something."""

    #: run, kind: its id, and `run`, `back-fill`, `approve` or `withdraw`
    run: str
    kind: str
    #: started, finished: ISO, UTC; finished is empty while it is under way
    started: str
    finished: str
    data_version: str  # the version of the data that its reports read
    settings: Mapping[str, Any] = field(default_factory=dict)
    #: how many of its reports ended in which state
    states: Mapping[State, int] = field(default_factory=dict)


class History:
    """The record of all runs of a project.

    `folder`: the project's private folder; made if missing. Raises `UserError` if the file is damaged, held by another
    program, or was written by a newer version.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = private_folder(folder)
        self._path = self._folder / FILE
        with self._connect() as database:
            version = database.execute("PRAGMA user_version").fetchone()[0]
            if version and not OLDEST <= version <= SCHEMA_VERSION:
                newer = version > SCHEMA_VERSION
                came = (
                    f"was written by {'a newer' if newer else 'an unreleased'} boardpack (schema {version})"
                )
                cure = "update boardpack" if newer else "move it away: all reports will then run again"
                raise UserError(str(self._path), came, cure=cure)
            if version < SCHEMA_VERSION:
                bring_up_to_date(database)

    # --- writing -----------------------------------------------------------------------------------

    def begin(
        self,
        run: str,
        data_version: str,
        entries: Iterable[Entry],
        *,
        kind: str = "run",
        settings: Mapping[str, object] | None = None,
    ) -> None:
        """Note that a run begins and which reports it will take on."""
        hold_run(self._folder, run)
        process = psutil.Process()
        host = (socket.gethostname(), process.pid, process.create_time())
        with self._connect() as database:
            database.execute(
                "INSERT INTO runs (run, started, data_version, host, process, process_started, kind, settings)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (run, now(), data_version, *host, kind, json.dumps(settings or {})),
            )
            for entry in entries:
                write_entry(database, entry)

    def record(self, *entries: Entry) -> None:
        """Write how reports ended, in place of what was known of them in their run."""
        with self._connect() as database:
            for entry in entries:
                write_entry(database, entry)

    def note(self, occurrence: Occurrence) -> None:
        """Write what became of a moment at which a schedule was due; what is written already stays."""
        due, noted = occurrence.due.astimezone(UTC).isoformat(), occurrence.noted or datetime.now(UTC)
        told = {**asdict(occurrence), "due": due, "noted": noted.isoformat(timespec="seconds")}
        with self._connect() as database:
            database.execute(_NOTE, told)

    def occurrences(self) -> list[Occurrence]:
        """Return what became of the moments at which schedules were due, oldest first."""
        with self._connect() as database:
            rows = database.execute(f"SELECT {', '.join(_NOTED)} FROM occurrences ORDER BY due, schedule")
            return [_OCCURRENCE.validate_python(dict(zip(_NOTED, row, strict=True))) for row in rows]

    def decide(self, decision: DraftDecision) -> None:
        """Write what a person decided of a draft."""
        with self._connect() as database:
            chain.enter(database, decision)

    def decisions(self) -> list[DraftDecision]:
        """Return what people decided of drafts, oldest first."""
        with self._connect() as database:
            return chain.decisions(database)

    def verify(self) -> tuple[list[Problem], list[str]]:
        """Return what of the history is not as it was entered, and the hash of each link of its chain."""
        with self._connect() as database:
            return list(chain.breaks(database)), chain.hashes(database)

    def keep(self, contents: Mapping[str, object]) -> None:
        """Keep what some hashes stand for, where it is not kept yet."""
        with self._connect() as database:
            for sha256, content in contents.items():
                row = (sha256, json.dumps(content))
                database.execute("INSERT OR IGNORE INTO contents VALUES (?, ?)", row)

    def end(self, run: str) -> None:
        """Note that a run is over."""
        with self._connect() as database:
            database.execute("UPDATE runs SET finished = ? WHERE run = ?", (now(), run))
        let_run_go(self._folder, run)

    def recover(
        self,
        settle: Callable[[Entry], bool | None] = lambda _: False,
        *,
        report: tuple[str, str] | None = None,
    ) -> tuple[str, ...]:
        """Close what runs left open that are no longer alive on this machine.

        `settle`: called with each report that was being published or withdrawn: completes that and says whether it
        could, or None where that is another run's to do. What was not published becomes interrupted. `report`: notebook
        and name of the one report to look at; all unless given. Returns the runs that are closed now.
        """
        query = "SELECT run FROM runs WHERE finished IS NULL AND host = ?"
        with self._connect() as database:
            open_runs = [run for (run,) in database.execute(query, (socket.gethostname(),))]
        dead = [run for run in open_runs if not is_run_alive(self._folder, run)]
        ended: list[str] = []
        for run in dead:
            waiting = [entry for entry in self.entries(run) if entry.state is State.WAITING]
            for entry in waiting:
                if report in {None, (entry.notebook, entry.name)} and (closed := _close(entry, settle)):
                    self.record(closed)
            if report is None and all(entry.state is not State.WAITING for entry in self.entries(run)):
                self.end(run)
                ended.append(run)
        return tuple(ended)

    # --- reading -----------------------------------------------------------------------------------

    def latest(self) -> dict[tuple[str, str], Entry]:
        """Return the newest entry of each report, by notebook and name; a withdrawal that failed is none.

        What made up for a past month is, only of a report of which nothing else was made.
        """
        newest = f"SELECT {_LAST} FROM reports WHERE {_CAME_ABOUT} AND {_STAYS} GROUP BY notebook, name"
        found = self._read(f"WHERE reports.id IN ({newest}) ORDER BY reports.notebook, reports.name")
        return {(entry.notebook, entry.name): entry for entry in found}

    def standing(
        self, report: tuple[str, str] | None = None, *, month: str = ""
    ) -> dict[tuple[str, str], Entry]:
        """Return what stands of each report, by notebook and name: its newest publication, draft or withdrawal.

        A publication of an earlier period that was withdrawn does not change what stands, nor does what made up
        for a past month.

        `report`: notebook and name of the one report to look at; all unless given. `month`: the period's folder of
        which to look at what stands; the report's newest unless given.
        """
        only = "AND notebook = ? AND name = ?" if report else ""
        values = (*(report or ()), *((month,) if month else ()))
        last, of_month = ("max(id)", _OF_MONTH) if month else (_LAST, "")
        newest = self._read(f"WHERE {_STANDING.format(last, f'{only} {of_month}')}", *values)
        found = {(e.notebook, e.name): e for e in newest}
        for gone in self._read("WHERE reports.same_as = '' AND reports.state = 'withdrawn'"):
            stood = found.get((gone.notebook, gone.name))
            if stood is not None and stood.maker == gone.maker and stood.state is State.PUBLISHED:
                found[gone.notebook, gone.name] = gone
        return found

    def began_later(self, run: str, other: str) -> bool:
        """Tell whether a run began after another one, whatever their clocks said."""
        query = "SELECT rowid FROM runs WHERE run = ?"
        with self._connect() as database:
            rows = [database.execute(query, (each,)).fetchone() for each in (run, other)]
        return None not in rows and bool(rows[0] > rows[1])

    def mark(self) -> list[int]:
        """Return numbers that change whenever a place or a draft does, or which reports did not come about."""
        later = f"notebook = bad.notebook AND name = bad.name AND id > bad.id AND {_CAME_ABOUT}"
        bad = ", ".join(f"'{state}'" for state in State if state.is_failure or state is State.INTERRUPTED)
        queries = (
            f"SELECT count(*), coalesce(max(id), 0) FROM reports WHERE {IN_PLACE} OR state = 'removed'",
            f"SELECT count(*), coalesce(sum(id), 0) FROM reports AS bad WHERE state IN ({bad}) AND {_CAME_ABOUT}"
            f" AND NOT EXISTS (SELECT 1 FROM reports WHERE {later})",
            "SELECT count(*), 0 FROM chain WHERE kind = 'decision'",
        )
        with self._connect() as database:
            return [number for query in queries for number in database.execute(query).fetchone()]

    def places(self) -> list[Entry]:
        """Return for each report and period what became of its place last, oldest first."""
        return self.changes(1)

    def changes(self, most: int = 2) -> list[Entry]:
        """Return for each report and period the newest entries that changed its place, so many; oldest first."""
        changed = (
            "SELECT id, row_number() OVER (PARTITION BY notebook, name,"
            " CASE WHEN facts <> '' THEN json_extract(facts, '$.period_folder') END ORDER BY id DESC) AS age"
            " FROM reports WHERE same_as = '' AND state IN ('published', 'withdrawn', 'removed')"
        )
        return self._read(
            f"WHERE reports.id IN (SELECT id FROM ({changed}) WHERE age <= ?) ORDER BY reports.id", most
        )

    def drafts(self) -> list[Entry]:
        """Return the drafts that wait, of any period, oldest first."""
        of_each = "notebook, name, json_extract(nullif(facts, ''), '$.period_folder')"
        newest = f"SELECT max(id) FROM reports WHERE {IN_PLACE} GROUP BY {of_each}"
        return self._read(f"WHERE reports.id IN ({newest}) AND reports.state = 'held' ORDER BY reports.id")

    def published(self) -> list[Entry]:
        """Return the entries that put in place what is published now, oldest first."""
        return [entry for entry in self.places() if entry.state is State.PUBLISHED]

    def entries(self, run: str) -> list[Entry]:
        """Return the entries of one run."""
        return self._read("WHERE reports.run = ? ORDER BY reports.id", run)

    def of(self, notebook: str, name: str) -> list[Entry]:
        """Return every entry of one report, newest first."""
        where = "WHERE reports.notebook = ? AND reports.name = ? ORDER BY reports.id DESC"
        return self._read(where, notebook, name)

    def runs(self, most: int = -1) -> list[Run]:
        """Return the newest runs, newest first, with how their reports ended; all unless told how many."""
        query = "SELECT run, kind, started, coalesce(finished, ''), data_version, settings FROM runs"
        counts = "SELECT state, count(*) FROM reports WHERE run = ? GROUP BY state"
        with self._connect() as database:
            rows = database.execute(f"{query} ORDER BY rowid DESC LIMIT ?", (most,)).fetchall()
            states = [database.execute(counts, (row[0],)).fetchall() for row in rows]
        return [
            Run(run, kind, began, ended, version, json.loads(told), {State(word): n for word, n in found})
            for (run, kind, began, ended, version, told), found in zip(rows, states, strict=True)
        ]

    def contents(self, *hashes: str) -> dict[str, Any]:
        """Return what some hashes stand for; those that are not kept are left out."""
        slots = ", ".join("?" for _ in hashes)
        with self._connect() as database:
            rows = database.execute(f"SELECT * FROM contents WHERE sha256 IN ({slots})", hashes).fetchall()
        return {sha256: json.loads(content) for sha256, content in rows}

    def _read(self, where: str, *values: str | int) -> list[Entry]:
        with self._connect() as database:
            rows = database.execute(SELECT + where, values).fetchall()
        try:
            return read_entries(rows)
        except ValueError as error:  # sound as a database, and yet not what we wrote
            raise UserError(_damaged(self._path, f"a row is damaged: {error}")) from error

    @contextlib.contextmanager
    def _connect(self) -> Iterator[sqlite3.Connection]:
        try:
            database = sqlite3.connect(self._path, timeout=_WAIT)
            try:
                with database:
                    database.execute("PRAGMA journal_mode = WAL")
                    database.execute("PRAGMA foreign_keys = ON")
                    yield database
            finally:
                database.close()
        except sqlite3.OperationalError as error:  # locked, read-only, no space: the file itself is sound
            cure = "close what holds it, or mend the disk or the rights, and run again"
            raise UserError(str(self._path), f"cannot be used now ({error})", cure=cure) from error
        except sqlite3.DatabaseError as error:
            raise UserError(_damaged(self._path, str(error))) from error


def _close(entry: Entry, settle: Callable[[Entry], bool | None]) -> Entry | None:
    if entry.step in _UNDER_WAY:
        done = settle(entry)
        if done is None:
            return None
        if done:
            return replace(entry, state=_UNDER_WAY[entry.step], step="")
    error = "the run ended before this report did"
    fresh = replace(entry.without_content, note="", made_in="")
    return replace(fresh, state=State.INTERRUPTED, exit_code=130, error=error)


def _damaged(path: Path, came: str) -> Problem:
    cure = (
        "restore a back-up, or move the file away to begin a new history; all reports will then run again"
    )
    return Problem(str(path), f"cannot be used ({came})", cure=cure)
