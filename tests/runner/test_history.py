from __future__ import annotations

import os
import sqlite3
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from helpers.errors import UserError
from helpers.runner.history import Entry, History, Output, State

ENTRY = Entry(
    "run1", "stay", "SYN07", State.WAITING, "2026-04-01T06:00:00+00:00", parameters={"trust": "SYN07"}
)
PUBLISHED = replace(
    ENTRY,
    state=State.PUBLISHED,
    seconds=2.5,
    title="Length of stay",
    synthetic=True,
    timings={"execute": 2.0},
    reads=("spells/synthetic",),
    key={"notebook": "abc"},
    outputs={"html": Output("2026-03/stay/SYN07.html", "00ff")},
    warnings=("a warning",),
)


def test_what_was_recorded_is_read_back_whole(tmp_path: Path) -> None:
    history = History(tmp_path)
    history.begin("run1", "v1", [ENTRY])
    history.record(PUBLISHED)
    assert history.entries("run1") == [PUBLISHED]


def test_a_run_has_one_row_for_each_report(tmp_path: Path) -> None:
    history = History(tmp_path)
    history.begin("run1", "v1", [ENTRY, replace(ENTRY, name="SYN08")])
    history.record(PUBLISHED)
    history.record(PUBLISHED)
    assert [e.state for e in history.entries("run1")] == [State.PUBLISHED, State.WAITING]


def test_a_failed_run_does_not_hide_what_is_published(tmp_path: Path) -> None:
    history = History(tmp_path)
    for run, state in (("run1", State.PUBLISHED), ("run2", State.FAILED), ("run3", State.UNCHANGED)):
        history.begin(run, "v1", [replace(PUBLISHED, run=run, state=state)])
    assert history.last_published()["stay", "SYN07"].run == "run1"
    assert history.latest()["stay", "SYN07"].run == "run3"


def end_process_of(history_folder: Path, run: str) -> None:
    """Make a run look as if its process had ended."""
    with sqlite3.connect(history_folder / "history.sqlite") as database:
        database.execute("UPDATE runs SET process = 2147483646 WHERE run = ?", (run,))
    database.close()


def test_what_a_dead_run_left_waiting_becomes_interrupted(tmp_path: Path) -> None:
    history = History(tmp_path)
    history.begin("run1", "v1", [ENTRY, replace(PUBLISHED, name="SYN08")])
    end_process_of(tmp_path, "run1")
    history.recover()
    assert [e.state for e in history.entries("run1")] == [State.INTERRUPTED, State.PUBLISHED]


def test_what_a_living_run_has_waiting_is_left_alone(tmp_path: Path) -> None:
    history = History(tmp_path)
    history.begin("run1", "v1", [ENTRY])
    history.recover()
    assert history.entries("run1")[0].state is State.WAITING


def test_only_the_owner_may_read_the_private_folder(tmp_path: Path) -> None:
    History(tmp_path / "state")
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "history.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(UserError, match="cannot be used"):
        History(tmp_path)


def test_a_newer_file_is_not_touched(tmp_path: Path) -> None:
    History(tmp_path)
    with sqlite3.connect(tmp_path / "history.sqlite") as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(UserError, match="newer boardpack"):
        History(tmp_path)
