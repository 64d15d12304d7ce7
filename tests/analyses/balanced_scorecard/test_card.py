"""Which measures stand on the card, and what share of the weights they have."""

from __future__ import annotations

import pytest

from helpers.analyses.balanced_scorecard.card import choose_measures
from helpers.errors import UsageError
from helpers.measures.examples import example_measure
from helpers.measures.result import MOST_MEASURES
from helpers.register import Register

REGISTER = Register(
    measures={
        name: example_measure(id=name, scorecard=marked)
        for name, marked in (("waits", True), ("beds", False), ("staff", True))
    }
)


def test_the_register_marks_the_measures_of_a_card_in_its_order() -> None:
    assert choose_measures(REGISTER, None) == ("waits", "staff")


def test_a_parameter_file_may_name_others_in_its_own_order() -> None:
    assert choose_measures(REGISTER, ["beds", "waits"]) == ("beds", "waits")


def test_unknown_and_repeated_measures_are_all_told_with_near_misses() -> None:
    with pytest.raises(UsageError) as raised:
        choose_measures(REGISTER, ["wait", "beds", "beds"])
    assert "measures: wait: not in the register; did you mean" in str(raised.value)
    assert "waits" in str(raised.value)
    assert "measures: beds: named twice" in str(raised.value)


def test_a_register_that_marks_none_is_told_what_to_do() -> None:
    with pytest.raises(UsageError, match="scorecard: true"):
        choose_measures(Register(), None)


def test_weights_are_shares_of_the_card(row, card) -> None:
    found = card(row("A", weight=1), row("B", weight=3))
    assert [found.share((each,)) for each in found.rows] == [25, 75]


def test_a_card_without_measures_has_no_shares(card) -> None:
    assert card().share(()) == 0


@pytest.mark.parametrize(("many", "too_many"), [(1, False), (22, False), (23, True), (60, True)])
def test_more_than_22_measures_are_too_many(row, card, many, too_many) -> None:
    assert MOST_MEASURES == 22
    assert card(*[row(f"M{number}", values=[5.0]) for number in range(many)]).too_many is too_many
