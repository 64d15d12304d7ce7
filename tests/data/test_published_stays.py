"""Bed-days over admissions: whole quarters only, trusts as they stood, predecessors added to the own."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from helpers.data.mart import Mart
from helpers.data.series.published_stays import COMPARABLE, latest_stay_month, published_stays

KINDS = ("elective_ordinary_admissions", "non_elective_admissions")


def admissions(org: str, months: tuple[int, ...], each: float) -> list[dict[str, object]]:
    return [
        {
            "measure": measure, "org_code": org, "period": pd.Timestamp(2020, month, 1), "numerator": each,
            "value": each, "period_type": "month", "breakdown": "specialties", "category": "specific acute",
        }
        for measure in KINDS
        for month in months
    ]  # fmt: skip


def beds(org: str, month: int, occupied: float) -> dict[str, object]:
    return {
        "measure": "bed_occupancy", "org_code": org, "period": pd.Timestamp(2020, month, 1),
        "numerator": occupied, "denominator": 2 * occupied, "value": 0.5, "period_type": "quarter",
        "breakdown": None, "category": None,
    }  # fmt: skip


@pytest.fixture(scope="module")
def mart(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    mart = Mart(tmp_path_factory.mktemp("mart"))
    organisations = {
        "org_code": ["NEW", "OLD", "RAA"], "name": "N", "kind": "trust", "successor": [None, "NEW", None],
    }  # fmt: skip
    rows = [
        *admissions("NEW", (7, 8, 9), 1_000.0),
        *admissions("OLD", (7, 8, 9), 500.0),
        *admissions("RAA", (7, 8), 5_000.0),  # September is missing
        *admissions("NEW", (4, 5, 6), 1_000.0),
        beds("NEW", 7, 200.0),
        beds("OLD", 7, 50.0),
        beds("RAA", 7, 300.0),
        beds("NEW", 4, 180.0),
    ]
    values = pd.DataFrame(rows).assign(
        basis="provider", status="actual", origin="published", suppressed=False
    )
    with mart.load(source="both", layout="l", policy="published", as_at=date(2020, 9, 30)) as load:
        load.write("organisations", pd.DataFrame(organisations))
        load.write("measure_values", values)
    return mart.at(mart.version)


def test_bed_days_and_admissions_of_a_quarter(mart: Mart) -> None:
    frame = published_stays(mart, ("NEW", "OLD"))
    own = frame[(frame["org_code"] == "NEW") & (frame["quarter"] == date(2020, 7, 1))].iloc[0]
    assert (own["days"], own["occupied"], own["bed_days"], own["admissions"]) == (92, 250, 23_000, 9_000)


def test_a_quarter_with_a_missing_month_has_no_admissions(mart: Mart) -> None:
    frame = published_stays(mart, ("NEW", "OLD"))
    assert frame[frame["org_code"] == "RAA"]["admissions"].isna().all()


def test_others_stand_as_they_did(mart: Mart) -> None:
    frame = published_stays(mart, ("RAA",))
    assert {"NEW", "OLD"} <= set(frame["org_code"])


def test_the_latest_quarter_is_named_by_its_last_month(mart: Mart) -> None:
    assert latest_stay_month(mart, ("NEW", "OLD")) == date(2020, 9, 1)
    assert latest_stay_month(mart, ("RAA",)) is None


def test_only_trusts_with_enough_admissions_are_fanned_out_over(mart: Mart) -> None:
    assert mart.query(COMPARABLE)["org_code"].tolist() == ["NEW"]
