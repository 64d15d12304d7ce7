"""Every sentence on who misses out, case by case."""

from __future__ import annotations

from datetime import date

from made_cards import make_inequality

from helpers.analyses.balanced_scorecard.inequality import MissedByDeprivation
from helpers.analyses.balanced_scorecard.words import inequality_sentence
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
