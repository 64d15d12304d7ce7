"""The columns in which reports tell of a measure's result: one object each, with what fills it.

Every table of results (performance report, scorecard, units below) is a choice of these, so that a value, its
period, its icon and its words are the same in all of them: `laid_out([MEASURE, LATEST, TARGET], results)`.
"""

from __future__ import annotations

from typing import Final

from helpers.bundle import SUPPRESSED, Cell, Column
from helpers.measures.figures import goal_words, short_period_words, table_figure
from helpers.measures.result import MeasureResult
from helpers.measures.value_words import short_words
from helpers.measures.words import CATEGORY_WORDS, UNSETTLED_WORDS, no_assurance_words
from helpers.report.columns import Filled, text
from helpers.report.controlled import finite
from helpers.theme.sparks import spark_cell

Result = Filled[MeasureResult]


def latest_cell(result: MeasureResult) -> str | None:
    """Return the latest shown value over its period; a star where all are hidden, nothing where there is none."""
    if result.latest is None:
        return SUPPRESSED if result.series.hidden.any() else None
    return f"{table_figure(result)}\n{short_period(result)}"


def dated_cell(result: MeasureResult) -> str | None:
    """Return the latest shown value over its period, with a word where it is out of date."""
    latest = latest_cell(result)
    return f"{latest}, out of date" if latest and result.stale and result.latest else latest


def standing_words(result: MeasureResult | None) -> str:
    """Return the latest figure with its period and how it stands, on one line."""
    if result is None or result.latest is None:
        return "no figure"
    return f"{(dated_cell(result) or '').replace(chr(10), ', ')}; {CATEGORY_WORDS[result.category]}"


def short_period(result: MeasureResult) -> str:
    """Return the latest shown period, short enough for a cell: "Sep 2026"."""
    assert result.latest is not None, "asked for with a latest value alone"
    return short_period_words(result.latest.day, result.measure.frequency)


def target_cell(result: MeasureResult) -> str | None:
    """Return the target in force."""
    return None if result.target is None else goal_words(result.measure, result.target.value)


def variation_cell(result: MeasureResult) -> str | None:
    """Return the variation's icon, or why there is none."""
    if result.latest is None:
        return None
    return "one point" if result.points < 2 else result.variation_icon or UNSETTLED_WORDS


def assurance_cell(result: MeasureResult) -> str | None:
    """Return the assurance's icon, or why there is none."""
    if result.latest is None:
        return None
    return result.assurance_icon or no_assurance_words(result)


def spark_of(result: MeasureResult) -> str | None:
    """Return the small line of a measure: what may be shown of it, and the target in force."""
    if not result.drawn:
        return None
    target = result.target
    aim = None if target is None or target.meaning == "cumulative" else target.value
    return spark_cell(result.series.shown, target=aim, digits=result.measure.digits)


def _percent(result: MeasureResult) -> Cell:
    place = result.national
    return None if place is None or place.percentile is None else place.percentile.percent


MEASURE: Final = Result("measure", Column(label="Measure"), lambda each: each.measure.name)
LATEST: Final = Result("latest", text("Latest"), latest_cell, "value over its period")
DATED: Final = Result("latest", text("Latest"), dated_cell, "value over its period and age")
TARGET: Final = Result("target", text("Target"), target_cell, "the one in force")
VARIATION: Final = Result("variation", Column(label="Variation", kind="icon"), variation_cell)
ASSURANCE: Final = Result("assurance", Column(label="Assurance", kind="icon"), assurance_cell)
IN_WORDS: Final = Result("in_words", text("In words"), short_words)
ID: Final = Result("id", Column(label="Id"), lambda each: each.measure.id, "the register's", usual=False)
_PERIOD: Final = Column(label="Period", kind="date")
_VALUE: Final = Column(label="Value", kind="rate", digits=3)
_TARGET: Final = Column(label="Target", kind="rate", digits=3)
_DISTANCE: Final = Column(label="Distance", kind="rate", digits=3, signed=True)
_BETTER_THAN: Final = Column(label="Does better than", kind="model", unit="%")
PERIOD: Final = Result("period", _PERIOD, lambda each: each.latest.day.isoformat() if each.latest else None,
                       "first day of the latest", usual=False)  # fmt: skip
#: numbers for a frame: no table needs them beside the words
NUMBERS: Final = (
    ID,
    PERIOD,
    Result("value", _VALUE, lambda each: each.latest.value if each.latest else None, usual=False),
    Result("unit", Column(label="Unit"), lambda each: each.measure.unit, usual=False),
    Result("target_value", _TARGET, lambda each: each.target.value if each.latest and each.target else None,
           usual=False),
    Result("distance", _DISTANCE, lambda each: finite(each.distance), "value less target", usual=False),
    Result("better_than", _BETTER_THAN, _percent, "share of the other trusts", usual=False),
    Result("category", Column(label="Category"), lambda each: CATEGORY_WORDS[each.category],
           "what a board is asked to do", usual=False),
)  # fmt: skip
