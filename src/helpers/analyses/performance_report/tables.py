"""The tables of the performance report: where to look, the matrix, data quality, what has changed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from helpers.bundle import SUPPRESSED, Cell, Column
from helpers.data.quality import QualityRating
from helpers.measures.figures import goal_words, period_words
from helpers.measures.reasons import Reasons
from helpers.measures.result import STANDINGS, VARIATIONS, MeasureResult, Standing, Variation
from helpers.measures.value_words import bare_figure, short_words
from helpers.measures.words import NO_ICON_WORDS, UNSETTLED_WORDS
from helpers.report.words import number

STANDING_WORDS: Final[dict[Standing, str]] = {
    "pass": "Meets target",
    "hit_or_miss": "Hit or miss",
    "fail": "Misses target",
    "no_target": "No target",
    "too_few": "Too few points",
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
_RATINGS: Final = {"sufficient": "yes", "insufficient": "no", "not_assessed": "not assessed"}

Rows = list[tuple[Cell, ...]]


def look_table(results: Sequence[MeasureResult]) -> tuple[tuple[Column, ...], Rows]:
    """Return columns and rows of "where to look": every measure once, in the order given."""
    columns = (
        Column(label="Measure"),
        Column(label="Latest", kind="text"),
        Column(label="Target", kind="text"),
        Column(label="Variation", kind="icon"),
        Column(label="Assurance", kind="icon"),
        Column(label="In words", kind="text"),
    )
    return columns, [_look_row(result) for result in results]


def _look_row(result: MeasureResult) -> tuple[Cell, ...]:
    measure, latest = result.measure, result.latest
    if latest is None:
        hidden = SUPPRESSED if result.series.hidden.any() else None
        return (measure.name, hidden, None, None, None, short_words(result))
    return (
        measure.name,
        f"{bare_figure(measure, latest.value)}\n{short_period(result)}",
        None if result.target is None else goal_words(measure, result.target.value),
        variation_cell(result),
        result.assurance_icon or NO_ICON_WORDS[result.standing],
        short_words(result),
    )


def variation_cell(result: MeasureResult) -> str:
    """Return the variation's icon, or why there is none."""
    return "one point" if result.points < 2 else result.variation_icon or UNSETTLED_WORDS


def short_period(result: MeasureResult) -> str:
    """Return the latest shown period, short enough for a cell: "Sep 2026"."""
    assert result.latest is not None, "asked for with a latest value alone"
    if result.measure.frequency == "month":
        return f"{result.latest.day:%b %Y}"
    return period_words(result.latest.day, result.measure.frequency)


def as_at_words(result: MeasureResult) -> str:
    """Return the day up to which a measure's data speak."""
    day = result.as_at
    return "–" if day is None else f"{day.day} {day:%b %Y}"


def matrix_table(results: Sequence[MeasureResult]) -> tuple[tuple[Column, ...], Rows]:
    """Return columns and rows of the matrix that are used: each measure that has a value in exactly one cell."""
    shown = [result for result in results if result.category != "nothing"]
    standings = [name for name in STANDINGS if any(result.standing == name for result in shown)]
    variations = [name for name in VARIATIONS if any(result.variation == name for result in shown)]
    columns = (
        Column(label="Variation"),
        *(Column(label=STANDING_WORDS[standing], kind="text") for standing in standings),
    )
    rows: Rows = [
        (
            VARIATION_WORDS[variation],
            *(
                "\n".join(result.measure.name for result in cell_of(shown, variation, standing)) or None
                for standing in standings
            ),
        )
        for variation in variations
    ]
    return columns, rows


def cell_of(
    results: Sequence[MeasureResult], variation: Variation, standing: Standing
) -> list[MeasureResult]:
    """Return the measures of one cell of the matrix."""
    return [r for r in results if r.variation == variation and r.standing == standing]


def quality_table(results: Sequence[MeasureResult]) -> tuple[tuple[Column, ...], Rows]:
    """Return columns and rows of the data-quality kite mark: computed and declared halves."""
    labels = ("Timely", "Complete", "Valid", "Consistent", "Accurate", "Systems", "Signed off", "Audited")
    columns = (Column(label="Measure"), *(Column(label=label, kind="text") for label in labels))
    return columns, [(result.measure.name, *_marks(result)) for result in results]


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


def reasons_table(reasons: Reasons) -> tuple[tuple[Column, ...], Rows]:
    """Return columns and rows of the kinds of reason, most first, beside all trusts."""
    columns = (
        Column(label="Kind of reason"),
        Column(label="Patients", kind="rate"),
        Column(label="Share", kind="rate", unit="%"),
        Column(label="All trusts", kind="rate", unit="%"),
        Column(label="Most frequent", kind="text"),
    )
    return columns, [
        (
            kind.name,
            kind.patients,
            kind.share,
            kind.everywhere,
            f"{_PATHWAY.sub('', kind.largest)} ({number(kind.largest_patients)})" if kind.largest else None,
        )
        for kind in reasons.kinds
    ]


def chart_table(result: MeasureResult) -> tuple[tuple[Column, ...], Rows]:
    """Return columns and rows of the data behind a chart, as they may be shown."""
    measure, chart = result.measure, result.chart

    def column(label: str, kind: str) -> Column:
        return Column(label=label, kind=kind, unit=measure.unit, digits=measure.digits)  # type: ignore[arg-type]

    counted = measure.kind == "count" and result.series.origin == "records"
    columns = (
        Column(label="Period", kind="date"),
        column("Value", "count" if counted else "rate"),
        column("Mean", "model"),
        column("Lower limit", "model"),
        column("Upper limit", "model"),
        column("Target", "model"),
    )
    lines = (chart.centre, chart.lower, chart.upper, chart.target)
    rows: Rows = []
    for place, day in enumerate(result.series.days):
        cells = [None if not np.isfinite(line[place]) else float(line[place]) for line in lines]
        rows.append((day.isoformat(), _value_cell(result, place), *cells))
    return columns, rows


def _value_cell(result: MeasureResult, place: int) -> Cell:
    if result.series.hidden[place]:
        return SUPPRESSED
    value = float(result.series.shown[place])
    return None if np.isnan(value) else value
