"""The scorecard's tables as cells: words, icons and numbers as they may be shown."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from helpers.analyses.balanced_scorecard.card import CardRow
from helpers.analyses.balanced_scorecard.inequality import MissedByDeprivation
from helpers.analyses.balanced_scorecard.words import verdict_words
from helpers.bundle import SUPPRESSED, Cell, Column
from helpers.measures.columns import ASSURANCE, NUMBERS, VARIATION, Result, short_period
from helpers.measures.figures import chance_words, figure_words, goal_words, table_figure
from helpers.measures.result import MeasureResult
from helpers.measures.targets import Goal
from helpers.register.models import Measure
from helpers.report.columns import Filled, text
from helpers.report.words import number

_GAP: Final = {
    "deprived_worse": "most deprived\nmiss more",
    "deprived_better": "least deprived\nmiss more",
    "chance": "within chance",
}


def latest_cell(result: MeasureResult) -> str:
    """Return the latest shown value, its period where it is not the report's month, and whether it is out of date."""
    assert result.latest is not None, "asked for a shown value alone"
    late = ", out of date" if result.stale else ""
    is_now = result.measure.frequency == "month" and result.latest_end == result.judged_on
    when = "" if is_now else f", {short_period(result)}"
    return f"{table_figure(result)}{when}{late}"


def _figure(result: MeasureResult, value: float) -> str:
    """Return a value with its unit; a count without, which the measure's name says."""
    if result.measure.kind == "count":
        return number(value, result.measure.digits)
    return figure_words(result.measure, value)


def _latest_on_card(row: CardRow, result: MeasureResult) -> Cell:
    """Return the latest value; of a yearly sum what has come so far."""
    if row.outlook.year is None:
        return latest_cell(result)
    return f"{_figure(result, row.outlook.year.total)} so far, {short_period(result)}"


def target_cell(row: CardRow, result: MeasureResult) -> Cell:
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


def chance_cell(row: CardRow, _: MeasureResult) -> str:
    """Return the verdict and the chance; a dash without a target to come."""
    outlook = row.outlook
    if outlook.chance is None:
        return "–" if outlook.verdict == "no_target" else "no forecast"
    return f"{verdict_words(outlook.verdict)}, {chance_words(outlook.chance)}"


# --- the columns --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CardLine:
    """A line of the card: a heading, a measure, or who misses out; what it is not is None."""

    words: str  # what stands in the first cell
    row: CardRow | None = None
    #: in place of a measure's cells, by the column's name
    cells: Mapping[str, Cell] = field(default_factory=dict)


def bare_line(words: str, cells: str = "") -> CardLine:
    """Return a line of words, with the same in all its cells: nothing where it heads others."""
    return CardLine(
        words, cells=dict.fromkeys(("latest", "target", "variation", "assurance", "chance"), cells)
    )


def measure_line(row: CardRow) -> CardLine:
    """Return one measure of the card."""
    name = f"{row.measure.name} (self-assessed)" if row.measure.self_assessed else row.measure.name
    if row.has_figure:
        return CardLine(name, row)
    known = "no figures" if row.result is None else SUPPRESSED
    return CardLine(name, row, {**bare_line(name, "–").cells, "latest": known})


def inequality_line(inequality: MissedByDeprivation | None) -> CardLine:
    """Return the line on inequality, with its relative index; or that it is not known here."""
    bare = bare_line("Missed appointments, most against least deprived", "–")
    if inequality is None or inequality.found is None:
        why = "unit" if inequality is None else inequality.gap
        known = {"unit": "whole organisation only", "no_records": "needs records"}.get(why, SUPPRESSED)
        return replace(bare, cells={**bare.cells, "latest": known})
    found = inequality.found
    index = f"index {number(found.relative, 2)}"
    if not math.isnan(found.relative_lower):
        index += f"\n{number(found.relative_lower, 2)} to {number(found.relative_upper, 2)}"
    told = {
        "latest": f"{number(inequality.most, 1)}% against {number(inequality.least, 1)}%",
        "target": "index 1",
        "variation": _GAP[inequality.gap],
        "assurance": index,
    }
    return replace(bare, cells={**bare.cells, **told})


OnCard = Filled[CardLine]


def _result(line: CardLine) -> MeasureResult | None:
    return line.row.result if line.row and line.row.has_figure else None


def _shown(column: Result) -> Callable[[CardLine], Cell]:
    """Return what fills a column of the card with the cell that every report has of a result."""

    def cell(line: CardLine) -> Cell:
        result = _result(line)
        return line.cells.get(column.name) if result is None else column.cell(result)

    return cell


def _variation(line: CardLine) -> Cell:
    target = result.target if (result := _result(line)) else None
    if target is not None and target.meaning == "cumulative":
        return "judged by the year"
    return _shown(VARIATION)(line)


def _assurance(line: CardLine) -> Cell:
    result = _result(line)
    if result is not None and not result.assurance_icon and result.standing == "no_target":
        return "–"
    return _shown(ASSURANCE)(line)


def _own(name: str, of: Callable[[CardRow, MeasureResult], Cell]) -> Callable[[CardLine], Cell]:
    def cell(line: CardLine) -> Cell:
        result = _result(line)
        return line.cells.get(name) if line.row is None or result is None else of(line.row, result)

    return cell


def _chance(row: CardRow, _: MeasureResult) -> Cell:
    return None if row.outlook.chance is None else 100 * row.outlook.chance


_PERCENT: Final = Column(label="Chance", kind="model", unit="%")
_MEETING: Final = "of meeting the target"
CARD: Final = (
    OnCard("measure", Column(label="Measure"), lambda each: each.words),
    OnCard("latest", text("Latest"), _own("latest", _latest_on_card)),
    OnCard("target", text("Target"), _own("target", target_cell), "in force, and to come"),
    OnCard("variation", VARIATION.column, _variation),
    OnCard("assurance", ASSURANCE.column, _assurance),
    OnCard("chance", text("Chance"), _own("chance", chance_cell), _MEETING),
    *(OnCard(each.name, each.column, _shown(each), each.about, usual=False) for each in NUMBERS),
    OnCard("chance_percent", _PERCENT, _own("chance_percent", _chance), _MEETING, usual=False),
)  # fmt: skip
#: of the chart of chances
CHANCES: Final = tuple(
    each for each in CARD if each.name in ("measure", "target", "chance", "chance_percent")
)
