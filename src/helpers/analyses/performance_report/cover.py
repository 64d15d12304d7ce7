"""The cover sheet that boards put before a paper: who leads, what it is for, what it touches, what is recommended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

from helpers.bundle import Column
from helpers.measures.result import MeasureResult
from helpers.register.models import Register
from helpers.report.parts import Field

Purpose = Literal["assurance", "decision", "discussion"]
PURPOSES: Final = get_args(Purpose)
FIELDS: Final = (
    Field("about", Column(label="Cover sheet")),
    Field("said", Column(label="For the board", kind="text")),
)


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
