"""Frames that leave the mart know their sources and never mix what must stay apart."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from helpers.data.frames import read_appointments, read_measure, read_spells
from helpers.data.mart import Mart
from helpers.errors import DataError

COLUMNS = ["org_code", "unit_code", "specialty_code", "month", "period_type", "basis", "status", "value"]


@pytest.fixture(scope="module")
def mart(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    mart = Mart(tmp_path_factory.mktemp("mart"))
    published = [
        # org, unit, specialty, month, type, basis, status, value
        ("OLD", None, None, 1, "month", "provider", "actual", 10),
        ("NEW", None, None, 1, "month", "provider", "actual", 5),
        ("NEW", None, None, 2, "month", "provider", "actual", 20),
        ("NEW", None, None, 2, "month", "commissioner", "actual", 99),
        ("NEW", None, None, 1, "quarter", "provider", "actual", 98),
        ("NEW", "W1", None, 2, "month", "provider", "actual", 97),
        ("NEW", None, "100", 2, "month", "provider", "actual", 96),
        ("NEW", None, None, 2, "month", "provider", "plan", 95),
        ("ZZZ", None, None, 2, "month", "provider", "actual", 94),
    ]
    columns = [
        "org_code",
        "unit_code",
        "specialty_code",
        "month",
        "period_type",
        "basis",
        "status",
        "value",
    ]
    frame = pd.DataFrame(published, columns=columns)
    frame["period"] = pd.to_datetime({"year": 2026, "month": frame.pop("month"), "day": 1})
    frame = frame.assign(
        measure="m", numerator=frame["value"].astype(float), origin="published", suppressed=False
    )
    with mart.load(source="pub", layout="l", policy="published", as_at=date(2026, 2, 28)) as load:
        load.write("measure_values", frame)
    orgs = pd.DataFrame(
        {"org_code": ["OLD", "NEW"], "name": "N", "kind": "trust", "successor": ["NEW", None]}
    )
    with mart.load(source="ods", layout="l", policy="published", as_at=date(2025, 1, 1)) as load:
        load.write("organisations", orgs)
    spells = pd.DataFrame(
        {
            "org_code": ["OLD", "NEW", "ZZZ"],
            "specialty_code": "100",
            "discharged": pd.to_datetime(["2026-01-31", "2026-02-01", "2026-02-01"]),
            "los_days": [1.0, 2.0, 3.0],
            "admission_method": "elective",
            "patient_class": "ordinary",
        }
    )
    with mart.load(source="rec", layout="l", policy="hes_record_level", as_at=date(2026, 3, 1)) as load:
        load.write("spells", spells)
    return mart


def test_merged_histories_are_one_series_of_one_type_and_basis(mart: Mart) -> None:
    frame = read_measure(mart, "m", organisations=["NEW"])
    assert frame.data["value"].tolist() == [15, 20]
    assert frame.data["members"].tolist() == [2, 1]
    assert (frame.origin, frame.as_at) == ("published", "2026-02-28")
    assert frame.reads == ("measure_values/pub", "organisations/ods")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"basis": "commissioner"}, [99]),
        ({"period_type": "quarter"}, [98]),
        ({"level": "unit"}, [97]),
        ({"level": "specialty"}, [96]),
        ({"plan": True}, [95]),
        ({"since": date(2026, 2, 1)}, [20]),
        ({"until": date(2026, 1, 1)}, [15]),
    ],
)
def test_each_kind_is_asked_for_by_name(
    mart: Mart, options: dict[str, object], expected: list[int]
) -> None:
    frame = read_measure(mart, "m", organisations=["NEW"], **options)  # type: ignore[arg-type]
    assert frame.data["value"].tolist() == expected


def test_specialty_schemes_are_never_mixed(tmp_path: Path) -> None:
    mart = Mart(tmp_path)
    frame = pd.DataFrame(
        {
            "measure": "m",
            "org_code": "NEW",
            "scheme": ["rtt", "treatment"],
            "specialty_code": ["C_100", "100"],
            "period": pd.Timestamp("2026-01-01"),
            "period_type": "month",
            "basis": "provider",
            "value": [1.0, 2.0],
            "status": "actual",
            "origin": "published",
            "suppressed": False,
        }
    )
    with mart.load(source="s", layout="l", policy="published") as load:
        load.write("measure_values", frame)
    with pytest.raises(DataError, match="2 schemes; allowed: rtt, treatment"):
        read_measure(mart, "m", level="specialty")
    assert read_measure(mart, "m", level="specialty", scheme="rtt").data["value"].tolist() == [1.0]


def test_records_of_predecessors_count_for_the_successor(mart: Mart) -> None:
    frame = read_spells(mart, organisations=["NEW"], since=date(2026, 1, 31), until=date(2026, 2, 1))
    assert frame.data[["org_code", "los_days"]].to_numpy().tolist() == [["NEW", 2.0], ["NEW", 1.0]]
    assert frame.origin == "records"
    assert read_spells(mart, organisations=[]).data.empty
    assert len(read_spells(mart).data) == 3


def test_what_holds_no_row_still_says_what_was_read(mart: Mart) -> None:
    frame = read_appointments(mart, organisations=["NEW"])
    assert frame.data.empty
    assert frame.reads == ("organisations/ods",)
    assert read_measure(mart, "nothing").as_at == "2025-01-01"
