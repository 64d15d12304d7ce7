"""What a board is told of a result: the words of its category, its place among trusts, all sentences together.

Each sentence is made from the result object alone and tested by case.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from helpers.report.measures.figures import figure_words, range_words
from helpers.report.measures.result import Category, MeasureResult
from helpers.report.measures.target_words import assurance_sentence, forecast_sentence, target_sentence
from helpers.report.measures.value_words import (
    latest_sentence,
    short_words,
    stale_sentence,
    variation_sentence,
)
from helpers.report.peers.values import can_be_compared
from helpers.report.words import sentence

#: how a board is told of each category, and the rule for it
CATEGORY_WORDS: Final[dict[Category, str]] = {
    "attention": "needs attention",
    "watched": "is watched",
    "maintenance": "is in maintenance",
    "apart": "is ranked apart",
    "nothing": "cannot be shown",
}
CATEGORY_RULES: Final[dict[Category, str]] = {
    "attention": "worse than ordinary variation explains, or limits that miss the target without improving",
    "maintenance": "ordinary variation, and limits that all meet the target; one good month is not enough",
    "apart": "no single stable period, so ranked by distance to target and direction",
    "watched": "everything else",
}
_SIDES: Final = {
    "typical": "within",
    "better": "better than",
    "worse": "worse than",
    "higher": "above",
    "lower": "below",
}


def national_sentence(result: MeasureResult) -> str:
    """Say how the latest value lies to other trusts in the same period; why not, where it is not compared."""
    place = result.national
    if result.latest is None:
        return ""
    if place is None:
        why = (
            "too few trusts have a figure for the same period"
            if can_be_compared(result.measure)
            else "a count says how large a trust is, not how it compares"
        )
        return sentence(f"it is not set beside other trusts: {why}")
    side = _SIDES[place.side]
    own = f"{figure_words(place.measure, place.value)} was {side}" if place.per_base else f"it was {side}"
    middle = range_words(place.measure, place.low, place.high)
    parts = [f"{own} the middle half of {place.trusts} {place.nation} ({middle}) in the same period"]
    if np.isfinite(place.national):
        parts.append(f"all of them together had {figure_words(place.measure, place.national)}")
    if place.group:
        median = figure_words(place.measure, place.group_median)
        parts.append(f"the median of {place.group_trusts} {place.group} was {median}")
    return " ".join(sentence(part) for part in parts)


def what_sentences(result: MeasureResult) -> str:
    """Return everything that is said of the latest value: what it is, what it means, how it stands to targets."""
    parts = (
        latest_sentence(result),
        stale_sentence(result),
        variation_sentence(result),
        target_sentence(result),
        assurance_sentence(result),
        forecast_sentence(result),
    )
    return " ".join(part for part in parts if part)


def all_sentences(result: MeasureResult) -> list[str]:
    """Return every text that this module makes of a result, for tests of wording."""
    return [
        text for text in (what_sentences(result), national_sentence(result), short_words(result)) if text
    ]
