"""Who carries each objective: the measures of a scorecard in the units below (line of sight)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from helpers.analyses.balanced_scorecard.card import Card
from helpers.data.units import Unit, below
from helpers.measures.gathering import Results
from helpers.measures.result import MeasureResult
from helpers.register.models import Measure, Objective, Register


@dataclass(frozen=True)
class Carried:
    """One measure and those below who have figures of it."""

    measure: Measure
    own: MeasureResult | None  # result of the organisation or unit of the card; None without a figure
    units: tuple[MeasureResult, ...]  # results of the units right below it, in order of their codes
    further: tuple[MeasureResult, ...]


@dataclass(frozen=True)
class Cascade:
    """The measures of a card by objective, and who carries them below."""

    #: all units right below the card's organisation or unit, whether or not they have figures
    units: tuple[Unit, ...]
    #: objectives in the register's order, each with its measures
    lines: tuple[tuple[Objective, tuple[Carried, ...]], ...]

    @property
    def carried(self) -> tuple[Carried, ...]:
        """All measures."""
        return tuple(each for _, measures in self.lines for each in measures)

    @property
    def without(self) -> tuple[Measure, ...]:
        """Measures that nobody below has a figure of."""
        return tuple(each.measure for each in self.carried if not each.units and not each.further)


def build_cascade(
    register: Register, card: Card, results: Results, units: Mapping[str, Unit], *, unit: str = ""
) -> Cascade:
    """Return who carries the measures of a card below its organisation or unit.

    Every figure is one that the unit returned itself: no sum of units is made, and none is taken apart. `results` are
    of all units of the organisation, `units` those by code; wanted are those below `unit`, or the organisation's.
    """
    nearest = below(units, unit)
    next_codes = [lower.code for near in nearest for lower in below(units, near.code)]
    found = {(result.measure.id, result.part): result for result in results if result.latest is not None}

    def of(measure: Measure, codes: list[str]) -> tuple[MeasureResult, ...]:
        return tuple(found[measure.id, code] for code in codes if (measure.id, code) in found)

    carried = [
        Carried(
            row.measure,
            row.result if row.has_figure else None,
            of(row.measure, [near.code for near in nearest]),
            of(row.measure, next_codes),
        )
        for row in card.rows
    ]
    lines = [
        (objective, tuple(each for each in carried if each.measure.objective == name))
        for name, objective in register.objectives.items()
    ]
    return Cascade(nearest, tuple((objective, measures) for objective, measures in lines if measures))
