"""What a board is told of a result: the words of its category, its place among trusts, all sentences together.

Each sentence is made from the result object alone and tested by case.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from helpers.measures.figures import figure_words, range_words
from helpers.measures.places.values import can_be_compared
from helpers.measures.result import Category, MeasureResult, Standing
from helpers.measures.target_words import assurance_sentence, forecast_sentence, target_sentence
from helpers.measures.value_words import (
    latest_sentence,
    short_words,
    stale_sentence,
    variation_sentence,
)
from helpers.report.words import number, sentence

#: how a board is told of each category
CATEGORY_WORDS: Final[dict[Category, str]] = {
    "attention": "needs attention",
    "watched": "is watched",
    "maintenance": "is in maintenance",
    "nothing": "cannot be shown",
}
#: why there is no icon of the variation, and none of the assurance, in a table's cell
UNSETTLED_WORDS: Final = "no stable period yet"
NO_ICON_WORDS: Final[dict[Standing, str]] = {
    "pass": "",
    "hit_or_miss": "",
    "fail": "",
    "no_target": "no target",
    "too_few": "too few points",
    "unstable": UNSETTLED_WORDS,
}
#: targets that no single period has to meet, in place of an assurance
_LATER: Final = {
    "cumulative": "judged by the year",
    "year_mean": "judged by the year",
    "march_value": "judged in March",
}
#: the chance that a steady process of a year or two shows a signal for the worse in its latest value
FALSE_SIGNAL: Final = 0.008
_SIDES: Final = {
    "typical": "within",
    "better": "better than",
    "worse": "worse than",
    "higher": "above",
    "lower": "below",
}


def no_assurance_words(result: MeasureResult) -> str:
    """Return what stands in place of an assurance icon: how often the target was missed, else why there is none."""
    missed = next((alarm for alarm in result.alarms if alarm.kind == "persistent"), None)
    if missed is not None:
        return f"missed {missed.missed} of {missed.of}"
    if result.standing == "no_target" and result.target is not None:
        return _LATER.get(result.target.meaning, "")
    return NO_ICON_WORDS[result.standing]


def national_sentence(result: MeasureResult) -> str:
    """Say how the latest value lies to other trusts in the same period; empty for counts without a base."""
    place = result.national
    if result.latest is None:
        return ""
    if place is None:
        if not can_be_compared(result.measure):
            return ""  # a count says how large a trust is; the method says so once
        return "It is not set beside other trusts: too few have a figure for the same period."
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


def reasons_sentence(result: MeasureResult) -> str:
    """Say which kind of reason counts most, beside all trusts; empty where counts have no reasons."""
    if result.reasons is None:
        return ""
    first, *_ = result.reasons.kinds
    here, everywhere = (number(share) for share in (first.share, first.everywhere))
    return sentence(
        f"most were counted under “{first.name}”: {number(first.patients)} of {number(result.reasons.total)}, "
        f"{here}%; over all {result.reasons.trusts} trusts it was {everywhere}%"
    )


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
    texts = (
        what_sentences(result),
        national_sentence(result),
        reasons_sentence(result),
        short_words(result),
    )
    return [text for text in texts if text]
