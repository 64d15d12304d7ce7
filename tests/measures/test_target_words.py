"""Sentences about targets and forecasts, case by case."""

from __future__ import annotations

from datetime import date

import pytest
from made_results import HIGHER, NEUTRAL, QUIET, example_result, quiet, target

from helpers.measures import target_words, value_words


def test_an_unstable_series_is_told_by_its_movement_alone() -> None:
    rising = example_result([float(value) for value in range(20, 56)])
    assert value_words.variation_sentence(rising) == (
        "There is no stable period yet, so no limits are drawn. The latest three months are worse than a year "
        "before, and a signal says so too. Over six months it rose by 6.0 points, the wrong way."
    )
    falling = example_result([float(value) for value in range(56, 20, -1)])
    assert "it fell by 6.0 points, the right way" in value_words.variation_sentence(falling)
    assert target_words.assurance_sentence(rising) == ""


@pytest.mark.parametrize(
    ("value", "goal", "said"),
    [
        (10.5, 12.0, "It meets the local target of 12% by 1.5 points."),
        (10.5, 10.0, "It is 0.5 points above the local target of 10%."),
        (10.5, 10.5, "It equals the local target of 10.5%."),
        (10.5, 10.47, "It is just above the local target of 10.5%, the same when rounded."),
        (0.0, 0.0, "It meets the local target of 0%."),
    ],
)
def test_met_unmet_equal_and_nearly_equal(value: float, goal: float, said: str) -> None:
    assert target_words.target_sentence(quiet(value, targets=[target(goal)])) == said


def test_a_value_that_equals_its_target_to_the_last_digit_meets_it_whatever_the_float() -> None:
    result = quiet(0.57 * 100, targets=[target(57.0)], measure=HIGHER)
    assert 0.57 * 100 != 57.0
    assert result.met
    assert target_words.target_sentence(result) == "It equals the local target of 57%."


def test_a_milestone_says_when_it_counts_and_the_standard_behind_it() -> None:
    milestone = target(
        8.0, "planning_milestone", start=date(2026, 4, 1), end=date(2027, 9, 30), meaning="march_value"
    )
    standard = target(5.0, "constitutional", start=date(2012, 4, 1))
    assert target_words.target_sentence(quiet(targets=[milestone, standard])) == (
        "It is 2.5 points above the planning milestone of 8%, which counts in September 2027. A straight line "
        "to it (our line) stands at 8.8% by now: it is 1.7 points above. The constitutional standard is 5%."
    )


def test_a_target_dated_later_is_announced() -> None:
    later = target(8.0, start=date(2027, 10, 1))
    assert target_words.target_sentence(quiet(targets=[later])) == (
        "No target is in force. From October 2027 the local target of 8% applies."
    )


def test_a_neutral_measure_is_not_judged_by_a_target() -> None:
    result = quiet(measure=NEUTRAL, targets=[target(8.0)])
    assert (
        target_words.target_sentence(result) == "Neither way is better by itself, so no target is judged."
    )
    assert target_words.assurance_sentence(result) == ""


@pytest.mark.parametrize(
    ("goal", "said"),
    [
        (15.0, "Unless the process changes, it will keep meeting the target."),
        (5.0, "Unless the process changes, it will keep missing the target."),
        (10.0, "Ordinary variation alone will meet the target in some periods and miss it in others."),
    ],
)
def test_assurance_is_said_of_a_process_without_special_cause(goal: float, said: str) -> None:
    assert target_words.assurance_sentence(quiet(targets=[target(goal)])) == said


def test_assurance_names_a_special_cause_since_the_limits_began() -> None:
    said = target_words.assurance_sentence(quiet(15.0, targets=[target(30.0)]))
    assert said == (
        "Unless the process changes, it will keep meeting the target. Special causes have occurred since the limits "
        "began, so it may have changed already."
    )


def test_a_forecast_comes_with_its_condition_its_interval_and_a_round_chance() -> None:
    due = target(15.0, start=date(2026, 4, 1), end=date(2027, 9, 30), meaning="march_value")
    said = target_words.forecast_sentence(quiet(targets=[due]))
    assert said.startswith("If the past is a guide, September 2027 brings ")
    assert "(80% interval " in said
    assert said.endswith("The chance of meeting the local target of 15% is over 95%: on track.")


def test_no_forecast_says_why() -> None:
    due = target(15.0, start=date(2024, 4, 1), end=date(2025, 9, 30), meaning="march_value")
    said = target_words.forecast_sentence(example_result(QUIET[:9], targets=[due]))
    assert said == "No forecast is made: fewer than 12 months are comparable."


def test_a_target_without_a_date_is_not_forecast() -> None:
    assert target_words.forecast_sentence(quiet(targets=[target(5.0)])) == ""


def test_a_share_that_touches_100_is_forecast_within_what_it_does() -> None:
    """Months at 100 and at 97: as percentages go, 100 is far out, and the interval would reach from 0 to 100."""
    due = target(94.0, start=date(2026, 4, 1), end=date(2027, 9, 30), meaning="march_value")
    result = example_result([97.0, 98.5, 100.0, 98.0, 100.0, 99.0] * 6, measure=HIGHER, targets=[due])
    assert result.forecast is not None
    outcome = result.forecast.result.outcome
    assert 94 < outcome["lower80"] < outcome["median"] <= outcome["upper95"] <= 100
    assert result.forecast.fan[["lower95", "upper95"]].to_numpy().max() <= 100
    assert target_words.forecast_sentence(result).endswith("is over 95%: on track.")


def test_a_target_that_has_lapsed_is_named_with_its_month() -> None:
    over = target(8.0, start=date(2024, 4, 1), end=date(2026, 3, 31))
    assert target_words.target_sentence(quiet(targets=[over])) == (
        "No target is in force: the local target of 8% ended in March 2026, missed: 10.5% then."
    )


def test_whether_a_lapsed_target_was_met_is_that_of_its_last_month() -> None:
    """March 2026 is the 24th of 36 months: what came later is no matter, and without its figure nothing is said."""
    over = target(8.0, start=date(2024, 4, 1), end=date(2026, 3, 31))
    said = "No target is in force: the local target of 8% ended in March 2026"
    for values, end in (
        ([9.0] * 23 + [8.0] + [9.0] * 12, ", met: 8.0% then."),
        ([9.0] * 23 + [8.1] + [7.0] * 12, ", missed: 8.1% then."),
        ([9.0] * 23 + [None] + [7.0] * 12, "."),
    ):
        assert target_words.target_sentence(example_result(values, targets=[over])) == f"{said}{end}"
