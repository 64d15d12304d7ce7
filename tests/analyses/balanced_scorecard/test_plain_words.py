"""Every text of a scorecard is clean, plain and short, whatever the numbers."""

from __future__ import annotations

from datetime import date
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st
from made_cards import make_card, make_inequality, make_row
from plain_english import jargon_in, reading_problems, text_problems

from helpers.analyses.balanced_scorecard import words
from helpers.analyses.balanced_scorecard.card import find_imbalance
from helpers.analyses.balanced_scorecard.words import (
    balance_sentences,
    inequality_sentence,
    method_sentences,
    outlook_lines,
    outlook_summary,
)
from helpers.phrases import phrase
from helpers.register.arrangement import KAPLAN_NORTON, Perspective
from helpers.register.models import Target


def all_texts(card) -> list[str]:
    texts = [
        words.lead_sentence(card),
        words.too_many_sentence(card),
        outlook_summary(card),
        *words.gap_sentences(card),
        phrase("statements.scorecard.no_score"),
        *balance_sentences(card, find_imbalance(card)),
        *outlook_lines(card),
    ]
    return [text for text in texts if text]


PERSPECTIVES = [each.id for each in KAPLAN_NORTON]
ROWS = st.tuples(
    st.lists(st.one_of(st.none(), st.floats(0, 100)), min_size=1, max_size=40),
    st.one_of(st.none(), st.sampled_from([0.0, 5.0, 50.0, 92.0, 100.0])),
    st.sampled_from(["every_period", "march_value", "year_mean", "cumulative"]),
    st.sampled_from(["increase", "decrease", "neutral"]),
    st.sampled_from(PERSPECTIVES),
    st.floats(0.1, 9),
    st.booleans(),
)


@given(st.lists(ROWS, min_size=1, max_size=6), st.booleans())
@settings(max_examples=60, deadline=None)
def test_no_card_makes_a_broken_sentence(entries, old) -> None:
    rows = []
    for number, (values, aim, meaning, direction, side, weight, judged_by_self) in enumerate(entries):
        targets = [] if aim is None else [Target(value=aim, kind="local", source="Plan", meaning=meaning)]
        rows.append(
            make_row(
                f"Measure {number}", values=values, targets=targets, direction=direction, perspective=side,
                weight=weight, self_assessed=judged_by_self, judged_on=date(2030, 1, 31) if old else None,
            )
        )  # fmt: skip
    for text in all_texts(make_card(*rows)):
        assert text_problems(text) == [], text
        assert jargon_in(text) == [], text


def test_sentences_are_short_plain_and_without_jargon(row, card, judged) -> None:
    verdicts = ["on_track", "at_risk", "unlikely", "none", "no_target"]
    cards = [
        card(
            *[
                row(f"{side} {verdict}", perspective=side, outlook=judged(verdict))
                for side, verdict in pairs
            ]
        )
        for pairs in (
            list(product(PERSPECTIVES, verdicts)),
            [("money", "at_risk")],
            [("people", "none")] * 1,
        )
    ]
    texts = [text for each in cards for text in all_texts(each)] + method_sentences(cards[0])
    texts += [inequality_sentence(found) for found in (None, make_inequality([100, 85, 70, 65, 50]))]
    assert [problem for text in texts for problem in text_problems(text)] == []
    assert [word for text in texts for word in jargon_in(text)] == []
    assert reading_problems(texts) == []


def test_perspectives_of_their_own_are_named_as_such(card) -> None:
    own = (KAPLAN_NORTON[0], Perspective(id="planet", name="Planet", question="What do we leave behind?"))
    assert method_sentences(card(perspectives=own))[0] == (
        "The perspectives are set in the register: Patients and Planet; of these, Kaplan and Norton's are "
        "Patients (customer)."
    )
    assert (
        method_sentences(card(perspectives=own[1:]))[0]
        == "The perspectives are set in the register: Planet."
    )
    assert "Kaplan and Norton's balanced scorecard: Patients (customer)" in method_sentences(card())[0]
