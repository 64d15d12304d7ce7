"""Sentences about a scorecard, each made from the card itself and tested by case."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final

from helpers.register.models import Measure
from helpers.report.measures.figures import chance_words, figure_words, goal_words, period_words
from helpers.report.measures.result import MOST_MEASURES, Category
from helpers.report.scorecard.balance import TOLERANCE, Finding
from helpers.report.scorecard.card import TOO_MANY, Card, CardRow
from helpers.report.scorecard.cascade import Cascade
from helpers.report.scorecard.inequality import Inequality
from helpers.report.scorecard.outlook import Outlook, Verdict
from helpers.report.words import count, in_words, listed, month, number, sentence
from helpers.stats.trajectory.result import ON_TRACK, UNLIKELY
from helpers.theme.markdown import escape_markdown

#: how many names a sentence gives before it counts the rest
NAMED: Final = 3
#: what is said of one measure of a category, and of several
_CATEGORY: Final[dict[Category, tuple[str, str]]] = {
    "attention": ("needs attention", "need attention"),
    "watched": ("is watched", "are watched"),
    "maintenance": ("is in maintenance", "are in maintenance"),
    "apart": ("has no single stable period", "have no single stable period"),
    "nothing": ("cannot be shown", "cannot be shown"),
}
_VERDICT: Final[dict[Verdict, tuple[str, str]]] = {
    "on_track": ("is on track", "are on track"),
    "at_risk": ("is at risk", "are at risk"),
    "unlikely": ("is unlikely to meet it", "are unlikely to meet them"),
}
VERDICT_WORDS: Final[dict[Verdict, str]] = {
    "on_track": "on track",
    "at_risk": "at risk",
    "unlikely": "unlikely",
}
NO_SCORE: Final = (
    "There is no single score: a sum would let a good figure hide a bad one. "
    "Weights only show what the card is made of."
)


def names_of(measures: Iterable[Measure], *, most: int = NAMED) -> str:
    """Return the names of measures, the first few of them, as prose lists them.

    >>> from helpers.report.measures.examples import example_measure
    >>> names_of([example_measure(name=name) for name in ("A", "B", "C", "D", "E")])
    'A, B, C and two more'
    >>> names_of([example_measure(name=name) for name in ("Beds, all", "Waits")])
    'Beds, all; and Waits'
    """
    names = [escape_markdown(measure.name) for measure in measures]
    if len(names) > most + 1:
        names = [*names[:most], count(len(names) - most, "more", "more")]
    # names that hold commas or "and" of their own are set apart more clearly
    if len(names) > 1 and any("," in name or " and " in name for name in names):
        return f"{'; '.join(names[:-1])}; and {names[-1]}"
    return listed(names)


def _parted(parts: Sequence[tuple[int, tuple[str, str]]]) -> str:
    """Return the parts of a number as prose: "two need attention and one is watched"."""
    return listed(
        f"{in_words(many)} {one if many == 1 else several}" for many, (one, several) in parts if many
    )


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
    return sentence(f"of {count(total, 'measure')} on this scorecard, {_parted(present)}")


def attention_sentence(card: Card) -> str:
    """Name the measures that need attention, with the period of old figures; empty where none does."""
    rows = card.in_category("attention")
    if not rows:
        return ""
    said = sentence(f"needing attention: {names_of(row.measure for row in rows)}")
    old = [row for row in rows if row.result is not None and row.result.stale]
    return f"{said} {sentence(f'out of date among them: {_dated(old)}')}" if old else said


def _period(row: CardRow) -> str:
    assert row.result is not None, "asked for with a shown value alone"
    assert row.result.latest is not None, "asked for with a shown value alone"
    return period_words(row.result.latest.day, row.measure.frequency)


def _dated(rows: Sequence[CardRow]) -> str:
    """Return the names of measures, each with the period of its latest figure."""
    return listed(f"{escape_markdown(row.measure.name)} ({_period(row)})" for row in rows)


def outlook_summary(card: Card) -> str:
    """Say how many measures are on track, at risk and unlikely, of those that can be forecast."""
    groups = [(verdict, card.with_outlook(verdict)) for verdict in _VERDICT]
    present = [(verdict, rows) for verdict, rows in groups if rows]
    total = sum(len(rows) for _, rows in present)
    if not total:
        aimed = card.with_outlook("none")
        if not aimed:
            return "No measure with a figure has a target to come, so none is judged by its trajectory."
        return "No target to come can be forecast; the section on targets says why."
    if len(present) == 1:
        one, several = _VERDICT[present[0][0]]
        if total == 1:
            return sentence(f"the one measure whose target can be forecast {one}")
        return sentence(f"all {count(total, 'measure')} whose targets can be forecast {several}")
    parts = [(len(rows), _VERDICT[verdict]) for verdict, rows in present]
    return sentence(f"of {count(total, 'measure')} whose targets can be forecast, {_parted(parts)}")


def too_many_sentence(card: Card) -> str:
    """Warn of more measures than a board can act on; empty where there are not."""
    if not card.too_many:
        return ""
    return sentence(
        f"**Too many measures:** this card has {len(card.rows)}. A board can act on about {MOST_MEASURES}, not on "
        f"{TOO_MANY}; with more, what needs attention is lost among what does not. Keep {MOST_MEASURES} here and "
        "leave the others to those who run the service"
    )


# --- one measure ------------------------------------------------------------------------------------


def outlook_sentence(row: CardRow) -> str:
    """Say whether a measure's target will be met, and what that rests on; empty without a target to come."""
    outlook, result = row.outlook, row.result
    if result is None or result.latest is None or outlook.goal is None:
        return ""
    if outlook.chance is None:
        return sentence(f"no forecast: {outlook.why}{_now(row)}")
    if outlook.year is not None:
        return _year_sentences(row)
    goal, measure = outlook.goal, row.measure
    what = {"end": f"in {month(goal.due)}", "mean": f"as the mean of the year to {month(goal.due)}"}
    said = sentence(
        f"{VERDICT_WORDS[outlook.verdict]}: the chance of {goal_words(measure, goal.target.value)} "
        f"{what.get(goal.met, '')} is {said_chance(outlook)}{_now(row)}"
    )
    return f"{said} {_progress_sentence(row)}".strip()


