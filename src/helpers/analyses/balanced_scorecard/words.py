"""Sentences about a whole scorecard: its measures, its balance, whether targets will be met; each tested by case."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from helpers.analyses.balanced_scorecard.card import (
    HEAVIEST_MEASURE,
    MANY_MEASURES,
    TOLERANCE,
    TOO_MANY,
    Card,
    CardRow,
    Imbalance,
    Verdict,
)
from helpers.analyses.balanced_scorecard.inequality import MONTHS as INEQUALITY_MONTHS
from helpers.analyses.balanced_scorecard.inequality import MissedByDeprivation
from helpers.measures.attention import PERSISTENT
from helpers.measures.figures import chance_words, figure_words, goal_words, period_words
from helpers.measures.result import MOST_MEASURES
from helpers.measures.words import CATEGORY_WORDS
from helpers.phrases import phrase, phrases
from helpers.register.models import Measure
from helpers.report.words import capital, count, in_words, listed, month, number, sentence
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


#: verdicts by a chance, the best first
JUDGED: Final[tuple[Verdict, ...]] = ("on_track", "at_risk", "unlikely")


def verdict_words(verdict: Verdict) -> str:
    """Return what the chance of meeting a target is called."""
    return phrases("standings.chances")[verdict]


def outlook_summary(card: Card) -> str:
    """Say how many measures are on track, at risk and unlikely, of those that can be forecast."""
    one, several = phrases("standings.chances_of_one"), phrases("standings.chances_of_several")
    groups = [(len(card.with_outlook(name)), one[name], several[name]) for name in JUDGED]
    if any(many for many, _, _ in groups):
        return parted_sentence(groups, "whose target can be forecast", "whose targets can be forecast")
    if card.with_outlook("none"):
        return phrase("statements.scorecard.none_forecast")
    return phrase("statements.scorecard.none_aimed")


def judged_rows(card: Card) -> list[CardRow]:
    """Return the rows with a chance of meeting their target, the unlikely first."""
    known = [row for row in card.rows if row.has_figure and row.outlook.chance is not None]
    return sorted(known, key=lambda row: row.outlook.chance or 0.0)


def chances_alt(rows: Sequence[CardRow]) -> str:
    """Return in words what a chart of the chances shows; empty where there are none."""
    said = [
        f"{row.measure.name}: {verdict_words(row.outlook.verdict)}, {chance_words(row.outlook.chance)}"
        for row in rows
        if row.outlook.chance is not None
    ]
    return f"Chance of meeting the target. {'; '.join(said)}." if said else ""


def outlook_lines(card: Card) -> list[str]:
    """Return one line for each verdict, for what sets progress and success apart, and for why others have none."""
    lines = (
        *(_verdict_line(card, verdict) for verdict in reversed(JUDGED)),
        *_progress_lines(card),
        *(_year_line(row) for row in card.rows if row.has_figure and row.outlook.year is not None),
        *_refused_lines(card),
    )
    return [*filter(None, lines)]


def _verdict_line(card: Card, verdict: Verdict) -> str:
    """Name the measures of a verdict, each with its target and the chance of meeting it."""
    rows = [row for row in card.with_outlook(verdict) if row.outlook.year is None]
    if not rows:
        return ""
    return sentence(f"{_bold(verdict_words(verdict))}: {'; '.join(map(_aimed, rows))}")


def _bold(words: str) -> str:
    return f"**{capital(words)}**"


def _aimed(row: CardRow) -> str:
    goal = row.outlook.goal
    assert goal is not None, "a forecast has a goal"
    assert row.outlook.chance is not None, "asked of forecasts alone"
    when = "as the mean of the year to" if goal.met == "mean" else "in"
    target = f"{goal_words(row.measure, goal.target.value)} {when} {month(goal.due)}"
    return f"{escape_markdown(row.measure.name)} ({target}: {chance_words(row.outlook.chance)})"


# --- progress is not success ------------------------------------------------------------------------


def _progress_lines(card: Card) -> Iterator[str]:
    """Yield where progress and success differ: improving but short of it, and there but getting worse."""
    judged = [row for row in card.rows if row.has_figure and row.outlook.verdict in ("unlikely", "at_risk")]
    short = [row for row in judged if row.outlook.met is not True and _moving(row) == "better"]
    unsafe = [row for row in judged if row.outlook.met and _moving(row) == "worse"]
    if short:
        verb = "is" if len(short) == 1 else "are"
        yield sentence(f"{_bold('progress is not yet success')}: {names_of(short)} {verb} improving")
    if unsafe:
        verb = "is" if len(unsafe) == 1 else "are"
        yield sentence(
            f"{_bold('success today is not safe')}: {names_of(unsafe)} {verb} on target, but getting worse"
        )


def _moving(row: CardRow) -> str:
    """Return `better` or `worse` where a measure really moves; empty where it does not.

    Two months that differ are no movement: only a change beyond ordinary variation, or a drift, is one.
    """
    result = row.result
    assert result is not None, "asked for with a result alone"
    if result.too_few:
        return ""
    drift = result.trend if result.unstable else None
    if result.variation == "improvement" and drift != "worse":
        return "better"
    return "worse" if result.variation == "concern" or drift == "worse" else ""


# --- the sum of a year ------------------------------------------------------------------------------


def _year_line(row: CardRow) -> str:
    """Say how far a yearly sum has come against what past years had by then."""
    outlook, measure = row.outlook, row.measure
    year, goal = outlook.year, outlook.goal
    assert year is not None, "asked for a yearly sum alone"
    assert goal is not None, "a yearly sum has a goal"
    assert outlook.chance is not None, "a yearly sum has a forecast"
    chance = chance_words(outlook.chance)
    here, target = figure_words(measure, year.total), goal_words(measure, goal.target.value)
    said = (
        f"{_bold(measure.name)}, {verdict_words(outlook.verdict)}: {here} has come in {count(year.months, 'month')}, "
        f"and by then {count(year.years, 'past year')} had {number(100 * year.share)}% of their sum. So the year "
        f"points to {figure_words(measure, year.projected)}, and the chance of {target} is {chance}."
    )
    behind = year.total < goal.target.value * year.months / 12
    if behind and outlook.verdict == "on_track" and measure.direction == "increase":
        said += " Less than an even share so far is no failure: the months to come bring more."
    return said


# --- no forecast ------------------------------------------------------------------------------------


def _refused_lines(card: Card) -> Iterator[str]:
    """Yield why some targets have no forecast: each reason once, with its measures."""
    rows = card.with_outlook("none")
    for why in dict.fromkeys(row.outlook.why for row in rows):
        alike = [row for row in rows if row.outlook.why == why]
        named = joined(map(_latest, alike))
        yield sentence(f"{_bold('no forecast')}, because {why}: {named}")


def _latest(row: CardRow) -> str:
    """Return a measure with the period of its figure, and whether that meets the target in force."""
    met = {True: ", target met", False: ", target missed", None: ""}[row.outlook.met]
    return f"{escape_markdown(row.measure.name)} ({period_of(row)}{met})"
