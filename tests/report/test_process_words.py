"""Sentences on process behaviour charts: steady, special cause, too few points, missing and hidden months."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.report.controlled_charts import WITHOUT_LIMITS, chart_told
from helpers.report.process_words import UNTOLD, Process, latest_sentence, variation_sentences
from helpers.stats.spc import xmr

STEADY = [5.0, 5.2, 4.9, 5.1, 5.0, 4.8, 5.2, 5.0, 4.9, 5.1, 5.0, 5.1, 4.9, 5.0]


def process(
    values: list[float],
    *,
    target: float | None = 6.0,
    hide: tuple[int, ...] = (),
    improvement: Any = "decrease",
) -> Process:
    dates = pd.date_range("2025-01-01", periods=len(values), freq="MS").to_numpy()
    chart = xmr(values, dates, improvement=improvement, target=target, settle=True)
    shown = np.array([np.nan if place in hide else value for place, value in enumerate(values)])
    blank = 2 * int(np.isfinite(shown).sum()) < len(shown)
    drawn = chart_told(chart, shown, digits=1, origin="records", blank=blank)
    return Process(drawn, shown, "the mean stay", "days", 1, "the national mean")


def process_sentences(found: Process) -> str:
    return " ".join(text for text in found.words.values() if text)


def test_a_steady_process_far_from_its_target() -> None:
    assert process_sentences(process(STEADY)) == (
        "In February 2026 the mean stay was 5.0 days. That is within its ordinary variation of 4.5 to 5.5 days. "
        "Unless the process changes, it will stay below the national mean of 6.0 days."
    )


@pytest.mark.parametrize(
    ("target", "improvement", "words"),
    [
        (6.0, "decrease", "it will stay below the national mean of 6.0 days."),
        (4.0, "decrease", "it will stay above the national mean of 4.0 days."),
        (6.0, "increase", "it will stay below the national mean of 6.0 days."),
        (4.0, "increase", "it will stay above the national mean of 4.0 days."),
        (
            5.0,
            "decrease",
            "will lie now above, now below the national mean of 5.0 days, by ordinary variation",
        ),
    ],
)
def test_the_standing_to_the_target(target: float, improvement: str, words: str) -> None:
    assert words in process_sentences(process(STEADY, target=target, improvement=improvement))


@pytest.mark.parametrize("improvement", ["decrease", "increase"])
def test_a_special_cause_long_ago_does_not_silence_what_the_limits_say(improvement: str) -> None:
    values = [*STEADY, 5.7, *STEADY]
    words = "Unless the process changes, it will stay below the national mean of 6.0 days."
    assert words in process_sentences(process(values, improvement=improvement))


def test_without_a_target_nothing_is_said_of_one() -> None:
    assert (
        process_sentences(process(STEADY, target=None)).count(". ") == 1
    )  # the month, and its ordinary variation


@pytest.mark.parametrize(
    ("last", "words"),
    [
        ([5.8], "above the upper limit: worse than ordinary variation explains."),
        ([4.2], "below the lower limit: better than ordinary variation explains."),
    ],
)
def test_a_last_point_beyond_a_limit_says_whether_that_is_good(last: list[float], words: str) -> None:
    assert variation_sentences(process(STEADY + last)).endswith(words)


def test_a_run_of_seven_is_named() -> None:
    values = STEADY * 2 + [5.1] * 7
    assert variation_sentences(process(values)).startswith(
        "That is part of a run of seven points or more above the mean: worse than ordinary variation explains."
    )


def test_limits_on_few_points_are_called_provisional_in_a_sentence_of_their_own() -> None:
    assert variation_sentences(process(STEADY[:8])).endswith(
        " The limits rest on eight points and are provisional."
    )


def test_an_unstable_series_is_not_judged() -> None:
    text = process_sentences(process([float(n) for n in range(20)]))
    assert "There is no stable period yet" in text
    assert "national mean" not in text


def test_limits_come_from_the_latest_stable_stretch_and_say_so() -> None:
    text = process_sentences(process([float(n) for n in range(20, 8, -1)] + STEADY * 2))
    assert "Limits are from January 2026, suggested" in text
    assert "it will stay below the national mean of 6.0 days" in text


def test_one_point_shows_no_variation() -> None:
    assert process_sentences(process([5.0])) == (
        "In January 2025 the mean stay was 5.0 days. One value shows no variation."
    )


def test_a_missing_or_hidden_last_month_gives_way_to_the_one_before() -> None:
    assert latest_sentence(process([*STEADY, float("nan")])).startswith("In February 2026")
    hidden = process([*STEADY, 77.7], hide=(14,))
    assert latest_sentence(hidden).startswith("In February 2026")
    assert "77" not in process_sentences(hidden)


def test_mostly_hidden_months_say_nothing_of_the_process() -> None:
    found = process(STEADY, hide=tuple(range(8)))
    assert latest_sentence(found) == ""
    assert process_sentences(found) == UNTOLD


def test_nothing_at_all_to_show() -> None:
    assert latest_sentence(process([float("nan")] * 3)) == ""


@settings(deadline=None, max_examples=60)
@given(st.lists(st.floats(0, 60), min_size=1, max_size=30), st.floats(0, 60), st.sets(st.integers(0, 29)))
def test_every_chart_has_a_sound_sentence(values: list[float], target: float, hide: set[int]) -> None:
    text = process_sentences(process(values, target=target, hide=tuple(hide)))
    assert text.endswith(".")
    assert not re.search(r"nan|None|  |-\d|−0\.0|\.\.", text)


def test_where_limits_would_tell_a_hidden_month_none_are_drawn_and_nothing_is_judged() -> None:
    assert process_sentences(process([*STEADY[:12], 5.0], hide=(3,))) == (
        f"In January 2026 the mean stay was 5.0 days. {WITHOUT_LIMITS}"
    )


def test_a_hidden_month_among_many_rounded_ones_leaves_limits_and_verdicts() -> None:
    assert WITHOUT_LIMITS not in process_sentences(process(STEADY * 2, hide=(3,)))
