"""The tables of the performance report: every measure, the matrix, data quality, the data behind a chart, the annex."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

import numpy as np

from helpers.analyses.performance_report.ranking import by_domain, pathway_of
from helpers.bundle import SUPPRESSED, Cell, Column, ColumnKind
from helpers.data.checking.quality import QualityRating
from helpers.measures.columns import (
    DATED,
    ID,
    MEASURE,
    PERIOD,
    TARGET,
    Result,
    short_period,
    spark_of,
    variation_cell,
)
from helpers.measures.figures import bounded, goal_words, told_figure
from helpers.measures.pictures import multiples_of
from helpers.measures.reasons import Reasons
from helpers.measures.result import STANDINGS, MeasureResult, Standing, Variation
from helpers.measures.value_words import latest_sentence, short_words
from helpers.measures.words import no_assurance_words
from helpers.phrases import phrases
from helpers.register.arrangement import Pathway
from helpers.report.charts.multiples import ROWS, pictures_of_rows
from helpers.report.columns import fields, laid_out, text
from helpers.report.controlled import finite
from helpers.report.parts import Field
from helpers.report.sections import Sections
from helpers.report.shown import Shown
from helpers.report.words import listed, number, sentence
from helpers.stats.position import VERY_LIKELY

#: what a reason of delay ends in, for those who plan discharges: "(Pathway 1 or 3)"
_PATHWAY: Final = re.compile(r" \(Pathway[^)]*\)$")
_WANTING: Final = ("late", "incomplete", "not valid", "inconsistent")
_RATINGS: Final = {"sufficient": "yes", "insufficient": "no", "not_assessed": "not assessed"}

Rows = list[tuple[Cell, ...]]


def summary(results: Sequence[MeasureResult], pathways: Mapping[str, Pathway]) -> dict[str, Any]:
    """Return the table of every measure, by domain and pathway, the most urgent first."""
    return laid_out(_summary_columns(pathways), by_domain(results, pathways))


def _summary_columns(pathways: Mapping[str, Pathway]) -> tuple[Result, ...]:
    return (
        Result("domain", Column(label="Domain"), lambda r: pathway_of(r, pathways).domain, usual=False),
        MEASURE,
        DATED,
        TARGET,
        Result("icons", Column(label="Variation, assurance", kind="icon"), _icons_cell, "icons, or why there are none"),
        Result("usual", text("Mean, limits"), _usual_cell, "of the period judged"),
        Result("trend", Column(label="Trend", kind="spark"), spark_of, "all values; dotted the target"),
        Result("among", text("Among trusts"), place_words, "place in the same period"),
        Result("data", text("Data"), quality_mark, "what the kite mark finds wanting"),
        Result("category", text("Group"), lambda r: r.category, "for a board to do", usual=False),
        _number("value", "Value", lambda r: r.latest.value if r.latest else None, kind="rate"),
        _number("target_value", "Target value", lambda r: r.target.value if r.target else None),
        _number("mean", "Mean", lambda r: _line(r, "centre")),
        _number("lower", "Lower limit", lambda r: _line(r, "lower")),
        _number("upper", "Upper limit", lambda r: _line(r, "upper")),
        PERIOD,
        Result("pathway", Column(label="Pathway"), lambda r: pathway_of(r, pathways).name, usual=False),
        ID,
    )  # fmt: skip


def _number(
    name: str, label: str, of: Callable[[MeasureResult], Cell], *, kind: ColumnKind = "model"
) -> Result:
    return Result(name, Column(label=label, kind=kind, digits=2), of, "in the measure's unit", usual=False)


def _line(result: MeasureResult, name: str) -> Cell:
    return None if result.latest is None else finite(getattr(result.chart.limits, name))


def _icons_cell(result: MeasureResult) -> str | None:
    """Return the icons of a measure, a line each; what has none for the same reason says it once."""
    if result.latest is None:
        return None
    words = (variation_cell(result) or "", result.assurance_icon or no_assurance_words(result))
    return "\n".join(dict.fromkeys(words))


def _usual_cell(result: MeasureResult) -> str | None:
    measure, limits = result.measure, result.chart.limits
    if result.latest is None or not np.isfinite(limits.centre) or result.points < 2:
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
    return f"{phrases('standings.middle_half')[place.side]} the\nmiddle half of {place.trusts}"


def quality_mark(result: MeasureResult) -> str:
    """Return what is wanting in the computed half of the kite mark: "late, incomplete", or that nothing is."""
    rated = zip(_WANTING, _computed(result.quality), strict=True)
    wanting = [name for name, rating in rated if rating == "insufficient"]
    return ", ".join(wanting) or ("not checked" if result.quality is None else "sound")


def as_at_words(result: MeasureResult) -> str:
    """Return the day up to which a measure's data speak."""
    day = result.as_at
    return "–" if day is None else f"{day.day} {day:%b %Y}"


