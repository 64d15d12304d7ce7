"""Lines over time: none joins two periods between which others are missing, whichever chart draws it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.analyses.changes.analysis import review_chart
from helpers.analyses.changes.judged import Judged
from helpers.analyses.changes.made import Review
from helpers.analyses.waiting.analysis import course_chart
from helpers.register.cycle import ExpectedEffect
from helpers.register.models import Event, Measure
from helpers.report.charts.lines import broken
from helpers.report.charts.multiples import Small, multiples_chart
from helpers.report.charts.positions import Fan, movement_chart
from helpers.report.charts.process import spc_chart
from helpers.report.charts.rates import RateMonths, rate_months_chart
from helpers.stats.spc import xmr
from helpers.theme.sparks import spark_cell, spark_svg

#: 14 months, from April to June 2025 none
WHOLE = pd.date_range("2024-09-01", periods=17, freq="MS").to_numpy().astype("datetime64[D]")
MISSING = slice(7, 10)
GAPPED = np.delete(WHOLE, MISSING)
VALUES = np.array([5.0, 5.2, 4.9, 5.1, 5.0, 4.8, 5.2, 4.7, 4.9, 5.1, 5.0, 5.1, 4.9, 5.0])
FILLED = np.insert(VALUES, 7, [np.nan] * 3)


def process(days: np.ndarray, values: np.ndarray) -> Figure:
    return spc_chart(xmr(values, days, improvement="decrease"), values, unit="days")


def rates(days: np.ndarray, values: np.ndarray) -> Figure:
    level = np.full(len(values), 5.0)
    outside = np.zeros(len(values), dtype=np.int64)
    months = RateMonths(tuple(days.tolist()), values, level, level - 1, level + 1, outside)
    return rate_months_chart(months, unit="% missed")


def small(days: np.ndarray, values: np.ndarray) -> Figure:
    return multiples_chart([Small("Stays", days, values, 5.0, 4.0, 6.0, 0, np.nan, "days")])


def moved(days: np.ndarray, values: np.ndarray) -> Figure:
    fan = Fan(tuple(days.tolist()), 1, values, values - 1, values + 0.1, values + 1)
    return movement_chart(fan, label="T2", unit="days")


def reviewed(days: np.ndarray, values: np.ndarray) -> Figure:
    event = Event(id="ward", organisation="T2", day="2025-01-01", name="Ward opened", kind="intervention")
    measure = Measure(
        id="stay",
        name="Stay",
        description="Days",
        numerator="Days",
        unit="days",
        kind="count",
        direction="decrease",
        frequency="month",
        stale_after_days=60,
    )
    review = Review(
        event, measure, ExpectedEffect(size=-1), Judged("untold", -1.0), days=tuple(days.tolist()),
        values=values, control=values + 1,
    )  # fmt: skip
    return review_chart(review)


def listed(days: np.ndarray, values: np.ndarray) -> Figure:
    ahead = pd.DataFrame({"lower80": [4.0], "median": [5.0], "upper80": [6.0]}, index=[4])
    return course_chart(pd.Series(values, index=pd.DatetimeIndex(days)).dropna(), {"kept": ahead})


CHARTS: tuple[Callable[[np.ndarray, np.ndarray], Figure], ...] = (
    process, rates, small, moved, reviewed, listed,
)  # fmt: skip


def joins(axes: Axes) -> list[tuple[float, float]]:
    """Return what the pen draws of lines that go through the values: neighbouring points, both with a value."""
    found = []
    for line in axes.lines:
        x = np.asarray(mdates.date2num(line.get_xdata()), dtype=float)
        y = np.asarray(line.get_ydata(), dtype=float)
        level = np.ptp(y[np.isfinite(y)]) == 0 if np.isfinite(y).any() else True
        if line.get_linestyle() != "None" and not level and len(x) > 3:
            known = np.isfinite(y)
            found += [(x[i], x[i + 1]) for i in np.flatnonzero(known[:-1] & known[1:])]
    return found


@pytest.mark.parametrize("chart", CHARTS)
@pytest.mark.parametrize(
    ("days", "values"), [(GAPPED, VALUES), (WHOLE, FILLED)], ids=["no rows", "empty rows"]
)
def test_no_line_joins_months_between_which_others_are_missing(
    chart: Callable[[np.ndarray, np.ndarray], Figure], days: np.ndarray, values: np.ndarray
) -> None:
    drawn = joins(chart(days, values).axes[0])
    assert drawn, "a line goes through the values"
    before, after = (
        float(mdates.date2num(date.fromisoformat(day))) for day in ("2025-03-31", "2025-07-01")
    )
    assert not [ends for ends in drawn if ends[0] <= before and ends[1] >= after]


def test_a_band_between_lines_breaks_where_they_do() -> None:
    band = moved(GAPPED, VALUES).axes[0].collections[0]
    assert len(band.get_paths()) == 2


def test_quarters_and_years_are_joined_and_two_months_far_apart_are_where_nothing_says_how_often() -> None:
    for days in (GAPPED[:3], GAPPED[[0, 3, 6]], np.array(["2023-04-01", "2024-04-01"], "datetime64[D]")):
        number = days.astype(float)
        assert len(broken(number, number)[0]) == len(days)
    far = np.array(["2023-04-01", "2024-08-01"], dtype="datetime64[D]").astype(float)
    assert len(broken(far, far)[0]) == 2
    assert np.isnan(broken(far, far, every=1)[1]).tolist() == [False, True, False]


def test_nothing_and_a_single_month_have_no_gap() -> None:
    for days in (np.array([]), np.array([20_000.0])):
        assert len(broken(days, days)[1]) == len(days)


def test_a_value_between_two_gaps_is_a_dot() -> None:
    alone = np.array([5.0, 5.1, np.nan, 4.2, np.nan, 5.0, 5.2])
    axes = small(WHOLE[:7], alone).axes[0]
    dots = [
        y for line in axes.lines if line.get_marker() == "o" for y in np.asarray(line.get_ydata()).ravel()
    ]
    assert dots == [4.2, 5.2]  # the lone one, and the latest, which every small chart marks
    assert "h0M" in spark_svg(spark_cell(alone)).decode()
    assert 'stroke-linecap="round"' in spark_svg(spark_cell(alone)).decode()
