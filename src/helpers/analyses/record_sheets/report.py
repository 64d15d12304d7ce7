"""The record sheets of an organisation in parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final

from helpers.analyses.record_sheets import words
from helpers.analyses.record_sheets.risks import RISKS, is_same, of_committee, risk_rows
from helpers.analyses.record_sheets.sheets import (
    RecordSheet,
    at_board,
    leaving_board,
    sheet_part,
    sheets_of,
)
from helpers.bundle import Column
from helpers.errors import Problem, UsageError, near_misses
from helpers.measures.gathering import WantedMeasures, measure_results
from helpers.measures.result import MOST_MEASURES
from helpers.phrases import phrase
from helpers.register.sheet import GAPS
from helpers.report.parts import Field, Headline, Part, part
from helpers.report.sections import Sections
from helpers.report.shown import Shown
from helpers.report.words import capital, count

if TYPE_CHECKING:
    from helpers.report.report import Report

MONTHS: Final = 36
NOBODY: Final = "Nobody named"
BY_OWNER: Final = (
    Field("owner", Column(label="Owner"), usual=False),
    Field("gap", Column(label="What is open")),
    Field("measures", Column(label="Measures", kind="text"), "how many"),
    Field("names", Column(label="Which", kind="text")),
)
TO_DROP: Final = (
    Field("measure", Column(label="Measure")),
    Field("why", Column(label="Why", kind="text")),
    Field("standing", Column(label="Where it stands", kind="text")),
    Field("owner", Column(label="Who acts on it", kind="text"), usual=False),
)


class MeasureRecords(Sections):
    """The record sheets of an organisation's measures.

    Parameters
    ----------
    measures
        Ids of the register in their order; none takes those with a figure, and those that somebody reads.
    committee
        A meeting: then what it reads, and the risks that it looks after; empty for all.
    """

    def __init__(self, report: Report, measures: Sequence[str], committee: str = "") -> None:
        known = report.register.measures
        self.risks_kept = list(report.register.risks_of(report.organisation.code).values())
        if committee:
            self.risks_kept = [each for each in self.risks_kept if is_same(each.committee, committee)]
            measures = measures or of_committee(known.values(), self.risks_kept, committee)
        problems = [
            Problem(f"measures: {name}", "not in the register", cure=near_misses(name, list(known)))
            for name in measures
            if name not in known
        ]
        if problems:
            raise UsageError(problems)
        asked = WantedMeasures(
            report.organisation, report.period.last, tuple(dict.fromkeys(measures)), MONTHS
        )
        results = measure_results(report.mart, report.register, asked)
        self.sheets = sheets_of(results, report.register, asked.judged_on)
        super().__init__(report, sorted({name for each in results for name in each.series.datasets}))

    @cached_property
    def _board(self) -> list[RecordSheet]:
        return at_board(self.sheets)

    @part
    def headline(self) -> Headline:
        """Which measures are candidates to drop, what is left open, and whether the board reads too many."""
        said = {
            "drop": words.drop_sentence(self.sheets),
            "urgent": words.urgent_sentence(self.sheets),
            "open": words.open_sentence(self.sheets),
            "board": words.board_sentence(self._board, leaving_board(self._board)),
        }
        counts = {"measures": len(self.sheets), "drop": sum(each.drop for each in self.sheets)}
        return self.headline_of({name: text for name, text in said.items() if text}, counts)

    @part
    def gaps(self) -> Part:
        """Table: what the sheets leave open by who has to answer, where nobody is named first."""
        owners = sorted(
            {each.measure.owner for each in self.sheets}
        )  # an empty one stands before all others
        rows = [
            (
                owner or NOBODY,
                capital(gap.words),
                count(len(found), "measure"),
                "; ".join(each.measure.name for each in found),
            )
            for owner in owners
            for gap in GAPS
            if (found := [each for each in self.sheets if each.measure.owner == owner and gap in each.gaps])
        ]
        if not rows:
            return self.part("gaps", words={"none": "The sheets leave nothing open."})
        return self.part(
            "gaps",
            fields=BY_OWNER,
            rows=rows,
            caption="What the record sheets leave open, by owner.",
            by="owner",
        )

    @part
    def to_drop(self) -> Part:
        """Table: the measures that are candidates to drop, why, and where they stand; a sentence where none is."""
        rows = [
            (each.measure.name, words.gap_words(each), each.standing, each.measure.owner or NOBODY)
            for each in sorted(self.sheets, key=lambda each: each.needs_attention, reverse=True)
            if each.drop
        ]
        if not rows:
            return self.part("drop", words={"none": "No measure is one to drop."})
        return self.part(
            "drop", fields=TO_DROP, rows=rows, caption="Candidates to drop, what needs attention first."
        )

    @part
    def at_board_level(self) -> Part:
        """Table: what could leave the board, where it reads more than it can weigh; a sentence where it does not."""
        leaving = leaving_board(self._board)
        said = {"board": words.board_sentence(self._board, leaving)}
        rows = [(each.measure.name, each.standing, str(each.measure.consequence)) for each in leaving]
        if not rows:
            return self.part("board", words=said)
        fields = (
            Field("measure", Column(label="Measure")),
            Field("standing", Column(label="Where it stands", kind="text")),
            Field(
                "consequence", Column(label="Consequence", kind="text"), "1 negligible to 5 catastrophic"
            ),
        )
        caption = f"Beyond the {MOST_MEASURES} that a board can weigh, the quietest and least grave first."
        return self.part("board", fields=fields, rows=rows, caption=caption, words=said)

    @part
    def risks(self) -> Part:
        """Table: risks on the assurance framework with controls, assurance, gaps and the data behind each."""
        if not self.risks_kept:
            return self.part("risks", words={"none": "No risk is registered (`risks.yml`)."})
        rows = risk_rows(self.risks_kept, self.sheets, self.report.register)
        return self.part(
            "risks",
            fields=RISKS,
            rows=rows,
            caption="Risks on the assurance framework, the highest first.",
            on_slide=True,
        )

    @part
    def pages(self) -> Part:
        """Every sheet: where the measure stands now, and what its record sheet says."""

        def content() -> Iterator[Shown]:
            for each in self.sheets:
                yield from self._own(each).shown

        fields = (
            Field("measure", Column(label="Measure")),
            Field("standing", Column(label="Where it stands")),
        )
        rows = [(each.measure.name, each.standing) for each in self.sheets]
        return self.composed("sheets", content, fields=fields, rows=rows)

    def sheet(self, measure: str) -> Part:
        """One sheet."""
        known = {each.measure.id: each for each in self.sheets}
        if measure not in known:
            cure = near_misses(measure, list(known)) or "name it in `measures`"
            raise UsageError(Problem(f"measure {measure!r}", "no sheet of it is in this report", cure=cure))
        return self._own(known[measure])

    def _own(self, sheet: RecordSheet) -> Part:
        """Return a sheet that knows its own measure's sources alone."""
        own = sheet.result.series.datasets if sheet.result else ()
        return sheet_part(Sections(self.report, own or self.within), sheet)

    @part
    def method(self) -> Part:
        """How the sheets are made, and how to answer what they leave open."""
        said = [
            phrase("method.records.sheet"),
            phrase("method.records.drop"),
            phrase("method.records.board"),
        ]
        return self.part("method", words={"method": "\n".join(f"* {text}" for text in said)})
