"""Whole reports of record sheets on marts of a few rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from helpers.analyses.record_sheets.analysis import NOBODY, MeasureRecords
from helpers.bundle import Bundle
from helpers.data.disclosure import disclosure_problems
from helpers.data.mart import Mart
from helpers.data.organisations.directory import find_organisation
from helpers.errors import UsageError
from helpers.measures.examples import example_measure
from helpers.register import Register
from helpers.report.period import Period, add_months
from helpers.report.report import Report

LAST = date(2026, 9, 1)
Make = Callable[..., MeasureRecords]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Return what makes the sheets of measures by name; those in `figures` have three years of them."""

    def of(known: dict[str, dict[str, Any]], figures: tuple[str, ...] = (), **told: Any) -> MeasureRecords:
        rows = [
            {"measure": name, "org_code": "T1", "period": pd.Timestamp(add_months(LAST, -back)),
             "period_type": "month", "basis": "provider", "numerator": 50.0 + back % 5, "denominator": 100.0,
             "value": (50.0 + back % 5) / 100, "status": "actual", "origin": "published", "suppressed": False}
            for name in figures for back in range(told.pop("months", 36))
        ]  # fmt: skip
        mart = Mart(tmp_path / "mart")
        with mart.load(source="codes", layout="l", policy="published", synthetic=True, as_at=LAST) as load:
            load.write(
                "organisations", pd.DataFrame([{"org_code": "T1", "name": "Synthetic T1", "kind": "trust"}])
            )
            if rows:
                load.write("measure_values", pd.DataFrame(rows))
        mart = mart.at(mart.version)
        report = Report("Sheets", tmp_path, mart, find_organisation(mart, "T1"), Period(LAST, LAST))
        report.__dict__["register"] = Register(
            measures={name: example_measure(**{"id": name, "name": name.capitalize(), **keys})
                      for name, keys in known.items()}
        )  # fmt: skip
        return MeasureRecords(report, **{"measures": (), **told})

    return of


def shown(records: MeasureRecords) -> list[Bundle]:
    parts = (
        records.headline, records.to_drop, records.gaps, records.at_board_level, records.pages, records.method,
    )  # fmt: skip
    return [each.bundle for what in parts for each in what.shown]


def test_a_register_without_figures_or_readers_says_so(make: Make) -> None:
    found = shown(make({"missed": {}}))
    assert found[0].markdown.startswith(
        "The register has no measure of which this organisation has a figure."
    )
    assert not [each for each in found if each.kind in ("table", "figure")]


def test_a_measure_without_a_figure_that_somebody_reads_has_its_sheet(make: Make) -> None:
    bundles = shown(make({"missed": {"read_by": ("board",)}, "unread": {}}))
    assert [each.caption for each in bundles if each.kind == "heading"] == ["Missed"]
    assert any("The data have no figure of this measure" in each.prose for each in bundles)
    assert disclosure_problems(bundles) == []


def test_a_sheet_has_its_chart_its_standing_and_every_answer(make: Make) -> None:
    records = make({"missed": {"read_by": ("board",), "perverse_effects": "Overbooking."}}, ("missed",))
    kinds = [each.bundle.kind for each in records.sheet("missed").shown]
    assert kinds == ["heading", "panels", "figure", "text", "table"]
    cells: dict[Any, Any] = dict(records.sheet("missed").rows)
    assert cells["What to watch"] == "Overbooking."
    assert cells["Who asked for it"] == "not answered"


def test_gaps_stand_by_owner_and_nobody_comes_first(make: Make) -> None:
    records = make({"missed": {}, "idle": {"owner": ""}}, ("missed", "idle"))
    rows = records.gaps.rows
    assert [row[0] for row in rows if row[1] == "Nobody acts on it"] == [NOBODY]
    assert rows[0][0] == NOBODY
    assert {row[3] for row in rows if row[0] == "Chief operating officer"} == {"Missed"}
    assert [row[0] for row in records.to_drop.rows] == ["Missed", "Idle"]


def test_one_value_alone_comes_out_without_a_chart(make: Make) -> None:
    kinds = [each.kind for each in shown(make({"missed": {}}, ("missed",), months=1))]
    assert "figure" not in kinds
    assert "table" in kinds


def test_measures_can_be_chosen_and_unknown_ones_are_refused_all_at_once(make: Make) -> None:
    measures: dict[str, dict[str, Any]] = {"missed": {}, "idle": {}}
    assert [each.measure.id for each in make(measures, ("missed", "idle"), measures=("idle",)).sheets] == [
        "idle"
    ]
    with pytest.raises(UsageError) as refused:
        make(measures, measures=("mised", "other"))
    assert len(refused.value.problems) == 2
    assert "missed" in str(refused.value)
