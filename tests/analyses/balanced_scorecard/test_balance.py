"""What is unbalanced about a card, worked out by hand."""

from __future__ import annotations

from helpers.analyses.balanced_scorecard.card import find_imbalance

SIDES = ("patients", "money", "processes", "people")


def faults(card) -> list[tuple[str, str]]:
    return [(each.fault, each.perspective.id if each.perspective else "") for each in find_imbalance(card)]


def even(row, each: int = 2, **keys):
    return [row(f"{side} {n}", perspective=side, **keys) for side in SIDES for n in range(each)]


def test_two_measures_of_each_perspective_are_balanced(row, card) -> None:
    assert faults(card(*even(row))) == []


def test_a_perspective_without_measures_is_empty(row, card) -> None:
    rows = [each for each in even(row) if each.measure.perspective != "money"]
    assert ("empty", "money") in faults(card(*rows))


def test_a_perspective_without_any_figure_is_told(row, card) -> None:
    rows = [each for each in even(row) if each.measure.perspective != "money"]
    rows += [
        row("Cost", perspective="money", values=None),
        row("Savings", perspective="money", values=None),
    ]
    assert faults(card(*rows)) == [("no_figures", "money")]


def test_weight_beyond_ten_points_of_the_aim_is_told_on_both_sides(row, card) -> None:
    # patients 2 x 3 of 12 = 50 %, the others 2 of 12 = 17 %: 25 points above, 8 points below
    rows = [
        *[row(f"p{n}", perspective="patients", weight=3) for n in range(2)],
        *[each for each in even(row) if each.measure.perspective != "patients"],
    ]
    assert faults(card(*rows)) == [("heavy", "patients"), ("heavy_measure", ""), ("heavy_measure", "")]


def test_a_light_perspective_is_told(row, card) -> None:
    # people 2 x 0.5 of 7 = 14 %: 11 points below; the others 2 of 7 = 29 %
    rows = [
        *[each for each in even(row) if each.measure.perspective != "people"],
        *[row(f"s{n}", perspective="people", weight=0.5) for n in range(2)],
    ]
    assert faults(card(*rows)) == [("light", "people")]


def test_exactly_ten_points_are_still_balanced(row, card) -> None:
    # 35, 25, 25 and 15 % of the weights
    weights = {"patients": 35, "money": 25, "processes": 25, "people": 15}
    rows = [
        row(f"{side} {n}", perspective=side, weight=weight / 2)
        for side, weight in weights.items()
        for n in range(2)
    ]
    assert faults(card(*rows)) == []


def test_one_measure_alone_and_one_objective_alone_are_one_sided(row, card) -> None:
    rows = [each for each in even(row, 3) if each.measure.perspective != "people"]
    rows = [*rows, row("Sickness", perspective="people", weight=3)]
    found = faults(card(*rows))
    assert ("single", "people") in found
    assert {side for fault, side in found if fault == "one_objective"} == {"patients", "money", "processes"}


def test_a_card_from_one_side_says_so_and_names_the_empty_ones(row, card) -> None:
    rows = [row(name, perspective="patients") for name in ("A", "B")]
    assert faults(card(*rows)) == [
        ("one_sided", "patients"),
        ("empty", "money"),
        ("empty", "processes"),
        ("empty", "people"),
    ]


def test_a_register_of_one_perspective_has_nothing_to_balance(row, card) -> None:
    rows = [row(name, perspective="patients") for name in ("A", "B")]
    full = card(*rows)
    assert faults(card(*rows, perspectives=full.perspectives[:1])) == []


def test_a_perspective_that_judges_itself_is_told(row, card) -> None:
    rows = [each for each in even(row) if each.measure.perspective != "money"]
    rows += [row(f"m{n}", perspective="money", self_assessed=True) for n in range(2)]
    assert faults(card(*rows)) == [("self_assessed", "money")]
