"""The tables of the performance report: every measure, the matrix, data quality, the data behind a chart."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from helpers.analyses.performance_report.ranking import by_domain, pathway_of
from helpers.bundle import SUPPRESSED, Cell, Column, ColumnKind
from helpers.data.quality import QualityRating
from helpers.measures.columns import short_period, spark_of, variation_cell
from helpers.measures.figures import bounded, goal_words
from helpers.measures.people import table_figure
from helpers.measures.reasons import Reasons
from helpers.measures.result import STANDINGS, MeasureResult, Standing, Variation
from helpers.measures.words import no_assurance_words
from helpers.register.arrangement import Pathway
from helpers.report.parts import Field
from helpers.report.words import number
from helpers.stats.position import VERY_LIKELY

STANDING_WORDS: Final[dict[Standing, str]] = {
    "pass": "Meets target",
    "hit_or_miss": "Hit or miss",
    "fail": "Misses target",
    "no_target": "No target",
    "too_few": "Too few points for limits",
    "unstable": "No stable period yet",
}
VARIATION_WORDS: Final[dict[Variation, str]] = {
    "improvement": "Improving",
    "common": "Ordinary variation",
    "concern": "Worsening",
    "neutral": "Changed, neither good nor bad",
    "unsettled": "Not judged",
}
#: what a reason of delay ends in, for those who plan discharges: "(Pathway 1 or 3)"
_PATHWAY: Final = re.compile(r" \(Pathway[^)]*\)$")
_WANTING: Final = ("late", "incomplete", "not valid", "inconsistent")
_RATINGS: Final = {"sufficient": "yes", "insufficient": "no", "not_assessed": "not assessed"}

Rows = list[tuple[Cell, ...]]


SUMMARY: Final = (
    Field("domain", Column(label="Domain"), usual=False),
    Field("measure", Column(label="Measure")),
    Field("latest", Column(label="Latest", kind="text"), "latest value that may be shown, and its own period"),
    Field("target", Column(label="Target", kind="text"), "target in force in that period"),
    Field("icons", Column(label="Variation, assurance", kind="icon"), "icons, or why there are none"),
    Field("usual", Column(label="Mean, limits", kind="text"), "mean of the period judged, and its limits"),
    Field("trend", Column(label="Trend", kind="spark"), "all values; dotted the target"),
    Field("among", Column(label="Among trusts", kind="text"), "place in the same period"),
    Field("data", Column(label="Data", kind="text"), "what of the computed half of the kite mark is wanting"),
    Field("category", Column(label="Group", kind="text"), "what a board is asked to do with it", usual=False),
    Field("value", Column(label="Value", kind="rate", digits=2), "in the measure's unit", usual=False),
    Field("target_value", Column(label="Target value", kind="model", digits=2), usual=False),
    Field("mean", Column(label="Mean", kind="model", digits=2), usual=False),
    Field("lower", Column(label="Lower limit", kind="model", digits=2), usual=False),
    Field("upper", Column(label="Upper limit", kind="model", digits=2), usual=False),
    Field("period", Column(label="Period", kind="date"), "first day of the latest period shown", usual=False),
    Field("pathway", Column(label="Pathway"), usual=False),
    Field("id", Column(label="Id"), "the register's", usual=False),
)  # fmt: skip


def summary_rows(results: Sequence[MeasureResult], pathways: Mapping[str, Pathway]) -> Rows:
    """Return a row for each measure, by domain and pathway, the most urgent first."""
    return [_summary_row(r, pathway_of(r, pathways)) for r in by_domain(results, pathways)]


def _summary_row(result: MeasureResult, pathway: Pathway) -> tuple[Cell, ...]:
    measure, latest, limits = result.measure, result.latest, result.chart.limits
    hidden = SUPPRESSED if result.series.hidden.any() else None
    shown = hidden if latest is None else f"{table_figure(result)}\n{_period_cell(result)}"
    lines = [value if np.isfinite(value) else None for value in (limits.centre, limits.lower, limits.upper)]
    return (
        pathway.domain,
        measure.name,
        shown,
        None if result.target is None else goal_words(measure, result.target.value),
        None if latest is None else _icons_cell(result),
        None if latest is None else _usual_cell(result),
        None if latest is None else spark_of(result),
        place_words(result),
        quality_mark(result),
        result.category,
        None if latest is None else latest.value,
        None if result.target is None else result.target.value,
        *(lines if latest is not None else (None,) * 3),
        None if latest is None else latest.day.isoformat(),
        pathway.name,
        measure.id,
    )


def _period_cell(result: MeasureResult) -> str:
    return f"{short_period(result)}, out of date" if result.stale else short_period(result)


def _icons_cell(result: MeasureResult) -> str:
    """Return the icons of a measure, a line each; what has none for the same reason says it once."""
    words = (variation_cell(result) or "", result.assurance_icon or no_assurance_words(result))
    return "\n".join(dict.fromkeys(words))


def _usual_cell(result: MeasureResult) -> str | None:
    measure, limits = result.measure, result.chart.limits
    if not np.isfinite(limits.centre) or result.points < 2:
        return None
    mean = number(limits.centre, measure.digits)
    if not np.isfinite(limits.upper):
        return mean
    low, high = (number(bounded(measure, value), measure.digits) for value in (limits.lower, limits.upper))
    return f"{mean}\n{low} to {high}"


def place_words(result: MeasureResult) -> str | None:
    """Return the place among trusts in a few words; None where it is not compared."""
    place = result.national
    if place is None:
        return None
    if place.worst_quarter >= VERY_LIKELY:
        return f"worst quarter\nof {place.trusts}, very likely"
    side = {
        "typical": "in",
        "better": "better than",
        "worse": "worse than",
        "higher": "above",
        "lower": "below",
    }
    return f"{side[place.side]} the\nmiddle half of {place.trusts}"


def quality_mark(result: MeasureResult) -> str:
    """Return what is wanting in the computed half of the kite mark: "late, incomplete", or that nothing is."""
    rated = zip(_WANTING, _computed(result.quality), strict=True)
    wanting = [name for name, rating in rated if rating == "insufficient"]
    return ", ".join(wanting) or ("not checked" if result.quality is None else "sound")


def as_at_words(result: MeasureResult) -> str:
    """Return the day up to which a measure's data speak."""
    day = result.as_at
    return "–" if day is None else f"{day.day} {day:%b %Y}"


