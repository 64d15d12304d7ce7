"""What surrounds a batch fails: the clock, the disk, the history, the renderer, another run."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from helpers.errors import ExitCode, UserError
from helpers.runner.batch import run
from helpers.runner.batch.run import Batch, Order, run_batch
from helpers.runner.history import entries, store
from helpers.runner.history.entries import State
from helpers.runner.history.store import History
from helpers.runner.plan.jobs import make_plan
from helpers.runner.project import Project

from .conftest import Shelf, call, start

GOOD = 'trust: SYN07\nperiod: "2026-03"\n'
HTML = Order(formats=("html",), jobs=1, renderer="embedded")


@pytest.fixture
def project(lay_out: Callable[..., Path]) -> Project:
    return Project(lay_out({"good": {"SYN07.yml": GOOD}}))


def go(project: Project, order: Order = HTML) -> Batch:
    return run_batch(project, make_plan(project), order)


def page_of(project: Project) -> Path:
    return project.reports / "2026-03" / "good" / "SYN07.html"


class Clock(datetime):
    """A clock that can be set."""

    away = timedelta()

    @classmethod
    def now(cls, _: object = None) -> datetime:  # type: ignore[override]
        return datetime.now(UTC) + cls.away


def test_a_clock_that_is_set_back_hides_no_newer_run(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (entries, run):
        monkeypatch.setattr(module, "datetime", Clock)
    first = go(project)
    monkeypatch.setattr(Clock, "away", timedelta(days=-400))
    second = go(project, replace(HTML, force=True))
    assert second.run < first.run  # as its name goes by the clock
    record = History(project.state)
    assert record.latest()["good", "SYN07"].run == second.run
    assert record.standing()["good", "SYN07"].run == second.run
    assert second.run in page_of(project).read_text("utf-8")
    assert go(project).entries[0].state is State.UNCHANGED


def test_a_report_that_is_altered_under_an_older_time_stamp_is_made_again(project: Project) -> None:
    go(project)
    page = page_of(project)
    before, text = page.stat(), page.read_text("utf-8")
    page.write_text(text.replace("4.2", "3.2"), "utf-8")
    assert page.stat().st_size == before.st_size
    assert go(project).entries[0].state is State.PUBLISHED  # even within the same second
    page.write_text(page.read_text("utf-8").replace("4.2", "3.2"), "utf-8")
    os.utime(page, ns=(before.st_atime_ns, before.st_mtime_ns - 10**15))
    assert go(project).entries[0].state is State.PUBLISHED
    assert "Mean stay" in page.read_text("utf-8")
    assert ">3.2<" not in page.read_text("utf-8")


def test_verifying_finds_what_even_the_time_stamp_hides(project: Project) -> None:
    go(project)
    page = page_of(project)
    before = page.stat()
    page.write_text(page.read_text("utf-8").replace("4.2", "3.2"), "utf-8")
    os.utime(page, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert go(project).entries[0].state is State.UNCHANGED
    assert go(project, replace(HTML, verify=True)).entries[0].state is State.PUBLISHED


def test_files_that_were_copied_back_are_read_once_and_known_again(project: Project) -> None:
    go(project)
    page = page_of(project)
    content = page.read_bytes()
    page.unlink()
    page.write_bytes(content)  # another number on the disk, another time stamp
    os.utime(page, (1_700_000_000, 1_700_000_000))
    assert go(project).entries[0].state is State.UNCHANGED
    found = page.stat()
    output = History(project.state).standing()["good", "SYN07"].outputs["html"]
    assert (output.modified, output.inode) == (found.st_mtime_ns, found.st_ino)


def test_where_the_reports_cannot_be_written_the_last_good_one_stays_and_it_is_said(
    project: Project,
) -> None:
    go(project)
    good = page_of(project).read_bytes()
    folder = project.reports / "2026-03" / "good"
    folder.rename(project.reports / "2026-03" / "kept")
    folder.write_text("in the way")  # as a folder without rights, which would not stop a superuser
    batch = go(project)
    assert (batch.entries[0].state, batch.entries[0].step) == (State.FAILED, "publish")
    assert batch.exit_code == ExitCode.REPORT
    assert (project.reports / "2026-03" / "kept" / "SYN07.html").read_bytes() == good
    folder.unlink()
    (project.reports / "2026-03" / "kept").rename(folder)
    assert go(project).entries[0].state is State.UNCHANGED  # what stands is as it was


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="rights do not stop a superuser"
)
def test_a_reports_folder_without_rights_fails_each_report_alone(project: Project) -> None:
    project.reports.mkdir(exist_ok=True)
    project.reports.chmod(0o555)
    try:
        batch = go(project)
    finally:
        project.reports.chmod(0o755)
    assert (batch.entries[0].state, batch.entries[0].step) == (State.FAILED, "publish")


def test_where_the_pages_that_list_reports_cannot_be_written_the_reports_are_in_place(
    project: Project,
) -> None:
    (project.reports / "index.html").mkdir(parents=True)
    batch = go(project)
    assert batch.entries[0].state is State.PUBLISHED
    assert batch.exit_code == ExitCode.REPORT
    assert "cannot be written" in str(batch.problems[0])
    assert History(project.state).runs()[0].finished


@contextlib.contextmanager
def locked(state: Path) -> Iterator[None]:
    """Hold the history as another program would."""
    database = sqlite3.connect(state / "history.sqlite", check_same_thread=False)
    database.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        database.rollback()
        database.close()


def test_a_locked_history_stops_the_batch_before_it_begins(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    go(project)
    good = page_of(project).read_bytes()
    monkeypatch.setattr(store, "_WAIT", 0.2)
    with locked(project.state), pytest.raises(UserError, match=r"locked.*close what holds it"):
        go(project, replace(HTML, force=True))
    assert page_of(project).read_bytes() == good
    assert go(project).entries[0].state is State.UNCHANGED


def test_nothing_is_published_that_the_history_cannot_note_first(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    go(project)
    good = page_of(project).read_bytes()
    monkeypatch.setattr(store, "_WAIT", 0.2)
    with contextlib.ExitStack() as stack:

        def lock(*_: object) -> None:  # just before its files are put in place
            stack.enter_context(locked(project.state))

        with pytest.raises(UserError, match="locked"):
            go(replace(project, release=lock), replace(HTML, force=True))
    assert page_of(project).read_bytes() == good
    there = sorted(path.name for path in page_of(project).parent.iterdir())
    assert there == ["SYN07.html", "SYN07.manifest.json"]


def test_a_history_that_is_spoilt_stops_the_command_and_is_left_as_it_is(project: Project) -> None:
    go(project)
    path = project.state / "history.sqlite"
    good, spoilt = page_of(project).read_bytes(), b"spoilt" * 1000
    path.write_bytes(spoilt)
    for beside in project.state.glob("history.sqlite-*"):
        beside.unlink()
    code, told = call(project.root, "run")
    assert code == ExitCode.REPORT
    assert "cannot be used" in told
    assert "Traceback" not in told
    assert path.read_bytes() == spoilt
    assert page_of(project).read_bytes() == good
    path.unlink()  # as the message says
    assert call(project.root, "run", "--to", "html", "--renderer", "embedded")[0] == 0


CRASHING = (
    "#!{python}\nimport os, sys\nif '--version' in sys.argv: print('1.9.38'); sys.exit(0)\nos.abort()\n"
)
HANGING = "#!{python}\nimport sys, time\nif '--version' in sys.argv: print('1.9.38'); sys.exit(0)\ntime.sleep(600)\n"


def use_quarto(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a script stand for the command of the renderer."""
    path = folder / "quarto"
    path.write_text(script.format(python=sys.executable))
    path.chmod(0o755)
    monkeypatch.setenv("QUARTO_PATH", str(path))


