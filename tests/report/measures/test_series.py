"""Which months of a series may be shown, beside the totals that other reports tell."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from helpers.report.measures.examples import example_measure
from helpers.report.measures.series import MeasureSeries, build_series
from helpers.report.period import add_months


def series_of(missed: list[float], booked: float, *, origin: str = "records") -> MeasureSeries:
    rows = pd.DataFrame(
        {
            "period": [pd.Timestamp(add_months(date(2025, 1, 1), month)) for month in range(len(missed))],
            "numerator": missed, "denominator": booked, "value": [each / booked for each in missed],
            "target": None, "status": "actual", "origin": origin, "suppressed": False, "source": "clinics",
            "vintage": pd.Timestamp("2026-11-01"), "members": 1,
        }
    )  # fmt: skip
    return build_series(rows, example_measure(), months=36, as_at={})


@pytest.mark.parametrize(
    ("missed", "shown"),
    [
        # 12 months of 1 and 10 in the year, which is 8 to 12: each star could be nothing but 1
        ([1.0] * 12 + [40.0] * 12, 0),
        # 12 months of 3 and 35 in the year, which is 33 to 37: each star may be 1 to 7
        ([3.0] * 12 + [40.0] * 12, 12),
        # 9 of nought, 3 of 7 and 20 in the year, which is 18 to 22: with 21 at most each star is 4 to 7
        ([0.0] * 9 + [7.0] * 3, 9),
    ],
)
def test_months_are_hidden_together_where_a_years_total_would_tell_a_star(
    missed: list[float], shown: int
) -> None:
    series = series_of(missed, 400.0)
    assert int((~pd.isna(series.shown)).sum()) == shown
    assert int(series.hidden.sum()) == len(missed) - shown


def test_published_months_are_shown_whatever_they_add_up_to() -> None:
    assert not series_of([1.0] * 12, 400.0, origin="published").hidden.any()
