"""Is the scorecard balanced? What is empty, too heavy, too light or one-sided (Kaplan and Norton 1992)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from helpers.analyses.balanced_scorecard.card import Card, CardRow
from helpers.register.arrangement import Perspective

#: a perspective may have so many percentage points more or less than its aim: one of about ten measures
TOLERANCE: Final = 10.0
#: one measure with more than this share of the weights, in %, decides what the whole card looks like
HEAVIEST_MEASURE: Final = 20.0
#: a card with fewer measures than this is too short for its single measures' weights to be judged
FEWEST_TO_WEIGH: Final = 8
#: a perspective should have so many measures at least, and so many should not serve one objective alone
FEWEST_MEASURES: Final = 2
MANY_MEASURES: Final = 3

Fault = Literal[
    "empty",
    "no_figures",
    "heavy",
    "light",
    "single",
    "one_sided",
    "one_objective",
    "self_assessed",
    "heavy_measure",
]


@dataclass(frozen=True)
class Imbalance:
    """Something that is unbalanced."""

    #: what kind: `single` rests on one measure, `one_objective` has several that serve the same one,
    #: `one_sided` holds every measure of the card
    fault: Fault
    perspective: Perspective | None  # where; None for one measure of the whole card
    rows: tuple[CardRow, ...]
    #: share, aim: of the weights, in %, what the perspective or measure has and what it should have (a measure:
    #: at most)
    share: float
    aim: float


def find_imbalance(card: Card) -> tuple[Imbalance, ...]:
    """Return everything about a card that is unbalanced; empty where it is balanced.

    Weights are those of the card as it was drawn up, whether or not each measure has a figure: a missing
    figure does not make another measure matter more. A perspective without any figure is a finding of its
    own.
    """
    found = [finding for perspective in card.perspectives for finding in _of_perspective(card, perspective)]
    return (*found, *_heavy_measures(card))


def _of_perspective(card: Card, perspective: Perspective) -> Iterator[Imbalance]:
    rows, aim = card.of(perspective.id), card.aims[perspective.id]
    share = card.share(rows)

    def finding(fault: Fault) -> Imbalance:
        return Imbalance(fault, perspective, rows, share, aim)

    if not rows:
        yield finding("empty")
        return
    if not any(row.has_figure for row in rows):
        yield finding("no_figures")
    if len(rows) == len(card.rows) and len(card.perspectives) > 1:
        yield finding("one_sided")
    elif abs(share - aim) > TOLERANCE:
        yield finding("heavy" if share > aim else "light")
    if len(rows) < FEWEST_MEASURES:
        yield finding("single")
    elif len(rows) >= MANY_MEASURES and len({row.measure.objective for row in rows}) == 1:
        yield finding("one_objective")
    if all(row.measure.self_assessed for row in rows):
        yield finding("self_assessed")


def _heavy_measures(card: Card) -> Iterator[Imbalance]:
    if len(card.rows) < FEWEST_TO_WEIGH:
        return
    for row in card.rows:
        share = card.share((row,))
        if share > HEAVIEST_MEASURE:
            yield Imbalance("heavy_measure", None, (row,), share, HEAVIEST_MEASURE)
