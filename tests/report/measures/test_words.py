"""Every sentence about a result, case by case."""

from __future__ import annotations

from datetime import date

import pytest

from helpers.register.models import Target
from helpers.report.measures import words
from helpers.report.measures.examples import example_measure, example_result
from helpers.report.measures.result import MeasureResult

#: twelve months about 10 without any signal, thrice
QUIET = [9.7, 9.0, 10.9, 10.8, 10.3, 9.2, 9.4, 10.1, 9.6, 10.7, 9.8, 10.5] * 3
HIGHER = example_measure(direction="increase")
NEUTRAL = example_measure(
    direction="neutral", subject="the number of visits", kind="count", unit="visits", digits=0
)


def target(value: float, kind: str = "local", **keys: object) -> Target:
    return Target(value=value, kind=kind, source="the board", **keys)  # type: ignore[arg-type]


def quiet(last: float | None = None, **keys: object) -> MeasureResult:
    values: list[float | None] = [*QUIET]
    if last is not None:
        values[-1] = last
    return example_result(values, **keys)  # type: ignore[arg-type]


# --- the latest value -------------------------------------------------------------------------------


def test_the_latest_value_has_its_month_its_unit_and_its_digits() -> None:
    assert words.latest_sentence(quiet()) == "In March 2027 the share of appointments missed was 10.5%."


@pytest.mark.parametrize(
    ("value", "unit", "kind", "said"),
    [
        (1.0, "patients", "count", "1 patient"),
        (0.0, "patients", "count", "0 patients"),
        (1234.0, "patients", "count", "1,234 patients"),
        (2158.0, "£", "mean", "£2,158"),
        (-0.0, "%", "proportion", "0%"),
    ],
)
def test_none_one_and_many_take_the_right_noun(value: float, unit: str, kind: str, said: str) -> None:
    assert words.figure_words(example_measure(unit=unit, kind=kind, digits=0), value) == said


def test_a_count_that_its_subject_names_is_not_named_twice() -> None:
    assert words.latest_sentence(quiet(measure=NEUTRAL)).endswith("the number of visits was 10.")


def test_a_missing_last_month_is_said_and_the_month_before_counts() -> None:
    result = example_result([*QUIET[:-1], None])
    assert words.latest_sentence(result) == (
        "In February 2027 the share of appointments missed was 9.8%. "
        "The figure for March 2027 is missing, so this one counts."
    )


def test_a_suppressed_last_month_is_said_and_tells_nothing_of_itself() -> None:
    result = example_result(QUIET, hidden=[35])
    said = words.what_sentences(result)
    assert "The figure for March 2027 is suppressed, so this one counts." in said
    assert "10.5" not in said


def test_several_withheld_months_are_counted() -> None:
    said = words.latest_sentence(example_result(QUIET, hidden=[34, 35]))
    assert said.endswith("The two later figures are missing or suppressed, so this one counts.")


def test_where_all_is_suppressed_nothing_is_said_but_that() -> None:
    result = example_result(QUIET, hidden=range(36))
    assert words.what_sentences(result) == (
        "No figure of the share of appointments missed is shown: all 36 are suppressed."
    )
    assert words.short_words(result) == "all 36 are suppressed"


def test_where_nothing_was_returned_that_is_said() -> None:
    assert "none has been returned" in words.latest_sentence(example_result([None, None]))


# --- variation --------------------------------------------------------------------------------------


def test_ordinary_variation_names_its_range() -> None:
    # mean of the twelve values 10.0; 35 moving ranges sum to 33.8 - by hand: .7 1.9 .1 .5 1.1 .2 .7 .5 1.1 .9 .7
    # within a year (8.4) thrice and .8 twice between years: 26.8 / 35 = .765714; 2.66 x .765714 = 2.0368
    assert words.variation_sentence(quiet()) == "That is within its ordinary variation of 8.0% to 12.0%."


@pytest.mark.parametrize(
    ("last", "measure", "said"),
    [
        (15.0, None, "That is above the upper limit: worse than ordinary variation explains."),
        (5.0, None, "That is below the lower limit: better than ordinary variation explains."),
        (15.0, HIGHER, "That is above the upper limit: better than ordinary variation explains."),
        (5.0, HIGHER, "That is below the lower limit: worse than ordinary variation explains."),
        (15.0, NEUTRAL, "That is above the upper limit: a change beyond ordinary variation."),
    ],
)
def test_a_special_cause_is_named_by_its_rule_and_by_the_good_direction(
    last: float, measure: object, said: str
) -> None:
    assert words.variation_sentence(quiet(last, measure=measure)) == said


def test_an_unstable_series_is_told_by_its_movement_alone() -> None:
    rising = example_result([float(value) for value in range(20, 56)])
    assert words.variation_sentence(rising) == (
        "There is no single stable period, so limits say little. Over six months it rose by 6.0 points, the wrong way."
    )
    falling = example_result([float(value) for value in range(56, 20, -1)])
    assert "it fell by 6.0 points, the right way" in words.variation_sentence(falling)
    assert words.assurance_sentence(rising) == ""


