"""Every sentence on who misses out and who carries the objectives, case by case."""

from __future__ import annotations

from datetime import date

import pytest
from made_cards import make_cascade, make_inequality

from helpers.analyses.balanced_scorecard.inequality import MissedByDeprivation
from helpers.analyses.balanced_scorecard.words import cascade_sentences, inequality_sentence
from helpers.report.period import Period

YEAR = Period(date(2025, 10, 1), date(2026, 9, 1))


def test_inequality_beyond_chance_in_either_direction_and_within_it() -> None:
    worse = inequality_sentence(make_inequality([100, 85, 70, 65, 50]))
    assert worse.startswith(
        "The most deprived fifth of patients missed 10.0% of appointments, the least deprived 5.0%"
    )
    assert "relative index, least over most deprived, is 0.42" in worse
    assert worse.endswith("the most deprived miss more, beyond chance.")
    assert inequality_sentence(make_inequality([50, 65, 70, 85, 100])).endswith(
        "the least deprived miss more, beyond chance."
    )
    assert inequality_sentence(make_inequality([70, 69, 71, 70, 70])).endswith(
        "within what chance explains."
    )


def test_inequality_that_cannot_be_shown_says_what_is_missing() -> None:
    assert "needs the outpatient records" in inequality_sentence(MissedByDeprivation(YEAR, "no_records"))
    assert "too few appointments" in inequality_sentence(MissedByDeprivation(YEAR, "hidden"))
    assert "not for its units" in inequality_sentence(None)


# --- cascade ----------------------------------------------------------------------------------------


def test_without_units_the_line_of_sight_ends() -> None:
    said = cascade_sentences(make_cascade(0, 2, units=0), "Northmoor")
    assert said == [
        "No unit below Northmoor is loaded, so the line of sight ends here.",
        "Measures of one's own that name a unit would carry it on.",
    ]


def test_units_without_figures_are_told_from_no_units() -> None:
    assert cascade_sentences(make_cascade(0, 2), "Northmoor") == [
        "Two units lie below Northmoor, but none has a figure of these measures."
    ]
    assert cascade_sentences(make_cascade(0, 2, units=1), "Northmoor")[0].startswith("One unit lies below")


@pytest.mark.parametrize(
    ("carried", "of", "said"),
    [
        (
            1,
            3,
            "One of three measures has figures of the two units below Northmoor or of those below them.",
        ),
        (
            2,
            3,
            "Two of three measures have figures of the two units below Northmoor or of those below them.",
        ),
        (3, 3, "All three measures have figures of the two units below Northmoor or of those below them."),
        (1, 1, "The one measure has figures of the two units below Northmoor or of those below them."),
    ],
)
def test_who_carries_is_counted_and_no_sum_is_made(carried, of, said) -> None:
    found = cascade_sentences(make_cascade(carried, of), "Northmoor")
    assert found[0] == said
    assert found[-1] == "Each figure is what the unit itself returned: none is a sum of others."
    assert (f"Nobody below returns figures of M{of - 1}." in " ".join(found)) is (of - carried == 1)
