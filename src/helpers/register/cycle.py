"""From objective to effect: who carries what, what it is expected to give, and what was decided.

A row of the four column matrix says what a team does for an objective of the organisation and what that is
expected to give; a change carries it out (`Event.expected`); a decision says what came of looking at it.
"""

from __future__ import annotations

from datetime import date
from typing import Final, Literal, Self

from pydantic import Field, model_validator

from helpers.register.entry import ALL_ORGANISATIONS, Entry, Identifier, MonthText, Text

#: by which of the models an expected impact is worked out
ImpactModel = Literal[
    "missed_appointments", "length_of_stay", "waiting_list", "day_cases", "follow_up_ratio"
]
#: how a change is expected to show in a series
EffectShape = Literal["level", "slope", "both"]
#: what a change is held against: other trusts' mean, nothing, or the code of an organisation
PEERS: Final = "peers"
NO_CONTROL: Final = "none"


class Team(Entry):
    """A division, service or team that carries objectives; `unit` is the code under which its figures are kept."""

    id: Identifier
    name: Text
    organisation: Text = ALL_ORGANISATIONS
    parent: Identifier | None = None  # the team that it belongs to
    unit: str = ""
    owner: Text  # a role


class ExpectedImpact(Entry):
    """What a change is expected to give: worked out by a model, or estimated by hand with its reason.

    By hand `value` is needed, in `unit`, with `low` and `high` where they are known.
    """

    model: ImpactModel | None = None
    settings: dict[Identifier, float | str] = Field(default_factory=dict)  # of the model
    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    reason: str = ""

    @model_validator(mode="after")
    def _is_one_or_the_other(self) -> Self:
        if (self.model is None) == (self.value is None):
            raise ValueError("either a model, or a value estimated by hand")
        if self.value is not None and not (self.unit.strip() and self.reason.strip()):
            raise ValueError("a value estimated by hand needs its unit and its reason")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"low {self.low:g} is above high {self.high:g}")
        return self


class MatrixRow(Entry):
    """A row of the four column matrix: the organisation's objective, the team's, its measure, its impact."""

    id: Identifier
    organisation: Text
    objective: Identifier
    team: Identifier
    team_objective: Text
    measure: Identifier
    change: Text  # what is done
    start: MonthText
    review: MonthText | None = None  # when it is looked at again
    impact: ExpectedImpact | None = None  # none: nobody has said yet


class ExpectedEffect(Entry):
    """By how much a change is expected to move a measure, in the measure's unit: -0.3 is less by 0.3.

    With the shape `slope` the size is what it comes to after a year.
    """

    size: float
    low: float | None = None
    high: float | None = None
    shape: EffectShape = "level"
    control: Text = PEERS  # or "none", or the code of an organisation
    row: Identifier | None = None  # the row of the matrix that it carries out

    @model_validator(mode="after")
    def _moves_the_measure(self) -> Self:
        if self.size == 0:
            raise ValueError("a change that moves nothing has no effect to look for; give its size")
        low, high = (self.size if end is None else end for end in (self.low, self.high))
        if not low <= self.size <= high:
            raise ValueError(f"size {self.size:g} is not between low {low:g} and high {high:g}")
        return self


class BoardDecision(Entry):
    """What was decided in a meeting, who does it by when, and whether it is done."""

    organisation: Text
    day: date
    decision: Text
    owner: Text  # a role
    due: date | None = None
    done: date | None = None
    outcome: str = ""
    measure: Identifier | None = None
    objective: Identifier | None = None
    event: Identifier | None = None  # the change that was reviewed

    @model_validator(mode="after")
    def _is_done_after_it_was_decided(self) -> Self:
        early = [day for day in (self.due, self.done) if day is not None and day < self.day]
        if early:
            raise ValueError(f"{early[0]} is before {self.day}, the day of the decision")
        return self

    def is_overdue(self, day: date) -> bool:
        """Tell whether it should have been done by a day and was not.

        >>> ward = {"organisation": "RGT", "decision": "Open the ward", "owner": "Chief nurse"}
        >>> late = BoardDecision(**ward, day=date(2026, 1, 8), due=date(2026, 2, 1))
        >>> late.is_overdue(date(2026, 2, 1)), late.is_overdue(date(2026, 2, 2))
        (False, True)
        """
        return self.due is not None and self.due < day and (self.done is None or self.done > day)