def test_a_low_value_that_rises_is_told_in_one_breath() -> None:
    """Three years: high, then a deep fall, then half-way up again."""
    values = [80.0, 81.0] * 10 + [60.0, 59.0] * 4 + [60.0, 61.0, 62.0, 63.0, 64.0, 65.0, 66.0, 68.0]
    result = example_result(values, measure=HIGHER)
    assert (result.standing, result.variation_icon) == ("unstable", "concern_low")
    assert words.short_words(result) == (
        "no single stable period: low against the three years shown, though up 7.0 points over six months"
    )
    assert words.change_sentence(result) == (
        "It is low against the three years shown, though over six months it rose by 7.0 points, the right way."
    )


def test_an_unstable_series_that_rests_is_called_level() -> None:
    resting = example_result([*(float(value) for value in range(20, 49)), *[49.0] * 7])
    assert words.change_sentence(resting) == "Over six months it has not moved."


def test_too_few_points_make_limits_provisional_and_one_none() -> None:
    assert "The limits rest on nine points and are provisional." in words.variation_sentence(
        example_result(QUIET[:9])
    )
    assert words.variation_sentence(example_result([9.0])) == "One value shows no variation."


def test_points_since_a_restart_are_counted_as_such() -> None:
    said = words.variation_sentence(example_result(QUIET, rebase=[30]))
    assert "The limits rest on six points since the limits restarted and are provisional." in said


# --- targets ----------------------------------------------------------------------------------------


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
    assert words.target_sentence(quiet(value, targets=[target(goal)])) == said


def test_a_value_that_equals_its_target_to_the_last_digit_meets_it_whatever_the_float() -> None:
    result = quiet(0.57 * 100, targets=[target(57.0)], measure=HIGHER)
    assert 0.57 * 100 != 57.0
    assert result.met
    assert words.target_sentence(result) == "It equals the local target of 57%."


def test_a_milestone_says_when_it_counts_and_the_standard_behind_it() -> None:
    milestone = target(
        8.0, "planning_milestone", start=date(2026, 4, 1), end=date(2027, 9, 30), meaning="march_value"
    )
    standard = target(5.0, "constitutional", start=date(2012, 4, 1))
    assert words.target_sentence(quiet(targets=[milestone, standard])) == (
        "It is 2.5 points above the planning milestone of 8%, which counts in September 2027. "
        "The constitutional standard is 5%."
    )


def test_a_target_dated_later_is_announced() -> None:
    later = target(8.0, start=date(2027, 10, 1))
    assert words.target_sentence(quiet(targets=[later])) == (
        "No target is in force. From October 2027 the local target of 8% applies."
    )


def test_a_neutral_measure_is_not_judged_by_a_target() -> None:
    result = quiet(measure=NEUTRAL, targets=[target(8.0)])
    assert words.target_sentence(result) == "Neither way is better by itself, so no target is judged."
    assert words.assurance_sentence(result) == ""


@pytest.mark.parametrize(
    ("goal", "said"),
    [
        (15.0, "Unless the process changes, it will keep meeting the target."),
        (5.0, "Unless the process changes, it will keep missing the target."),
        (10.0, "Ordinary variation alone will meet the target in some periods and miss it in others."),
    ],
)
def test_assurance_is_said_of_a_process_without_special_cause(goal: float, said: str) -> None:
    assert words.assurance_sentence(quiet(targets=[target(goal)])) == said


def test_assurance_waits_after_a_special_cause() -> None:
    said = words.assurance_sentence(quiet(15.0, targets=[target(30.0)]))
    assert said.startswith("The limits lie wholly on the right side of the target, but special causes")
    assert "too early" in said


# --- forecast, other trusts, age --------------------------------------------------------------------


def test_a_forecast_comes_with_its_condition_its_interval_and_a_round_chance() -> None:
    due = target(15.0, start=date(2026, 4, 1), end=date(2027, 9, 30), meaning="march_value")
    said = words.forecast_sentence(quiet(targets=[due]))
    assert said.startswith("If the past is a guide, September 2027 brings ")
    assert "(80% interval " in said
    assert said.endswith("The chance of meeting the local target of 15% is over 95%: on track.")


def test_no_forecast_says_why() -> None:
    due = target(15.0, start=date(2024, 4, 1), end=date(2025, 9, 30), meaning="march_value")
    said = words.forecast_sentence(example_result(QUIET[:9], targets=[due]))
    assert said == "No forecast is made: fewer than 12 months are comparable."


def test_a_target_without_a_date_is_not_forecast() -> None:
    assert words.forecast_sentence(quiet(targets=[target(5.0)])) == ""


@pytest.mark.parametrize(
    ("chance", "said"),
    [(0.0, "under 5%"), (0.049, "under 5%"), (0.5, "about 50%"), (0.974, "over 95%"), (1.0, "over 95%")],
)
def test_chances_are_round_and_open_at_their_ends(chance: float, said: str) -> None:
    assert words.chance_words(chance) == said


def test_a_count_is_not_compared_and_says_why() -> None:
    assert "how large a trust is" in words.national_sentence(quiet(measure=NEUTRAL))
    assert "too few trusts" in words.national_sentence(quiet())


def test_a_stale_figure_says_how_old_it_is_and_may_be() -> None:
    values = [*QUIET[:30], *[None] * 6]
    result = example_result(values)
    # the last value is of September 2026, judged on 31 March 2027: 182 days after 30 September
    assert (
        words.stale_sentence(result)
        == "Out of date: the period ended 182 days ago, and 60 days are allowed."
    )
    assert words.stale_sentence(quiet()) == ""
