"""The performance report: its sections, each from the results of all measures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from helpers.analyses.performance_report import changes, page_one, tables
from helpers.analyses.performance_report.glossary import glossary_words
from helpers.analyses.performance_report.measure_parts import (
    measure_figure,
    measure_icons,
    measure_section,
    name_of,
    what_words,
)
from helpers.analyses.performance_report.ranking import FADED_AFTER, faded, in_order
from helpers.audience import current_audience
from helpers.bundle import Panel
from helpers.data.last_published import LastPublished, last_before
from helpers.errors import Problem, UsageError, near_misses
from helpers.measures.figures import period_words
from helpers.measures.gathering import Asked, Results, measure_results
from helpers.measures.result import MOST_MEASURES, MeasureResult
from helpers.measures.words import all_sentences
from helpers.places import state_folder
from helpers.report.sections import Sections
from helpers.report.shown import Shown, ShownParts
from helpers.report.words import listed, month, sentence

if TYPE_CHECKING:
    from helpers.report.opening import Report

#: charts shorter than this have no limits worth drawing
FEWEST_MONTHS = 13


@dataclass(frozen=True)
class PerformanceOptions:
    """What a parameter file may ask of the report; see the notebook's parameters cell."""

    measures: tuple[str, ...] = ()
    months: int = 36


def read_options(
    report: Report, *, measures: Sequence[str] | None = None, months: int = 36
) -> PerformanceOptions:
    """Return the options, checked against the register.

    Raises
    ------
    UsageError
        For a measure that the register does not have or that is named twice, or too few months.
    """
    known = report.register.measures
    problems = [
        Problem(f"measures: {name}", "not in the register", cure=near_misses(name, list(known)))
        for name in measures or ()
        if name not in known
    ]
    twice = sorted({name for name in measures or () if list(measures or ()).count(name) > 1})
    problems += [Problem(f"measures: {name}", "named twice", cure="name it once") for name in twice]
    if months < FEWEST_MONTHS:
        problems.append(Problem("months", f"{months}", f"{FEWEST_MONTHS} or more"))
    if problems:
        raise UsageError(problems)
    return PerformanceOptions(tuple(measures or ()), months)


