"""Sentences about a whole scorecard: its measures, its balance, who misses out, who carries it; tested by case."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from helpers.analyses.balanced_scorecard.balance import (
    HEAVIEST_MEASURE,
    MANY_MEASURES,
    TOLERANCE,
    Imbalance,
)
from helpers.analyses.balanced_scorecard.card import TOO_MANY, Card, CardRow
from helpers.analyses.balanced_scorecard.inequality import MONTHS as INEQUALITY_MONTHS
from helpers.analyses.balanced_scorecard.inequality import MissedByDeprivation
from helpers.measures.attention import PERSISTENT
from helpers.measures.figures import period_words
from helpers.measures.result import MOST_MEASURES
from helpers.measures.words import CATEGORY_WORDS
from helpers.phrases import phrase, phrases
from helpers.register.models import Measure
from helpers.report.words import count, in_words, listed, number, sentence
from helpers.stats.trajectory import FEWEST_POINTS
from helpers.stats.trajectory.result import ON_TRACK, UNLIKELY
from helpers.theme.markdown import escape_markdown

#: what several measures do where one "is" or "needs" something
_SEVERAL: Final = {"is": "are", "needs": "need"}


def joined(names: Iterable[str]) -> str:
    """Return names as prose lists them; those that hold commas or "and" of their own are set apart more clearly.

    >>> joined(["Falls", "Waits"]), joined(["Beds, all", "Waits"])
    ('Falls and Waits', 'Beds, all; and Waits')
    """
    shown = list(names)
    if len(shown) > 1 and any("," in name or " and " in name for name in shown):
        return f"{'; '.join(shown[:-1])}; and {shown[-1]}"
    return listed(shown)


def names_of(rows: Iterable[CardRow]) -> str:
    """Return the names of measures as prose lists them."""
    return joined(escape_markdown(row.measure.name) for row in rows)


def period_of(row: CardRow) -> str:
    """Return the period of the latest figure that may be shown."""
    assert row.result is not None, "asked for with a shown value alone"
    assert row.result.latest is not None, "asked for with a shown value alone"
    return period_words(row.result.latest.day, row.measure.frequency)


def parted_sentence(parts: Iterable[tuple[int, str, str]], which: str, of_several: str) -> str:
    """Say of how many measures what is true: a number, and what is said of one and of several.

    >>> found = [(2, "needs a look", "need a look"), (1, "is fine", "are fine"), (0, "is lost", "are lost")]
    >>> parted_sentence(found, "here", "here"), parted_sentence(found[:1], "here", "here")
    ('Of three measures here, two need a look and one is fine.', 'All two measures here need a look.')
    """
    present = [part for part in parts if part[0]]
    total = sum(many for many, _, _ in present)
    if len(present) > 1:
        told = listed(f"{in_words(many)} {one if many == 1 else several}" for many, one, several in present)
        return sentence(f"of {count(total, 'measure')} {of_several}, {told}")
    ((_, one, several),) = present
    return sentence(
        f"the one measure {which} {one}"
        if total == 1
        else f"all {count(total, 'measure')} {of_several} {several}"
    )


# --- page one -------------------------------------------------------------------------------------


def lead_sentence(card: Card) -> str:
    """Say how many measures need attention, are watched, and so on."""
    found = Counter(row.category for row in card.rows)
    parts = []
    for category, one in CATEGORY_WORDS.items():
        verb, _, rest = one.partition(" ")
        parts.append((found[category], one, f"{_SEVERAL.get(verb, verb)} {rest}"))
    return parted_sentence(parts, "on this scorecard", "on this scorecard")


def too_many_sentence(card: Card) -> str:
    """Warn of more measures than a board can act on; empty where there are not."""
    if not card.too_many:
        return ""
    most = MOST_MEASURES
    return phrase("statements.scorecard.too_many", here=len(card.rows), most=most, too_many=TOO_MANY)


# --- what it lacks ----------------------------------------------------------------------------------


def gap_sentences(card: Card, left_out: Sequence[Measure] = ()) -> list[str]:
    """Return which measures are missing, left out, suppressed, out of date or self-assessed, a sentence each.

    `left_out` are those that the register marks for scorecards and this one does without.
    """
    missing = [row for row in card.rows if row.result is None]
    hidden = [row for row in card.rows if row.result is not None and not row.has_figure]
    old = [row for row in card.rows if row.has_figure and row.result is not None and row.result.stale]
    own = [row for row in card.rows if row.measure.self_assessed]
    verb, pronoun = ("is", "it is") if len(own) == 1 else ("are", "they are")
    lacking = "measure has" if len(missing) == 1 else "measures have"
    said = (
        (f"{in_words(len(missing))} {lacking} no figures here: {{}}", names_of(missing)),
        (
            "not on this card, though the register marks them for scorecards: {}",
            joined(escape_markdown(measure.name) for measure in left_out),
        ),
        ("most or all figures are suppressed: {}", names_of(hidden)),
        (
            "out of date, and judged as of then: {}",
            joined(f"{escape_markdown(row.measure.name)} ({period_of(row)})" for row in old),
        ),
        (
            f"{{}} {verb} self-assessed: {pronoun} reported by those who answer for it, and not counted",
            names_of(own),
        ),
    )
    return [sentence(words.format(names)) for words, names in said if names]


# --- who misses out, who carries it ---------------------------------------------------------------


def inequality_sentence(inequality: MissedByDeprivation | None) -> str:
    """Say whether the deprived miss more appointments; or what would be needed to know."""
    if inequality is None or inequality.found is None:
        return phrases("reasons.inequality")["unit" if inequality is None else inequality.gap]
    found, gap = inequality.found, inequality.gap
    rates = (
        f"{number(inequality.most, 1)}% of appointments, the least deprived {number(inequality.least, 1)}%"
    )
    said = sentence(f"the most deprived fifth of patients missed {rates} ({inequality.period.label})")
    index = f"the relative index, least over most deprived, is {number(found.relative, 2)}"
    ends = f"95% interval {number(found.relative_lower, 2)} to {number(found.relative_upper, 2)}"
    verdict = {
        "deprived_worse": "the most deprived miss more, beyond chance",
        "deprived_better": "the least deprived miss more, beyond chance",
        "chance": "that is within what chance explains",
    }[gap]
    if math.isnan(found.relative_lower):
        return f"{said} {sentence(verdict)}"
    return f"{said} {sentence(f'{index} ({ends}; equal would be 1): {verdict}')}"


# --- balance --------------------------------------------------------------------------------------


def balance_sentences(card: Card, findings: Sequence[Imbalance]) -> list[str]:
    """Return what is unbalanced, one sentence each; or the one that says that nothing is."""
    if not findings:
        return [_balanced(card)]
    empty = listed(_perspective_name(each) for each in findings if each.fault == "empty")
    said = [sentence(f"the card leaves out {empty}")] if empty else []
    return said + [_unbalanced(each) for each in findings if each.fault != "empty"]


def _balanced(card: Card) -> str:
    shares = [card.share(card.of(perspective.id)) for perspective in card.perspectives]
    if len(shares) == 1:
        return "The register has one perspective alone, so there is nothing to balance."
    return sentence(
        f"the card is balanced: each of its {count(len(shares), 'perspective')} has {number(min(shares))}% to "
        f"{number(max(shares))}% of the weight, within {number(TOLERANCE)} points of its aim, and none rests on one "
        "measure, one objective or self-assessment alone"
    )


def _perspective_name(finding: Imbalance) -> str:
    return escape_markdown(finding.perspective.name) if finding.perspective else ""


def _unbalanced(finding: Imbalance) -> str:
    fault, many = finding.fault, len(finding.rows)
    words = phrases(
        "reasons.unbalanced",
        name=_perspective_name(finding),
        measure=names_of(finding.rows[:1]),
        many=count(many, "measure"),
        share=number(finding.share),
        aim=number(finding.aim),
    )
    return sentence(words["no_figure" if fault == "no_figures" and many == 1 else fault])


# --- method ---------------------------------------------------------------------------------------


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
    every = [escape_markdown(each.name) for each in card.perspectives]
    known = [
        f"{escape_markdown(each.name)} ({escape_markdown(each.known_as)})"
        for each in card.perspectives
        if each.known_as
    ]
    if known and len(known) == len(every):
        return f"The perspectives are those of Kaplan and Norton's balanced scorecard: {listed(known)}."
    theirs = f"; of these, Kaplan and Norton's are {listed(known)}" if known else ""
    return f"The perspectives are set in the register: {listed(every)}{theirs}."