#: what a board does with the measures of a cell: by what has changed, and what the limits say of the target
_DO: Final[dict[tuple[str, str], str]] = {
    ("improvement", "pass"): "Learn from it.",
    ("improvement", "hit_or_miss"): "Keep on; the target is not safe yet.",
    ("improvement", "fail"): "Keep on; it is not enough yet.",
    ("common", "pass"): "Leave it alone.",
    ("common", "hit_or_miss"): "Change the process if the target matters each month.",
    ("common", "fail"): "Redesign the process: effort alone will not meet the target.",
    ("concern", "pass"): "Find the cause before the target is missed.",
    ("concern", "hit_or_miss"): "Find the cause and act.",
    ("concern", "fail"): "Act now: find the cause and redesign.",
}
_DO_CHANGED: Final = {
    "improvement": "Find what helped and keep it.",
    "common": "Watch.",
    "concern": "Find the cause.",
    "neutral": "Find out what has changed.",
    "unsettled": "Judge it by level, target and other trusts.",
}


def do_words(variation: Variation, standing: Standing) -> str:
    """Return what a board does with the measures of one cell of the matrix."""
    return _DO.get((variation, standing), _DO_CHANGED[variation])


MATRIX: Final = (
    Field("variation", Column(label="Has it changed?"), usual=False),
    Field("standing", Column(label="Will it meet its target?"), "what the limits say"),
    Field("measures", Column(label="Measures", kind="text")),
    Field("do", Column(label="What to do", kind="text")),
)


def matrix_rows(results: Sequence[MeasureResult]) -> Rows:
    """Return the cells of the matrix that are used, a row each: every measure that has a value in exactly one."""
    shown = [result for result in results if result.category != "nothing"]
    return [
        (
            VARIATION_WORDS[variation],
            STANDING_WORDS[standing],
            "; ".join(result.measure.name for result in found),
            do_words(variation, standing),
        )
        for variation in _URGENT_FIRST
        for standing in STANDINGS
        if (found := cell_of(shown, variation, standing))
    ]


_URGENT_FIRST: Final[tuple[Variation, ...]] = ("concern", "unsettled", "common", "neutral", "improvement")


