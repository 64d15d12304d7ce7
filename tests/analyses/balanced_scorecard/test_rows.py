"""The cells of the card: latest with its month, target, icons or why there is none, chance."""

from __future__ import annotations

from datetime import date

import pytest
from made_cards import QUIET

from helpers.analyses.balanced_scorecard.rows import CARD, measure_line
from helpers.measures.examples import example_measure
from helpers.measures.figures import goal_words
from helpers.register.models import Target

#: what a target of nothing at all is called
NOUGHT = goal_words(example_measure(), 0.0)


def aimed(value: float, **keys) -> Target:
    return Target(value=value, kind="local", source="Plan", **keys)


def cells(row) -> dict[str, object]:
    """Return the cells of the table by their heading."""
    return {each.column.label: each.cell(measure_line(row)) for each in CARD if each.usual}


def test_a_measure_with_all_of_it(row) -> None:
    assert cells(row("Waits", targets=[aimed(2)])) == {
        "Measure": "Waits",
        "Latest": "10.5%",
        "Target": "2%",
        "Variation": "common_cause",
        "Assurance": "consistent_pass",
        "Chance": "on track, over 95%",
    }


def test_a_target_with_a_date_names_its_month_and_the_next_one_follows(row) -> None:
    now = aimed(9, start=date(2026, 4, 1), end=date(2027, 3, 31), meaning="march_value")
    later = aimed(12, start=date(2027, 4, 1), end=date(2028, 3, 31), meaning="march_value")
    assert cells(row(targets=[later]))["Target"] == "12% by Mar 2028"
    assert cells(row(targets=[now, later]))["Target"] == "9%, then 12% by Mar 2028"


@pytest.mark.parametrize(
    ("keys", "column", "shown"),
    [
        ({}, "Target", "no target"),
        ({}, "Assurance", "–"),
        ({}, "Chance", "–"),
        ({"targets": [aimed(0)], "direction": "decrease"}, "Target", NOUGHT),
        ({"targets": [aimed(0)], "direction": "decrease"}, "Chance", "no forecast"),
        ({"values": [10.0]}, "Variation", "one point"),
        ({"values": [10.0, 9.0], "targets": [aimed(8)]}, "Assurance", "too few points"),
        ({"values": [float(n) for n in range(36)], "targets": [aimed(8)]}, "Assurance", "no stable period yet"),
        ({"judged_on": date(2028, 1, 31)}, "Latest", "10.5%, Mar 2027, out of date"),
        ({"hidden": range(36)}, "Latest", "*"),
        ({"hidden": [35]}, "Latest", "9.8%, Feb 2027"),
        ({"hidden": range(20)}, "Latest", "*"),
        ({"values": None}, "Latest", "no figures"),
        ({"self_assessed": True}, "Measure", "Waits (self-assessed)"),
        ({"kind": "count", "unit": "patients", "digits": 0}, "Latest", "10"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_in_its_cell(row, keys, column, shown) -> None:
    assert cells(row("Waits", **keys))[column] == shown


def test_a_sum_of_the_year_shows_what_has_come_and_no_icon(row) -> None:
    season = [3.0, 4, 5, 7, 8, 9, 8, 9, 9, 10, 12, 16]
    found = row(
        values=[*season, *season, 4.0, 5.0], targets=[aimed(100, meaning="cumulative")], kind="ratio"
    )
    shown = cells(found)
    assert shown["Latest"] == "9.0% so far, May 2026"
    assert shown["Target"] == "100%, year to Mar 2027"
    assert (shown["Variation"], shown["Assurance"]) == ("judged by the year", "–")


def test_a_last_month_that_jumps_has_its_icon(row) -> None:
    assert cells(row(values=[*QUIET[:-1], 2.0]))["Variation"] == "concern_low"
    assert cells(row(values=[*QUIET[:-1], 20.0]))["Variation"] == "improvement_high"


def test_the_frame_holds_numbers_beside_the_words(row) -> None:
    """Half of a percentage point above its target of 10."""
    found = measure_line(row("Waits", targets=[aimed(10)]))
    numbers = {each.name: each.cell(found) for each in CARD if not each.usual}
    assert (numbers["value"], numbers["target_value"]) == (10.5, 10)
    assert numbers["distance"] == pytest.approx(0.5)
    assert numbers["period"] == "2027-03-01"
    assert 0 < numbers["chance_percent"] < 100
