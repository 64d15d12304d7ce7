"""Who carries what: objectives with their measures, measures with the teams that carry them, and what has no line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from helpers.data.organisations.directory import Organisation
from helpers.data.organisations.units import Unit
from helpers.measures.gathering import Results
from helpers.measures.result import MeasureResult
from helpers.register.cycle import MatrixRow, Team
from helpers.register.models import Measure, Objective, Register

#: who answers for a unit that the register has no team of
NOBODY: Final = "nobody named"


@dataclass(frozen=True)
class Carrier:
    """A team that carries a measure: by what it does, by its own figure, or by both."""

    team: Team
    rows: tuple[MatrixRow, ...]
    result: MeasureResult | None  # the team's own figure


@dataclass(frozen=True)
class CarriedMeasure:
    """A measure of an objective, with who carries it."""

    measure: Measure
    result: MeasureResult | None  # of the whole organisation; None without a figure
    carriers: tuple[Carrier, ...]

    @property
    def needs_attention(self) -> bool:
        """Whether it needs the board's attention."""
        return self.result is not None and self.result.category == "attention"


@dataclass(frozen=True)
class Sight:
    """An objective and the measures that say how far it has come."""

    objective: Objective
    measures: tuple[CarriedMeasure, ...]

    @property
    def worst(self) -> tuple[CarriedMeasure, ...]:
        """Those that need attention."""
        return tuple(each for each in self.measures if each.needs_attention)


@dataclass(frozen=True)
class Lines:
    """All lines of an organisation."""

    sights: tuple[Sight, ...]  # every objective of the register, in its order
    teams: Mapping[str, Team]  # by id, each below the one that it belongs to
    unserved: tuple[Measure, ...]  # chosen measures that serve no objective

    @cached_property
    def measures(self) -> tuple[CarriedMeasure, ...]:
        """Every measure once, by objective."""
        found = {each.measure.id: each for sight in self.sights for each in sight.measures}
        return tuple(found.values())

    @property
    def bare(self) -> tuple[Sight, ...]:
        """Objectives without any measure."""
        return tuple(sight for sight in self.sights if not sight.measures)

    @property
    def uncarried(self) -> tuple[CarriedMeasure, ...]:
        """Measures that no team carries, those that need attention first."""
        found = [each for each in self.measures if not each.carriers]
        return tuple(sorted(found, key=lambda each: not each.needs_attention))

    @property
    def idle(self) -> tuple[Team, ...]:
        """Teams without a line to any objective, their own or of a team within them."""
        busy = {
            name
            for each in self.measures
            for carrier in each.carriers
            for name in path(carrier.team.id, self.teams)
        }
        return tuple(team for name, team in self.teams.items() if name not in busy)

    def of_team(self, team: str) -> Iterator[tuple[Sight, CarriedMeasure, Carrier]]:
        """Yield what a team contributes to."""
        for sight in self.sights:
            for each in sight.measures:
                for carrier in each.carriers:
                    if carrier.team.id == team:
                        yield sight, each, carrier


def choose_measures(register: Register, organisation: str, named: Sequence[str] | None) -> tuple[str, ...]:
    """Return the measures that are shown: those named, else those on the scorecard or in a row of the matrix."""
    if named:
        return tuple(dict.fromkeys(named))
    in_rows = {row.measure for row in register.matrix_of(organisation).values()}
    return tuple(
        name for name, measure in register.measures.items() if measure.scorecard or name in in_rows
    )


def build_lines(
    register: Register,
    organisation: Organisation,
    own: Results,
    of_units: Results,
    units: Iterable[Unit] = (),
) -> Lines:
    """Return all lines of an organisation.

    Parameters
    ----------
    own, of_units
        Results of the chosen measures, of the whole organisation and of its units.
    units
        Those right below it: one that no team names stands for itself, where it returns any of the measures.
    """
    teams = {team.id: team for team in _in_order(register.teams_of(organisation.code))}
    rows = tuple(register.matrix_of(organisation.code).values())
    figures = {(each.measure.id, each.part): each for each in of_units if each.latest is not None}
    named = {team.unit for team in teams.values()}
    returning = {code for _, code in figures}
    for unit in units:
        if unit.code in returning - named:
            team = Team(id=f"unit_{len(teams)}", name=unit.name, unit=unit.code, owner=NOBODY)
            teams[team.id] = team
    wanted = {each.measure.id: each.measure for each in own} | {each.id: each for each in own.missing}
    order = own.asked.measures or tuple(wanted)

    def carried(measure: Measure, objective: str) -> CarriedMeasure:
        carriers = []
        for team in teams.values():
            doing = tuple(
                row
                for row in rows
                if (row.team, row.measure) == (team.id, measure.id)
                and objective in (row.objective, measure.objective)
            )
            figure = figures.get((measure.id, team.unit)) if team.unit else None
            if doing or (figure is not None and objective == measure.objective):
                carriers.append(Carrier(team, doing, figure))
        return CarriedMeasure(measure, own.by_measure.get(measure.id), tuple(carriers))

    sights = []
    for name, objective in register.objectives.items():
        by_row = {row.measure for row in rows if row.objective == name}
        served = [key for key in order if wanted[key].objective == name or key in by_row]
        sights.append(Sight(objective, tuple(carried(wanted[key], name) for key in served)))
    unserved = tuple(wanted[key] for key in order if wanted[key].objective is None)
    return Lines(tuple(sights), teams, unserved)


def path(team: str, teams: Mapping[str, Team]) -> list[str]:
    """Return a team and those that it belongs to, upwards; a circle ends where it began."""
    found: list[str] = []
    name: str | None = team
    while name and name in teams and name not in found:
        found.append(name)
        name = teams[name].parent
    return found


def _in_order(teams: Mapping[str, Team]) -> Iterable[Team]:
    """Return teams, each below the one that it belongs to."""
    places = {name: place for place, name in enumerate(teams)}
    return sorted(
        teams.values(), key=lambda team: [places[each] for each in reversed(path(team.id, teams))]
    )
