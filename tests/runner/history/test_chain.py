"""What is changed behind the history's back shows."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from helpers.runner.history.chain import DraftDecision, Stage
from helpers.runner.history.entries import Entry, Output, State
from helpers.runner.history.store import FILE, History

MakeEntry = Callable[..., Entry]


def entry(run: str, state: State = State.PUBLISHED) -> Entry:
    return Entry(
        run, "stay", "SYN07", state, f"2026-05-0{run[-1]}", outputs={"html": Output("a.html", run * 16)}
    )


@pytest.fixture
def history(tmp_path: Path) -> History:
    made = History(tmp_path)
    for number, state in enumerate((State.PUBLISHED, State.HELD, State.PUBLISHED), start=1):
        made.begin(f"run{number}", "", [replace(entry(f"run{number}"), state=State.WAITING)])
        made.record(entry(f"run{number}", state))
        if state is State.HELD:
            made.decide(
                DraftDecision("run2", "stay", "SYN07", "d", Stage.REVIEWED, "account-a", "lead", "Good.")
            )
    return made


def told(history: History) -> str:
    return "\n".join(map(str, history.verify()[0]))


def test_what_was_entered_and_left_alone_is_whole(history: History, tmp_path: Path) -> None:
    assert told(history) == ""
    before = history.verify()[1]
    assert len(before) == 4
    moved = replace(entry("run3"), outputs={"html": Output("a.html", "run3" * 16, 5, 6, 7)})
    history.record(moved)  # where a file lies on the disk may change
    assert (told(history), History(tmp_path).verify()[1]) == ("", before)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE reports SET note = 'seen' WHERE run = 'run1'", "run run1, stay/SYN07: was altered since"),
        (
            "UPDATE reports SET outputs = replace(outputs, 'run3', 'run9') WHERE run = 'run3'",
            "run3.*was altered",
        ),
        ("UPDATE reports SET state = 'failed' WHERE run = 'run2'", "run2.*was taken out of the history"),
        ("DELETE FROM reports WHERE run = 'run1'", "run1.*was taken out of the history"),
        (
            "INSERT INTO reports SELECT id + 9, 'run1', 'stay', 'SYN11', state, started, seconds, exit_code, step,"
            " error, peak, timings, parameters, reads, key, outputs, warnings, facts, data, note, same_as, made_in,"
            " files, answers FROM reports WHERE run = 'run1'",
            "stay/SYN11: was put into the history by something else",
        ),
        (
            "UPDATE chain SET content = replace(content, 'Good.', 'Bad.') WHERE id = 3",
            "link 3.*decision was altered",
        ),
        ("DELETE FROM chain WHERE id = 3", "link 4.*taken away"),
    ],
)
def test_each_change_shows(history: History, tmp_path: Path, change: str, words: str) -> None:
    with sqlite3.connect(tmp_path / FILE) as database:
        assert database.execute(change).rowcount == 1
    database.close()
    assert told(history)
    assert re.search(words, told(history))


def test_what_was_cut_off_shows_by_a_hash_that_was_noted(history: History, tmp_path: Path) -> None:
    noted = history.verify()[1][-1]
    with sqlite3.connect(tmp_path / FILE) as database:
        database.execute("DELETE FROM chain WHERE id = 4")
        database.execute("DELETE FROM reports WHERE run = 'run3'")
    database.close()
    assert told(history) == ""  # the chain alone cannot see its own end
    assert noted not in history.verify()[1]


@pytest.mark.usefixtures("history")
def test_an_older_history_is_taken_as_it_is(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE) as database:
        database.execute("DROP TABLE chain")
        database.execute("PRAGMA user_version = 4")
    database.close()
    again = History(tmp_path)
    assert (told(again), len(again.verify()[1])) == ("", 3)
