"""Parquet files of records in the mart's columns, and the invented ones that are written a part at a time."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as parquet
import pytest

from helpers.data.loading.load import LoadError, load_paths
from helpers.data.mart import Mart
from helpers.data.synthetic import parts, write_demo
from helpers.data.synthetic.organisations import Trusts
from helpers.register import Register

STAY = {
    "org_code": "R1", "discharged": "2026-04-02", "los_days": 3, "admission_method": "elective",
    "patient_class": "ordinary", "ward": "W1",
}  # fmt: skip


def stays(path: Path, *changes: dict[str, object]) -> Path:
    frame = pd.DataFrame([STAY | change for change in changes])
    frame.to_parquet(path)
    return path


def load_one(mart: Mart, path: Path) -> None:
    load_paths(mart, [path], Register())


def test_rows_are_taken_over_by_organisation_in_the_order_of_their_days(tmp_path: Path) -> None:
    mart = Mart(tmp_path / "mart")
    file = stays(tmp_path / "a.parquet", {"discharged": "2026-04-09"}, {"org_code": "R2"}, {"los_days": 4})
    (result,) = load_paths(mart, [file], Register())
    assert (result.rows_read, result.rows_kept, result.layout) == (3, 3, "own_spells")
    assert result.remarks == ("columns not read: ward",)
    found = mart.query("SELECT org_code, los_days FROM spells ORDER BY ALL")
    assert found.to_numpy().tolist() == [["R1", 3.0], ["R1", 4.0], ["R2", 3.0]]
    folder = next(mart.path.rglob("org_code=R1"))
    (part,) = folder.glob("*.parquet")
    assert (
        parquet.read_table(part, columns=["discharged"])["discharged"].to_pandas().is_monotonic_increasing
    )
    assert (part.stat().st_mode & 0o077, folder.stat().st_mode & 0o077) == (0, 0)
    (loaded,) = mart.loads()
    assert (loaded.policy, str(loaded.as_at)) == ("hes_record_level", "2026-04-09")
    (again,) = load_paths(mart, [file], Register())
    assert again.outcome == "already loaded"


def test_a_later_file_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    mart = Mart(tmp_path / "mart")
    load_one(mart, stays(tmp_path / "a.parquet", {}))
    load_one(mart, stays(tmp_path / "b.parquet", {"org_code": "R3"}))
    assert mart.query("SELECT org_code FROM spells")["org_code"].tolist() == ["R3"]


def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_loaded(tmp_path: Path) -> None:
    mart = Mart(tmp_path / "mart")
    wrong = stays(
        tmp_path / "a.parquet",
        {"admission_method": "11"}, {"los_days": -1}, {"discharged": "soon"}, {"org_code": "../R1"},
    )  # fmt: skip
    with pytest.raises(LoadError) as raised:
        load_one(mart, wrong)
    said = [str(problem) for problem in raised.value.problems]
    assert [next(word for word in line.split() if word.endswith(":")) for line in said] == [
        "org_code:", "discharged:", "los_days:", "admission_method:",
    ]  # fmt: skip
    assert "elective, emergency" in said[-1]
    assert "11" not in said[-1].partition(", column")[2]  # no message repeats what a patient's record says
    assert not mart.version


def test_other_columns_are_refused_with_those_that_are_needed(tmp_path: Path) -> None:
    pd.DataFrame({"beds": [1]}).to_parquet(tmp_path / "beds.parquet")
    with pytest.raises(LoadError, match=r"columns beds; allowed: .*spells \(admission_method"):
        load_one(Mart(tmp_path / "mart"), tmp_path / "beds.parquet")


# --- invented records of any number -------------------------------------------------------------------


def few_trusts(drawn: Callable[[np.random.Generator], Trusts]) -> Callable[[np.random.Generator], Trusts]:
    """Return what draws the trusts, but leaves patients to three of them."""

    def draw_three(rng: np.random.Generator) -> Trusts:
        trusts = drawn(rng)
        size = np.where(np.arange(len(trusts.size)) < 3, trusts.size, 0)
        return replace(trusts, size=size / size.sum())

    return draw_three


def draw(table: str, scale: float, seed: int = 5) -> pd.DataFrame:
    return pd.concat(parts.draw_parts(table, scale=scale, seed=seed), ignore_index=True)


@pytest.mark.parametrize("table", parts.RECORDS)
def test_parts_are_the_same_each_time_and_add_up_to_the_scale(
    table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "draw_trusts", few_trusts(parts.draw_trusts))
    expected = 0.05 * {"spells": 500_000, "appointments": 600_000}[table]
    whole = draw(table, 0.05)
    pd.testing.assert_frame_equal(whole, draw(table, 0.05))
    monkeypatch.setattr(parts, "PART", 4_000)
    split = draw(table, 0.05)
    for frame in (whole, split):
        assert len(frame) == pytest.approx(expected, rel=0.05)
    shares = [frame["org_code"].value_counts(normalize=True, sort=False) for frame in (whole, split)]
    assert (shares[0] - shares[1]).abs().max() < 0.01


def peak(folder: Path, scale: float) -> int:
    tracemalloc.start()
    parts.write_records(folder, "appointments", scale=scale, seed=5)
    _, highest = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return highest


def test_memory_does_not_grow_with_the_number_of_records(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "PART", 1_500)
    monkeypatch.setattr(parts, "draw_trusts", few_trusts(parts.draw_trusts))
    small = peak(tmp_path, 0.01)
    assert peak(tmp_path, 0.05) < 1.15 * small


def test_a_large_demo_has_measures_that_its_records_come_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "draw_trusts", few_trusts(parts.draw_trusts))
    for module in ("spells", "appointments"):
        monkeypatch.setattr(f"helpers.data.synthetic.{module}.{module.upper()}_AT_SCALE_1", 2_000)
    write_demo(Mart(tmp_path), scale=1.5)
    mart = Mart(tmp_path)
    counted = """SELECT sum(numerator), sum(denominator) FROM measure_values
        WHERE measure = 'dna_rate' AND origin = 'records'"""
    records = """SELECT count(*) FILTER (outcome = 'dna'), count(*) FROM appointments
        WHERE outcome IN ('dna', 'attended')"""
    assert mart.fetch(counted) == mart.fetch(records)
    assert mart.fetch("SELECT count(*) FROM spells")[0][0] == pytest.approx(3_000, rel=0.1)
