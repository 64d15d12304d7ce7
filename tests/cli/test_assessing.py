"""`boardpack assess`: forms out, forms back, nothing half taken."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import openpyxl
import pytest
from filled import fill

from helpers.errors import ExitCode, UsageError
from helpers.register.reading import read_register

from .conftest import Call

GOOD = {"form.group": "Board", "leaders.stage": "Starting", "leaders.evidence": "Nobody asks why."}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BOARDPACK_KNOWN_ON", "2026-10-12")
    (tmp_path / "params" / "_register").mkdir(parents=True)
    (tmp_path / "notebooks").mkdir()
    return tmp_path


def asked(root: Path, call: Call, grid: str = "breakthrough") -> tuple[Path, Path]:
    code, said, err = call("assess", "ask", grid, "T1", "--month", "2026-09", "--to", str(root / "out"))
    assert code == 0, err
    one, all_ = (Path(line) for line in said.splitlines())
    return one, all_


def test_forms_come_back_as_assessments_and_an_agreement(root: Path, call: Call) -> None:
    one, _ = asked(root, call)
    waiting = json.loads(call("assess", "status", "--json")[1])["waiting"]
    assert any(each.startswith("Board, T1, 2026-09: ") for each in waiting)
    back = root / "back"
    back.mkdir()
    for number in range(9):
        copy = Path(shutil.copy(one, back / f"{number}.xlsx"))
        fill(
            copy,
            {**GOOD, "system.stage": "developing", "system.evidence": f"Figures come late, week {number}."},
        )
    code, said, err = call("assess", "read", str(back))
    assert (code, err) == (0, "")
    assert said.splitlines()[-1] == "taken: assessments 9, agreements 0"
    assert call("assess", "read", str(back))[1].splitlines()[-1] == "taken: assessments 0, agreements 0"
    found = read_register(root / "params" / "_register").assessments_of("T1", "breakthrough")
    assert {(each.group, each.rows["leaders"].stage, each.rows["system"].stage) for each in found} == {
        ("Board", "starting", "developing")
    }

    _, agree = asked(root, call)
    sheet = openpyxl.load_workbook(agree).active
    assert sheet is not None
    words = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
    assert "Starting 9" in words
    assert "not shown: 7 or fewer have judged it" in words
    told = {
        "leaders.stage": "Developing",
        "leaders.wanted": "Consolidating",
        "leaders.why": "Two of them ask.",
    }
    plan = {
        "plan.action_1": "Ask why",
        "plan.owner_1": "Chief executive",
        "plan.due_1": "2026-12-01",
        "plan.again": "2027-09-30",
    }
    fill(agree, {**told, **plan})
    assert call("assess", "read", str(agree))[1].splitlines()[-1] == "taken: assessments 0, agreements 1"
    said = call("assess", "status")[1]
    left = {each.partition(",")[0] for each in waiting} - {
        each.partition(",")[0] for each in said.splitlines()
    }
    assert left == {"Board", "What is agreed"}
    (agreed,) = read_register(root / "params" / "_register").consensus_of("T1", "breakthrough")
    assert (agreed.rows["leaders"].wanted, agreed.actions[0].owner) == ("consolidating", "Chief executive")
    code, _, err = call("assess", "read", str(agree))
    assert (code, "agreed for 2026-09 already" in err) == (ExitCode.USAGE, True)


def test_all_that_is_wrong_is_told_and_nothing_is_taken(root: Path, call: Call) -> None:
    one, _ = asked(root, call, "provider_capability")
    good = Path(shutil.copy(one, root / "good.xlsx"))
    fill(
        good,
        {"form.group": "Governors", "finance.stage": "Confirmed", "finance.evidence": "The plan held."},
    )
    fill(
        one,
        {
            "form.group": "Porters",
            "quality.stage": "Superb",
            "quality.evidence": "x",
            "access.stage": "Confirmed",
        },
    )
    code, _, err = call("assess", "read", str(one), str(good))
    assert code == ExitCode.USAGE
    for told in ("group 'Porters'", "Superb", "a stage without evidence"):
        assert told in err
    assert not (root / "params" / "_register" / "assessments.yml").exists()


def test_a_grid_is_rewritten_row_by_row_and_must_describe_each_stage(root: Path) -> None:
    folder = root / "params" / "_register" / "grids"
    folder.mkdir()
    own = folder / "breakthrough.yml"
    row = "{name: Our leaders, question: Do they ask?, stages: {starting: No, developing: Some, consolidating: All}}"
    own.write_text(f"rows:\n  leaders: {row}\n", "utf-8")
    grid = read_register(folder.parent).grids["breakthrough"]
    assert (grid.rows["leaders"].name, len(grid.rows)) == ("Our leaders", 6)
    own.write_text(
        "rows:\n  leaders: {name: Ours, question: Why?, stages: {starting: No}, note: x}\n", "utf-8"
    )
    with pytest.raises(UsageError) as refused:
        read_register(folder.parent)
    assert "unknown key" in str(refused.value)
    own.write_text("rows:\n  leaders: {name: Ours, question: Why?, stages: {starting: No}}\n", "utf-8")
    with pytest.raises(UsageError, match="a row describes each stage"):
        read_register(folder.parent)


def test_what_a_grid_does_not_have_is_refused_with_its_place(root: Path) -> None:
    file = root / "params" / "_register" / "consensus.yml"
    file.write_text(
        "- {grid: breakthrough, organisation: T1, month: 2026-09, rows: {leader: {stage: begun}}}\n",
        "utf-8",
    )
    with pytest.raises(UsageError) as refused:
        read_register(file.parent)
    told = [each.came for each in refused.value.problems]
    assert told == ["row 'leader' is not in the register", "stage 'begun' is not in the register"]


def test_an_unknown_grid_or_month_is_refused(root: Path, call: Call) -> None:
    assert "no such grid" in call("assess", "ask", "breaktrough", "T1")[2]
    assert "a month as YYYY-MM" in call("assess", "ask", "breakthrough", "T1", "--month", "soon")[2]
    assert not (root / ".boardpack" / "assessments").exists()
