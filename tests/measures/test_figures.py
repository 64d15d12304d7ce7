"""How values are written, case by case."""

from __future__ import annotations

import pytest

from helpers.measures import figures
from helpers.measures.examples import example_measure


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
    assert figures.figure_words(example_measure(unit=unit, kind=kind, digits=0), value) == said


@pytest.mark.parametrize(
    ("chance", "said"),
    [(0.0, "under 5%"), (0.049, "under 5%"), (0.5, "about 50%"), (0.974, "over 95%"), (1.0, "over 95%")],
)
def test_chances_are_round_and_open_at_their_ends(chance: float, said: str) -> None:
    assert figures.chance_words(chance) == said
