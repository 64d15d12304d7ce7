"""Which months of a series may be shown, beside the totals that other reports tell."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from helpers.measures.examples import example_measure
from helpers.measures.series import MeasureSeries, build_series
from helpers.measures.targets import target_on, targets_of
from helpers.register.models import Measure, Target
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


def own(measure: Measure, **columns: list[float | None]) -> MeasureSeries:
    """Return the series of own figures: columns not given are missing."""
    length = len(next(iter(columns.values())))
    empty = dict.fromkeys(("numerator", "denominator", "value", "target"), [None] * length)
    rows = pd.DataFrame(empty | columns, dtype=float).assign(
        period=[pd.Timestamp(add_months(date(2025, 1, 1), month)) for month in range(length)],
        status="actual",
        origin="records",
        suppressed=False,
        source="own",
        vintage=pd.Timestamp("2026-11-01"),
        members=1,
    )
    return build_series(rows, measure, months=36, as_at={})


@pytest.mark.parametrize("about", ["staff", "money", "other"])
def test_what_counts_no_patients_is_shown_as_it_is(about: str) -> None:
    money = example_measure(about=about, kind="count", unit="£", denominator=None)
    series = own(money, value=[2_900_000.5, -3, 1, 0])
    assert series.shown.tolist() == [2_900_000.5, -3, 1, 0]
    assert (series.origin, series.hidden.any()) == ("published", False)


def test_a_value_alone_of_staff_is_shown_and_one_of_patients_hidden() -> None:
    assert own(example_measure(about="staff"), value=[0.925]).shown.tolist() == [92.5]
    assert own(example_measure(), value=[0.925]).hidden.tolist() == [True]


def test_small_numbers_are_shown_where_the_register_says_so() -> None:
    settings = {"kind": "count", "unit": "never events", "denominator": None}
    shown = example_measure(small_numbers="shown", small_numbers_reason="Published.", **settings)
    assert own(shown, value=[1, 0, 2]).shown.tolist() == [1, 0, 2]
    assert own(example_measure(**settings), value=[1, 0, 2]).hidden.tolist() == [True, False, True]


@pytest.mark.parametrize("kind", ["count", "proportion", "rate", "ratio", "mean"])
def test_what_can_be_no_count_of_patients_is_hidden_and_no_crash(kind: str) -> None:
    series = own(
        example_measure(kind=kind), numerator=[-2.0, 2.5], denominator=[50.5, -1], value=[-0.04, 0.05]
    )
    assert series.hidden.all()


REGISTERED = (
    Target(value=90, kind="local", source="S", start=date(2024, 4, 1)),
    Target(value=92, kind="local", source="S", start=date(2025, 3, 1)),
    Target(value=95, kind="planning_milestone", source="S", start=date(2025, 9, 1)),
)


@pytest.mark.parametrize(
    ("given", "in_force"),
    [
        ([None] * 6, [90, 90, 92, 92, 92, 92]),
        ([75] * 6, [75] * 6),
        ([None, 75, 75, 80, None, None], [90, 75, 75, 80, 92, 92]),
        ([75, None, 75, None, None, 76], [75, 90, 75, 92, 92, 76]),
    ],
)
def test_the_target_of_the_file_counts_in_its_periods(
    given: list[float | None], in_force: list[float]
) -> None:
    measure = example_measure(targets=REGISTERED)
    shares = [None if value is None else value / 100 for value in given]
    series = own(measure, value=[0.8] * 6, target=shares)
    targets = targets_of(measure, series)
    days = [(add_months(day, 1) - pd.Timedelta(days=1)) for day in series.days]
    found = [target_on(targets, day) for day in days]
    assert [target and target.value for target in found] == in_force
    later = target_on(targets, date(2025, 9, 30))
    assert later is not None
    assert later.value == 95


def test_a_changing_target_of_the_file_without_any_in_the_register() -> None:
    measure = example_measure(targets=())
    series = own(measure, value=[0.1] * 4, target=[np.nan, 0.08, 0.08, 0.1])
    found = [target_on(targets_of(measure, series), day) for day in series.days]
    assert [target and target.value for target in found] == [None, 8, 8, 10]
