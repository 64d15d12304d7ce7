"""`measure_records`: the measures record sheets of an organisation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import Final

from helpers.analyses.record_sheets.sheets import (
    RecordSheet,
    at_board,
    is_same,
    leaving_board,
    of_committee,
    risk_rows,
    sheet_part,
    sheets_of,
)
from helpers.errors import UsageError, near_misses, raise_all
from helpers.measures.gathering import results_for, wrongly_asked
from helpers.measures.result import MOST_MEASURES
from helpers.phrases import phrases
from helpers.register.sheet import GAPS
from helpers.report.analyses_in_room import analyse_in_room
from helpers.report.arguments import names_near_misses
from helpers.report.parts import Headline, Part, part
from helpers.report.report import Report
from helpers.report.sections import Sections
from helpers.report.words import capital, count, in_words, listed, sentence, together

NOBODY: Final = "Nobody named"


@names_near_misses
def measure_records(
    report: Report, *, measures: Sequence[str] | None = None, committee: str | None = None
) -> MeasureRecords:
    """Return the record sheets, with where each measure stands now.

    Parameters
    ----------
    report
        The open report; its period is one month.
    measures
        Ids of the register in their order; None takes those with a figure, and those that somebody reads.
    committee
        A meeting, as `read_by` and the risks name it: then what it reads, and the risks that it looks after.

    Raises
    ------
    UsageError
        For a measure that the register does not have, or a committee that nothing there names.
    """
    return analyse_in_room(MeasureRecords, report.apart(), tuple(measures or ()), committee or "")


class MeasureRecords(Sections):
    """The record sheets of an organisation's measures; see `measure_records`."""

    def __init__(self, report: Report, measures: Sequence[str], committee: str = "") -> None:
        known = report.register.measures
        self.risks_kept = list(report.register.risks_of(report.organisation.code).values())
        if committee:
            self.risks_kept = [each for each in self.risks_kept if is_same(each.committee, committee)]
            measures = measures or of_committee(known.values(), self.risks_kept, committee)
        raise_all(wrongly_asked(report.register, tuple(dict.fromkeys(measures))))
        results = results_for(report, tuple(dict.fromkeys(measures)))
        self.sheets = sheets_of(results, report.register, results.asked.judged_on)
        super().__init__(report, results.datasets)

    @cached_property
    def _board(self) -> list[RecordSheet]:
        return at_board(self.sheets)

    @part
    def headline(self) -> Headline:
        """Which measures are candidates to drop, what is left open, and whether the board reads too many."""
        said = {
            "drop": drop_sentence(self.sheets),
            "urgent": urgent_sentence(self.sheets),
            "open": open_sentence(self.sheets),
            "board": board_sentence(self._board, leaving_board(self._board)),
        }
        said = {name: text for name, text in said.items() if text}
        counts = {"measures": len(self.sheets), "drop": sum(each.drop for each in self.sheets)}
        return self.headline_of(said, counts)

    @part
    def gaps(self) -> Part:
        """Table: what the sheets leave open by who has to answer, where nobody is named first."""
        rows = []
        for owner in sorted({each.measure.owner for each in self.sheets}):  # an empty one stands first
            its = [each for each in self.sheets if each.measure.owner == owner]
            for gap in GAPS:
                if found := [each.measure.name for each in its if gap in each.gaps]:
                    cells = capital(gap.words), count(len(found), "measure"), "; ".join(found)
                    rows.append((owner or NOBODY, *cells))
        caption, none = "What the record sheets leave open, by owner.", "The sheets leave nothing open."
        return self.part("gaps", rows=rows, caption=caption, by="owner", none=none)

    @part
    def to_drop(self) -> Part:
        """Table: the measures that are candidates to drop, why, and where they stand; a sentence where none is."""
        rows = [
            (each.measure.name, gap_words(each), each.standing, each.measure.owner or NOBODY)
            for each in sorted(self.sheets, key=lambda each: each.needs_attention, reverse=True)
            if each.drop
        ]
        caption, none = "Candidates to drop, what needs attention first.", "No measure is one to drop."
        return self.part("drop", rows=rows, caption=caption, none=none)

    @part
    def at_board_level(self) -> Part:
        """Table: what could leave the board, where it reads more than it can weigh; a sentence where it does not."""
        leaving = leaving_board(self._board)
        said = {"board": board_sentence(self._board, leaving)}
        rows = [(each.measure.name, each.standing, str(each.measure.consequence)) for each in leaving]
        caption = f"Beyond the {MOST_MEASURES} that a board can weigh, the quietest and least grave first."
        return self.part("board", rows=rows, caption=caption, words=said)

    @part
    def risks(self) -> Part:
        """Table: risks on the assurance framework with controls, assurance, gaps and the data behind each."""
        return self.part(
            "risks",
            rows=risk_rows(self.risks_kept, self.sheets, self.report.register),
            caption="Risks on the assurance framework, the highest first.",
            on_slide=True,
            none="No risk is registered (`risks.yml`).",
        )

    @part
    def pages(self) -> Part:
        """Every sheet: where the measure stands now, and what its record sheet says."""

        rows = [(each.measure.name, each.standing) for each in self.sheets]
        return self.composed(
            "sheets",
            lambda: (shown for each in self.sheets for shown in self._own(each).shown),
            rows=rows,
        )

    def sheet(self, measure: str) -> Part:
        """One sheet."""
        known = {each.measure.id: each for each in self.sheets}
        if measure not in known:
            cure = near_misses(measure, list(known)) or "name it in `measures`"
            raise UsageError(f"measure {measure!r}", "no sheet of it is in this report", cure=cure)
        return self._own(known[measure])

    def _own(self, sheet: RecordSheet) -> Part:
        """Return a sheet that knows its own measure's sources alone."""
        own = sheet.result.series.datasets if sheet.result else ()
        return sheet_part(Sections(self.report, own or self.within), sheet)

    @part
    def method(self) -> Part:
        """How the sheets are made, and how to answer what they leave open."""
        return self.part("method", words=phrases("method.records"), bulleted=True)


