"""Every sentence about a whole scorecard, case by case."""

from __future__ import annotations

from datetime import date

from made_cards import QUIET

from helpers.analyses.balanced_scorecard import words
from helpers.measures.examples import example_measure

LATE = date(2028, 1, 31)
FALLEN = [*QUIET[:-1], 2.0]


def test_the_lead_counts_every_category_once(row, card) -> None:
    rows = [row("A", values=FALLEN), row("B", values=FALLEN), row("C"), row("D", values=None)]
    assert words.lead_sentence(card(*rows)) == (
        "Of four measures on this scorecard, two need attention, one is watched and one cannot be shown."
    )


def test_one_measure_alone_and_all_alike_are_worded_as_such(row, card) -> None:
    assert words.lead_sentence(card(row())) == "The one measure on this scorecard is watched."
    assert (
        words.lead_sentence(card(row("A"), row("B"))) == "All two measures on this scorecard are watched."
    )


def test_more_than_22_measures_are_warned_of_with_both_numbers(row, card) -> None:
    rows = [row(f"M{number}", values=[5.0]) for number in range(23)]
    said = words.too_many_sentence(card(*rows))
    assert said.startswith("**Too many measures:** this card has 23.")
    assert "about 22, not on 470" in said
    assert words.too_many_sentence(card(*rows[:22])) == ""


def test_missing_suppressed_stale_and_self_assessed_measures_are_named(row, card) -> None:
    found = card(
        row("Cost", values=None),
        row("Falls", hidden=range(36)),
        row("Waits", judged_on=LATE),
        row("Appraisals", self_assessed=True),
    )
    assert words.gap_sentences(found, [example_measure(name="Beds")]) == [
        "One measure has no figures here: Cost.",
        "Not on this card, though the register marks them for scorecards: Beds.",
        "Most or all figures are suppressed: Falls.",
        "Out of date, and judged as of then: Waits (March 2027).",
        "Appraisals is self-assessed: it is reported by those who answer for it, and not counted.",
    ]
    assert words.gap_sentences(card(row())) == []


def test_names_are_data_and_never_markup(row, card) -> None:
    found = card(row("Waits *now* | <b>", id="waits", values=None))
    assert r"\*now\* \| \<b\>" in words.gap_sentences(found)[0]
