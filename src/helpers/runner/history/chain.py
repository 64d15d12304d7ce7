"""What must not change unseen: each edition, draft and decision, bound by its hash to the one before it.

The chain shows what was altered, taken away or put in between. Whoever can write the file can also write all of it
anew: against that helps a hash of its end that somebody else has noted (`boardpack history --verify` prints it).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Final

from helpers.errors import Problem
from helpers.hashes import hash_json

TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS chain (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL,"
    " run TEXT NOT NULL, notebook TEXT NOT NULL, name TEXT NOT NULL, content TEXT NOT NULL, hash TEXT NOT NULL)"
)
_ROW, _DECISION = "report", "decision"
_COLUMNS: Final = "kind, run, notebook, name, content"
#: what of a row may never change; where a file lies on the disk may
_BOUND: Final = (
    "state, started, parameters, reads, data, files, answers, key, facts, warnings, note, made_in, outputs"
)
_KEPT: Final = "same_as = '' AND state IN ('published', 'held', 'withdrawn', 'removed')"


class Stage(StrEnum):
    """How far a draft has come, or what a person decided of it."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    APPROVED = "approved"
    RETURNED = "returned"


@dataclass(frozen=True)
class DraftDecision:
    """What a person decided of a draft."""

    #: run, notebook, name: the draft; digest: the hash of all its files
    run: str
    notebook: str
    name: str
    digest: str
    stage: Stage
    account: str  # as the operating system knows the person
    role: str = ""  # in which role; empty where no roles are named
    note: str = ""
    at: str = ""  # ISO, UTC


def bind(database: sqlite3.Connection, run: str = "", notebook: str = "", name: str = "") -> None:
    """Add to the chain what one row of the reports says, or each row, where it is not in it so."""
    only = " AND run = ? AND notebook = ? AND name = ?" if run else ""
    for key, digest in _rows(database, only, (run, notebook, name) if run else ()):
        where = "kind = ? AND run = ? AND notebook = ? AND name = ?"
        query = f"SELECT content FROM chain WHERE {where} ORDER BY id DESC LIMIT 1"
        found = database.execute(query, (_ROW, *key)).fetchone()
        if (str(found[0]) if found else "") != digest:
            _add(database, _ROW, key, digest)


def enter(database: sqlite3.Connection, decision: DraftDecision) -> None:
    """Add a decision to the chain."""
    database.execute("BEGIN IMMEDIATE")
    _add(
        database,
        _DECISION,
        (decision.run, decision.notebook, decision.name),
        json.dumps(asdict(decision), sort_keys=True),
    )


def decisions(database: sqlite3.Connection) -> list[DraftDecision]:
    """Return all decisions, oldest first."""
    rows = database.execute("SELECT content FROM chain WHERE kind = ? ORDER BY id", (_DECISION,))
    told = [json.loads(content) for (content,) in rows]
    return [DraftDecision(**{**each, "stage": Stage(each["stage"])}) for each in told]


def breaks(database: sqlite3.Connection) -> Iterator[Problem]:
    """Yield where the chain is broken, and rows of the history that are not as they were entered."""
    before, newest = "", {}
    for number, *link, noted in database.execute(f"SELECT id, {_COLUMNS}, hash FROM chain ORDER BY id"):
        kind, *key, content = link
        if hash_json([before, *link]) != noted:
            came = f"this {kind} was altered, or one before it was taken away or put in between"
            yield Problem(_place(key, f"link {number}"), came, cure=_CURE)
        if kind == _ROW:
            newest[tuple(key)] = content
        before = noted
    there = dict(_rows(database, "", ()))
    for key in sorted({*newest, *there}):
        if key not in there:
            yield Problem(_place(key), "was taken out of the history", cure=_CURE)
        elif key not in newest:
            yield Problem(_place(key), "was put into the history by something else", cure=_CURE)
        elif newest[key] != there[key]:
            yield Problem(_place(key), "was altered since it was entered", cure=_CURE)


def hashes(database: sqlite3.Connection) -> list[str]:
    """Return the hash of each link, oldest first."""
    return [each for (each,) in database.execute("SELECT hash FROM chain ORDER BY id")]


_CURE: Final = "compare with a back-up of the private folder, and find out who wrote to it"


def _place(key: tuple[str, ...] | list[str], link: str = "") -> str:
    run, notebook, name = key
    return f"history, {link + ', ' if link else ''}run {run}, {notebook}/{name}"


def _add(database: sqlite3.Connection, kind: str, key: tuple[str, ...], content: str) -> None:
    last = database.execute("SELECT hash FROM chain ORDER BY id DESC LIMIT 1").fetchone()
    link = (kind, *key, content)
    noted = hash_json([last[0] if last else "", *link])
    database.execute(f"INSERT INTO chain ({_COLUMNS}, hash) VALUES (?, ?, ?, ?, ?, ?)", (*link, noted))


def _rows(
    database: sqlite3.Connection, only: str, values: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield run, notebook and name of the rows that are kept, with the digest of what may not change."""
    query = f"SELECT run, notebook, name, {_BOUND} FROM reports WHERE {_KEPT}{only} ORDER BY id"
    for run, notebook, name, *said, outputs in database.execute(query, values).fetchall():
        files = {each: (file["path"], file["sha256"]) for each, file in json.loads(outputs).items()}
        yield (run, notebook, name), hash_json([*said, files])
