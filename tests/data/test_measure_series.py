"""Frames that leave the mart know their sources and never mix what must stay apart."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from helpers.data.mart import Mart
from helpers.data.series.measure_series import read_series

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
    return mart


def values(mart: Mart, period_type: str = "month", **options: Any) -> list[float]:
    asked: dict[str, Any] = {"organisations": ["NEW"], "until": date(2026, 12, 1), **options}
    return [float(value) for value in read_series(mart, {"m": period_type}, **asked).data["value"]]


def test_merged_histories_are_one_series_of_one_type_and_basis(mart: Mart) -> None:
    frame = read_series(mart, {"m": "month"}, organisations=["NEW"], until=date(2026, 12, 1))
    assert frame.data["value"].tolist() == [15, 20]
    assert frame.data["members"].tolist() == [2, 1]
    assert (frame.origin, frame.as_at) == ("published", "2026-02-28")
    assert frame.reads == ("measure_values/pub", "organisations/ods")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"period_type": "quarter"}, [98]),
        ({"part": "unit"}, [97]),
        ({"part": "specialty"}, [96]),
        ({"until": date(2026, 1, 1)}, [15]),
        ({"organisations": ["ZZZ"]}, [94]),
        ({"organisations": []}, []),
    ],
)
def test_each_kind_is_asked_for_by_name(mart: Mart, options: dict[str, Any], expected: list[int]) -> None:
    assert values(mart, **options) == expected


def test_one_scheme_of_specialties_is_asked_for_by_name(tmp_path: Path) -> None:
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
    assert values(mart, part="specialty", scheme="rtt") == [1.0]
    assert values(mart, part="specialty", scheme="treatment") == [2.0]


def test_what_holds_no_row_still_says_what_was_read(mart: Mart) -> None:
    frame = read_series(mart, {"nothing": "month"}, organisations=["NEW"], until=date(2026, 12, 1))
    assert frame.data.empty
    assert (frame.reads, frame.as_at) == (("organisations/ods",), "2025-01-01")
