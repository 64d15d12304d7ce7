"""The rows of the matrix with what they rest on, what came of them, and what those of an ambition give together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from helpers.analyses.changes.achieved import Achieved
from helpers.analyses.four_columns.models import BEDS, PATIENTS, SLOTS, Amount, Impact, impact_by
from helpers.analyses.sight.lines import path
from helpers.data.organisations.directory import Organisation
from helpers.measures.gathering import Results
from helpers.measures.result import MeasureResult
from helpers.register.cycle import MatrixRow, Team
from helpers.register.models import Measure, Objective, Register


@dataclass(frozen=True)
class MatrixLine:
    """A row of the matrix."""

    row: MatrixRow
    objective: Objective
    team: Team
    measure: Measure
    result: MeasureResult | None  # where the measure stands; None without a figure
    expected: Impact | None  # None: nobody has said
    branch: tuple[str, ...] = ()  # ids of the team and of those that it belongs to
    achieved: Achieved | None = None

    @property
    def by(self) -> date:
        """The day at which the impact is read: the end of the financial year in which it starts."""
        year, month = map(int, self.row.start.split("-"))
        return date(year + (month > 3), 3, 31)

    @cached_property
    def amount(self) -> Amount | None:
        """What counts for the ambition: what was achieved, else what is expected."""
        if self.expected is None or self.achieved is None:
            return None if self.expected is None else self.expected.first
        low, high = self.achieved.ends
        return self.expected.first.times(low, self.achieved.share, high)


@dataclass(frozen=True)
class Together:
    """What the rows of an ambition give in one unit; rows that overlap are one group, of which the largest counts."""

    amount: Amount
    groups: tuple[tuple[MatrixLine, ...], ...]
    by: date | None = None  # the day at which it is read; None for what lasts, such as beds

    @property
    def overlapping(self) -> tuple[tuple[MatrixLine, ...], ...]:
        """Groups of more than one row."""
        return tuple(group for group in self.groups if len(group) > 1)


@dataclass(frozen=True)
class Ambition:
    """An objective of the organisation from both ends: what it asks for, and who does what for it."""

    objective: Objective
    lines: tuple[MatrixLine, ...]
    results: tuple[MeasureResult, ...]  # of its measures

    @cached_property
    def together(self) -> tuple[Together, ...]:
        """What its rows give, unit by unit."""
        return add_up(self.lines)

    @property
    def worst(self) -> tuple[MeasureResult, ...]:
        """Its measures that need attention."""
        return tuple(result for result in self.results if result.category == "attention")


@dataclass(frozen=True)
class Matrix:
    """The whole matrix of one organisation."""

    ambitions: tuple[Ambition, ...]  # those with measures or rows, in the register's order
    teams: Mapping[str, Team]
    month: str  # the report's: "2026-09"

    @cached_property
    def lines(self) -> tuple[MatrixLine, ...]:
        """All rows, by ambition."""
        return tuple(line for ambition in self.ambitions for line in ambition.lines)

    @property
    def without_row(self) -> tuple[Ambition, ...]:
        """Ambitions that no team has a row for, those with most measures in need of attention first."""
        bare = [ambition for ambition in self.ambitions if not ambition.lines]
        return tuple(sorted(bare, key=lambda each: -len(each.worst)))

    @property
    def idle(self) -> tuple[Team, ...]:
        """Teams without a row, of their own or of a team within them."""
        busy = {name for line in self.lines for name in path(line.row.team, self.teams)}
        return tuple(team for name, team in self.teams.items() if name not in busy)

    @property
    def to_review(self) -> tuple[MatrixLine, ...]:
        """Rows whose review has come without a result, the oldest first."""
        due = [e for e in self.lines if e.row.review and e.row.review <= self.month and e.achieved is None]
        return tuple(sorted(due, key=lambda line: line.row.review or ""))


def build_matrix(
    register: Register,
    organisation: Organisation,
    month: date,
    results: Results,
    achieved: Iterable[Achieved] = (),
) -> Matrix:
    """Return the matrix of an organisation in a month.

    Parameters
    ----------
    results
        Of the measures on the scorecard and in a row of the matrix.
    achieved
        What reviews found: it takes the place of what was expected.
    """
    found, teams = {each.row: each for each in achieved}, register.teams_of(organisation.code)
    rows = register.matrix_of(organisation.code)
    lines = [
        MatrixLine(
            row,
            register.objectives[row.objective],
            teams.get(row.team) or register.teams[row.team],
            register.measures[row.measure],
            results.by_measure.get(row.measure),
            None if row.impact is None else impact_by(row.impact, date.fromisoformat(f"{row.start}-01")),
            tuple(path(row.team, teams)),
            found.get(row.id),
        )
        for row in rows.values()
    ]
    ambitions = [
        Ambition(
            objective,
            tuple(line for line in lines if line.row.objective == name),
            tuple(each for each in results if each.measure.objective == name),
        )
        for name, objective in register.objectives.items()
    ]
    return Matrix(tuple(each for each in ambitions if each.lines or each.results), teams, f"{month:%Y-%m}")


# --- what rows give together -----------------------------------------------------------------------------


def overlap(one: MatrixLine, other: MatrixLine) -> bool:
    """Tell whether part of what two rows give may be the same.

    It may where both move the same measure, where both free beds of one team or of a team within it, and where the
    register says so.
    """
    if one.row.measure == other.row.measure:
        return True
    if one.row.id in other.row.overlaps or other.row.id in one.row.overlaps:
        return True
    frees = all(line.amount is not None and line.amount.unit == BEDS for line in (one, other))
    return frees and (one.team.id in other.branch or other.team.id in one.branch)


def add_up(lines: Sequence[MatrixLine]) -> tuple[Together, ...]:
    """Return what rows give together, unit by unit: of those that overlap the largest counts, once.

    The range is from all at their low ends to all at their high ends: what makes one come out low often makes all.
    """
    units: dict[tuple[str, date | None], list[MatrixLine]] = {}
    for line in lines:
        if line.amount is not None:
            by = line.by if line.amount.unit in (PATIENTS, SLOTS) else None
            units.setdefault((line.amount.unit, by), []).append(line)
    found = []
    for (unit, by), rows in units.items():
        groups = _groups(rows)
        amounts = [[line.amount for line in group if line.amount] for group in groups]
        largest = [max(group, key=lambda each: each.value) for group in amounts]
        ends = (sum(getattr(each, end) for each in largest) for end in ("value", "low", "high"))
        found.append(Together(Amount(unit, *ends), groups, by))
    return tuple(found)


def _groups(lines: Sequence[MatrixLine]) -> tuple[tuple[MatrixLine, ...], ...]:
    """Return rows in groups that overlap, directly or by way of others."""
    groups: list[list[MatrixLine]] = []
    for line in lines:
        near = [group for group in groups if any(overlap(line, other) for other in group)]
        groups = [group for group in groups if group not in near]
        groups.append([*(each for group in near for each in group), line])
    return tuple(map(tuple, groups))
