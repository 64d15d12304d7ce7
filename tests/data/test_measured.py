"""Measures about patients and the ledger: what a unit's figure hides is not told by its whole and the other units."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from helpers.data.disclosure.people import find_people
from helpers.data.mart import Mart
from helpers.data.measured import as_told
from helpers.data.released_manifests import shown_words
from helpers.data.releases import Releases
from helpers.places import REPORT_VARIABLE
from helpers.register.models import Measure

WHOLE = ""


def measure(kind: str, **more: object) -> Measure:
    facts = {"id": "own", "name": "Own", "kind": kind, "unit": "%" if kind == "proportion" else "patients"}
    return Measure.model_validate(facts | {"direction": "decrease", "denominator": "Patients"} | more)


def mart_of(folder: Path, figures: Mapping[str, tuple[float, float]], kind: str, load: int = 1) -> Mart:
    """A trust with units below it, each with a numerator and a denominator in May 2026."""
    mart = Mart(folder / "state" / "mart")
    rows = pd.DataFrame(
        [
            {
                "measure": "own", "org_code": "T1", "unit_code": unit or None, "period": pd.Timestamp(2026, 5, 1),
                "period_type": "month", "basis": "provider", "status": "actual", "numerator": float(some),
                "denominator": None if kind == "count" else float(of), "value": some if kind == "count" else some / of,
                "origin": "records", "suppressed": False,
            }
            for unit, (some, of) in figures.items()
        ]
    )  # fmt: skip
    with mart.load(
        source="own_measures", layout="l", policy="hes_record_level", as_at=date(2026, 6, load)
    ) as load_:
        load_.write("measure_values", rows)
    units = [
        {"org_code": "T1", "unit_code": unit, "name": unit, "parent_unit": None} for unit in figures if unit
    ]
    with mart.load(source="units", layout="l", policy="published") as load_:
        load_.write("units", pd.DataFrame(units))
    return mart.at(mart.version)


def told(mart: Mart, wanted: Measure, *units: str) -> list[object]:
    """The value of each unit, as it may be told; * where it is hidden."""
    rows = mart.query("SELECT * FROM measure_values_rolled_up WHERE measure = 'own'")
    rows = rows[rows["unit_code"].fillna("").isin(units)]
    out = as_told(mart, rows, [wanted], about="T1").set_index(rows["unit_code"].fillna(""))
    return ["*" if out.loc[unit, "untold"] else out.loc[unit, "value"] for unit in units]


@pytest.fixture(autouse=True)
def _in_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(REPORT_VARIABLE, "performance/T1")


def test_a_trusts_total_beside_two_of_three_divisions_tells_no_star(tmp_path: Path) -> None:
    # 8 + 8 + 1 = 17 would print 15 beside 10, 10 and a star that can only be 1
    mart = mart_of(tmp_path, {WHOLE: (17, 0), "A": (8, 0), "B": (8, 0), "C": (1, 0)}, "count")
    assert told(mart, measure("count"), WHOLE) == [17]
    assert told(mart, measure("count"), "A", "B", "C").count("*") == 2


def test_what_the_whole_would_tell_is_hidden_after_its_units_were_told(tmp_path: Path) -> None:
    mart = mart_of(tmp_path, {WHOLE: (17, 0), "A": (8, 0), "B": (8, 0), "C": (1, 0)}, "count")
    assert told(mart, measure("count"), "A", "B", "C") == [8, 8, "*"]
    assert told(mart, measure("count"), WHOLE) == ["*"]


def test_a_rate_gives_its_count_so_two_of_three_hide_another(tmp_path: Path) -> None:
    figures = {WHOLE: (120, 9000), "A": (60, 3000), "B": (57, 3000), "C": (3, 3000)}
    mart = mart_of(tmp_path, figures, "rate")
    assert told(mart, measure("rate"), WHOLE) == [pytest.approx(120 / 9000)]
    assert told(mart, measure("rate"), "A", "B", "C").count("*") == 2


def test_means_of_a_whole_and_all_units_but_one_tell_nothing_of_that_one(tmp_path: Path) -> None:
    mart = mart_of(tmp_path, {WHOLE: (83, 22), "A": (40, 10), "B": (40, 10), "C": (3, 2)}, "mean")
    shown = told(mart, measure("mean"), WHOLE, "A", "B", "C")
    assert shown[0] == pytest.approx(83 / 22)
    assert shown[3] == "*"


def test_other_reports_are_bound_by_what_this_one_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mart = mart_of(tmp_path, {WHOLE: (17, 0), "A": (8, 0), "B": (8, 0), "C": (1, 0)}, "count")
    first = told(mart, measure("count"), WHOLE, "A", "B", "C")
    Releases(tmp_path / "state").release("performance/T1")
    monkeypatch.setenv(REPORT_VARIABLE, "scorecard/T1")
    assert told(mart, measure("count"), "C", "B", "A", WHOLE) == first[::-1]
    entries = Releases(tmp_path / "state").entries("measure_values:own")
    assert {shown_words(entry.told) for entry in entries} == {"15", "10", "*"}


def test_staff_and_small_numbers_that_are_published_anyway_are_left_alone(tmp_path: Path) -> None:
    mart = mart_of(tmp_path, {WHOLE: (3, 0), "C": (1, 0)}, "count")
    assert told(mart, measure("count", about="staff"), WHOLE, "C") == [3, 1]
    assert not (tmp_path / "state" / "released").exists()


def test_a_division_holds_the_wards_below_it(tmp_path: Path) -> None:
    mart = mart_of(tmp_path, {WHOLE: (40, 0), "A": (30, 0), "A1": (18, 0), "B": (8, 0)}, "count")
    with mart.at(mart.version).load(source="units", layout="l", policy="published") as load:
        wards = [("A", None), ("A1", "A"), ("B", None)]
        load.write(
            "units",
            pd.DataFrame(
                [{"org_code": "T1", "unit_code": u, "name": u, "parent_unit": p} for u, p in wards]
            ),
        )
    mart = mart.at(Mart(mart.path).version)
    told(mart, measure("count"), WHOLE, "A", "A1", "B")
    queries = [entry.told.query for entry in Releases(tmp_path / "state").of_report("performance/T1")]
    people = find_people(mart, queries, "T1")
    assert sorted(int(people.count[people.mask(query)].sum()) for query in queries) == [8, 18, 30, 40]
