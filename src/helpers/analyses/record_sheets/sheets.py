"""Record sheets: what each answers and leaves open, where its measure stands, and the risks that rest on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from helpers.analyses.performance_report.measure_parts import (
    icon_panels,
    name_of,
    quality_words,
    spc_part,
    what_words,
)
from helpers.errors import Problem, UsageError, near_misses
from helpers.measures.gathering import Results
from helpers.measures.result import CATEGORIES, MOST_MEASURES, MeasureResult
from helpers.measures.value_words import latest_sentence
from helpers.measures.words import CATEGORY_WORDS
from helpers.register import Measure, Register, Risk
from helpers.register.sheet import Gap, SheetLine, answers, gaps_of, is_at_board
from helpers.report.columns import fields
from helpers.report.parts import Part
from helpers.report.sections import Sections
from helpers.report.shown import Shown

OPEN: Final = "not answered"
NO_FIGURE: Final = "no figure"


@dataclass(frozen=True)
class RecordSheet:
    """A measure of an organisation as its record sheet has it."""

    measure: Measure
    result: MeasureResult | None  # None where the data have no figure of it
    answers: tuple[SheetLine, ...]
    gaps: tuple[Gap, ...]

    @property
    def drop(self) -> bool:
        """Whether it is a candidate to drop."""
        return any(gap.drop for gap in self.gaps)

    @property
    def needs_attention(self) -> bool:
        """Whether it needs attention by its figures."""
        return self.result is not None and self.result.category == "attention"

    @property
    def standing(self) -> str:
        """Where it stands in a few words."""
        if self.result is None or self.result.category == "nothing":
            return NO_FIGURE
        old = ", by figures out of date" if self.result.stale else ""
        return CATEGORY_WORDS[self.result.category].lower() + old


def sheets_of(results: Results, register: Register, day: date) -> tuple[RecordSheet, ...]:
    """Return the sheets of what is asked for in its order; of a whole register those with a figure or a reader."""
    found, asked = results.by_measure, results.asked.measures
    without = {measure.id: measure for measure in results.missing if asked or measure.read_by}
    order = asked or tuple(register.measures)
    measures = [found[name].measure if name in found else without.get(name) for name in order]
    return tuple(
        RecordSheet(each, found.get(each.id), answers(each, register, day), gaps_of(each, register, day))
        for each in measures
        if each is not None
    )


def leaving_board(board: Sequence[RecordSheet]) -> list[RecordSheet]:
    """Return those beyond what a board can weigh, the first to leave first: the quiet and the least grave."""

    def weight(sheet: RecordSheet) -> tuple[int, int]:
        category = "nothing" if sheet.result is None else sheet.result.category
        return CATEGORIES.index(category), -sheet.measure.consequence

    return sorted(board, key=weight)[MOST_MEASURES:][::-1]


def at_board(sheets: Sequence[RecordSheet]) -> list[RecordSheet]:
    """Return what the board reads."""
    return [each for each in sheets if is_at_board(each.measure)]


def sheet_part(sections: Sections, sheet: RecordSheet) -> Part:
    """Return one sheet: where the measure stands now, and the record sheet below it."""
    name = f"sheet-{sheet.measure.id.replace('_', '-')}"
    rows = [(each.question.label, each.text or OPEN) for each in sheet.answers[1:]]
    if sheet.result is not None and (found := quality_words(sheet.result)):
        rows.append(("Checks of the data", found))
    plain = sections.part(
        name,
        fields=fields(__file__, "sheet"),
        rows=rows,
        caption=f"Record sheet: {sheet.measure.name}.",
        words={"standing": standing_words(sheet)},
    )

    def content() -> Iterator[Shown]:
        yield sections.heading(name, sheet.measure.name, level=3)
        result = sheet.result
        if result is not None and result.latest is not None:
            chart = spc_part(sections, result)
            if chart.chart is not None:
                yield sections.panels(f"icons-{name_of(result)}", icon_panels(result))
                yield chart.as_figure()
        yield sections.text(f"standing-{sheet.measure.id.replace('_', '-')}", standing_words(sheet))
        yield plain.table()

    return replace(plain, content=content)


def standing_words(sheet: RecordSheet) -> str:
    """Say where a measure stands now."""
    if sheet.result is None:
        return "The data have no figure of this measure for this organisation."
    return latest_sentence(sheet.result) if sheet.result.latest is None else what_words(sheet.result)


NONE: Final = "none written down"


def is_same(meeting: str, asked: str) -> bool:
    """Tell whether two names are of one meeting.

    >>> is_same("Quality committee", " quality Committee")
    True
    """
    return meeting.strip().lower() == asked.strip().lower()


def of_committee(measures: Iterable[Measure], risks: Sequence[Risk], committee: str) -> list[str]:
    """Return the measures that a meeting reads, and those of its risks.

    Raises
    ------
    UsageError
        Where no measure and no risk names it.
    """
    known = list(measures)
    read = [each.id for each in known if any(is_same(meeting, committee) for meeting in each.read_by)]
    read += [name for risk in risks for name in risk.measures]
    if not read and not risks:
        names = sorted({meeting for each in known for meeting in each.read_by})
        problem = Problem(
            "committee", f"{committee}: nothing names it", ", ".join(names), near_misses(committee, names)
        )
        raise UsageError(problem)
    return list(dict.fromkeys(read))


def risk_rows(
    risks: Sequence[Risk], sheets: Sequence[RecordSheet], register: Register
) -> list[tuple[str, ...]]:
    """Return a row for each risk, the highest score first; a line of a cell is one control, source or gap."""
    by_measure = {each.measure.id: each for each in sheets}
    return [
        (
            each.name,
            str(each.score) + (f", accepted {each.accepted}" if each.accepted else ""),
            "\n".join(each.controls) or NONE,
            "\n".join(each.assurance) or NONE,
            "\n".join(each.gaps) or NONE,
            "\n".join(_data_words(name, by_measure.get(name), register) for name in each.measures)
            or "no measure shows it",
            register.objectives[each.objective].name if each.objective else "",
            each.owner,
        )
        for each in sorted(risks, key=lambda each: -each.score)
    ]


def _data_words(name: str, sheet: RecordSheet | None, register: Register) -> str:
    """Return a measure's name with where it stands and what is wrong with its data."""
    if sheet is None:
        return f"{register.measures[name].name}: not in this report"
    found = quality_words(sheet.result) if sheet.result else ""
    unsigned = "" if sheet.measure.quality.signed_off_by else "; data not signed off"
    return f"{sheet.measure.name}: {sheet.standing}{unsigned}{f'; {found[0].lower()}{found[1:]}' if found else ''}"
