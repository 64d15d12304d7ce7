"""The tables of the history: how they are made, brought up to date, written and read."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any, Final, get_type_hints

from pydantic import TypeAdapter

from helpers.runner.history.chain import TABLE as CHAIN
from helpers.runner.history.chain import bind
from helpers.runner.history.entries import Entry

#: files from the older one on are read; those before it were never of a release
OLDEST, SCHEMA_VERSION = 3, 5
_TABLES = (
    """CREATE TABLE runs (
        run TEXT PRIMARY KEY, started TEXT NOT NULL, finished TEXT, data_version TEXT NOT NULL,
        host TEXT NOT NULL, process INTEGER NOT NULL, process_started REAL NOT NULL,
        kind TEXT NOT NULL DEFAULT 'run', settings TEXT NOT NULL DEFAULT '{}'
    )""",
    """CREATE TABLE reports (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        run TEXT NOT NULL REFERENCES runs, notebook TEXT NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL,
        started TEXT NOT NULL, seconds REAL NOT NULL, exit_code INTEGER NOT NULL, step TEXT NOT NULL,
        error TEXT NOT NULL, peak REAL NOT NULL, timings TEXT NOT NULL, parameters TEXT NOT NULL,
        reads TEXT NOT NULL, key TEXT NOT NULL, outputs TEXT NOT NULL, warnings TEXT NOT NULL,
        facts TEXT NOT NULL DEFAULT '', data TEXT NOT NULL DEFAULT '{}', note TEXT NOT NULL DEFAULT '',
        same_as TEXT NOT NULL DEFAULT '', made_in TEXT NOT NULL DEFAULT '',
        files TEXT NOT NULL DEFAULT '{}', answers TEXT NOT NULL DEFAULT '{}',
        UNIQUE (run, notebook, name)
    )""",
    # what hashes of code and environment stand for, once for each hash, so that a change can be told in words
    "CREATE TABLE contents (sha256 TEXT PRIMARY KEY, content TEXT NOT NULL)",
    "CREATE INDEX reports_by_name ON reports (notebook, name, id)",
    "CREATE INDEX reports_in_place ON reports (notebook, name, id)"
    " WHERE same_as = '' AND state IN ('published', 'held', 'withdrawn')",
    "CREATE INDEX runs_open ON runs (host) WHERE finished IS NULL",
)
#: what became of the moments at which schedules were due
_OCCURRENCES = (
    "CREATE TABLE IF NOT EXISTS occurrences (schedule TEXT NOT NULL, due TEXT NOT NULL, outcome TEXT NOT NULL,"
    " run TEXT NOT NULL, exit_code INTEGER NOT NULL, data TEXT NOT NULL, noted TEXT NOT NULL,"
    " PRIMARY KEY (schedule, due))"
)
#: entries that say what became of a report's place, rather than that nothing changed
IN_PLACE = "same_as = '' AND state IN ('published', 'held', 'withdrawn')"

_ENTRY = TypeAdapter(Entry)
_COLUMNS = tuple(each.name for each in fields(Entry))
_JSON = ("timings", "parameters", "reads", "data", "files", "answers", "key", "outputs", "warnings")
_TYPES: Final = get_type_hints(Entry)
#: what reads the text of a column, and the other columns of a row together
_TEXTS: Final[Mapping[str, TypeAdapter[Any]]] = {
    name: TypeAdapter(_TYPES[name]) for name in (*_JSON, "facts")
}
_PLAIN: Final = tuple(name for name in _COLUMNS if name not in _TEXTS)
_PLAIN_ROW: Any = tuple.__class_getitem__(tuple(_TYPES[name] for name in _PLAIN))
_PLAIN_TYPES: Final[TypeAdapter[Any]] = TypeAdapter(_PLAIN_ROW)
#: what an entry that says "as before" leaves to the one that it points to: thousands are written each night
_SHARED = frozenset(
    ["facts", "parameters", "reads", "data", "files", "answers", "key", "outputs", "note", "made_in"]
)
#: and how that is written in its row
_LEFT_OUT: Final = {
    "facts": "",
    "reads": "[]",
    **dict.fromkeys(("parameters", "data", "files", "answers", "key", "outputs"), "{}"),
}
_SELECTED = ", ".join(
    f"CASE WHEN past.id IS NULL THEN reports.{name} ELSE past.{name} END AS {name}"
    if name in _SHARED
    else f"reports.{name}"
    for name in (*_PLAIN, *_TEXTS)
)
SELECT = (
    f"SELECT {_SELECTED} FROM reports LEFT JOIN reports AS past ON reports.same_as <> ''"
    " AND past.run = reports.same_as AND past.notebook = reports.notebook AND past.name = reports.name "
)
_WRITE = (
    f"INSERT INTO reports ({', '.join(_COLUMNS)}) VALUES ({', '.join(f':{name}' for name in _COLUMNS)})"
    " ON CONFLICT (run, notebook, name) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS)
)


def bring_up_to_date(database: sqlite3.Connection) -> None:
    """Make the tables, or add those that a file of an older version lacks, in one step."""
    database.execute("BEGIN IMMEDIATE")  # of two commands that find an old file, the second finds a new one
    version = database.execute("PRAGMA user_version").fetchone()[0]
    for statement in (*(() if version else _TABLES), _OCCURRENCES, CHAIN):
        database.execute(statement)
    if version < SCHEMA_VERSION:
        bind(database)  # what an older boardpack has written is taken as it is
    database.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def write_entry(database: sqlite3.Connection, entry: Entry) -> None:
    """Write an entry in place of what its run had said of the report."""
    if entry.same_as:
        own = {name: getattr(entry, name) for name in _COLUMNS if name not in _LEFT_OUT}
        texts = {name: json.dumps(own[name]) for name in ("timings", "warnings")}
        database.execute(_WRITE, own | texts | _LEFT_OUT)
        return  # the chain has none of these: they say nothing of their own
    values = _ENTRY.dump_python(entry, mode="json")
    values |= {name: json.dumps(values[name]) for name in _JSON}
    values["facts"] = entry.facts.model_dump_json() if entry.facts else ""
    database.execute(_WRITE, values)
    bind(database, entry.run, entry.notebook, entry.name)


def read_entries(rows: Iterable[Sequence[Any]]) -> list[Entry]:
    """Return the entries of rows of `SELECT`.

    Thousands are read before each batch, and much of what they say is the same: a text is read once.

    Raises `ValueError` if a row is damaged.
    """
    known: dict[tuple[str, str], Any] = {("facts", ""): None}
    return [_read_entry(row, known) for row in rows]


def _read_entry(row: Sequence[Any], known: dict[tuple[str, str], Any]) -> Entry:
    plain, texts = row[: len(_PLAIN)], zip(_TEXTS.items(), row[len(_PLAIN) :], strict=True)
    values: dict[str, Any] = dict(zip(_PLAIN, _PLAIN_TYPES.validate_python(plain), strict=True))
    for (name, adapter), text in texts:
        if (name, text) not in known:
            known[name, text] = adapter.validate_json(text)
        values[name] = known[name, text]
    return Entry(**values)
