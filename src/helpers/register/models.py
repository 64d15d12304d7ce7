"""What the register says: measures, objectives, events and comments as frozen models.

The measure is the performance measures record sheet as data. Headings, captions, charts, record sheets
and the scorecard read it, so nothing about a measure is written twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fnmatch import fnmatchcase
from operator import attrgetter
from typing import Final, Literal, Self, TypeVar

from pydantic import Field, model_validator

from helpers.register.arrangement import BOARD_PATHWAYS, KAPLAN_NORTON, Pathway, Perspective
from helpers.register.contract import Contract, Meeting, PaymentScheme
from helpers.register.cycle import Action, BoardDecision, ExpectedEffect, MatrixRow, Risk, Team
from helpers.register.entry import (
    ALL_ORGANISATIONS,
    Identifier,
    MonthText,
    OrganisationCode,
    RegisterEntry,
    Text,
)
from helpers.register.files import OwnFile, RecordMapping, TableMapping
from helpers.register.grids import Assessment, Consensus, Grid
from helpers.register.oversight import OversightFramework

Direction = Literal["increase", "decrease", "neutral"]
#: what numerator and denominator are: persons of persons, events per something, one count, a mean
MeasureKind = Literal["proportion", "rate", "ratio", "count", "mean"]
#: whom or what the counts are of: those of patients are subject to disclosure control
About = Literal["patients", "staff", "money", "other"]
Frequency = Literal["day", "month", "quarter", "year", "rolling12", "snapshot"]
Benchmark = Literal["national_mean", "peer_median", "best_quartile", "target", "own_past"]
TargetKind = Literal["constitutional", "planning_milestone", "local"]
#: what must reach the target: each period's value, March's, the year's mean, or the year's sum
TargetMeaning = Literal["every_period", "march_value", "year_mean", "cumulative"]
Rating = Literal["sufficient", "insufficient", "not_assessed"]
EventKind = Literal["intervention", "series_break", "merger", "external"]

#: days after the end of a period for which its figure counts as fresh, where a measure says nothing else
FRESH_FOR: Final[dict[str, int]] = {
    "day": 14,
    "month": 60,
    "quarter": 120,
    "year": 400,
    "rolling12": 210,
    "snapshot": 60,
}


class Target(RegisterEntry):
    """A target and the days on which it is in force (both included); `value` is in the measure's unit."""

    value: float
    kind: TargetKind
    source: Text
    start: date | None = None
    end: date | None = None
    meaning: TargetMeaning = "every_period"

    def in_force(self, day: date) -> bool:
        """Tell whether the target is in force on a day."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.start and self.end and self.end < self.start:
            raise ValueError(f"end {self.end} is before start {self.start}")
        return self


class Examples(RegisterEntry):
    """What a measure says of an invented organisation alone: no real one has agreed it."""

    action: str = ""
    targets: tuple[Target, ...] = ()


class DeclaredQuality(RegisterEntry):
    """The half of the data-quality kite mark that people declare; the other half is computed."""

    signed_off_by: str = ""  # a role, not a name
    signed_off_on: date | None = None
    audited_on: date | None = None
    accuracy: Rating = "not_assessed"
    systems: Rating = "not_assessed"


class Measure(RegisterEntry):
    """One measure: what it is, why it is kept, who acts on it, and when it is good.

    Needed are its name, kind, unit and direction, and what it is counted of unless it is a count.
    """

    id: Identifier
    name: Text
    subject: str = ""  # what a sentence calls it, in the singular: "the share of appointments missed"
    description: Text  # its name by default
    purpose: str = ""
    objective: Identifier | None = None
    perspective: Identifier | None = None
    pathway: Identifier | None = None  # its row on page one of the performance report
    #: what it means for a patient or the trust where it is missed, as risk registers score it: 1 negligible to
    #: 5 catastrophic; the worst comes first
    consequence: int = Field(default=3, ge=1, le=5)
    people: str = (
        ""  # what befell those on the wrong side, after their number: "had waited more than a year"
    )
    scorecard: bool = False  # whether it stands on the balanced scorecard
    weight: float = Field(default=1, gt=0)  # there, against the others
    self_assessed: bool = False  # judged by those who are measured, not counted
    kind: MeasureKind
    about: About = "patients"
    small_numbers: Literal["hidden", "shown"] = "hidden"
    small_numbers_reason: str = ""  # why those of patients are shown: printed in the report
    numerator: Text  # its name by default
    denominator: str | None = None  # none for counts alone
    exclusions: str = ""
    unit: Text  # "%" : values are percentages, 92 and not 0.92
    digits: int = Field(default=1, ge=0, le=6)
    direction: Direction
    targets: tuple[Target, ...] = ()
    benchmark: Benchmark = "own_past"
    source: str = ""
    frequency: Frequency = "month"
    stale_after_days: int = Field(gt=0)  # after the end of the period; by default as `FRESH_FOR` says
    owner: str = ""  # a role: who acts on it
    action: str = ""
    requested_by: str = ""  # who asked for it
    collected_by: str = ""  # who measures
    read_by: tuple[
        Text, ...
    ] = ()  # the meetings that look at it: one of "board" is a measure at board level
    target_basis: str = ""  # how the target was set
    perverse_effects: str = ""  # what it may lead people to do, and how that would be seen
    seasonal: bool = False  # a winter is worse than a summer: like months are compared
    quality: DeclaredQuality = DeclaredQuality()
    examples: Examples = Examples()

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, entry: object) -> object:
        if not isinstance(entry, dict):
            return entry
        entry = {key: value for key, value in entry.items() if value is not None}  # a blank form's: open
        name, days = entry.get("name"), FRESH_FOR.get(str(entry.get("frequency", "month")))
        defaults = {"description": name, "numerator": name, "stale_after_days": days}
        return {key: value for key, value in defaults.items() if value is not None} | entry

    @property
    def controlled(self) -> bool:
        """Whether small numbers of it, counted from records, are hidden."""
        return self.about == "patients" and self.small_numbers == "hidden"

    @property
    def scale(self) -> float:
        """What numerator / denominator is multiplied with to give the value in the measure's unit.

        A unit names it: "%" is 100, "per 1,000 spells" is 1,000, anything else 1.
        """
        if self.unit == "%":
            return 100.0
        if self.unit.startswith("per "):
            number = self.unit.split()[1].replace(",", "")
            return float(number) if number.isdigit() else 1.0
        return 1.0

    @property
    def called(self) -> str:
        """What a sentence calls it: its subject, or its name in quotation marks."""
        return self.subject.strip() or f"“{self.name}”"

    def with_examples(self) -> Measure:
        """Return the measure as a demonstration has it: its examples as if an organisation had agreed them."""
        return self.model_copy(
            update={
                "action": self.action or self.examples.action,
                "targets": (*self.targets, *self.examples.targets),
                "examples": Examples(),
            }
        )

    def target_on(self, day: date) -> Target | None:
        """Return the target in force on a day; of several, the one that began last.

        A local target or planning milestone therefore stands before an older constitutional one.
        """
        current = [target for target in self.targets if target.in_force(day)]
        return max(current, key=lambda target: target.start or date.min, default=None)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.kind != "count" and not (self.denominator or "").strip():
            raise ValueError(f"a measure of kind {self.kind} needs a denominator")
        if self.scorecard and self.perspective is None:
            raise ValueError("a measure on the scorecard needs a perspective")
        if self.small_numbers == "shown" and not self.small_numbers_reason.strip():
            raise ValueError("small_numbers: shown needs its reason in small_numbers_reason")
        return self


class Objective(RegisterEntry):
    """What the organisation wants to reach; measures say how far it has come."""

    id: Identifier
    name: Text
    description: Text
    owner: Text
    ambition: str = ""  # what reaching it would mean, in a sentence with its number and its day


class Event(RegisterEntry):
    """Something that happened on a day and may show in a series."""

    id: Identifier
    name: Text
    day: date
    kind: EventKind
    organisation: Text = ALL_ORGANISATIONS
    measures: tuple[Identifier, ...] = ()  # none: every measure
    rebase: bool = False  # limits restart here
    description: str = ""  # why: printed beside the chart
    author: str = ""  # who registered it: a role
    review: MonthText | None = (
        None  # when it is asked whether it worked; by default once that can be judged
    )
    expected: dict[Identifier, ExpectedEffect] = Field(default_factory=dict)  # by measure

    def concerns(self, measure: str, organisation: str) -> bool:
        """Tell whether the event bears on a measure of an organisation."""
        return self.organisation in (ALL_ORGANISATIONS, organisation) and (
            not self.measures or measure in self.measures
        )


class Merger(RegisterEntry):
    """An organisation that became part of another on a day; its history counts for the successor."""

    id: OrganisationCode
    name: Text
    successor: OrganisationCode
    day: date


class Trajectory(RegisterEntry):
    """What an organisation plans to reach, month by month, on the way to a target of a measure."""

    measure: Identifier
    organisation: Text
    source: Text  # where the plan was agreed
    owner: str = ""  # a role
    months: dict[MonthText, float] = Field(min_length=1)  # in the measure's unit


class Comment(RegisterEntry):
    """An analyst's words on a measure of an organisation in a month."""

    measure: Identifier
    organisation: Text
    month: MonthText
    author: Text  # a role, not a name
    why: Text
    next: str = ""
    owner: str = ""  # the role that answers for what comes next; the measure's own by default
    recovery: date | None = None  # the day by which the measure is to be back where it should be
    actions: tuple[Action, ...] = ()
    written: date | None = None  # the day on which a form brought it


