"""The months of which the mart says anything."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from helpers.data.mart import Mart
from helpers.data.periods import MONTHS_COVERED


def covered(mart: Mart) -> tuple[str | None, str | None]:
    first, last = mart.query(MONTHS_COVERED).astype(object).iloc[0]
    return (None, None) if pd.isna(first) else (first, last)


def test_records_cover_the_months_of_their_discharges(demo_mart: Mart) -> None:
    months = demo_mart.query("SELECT min(discharged) AS a, max(discharged) AS b FROM spells").iloc[0]
    assert covered(demo_mart) == (f"{months['a']:%Y-%m}", f"{months['b']:%Y-%m}")


@pytest.mark.parametrize(
    ("period_type", "last"),
    [("month", "2026-01"), ("quarter", "2026-03"), ("year", "2026-12"), ("snapshot", "2026-01")],
)
def test_a_period_counts_to_its_last_month_and_a_plan_not_at_all(
    tmp_path: Path, period_type: str, last: str
) -> None:
    rows = [
        {"period": date(2026, 1, 1), "period_type": period_type, "status": "actual"},
        {"period": date(2028, 1, 1), "period_type": "month", "status": "plan"},
    ]
    frame = pd.DataFrame(rows).assign(
        measure="m",
        org_code="X",
        basis="provider",
        numerator=1.0,
        denominator=2.0,
        value=0.5,
        origin="published",
        suppressed=False,
    )
    mart = Mart(tmp_path)
    with mart.load(source="s", layout="own_measures", policy="published") as load:
        load.write("measure_values", frame)
    assert covered(mart.at(mart.version)) == ("2026-01", last)