def matrix_rows(results: Sequence[MeasureResult]) -> Rows:
    """Return the cells of the matrix that are used, a row each: every measure that has a value in exactly one."""
    changed, meets = phrases("standings.variation"), phrases("standings.assurance")
    to_do = phrases("standings.to_do")
    cells: dict[tuple[Variation, Standing], list[str]] = {}
    for result in results:
        if result.category != "nothing":
            cells.setdefault((result.variation, result.standing), []).append(result.measure.name)
    return [
        (
            changed[variation],
            meets[standing],
            "; ".join(cells[variation, standing]),
            to_do.get(f"{variation}.{standing}") or to_do[f"{variation}.any"],
        )
        for variation in _URGENT_FIRST
        for standing in STANDINGS
        if (variation, standing) in cells
    ]


_URGENT_FIRST: Final[tuple[Variation, ...]] = ("concern", "unsettled", "common", "neutral", "improvement")


QUALITY: Final = fields(__file__, "quality")


def quality(results: Sequence[MeasureResult]) -> dict[str, Any]:
    """Return the data-quality kite mark of each measure, computed and declared halves, as fields and rows.

    What is the same of every measure is said once, in `words`, and is no column of the table.
    """
    rows: Rows = [(result.measure.name, *_marks(result)) for result in results]
    alike = [len(rows) > 1 and len(set(cells)) == 1 for cells in zip(*rows, strict=True)]
    columns = tuple(
        replace(each, usual=each.usual and not same) for each, same in zip(QUALITY, alike, strict=True)
    )
    same = [
        f"{each.column.label.lower()} {cell}"
        for each, cell, once in zip(QUALITY, rows[0], alike, strict=True)
        if once
    ]
    words = {"alike": sentence(f"of every measure alike: {', '.join(same)}")} if same else {}
    return {"fields": columns, "rows": rows, "words": words}


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


REASONS: Final = fields(__file__, "reasons")


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
    told = {"unit": measure.unit, "digits": measure.digits}
    date, value, *lines, special = fields(__file__, "chart")
    counted = measure.kind == "count" and result.series.origin == "records"
    value = replace(value, column=value.column.model_copy(update={"kind": "count"} if counted else {}))
    numbers = (replace(each, column=each.column.model_copy(update=told)) for each in (value, *lines))
    return (date, *numbers, special)


def chart_rows(result: MeasureResult) -> Rows:
    """Return the data behind a chart, as they may be shown."""
    chart, rows = result.chart, []
    lines = (chart.centre, chart.lower, chart.upper, chart.target)
    for place, day in enumerate(result.series.days):
        cells = [finite(line[place]) for line in lines]
        held = result.held[place]
        planned = held.value if held is not None and held.by != "target" else None
        reason = chart.reason[place] if chart.direction[place] else None
        value = SUPPRESSED if result.series.hidden[place] else finite(result.series.shown[place])
        rows.append((day.isoformat(), value, *cells, planned, reason))
    return rows


def annex_rows(results: Sequence[MeasureResult]) -> Rows:
    """Return a line for each measure."""
    return [(result.measure.name, line_words(result)) for result in results]


def line_words(result: MeasureResult) -> str:
    """Return a measure in a line: its latest value, its target, what that says of the process."""
    if result.latest is None:
        return latest_sentence(result)
    said = f"{told_figure(result)} in {short_period(result)}"
    if result.target is not None and result.target.meaning != "cumulative":
        said += f", target {goal_words(result.measure, result.target.value)}"
    return sentence(f"{said}; {short_words(result)}")


def annex_pages(
    sections: Sections,
    results: Sequence[MeasureResult],
    told: Callable[[MeasureResult], str] = line_words,
) -> Iterator[Shown]:
    """Yield a line for each, and then the small charts, four to a picture at most.

    The lines come first: on paper a picture goes to the head of a page, away from what stands before or after it.
    """
    if results:
        lines = (f"- **{result.measure.name}**: {told(result)}" for result in results)
        yield sections.text("annex-lines", "\n".join(lines))
    drawn = [result for result in results if result.drawn]
    for page, those in enumerate(pictures_of_rows(len(drawn), ROWS), start=1):
        yield _picture(sections, drawn[those], page)


def _picture(sections: Sections, results: Sequence[MeasureResult], page: int) -> Shown:
    names = listed(result.measure.name for result in results)
    return sections.part(
        f"annex-{page}",
        fields=fields(__file__, "annex_charts"),
        rows=[row for result in results for row in _behind(result)],
        caption=f"{names}. Bands are limits, dotted lines targets.",
        alt=" ".join(f"{result.measure.name}: {line_words(result)}" for result in results),
        chart=partial(multiples_of, results),
    ).as_figure()


def _behind(result: MeasureResult) -> Iterator[tuple[Cell, ...]]:
    series = result.series
    for day, value, hidden in zip(series.days, series.shown, series.hidden, strict=True):
        told = None if value != value else f"{value:.{result.measure.digits}f}"
        yield result.measure.name, day.isoformat(), SUPPRESSED if hidden else told