def _now(row: CardRow) -> str:
    """Say whether the latest figure meets the target in force; nothing where that is not known."""
    result, met = row.result, row.outlook.met
    if result is None or result.latest is None or met is None:
        return ""
    if result.stale:
        when = period_words(result.latest.day, row.measure.frequency)
        return f"; the figure for {when} {'met' if met else 'missed'} its target"
    return f"; the latest figure {'meets' if met else 'misses'} its target"


def said_chance(outlook: Outlook) -> str:
    """Return a chance to the nearest twentieth, on the side of the threshold where its verdict is.

    >>> said_chance(Outlook("unlikely", 0.19)), said_chance(Outlook("at_risk", 0.79))
    ('just under 20%', 'just under 80%')
    >>> said_chance(Outlook("at_risk", 0.42)), said_chance(Outlook("on_track", 0.97))
    ('about 40%', 'over 95%')
    """
    assert outlook.chance is not None, "asked for with a forecast alone"
    said = chance_words(outlook.chance)
    for threshold in (UNLIKELY, ON_TRACK):
        edge = f"{number(100 * threshold)}%"
        if said == f"about {edge}" and outlook.chance < threshold:
            return f"just under {edge}"
    return said


def _progress_sentence(row: CardRow) -> str:
    """Set progress and success apart where they differ; empty where they agree."""
    assert row.result is not None, "asked for with a result alone"
    result, outlook = row.result, row.outlook
    if outlook.verdict == "on_track" or result.too_few:
        return ""
    # two months that differ are no movement: only a change beyond ordinary variation, or a drift, is one
    drift = result.trend if result.unstable else None
    if result.variation == "improvement" and drift != "worse":
        return "Progress is not yet success: it is improving, but not by enough."
    if outlook.met and (result.variation == "concern" or drift == "worse"):
        return "Success today is not safe: it is getting worse."
    return ""


def _year_sentences(row: CardRow) -> str:
    """Say how far a yearly sum has come against what past years had by then."""
    outlook, measure = row.outlook, row.measure
    year, goal = outlook.year, outlook.goal
    assert year is not None, "asked for a yearly sum alone"
    assert goal is not None, "a yearly sum has a goal"
    assert outlook.chance is not None, "a yearly sum is forecast"
    here, target = figure_words(measure, year.total), goal_words(measure, goal.target.value)
    said = sentence(
        f"{VERDICT_WORDS[outlook.verdict]}: {here} has come in {count(year.months, 'month')}, and by then "
        f"{count(year.years, 'past year')} had {number(100 * year.share)}% of their sum. So the year points to "
        f"{figure_words(measure, year.projected)}, and the chance of {target} is {said_chance(outlook)}"
    )
    behind = year.total < goal.target.value * year.months / 12
    if behind and outlook.verdict == "on_track" and row.measure.direction == "increase":
        said += " Less than an even share so far is no failure: the months to come bring more."
    return said


def missing_sentence(card: Card) -> str:
    """Name the measures of which nothing is loaded; empty where there are none."""
    rows = [row for row in card.rows if row.result is None]
    if not rows:
        return ""
    verb = "measure has" if len(rows) == 1 else "measures have"
    names = names_of((row.measure for row in rows), most=len(rows))
    return sentence(f"{in_words(len(rows))} {verb} no figures here: {names}")


