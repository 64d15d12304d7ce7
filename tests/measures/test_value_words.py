"""Sentences about the latest value and the process, case by case."""

from __future__ import annotations

import pytest
from made_results import HIGHER, NEUTRAL, QUIET, example_result, quiet

from helpers.measures import value_words
from helpers.measures.examples import example_measure


def test_the_latest_value_has_its_month_its_unit_and_its_digits() -> None:
    assert (
        value_words.latest_sentence(quiet()) == "In March 2027 the share of appointments missed was 10.5%."
    )


def test_a_count_that_its_subject_names_is_not_named_twice() -> None:
    assert value_words.latest_sentence(quiet(measure=NEUTRAL)).endswith("the number of visits was 10.")


def test_a_missing_last_month_is_said_and_the_month_before_counts() -> None:
    result = example_result([*QUIET[:-1], None])
    assert value_words.latest_sentence(result) == (
        "In February 2027 the share of appointments missed was 9.8%. "
        "The figure for March 2027 is missing, so this one counts."
    )


def test_several_withheld_months_are_counted() -> None:
    said = value_words.latest_sentence(example_result(QUIET, hidden=[34, 35]))
    assert said.endswith("The two later figures are missing or suppressed, so this one counts.")


def test_where_nothing_was_returned_that_is_said() -> None:
    assert "none has been returned" in value_words.latest_sentence(example_result([None, None]))


def test_ordinary_variation_names_its_range() -> None:
    # mean of the twelve values 10.0; 35 moving ranges sum to 33.8 - by hand: .7 1.9 .1 .5 1.1 .2 .7 .5 1.1 .9 .7
    # within a year (8.4) thrice and .8 twice between years: 26.8 / 35 = .765714; 2.66 x .765714 = 2.0368
    assert (
        value_words.variation_sentence(quiet()) == "That is within its ordinary variation of 8.0% to 12.0%."
    )


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
    assert value_words.variation_sentence(quiet(last, measure=measure)) == said


def test_a_low_value_that_rises_is_told_in_one_breath() -> None:
    """Three years: high, then a deep fall, then half-way up: above the year before, so no signal counts."""
    values = [80.0, 81.0] * 10 + [60.0, 59.0] * 4 + [60.0, 61.0, 62.0, 63.0, 64.0, 65.0, 66.0, 68.0]
    result = example_result(values, measure=HIGHER)
    assert (result.standing, result.variation, result.variation_icon) == ("unstable", "unsettled", "")
    assert value_words.short_words(result) == (
        "low against the three years shown, though up 7.0 points over six months"
    )
    assert value_words.change_sentence(result) == (
        "It is low against the three years shown, though over six months it rose by 7.0 points, the right way."
    )


def test_an_unstable_series_that_rests_is_called_level() -> None:
    resting = example_result([*(float(value) for value in range(20, 49)), *[49.0] * 7])
    assert value_words.change_sentence(resting) == "Over six months it has not moved."


def test_a_season_is_no_direction_where_like_months_are_known() -> None:
    """A wave of 10 points each year, half a point better from year to year: from summer to winter it always falls."""
    wave = [70.0, 72.0, 74.0, 76.0, 78.0, 79.0, 78.0, 76.0, 74.0, 72.0, 70.0, 69.0]
    values = [each + 0.5 * year for year in range(3) for each in wave]
    higher, seasonal = (example_measure(direction="increase", seasonal=each) for each in (False, True))
    falls = "Over six months it fell by 10.0 points, the wrong way."
    assert value_words.change_sentence(example_result(values, measure=higher)) == falls
    # mean moving range 1.7 or so: half a point is within it
    year = example_result(values, measure=seasonal)
    assert (year.span, year.change, year.trend) == (12, 0.5, "flat")
    assert (
        value_words.change_sentence(year)
        == "Over a year it rose by 0.5 points, no more than it varies anyway."
    )
    assert value_words.short_words(year) == "no clear change over a year"
    # one year and a half knows no like month for most of it: six months, as before
    assert example_result(values[:18], measure=seasonal).span == 6


def test_too_few_points_make_limits_provisional_and_one_none() -> None:
    assert "The limits rest on nine points and are provisional." in value_words.variation_sentence(
        example_result(QUIET[:9])
    )
    assert value_words.variation_sentence(example_result([9.0])) == "One value shows no variation."


def test_points_since_a_restart_are_counted_as_such() -> None:
    said = value_words.variation_sentence(example_result(QUIET, rebase=[30]))
    assert "The limits rest on six points since the limits restarted and are provisional." in said


def test_a_stale_figure_says_how_old_it_is_and_may_be() -> None:
    values = [*QUIET[:30], *[None] * 6]
    result = example_result(values)
    # the last value is of September 2026, judged on 31 March 2027: 182 days after 30 September
    assert (
        value_words.stale_sentence(result)
        == "Out of date: the period ended 182 days ago, and 60 days are allowed."
    )
    assert value_words.stale_sentence(quiet()) == ""


def test_a_change_within_ordinary_variation_is_no_drift() -> None:
    """Two levels, each up and down by one: moving ranges 1, limits 2.66 about the mean; six months differ by 1."""
    result = example_result([*[20.0, 21.0] * 9, *[40.0, 41.0] * 9][:-1], measure=HIGHER)
    assert result.unstable
    assert result.change == 0.0
    shifted = example_result([*[20.0, 21.0] * 9, *[40.0, 41.0] * 8, 41.0], measure=HIGHER)
    assert (shifted.change, shifted.trend) == (1.0, "flat")
    assert value_words.change_sentence(shifted) == (
        "Over six months it rose by 1.0 points, no more than it varies anyway."
    )
    assert value_words.short_words(shifted) == "no clear change over six months"


def test_a_tiny_share_comes_with_the_counts_behind_it() -> None:
    tiny = quiet(0.02, measure=example_measure(digits=2))
    assert tiny.series.denominator[-1] == 100
    assert value_words.latest_sentence(tiny).endswith("was 0.02%, 0 of 100.")


def test_an_old_figure_keeps_its_verdict_and_says_its_age() -> None:
    assert value_words.short_words(example_result([*QUIET[:30], *[None] * 6])) == (
        "ordinary variation; out of date"
    )
