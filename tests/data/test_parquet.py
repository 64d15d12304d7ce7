"""Parquet files are read as CSV are: the same rows, a part at a time, days as days."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from helpers.data.files import parts
from helpers.data.files.parts import read_parts
from helpers.data.loading.load import LoadError, load_paths
from helpers.data.mart import Mart
from helpers.register import RecordMapping, Register

MAPPING = RecordMapping.model_validate(
    {
        "id": "clinics",
        "title": "Clinics",
        "records": "appointments",
        "columns": {
            "org_code": "trust",
            "specialty_code": "tfc",
            "appointment_date": "seen",
            "outcome": "came",
            "kind": "firstatt",
            "mode": "firstatt",
        },
        "values": {"outcome": {"yes": "attended", "no": "dna"}},
    }
)
REGISTER = Register(mappings={MAPPING.id: MAPPING})


def write(path: Path, rows: int) -> Path:
    table = pa.table(
        {
            "trust": ["rx1" if n % 3 else "RX2" for n in range(rows)],
            "tfc": pa.array([100 + n % 2 for n in range(rows)], pa.int16()),
            "seen": pa.array([datetime(2026, 4, 1 + n % 28) for n in range(rows)], pa.timestamp("ms")),
            "came": [
                "yes" if n % 5 else "no" if n % 2 else "\u201cperhaps\u201d, she said" for n in range(rows)
            ],
            "firstatt": pa.array([n % 4 + 1 for n in range(rows)]),
        }
    )
    parquet.write_table(table, path)
    return path


def test_a_parquet_file_is_loaded_by_a_mapping(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PART_ROWS", 7)
    mart = Mart(tmp_path / "mart")
    (result,) = load_paths(mart, [write(tmp_path / "clinics.parquet", 50)], REGISTER)
    assert (result.rows_read, result.rejected) == (50, {"no outcome": 5})
    (row,) = mart.fetch(
        """SELECT count(*), count(*) FILTER (outcome = 'dna'), min(appointment_date), count(DISTINCT org_code),
            count(*) FILTER (kind = 'first' AND mode = 'remote'), count(DISTINCT specialty_code) FROM appointments"""
    )
    remote = [n for n in range(50) if n % 4 == 2 and (n % 5 or n % 2)]
    assert row == (45, 5, date(2026, 4, 1), 2, len(remote), 2)


def test_rows_of_parts_have_the_numbers_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "PART_ROWS", 7)
    tables = [sheet.table(0, ["trust"]) for sheet in read_parts(write(tmp_path / "c.parquet", 20))]
    assert [table.row(0) for table in tables] == [2, 9, 16]
    assert sum(map(len, tables)) == 20


@pytest.mark.parametrize("content", [b"PAR1" + b"\0" * 64, b"PAR1"])
def test_a_damaged_one_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.parquet").write_bytes(content)
    with pytest.raises(LoadError, match="a Parquet file that is damaged"):
        load_paths(Mart(tmp_path / "mart"), [tmp_path / "x.parquet"], REGISTER)


def test_one_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="without rows"):
        load_paths(Mart(tmp_path / "mart"), [write(tmp_path / "x.parquet", 0)], REGISTER)
