"""What may be asked of the performance report, checked against the register."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from helpers.analyses.performance_report import cover
from helpers.errors import Problem
from helpers.measures.gathering import wrongly_asked
from helpers.yaml_files import raise_all

if TYPE_CHECKING:
    from helpers.report.opening import Report

#: charts shorter than this have no limits worth drawing
FEWEST_MONTHS = 13
#: board: pages one and two and the exceptions; full: with all that an annex holds
Pages = Literal["board", "full"]


@dataclass(frozen=True)
class PerformanceOptions:
    """What a parameter file may ask of the report; see the notebook's parameters cell."""

    measures: tuple[str, ...] = ()
    months: int = 36
    pages: str = "full"
    cover: cover.Cover = field(default_factory=cover.Cover)


def read_options(
    report: Report,
    *,
    measures: Sequence[str] | None = None,
    months: int = 36,
    pages: str = "full",
    sheet: cover.Cover | None = None,
) -> PerformanceOptions:
    """Return the options, checked against the register; all that is wrong is refused."""
    sheet = sheet or cover.Cover()
    problems = wrongly_asked(report.register, measures or ())
    if months < FEWEST_MONTHS:
        problems.append(Problem("months", f"{months}", f"{FEWEST_MONTHS} or more"))
    for name, came, allowed in (
        ("pages", pages, get_args(Pages)),
        ("purpose", sheet.purpose, ("", *cover.PURPOSES)),
    ):
        if came not in allowed:
            problems.append(Problem(name, came, ", ".join(filter(None, allowed))))
    raise_all(problems)
    return PerformanceOptions(tuple(measures or ()), months, pages, sheet)