# --- in words -----------------------------------------------------------------------------------------


#: so many measures are named in a sentence; a table has the rest
MOST_NAMED: Final = 5


def names_of(sheets: Sequence[RecordSheet]) -> str:
    """Return the names of some sheets' measures, the first of them where there are many."""
    return listed((f"“{each.measure.name}”" for each in sheets), most=MOST_NAMED)


def drop_sentence(sheets: Sequence[RecordSheet]) -> str:
    """Say how many measures are candidates to drop, and which first."""
    wanting = [each for each in sheets if each.drop]
    if not sheets:
        return "The register has no measure of which this organisation has a figure."
    if not wanting:
        whole = "the one measure" if len(sheets) == 1 else f"each of the {count(len(sheets), 'measure')}"
        has = "has somebody who acts on it, a meeting that reads it and an objective that it serves"
        return sentence(f"{whole} {has}: none is one to drop")
    one = len(wanting) == 1
    verb, them, serves = (
        ("is a candidate", "it", "it serves") if one else ("are candidates", "them", "they serve")
    )
    said = f"{in_words(len(wanting))} of {count(len(sheets), 'measure')} {verb} to drop"
    why = f"nobody acts on {them}, nobody reads {them}, or {serves} no objective"
    return f"**{sentence(said)}** " + sentence(f"{why}: {names_of(wanting)}")


def urgent_sentence(sheets: Sequence[RecordSheet]) -> str:
    """Name the candidates that need attention: they lack somebody who looks, no reason to be kept; empty without."""
    urgent = [each for each in sheets if each.drop and each.needs_attention]
    if not urgent:
        return ""
    need, lack = ("needs", "it lacks") if len(urgent) == 1 else ("need", "they lack")
    rest = f"{need} attention now, so what {lack} is somebody who looks"
    return sentence(f"before any goes: {names_of(urgent)} {rest}")


def open_sentence(sheets: Sequence[RecordSheet]) -> str:
    """Say what the sheets leave open most often; empty where they leave nothing open."""
    often = Counter(gap.words for each in sheets for gap in each.gaps if not gap.drop).most_common(2)
    if not often:
        return ""
    said = "; ".join(f"{words} ({count(number, 'measure')})" for words, number in often)
    return sentence(f"left open most often: {said}")


def board_sentence(board: Sequence[RecordSheet], leaving: Sequence[RecordSheet]) -> str:
    """Say how many measures the board reads, and which could leave it first where that is too many."""
    if not board:
        return "No measure is registered as read by the board (`read_by`)."
    rest = (
        f"{MOST_MEASURES} are plenty, and the first that could leave for a committee: {names_of(leaving)}"
    )
    said = sentence(f"the board reads {count(len(board), 'measure')}")
    return together(said, sentence(rest) if leaving else "")


def gap_words(sheet: RecordSheet) -> str:
    """Return why a measure is a candidate to drop."""
    return capital("; ".join(gap.words for gap in sheet.gaps if gap.drop))
