"""From objective to effect: who carries what, what it is expected to give, and what was decided.

A row of the four column matrix says what a team does for an objective of the organisation and what that is
expected to give; a change carries it out (`Event.expected`); a decision says what came of looking at it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal, Self

from pydantic import Field, model_validator

from helpers.errors import near_misses
from helpers.register.entry import ALL_ORGANISATIONS, Identifier, MonthText, RegisterEntry, Text

#: by which of the models an expected impact is worked out
ImpactModel = Literal[
    "missed_appointments", "length_of_stay", "waiting_list", "day_cases", "follow_up_ratio"
]
#: a setting of a model: a number, or its low, likely and high
Setting = float | tuple[float, float, float]


@dataclass(frozen=True)
class ModelSettings:
    """What a model is told: what it cannot do without, and what it takes where nothing is said."""

    needed: tuple[str, ...]
    usual: Mapping[str, float] = field(default_factory=dict)
    further: tuple[str, ...] = ()  # what it does without where nothing is said


#: a list is too long by so much that nobody waits longer than the standard: told by these two
_AMBITION: Final = ("waiting_list", "standard_weeks")
#: amounts are of a year, shares between 0 and 1
MODEL_SETTINGS: Final[dict[ImpactModel, ModelSettings]] = {
    "missed_appointments": ModelSettings(
        ("missed", "reduction", "additions"), {"filled": 0, "rebooked": 1, "ramp_weeks": 0}, _AMBITION
    ),
    "length_of_stay": ModelSettings(("days_shorter", "patients"), {"occupancy": 0.92}),
    "waiting_list": ModelSettings(("extra_a_week", "additions", "waiting_list"), {}, ("standard_weeks",)),
    "day_cases": ModelSettings(("operations", "share_now", "share_aimed", "nights"), {"occupancy": 0.92}),
    "follow_up_ratio": ModelSettings(
        ("first_appointments", "ratio_now", "ratio_aimed"), {"first_minutes": 30, "follow_up_minutes": 15}
    ),
}
#: how a change is expected to show in a series
EffectShape = Literal["level", "slope", "both"]
#: what a change is held against: other trusts' mean, nothing, or the code of an organisation
PEERS: Final = "peers"
NO_CONTROL: Final = "none"


class Action(RegisterEntry):
    """What was agreed to be done, by which role, until when."""

    action: Text
    owner: Text
    due: date


class Team(RegisterEntry):
    """A division, service or team that carries objectives; `unit` is the code under which its figures are kept."""

    id: Identifier
    name: Text
    organisation: Text = ALL_ORGANISATIONS
    parent: Identifier | None = None  # the team that it belongs to
    unit: str = ""
    owner: Text  # a role


class ExpectedImpact(RegisterEntry):
    """What a change is expected to give: worked out by a model, or estimated by hand with its reason.

    By hand `value` is needed, in `unit`, with `low` and `high` where they are known.
    """

    model: ImpactModel | None = None
    settings: dict[Identifier, Setting] = Field(
        default_factory=dict
    )  # of the model, as MODEL_SETTINGS has them
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

    @model_validator(mode="after")
    def _says_what_the_model_needs(self) -> Self:
        if self.model is None:
            return self
        takes = MODEL_SETTINGS[self.model]
        known = (*takes.needed, *takes.usual, *takes.further)
        problems = [f"{name} is needed" for name in takes.needed if name not in self.settings]
        problems += [
            f"{name} is none of its settings. {near_misses(name, known)}".strip()
            for name in self.settings
            if name not in known
        ]
        problems += [
            f"{name}: low, likely and high must rise"
            for name, value in self.settings.items()
            if isinstance(value, tuple) and not (value[0] <= value[1] <= value[2] and value[0] < value[2])
        ]
        if problems:
            raise ValueError(
                f"settings of {self.model}: {'; '.join(problems)}; it takes {', '.join(known)}"
            )
        return self


class MatrixRow(RegisterEntry):
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
    overlaps: tuple[
        Identifier, ...
    ] = ()  # rows whose effect is partly the same, beyond same measure or beds


class Risk(RegisterEntry):
    """A risk on the assurance framework: what is done about it, and how anybody knows that this works."""

    id: Identifier
    organisation: Text
    name: Text
    owner: Text  # a role
    committee: str = ""  # that looks after it
    objective: Identifier | None = None  # what it endangers
    score: int = Field(ge=1, le=25)  # likelihood times consequence, as it is now
    accepted: int | None = Field(default=None, ge=1, le=25)  # the score with which one could live
    controls: tuple[Text, ...] = ()  # what is done about it
    assurance: tuple[Text, ...] = ()  # from where one knows that the controls work
    gaps: tuple[Text, ...] = ()  # in either
    measures: tuple[Identifier, ...] = ()  # in which it would be seen


class ExpectedEffect(RegisterEntry):
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


class BoardDecision(RegisterEntry):
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
