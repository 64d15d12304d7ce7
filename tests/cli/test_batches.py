"""What people see of a batch: a bar and a table on a terminal, plain lines elsewhere, one document for machines."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from helpers.cli import batches
from helpers.runner.batch.run import Batch
from helpers.runner.history.entries import Entry, State

GOOD = Entry("run1", "stay", "SYN07", State.PUBLISHED, "2026-04-01T06:00:00+00:00", 2.5)
BAD = Entry("run1", "stay", "SYN08", State.FAILED, exit_code=1, step="execute", error="cell 5: it broke")
SAME = replace(GOOD, name="SYN09", state=State.UNCHANGED, seconds=0.0, same_as="run0")


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let rich take the output for a terminal of usual width."""
    for name, value in {"TTY_COMPATIBLE": "1", "COLUMNS": "120", "NO_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("terminal")
def test_a_terminal_gets_a_table_with_the_failed_first_and_the_problems(
    capsys: pytest.CaptureFixture[str],
) -> None:
    batches.show_batch(Batch("run1", (GOOD, BAD)), "reports/index.html", as_json=False)
    said = capsys.readouterr()
    rows = [line for line in said.out.splitlines() if "stay/" in line]
    assert ["failed at execute" in rows[0], "published" in rows[1]] == [True, True]
    assert said.out.splitlines()[-1].startswith("1 published, 1 failed; reports/index.html")
    assert said.err == "stay/SYN08: failed at execute\n  cell 5: it broke\n"


def test_elsewhere_only_problems_and_one_line_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    batches.show_batch(Batch("run1", (GOOD, GOOD)), "reports/index.html", as_json=False)
    assert capsys.readouterr() == ("2 published; reports/index.html\n", "")


def test_of_many_the_slowest_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    entries = tuple(replace(GOOD, name=f"r{seconds}", seconds=seconds) for seconds in (1.0, 9.0, 4.0, 3.0))
    batches.show_batch(Batch("run1", (*entries, SAME)), "reports/index.html", as_json=False)
    assert capsys.readouterr().out.splitlines() == [
        "slowest: stay/r9.0 9.0 s, stay/r4.0 4.0 s, stay/r3.0 3.0 s",
        "4 published, 1 unchanged; reports/index.html",
    ]


def test_machines_get_one_document_in_the_same_order(capsys: pytest.CaptureFixture[str]) -> None:
    batches.show_batch(Batch("run1", (GOOD, BAD)), "reports/index.html", as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["states"] == {"published": 1, "failed": 1}
    assert [each["report"] for each in told["reports"]] == ["stay/SYN08", "stay/SYN07"]
    assert told["exit_code"] == 1


def test_the_failed_come_first_then_what_was_left_undone_then_the_slowest() -> None:
    slow, undone = replace(GOOD, name="slow", seconds=60.0), replace(GOOD, state=State.INTERRUPTED)
    assert batches.worst_first([GOOD, slow, undone, BAD]) == [BAD, undone, slow, GOOD]


def test_a_bug_is_named_as_one(capsys: pytest.CaptureFixture[str]) -> None:
    bug = Entry("run1", "stay", "SYN09", State.FAILED, exit_code=70, step="render", error="Traceback …")
    batches.show_batch(Batch("run1", (bug,)), "reports/index.html", as_json=False)
    assert "a bug in boardpack" in capsys.readouterr().err


@pytest.mark.usefixtures("terminal")
def test_a_bar_moves_with_each_report_on_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with batches.show_progress(2, quiet=False) as tell:
        tell(GOOD)
        tell(BAD)
    assert "stay/SYN08" in capsys.readouterr().err


def test_elsewhere_each_report_that_ran_has_a_line_with_the_time_left(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([0.0, 10.0, 20.0])
    monkeypatch.setattr(batches.time, "monotonic", lambda: next(clock))
    with batches.show_progress(4, quiet=False) as tell:
        for entry in (SAME, SAME, GOOD, BAD):
            tell(entry)
    assert capsys.readouterr().err.splitlines() == [
        "[3/4] stay/SYN07: published, 2.5 s, about 10 s left",
        "[4/4] stay/SYN08: failed at execute, 0.0 s",
    ]


def test_nothing_is_told_where_it_is_to_be_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    with batches.show_progress(1, quiet=True) as tell:
        tell(GOOD)
    assert capsys.readouterr() == ("", "")
