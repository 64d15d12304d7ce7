"""What is said of other trusts, and of all together."""

from __future__ import annotations

from made_results import NEUTRAL, QUIET, example_result, quiet

from helpers.measures import value_words, words


def test_a_suppressed_last_month_is_said_and_tells_nothing_of_itself() -> None:
    result = example_result(QUIET, hidden=[35])
    said = words.what_sentences(result)
    assert "The figure for March 2027 is suppressed, so this one counts." in said
    assert "10.5" not in said


def test_where_all_is_suppressed_nothing_is_said_but_that() -> None:
    result = example_result(QUIET, hidden=range(36))
    assert words.what_sentences(result) == (
        "No figure of the share of appointments missed is shown: all 36 are suppressed."
    )
    assert value_words.short_words(result) == "all 36 are suppressed"


def test_a_count_is_not_compared_and_a_share_without_enough_others_says_why() -> None:
    assert words.national_sentence(quiet(measure=NEUTRAL)) == ""
    assert "too few have a figure" in words.national_sentence(quiet())
