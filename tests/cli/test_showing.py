"""What people see of loads: bars on a terminal, few lines elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.cli import showing
from helpers.data.loading.load import LoadResult
from helpers.errors import Problem


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let rich take the output for a terminal of usual width."""
    for name, value in {"TTY_COMPATIBLE": "1", "COLUMNS": "120", "NO_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)


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
