"""Sentences on whether targets will be met: each verdict once, with its measures; each tested by case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from helpers.analyses.balanced_scorecard.card import Card, CardRow, Verdict
from helpers.analyses.balanced_scorecard.words import joined, names_of, parted_sentence, period_of
from helpers.measures.figures import chance_words, figure_words, goal_words
from helpers.phrases import phrase, phrases
from helpers.report.words import capital, count, month, number, sentence
from helpers.theme.markdown import escape_markdown

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
