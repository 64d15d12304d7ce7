from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from helpers.bundle import ReportFacts
from helpers.errors import UserError
from helpers.runner.history.entries import Entry, Output, State
from helpers.runner.history.store import History
from helpers.runner.project import DataSet

FACTS = ReportFacts(
    title="Length of stay",
    organisation_code="SYN07",
    organisation_name="Synthetic Northmoor",
    period_label="April 2025 to March 2026",
    period_folder="2026-03",
    synthetic=True,
    groups=(("ICB", "Synthetic Moor"), ("Region", "North")),
)
ENTRY = Entry(
    "run1", "stay", "SYN07", State.WAITING, "2026-04-01T06:00:00+00:00", parameters={"trust": "SYN07"}
)
PUBLISHED = replace(
    ENTRY,
    state=State.PUBLISHED,
    seconds=2.5,
    facts=FACTS,
    timings={"execute": 2.0},
    reads=("spells/synthetic",),
    data={"spells/synthetic": DataSet("abc", "Synthetic spells", "2026-03-31", "load-1")},
    key={"notebook": "abc"},
    outputs={"html": Output("2026-03/stay/SYN07.html", "00ff", 10, 11, 12)},
    warnings=("a warning",),
)
KEY = ("stay", "SYN07")


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


def test_an_unchanged_report_is_written_in_brief_and_read_back_whole(tmp_path: Path) -> None:
    history = History(tmp_path)
    history.begin("run1", "v1", [PUBLISHED])
    unchanged = replace(
        PUBLISHED, run="run2", state=State.UNCHANGED, seconds=0.0, timings={}, warnings=(), same_as="run1"
    )
    history.begin("run2", "v1", [unchanged])
    assert history.entries("run2") == [unchanged]
    with sqlite3.connect(tmp_path / "history.sqlite") as database:
        row = database.execute("SELECT facts, outputs, key FROM reports WHERE run = 'run2'").fetchone()
    database.close()
    assert row == ("", "{}", "{}")


def begin_many(history: History, *entries: Entry) -> None:
    for entry in entries:
        history.begin(entry.run, "v1", [entry])


def test_a_failed_run_does_not_hide_what_stands(tmp_path: Path) -> None:
    history = History(tmp_path)
    unchanged = replace(PUBLISHED, run="run3", state=State.UNCHANGED, same_as="run1")
    begin_many(history, PUBLISHED, replace(ENTRY, run="run2", state=State.FAILED), unchanged)
    assert history.standing()[KEY].run == "run1"
    assert history.latest()[KEY].run == "run3"


def test_a_draft_stands_until_it_is_approved_and_a_withdrawal_until_the_next(tmp_path: Path) -> None:
    history = History(tmp_path)
    held = replace(PUBLISHED, run="run2", state=State.HELD)
    approved = replace(held, run="run3", state=State.PUBLISHED, made_in="run2")
    withdrawn = replace(approved, run="run4", state=State.WITHDRAWN, note="wrong data")
    again = replace(PUBLISHED, run="run5")
    stands, published = [], []
    for entry in (PUBLISHED, held, approved, withdrawn, again):
        begin_many(history, entry)
        stands.append(history.standing()[KEY].run)
        published.append([each.run for each in history.published()])
    assert stands == ["run1", "run2", "run3", "run4", "run5"]
    assert published == [["run1"], ["run1"], ["run3"], [], ["run5"]]


def test_a_withdrawal_of_an_earlier_period_leaves_the_newest_standing(tmp_path: Path) -> None:
    history = History(tmp_path)
    later = replace(
        PUBLISHED, run="run2", facts=FACTS.model_copy(update={"period_folder": "2026-04"}), outputs={}
    )
    withdrawn = replace(PUBLISHED, run="run3", state=State.WITHDRAWN, made_in="run1")
    begin_many(history, PUBLISHED, later, withdrawn)
    assert history.standing()[KEY].run == "run2"
    assert [(e.period, e.state) for e in history.places()] == [
        ("2026-04", State.PUBLISHED),
        ("2026-03", State.WITHDRAWN),
    ]


def test_of_each_place_the_newest_changes_are_told_oldest_first(tmp_path: Path) -> None:
    history = History(tmp_path)
    february = replace(PUBLISHED, facts=FACTS.model_copy(update={"period_folder": "2026-02"}))
    made = {
        "run1": PUBLISHED,
        "run2": february,
        "run3": PUBLISHED,
        "run4": replace(PUBLISHED, state=State.UNCHANGED, same_as="run3"),
        "run5": replace(PUBLISHED, state=State.WITHDRAWN, note="wrong figures"),
        "run6": replace(PUBLISHED, state=State.FAILED, facts=None),
    }
    for run, entry in made.items():
        history.begin(run, "v1", [replace(entry, run=run)])
    assert [entry.run for entry in history.changes()] == ["run2", "run3", "run5"]
    assert [entry.run for entry in history.places()] == ["run2", "run5"]
    assert [entry.run for entry in history.published()] == ["run2"]


