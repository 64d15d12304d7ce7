"""Sentences about a whole scorecard: its first lines, and what it lacks; each tested by case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from helpers.analyses.balanced_scorecard.card import TOO_MANY, Card, CardRow
from helpers.analyses.balanced_scorecard.names import dated_names, names_of, parted
from helpers.measures.result import MOST_MEASURES, Category
from helpers.register.models import Measure
from helpers.report.words import count, in_words, sentence

#: what is said of one measure of a category, and of several
_CATEGORY: Final[dict[Category, tuple[str, str]]] = {
    "attention": ("needs attention", "need attention"),
    "watched": ("is watched", "are watched"),
    "maintenance": ("is in maintenance", "are in maintenance"),
    "nothing": ("cannot be shown", "cannot be shown"),
}


# --- page one ---------------------------------------------------------------------------------------


def lead_sentence(card: Card) -> str:
    """Say how many measures need attention, are watched, and so on."""
    parts = [(len(card.in_category(category)), words) for category, words in _CATEGORY.items()]
    present = [(many, words) for many, words in parts if many]
    total = len(card.rows)
    if len(present) == 1:
        one, several = present[0][1]
        if total == 1:
            return sentence(f"the one measure on this scorecard {one}")
        return sentence(f"all {count(total, 'measure')} on this scorecard {several}")
    return sentence(f"of {count(total, 'measure')} on this scorecard, {parted(present)}")


def too_many_sentence(card: Card) -> str:
    """Warn of more measures than a board can act on; empty where there are not."""
    if not card.too_many:
        return ""
    return sentence(
        f"**Too many measures:** this card has {len(card.rows)}. A board can act on about {MOST_MEASURES}, not on "
        f"{TOO_MANY}; with more, what needs attention is lost among what does not. Keep {MOST_MEASURES} here and "
        "leave the others to those who run the service"
    )


# --- what it lacks ----------------------------------------------------------------------------------


def missing_sentence(card: Card) -> str:
    """Name the measures of which nothing is loaded; empty where there are none."""
    rows = [row for row in card.rows if row.result is None]
    if not rows:
        return ""
    verb = "measure has" if len(rows) == 1 else "measures have"
    return sentence(f"{in_words(len(rows))} {verb} no figures here: {_all_names(rows)}")


def suppressed_sentence(card: Card) -> str:
    """Name the measures of which all figures, or most, must not be shown; empty where there are none."""
    rows = [row for row in card.rows if row.result is not None and not row.has_figure]
    return sentence(f"most or all figures are suppressed: {_all_names(rows)}") if rows else ""


def stale_sentence(card: Card) -> str:
    """Name the measures whose latest figure is too old, with its period; empty where there are none."""
    rows = [row for row in card.rows if row.has_figure and row.result is not None and row.result.stale]
    return (
        sentence(f"out of date, and judged as of then: {dated_names(rows, most=len(rows))}") if rows else ""
    )


def left_out_sentence(left_out: Sequence[Measure]) -> str:
    """Name the measures that the register marks for scorecards and this one does without; empty without any."""
    if not left_out:
        return ""
    names = names_of(left_out, most=len(left_out))
    return sentence(f"not on this card, though the register marks them for scorecards: {names}")


def self_assessed_sentence(card: Card) -> str:
    """Name the measures that those measured judge themselves; empty where there are none."""
    rows = [row for row in card.rows if row.measure.self_assessed]
    if not rows:
        return ""
    verb, pronoun = ("is", "it is") if len(rows) == 1 else ("are", "they are")
    return sentence(
        f"{_all_names(rows)} {verb} self-assessed: {pronoun} reported by those who answer for it, and not counted"
    )


def _all_names(rows: Sequence[CardRow]) -> str:
    return names_of((row.measure for row in rows), most=len(rows))