@pytest.mark.parametrize("script", [CRASHING, HANGING], ids=["crashes", "hangs"])
def test_a_renderer_that_crashes_or_hangs_fails_the_report_and_keeps_the_last_good_one(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    go(project)
    good = page_of(project).read_bytes()
    use_quarto(tmp_path, script, monkeypatch)
    monkeypatch.setattr("helpers.runner.render.quarto._PATIENCE", 1)
    batch = go(project, replace(HTML, renderer="quarto", force=True))
    assert (batch.entries[0].state, batch.entries[0].step) == (State.FAILED, "render")
    assert page_of(project).read_bytes() == good


def test_a_renderer_that_is_missing_is_told_before_anything_runs(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUARTO_PATH", "/nowhere/quarto")
    with pytest.raises(UserError, match="QUARTO_PATH"):
        go(project, replace(HTML, renderer="auto"))
    assert not (project.state / "runs").exists()


def test_two_runs_at_once_make_each_report_once_and_both_end_well(lay_out: Callable[..., Path]) -> None:
    files = {f"SYN{n:02}.yml": GOOD.replace("07", f"{n:02}") for n in range(3)}
    root = lay_out({"good": files})
    words = ("run", "--to", "html", "--renderer", "embedded", "--jobs", "1")
    with start(root, *words) as one, start(root, *words) as other:
        ended = [process.communicate(timeout=300)[0] for process in (one, other)]
    assert [one.returncode, other.returncode] == [0, 0], ended
    record = History(root / ".boardpack")
    runs = record.runs()
    assert len(runs) == 2
    by_report: dict[str, list[State]] = {}
    for each in runs:
        for entry in record.entries(each.run):
            by_report.setdefault(entry.report, []).append(entry.state)
    assert [sorted(states) for states in by_report.values()] == [["published", "unchanged"]] * 3
    Shelf(root).check_history()
    for entry in record.published():
        content = (root / "reports" / entry.outputs["html"].path).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry.outputs["html"].sha256
