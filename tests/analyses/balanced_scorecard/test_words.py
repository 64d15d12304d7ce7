"""Every sentence about a whole scorecard, case by case."""

from __future__ import annotations

from datetime import date

from made_cards import QUIET

from helpers.analyses.balanced_scorecard import words

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
    assert words.missing_sentence(found) == "One measure has no figures here: Cost."
    assert words.suppressed_sentence(found) == "Most or all figures are suppressed: Falls."
    assert words.stale_sentence(found) == "Out of date, and judged as of then: Waits (March 2027)."
    assert words.self_assessed_sentence(found) == (
        "Appraisals is self-assessed: it is reported by those who answer for it, and not counted."
    )
    clean = card(row())
    assert (
        not words.missing_sentence(clean) + words.suppressed_sentence(clean) + words.stale_sentence(clean)
    )
    assert not words.self_assessed_sentence(clean) + words.left_out_sentence([])


def test_names_are_data_and_never_markup(row, card) -> None:
    found = card(row("Waits *now* | <b>", id="waits", values=None))
    assert r"\*now\* \| \<b\>" in words.missing_sentence(found)
