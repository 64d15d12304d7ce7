"""`boardpack plan` and `boardpack register sheet`: what they print of a register and a schedule."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from helpers.cli import main
from helpers.errors import ExitCode

MEASURE = """missed:
  {name: Missed, kind: proportion, numerator: A, denominator: B, unit: "%", direction: decrease, owner: Head of clinics}
"""
DECISIONS = """- {organisation: T1, day: 2026-01-08, decision: Open the ward, owner: Chief nurse, due: 2026-02-01}
- {organisation: T1, day: 2026-01-08, decision: Buy a scanner, owner: Chief nurse, due: 2026-09-01}
- {organisation: T2, day: 2026-01-08, decision: Elsewhere, owner: Chief nurse, due: 2026-09-01}
"""
SCHEDULE = """- {name: monthly, when: {day: 8, if_closed: next}, reports: [performance_report]}
- {name: daily, when: "0 6 * * *", reports: [beds]}
- {name: on_data, when: {data: [measure_values/*]}}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BOARDPACK_KNOWN_ON", "2026-04-15")
    register = tmp_path / "params" / "_register"
    register.mkdir(parents=True)
    (tmp_path / "notebooks").mkdir()
    (register / "measures.yml").write_text(MEASURE, "utf-8")
    (register / "decisions.yml").write_text(DECISIONS, "utf-8")
    (tmp_path / "params" / "_schedule.yml").write_text(SCHEDULE, "utf-8")
    return tmp_path


def printed(project: Path, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    with pytest.raises(SystemExit) as ended:
        main(["--project", str(project), *words])
    assert ended.value.code == ExitCode.OK
    return capsys.readouterr().out


def test_the_year_has_what_is_overdue_first_and_reports_on_their_days(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = json.loads(printed(project, capsys, "plan", "--organisation", "T1", "--json"))
    assert [each["what"] for each in told["overdue"]] == ["Open the ward"]
    days = [each["day"] for each in told["year"] if each["what"] == "Reports: performance_report (monthly)"]
    assert (len(days), days[0], days[-1]) == (12, "2026-04-08", "2027-03-08")
    assert [each["what"] for each in told["year"] if each["kept"] == "decisions.yml"] == ["Buy a scanner"]
    daily = [each for each in told["year"] if "daily" in each["what"]]
    assert [each["day"] for each in daily] == ["2026-04-01"]


def test_another_year_can_be_asked_for_and_data_have_no_day(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = printed(project, capsys, "plan", "--from", "2027-01")
    assert " ".join(told.splitlines()[1].split()).startswith("overdue Sun 1 Feb 2026 Open the ward")
    assert "Buy a scanner" not in told
    assert "on_data: when its data are renewed (measure_values/*)" in told


def test_a_sheet_says_what_it_leaves_open(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = printed(project, capsys, "register", "sheet", "missed")
    assert "Head of clinics" in told
    assert "open: nobody reads it, so it is one to drop" in told


def test_a_measure_that_there_is_not_is_refused_with_near_misses(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--project", str(project), "register", "sheet", "mised"])
    assert ended.value.code == ExitCode.USAGE
    assert "missed" in capsys.readouterr().err
