"""Who carries what below: on units that are laid out by hand."""

from __future__ import annotations

from dataclasses import replace

from helpers.analyses.balanced_scorecard.cascade import Carried, build_cascade
from helpers.analyses.balanced_scorecard.rows import CASCADE
from helpers.data.units import Unit, below
from helpers.register import Objective, Register

UNITS = {
    unit.code: unit
    for unit in (
        Unit("D1", "Surgery", ""),
        Unit("D2", "Medicine", ""),
        *(Unit(f"T{number}", f"Team {number}", "D1") for number in range(6)),
    )
}
REGISTER = Register(
    objectives={
        "use_of_capacity": Objective(id="use_of_capacity", name="Used well", description="D", owner="Chief")
    }
)


def unit_results(row, **values):
    """Return results of the measure Waits in units, one list of values per unit."""
    return [
        replace(
            row("Waits", values=numbers, direction="increase").result, part=code, part_name=UNITS[code].name
        )
        for code, numbers in values.items()
    ]


def test_units_right_below_and_those_further_below_are_told_apart(row, card) -> None:
    found = unit_results(row, D1=[5.0], D2=[6.0], T0=[7.0])
    cascade = build_cascade(REGISTER, card(row("Waits")), found, UNITS)
    (carried,) = cascade.carried
    assert [each.part for each in carried.units] == ["D1", "D2"]
    assert [each.part for each in carried.further] == ["T0"]
    assert cascade.without == ()


def test_a_unit_sees_its_own_units_alone(row, card) -> None:
    found = unit_results(row, D2=[6.0], T0=[7.0])
    cascade = build_cascade(REGISTER, card(row("Waits")), found, UNITS, unit="D1")
    assert [unit.code for unit in cascade.units] == [f"T{number}" for number in range(6)]
    assert [each.part for each in cascade.carried[0].units] == ["T0"]
    assert (
        build_cascade(REGISTER, card(row("Waits")), found, UNITS, unit="T0").units
        == below(UNITS, "T0")
        == ()
    )


def test_a_measure_without_figures_below_is_carried_by_nobody(row, card) -> None:
    hidden = [
        replace(each, series=row("Waits", values=[5.0], hidden=[0]).result.series)
        for each in unit_results(row, D1=[5.0])
    ]
    cascade = build_cascade(REGISTER, card(row("Waits"), row("Beds")), hidden, UNITS)
    assert [measure.name for measure in cascade.without] == ["Waits", "Beds"]


def cells(carried: Carried) -> list[object]:
    return [each.cell(carried) for each in CASCADE]


def test_few_units_are_listed_and_of_many_those_that_need_attention(row, card) -> None:
    quiet = [9.7, 9.0, 10.9, 10.8, 10.3, 9.2, 9.4, 10.1, 9.6, 10.7, 9.8, 10.5] * 3
    few = build_cascade(REGISTER, card(row("Waits")), unit_results(row, D1=[5.0], D2=[6.0]), UNITS)
    assert cells(few.carried[0])[2:] == ["Surgery 5.0%\nMedicine 6.0%", "–"]
    teams = {f"T{number}": quiet if number else [*quiet[:-1], 2.0] for number in range(6)}
    many = build_cascade(REGISTER, card(row("Waits")), unit_results(row, **teams), UNITS)
    assert cells(many.carried[0])[3] == "Six units, one in need of attention\nTeam 0 2.0%, needs attention"


def test_of_many_units_none_may_need_attention(row, card) -> None:
    teams = {f"T{number}": [5.0] for number in range(6)}
    many = build_cascade(REGISTER, card(row("Waits")), unit_results(row, **teams), UNITS)
    assert cells(many.carried[0])[3] == "Six units, none in need of attention"


def test_no_figure_is_made_of_others(row, card) -> None:
    """Without a figure of its own an organisation has none, whatever its units return."""
    cascade = build_cascade(
        REGISTER, card(row("Waits", values=None)), unit_results(row, D1=[5.0], D2=[6.0]), UNITS
    )
    assert cascade.carried[0].own is None
    assert cells(cascade.carried[0])[1] == "no figures"