def suppressed_sentence(card: Card) -> str:
    """Name the measures whose every figure must not be shown; empty where there are none."""
    rows = [row for row in card.rows if row.result is not None and not row.has_figure]
    if not rows:
        return ""
    return sentence(
        f"every figure is suppressed: {names_of((row.measure for row in rows), most=len(rows))}"
    )


def stale_sentence(card: Card) -> str:
    """Name the measures whose latest figure is too old, with its period; empty where there are none."""
    rows = [row for row in card.rows if row.has_figure and row.result is not None and row.result.stale]
    return sentence(f"out of date, and judged as of then: {_dated(rows)}") if rows else ""


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
    names = names_of((row.measure for row in rows), most=len(rows))
    return sentence(
        f"{names} {verb} self-assessed: {pronoun} reported by those who answer for it, and not counted"
    )


# --- balance ----------------------------------------------------------------------------------------


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
    return sentence(f"the card leaves out {listed(_name(finding) for finding in findings)}")


def _name(finding: Finding) -> str:
    assert finding.perspective is not None, "a finding of a perspective"
    return escape_markdown(finding.perspective.name)


def _no_figures(finding: Finding) -> str:
    if len(finding.rows) == 1:
        return sentence(f"{_name(finding)}: its one measure is without a figure")
    return sentence(f"{_name(finding)}: none of its {count(len(finding.rows), 'measure')} has a figure")


def _weighed(finding: Finding) -> str:
    side = "more" if finding.share > finding.aim else "less"
    return sentence(
        f"{_name(finding)} has {number(finding.share)}% of the weight, {side} than the {number(finding.aim)}% aimed at"
    )


def _single(finding: Finding) -> str:
    return sentence(f"{_name(finding)} rests on one measure alone: {names_of([finding.rows[0].measure])}")


def _one_sided(finding: Finding) -> str:
    return sentence(f"every measure of the card looks from one side, {_name(finding)}")


def _one_objective(finding: Finding) -> str:
    many = count(len(finding.rows), "measure")
    return sentence(f"{_name(finding)}: all its {many} serve the same objective")


def _self_assessed(finding: Finding) -> str:
    return sentence(f"{_name(finding)} is known by self-assessment alone")


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


def balance_summary(card: Card, findings: Sequence[Finding]) -> str:
    """Say in a sentence whether the card is balanced, for the headline."""
    if not findings:
        return _balanced(card)
    sides = {finding.perspective.id for finding in findings if finding.perspective is not None}
    if not sides:
        return "The card leans on a single measure."
    many = len(card.perspectives)
    if many == 1:
        return "The one perspective of this card is not balanced within itself."
    return sentence(
        f"the card is not balanced: {in_words(len(sides))} of its {many} perspectives need a look"
    )


# --- inequality -------------------------------------------------------------------------------------


def inequality_sentence(inequality: Inequality | None) -> str:
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
    ends = f"95% interval {number(found.relative_low, 2)} to {number(found.relative_high, 2)}"
    verdict = {
        "deprived_worse": "the most deprived miss more, beyond chance",
        "deprived_better": "the least deprived miss more, beyond chance",
        "chance": "that is within what chance explains",
    }[gap]
    if math.isnan(found.relative_low):
        return f"{said} {sentence(verdict)}"
    return f"{said} {sentence(f'{index} ({ends}; equal would be 1): {verdict}')}"


# --- cascade ----------------------------------------------------------------------------------------


def cascade_sentences(cascade: Cascade, whole: str) -> list[str]:
    """Say which measures are carried below an organisation or unit, and which by nobody.

    Parameters
    ----------
    cascade
        Who carries what.
    whole
        Name of the organisation or unit.
    """
    if not cascade.units:
        return [
            sentence(f"no unit below {escape_markdown(whole)} is loaded, so the line of sight ends here")
        ]
    units, total = count(len(cascade.units), "unit"), len(cascade.carried)
    carried = total - len(cascade.without)
    verb = "lies" if len(cascade.units) == 1 else "lie"
    if not carried:
        return [
            sentence(
                f"{units} {verb} below {escape_markdown(whole)}, but none has a figure of these measures"
            )
        ]
    have = "has" if carried == 1 else "have"
    of_all = count(total, "measure") if carried != total else ""
    start = f"{in_words(carried)} of {of_all} {have}" if of_all else _all_have(total)
    said = [
        sentence(f"{start} figures of the {units} below {escape_markdown(whole)} or of those below them")
    ]
    if cascade.without:
        said.append(
            sentence(
                f"nobody below returns figures of {names_of(cascade.without, most=len(cascade.without))}"
            )
        )
    said.append("Each figure is what the unit itself returned: none is a sum of others.")
    return said


def _all_have(total: int) -> str:
    return "the one measure has" if total == 1 else f"all {count(total, 'measure')} have"
