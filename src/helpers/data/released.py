"""What has been released: kept in the private state, so that a new publication can be checked against it.

Entries stay when data are forgotten or old runs removed: what readers have seen, they have seen.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from helpers.bundle import Bundle
from helpers.data.disclosure.publications import ReleasedCount, released_counts, told_counts
from helpers.data.disclosure.totals import POSSIBLE_VALUES
from helpers.data.mart_manifest import PRIVATE_FILE, make_private
from helpers.errors import GateError, Problem

FILE = "released.sqlite"
SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS publications (
    id INTEGER PRIMARY KEY AUTOINCREMENT, report TEXT NOT NULL, at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS counts (
    publication INTEGER NOT NULL REFERENCES publications, measure TEXT NOT NULL, org_code TEXT NOT NULL,
    entry TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS counts_by_measure ON counts (measure, org_code);
"""


class Ledger:
    """The record of every count from records that was ever published.

    Parameters
    ----------
    state
        The project's private folder.

    Raises
    ------
    GateError
        If the file is damaged or was written by a newer version: nothing is published unchecked.
    """

    def __init__(self, state: Path) -> None:
        self.path = state / FILE

    def problems(self, bundles: Sequence[Bundle]) -> list[Problem]:
        """Return the stars that a publication would let readers work out, with all that came before."""
        counts = released_counts(bundles)
        if not counts:
            return []
        with self._open() as database:
            return self._problems(database, counts)

    def release(self, report: str, bundles: Sequence[Bundle]) -> None:
        """Check a publication and enter it in one step, just before its files are put in place.

        Two reports that are harmless alone can tell a star together: of two that run beside each other,
        the second finds the first entered.

        Raises
        ------
        GateError
            If a star could be worked out.
        """
        counts = released_counts(bundles)
        if not counts:
            return
        with self._open() as database:
            problems = self._problems(database, counts)
            if problems:
                raise GateError(problems)
            self._enter(database, report, counts)

    def _problems(self, database: sqlite3.Connection, counts: Sequence[ReleasedCount]) -> list[Problem]:
        told = told_counts(counts, self._earlier(database, counts))
        new = {count.quantity for count in counts}
        return [_problem(count, is_new=count.quantity in new) for count in told]

    def _earlier(
        self, database: sqlite3.Connection, counts: Sequence[ReleasedCount]
    ) -> list[list[ReleasedCount]]:
        """Return what was published of the same measures, publication by publication, newest first."""
        wanted = {(count.measure, code) for count in counts for code in (_organisation(count), "")}
        query = "SELECT publication, entry FROM counts WHERE measure = ? AND org_code = ?"
        found: dict[int, list[ReleasedCount]] = {}
        for pair in sorted(wanted):
            for publication, entry in database.execute(query, pair):
                found.setdefault(publication, []).append(_read(entry))
        return [found[publication] for publication in sorted(found, reverse=True)]

    def _enter(self, database: sqlite3.Connection, report: str, counts: Sequence[ReleasedCount]) -> None:
        known = {count for each in self._earlier(database, counts) for count in each}
        fresh = [count for count in counts if count not in known]
        if not fresh:
            return
        at = datetime.now(UTC).isoformat(timespec="seconds")
        row = database.execute("INSERT INTO publications (report, at) VALUES (?, ?)", (report, at))
        database.executemany(
            "INSERT INTO counts VALUES (?, ?, ?, ?)",
            [
                (row.lastrowid, count.measure, _organisation(count), json.dumps(asdict(count)))
                for count in fresh
            ],
        )

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Yield the ledger, held against other writers until the block ends."""
        make_private(self.path.parent)
        with contextlib.suppress(FileExistsError):
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL, PRIVATE_FILE))
        try:
            database = sqlite3.connect(self.path, timeout=60.0, isolation_level=None)
            try:
                database.execute("BEGIN IMMEDIATE")
                self._check_version(database)
                yield database
                database.execute("COMMIT")
            finally:
                database.close()
        except sqlite3.DatabaseError as error:
            cure = "restore it: boardpack state restore FILE"
            raise GateError(Problem(self.path.name, f"cannot be used ({error})", cure=cure)) from error

    def _check_version(self, database: sqlite3.Connection) -> None:
        version = database.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA_VERSION:
            came = f"was written by a newer boardpack (schema {version})"
            raise GateError(Problem(self.path.name, came, cure="update boardpack"))
        if version < SCHEMA_VERSION:
            for statement in _SCHEMA.split(";"):
                database.execute(statement)
            database.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _organisation(count: ReleasedCount) -> str:
    """Return whose count it is; empty where it is everybody's, or everybody's but one."""
    code = dict(count.filters).get("org_code", "")
    return "" if code.startswith("!") else code


def _read(entry: str) -> ReleasedCount:
    told = json.loads(entry)
    told["filters"] = tuple((name, value) for name, value in told["filters"])
    return ReleasedCount(**{**told, "closed": tuple(told["closed"])})


def _problem(count: ReleasedCount, *, is_new: bool) -> Problem:
    where = count.where if is_new else f"{count.where}, published before"
    return Problem(
        where,
        "a suppressed count can be told from this report and what was published before together",
        f"at least {POSSIBLE_VALUES} values must remain possible",
        "show the same rows, columns and totals as before, or leave the new ones out",
    )
