"""Merged organisations are one history."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
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
        # a missing one leaves it unknown
        ([(None, 10, None, False), (30, 90, 1 / 3, False)], (None, 100, None)),
        ([(None, None, None, False), (30, None, 30, False)], (None, None, None)),
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
        ("A", "no_criteria_remaining", 30, None, "month"), ("A", "bed_occupancy", 200, 220, "month"),
        ("B", "no_criteria_remaining", 30, None, "month"), ("B", "bed_occupancy", 200, 220, "month"),
        ("B", "no_criteria_to_reside", 28, 200, "month"),
        ("C", "no_criteria_remaining", 30, None, "month"), ("C", "bed_occupancy", 200, 220, "quarter"),
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


Figures = dict[str, dict[str, float]]  # per organisation, the figure of each month


def hand_in(
    mart: Mart, source: str, figures: Figures, *, secondary: bool = False, publication: str = ""
) -> None:
    rows = [
        {"org_code": code, "period": pd.Timestamp(f"{month}-01"), "numerator": figure, "value": figure}
        for code, months in figures.items()
        for month, figure in months.items()
    ]
    frame = pd.DataFrame(rows).astype({"numerator": float, "value": float}).assign(suppressed=False, **ROW)
    settings = {"secondary": secondary, "publication": publication}
    with mart.load(source=source, layout="l", policy="published", **settings) as load:
        load.write("measure_values", frame)


def series(mart: Mart, view: str = "measure_values_rolled_up") -> list[tuple[str, str, float, str]]:
    return mart.fetch(
        f"SELECT org_code, strftime(period, '%Y-%m'), numerator, source FROM {view} ORDER BY ALL"
    )


def months(*figures: float, first: int = 1) -> dict[str, float]:
    return {f"2025-{first + place:02}": figure for place, figure in enumerate(figures)}


def test_a_source_on_another_basis_adds_nothing_to_a_series(tmp_path: Path) -> None:
    mart = Mart(tmp_path)
    hand_in(mart, "table", {"A": months(100, 90, 80)}, secondary=True)
    # counts more patients in the month that both have, as the extract with patients from outside England does
    hand_in(mart, "extract", {"A": months(140, first=3)})
    assert series(mart) == [
        ("A", f"2025-0{n}", figure, "table") for n, figure in ((1, 100), (2, 90), (3, 80))
    ]
    assert series(mart, "measure_values") == series(mart)


def test_a_source_that_agrees_takes_over_where_the_other_ends(tmp_path: Path) -> None:
    mart = Mart(tmp_path)
    hand_in(mart, "old", {"A": months(100, 90, 80)})
    hand_in(mart, "new", {"A": months(80.4, 70, 60, first=3)})
    assert [row[1:] for row in series(mart)] == [
        ("2025-01", 100, "old"), ("2025-02", 90, "old"),
        ("2025-03", 80.4, "new"), ("2025-04", 70, "new"), ("2025-05", 60, "new"),
    ]  # fmt: skip


def test_the_choice_is_kept_made_anew_where_damaged_and_done_without_where_nothing_can_be_kept(
    tmp_path: Path,
) -> None:
    mart = Mart(tmp_path)
    hand_in(mart, "table", {"A": months(100, 90, 80)}, secondary=True)
    hand_in(mart, "extract", {"A": months(100, 90, first=3)})
    expected = series(mart)
    (kept,) = (tmp_path / "derived").rglob("*.parquet")
    whole = kept.read_bytes()
    kept.write_bytes(whole[: len(whole) // 2])
    assert series(mart) == expected
    assert kept.read_bytes() == whole
    shutil.rmtree(kept.parent)
    kept.parent.write_text("no folder, as where the mart may only be read")
    assert series(mart) == expected


@pytest.mark.parametrize(("publication", "shown"), [("", 1), ("rtt", 3)])
def test_without_a_common_month_only_one_publication_is_one_series(
    tmp_path: Path, publication: str, shown: int
) -> None:
    mart = Mart(tmp_path)
    hand_in(mart, "old", {"A": months(100, 90)}, publication=publication)
    hand_in(mart, "new", {"A": months(80, first=3)}, publication=publication)
    assert len(series(mart)) == shown


def test_a_merged_trust_is_counted_once_where_one_source_has_merged_it_already(tmp_path: Path) -> None:
    mart = Mart(tmp_path)
    store(mart, "organisations", organisations(("P", "S"), ("S", None)))
    hand_in(mart, "split", {"P": months(10, 11, 12), "S": months(20, 21, 22)})
    hand_in(mart, "merged", {"S": months(32, 34, 35, first=2)})
    assert series(mart) == [
        ("S", "2025-01", 30, "split"),
        *(("S", f"2025-0{n}", figure, "merged") for n, figure in ((2, 32), (3, 34), (4, 35))),
    ]
    # by their own codes too
    assert [row[0] for row in series(mart, "measure_values")] == ["P", "S", "S", "S", "S"]


def test_the_publication_has_the_single_months_in_which_a_table_of_it_is_wrong(tmp_path: Path) -> None:
    mart = Mart(tmp_path)
    hand_in(mart, "table", {"A": months(10, 20, 30, 40, 50)}, secondary=True)
    hand_in(mart, "publication", {"A": months(10, 20, 33, 40)})
    assert [row[2:] for row in series(mart)] == [
        (10, "table"), (20, "table"), (33, "publication"), (40, "table"), (50, "table"),
    ]  # fmt: skip


def test_measures_can_be_asked_for_again_after_an_interruption(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mart = Mart(tmp_path)
    store(mart, "organisations", organisations(("A", None)))
    pinned = mart.at(mart.version)
    with monkeypatch.context() as patch:
        patch.setattr(Mart, "_with_series", interrupted)
        with pytest.raises(KeyboardInterrupt):
            pinned.query("SELECT * FROM measure_values_pooled")
    assert pinned.query("SELECT * FROM measure_values_pooled").empty


def interrupted(_: Mart, connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("CREATE TABLE series_sources (half INTEGER)")
    raise KeyboardInterrupt
