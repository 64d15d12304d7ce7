"""Merged organisations are one history."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from helpers.data.mart import Mart


def organisations(*successors: tuple[str, str | None]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"org_code": code, "name": code, "kind": "trust", "successor": after}
            for code, after in successors
        ]
    )


def store(mart: Mart, table: str, frame: pd.DataFrame) -> None:
    with mart.load(source=table, layout="l", policy="published") as load:
        load.write(table, frame)


def test_a_chain_of_mergers_ends_at_the_last_successor(tmp_path: Path) -> None:
    mart = Mart(tmp_path)
    store(mart, "organisations", organisations(("A", "B"), ("B", "C"), ("C", None), ("D", "D")))
    found = mart.query("SELECT org_code, successor FROM successors ORDER BY 1")
    assert found.to_numpy().tolist() == [["A", "C"], ["B", "C"]]


def test_a_circle_of_successors_ends(tmp_path: Path) -> None:
    mart = Mart(tmp_path)
    store(mart, "organisations", organisations(("A", "B"), ("B", "A"), ("E", "A")))
    assert mart.query("SELECT count(*) AS n FROM successors")["n"].item() == 3


ROW = {
    "measure": "m",
    "period_type": "month",
    "basis": "provider",
    "status": "actual",
    "origin": "published",
}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # 9/10 and 30/90: 39 of 100
        ([(9, 10, 0.9, False), (30, 90, 1 / 3, False)], (39, 100, 0.39)),
        # counts without a denominator add up
        ([(9, None, 9, False), (30, None, 30, False)], (39, None, 39)),
        # means without their parts cannot be pooled
        ([(None, None, 5, False), (None, None, 7, False)], (None, None, None)),
        ([(None, None, 5, False)], (None, None, 5)),
        # one hidden part hides the sum
        ([(None, 10, None, True), (30, 90, 1 / 3, False)], (None, None, None)),
        ([(0, 0, None, False), (30, 90, 1 / 3, False)], (30, 90, 1 / 3)),
    ],
)
def test_values_of_merged_organisations_are_pooled(
    tmp_path: Path,
    rows: list[tuple[float | None, float | None, float | None, bool]],
    expected: tuple[float | None, ...],
) -> None:
    mart = Mart(tmp_path)
    store(mart, "organisations", organisations(("A", "B"), ("B", None)))
    frame = pd.DataFrame(rows, columns=["numerator", "denominator", "value", "suppressed"]).assign(
        org_code=["A", "B"][: len(rows)], period=pd.Timestamp("2026-01-01"), **ROW
    )
    store(mart, "measure_values", frame.astype({"numerator": float, "denominator": float, "value": float}))
    found = mart.query(
        "SELECT org_code, numerator, denominator, value, members FROM measure_values_rolled_up"
    )
    assert found["org_code"].tolist() == ["B"]
    assert found["members"].tolist() == [len(rows)]
    shown = [None if pd.isna(cell) else float(cell) for cell in found.iloc[0, 1:4]]
    assert shown == pytest.approx(list(expected))


def share_of_beds(mart: Mart) -> list[tuple[str, float, float, float, bool, str]]:
    return mart.fetch(
        "SELECT org_code, numerator, denominator, value, suppressed, source FROM measure_values_rolled_up "
        "WHERE measure = 'no_criteria_to_reside' ORDER BY org_code"
    )


@pytest.fixture
def beds(tmp_path: Path) -> Mart:
    """Return a mart: A and B have both counts, B returns the share itself, C has beds of another period type."""
    mart = Mart(tmp_path)
    store(mart, "organisations", organisations(("A", None), ("B", None), ("C", None)))
    counts = [
        ("A", "no_criteria_patients", 30, None, "month"), ("A", "bed_occupancy", 200, 220, "month"),
        ("B", "no_criteria_patients", 30, None, "month"), ("B", "bed_occupancy", 200, 220, "month"),
        ("B", "no_criteria_to_reside", 28, 200, "month"),
        ("C", "no_criteria_patients", 30, None, "month"), ("C", "bed_occupancy", 200, 220, "quarter"),
    ]  # fmt: skip
    keys = ["org_code", "measure", "numerator", "denominator", "period_type"]
    frame = pd.DataFrame(counts, columns=keys).astype({"numerator": float, "denominator": float})
    rest = {name: value for name, value in ROW.items() if name not in keys}
    frame = frame.assign(period=pd.Timestamp("2026-01-01"), suppressed=False, **rest)
    frame["value"] = frame["numerator"] / frame["denominator"].fillna(1.0)
    store(mart, "measure_values", frame)
    return mart


def test_a_share_of_beds_follows_from_two_counts_and_gives_way_to_one_that_is_returned(beds: Mart) -> None:
    derived, returned = share_of_beds(beds)
    # 30 of 200 beds occupied, not of 220 available
    assert derived == ("A", 30, 200, pytest.approx(0.15), False, "measure_values, measure_values")
    assert returned[:4] == ("B", 28, 200, pytest.approx(0.14))


def test_what_is_returned_alone_stays_to_be_seen(beds: Mart) -> None:
    rows = beds.fetch(
        "SELECT DISTINCT org_code FROM measure_values_returned WHERE measure LIKE 'no_crit%side'"
    )
    assert rows == [("B",)]
