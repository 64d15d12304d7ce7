"""Whether targets will be met: forecasts by month, and yearly sums by their season."""

from __future__ import annotations

from datetime import date

import pytest
from made_results import example_result

from helpers.analyses.balanced_scorecard.card import outlook_of
from helpers.measures.examples import example_measure
from helpers.register.models import Target

#: shares of a year, April first; by September 36 % has come
SEASON = [3, 4, 5, 7, 8, 9, 8, 9, 9, 10, 12, 16]
LATE = [2, 4, 5, 7, 8, 9, 8, 9, 9, 10, 12, 17]  # by September 35 %
EVERY_YEAR = Target(value=100, kind="local", source="Plan", meaning="cumulative")
SAVINGS = example_measure(kind="ratio", unit="%", direction="increase")


def savings(so_far: list[float | None], *past: list[int], **keys):
    values = [float(value) for year in past for value in year] + so_far
    return example_result(
        values, measure=SAVINGS, targets=[EVERY_YEAR], first=date(2026 - len(past), 4, 1), **keys
    )


def test_a_year_is_judged_by_how_past_years_filled_and_not_by_the_calendar() -> None:
    # 39.2 of 100 after half of the year, where 36 and 35 % had come: 39.2/.355 = 110.4
    found = outlook_of(savings([3.3, 4.4, 5.5, 7.7, 8.8, 9.5], SEASON, LATE))
    assert found.year is not None
    assert found.year.months == 6
    assert found.year.total == pytest.approx(39.2)
    assert found.year.share == pytest.approx(0.355)
    assert found.year.projected == pytest.approx(39.2 / 0.355)
    assert found.verdict == "on_track"
    assert found.goal is not None
    assert found.goal.due == date(2027, 3, 1)


def test_no_single_month_is_held_against_the_target_of_a_year() -> None:
    result = savings([3.0], SEASON, LATE)
    assert result.met is None
    assert result.limits_against_target is None
    assert result.category != "attention"


@pytest.mark.parametrize(
    ("so_far", "past", "why"),
    [
        ([3.0, 4.0], [SEASON], "fewer than 2 full years before show how a year fills"),
        ([3.0, None, 4.0], [SEASON, LATE], "a month of the year is missing or suppressed"),
        ([0.0, 0.0], [SEASON, LATE], "nothing has come of the year's sum yet"),
        ([], [SEASON, LATE], "the year of the target has not begun"),
    ],
)
def test_a_year_that_cannot_be_projected_says_why(so_far, past, why) -> None:
    found = outlook_of(savings(so_far, *past))
    assert (found.verdict, found.chance) == ("none", None)
    assert found.why == why


def test_a_suppressed_month_is_never_added_up() -> None:
    found = outlook_of(savings([3.0, 4.0, 5.0], SEASON, LATE, hidden=[25]))
    assert found.why == "a month of the year is missing or suppressed"


def test_a_measure_without_figures_or_target_has_no_outlook(row) -> None:
    assert outlook_of(None).verdict == "no_target"
    assert row().outlook.verdict == "no_target"


def test_a_level_far_beyond_the_target_is_on_track_and_one_far_below_unlikely(row) -> None:
    def aimed(value: float) -> Target:
        return Target(value=value, kind="local", source="Plan")

    assert row(targets=[aimed(2)]).outlook.verdict == "on_track"
    assert row(targets=[aimed(60)]).outlook.verdict == "unlikely"


def test_eleven_months_are_not_forecast(row) -> None:
    found = row(
        values=[10.0, 11.0] * 5 + [10.0], targets=[Target(value=2, kind="local", source="Plan")]
    ).outlook
    assert found.verdict == "none"
    assert "fewer than 12 months" in found.why