_MONTH: Final = attrgetter("month")
Dated = TypeVar("Dated", Event, Meeting, BoardDecision)


def _by_day(found: Iterable[Dated]) -> tuple[Dated, ...]:
    return tuple(sorted(found, key=attrgetter("day")))


class Register(RegisterEntry):
    """All of it, keyed by id where there is one; files by their path from the project's folder."""

    measures: dict[str, Measure] = Field(default_factory=dict)
    objectives: dict[str, Objective] = Field(default_factory=dict)
    events: dict[str, Event] = Field(default_factory=dict)
    comments: tuple[Comment, ...] = ()
    trajectories: tuple[Trajectory, ...] = ()
    mergers: dict[str, Merger] = Field(default_factory=dict)
    teams: dict[str, Team] = Field(default_factory=dict)
    matrix: dict[str, MatrixRow] = Field(default_factory=dict)
    decisions: tuple[BoardDecision, ...] = ()
    risks: dict[str, Risk] = Field(default_factory=dict)
    contracts: dict[str, Contract] = Field(default_factory=dict)
    meetings: tuple[Meeting, ...] = ()
    payment: dict[str, PaymentScheme] = Field(default_factory=dict)  # by financial year
    oversight: dict[str, OversightFramework] = Field(default_factory=dict)  # by financial year
    grids: dict[str, Grid] = Field(default_factory=dict)
    assessments: tuple[Assessment, ...] = ()
    consensus: tuple[Consensus, ...] = ()
    files: dict[str, OwnFile] = Field(default_factory=dict)
    mappings: dict[str, TableMapping | RecordMapping] = Field(default_factory=dict)
    perspectives: dict[str, Perspective] = Field(
        default_factory=lambda: {perspective.id: perspective for perspective in KAPLAN_NORTON}
    )

    pathways: dict[str, Pathway] = Field(
        default_factory=lambda: {pathway.id: pathway for pathway in BOARD_PATHWAYS}
    )

    def share_of(self, perspective: str) -> float:
        """Return the share of the weights that a perspective is to have, in %; equal ones where none is given."""
        share = self.perspectives[perspective].share
        return 100 / len(self.perspectives) if share is None else share

    def events_of(self, measure: str, organisation: str) -> tuple[Event, ...]:
        """Return the events that bear on a measure of an organisation, in order of their days."""
        return _by_day(each for each in self.events.values() if each.concerns(measure, organisation))

    def trajectory_of(self, measure: str, organisation: str) -> dict[str, float]:
        """Return what an organisation plans of a measure by month; of a month planned twice, the later entry."""
        return {
            month: value
            for plan in self.trajectories
            if (plan.measure, plan.organisation) == (measure, organisation)
            for month, value in plan.months.items()
        }

    def comments_of(self, measure: str, organisation: str, until: str = "") -> tuple[Comment, ...]:
        """Return the comments on a measure of an organisation up to a month, the latest first."""
        found = (c for c in self.comments if (c.measure, c.organisation) == (measure, organisation))
        return tuple(sorted((c for c in found if not until or c.month <= until), key=_MONTH, reverse=True))

    def teams_of(self, organisation: str) -> dict[str, Team]:
        """Return the teams of an organisation by id, those of every organisation among them."""
        return {
            key: team
            for key, team in self.teams.items()
            if team.organisation in (ALL_ORGANISATIONS, organisation)
        }

    def matrix_of(self, organisation: str) -> dict[str, MatrixRow]:
        """Return the rows of an organisation's four column matrix by id."""
        return {key: row for key, row in self.matrix.items() if row.organisation == organisation}

    def risks_of(self, organisation: str) -> dict[str, Risk]:
        """Return the risks of an organisation by id."""
        return {key: risk for key, risk in self.risks.items() if risk.organisation == organisation}

    def contracts_of(self, organisation: str, year: str) -> dict[str, Contract]:
        """Return the contracts of an organisation for a financial year by id."""
        wanted = (organisation, year)
        return {
            key: each for key, each in self.contracts.items() if (each.organisation, each.year) == wanted
        }

    def meetings_of(self, contract: str) -> tuple[Meeting, ...]:
        """Return the meetings on a contract, the earliest first."""
        return _by_day(each for each in self.meetings if each.contract == contract)

    def assessments_of(self, organisation: str, grid: str) -> tuple[Assessment, ...]:
        """Return what assessors of an organisation said by a grid, the earliest round first."""
        found = (e for e in self.assessments if (e.organisation, e.grid) == (organisation, grid))
        return tuple(sorted(found, key=_MONTH))

    def consensus_of(self, organisation: str, grid: str) -> tuple[Consensus, ...]:
        """Return what was agreed on an organisation by a grid, the earliest round first."""
        found = (e for e in self.consensus if (e.organisation, e.grid) == (organisation, grid))
        return tuple(sorted(found, key=_MONTH))

    def changes_of(self, organisation: str) -> dict[str, Event]:
        """Return the events of an organisation with an expected effect by id, the earliest first."""
        whom = (ALL_ORGANISATIONS, organisation)
        found = _by_day(
            each for each in self.events.values() if each.expected and each.organisation in whom
        )
        return {each.id: each for each in found}

    def decisions_of(self, organisation: str, until: str = "") -> tuple[BoardDecision, ...]:
        """Return an organisation's decisions up to a month, the earliest first."""
        found = _by_day(each for each in self.decisions if each.organisation == organisation)
        return tuple(each for each in found if not until or f"{each.day:%Y-%m}" <= until)

    def file(self, name: str) -> OwnFile | None:
        """Return what is said of a file: under its own path, or the first pattern that it matches.

        >>> kept = OwnFile(origin="other", source="Finance", as_at=date(2026, 4, 1))
        >>> register = Register(files={"data/beds-*.csv": kept})
        >>> register.file("data/beds-2026.csv") == kept, register.file("data/staff.csv")
        (True, None)
        """
        if name in self.files:
            return self.files[name]
        return next((each for pattern, each in self.files.items() if fnmatchcase(name, pattern)), None)
