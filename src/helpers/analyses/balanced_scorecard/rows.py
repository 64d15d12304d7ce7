"""The scorecard's tables as cells: words, icons and numbers as they may be shown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from helpers.analyses.balanced_scorecard.card import Card, CardRow
from helpers.analyses.balanced_scorecard.cascade import Carried
from helpers.analyses.balanced_scorecard.inequality import Inequality
from helpers.analyses.balanced_scorecard.outlook import Outlook
from helpers.analyses.balanced_scorecard.outlook_words import VERDICT_WORDS
from helpers.bundle import SUPPRESSED, Cell, Column
from helpers.measures.figures import chance_words, figure_words, goal_words, period_words
from helpers.measures.result import MeasureResult
from helpers.measures.targets import Goal
from helpers.measures.words import NO_ICON_WORDS, UNSETTLED_WORDS
from helpers.register.models import Measure, Perspective
from helpers.report.words import count, in_words, number

CARD_COLUMNS: Final = (
    Column(label="Measure"),
    Column(label="Latest", kind="text"),
    Column(label="Target", kind="text"),
    Column(label="Variation", kind="icon"),
    Column(label="Assurance", kind="icon"),
    Column(label="Chance", kind="text"),
    Column(label="Weight", kind="text"),
)
CASCADE_COLUMNS: Final = (
    Column(label="Measure"),
    Column(label="Here", kind="text"),
    Column(label="Units right below", kind="text"),
    Column(label="Units below those", kind="text"),
)
#: units in one cell; of more, those that need attention are named first and the rest counted
UNITS_NAMED: Final = 4
_GAP: Final = {
    "deprived_worse": "most deprived\nmiss more",
    "deprived_better": "least deprived\nmiss more",
    "chance": "within chance",
}


def group_row(card: Card, perspective: Perspective) -> tuple[Cell, ...]:
    """Return the line above a perspective's measures: its name, its question, its share of the weight."""
    share, aim = card.share(card.of(perspective.id)), card.aims[perspective.id]
    words = f"{perspective.name}: {perspective.question} {number(share)}% of the weight, {number(aim)}% aimed at"
    return heading_row(words)


def heading_row(words: str, columns: Sequence[Column] = CARD_COLUMNS) -> tuple[Cell, ...]:
    """Return a line of words alone, above others."""
    return (words, *[""] * (len(columns) - 1))


def measure_row(card: Card, row: CardRow) -> tuple[Cell, ...]:
    """Return one measure of the card."""
    name = f"{row.measure.name} (self-assessed)" if row.measure.self_assessed else row.measure.name
    weight = f"{number(card.share((row,)))}%"
    result = row.result
    if result is None:
        return (name, "no figures", "–", "–", "–", "–", weight)
    if result.latest is None:
        return (name, SUPPRESSED, "–", "–", "–", "–", weight)
    return (
        name,
        _latest_on_card(row, result),
        target_cell(row, result),
        _variation(result),
        _assurance(result),
        chance_cell(row.outlook),
        weight,
    )


def empty_row() -> tuple[Cell, ...]:
    """Return the line of a perspective without measures."""
    return ("No measure", *("–",) * (len(CARD_COLUMNS) - 1))


def latest_cell(result: MeasureResult) -> str:
    """Return the latest shown value, its period, and whether it is out of date."""
    assert result.latest is not None, "asked for a shown value alone"
    when = short_period(result)
    late = ", out of date" if result.stale else ""
    return f"{_figure(result, result.latest.value)}, {when}{late}"


def _figure(result: MeasureResult, value: float) -> str:
    """Return a value with its unit; a count without, which the measure's name says."""
    if result.measure.kind == "count":
        return number(value, result.measure.digits)
    return figure_words(result.measure, value)


def _latest_on_card(row: CardRow, result: MeasureResult) -> str:
    """Return the latest value; of a yearly sum what has come so far."""
    if row.outlook.year is None:
        return latest_cell(result)
    return f"{_figure(result, row.outlook.year.total)} so far, {short_period(result)}"


def short_period(result: MeasureResult) -> str:
    """Return the period of the latest shown value as a narrow cell has it: "Sep 2026"."""
    assert result.latest is not None, "asked for a shown value alone"
    words = period_words(result.latest.day, result.measure.frequency)
    for long, short in _MONTHS.items():
        words = words.replace(long, short)
    return words