def cell_of(
    results: Sequence[MeasureResult], variation: Variation, standing: Standing
) -> list[MeasureResult]:
    """Return the measures of one cell of the matrix."""
    return [r for r in results if r.variation == variation and r.standing == standing]


QUALITY: Final = (
    Field("measure", Column(label="Measure")),
    *(
        Field(name, Column(label=label, kind="text"), about)
        for name, label, about in (
            ("timely", "Timely", "computed"),
            ("complete", "Complete", "computed"),
            ("valid", "Valid", "computed"),
            ("consistent", "Consistent", "computed"),
            ("accurate", "Accurate", "declared in the register"),
            ("systems", "Systems", "declared in the register"),
            ("signed_off", "Signed off", "declared in the register"),
            ("audited", "Audited", "declared in the register"),
        )
    ),
)


def quality_rows(results: Sequence[MeasureResult]) -> Rows:
    """Return the data-quality kite mark of each measure: computed and declared halves."""
    return [(result.measure.name, *_marks(result)) for result in results]


def _marks(result: MeasureResult) -> tuple[str, ...]:
    computed, declared = result.quality, result.measure.quality
    return (
        *(_RATINGS[rating] for rating in _computed(computed)),
        _RATINGS[declared.accuracy],
        _RATINGS[declared.systems],
        f"{declared.signed_off_on:%d %b %Y}" if declared.signed_off_on else "never",
        f"{declared.audited_on:%d %b %Y}" if declared.audited_on else "never",
    )


def _computed(rating: QualityRating | None) -> tuple[str, ...]:
    if rating is None:
        return ("not_assessed",) * 4
    return rating.timeliness, rating.completeness, rating.validity, rating.consistency


REASONS: Final = (
    Field("kind", Column(label="Kind of reason")),
    Field("patients", Column(label="Patients", kind="rate")),
    Field("share", Column(label="Share", kind="rate", unit="%")),
    Field("everywhere", Column(label="All trusts", kind="rate", unit="%")),
    Field("largest", Column(label="Most frequent", kind="text"), "reason of the kind, with its patients"),
)


def reasons_rows(reasons: Reasons) -> Rows:
    """Return the kinds of reason, most first, beside all trusts."""
    return [
        (
            kind.name,
            kind.patients,
            kind.share,
            kind.everywhere,
            f"{_PATHWAY.sub('', kind.largest)} ({number(kind.largest_patients)})" if kind.largest else None,
        )
        for kind in reasons.kinds
    ]


def chart_fields(result: MeasureResult) -> tuple[Field, ...]:
    """Return the columns of the data behind a chart."""
    measure = result.measure

    def column(label: str, kind: ColumnKind) -> Column:
        return Column(label=label, kind=kind, unit=measure.unit, digits=measure.digits)

    counted = measure.kind == "count" and result.series.origin == "records"
    return (
        Field("period", Column(label="Period", kind="date"), "its first day"),
        Field("value", column("Value", "count" if counted else "rate")),
        Field("mean", column("Mean", "model"), "of the values that the limits rest on"),
        Field("lower", column("Lower limit", "model")),
        Field("upper", column("Upper limit", "model")),
        Field("target", column("Target", "model"), "in force in the period"),
        Field("planned", column("Planned", "model"), "trajectory registered, or our line to a milestone", usual=False),
        Field("special", Column(label="Special cause", kind="text"), "rule that the value meets", usual=False),
    )  # fmt: skip


def chart_rows(result: MeasureResult) -> Rows:
    """Return the data behind a chart, as they may be shown."""
    chart, rows = result.chart, []
    lines = (chart.centre, chart.lower, chart.upper, chart.target)
    for place, day in enumerate(result.series.days):
        cells = [None if not np.isfinite(line[place]) else float(line[place]) for line in lines]
        held = result.held[place]
        planned = held.value if held is not None and held.by != "target" else None
        reason = chart.reason[place] if chart.direction[place] else None
        rows.append((day.isoformat(), _value_cell(result, place), *cells, planned, reason))
    return rows


def _value_cell(result: MeasureResult, place: int) -> Cell:
    if result.series.hidden[place]:
        return SUPPRESSED
    value = float(result.series.shown[place])
    return None if np.isnan(value) else value
