"""The annex: measures that need nobody's attention as small charts, six to a page, with a line each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final

from helpers.analyses.performance_report.tables import Rows
from helpers.bundle import SUPPRESSED, Cell
from helpers.measures.columns import short_period
from helpers.measures.figures import goal_words, told_figure
from helpers.measures.pictures import multiples_of
from helpers.measures.result import MeasureResult
from helpers.measures.value_words import latest_sentence, short_words
from helpers.report.charts.multiples import PER_PAGE
from helpers.report.columns import fields
from helpers.report.sections import Sections
from helpers.report.shown import Shown
from helpers.report.words import listed, sentence

FIELDS: Final = fields(__file__, "annex")


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
    """Yield a line for each, and then the small charts, six to a picture.

    The lines come first: on paper a picture goes to the head of a page, away from what stands before or after it.
    """
    if results:
        lines = (f"- **{result.measure.name}**: {told(result)}" for result in results)
        yield sections.text("annex-lines", "\n".join(lines))
    drawn = [result for result in results if result.drawn]
    for page, first in enumerate(range(0, len(drawn), PER_PAGE), start=1):
        yield _picture(sections, drawn[first : first + PER_PAGE], page)


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