_MONTHS: Final = {
    name: name[:3]
    for name in (
        "January", "February", "March", "April", "June", "July",
        "August", "September", "October", "November", "December",
    )
}  # fmt: skip


def target_cell(row: CardRow, result: MeasureResult) -> str:
    """Return the target in force, and the one to come where that is another; by when, where it has a date."""
    goal, current = row.outlook.goal, result.target
    ahead = "" if goal is None else _goal(row.measure, goal)
    if current is None:
        return ahead or "no target"
    now = goal_words(row.measure, current.value)
    if goal is None or goal.target is current:
        return ahead or now
    return f"{now}, then {ahead}"


def _goal(measure: Measure, goal: Goal) -> str:
    """Return a target with the month by which it counts, where it has one."""
    words = goal_words(measure, goal.target.value)
    by = f"{goal.due:%b %Y}"
    match goal.met:
        case "total":
            return f"{words}, year to {by}"
        case "mean":
            return f"{words}, mean to {by}"
        case _:
            plain = goal.target.meaning == "every_period" and not goal.dated
            return words if plain else f"{words} by {by}"


def _variation(result: MeasureResult) -> str:
    """Return the icon of the variation, or why there is none."""
    if result.target is not None and result.target.meaning == "cumulative":
        return "judged by the year"
    if result.points < 2 and result.variation == "common":
        return "one value"
    return result.variation_icon or UNSETTLED_WORDS


def _assurance(result: MeasureResult) -> str:
    """Return the icon of the assurance, or why there is none."""
    if result.assurance_icon:
        return result.assurance_icon
    return "–" if result.standing == "no_target" else NO_ICON_WORDS[result.standing]


def chance_cell(outlook: Outlook) -> str:
    """Return the verdict and the chance; a dash without a target to come."""
    if outlook.verdict == "no_target":
        return "–"
    if outlook.chance is None:
        return "no forecast"
    return f"{VERDICT_WORDS[outlook.verdict]}, {chance_words(outlook.chance)}"


def inequality_row(inequality: Inequality | None) -> tuple[Cell, ...]:
    """Return the line on inequality, with its relative index; or that it is not known here."""
    name = "Missed appointments, most against least deprived"
    if inequality is None:
        return (name, "whole organisation only", *("–",) * 4, "")
    if inequality.found is None:
        known = "needs records" if inequality.gap == "no_records" else SUPPRESSED
        return (name, known, *("–",) * 4, "")
    found = inequality.found
    rates = f"{number(inequality.most, 1)}% against {number(inequality.least, 1)}%"
    index = f"index {number(found.relative, 2)}"
    if not math.isnan(found.relative_low):
        index += f"\n{number(found.relative_low, 2)} to {number(found.relative_high, 2)}"
    return (name, rates, "index 1", _GAP[inequality.gap], index, "–", "")


def cascade_row(carried: Carried) -> tuple[Cell, ...]:
    """Return one measure and who carries it below."""
    own = latest_cell(carried.own) if carried.own is not None else "no figures"
    return (carried.measure.name, own, _units(carried.units), _units(carried.further))


def _units(results: tuple[MeasureResult, ...]) -> str:
    """Return units and their figures, one a line; of many, those that need attention."""
    if not results:
        return "–"
    if len(results) <= UNITS_NAMED:
        return "\n".join(_unit(result) for result in results)
    worst = [result for result in results if result.category == "attention"]
    many = in_words(len(worst)) if worst else "none"
    said = [f"{count(len(results), 'unit').capitalize()}, {many} in need of attention"]
    said += [_unit(result) for result in worst[:UNITS_NAMED]]
    if len(worst) > UNITS_NAMED:
        said.append(f"and {count(len(worst) - UNITS_NAMED, 'more', 'more')}")
    return "\n".join(said)


def _unit(result: MeasureResult) -> str:
    assert result.latest is not None, "a unit without a shown value is left out"
    need = ", needs attention" if result.category == "attention" else ""
    return f"{result.part_name} {figure_words(result.measure, result.latest.value)}{need}"
