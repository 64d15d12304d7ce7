"""`boardpack comments`: asked by forms, answered, taken, and said of whoever has not answered."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from filled import fill

from helpers.cli.rounds import overdue_words
from helpers.data.mart import Mart
from helpers.errors import ExitCode
from helpers.register.reading import read_register
from helpers.report.period import add_months

from .conftest import Call

LAST = date(2026, 9, 1)
NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "performance_report.ipynb"
KEYS = "kind: count, about: other, numerator: A, direction: decrease"
MEASURES = f"""missed: {{name: Missed, {KEYS}, unit: visits, owner: Head of clinics}}
late: {{name: Late, {KEYS}, unit: letters, owner: Head of clinics}}
calm: {{name: Calm, {KEYS}, unit: letters, owner: Chief nurse}}
"""
TOLD = """- {measure: late, organisation: T1, month: 2026-09, author: Head of clinics, why: The printer broke.}
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A trust with two measures that worsen, one of them explained already, and one that does not."""
    monkeypatch.setenv("BOARDPACK_KNOWN_ON", "2026-10-12")
    register, params = tmp_path / "params" / "_register", tmp_path / "params" / "performance_report"
    for folder in (register, params, tmp_path / "notebooks"):
        folder.mkdir(parents=True)
    shutil.copy(NOTEBOOK, tmp_path / "notebooks")
    (params / "T1.yml").write_text("trust: T1\n", "utf-8")
    (register / "measures.yml").write_text(MEASURES, "utf-8")
    (register / "comments.yml").write_text(TOLD, "utf-8")
    rows = [
        {"measure": name, "org_code": "T1", "period": pd.Timestamp(add_months(LAST, -back)),
         "period_type": "month", "basis": "provider", "numerator": value, "value": value,
         "status": "actual", "origin": "published", "suppressed": False}
        for name in ("missed", "late", "calm") for back in range(36)
        for value in [50.0 + back * 7 % 5 + (40 if name != "calm" and back < 9 else 0)]
    ]  # fmt: skip
    mart = Mart(tmp_path / ".boardpack" / "mart")
    with mart.load(source="codes", layout="l", policy="published", synthetic=True, as_at=LAST) as load:
        load.write(
            "organisations", pd.DataFrame([{"org_code": "T1", "name": "Synthetic T1", "kind": "trust"}])
        )
        load.write("measure_values", pd.DataFrame(rows))
    return tmp_path


def test_a_round_from_asking_to_the_last_answer(root: Path, call: Call) -> None:
    code, said, _ = call("comments", "status")
    assert (code, said) == (0, "Nobody was asked: boardpack comments ask\n")
    code, said, err = call(
        "comments", "ask", "performance_report/T1", "--to", str(root / "out"), "--due", "2026-10-11"
    )
    assert code == 0, err
    form = root / "out" / "T1-2026-09-head-of-clinics.xlsx"
    assert [each.name for each in (root / "out").iterdir()] == [form.name]
    sheet = openpyxl.load_workbook(form).active
    assert sheet is not None
    words = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
    assert "Missed" in words
    assert "Late" not in words  # which has its words
    assert any("It needs attention" in each for each in words)
    assert len(sheet._images) == 1  # type: ignore[attr-defined]
    waiting = "Head of clinics, T1, 2026-09: Missed (asked for by 2026-10-11)"
    assert json.loads(call("comments", "status", "--json")[1])["waiting"] == [waiting]
    assert overdue_words(root, date(2026, 10, 12)) == [waiting]
    assert overdue_words(root, date(2026, 10, 10)) == []

    fill(form, {"missed.why": "Nobody rang patient 943 476 5919."})
    code, _, err = call("comments", "read", str(root / "out"))
    assert (code, "NHS number" in err) == (ExitCode.USAGE, True)
    fill(form, {"missed.why": "Nobody rang.", "missed.next": "Somebody rings."})
    code, said, _ = call("comments", "read", str(root / "out"))
    assert (code, said.splitlines()[-1]) == (0, "1 taken into params/_register/comments.yml")
    assert "late, it was asked for by 2026-10-11" in said
    found = read_register(root / "params" / "_register").comments_of("missed", "T1")
    assert [(each.why, each.owner, each.author) for each in found] == [
        ("Nobody rang.", "Head of clinics", "Head of clinics")
    ]
    assert call("comments", "status")[1] == "Everybody who was asked has answered\n"
    assert (
        call("comments", "ask", "performance_report/T1")[1] == "Nothing that needs attention lacks words\n"
    )


@pytest.mark.usefixtures("root")
def test_files_that_are_not_there_and_days_that_are_none_are_refused(call: Call) -> None:
    code, _, err = call("comments", "read", "one.xlsx", "two.xlsx")
    assert (code, err.count("is not there")) == (ExitCode.USAGE, 2)
    code, _, err = call("comments", "ask", "performance_report/T1", "--due", "soon")
    assert (code, "a day as YYYY-MM-DD" in err) == (ExitCode.USAGE, True)
