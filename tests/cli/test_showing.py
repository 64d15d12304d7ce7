"""What people see: bars and tables on a terminal, few lines elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.cli import showing
from helpers.data.load import LoadResult
from helpers.errors import Problem
from helpers.runner.entries import Entry, State
from helpers.runner.run import Batch

GOOD = Entry("run1", "stay", "SYN07", State.PUBLISHED, "2026-04-01T06:00:00+00:00", 2.5)
BAD = Entry("run1", "stay", "SYN08", State.FAILED, exit_code=1, step="execute", error="cell 5: it broke")


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let rich take the output for a terminal of usual width."""
    for name, value in {"TTY_COMPATIBLE": "1", "COLUMNS": "120", "NO_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("terminal")
def test_a_terminal_gets_a_table_and_the_problems(capsys: pytest.CaptureFixture[str]) -> None:
    showing.show_batch(Batch("run1", (GOOD, BAD)), "reports/index.html", as_json=False)
    said = capsys.readouterr()
    rows = [line for line in said.out.splitlines() if "stay/" in line]
    assert ["published" in rows[0], "failed at execute" in rows[1]] == [True, True]
    assert said.out.splitlines()[-1].startswith("1 published, 1 failed; reports/index.html")
    assert said.err == "stay/SYN08: failed at execute\n  cell 5: it broke\n"


def test_elsewhere_only_problems_and_one_line_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    showing.show_batch(Batch("run1", (GOOD, GOOD)), "reports/index.html", as_json=False)
    assert capsys.readouterr() == ("2 published; reports/index.html\n", "")


def test_a_bug_is_named_as_one(capsys: pytest.CaptureFixture[str]) -> None:
    bug = Entry("run1", "stay", "SYN09", State.FAILED, exit_code=70, step="render", error="Traceback …")
    showing.show_batch(Batch("run1", (bug,)), "reports/index.html", as_json=False)
    assert "a bug in boardpack" in capsys.readouterr().err


@pytest.mark.usefixtures("terminal")
def test_a_bar_moves_with_each_report_on_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with showing.show_progress(2, quiet=False) as tell:
        tell(GOOD)
        tell(BAD)
    assert "stay/SYN08" in capsys.readouterr().err


def test_there_is_no_bar_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    with showing.show_progress(1, quiet=False) as tell:
        tell(GOOD)
    assert capsys.readouterr() == ("", "")


def test_each_loaded_file_is_told_with_its_rows_and_what_was_left_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    kept = LoadResult("a.csv", "loaded", "own", "own", 12, 10, {"no period": 2}, ("one remark",))
    refused = LoadResult("b.csv", "refused", problems=(Problem("b.csv, row 2", "text in a number"),))
    showing.show_results([kept, refused], as_json=False)
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "a.csv: loaded as own, 10 of 12 rows",
        "  2 rows left out: no period",
        "  one remark",
        "b.csv: refused",
    ]
    assert said.err == "  b.csv, row 2: text in a number.\n"


@pytest.mark.usefixtures("terminal")
def test_a_bar_moves_with_each_file_on_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with showing.show_loading(quiet=False) as tell:
        assert tell is not None
        tell(str(Path("data") / "a.csv"), 0, 2)
        tell("", 2, 2)
    assert "Files" in capsys.readouterr().err
