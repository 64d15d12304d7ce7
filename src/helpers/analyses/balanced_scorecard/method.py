"""How a scorecard is made and read, in sentences whose numbers come from where they are set."""

from __future__ import annotations

from helpers.analyses.balanced_scorecard.balance import HEAVIEST_MEASURE, MANY_MEASURES, TOLERANCE
from helpers.analyses.balanced_scorecard.card import TOO_MANY, Card
from helpers.analyses.balanced_scorecard.inequality import MONTHS as INEQUALITY_MONTHS
from helpers.measures.result import MOST_MEASURES
from helpers.measures.words import CATEGORY_RULES
from helpers.report.words import count, in_words, listed, number
from helpers.stats.trajectory import FEWEST_POINTS
from helpers.stats.trajectory.result import ON_TRACK, UNLIKELY
from helpers.theme.markdown import escape_markdown


def method_sentences(card: Card) -> list[str]:
    """Return the notes on method, one paragraph each.

    Parameters
    ----------
    card
        The card, whose perspectives are named.
    """
    return [
        _perspectives(card),
        "Variation says whether the latest figure is ordinary for the process: its icon comes from a process "
        "behaviour chart of the last three years, with the words beside it. Assurance says how the limits of the "
        "process lie to the target in force. Colour repeats what shape and words say.",
        f"Needs attention: {CATEGORY_RULES['attention']}. In maintenance: {CATEGORY_RULES['maintenance']}. The rules, "
        "the months and the words are those of the performance report.",
        f"Chance: that of meeting the target, by a forecast to the target's date, or to the end of the financial "
        f"year for a target without one, from at least {FEWEST_POINTS} comparable months. On track from "
        f"{number(100 * ON_TRACK)}%, unlikely below {number(100 * UNLIKELY)}%, at risk between; chances are "
        "said to the nearest twentieth.",
        "A target for the sum of a year is judged by how past years filled, month by month: less than half at "
        "half of the year is no failure where past years had less by then.",
        f"Balance: a perspective may have {number(TOLERANCE)} points of weight more or less than its aim, should have "
        f"more than one measure and, with {in_words(MANY_MEASURES)} or more, serve more than one objective; one "
        f"measure should not have more than {number(HEAVIEST_MEASURE)}% of all weight. These limits are choices of "
        "this report, not of a standard.",
        f"A card holds {MOST_MEASURES} measures at most, by a rule of thumb of this report: a board can act on "
        f"{MOST_MEASURES}, not on {TOO_MANY}.",
        f"Inequality covers {count(INEQUALITY_MONTHS, 'month')}. The relative index is the fitted rate of the least "
        "deprived end over that of the most deprived, over five groups of patients by the area they live in.",
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
