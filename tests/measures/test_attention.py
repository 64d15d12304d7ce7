"""The six reasons for attention, what periods are held against, and the words for both."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from made_results import HIGHER, QUIET, example_result, target

from helpers.measures.attention import find_alarms, missed_since, settled_worse_since, year_on_year
from helpers.measures.attention_words import attention_clauses
from helpers.measures.examples import example_measure
from helpers.measures.place import Place
from helpers.measures.result import MeasureResult

#: shares of which low is good, without a stable period: they climb by one a month
CLIMBING = [float(n) for n in range(20, 56)]


def kinds(result: MeasureResult) -> list[str]:
    return [alarm.kind for alarm in find_alarms(result)]


# --- signal -----------------------------------------------------------------------------------------


def test_a_signal_of_a_stable_series_needs_attention() -> None:
    assert kinds(example_result([*QUIET[:-1], 15.0])) == ["signal"]
    assert kinds(example_result([*QUIET[:-1], 5.0])) == []


def test_without_a_stable_period_a_signal_counts_only_if_a_year_before_was_better() -> None:
    assert kinds(example_result(CLIMBING)) == ["signal"]
    # high at first, low for long, then a rise that is still below the same months a year before
    fallen = (
        [80.0] * 20
        + [60.0 + (n % 2) for n in range(6)]
        + [20.0, 22.0, 21.0, 23.0, 25.0, 27.0, 29.0, 31.0, 33.0, 36.0]
    )
    result = example_result(fallen)
    assert result.unstable
    assert year_on_year(result) == "better"
    assert "signal" not in kinds(result)


@pytest.mark.parametrize(("seasonal", "expected"), [(False, ["signal"]), (True, [])])
def test_a_winter_like_the_last_is_no_alarm_of_a_seasonal_measure(
    seasonal: bool, expected: list[str]
) -> None:
    values = [*QUIET]
    values[23], values[35] = 16.0, 15.0  # March, and the March before was worse
    result = example_result(values, measure=example_measure(seasonal=seasonal))
    assert result.variation == "concern"
    assert kinds(result) == expected


@pytest.mark.parametrize(
    ("latest", "expected"),
    # like months differ by up to 1.9 without a reason: 0.5 above the Marches before is nothing, 4 is
    [(15.5, []), (19.0, ["signal"])],
)
def test_a_seasonal_measure_must_be_worse_than_a_year_before_by_more_than_chance(
    latest: float, expected: list[str]
) -> None:
    values = [*QUIET[:12], *QUIET[:12][::-1], *QUIET[:12]]
    values[11], values[23], values[35] = 15.0, 15.0, latest
    result = example_result(values, measure=example_measure(seasonal=True))
    assert result.variation == "concern"
    assert kinds(result) == expected


def test_a_neutral_measure_and_one_of_few_points_have_no_signal() -> None:
    assert kinds(example_result([*QUIET[:-1], 15.0], measure=example_measure(direction="neutral"))) == []
    assert kinds(example_result([*QUIET[:9], 30.0])) == []


# --- targets ----------------------------------------------------------------------------------------


def test_limits_on_the_wrong_side_and_a_target_missed_for_years_are_both_said() -> None:
    result = example_result(QUIET, targets=[target(5.0)])
    assert kinds(result) == ["limits", "persistent"]
    assert attention_clauses(result) == [
        "its limits all lie on the wrong side of the local target of 5%",
        "it missed the local target of 5% in all 36 months shown",
    ]


@pytest.mark.parametrize(("met", "alarm"), [((25, 27), True), ((25, 27, 29), False), ((35,), False)])
def test_ten_of_the_latest_twelve_and_the_latest_one_must_have_missed(
    met: tuple[int, ...], alarm: bool
) -> None:
    values = [10.4 + 0.2 * (place % 3) for place in range(36)]
    for place in met:
        values[place] = 9.9
    result = example_result(values, targets=[target(10.0)])
    assert ("persistent" in kinds(result)) == alarm


def test_how_often_a_target_was_missed_is_said() -> None:
    values = [10.4 + 0.2 * (place % 3) for place in range(36)]
    values[25] = values[27] = 9.9
    assert "it missed the local target of 10% in 10 of the latest 12 months" in attention_clauses(
        example_result(values, targets=[target(10.0)])
    )
    values[25], values[27] = values[0], values[1]
    values[12] = 9.9
    result = example_result(values, targets=[target(10.0)])
    assert missed_since(result) == date(2025, 5, 1)
    assert "it has missed the local target of 10% in every month since May 2025" in attention_clauses(
        result
    )


@pytest.mark.parametrize(
    ("last", "alarm"),
    [([12.0, 12.4, 11.8, 12.2, 12.1, 12.3], True), ([9.0, 14.0, 8.0, 13.0, 9.5, 12.0], False)],
)
def test_of_few_values_the_interval_must_exclude_the_target(last: list[float], alarm: bool) -> None:
    measure = example_measure(kind="mean", unit="days")
    assert ("persistent" in kinds(example_result(last, measure=measure, targets=[target(10.0)]))) == alarm
    assert "persistent" not in kinds(example_result(last[:5], measure=measure, targets=[target(10.0)]))


def test_a_share_of_few_months_is_judged_by_its_people() -> None:
    """60 of 600 is 10 %, Wilson 7.8 to 12.7: not beyond 9, beyond 7."""
    values = [10.0] * 6
    assert "persistent" not in kinds(example_result(values, targets=[target(9.0)]))
    assert "persistent" in kinds(example_result(values, targets=[target(7.0)]))


def test_the_sum_of_a_year_is_never_a_persistent_miss() -> None:
    assert kinds(example_result(QUIET, measure=HIGHER, targets=[target(100.0, meaning="cumulative")])) == []


# --- milestones -------------------------------------------------------------------------------------

#: 60 in March 2026, then a point less each month
DECLINING = [60.0] * 24 + [59.0 - n for n in range(6)]
MILESTONE = target(
    72.0, "planning_milestone", start=date(2026, 4, 1), end=date(2027, 3, 31), meaning="march_value"
)


def test_months_before_a_milestone_are_held_against_a_straight_line_to_it() -> None:
    result = example_result(DECLINING, measure=HIGHER, targets=[MILESTONE])
    values = [None if held is None else held.value for held in result.held]
    assert values[:24] == [None] * 24
    assert values[24:] == pytest.approx([61.0, 62.0, 63.0, 64.0, 65.0, 66.0])
    assert result.held_now is not None
    assert result.held_now.by == "our_line"


def test_the_registered_trajectory_goes_before_our_line_and_march_is_held_against_the_milestone() -> None:
    plan = {"2026-09": 61.5}
    result = replace(example_result(DECLINING, measure=HIGHER, targets=[MILESTONE]), trajectory=plan)
    assert result.held_now is not None
    assert (result.held_now.value, result.held_now.by) == (61.5, "trajectory")
    march = example_result([60.0] * 36, measure=HIGHER, targets=[MILESTONE])
    assert march.held_now is not None
    assert (march.held_now.value, march.held_now.by) == (72.0, "target")


def test_who_was_at_the_milestone_already_is_held_against_it_and_without_a_baseline_nobody_is() -> None:
    there = example_result([75.0] * 30, measure=HIGHER, targets=[MILESTONE])
    assert there.held_now is not None
    assert there.held_now.value == 72.0
    late = example_result([60.0] * 6, measure=HIGHER, targets=[MILESTONE], first=date(2026, 4, 1))
    assert late.held_now is None


def test_limits_below_a_milestone_in_march_are_no_miss_in_july() -> None:
    """On its way from 60 to 72 it stands where it should: 64 in July."""
    way = [60.0 + 0.5 * (n % 2) for n in range(24)] + [61.0, 62.0, 63.0, 64.0]
    assert not {"limits", "persistent"} & set(
        kinds(example_result(way, measure=HIGHER, targets=[MILESTONE]))
    )


# --- chance, place, level ---------------------------------------------------------------------------


def test_a_dated_target_that_will_hardly_be_met_needs_attention() -> None:
    due = target(5.0, start=date(2026, 4, 1), end=date(2027, 9, 30), meaning="march_value")
    result = example_result(QUIET, targets=[due])
    assert "unlikely" in kinds(result)
    assert any(
        said.startswith("the chance of the local target of 5% in September 2027 is")
        for said in attention_clauses(result)
    )


@pytest.mark.parametrize(("chance", "alarm"), [(0.9, True), (0.89, False), (float("nan"), False)])
def test_a_place_that_is_very_likely_in_the_worst_quarter_needs_attention(
    chance: float, alarm: bool
) -> None:
    place = Place(
        date(2027, 3, 1), example_measure(), 10.5, 130, "acute trusts", 8.0, 7.0, 8.0, 9.0, "", 0, 8.0, "worse",
        chance,
    )  # fmt: skip
    result = replace(example_result(QUIET), national=place)
    assert kinds(result) == (["worst_quarter"] if alarm else [])
    assert attention_clauses(result) == (
        ["very likely in the worst quarter of acute trusts"] if alarm else []
    )


def test_a_stretch_that_settled_at_a_worse_level_says_since_when() -> None:
    worse = [*(QUIET * 2)[:18], *(value + 10 for value in (QUIET * 2)[:18])]
    result = example_result(worse)
    assert result.suggested_from == settled_worse_since(result) == date(2025, 10, 1)
    assert kinds(result) == ["settled"]
    assert attention_clauses(result) == ["settled at a worse level since October 2025"]
    better = example_result([*(value + 10 for value in (QUIET * 2)[:18]), *(QUIET * 2)[:18]])
    assert better.suggested_from is not None
    assert kinds(better) == []
