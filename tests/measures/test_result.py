"""The verdicts of a result: cell of the matrix, category, what counts as latest."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from made_results import HIGHER, QUIET, any_results, example_result
from plain_english import text_problems

from helpers.measures.result import CATEGORIES, STANDINGS, VARIATIONS, MeasureResult
from helpers.measures.words import all_sentences
from helpers.register.models import Target


def goal(value: float) -> list[Target]:
    return [Target(value=value, kind="local", source="the board")]


def jumped(last: float) -> list[float]:
    return [*QUIET[:-1], last]


@pytest.mark.parametrize(
    ("values", "target", "cell", "category"),
    [
        (QUIET, 15.0, ("common", "pass"), "maintenance"),
        (QUIET, 10.0, ("common", "hit_or_miss"), "watched"),
        (QUIET, 5.0, ("common", "fail"), "attention"),
        (QUIET, None, ("common", "no_target"), "watched"),
        (jumped(15.0), 30.0, ("concern", "pass"), "attention"),
        (jumped(5.0), 30.0, ("improvement", "pass"), "watched"),
        (jumped(15.0), 5.0, ("concern", "fail"), "attention"),
        (jumped(5.0), 2.0, ("improvement", "fail"), "attention"),
        (QUIET[:9], 15.0, ("common", "too_few"), "watched"),
        ([float(n) for n in range(36)], 100.0, ("concern", "unstable"), "attention"),
        ([0.0] * 36, 0.0, ("common", "pass"), "maintenance"),
    ],
)
def test_each_cell_and_its_category(
    values: list[float], target: float | None, cell: tuple[str, str], category: str
) -> None:
    result = example_result(values, targets=[] if target is None else goal(target))
    assert (result.variation, result.standing) == cell
    assert result.category == category


def test_green_today_is_not_maintenance() -> None:
    """The latest value meets the target, but the limits straddle it."""
    result = example_result([*QUIET[:-1], 9.0], targets=goal(10.0))
    assert result.met
    assert result.category == "watched"


@pytest.mark.parametrize(("place", "category"), [(10, "maintenance"), (30, "watched")])
def test_a_special_cause_within_the_latest_twelve_values_keeps_a_measure_from_maintenance(
    place: int, category: str
) -> None:
    values = [*QUIET]
    values[place] = 16.0
    result = example_result(values, targets=goal(30.0))
    assert (result.variation, result.standing, result.assurance_icon) == (
        "common",
        "pass",
        "consistent_pass",
    )
    assert result.category == category


def test_a_constant_measure_at_100_percent_passes() -> None:
    result = example_result([100.0] * 36, measure=HIGHER, targets=goal(95.0))
    assert (result.assurance_icon, result.category) == ("consistent_pass", "maintenance")


def test_a_constant_measure_that_equals_its_target_passes() -> None:
    result = example_result([95.0] * 36, measure=HIGHER, targets=goal(95.0))
    assert result.met
    assert result.standing == "pass"


def test_the_last_shown_value_speaks_where_the_latest_is_hidden() -> None:
    values = [*QUIET[:-2], 15.0, 10.0]
    result = example_result(values, hidden=[35])
    assert result.latest is not None
    assert result.latest.place == 34
    assert result.variation_icon == "concern_high"


def test_one_value_has_no_limits_and_is_watched() -> None:
    result = example_result([9.0], targets=goal(5.0))
    assert (result.standing, result.category) == ("too_few", "watched")


def test_a_value_that_cannot_be_shown_is_in_no_category_of_the_board() -> None:
    assert example_result(QUIET, hidden=range(36)).category == "nothing"


def test_a_target_of_none_is_not_forecast() -> None:
    due = Target(value=0.0, kind="local", source="the board", meaning="march_value")
    assert "yes or no" in example_result(QUIET, targets=[due]).why_no_forecast


# --- whatever the numbers ---------------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(any_results())
def test_any_result_has_one_cell_one_category_and_clean_words(result: MeasureResult) -> None:
    assert result.variation in VARIATIONS
    assert result.standing in STANDINGS
    assert result.category in CATEGORIES
    for text in all_sentences(result):
        problems = [p for p in text_problems(text) if not p.startswith("small first letter")]
        assert not problems, (text, problems)


@settings(max_examples=150, deadline=None)
@given(any_results())
def test_claims_keep_their_conditions_and_directions(result: MeasureResult) -> None:
    said = " ".join(all_sentences(result))
    if "will keep" in said:
        assert "Unless the process changes" in said
        assert result.standing in ("pass", "fail")
    if "chance of meeting" in said:
        assert "If the past is a guide" in said
        assert "80% interval" in said
    if result.measure.direction == "neutral":
        assert "better than ordinary" not in said
        assert "right way" not in said
    if "it rose" in said or "It rose" in said:
        assert result.change > 0
    if result.chart.provisional and result.points > 1 and result.latest and not result.untold:
        assert "provisional" in said


@settings(max_examples=100, deadline=None)
@given(any_results())
def test_no_hidden_value_is_said(result: MeasureResult) -> None:
    assert not np.isfinite(result.series.shown[result.series.hidden]).any()
    if result.latest is not None:
        assert not result.series.hidden[result.latest.place]


def test_months_with_nobody_that_suppression_leaves_over_are_not_the_latest_figure() -> None:
    result = example_result([0.0] * 36, hidden=range(1, 36))
    assert result.latest is None
    assert result.category == "nothing"
    assert not result.stale


def test_hidden_months_do_not_make_a_measure_out_of_date() -> None:
    result = example_result([10.0, 11.0] * 18, hidden=range(26, 36))
    assert result.latest is not None
    assert result.latest.place == 25
    assert not result.stale
