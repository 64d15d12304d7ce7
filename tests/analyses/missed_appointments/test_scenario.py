"""The scenario reproduces the worked examples of the methods and keeps its two bounds apart."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from helpers.analyses.missed_appointments.options import DnaOptions
from helpers.analyses.missed_appointments.scenario import Clinic, Scenario, can_be_worked_out
from helpers.errors import UsageError
from helpers.stats import dna

START = date(2026, 4, 1)
#: 52 weeks after it, so that the year's effect is whole
CERTAIN: dict[str, Any] = {"reduction": [0.5], "filled": [0], "rebooked": [1], "ramp_weeks": [0]}
WORKED = Clinic(first=630, follow_up=0, additions=10_452)


def scenario(clinic: Clinic = WORKED, **options: Any) -> Scenario:
    return Scenario(DnaOptions(**{**CERTAIN, **options}), clinic, START)


@pytest.mark.parametrize(
    ("missed", "stated", "worked_out"), [(0, None, False), (10, None, True), (0, 630.0, True)]
)
def test_where_no_appointment_was_missed_none_can_be_avoided(
    missed: int, stated: float | None, worked_out: bool
) -> None:
    """ "The list would be no shorter" says nothing; missed appointments that are stated are worked with."""
    counts = SimpleNamespace(booked=25, missed=missed)
    options = DnaOptions(**CERTAIN, missed=stated, flows=[1000])
    found = SimpleNamespace(
        options=options, recorded=True, shown=lambda *_: counts, counts=lambda *_: counts
    )
    assert can_be_worked_out(cast(Any, found)) is worked_out


@pytest.mark.parametrize(
    ("options", "attendances", "relief", "in_days"),
    [
        ({}, 315, 315, 11.0003),  # the NHS Institute's four column matrix
        ({"filled": [0.2], "rebooked": [0.6]}, 252, 126, 4.40),
        ({"ramp_weeks": [12]}, 278.654, 278.654, 9.73),
        ({"filled": [0.6], "rebooked": [0.4]}, 126, -63, -2.20),
    ],
)
def test_the_worked_examples_of_the_methods(
    options: dict[str, Any], attendances: float, relief: float, in_days: float
) -> None:
    found = scenario(**options)
    assert list(found.outcomes) == ["all"]
    assert found.attendances.median == pytest.approx(attendances, abs=5e-4)
    assert found.outcomes["all"].relief.median == pytest.approx(relief, abs=5e-4)
    assert found.outcomes["all"].days_of_additions.median == pytest.approx(in_days, abs=5e-3)
    assert found.certain


def test_the_bounds_are_those_of_the_method() -> None:
    clinic = Clinic(first=600, follow_up=1200, additions=10_000)
    found = scenario(clinic, minutes=[30, 15])
    bounds = dna.follow_up_bounds([600, 1200], 0.5, [30, 15])
    assert found.outcomes["first"].relief.median == pytest.approx(bounds.least)
    assert found.outcomes["all"].relief.median == pytest.approx(bounds.most)
    assert found.attendances.median == pytest.approx(900)  # every appointment, whatever its length


def test_the_hours_follow_the_mix_of_appointments() -> None:
    clinic = Clinic(first=600, follow_up=1200, additions=10_000)
    value = scenario(clinic, minutes=[30, 15], price=100).value
    assert value.hours == pytest.approx(300 * 0.5 + 600 * 0.25)
    assert value.income == pytest.approx(90_000)


@pytest.mark.parametrize("horizon", ["2026-03-31", "2026-04-05", "2020-01-01"])
def test_a_horizon_in_the_past_is_refused(horizon: str) -> None:
    with pytest.raises(UsageError, match=r"horizon: .* allowed: at least a week after 01 April 2026"):
        scenario(horizon=horizon)


def test_the_horizon_is_the_end_of_the_financial_year() -> None:
    assert scenario().horizon == date(2027, 3, 31)
    assert Scenario(DnaOptions(), WORKED, date(2027, 1, 1)).horizon == date(2027, 3, 31)


def test_the_draws_are_the_same_in_every_run() -> None:
    uncertain = {"reduction": [0.05, 0.15, 0.3]}
    assert scenario(**uncertain).outcomes == scenario(**uncertain).outcomes
    spread = scenario(**uncertain).outcomes["all"].relief
    assert spread.lower95 < spread.lower80 < spread.median < spread.upper80 < spread.upper95


def test_the_path_ends_where_the_table_does() -> None:
    found = scenario(reduction=[0.05, 0.15, 0.3])
    last = found.path[-1]
    assert last.day == date(2027, 3, 31)
    assert last.relief["all"].median == pytest.approx(found.outcomes["all"].relief.median)
    medians = [point.relief["all"].median for point in found.path]
    assert medians == sorted(medians)


def test_a_list_is_followed_with_and_without_the_change() -> None:
    clinic = Clinic(first=630, follow_up=0, additions=10_452, waiting=1_000, removals=10_400)
    found = scenario(clinic)
    assert found.list_without_change[-1] == pytest.approx(1_052)  # a year's 52 more than leave
    assert found.path[-1].waiting_list["all"].median == pytest.approx(1_052 - 315)


def test_the_list_never_holds_fewer_than_nobody() -> None:
    clinic = Clinic(first=630, follow_up=0, additions=10_000, waiting=20, removals=10_400)
    assert scenario(clinic).list_without_change[-1] == 0


def test_what_moves_the_result_most_comes_first() -> None:
    found = scenario(reduction=[0.05, 0.15, 0.3], rebooked=[0.79, 0.8, 0.81])
    table = found.sensitivity
    assert list(table["input"]) == ["reduction", "rebooked"]
    assert table["relief_at_low"][0] < found.relief_at_medians < table["relief_at_high"][0]
    assert np.isclose(table["relief_at_low"][1], found.relief_at_medians, rtol=0.02)


def test_the_range_to_tell_holds_both_bounds() -> None:
    clinic = Clinic(first=600, follow_up=1200, additions=10_000)
    found = scenario(clinic, reduction=[0.05, 0.15, 0.3])
    first, every = (found.outcomes[name].relief for name in ("first", "all"))
    assert found.reach == (first.lower80, every.upper80)
    assert first.lower80 < every.lower80


@pytest.mark.parametrize(
    ("listed", "ended", "apart"),
    [
        (date(2026, 4, 1), date(2021, 3, 1), 61),
        (date(2020, 9, 1), date(2021, 3, 1), 6),
        (None, date(2021, 3, 1), 0),
    ],
)
def test_months_between_list_and_missed_appointments(listed: date | None, ended: date, apart: int) -> None:
    assert Clinic(1, 0, 1, list_month=listed).months_apart(ended) == apart
