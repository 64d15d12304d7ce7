"""Mistakes that everybody makes once: each ends in a sentence that says what came and what to do, and no traceback."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from helpers.cli import main


def _own_file(root: Path, **row: str) -> Path:
    cells = {"measure": "falls", "org_code": "RGT", "period": "2026-04", "numerator": "4"} | row
    book = openpyxl.Workbook()
    book.worksheets[0].append(list(cells))
    book.worksheets[0].append(list(cells.values()))
    book.save(root / "own.xlsx")
    return root / "own.xlsx"


def no_data(_: Path) -> list[str]:
    return ["new", "waits"]


def wrong_sheet(root: Path) -> list[str]:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["Ward", "April", "May"])
    book.save(root / "own.xlsx")
    return ["data", "load", str(root / "own.xlsx")]


def wrong_type(root: Path) -> list[str]:
    return ["data", "load", str(_own_file(root, numerator="many"))]


def wrong_name(root: Path) -> list[str]:
    return ["data", "load", str(_own_file(root, measure="ae_four_hour", denominator="5"))]


def merge_conflict(root: Path) -> list[str]:
    register = root / "params" / "_register" / "measures.yml"
    register.write_text("<<<<<<< HEAD\nae_four_hours: {digits: 1}\n=======\n>>>>>>> theirs\n", "utf-8")
    return ["check"]


def no_such_file(root: Path) -> list[str]:
    return ["data", "load", str(root / "nowhere.xlsx")]


def own_helpers(root: Path) -> list[str]:
    (root / "helpers.py").touch()
    return ["check"]


MISTAKES = {
    no_data: "no data are loaded yet; allowed: your ODS code",
    wrong_sheet: "own.xlsx: no known layout; see `boardpack data sources`",
    wrong_type: "many",
    wrong_name: "did you mean ae_four_hours?",
    merge_conflict: "take the marks out, then `git add` it",
    no_such_file: "nowhere.xlsx",
    own_helpers: "rename it, for instance to our_helpers.py",
}


@pytest.mark.parametrize(
    ("mistake", "said"), MISTAKES.items(), ids=lambda each: getattr(each, "__name__", "")
)
def test_a_usual_mistake_ends_in_a_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    mistake: Callable[[Path], list[str]],
    said: str,
) -> None:
    monkeypatch.delenv("BOARDPACK_STATE", raising=False)
    with pytest.raises(SystemExit):
        main(["init", os.fspath(tmp_path)])
    words = mistake(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(["--project", os.fspath(tmp_path), *words])
    told = capsys.readouterr()
    assert ended.value.code not in (0, 70)
    assert said in told.out + told.err
    assert "Traceback" not in told.err


def test_the_wrong_folder_is_told_how_to_make_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["--project", os.fspath(tmp_path), "check"])
    assert "boardpack init FOLDER" in capsys.readouterr().err
