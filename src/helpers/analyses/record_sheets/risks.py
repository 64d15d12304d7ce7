"""Risks on the assurance framework, with the quality of the data behind each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from helpers.analyses.performance_report.measure_parts import quality_words
from helpers.analyses.record_sheets.sheets import RecordSheet
from helpers.errors import Problem, UsageError, near_misses
from helpers.register import Measure, Register, Risk
from helpers.report.columns import fields

NONE: Final = "none written down"
RISKS: Final = fields(__file__, "risks")


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