class PerformanceReport(Sections):
    """The sections of the performance report.

    Parameters
    ----------
    report
        The open report; its period is one month.
    options
        Which measures, and how many months a chart covers.
    """

    def __init__(self, report: Report, options: PerformanceOptions) -> None:
        self.options = options
        asked = Asked(report.organisation, report.period.last, options.measures, options.months)
        self.results: Results = measure_results(report.mart, report.register, asked)
        super().__init__(report, sorted({name for result in self.shown for name in result.series.datasets}))

    @property
    def period(self) -> str:
        """The report's month: "2026-09"."""
        return self.report.period.folder

    @cached_property
    def shown(self) -> list[MeasureResult]:
        """The results that are reported, in the register's order."""
        return [result for result in self.results if not faded(result)]

    @cached_property
    def ranked(self) -> list[MeasureResult]:
        """The results that are reported, attention first."""
        return in_order(self.shown)

    # --- page one --------------------------------------------------------------------------------

    def headline(self) -> Shown:
        """What the board should know first; carries what the next report compares itself with."""
        first, *rest = page_one.headline_sentences(self.shown)
        bundle = self.text("headline", "\n\n".join([f"**{first}**", *rest]), kind="headline").bundle
        kept = changes.summary_of(self.shown, self.key, self.period)
        return Shown(bundle.model_copy(update={"kept": kept}))

    @property
    def key(self) -> str:
        """Which report this is, whenever it is run: its title, its organisation, its measures."""
        return "|".join((self.report.title, self.report.organisation.code, *self.options.measures))

    def alert_advise_assure(self) -> Shown:
        """What to alert the board to, what to advise it of, what to assure it of."""
        return self.panels("assurance", page_one.assurance_panels(self.shown, self.period))

    def rule(self) -> Shown:
        """The rule by which measures fall into categories."""
        return self.text("rule", page_one.rule_sentences(self.shown) or "No measure has a figure.")

    def as_at(self) -> Shown:
        """Up to which day the data of each measure speak."""
        return self.text("as-at", page_one.as_at_list(self.ranked))

    def where_to_look(self) -> Shown:
        """Table: every measure with its latest value, its target, its icons and a few words."""
        columns, rows = tables.look_table(self.ranked)
        caption = f"Every measure, most urgent first, {self.report.period.label}."
        if not rows:
            return self.text("nothing", self._missing_words())
        return self.table("tbl-measures", caption, columns, rows, note=self._too_many())

    def _too_many(self) -> str:
        if len(self.shown) <= MOST_MEASURES:
            return ""
        return sentence(
            f"{len(self.shown)} measures are more than a board can weigh at one sitting; {MOST_MEASURES} are plenty"
        )

    # --- the matrix ------------------------------------------------------------------------------

    def matrix(self) -> Shown:
        """Table: variation by assurance, each measure in one cell."""
        columns, rows = tables.matrix_table(self.shown)
        if not rows:
            return self.text("no-matrix", "No measure has a figure.")
        caption = "Variation of each measure beside how its limits lie to the target."
        return self.table("tbl-matrix", caption, columns, rows)

    # --- each measure ------------------------------------------------------------------------------

    def measures(self) -> ShownParts:
        """A section for each measure, most urgent first."""
        parts = [part for result in self.ranked for part in self._section(result)]
        return ShownParts(tuple(parts or [self.text("no-measures", self._missing_words())]))

    def _section(self, result: MeasureResult) -> Iterator[Shown]:
        yield from measure_section(self._own(result), result, self.period)

    def _own(self, result: MeasureResult) -> Sections:
        """Return what makes objects that know this measure's sources alone."""
        return Sections(self.report, result.series.datasets or self.within)

    # --- one measure, for a notebook of an analyst's own ---------------------------------------------

    def section(self, measure: str) -> ShownParts:
        """The whole section of one measure, as `measures` has it."""
        return ShownParts(tuple(self._section(self._result(measure))))

    def icons(self, measure: str) -> Shown:
        """The icons of one measure."""
        result = self._result(measure)
        return measure_icons(self._own(result), result)

    def spc(self, measure: str) -> Shown:
        """The process behaviour chart of one measure, or a sentence where there is nothing to draw."""
        result = self._result(measure)
        return measure_figure(self._own(result), result) if result.drawn else self.say(measure)

    def say(self, measure: str) -> Shown:
        """What the chart of one measure shows, in words."""
        result = self._result(measure)
        return self._own(result).text(f"say-{name_of(result)}", what_words(result))

    def _result(self, measure: str) -> MeasureResult:
        found = self.results.by_measure.get(measure)
        if found is None:
            reported = list(self.results.by_measure)
            came = "no figure of it is in this report"
            cure = near_misses(measure, reported) or "name it in `measures`, or leave `measures` out"
            raise UsageError(Problem(f"measure {measure!r}", came, ", ".join(reported), cure))
        return found

    # --- what changed, what is missing -------------------------------------------------------------

    @cached_property
    def last(self) -> LastPublished | None:
        """What the last published report of an earlier month said."""
        return last_before(current_audience().home(state_folder(self.report.root)), self.key, self.period)

    def changes(self) -> Shown:
        """What is said differently than in the last published report."""
        before = {} if self.last is None else changes.read_summary(self.last)
        rows = changes.change_rows(self.ranked, before) if before else []
        said = changes.change_sentence(self.last, rows)
        if not rows:
            return self.text("changes", said)
        return self.table("tbl-changes", said, changes.CHANGE_COLUMNS, rows)

    def quality(self) -> Shown:
        """Table: the data-quality kite mark of every measure."""
        columns, rows = tables.quality_table(self.shown)
        if not rows:
            return self.text("no-quality", self._missing_words())
        note = (
            "Timely, complete, valid and consistent are computed from the data. Accurate, systems, sign-off and "
            "audit are what the register declares."
        )
        return self.table(
            "tbl-quality", "Data-quality kite mark of each measure.", columns, rows, note=note
        )

    def missing(self) -> Shown:
        """Which measures of the register are not reported, and why."""
        return self.text("missing", self._missing_words())

    def _missing_words(self) -> str:
        old = [
            f"{result.measure.name} ({self._last_words(result)})"
            for result in self.results
            if faded(result)
        ]
        lines = []
        if old:
            lines.append(f"- **Left out**, with no figure for {FADED_AFTER} months: {'; '.join(old)}.")
        if none := [measure.name for measure in self.results.missing]:
            lines.append(f"- **No figure of this organisation**: {'; '.join(none)}.")
        return "\n".join(lines) or "Every measure that was asked for has a figure."

    @staticmethod
    def _last_words(result: MeasureResult) -> str:
        day = result.latest.day if result.latest else result.series.days[-1]
        return f"last: {period_words(day, result.measure.frequency)}"

    # --- method ------------------------------------------------------------------------------------

    def method(self) -> Shown:
        """How the report was made."""
        asked = self.results.asked
        merged = self.report.organisation.predecessors
        points = [
            f"Charts are XmR charts in the style of NHS England's Making Data Count, over the last {asked.months} "
            "months of each measure. Limits are the mean plus and minus 2.66 times the mean moving range, moving "
            "ranges of more than 3.267 times the mean left out once.",
            "A special cause is a value beyond a limit, seven values in a row that rise or fall, seven in a row on "
            "one side of the mean, or two of three near a limit.",
            "A measure has no single stable period where more than half of its values are special causes, or where "
            "each value follows the one before too closely (correlation beyond 0.6, from 13 points on). Its limits "
            "are then those of the longest steady stretch at its end, of 13 values at least, marked as suggested; "
            "where there is none, no limits are drawn.",
            "A milestone for March is judged in March. Before that, months are held against the trajectory that the "
            "organisation registered, else against a straight line from where it stood, called our line.",
            f"Figures are out of date by what the register allows, judged on {asked.judged_on.day} "
            f"{month(asked.judged_on)}, the last day of the report's month.",
            "Forecasts are made for targets that have a date, from at least 12 months that can be compared. The way "
            "of forecasting is the one that would have done best in the past, and its intervals are as wide as "
            "its past errors ask for.",
            "Trusts of the same kind are compared in the same period, unadjusted: they may treat different patients. "
            "Counts are compared per 100 of what they grow with, such as beds, or not at all.",
        ]
        if merged:
            points.append(f"Histories of organisations that joined are added: {listed(merged)}.")
        return self.text("method", "\n".join(f"- {point}" for point in points))

    def glossary(self) -> Shown:
        """The terms that occur in this report, in plain words."""
        return self.text("glossary", glossary_words(self._texts()) or "No special terms occur.")

    def _texts(self) -> Iterator[str]:
        """Yield everything that this report says."""
        yield from page_one.headline_sentences(self.shown)
        yield page_one.rule_sentences(self.shown)
        yield from _panel_texts(page_one.assurance_panels(self.shown, self.period))
        for result in self.ranked:
            yield from all_sentences(result)


def _panel_texts(panels: Sequence[Panel]) -> Iterator[str]:
    for panel in panels:
        yield panel.markdown
