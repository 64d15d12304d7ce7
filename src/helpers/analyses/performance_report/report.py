"""The performance report: its parts, each from the results of all measures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import Any, Final

from helpers.analyses.decided.analysis import decided_part
from helpers.analyses.performance_report import changes, page_one, tables
from helpers.analyses.performance_report.measure_parts import (
    icons_part,
    next_words,
    section_part,
    spc_part,
    why_words,
)
from helpers.analyses.performance_report.method_words import (
    glossary_words,
    method_words,
    small_numbers_words,
)
from helpers.analyses.performance_report.options import PerformanceOptions, cover_rows
from helpers.analyses.performance_report.ranking import (
    FADED_AFTER,
    faded,
    in_order,
    pathway_of,
    pathway_rows,
)
from helpers.audience import current_audience
from helpers.bundle import Column, Panel
from helpers.data.keeping.last_published import LastPublished, last_before
from helpers.errors import UsageError, near_misses
from helpers.measures.attention_words import attention_clauses
from helpers.measures.columns import MEASURE, Result
from helpers.measures.figures import period_words
from helpers.measures.gathering import Results, datasets_behind, results_for
from helpers.measures.result import MOST_MEASURES, MeasureResult
from helpers.measures.words import all_sentences
from helpers.phrases import phrase
from helpers.places import state_folder
from helpers.report.columns import laid_out, text
from helpers.report.parts import Headline, Part, part
from helpers.report.report import Report
from helpers.report.sections import Sections
from helpers.report.shown import Shown
from helpers.report.words import listed, sentence, together

#: sections of the board version, two to a page: with what stands before them at most eight pages
MOST_IN_FULL: Final = 6
_CALM: Final = "Nothing with a recent figure needs attention."


def _reasons(result: MeasureResult) -> str | None:
    clauses = attention_clauses(result)
    return sentence("; ".join(clauses)) if clauses else None


class PerformanceReport(Sections):
    """The parts of the performance report; its report's period is one month."""

    def __init__(self, report: Report, options: PerformanceOptions) -> None:
        self.options = options
        self.results: Results = results_for(report, options.measures, options.months)
        super().__init__(report, datasets_behind(self._shown))

    @property
    def _period(self) -> str:
        """The report's month: "2026-09"."""
        return self.report.period.folder

    @cached_property
    def _shown(self) -> list[MeasureResult]:
        """The results that are reported, in the register's order."""
        return [result for result in self.results if not faded(result)]

    @cached_property
    def _ranked(self) -> list[MeasureResult]:
        """The results that are reported, attention first."""
        return in_order(self._shown)

    @cached_property
    def _pathways(self) -> dict[str, Any]:
        return dict(self.report.register.pathways)

    # --- page one --------------------------------------------------------------------------------

    @part
    def cover(self) -> Part:
        """Table: the cover sheet; shown bare only where the parameters give a purpose."""
        attention = [result for result in self._ranked if result.category == "attention"]
        rows = cover_rows(self.options.cover, attention, self.report.register)
        sheet = self.part("cover", rows=rows, caption="Cover sheet.")
        return replace(sheet, content=lambda: (sheet.table(),) if self.options.cover.purpose else ())

    @part
    def headline(self) -> Headline:
        """What the board should know first; carries what the next report compares itself with."""
        attention = [result for result in self._shown if result.category == "attention"]
        return self.headline_of(
            page_one.headline_words(self._shown, self._pathways),
            {"measures": len(self._shown), "attention": len(attention)},
            kept=changes.summary_of(self._shown, self._key, self._period),
        )

    @property
    def _key(self) -> str:
        """Which report this is, whenever it is run: its title, its organisation, its measures."""
        return "|".join((self.report.title, self.report.organisation.code, *self.options.measures))

    @part
    def page_one(self) -> Part:
        """Table: what needs attention by recent figures, a row for each pathway, five at most."""
        rows = pathway_rows(self._shown, self._pathways)
        if not rows:
            return self.part("page-one", words={"nothing": _CALM})
        return self.part(
            "page-one",
            rows=page_one.rows_of(rows, self._period),
            caption=f"What needs the board's attention in {self.report.period.label}, the gravest first; "
            "trends are those of each row's first figure.",
            words={"more": page_one.more_words(rows)},
        )

    @part
    def advise_assure(self) -> Part:
        """What to advise the board of, and what to assure it of, side by side."""
        words = {
            "advise": page_one.advise_words(self._shown),
            "assure": page_one.assure_words(self._shown),
        }
        panels = [Panel(title=name.capitalize(), markdown=said) for name, said in words.items()]
        return self.composed("advise", lambda: (self.panels("assurance", panels),), words=words)

    @part
    def out_of_date(self) -> Part:
        """Measures without a recent figure, and where they stood."""
        said = page_one.out_of_date_words(self._shown)
        panel = Panel(title="Out of date, and where it stood", markdown=said)
        return self.composed(
            "out-of-date",
            lambda: (self.panels("out-of-date", [panel]),) if said else (),
            words={"out_of_date": said},
        )

    @part
    def decided(self) -> Part:
        """Table: what was decided before, what is overdue first; nothing where the register has no decisions."""
        return decided_part(self, self.report)

    # --- page two --------------------------------------------------------------------------------

    @part
    def summary(self) -> Part:
        """Table: every measure by domain, with target, icons, mean and limits, trend and place among trusts."""
        if not self._shown:
            return self.part("nothing", words={"missing": self._missing_words()})
        counted, by_chance = page_one.count_sentence(self._shown), page_one.chance_sentence(self._shown)
        return self.part(
            "measures",
            **tables.summary(self._ranked, self._pathways),
            caption=f"Every measure by domain, {self.report.period.label}.",
            note=together(counted, by_chance, self._too_many()),
            by="domain",
            on_slide=True,
        )

    def _too_many(self) -> str:
        if len(self._shown) <= MOST_MEASURES:
            return ""
        return sentence(
            f"{len(self._shown)} measures are more than a board can weigh at one sitting; {MOST_MEASURES} are plenty"
        )

    # --- exceptions, annex ------------------------------------------------------------------------

    @cached_property
    def _exceptions(self) -> list[MeasureResult]:
        """What needs attention by recent figures, and in the full version what has changed."""
        fresh = [result for result in self._ranked if not result.stale]
        moved = () if self._is_board else ("improvement", "concern", "neutral")
        return [
            r
            for r in fresh
            if r.category == "attention" or (r.category == "watched" and r.variation in moved)
        ]

    @property
    def _is_board(self) -> bool:
        return self.options.pages == "board"

    @part
    def exceptions(self) -> Part:
        """A section for each measure that needs attention, and in the full version for each that has changed."""
        columns = (
            MEASURE,
            Result("pathway", Column(label="Pathway"), lambda r: pathway_of(r, self._pathways).name),
            Result("attention", text("Needs attention"), _reasons, "every reason; none where it has only changed"),
            Result("why", text("Why"), lambda r: why_words(r, self._period)),
            Result("next", text("What next"), next_words, "with owner and date of recovery"),
        )  # fmt: skip
        told = {"nothing": "" if self._exceptions else _CALM}
        return self.composed(
            "exceptions", self._exception_pages, **laid_out(columns, self._exceptions), words=told
        )

    def _exception_pages(self) -> Iterator[Shown]:
        if not self._exceptions:
            yield self.text("no-exceptions", _CALM)
        most = MOST_IN_FULL if self._is_board else len(self._exceptions)
        for result in self._exceptions[:most]:
            yield from self.section(result.measure.id).shown
        if rest := self._exceptions[most:]:
            yield self.heading("exceptions-short", "Also needing attention, in short", level=3)
            yield from tables.annex_pages(self, rest, page_one.short_line)

    @part
    def annex(self) -> Part:
        """Every other measure as a small chart with a line; not shown in the board version, like all that follows."""
        rest = [result for result in self._ranked if result not in self._exceptions]
        plain = self.part("annex", rows=tables.annex_rows(rest))
        return self._below(
            "Annex: all other measures", replace(plain, content=lambda: tables.annex_pages(self, rest))
        )

    def _annexed(self, heading: str, name: str, **told: Any) -> Part:
        """Return its table, or else its words, below a heading of its own."""
        plain = self.part(name, **told)
        rows = bool(plain.rows)
        return self._below(heading, replace(plain, content=(plain.table(),)) if rows else plain)

    def _below(self, heading: str, plain: Part) -> Part:
        """Return a part below a heading, which the board version does not show."""

        def shown() -> Iterator[Shown]:
            found = () if self._is_board else plain.shown
            if found:
                yield self.heading(plain.name, heading)
                yield from found

        return replace(plain, content=shown)

    # --- one measure, for a notebook of an analyst's own ---------------------------------------------

    def section(self, measure: str) -> Part:
        """The whole section of one measure, as the exceptions have it."""
        result = self._result(measure)
        return section_part(self._own(result), result, self._period, short=self._is_board)

    def icons(self, measure: str) -> Part:
        """The icons of one measure."""
        result = self._result(measure)
        return icons_part(self._own(result), result)

    def spc(self, measure: str) -> Part:
        """The process behaviour chart of one measure; its sentences alone where there is nothing to draw."""
        result = self._result(measure)
        return spc_part(self._own(result), result)

    def _own(self, result: MeasureResult) -> Sections:
        """Return what makes objects that know this measure's sources alone."""
        return Sections(self.report, result.series.datasets or self.within)

    def _result(self, measure: str) -> MeasureResult:
        found = self.results.by_measure.get(measure)
        if found is None:
            reported = list(self.results.by_measure)
            came = "no figure of it is in this report"
            cure = near_misses(measure, reported) or "name it in `measures`, or leave `measures` out"
            raise UsageError(f"measure {measure!r}", came, ", ".join(reported), cure)
        return found

    # --- the rest of the annex ---------------------------------------------------------------------

    @part
    def matrix(self) -> Part:
        """Table: what has changed beside what the limits say of the target, and what to do with each."""
        return self._annexed(
            "Variation and assurance",
            "matrix",
            rows=tables.matrix_rows(self._shown),
            caption="Has it changed, will it meet its target, and what to do.",
            by="variation",
        )

    @cached_property
    def _last(self) -> LastPublished | None:
        """What the last published report of an earlier month said."""
        return last_before(current_audience().home(state_folder(self.report.root)), self._key, self._period)

    @part
    def changes(self) -> Part:
        """What is said differently than in the last published report."""
        before = {} if self._last is None else changes.read_summary(self._last)
        rows = changes.change_rows(self._ranked, before) if before else []
        said = changes.change_sentence(self._last, rows)
        told = {"rows": rows, "caption": said, "words": {"changes": said}}
        return self._annexed("What has changed", "changes", **told)

    @part
    def quality(self) -> Part:
        """Table: the data-quality kite mark of every measure."""
        told = tables.quality(self._shown) if self._shown else {}
        caption = "Data-quality kite mark of each measure."
        plain = self.part("quality", **told, caption=caption)
        how = f"{phrase('method.performance.kite_mark')} {small_numbers_words(self._shown)}".strip()
        said = self.text("quality", together(*plain.words.values(), how))
        differs = sum(each.usual for each in plain.fields) > 1
        return self._below(
            "Data quality", replace(plain, content=(plain.table(), said) if differs else (said,))
        )

    @part
    def missing(self) -> Part:
        """Which measures of the register are not reported, and why."""
        return self._annexed("Not in this report", "missing", words={"missing": self._missing_words()})

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

    @part
    def method(self) -> Part:
        """How the report was made."""
        said = method_words(self.results.asked, listed(self.report.organisation.predecessors))
        return self._annexed("Method", "method", words={"method": said})

    @part
    def glossary(self) -> Part:
        """The terms that occur in this report, in plain words."""
        return self._annexed("Terms used", "glossary", words={"terms": glossary_words(self._texts())})

    def _texts(self) -> Iterator[str]:
        """Yield everything that this report says."""
        yield from page_one.headline_words(self._shown, self._pathways).values()
        for what in (self.page_one, self.advise_assure, self.out_of_date):
            yield from what.words.values()
            yield from (str(cell) for row in what.rows for cell in row)
        for result in self._ranked:
            yield from all_sentences(result)
