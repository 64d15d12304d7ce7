"""Every sentence on the balance of a scorecard, case by case."""

from __future__ import annotations

from helpers.analyses.balanced_scorecard.card import find_imbalance
from helpers.analyses.balanced_scorecard.words import balance_sentences
from helpers.register.arrangement import KAPLAN_NORTON


def balance(card) -> str:
    return " ".join(balance_sentences(card, find_imbalance(card)))


def test_a_balanced_card_says_within_what(row, card) -> None:
    rows = [row(f"{side.id} {n}", perspective=side.id) for side in KAPLAN_NORTON for n in range(2)]
    assert balance(card(*rows)).startswith(
        "The card is balanced: each of its four perspectives has 25% to 25%"
    )


def test_one_perspective_alone_is_said(row, card) -> None:
    said = balance(card(row("A"), row("B")))
    assert said == (
        "The card leaves out Patients, Money and Staff. Every measure of the card looks from one side, Processes."
    )


def test_each_fault_of_balance_has_its_sentence(row, card) -> None:
    rows = [
        row("A", perspective="patients", weight=6),
        row("B", perspective="patients", objective="timely_care"),
        row("C", perspective="money", values=None),
        *[row(f"P{n}", perspective="processes", self_assessed=True) for n in range(4)],
        row("Z", perspective="people", weight=0.2),
    ]
    said = balance(card(*rows))
    # patients 7, money 1, processes 4, people 0.2 of 12.2: 57, 8, 33 and 2 %; A alone 49 %
    for part in (
        "Patients has 57% of the weight, more than the 25% aimed at.",
        "Money: its one measure is without a figure.",
        "Money has 8% of the weight, less than the 25% aimed at.",
        "Money rests on one measure alone: C.",
        "Processes: all its four measures serve the same objective.",
        "Processes is known by self-assessment alone.",
        "Staff rests on one measure alone: Z.",
        "One measure has 49% of the weight of the whole card: A.",
    ):
        assert part in said
