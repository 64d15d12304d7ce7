"""Lists counted from records of patients: they go through the records room, and small numbers stay there."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from helpers.analyses.waiting.analysis import WaitingLists, waiting_list
from helpers.data.loading.load import LoadError, load_paths
from helpers.data.mart import Mart
from helpers.data.organisations.directory import find_organisation
from helpers.errors import DataError
from helpers.register import Register
from helpers.report.period import Period
from helpers.report.report import Report
from helpers.stats.waiting import list_statistics

APRIL = date(2026, 4, 1)
HEAD = "org_code,specialty_code,referred,removed"


def patients() -> list[str]:
    """A specialty that gets two patients a day and treats one of them after 70 days, and one of four patients."""
    days = [date(2025, 7, 1) + timedelta(place) for place in range(304)]
    treated = {day: day + timedelta(70) for day in days}
    lines = [f"T1,110,{day},{treated[day] if treated[day] <= days[-1] else ''}" for day in days]
    return [*lines, *(f"T1,110,{day}," for day in days), *(f"T1,430,{day}," for day in days[-4:])]


def loaded(folder: Path, lines: list[str]) -> Mart:
    mart = Mart(folder / "mart")
    with mart.load(source="codes", layout="l", policy="published", synthetic=True) as load:
        trusts = [{"org_code": code, "name": f"Synthetic {code}", "kind": "trust"} for code in ("T1", "T2")]
        load.write("organisations", pd.DataFrame(trusts))
    (folder / "list.csv").write_text("\n".join([HEAD, *lines]), encoding="utf-8")
    load_paths(mart, [folder / "list.csv"], Register())
    return mart.at(mart.version)


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> WaitingLists:
    folder = tmp_path_factory.mktemp("waits")
    mart = loaded(folder, patients())
    report = Report("Waits", folder, mart, find_organisation(mart, "T1"), Period(APRIL, APRIL))
    return waiting_list(report, records=True)


def test_sizes_and_flows_are_what_the_room_may_tell(lists: WaitingLists) -> None:
    rows = lists.lists.frame.set_index("name")
    # 608 were added and 234 of them treated by 30 April; 374 is shown as 375
    assert rows.loc["110", "size"] == 375
    assert lists.origin == "records"
    assert rows.loc["110", "since"] == "Aug 2025"
    assert lists.headline.words.lead.startswith("**The waiting list of 110 grows")


def test_a_trust_of_whose_list_there_is_no_record_is_refused(tmp_path: Path) -> None:
    mart = loaded(tmp_path, patients()[-4:])
    report = Report("Waits", tmp_path, mart, find_organisation(mart, "T2"), Period(APRIL, APRIL))
    with pytest.raises(DataError, match=r"no waiting list.*leave out `records`"):
        waiting_list(report, records=True)


def test_a_list_of_four_patients_is_hidden(lists: WaitingLists) -> None:
    assert lists.lists.frame.set_index("name").loc["430", ["size", "mean_wait", "p92"]].isna().all()
    # hidden is not nought
    assert lists.bands.frame.set_index("specialty").loc["430"].isna().any()
    assert "numbers of 1 to 7 are hidden" in lists.method.words.records


def test_they_are_those_of_the_exact_list_as_far_as_rounding_lets_them(lists: WaitingLists) -> None:
    cells = [line.split(",") for line in patients() if ",110," in line]
    referred = [date.fromisoformat(row[2]) for row in cells]
    removed = [date.fromisoformat(row[3]) if row[3] else None for row in cells]
    exact = list_statistics(referred, removed, 18, start="2025-09-01", end="2026-04-30")
    row = lists.lists.frame.set_index("name").loc["110"]
    assert exact.queue == 374
    assert row["demand"] == pytest.approx(exact.demand, rel=0.03)
    assert row["load"] == pytest.approx(exact.load, rel=0.03)
    assert row["mean_wait"] == pytest.approx(exact.mean_wait, abs=0.1)
    assert row["pressure"] == pytest.approx(exact.pressure, abs=0.1)
    assert sum(lists.bands.frame.set_index("specialty").loc["110"]) == pytest.approx(374, abs=25)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("T1,110,2026-04-02,2026-04-01", "from referred on"),
        ("T1,110,,2026-04-01", "referred"),
        ("T1,,2026-04-01,", "specialty_code"),
        ("T1,110,soon,", "referred"),
    ],
)
def test_records_that_cannot_be_are_refused(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(LoadError, match=message):
        loaded(tmp_path, ["T1,110,2026-03-01,", line])
