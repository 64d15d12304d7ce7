"""How a scorecard is made and read, in sentences whose numbers come from where they are set."""

from __future__ import annotations

from helpers.analyses.balanced_scorecard.balance import HEAVIEST_MEASURE, MANY_MEASURES, TOLERANCE
from helpers.analyses.balanced_scorecard.card import TOO_MANY, Card
from helpers.analyses.balanced_scorecard.inequality import MONTHS as INEQUALITY_MONTHS
from helpers.measures.attention import PERSISTENT
from helpers.measures.result import MOST_MEASURES
from helpers.phrases import phrase
from helpers.report.words import count, in_words, listed, number
from helpers.stats.trajectory import FEWEST_POINTS
from helpers.stats.trajectory.result import ON_TRACK, UNLIKELY
from helpers.theme.markdown import escape_markdown


def method_sentences(card: Card) -> list[str]:
    """Return the notes on method, one paragraph each."""
    months, missed = PERSISTENT["month"]
    return [
        _perspectives(card),
        phrase("method.scorecard.variation"),
        phrase("method.performance.attention", missed=missed, of=months, unlikely=UNLIKELY),
        phrase("method.performance.maintenance"),
        phrase(
            "method.scorecard.chance", fewest_points=FEWEST_POINTS, on_track=ON_TRACK, unlikely=UNLIKELY
        ),
        phrase("method.scorecard.yearly"),
        phrase(
            "method.scorecard.balance",
            tolerance=number(TOLERANCE),
            many_measures=in_words(MANY_MEASURES),
            heaviest=number(HEAVIEST_MEASURE),
        ),
        phrase("method.scorecard.size", most=MOST_MEASURES, too_many=TOO_MANY),
        phrase("method.scorecard.inequality", months=count(INEQUALITY_MONTHS, "month")),
    ]


def _perspectives(card: Card) -> str:
    known = [each for each in card.perspectives if each.known_as]
    named = listed(f"{escape_markdown(each.name)} ({escape_markdown(each.known_as)})" for each in known)
    if known and len(known) == len(card.perspectives):
        return f"The perspectives are those of Kaplan and Norton's balanced scorecard: {named}."
    names = listed(escape_markdown(each.name) for each in card.perspectives)
    if known:
        return (
            f"The perspectives are set in the register: {names}; of these, Kaplan and Norton's are {named}."
        )
    return f"The perspectives are set in the register: {names}."
