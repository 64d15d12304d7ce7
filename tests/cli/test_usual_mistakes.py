"""Mistakes that everybody makes once: each ends in a sentence that says what came and what to do, and no traceback."""

from __future__ import annotations

import errno
import os
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from helpers import start
from helpers.cli import main
from helpers.errors import ExitCode


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


def proxy(_: Path) -> list[str]:
    """The address of a port at which nobody answers, by a proxy that is not there."""
    return ["data", "load", "http://figures.example/own.csv"]


MISTAKES = {
    no_data: "allowed: your ODS code, such as RGT; `boardpack demo build` loads invented trusts",
    wrong_sheet: "own.xlsx: no known layout; see `boardpack data sources`",
    wrong_type: "many",
    wrong_name: "did you mean ae_four_hours?",
    merge_conflict: "take the marks out, then `git add` it",
    no_such_file: "nowhere.xlsx",
    proxy: "is the proxy 127.0.0.1:9 right (http_proxy)? Else fetch the file with a browser",
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
    monkeypatch.setenv("http_proxy", "http://somebody:secret@127.0.0.1:9")
    monkeypatch.setattr(urllib.request, "_opener", None)  # it keeps the proxies that it first met
    words = mistake(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(["--project", os.fspath(tmp_path), *words])
    told = capsys.readouterr()
    assert ended.value.code not in (0, 70)
    assert said in told.out + told.err
    assert "Traceback" not in told.err
    assert "secret" not in told.out + told.err


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.EACCES, "give yourself the right, or close it in the program that has it open"),
        (errno.EROFS, "choose another place; BOARDPACK_STATE=FOLDER names one"),
        (errno.ENOSPC, "free some space (boardpack state prune, boardpack data prune)"),
    ],
)
@pytest.mark.parametrize("words", [["check"], ["new", "waits", "--trust", "RGT"], ["doctor"]])
def test_no_rights_and_a_full_disk_end_in_a_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    number: int,
    said: str,
    words: list[str],
) -> None:
    monkeypatch.delenv("BOARDPACK_STATE", raising=False)
    with pytest.raises(SystemExit):
        main(["init", os.fspath(tmp_path)])

    def refuse(path: Path, *_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(SystemExit) as ended:
        main(["--project", os.fspath(tmp_path), *words])
    told = capsys.readouterr()
    assert ended.value.code == ExitCode.REPORT
    assert said in told.out + told.err
    assert "Traceback" not in told.err


def test_an_old_python_is_told_before_anything_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 13))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer and found .*python3\.12 -m venv"):
        start.main()


def test_the_wrong_folder_is_told_how_to_make_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["--project", os.fspath(tmp_path), "check"])
    assert "boardpack init FOLDER" in capsys.readouterr().err
