"""What may be asked of the performance report, checked against the register; and the cover sheet before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from helpers.errors import Problem, raise_all
from helpers.measures.gathering import wrongly_asked
from helpers.measures.result import MeasureResult
from helpers.register.models import Register

Purpose = Literal["assurance", "decision", "discussion"]
PURPOSES: Final = get_args(Purpose)


@dataclass(frozen=True)
class Cover:
    """What a parameter file says for the cover; without a purpose there is none."""

    purpose: str = ""
    lead: str = ""  # a role; by default those that own what needs attention
    risks: tuple[str, ...] = ()
    recommendation: str = ""


def cover_rows(
    cover: Cover, attention: Sequence[MeasureResult], register: Register
) -> list[tuple[str, str]]:
    """Return the lines of the cover sheet; what nobody has given is said to be missing."""
    owners = dict.fromkeys(result.measure.owner for result in attention if result.measure.owner)
    touched = dict.fromkeys(result.measure.objective for result in attention if result.measure.objective)
    objectives = [register.objectives[name].name for name in touched if name in register.objectives]
    return [
        ("Lead", cover.lead or "; ".join(owners) or "nobody named"),
        ("Purpose", f"For {cover.purpose}"),
        ("Objectives touched", "; ".join(objectives) or "none by what needs attention"),
        ("Risks on the assurance framework", "; ".join(cover.risks) or "none named"),
        ("Recommendation", cover.recommendation or "none given"),
    ]


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
    cover: Cover = field(default_factory=Cover)


def check_options(options: PerformanceOptions, register: Register) -> None:
    """Refuse all that is wrong about what was asked for."""
    problems = wrongly_asked(register, options.measures)
    if options.months < FEWEST_MONTHS:
        problems.append(Problem("months", f"{options.months}", f"{FEWEST_MONTHS} or more"))
    purpose, purposes = options.cover.purpose, ("", *PURPOSES)
    for name, came, allowed in (("pages", options.pages, get_args(Pages)), ("purpose", purpose, purposes)):
        if came not in allowed:
            problems.append(Problem(name, came, ", ".join(filter(None, allowed))))
    raise_all(problems)