def test_which_run_began_later_does_not_depend_on_the_clock(tmp_path: Path) -> None:
    history = History(tmp_path)
    begin_many(history, replace(ENTRY, run="20270101"), replace(ENTRY, run="20260101"))
    assert history.began_later("20260101", "20270101")
    assert not history.began_later("20270101", "20260101")


DIES = """
import os, sys
from pathlib import Path
from helpers.runner.history.entries import Entry, State
from helpers.runner.history.store import History
entries = [Entry("run1", "stay", name, State(state)) for name, state in (pair.split("=") for pair in sys.argv[2:])]
History(Path(sys.argv[1])).begin("run1", "v1", entries)
os._exit(9)
"""


def leave_behind(folder: Path, *reports: str) -> History:
    """Let a process of its own begin a run and die."""
    subprocess.run([sys.executable, "-c", DIES, str(folder), *reports], check=False)
    return History(folder)


def test_what_a_dead_run_left_waiting_becomes_interrupted(tmp_path: Path) -> None:
    history = leave_behind(tmp_path, "SYN07=waiting", "SYN08=published")
    history.recover()
    assert [e.state for e in history.entries("run1")] == [State.INTERRUPTED, State.PUBLISHED]
    (run,) = history.runs()
    assert run.finished
    assert run.states == {State.INTERRUPTED: 1, State.PUBLISHED: 1}


@pytest.mark.parametrize(
    ("step", "settled", "state"),
    [
        ("publish", True, State.PUBLISHED),
        ("publish", False, State.INTERRUPTED),
        ("publish", None, State.WAITING),
        ("withdraw", True, State.WITHDRAWN),
        ("render", True, State.INTERRUPTED),
    ],
)
def test_what_was_being_published_is_settled(
    tmp_path: Path, step: str, settled: bool | None, state: State
) -> None:
    history = leave_behind(tmp_path, "SYN07=waiting")
    history.record(replace(PUBLISHED, state=State.WAITING, step=step))
    history.recover(lambda _: settled)
    (entry,) = history.entries("run1")
    assert entry.state is state
    assert (entry.outputs == {}) is (state is State.INTERRUPTED)
    assert bool(history.runs()[0].finished) is (state is not State.WAITING)


def test_one_report_alone_can_be_settled(tmp_path: Path) -> None:
    history = leave_behind(tmp_path, "SYN07=waiting", "SYN08=waiting")
    history.recover(report=KEY)
    assert [e.state for e in history.entries("run1")] == [State.INTERRUPTED, State.WAITING]


def test_what_a_living_run_has_waiting_is_left_alone(tmp_path: Path) -> None:
    history = History(tmp_path)
    history.begin("run1", "v1", [ENTRY])
    History(tmp_path).recover()
    assert history.entries("run1")[0].state is State.WAITING


def test_what_hashes_stand_for_is_kept_once(tmp_path: Path) -> None:
    history = History(tmp_path)
    history.keep({"00ff": ["a", "b"]})
    history.keep({"00ff": ["a", "b"], "11ff": {"a": "b"}})
    assert history.contents("00ff", "11ff", "22ff") == {"00ff": ["a", "b"], "11ff": {"a": "b"}}


def test_only_the_owner_may_read_the_private_folder(tmp_path: Path) -> None:
    History(tmp_path / "state")
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "history.sqlite").write_bytes(b"not a database at all" * 100)
    with pytest.raises(UserError, match="cannot be used"):
        History(tmp_path)


@pytest.mark.parametrize(
    "damage",
    [
        "outputs = '{'",
        "outputs = '[]'",
        "outputs = ''",
        "answers = '{\"a\": 1}'",
        "state = 'lost'",
        "seconds = 'long'",
    ],
)
def test_a_damaged_row_is_told(tmp_path: Path, damage: str) -> None:
    history = History(tmp_path)
    history.begin("run1", "v1", [PUBLISHED])
    with sqlite3.connect(tmp_path / "history.sqlite") as database:
        database.execute(f"UPDATE reports SET {damage}")
    database.close()
    with pytest.raises(UserError, match="a row is damaged"):
        history.latest()


@pytest.mark.parametrize(("version", "whose"), [(99, "a newer boardpack"), (1, "an unreleased boardpack")])
def test_a_file_of_another_form_is_not_touched(tmp_path: Path, version: int, whose: str) -> None:
    History(tmp_path)
    with sqlite3.connect(tmp_path / "history.sqlite") as database:
        database.execute(f"PRAGMA user_version = {version}")
    database.close()
    with pytest.raises(UserError, match=whose):
        History(tmp_path)
