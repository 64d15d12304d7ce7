"""Expected beside achieved: rows of the matrix, and how good estimates were, by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from helpers.analyses.changes.achieved import (
    achieved_by,
    estimates_by_team,
    estimates_of,
    estimates_sentence,
    reviews_by_row,
)
from helpers.analyses.changes.judged import Judged, judge
from helpers.analyses.changes.made import Review
from helpers.analyses.changes.words import achieved_words
from helpers.measures.examples import example_measure
from helpers.register.cycle import ExpectedEffect, MatrixRow
from helpers.register.models import Event

ZIGZAG = np.tile([0.01, -0.01], 24)


def review(expected: float, came: float, row: str | None = None, day: date = date(2025, 1, 1)) -> Review:
    effect = ExpectedEffect(size=expected, row=row)
    values = 50 + ZIGZAG + came * (np.arange(48) >= 24)
    judged = judge(values, 24, effect, others=np.full((48, 1), 40.0))
    event = Event(id="change", name="Change", day=day, kind="intervention", expected={"missed": effect})
    return Review(event, example_measure(), effect, judged)


def test_a_month_ahead_is_said_as_a_reader_says_it() -> None:
    row = MatrixRow.model_construct(review="2027-01")
    assert achieved_words(row, None) == "to be seen from January 2027"


def test_achieved_takes_the_place_of_expected_and_of_two_changes_the_later_counts() -> None:
    found = reviews_by_row(
        [review(-4, -1, "a", date(2025, 6, 1)), review(-4, -2, "a"), review(-4, -4, "b"), review(-4, -4)]
    )
    came = {each.row: each for each in achieved_by(found.values())}
    assert {name: each.achieved for name, each in came.items()} == {"a": -1.0, "b": -4.0}
    assert (came["a"].expected, came["a"].share) == (-4, 0.25)


def test_while_it_is_too_early_nothing_takes_its_place() -> None:
    early = replace(review(-4, -2, "a"), judged=Judged("too_early", -4))
    assert achieved_by([early]) == []
    assert estimates_of("Team", []) is None


def test_estimates_that_were_twice_and_four_times_what_came_are_too_high() -> None:
    found = estimates_of("Wards", achieved_by([review(-4, -2), review(-4, -1)]))  # 50 % and 25 %: 2.7 times
    assert found is not None
    assert found.share == pytest.approx(0.375, abs=0.01)
    assert found.tell_apart
    assert estimates_sentence(found) == "Wards: our estimates have been 2.7 times too high (two reviews)."


@pytest.mark.parametrize(
    ("came", "said"),
    [
        ((-6, -6), "our estimates have been too low: 1.5 times as much came (two reviews)"),
        ((2, 2), "nothing of what was expected came (two reviews)"),
        ((-2,), "50% of what was expected came, by one review"),
        ((-4, 0), "50% of what was expected came, which cannot be told from all of it (two reviews)"),
    ],
)
def test_what_is_said_of_estimates(came: tuple[float, ...], said: str) -> None:
    found = estimates_of("Wards", achieved_by(review(-4, each) for each in came))
    assert found is not None
    assert said in estimates_sentence(found)


def test_a_team_s_estimates_are_its_own() -> None:
    reviews = [review(-4, -2, "a"), review(-4, -4, "b"), review(-4, -4), review(-4, -1, "c")]
    teams = {"a": "Wards", "b": "Clinics", "c": "Wards"}
    found = estimates_by_team(achieved_by(reviews), lambda row: teams.get(row, ""))
    assert [(each.whose, each.reviews) for each in found] == [("Wards", 2), ("Clinics", 1)]
