"""Sentences about a whole scorecard: its measures, its balance, who misses out, who carries it; tested by case."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final

from helpers.analyses.balanced_scorecard.balance import (
    HEAVIEST_MEASURE,
    MANY_MEASURES,
    TOLERANCE,
    Finding,
)
from helpers.analyses.balanced_scorecard.card import TOO_MANY, Card, CardRow
from helpers.analyses.balanced_scorecard.inequality import MONTHS as INEQUALITY_MONTHS
from helpers.analyses.balanced_scorecard.inequality import MissedByDeprivation
from helpers.measures.attention import PERSISTENT
from helpers.measures.figures import period_words
from helpers.measures.result import MOST_MEASURES, Category
from helpers.phrases import phrase
from helpers.register.models import Measure
from helpers.report.words import count, in_words, listed, number, sentence
from helpers.stats.trajectory import FEWEST_POINTS
from helpers.stats.trajectory.result import ON_TRACK, UNLIKELY
from helpers.theme.markdown import escape_markdown

#: how many names a sentence gives before it counts the rest
NAMED: Final = 3


def names_of(measures: Iterable[Measure], *, most: int = NAMED) -> str:
    """Return the names of measures, the first few of them, as prose lists them.

    >>> from helpers.measures.examples import example_measure
    >>> names_of([example_measure(name=name) for name in ("A", "B", "C", "D", "E")])
    'A, B, C and two more'
    >>> names_of([example_measure(name=name) for name in ("Beds, all", "Waits")])
    'Beds, all; and Waits'
    """
    return joined([escape_markdown(measure.name) for measure in measures], most=most)


def dated_names(rows: Sequence[CardRow], *, most: int = NAMED) -> str:
    """Return the names of measures that have a figure; an old figure with its period."""
    return joined([_dated(row) for row in rows], most=most)


def joined(names: Sequence[str], *, most: int) -> str:
    """Return names as prose lists them; those that hold commas or "and" of their own are set apart more clearly."""
    shown = list(names)
    if len(shown) > most + 1:
        shown = [*shown[:most], count(len(shown) - most, "more", "more")]
    if len(shown) > 1 and any("," in name or " and " in name for name in shown):
        return f"{'; '.join(shown[:-1])}; and {shown[-1]}"
    return listed(shown)


def _dated(row: CardRow) -> str:
    name = escape_markdown(row.measure.name)
    return f"{name} ({period_of(row)})" if row.result is not None and row.result.stale else name


def period_of(row: CardRow) -> str:
    """Return the period of the latest figure that may be shown."""
    assert row.result is not None, "asked for with a shown value alone"
    assert row.result.latest is not None, "asked for with a shown value alone"
    return period_words(row.result.latest.day, row.measure.frequency)


def parted(parts: Sequence[tuple[int, tuple[str, str]]]) -> str:
    """Return the parts of a number as prose.

    >>> parted([(2, ("needs a look", "need a look")), (1, ("is fine", "are fine")), (0, ("is lost", "are lost"))])
    'two need a look and one is fine'
    """
    return listed(
        f"{in_words(many)} {one if many == 1 else several}" for many, (one, several) in parts if many
    )


# --- page one -------------------------------------------------------------------------------------


#: what is said of one measure of a category, and of several
_CATEGORY: Final[dict[Category, tuple[str, str]]] = {
    "attention": ("needs attention", "need attention"),
    "watched": ("is watched", "are watched"),
    "maintenance": ("is in maintenance", "are in maintenance"),
    "nothing": ("cannot be shown", "cannot be shown"),
}


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


# --- who misses out, who carries it ---------------------------------------------------------------


def inequality_sentence(inequality: MissedByDeprivation | None) -> str:
    """Say whether the deprived miss more appointments; or what would be needed to know."""
    if inequality is None:
        return "Inequality is measured for the whole organisation, not for its units."
    if inequality.gap == "no_records":
        return (
            "Inequality cannot be shown: published statistics have no figures by deprivation for one organisation. "
            "It needs the outpatient records."
        )
    if inequality.gap == "hidden" or inequality.found is None:
        return "Inequality is not shown: a fifth of deprivation has too few appointments."
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


def balance_sentences(card: Card, findings: Sequence[Finding]) -> list[str]:
    """Return what is unbalanced, one sentence each; or the one that says that nothing is."""
    if not findings:
        return [_balanced(card)]
    empty = [finding for finding in findings if finding.fault == "empty"]
    said = [_empty(empty)] if empty else []
    return said + [_FAULTS[finding.fault](finding) for finding in findings if finding.fault != "empty"]


def _balanced(card: Card) -> str:
    shares = [card.share(card.of(perspective.id)) for perspective in card.perspectives]
    many = len(shares)
    if many == 1:
        return "The register has one perspective alone, so there is nothing to balance."
    return sentence(
        f"the card is balanced: each of its {count(many, 'perspective')} has {number(min(shares))}% to "
        f"{number(max(shares))}% of the weight, within {number(TOLERANCE)} points of its aim, and none rests on one "
        "measure, one objective or self-assessment alone"
    )


def _empty(findings: Sequence[Finding]) -> str:
    return sentence(f"the card leaves out {listed(_perspective_name(finding) for finding in findings)}")


def _perspective_name(finding: Finding) -> str:
    assert finding.perspective is not None, "a finding of a perspective"
    return escape_markdown(finding.perspective.name)


def _no_figures(finding: Finding) -> str:
    if len(finding.rows) == 1:
        return sentence(f"{_perspective_name(finding)}: its one measure is without a figure")
    return sentence(
        f"{_perspective_name(finding)}: none of its {count(len(finding.rows), 'measure')} has a figure"
    )


def _weighed(finding: Finding) -> str:
    side = "more" if finding.share > finding.aim else "less"
    share, aim = number(finding.share), number(finding.aim)
    return sentence(
        f"{_perspective_name(finding)} has {share}% of the weight, {side} than the {aim}% aimed at"
    )


def _single(finding: Finding) -> str:
    return sentence(
        f"{_perspective_name(finding)} rests on one measure alone: {names_of([finding.rows[0].measure])}"
    )


def _one_sided(finding: Finding) -> str:
    return sentence(f"every measure of the card looks from one side, {_perspective_name(finding)}")


def _one_objective(finding: Finding) -> str:
    many = count(len(finding.rows), "measure")
    return sentence(f"{_perspective_name(finding)}: all its {many} serve the same objective")


def _self_assessed(finding: Finding) -> str:
    return sentence(f"{_perspective_name(finding)} is known by self-assessment alone")


def _heavy_measure(finding: Finding) -> str:
    name = names_of([finding.rows[0].measure])
    return sentence(f"one measure has {number(finding.share)}% of the weight of the whole card: {name}")


_FAULTS: Final = {
    "no_figures": _no_figures,
    "heavy": _weighed,
    "light": _weighed,
    "single": _single,
    "one_sided": _one_sided,
    "one_objective": _one_objective,
    "self_assessed": _self_assessed,
    "heavy_measure": _heavy_measure,
}

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
