"""What a board is told of a result: the words of its category, its place among trusts, all sentences together.

Each sentence is made from the result object alone and tested by case.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from helpers.data.checking.agreement import Disagreement, Figures
from helpers.measures.figures import figure_words, period_words, range_words
from helpers.measures.places.values import can_be_compared
from helpers.measures.result import Category, MeasureResult, Standing
from helpers.measures.target_words import assurance_sentence, forecast_sentence, target_sentence
from helpers.measures.value_words import (
    latest_sentence,
    short_words,
    stale_sentence,
    variation_sentence,
)
from helpers.phrases import phrases
from helpers.report.words import count, listed, number, sentence, together

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
    "no_target": "no target",
    "too_few": "too few points",
    "unstable": UNSETTLED_WORDS,
}
#: the chance that a steady process of a year or two shows a signal for the worse in its latest value
FALSE_SIGNAL: Final = 0.008


def no_assurance_words(result: MeasureResult) -> str:
    """Return what stands in place of an assurance icon: how often the target was missed, else why there is none."""
    missed = next((alarm for alarm in result.alarms if alarm.kind == "persistent"), None)
    if missed is not None:
        return f"missed {missed.missed} of {missed.of}"
    if result.standing == "no_target" and result.target is not None:
        return phrases("standings.judged_later").get(result.target.meaning, "")
    return NO_ICON_WORDS.get(result.standing, "")


def national_sentence(result: MeasureResult) -> str:
    """Say how the latest value lies to other trusts in the same period; empty for counts without a base."""
    place = result.national
    if result.latest is None:
        return ""
    if place is None:
        if not can_be_compared(result.measure):
            return ""  # a count says how large a trust is; the method says so once
        return "It is not set beside other trusts: too few have a figure for the same period."
    side = phrases("standings.middle")[place.side]
    own = figure_words(place.measure, place.value) if place.measure.kind == "count" else "it"
    middle = range_words(place.measure, place.low, place.high)
    parts = [
        f"{own} was {side} the middle half of {place.trusts} {place.nation} ({middle}) in the same period"
    ]
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
    return together(
        latest_sentence(result),
        stale_sentence(result),
        variation_sentence(result),
        target_sentence(result),
        assurance_sentence(result),
        forecast_sentence(result),
    )


def all_sentences(result: MeasureResult) -> list[str]:
    """Return every text that this module makes of a result, for tests of wording."""
    made = (what_sentences, national_sentence, reasons_sentence, short_words)
    return [text for make in made if (text := make(result))]


# --- where figures come from -----------------------------------------------------------------------


def sources_sentence(result: MeasureResult) -> str:
    """Say where another published source gives another figure than is shown; empty where none does.

    The newest such period is given in full, the others are counted.
    """
    if not result.disagreements:
        return ""
    newest = max(result.disagreements, key=lambda found: found.period)
    when = period_words(newest.period, result.measure.frequency)
    others = {found.period for found in result.disagreements} - {newest.period}
    more = f"; {count(len(others), 'other period differs', 'other periods differ')} too" if others else ""
    (other, theirs), (used, ours) = (
        (result.sources.get(each.source, each.source), _figure(result, each, newest))
        for each in (newest.other, newest.used)
    )
    return sentence(f"for {when} {other} gives {theirs}, where {ours} of {used} is shown{more}")


def seam_sentence(result: MeasureResult) -> str:
    """Say where the series goes over from one source to another; empty where it has one."""
    seams = result.series.seams
    if not seams:
        return ""
    day, *cells = seams[-1]
    now, then = (listed(result.sources.get(name, name) for name in cell.split(", ")) for cell in cells)
    earlier = f"; {count(len(seams) - 1, 'earlier change')}" if len(seams) > 1 else ""
    when = period_words(day, result.measure.frequency)
    return sentence(f"from {when} on the figures are those of {now}, before that of {then}{earlier}")


def _figure(result: MeasureResult, figures: Figures, found: Disagreement) -> str:
    """Return a figure as prose has it, with its counts where both would read the same."""
    if figures.value is None:
        return "no figure"
    words, *others = (
        figure_words(result.measure, each.value * result.measure.scale)
        for each in (figures, found.used, found.other)
        if each.value is not None
    )
    if set(others) == {words} and figures.numerator is not None and figures.denominator is not None:
        return f"{words} ({number(figures.numerator)} of {number(figures.denominator)})"
    return words
