"""What another source says is printed beside the figure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from made_results import example_result

from helpers.analyses.performance_report.measure_parts import notes_words
from helpers.data.checking.agreement import Disagreement, Figures
from helpers.measures.examples import example_measure
from helpers.measures.words import seam_sentence, sources_sentence


def apart(month: int, used: tuple[float, float], other: tuple[float, float]) -> Disagreement:
    shown, compared = (
        Figures(source, *counts, counts[0] / counts[1])
        for source, counts in (("months", used), ("extract", other))
    )
    return Disagreement(
        "missed", "SYN01", date(2024, month, 1), "month", "provider", "", shown, compared, True
    )


def test_the_newest_is_said_and_the_others_are_counted() -> None:
    found = (apart(5, (6, 100), (9, 100)), apart(6, (5, 100), (8, 100)))
    result = replace(
        example_result([5.0, 6.0, 5.0]), disagreements=found, sources={"extract": "The extract"}
    )
    said = (
        "For June 2024 The extract gives 8.0%, where 5.0% of months is shown; one other period differs too."
    )
    assert sources_sentence(result) == said
    assert f"- **Another source**: {said}" in notes_words(result)


def test_shares_that_read_alike_are_told_by_their_counts() -> None:
    found = (apart(6, (5, 100), (50, 1_000)),)
    said = sources_sentence(replace(example_result([5.0, 6.0, 5.0]), disagreements=found))
    assert "gives 5.0% (50 of 1,000), where 5.0% (5 of 100)" in said


@pytest.mark.parametrize(
    ("came_from", "said"),
    [
        (("old", "old", "old"), ""),
        (
            ("old", "", "new"),
            "From June 2024 on the figures are those of The new one, before that of old.",
        ),
        (("new", "old", "new"), "before that of old; one earlier change."),
    ],
)
def test_a_change_of_source_is_marked(came_from: tuple[str, ...], said: str) -> None:
    result = example_result([5.0, 6.0, 5.0])
    result = replace(
        result, series=replace(result.series, came_from=came_from), sources={"new": "The new one"}
    )
    assert said in seam_sentence(result)
    assert ("Change of source" in notes_words(result)) == bool(said)


def test_nothing_is_said_where_sources_agree() -> None:
    result = example_result([5.0, 6.0, 5.0], measure=example_measure())
    assert sources_sentence(result) == ""
    assert "Another source" not in notes_words(result)
