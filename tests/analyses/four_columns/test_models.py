"""Impacts by the models, against numbers worked out by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from helpers.analyses.four_columns.models import Amount, Impact, impact_by
from helpers.register.cycle import MODEL_SETTINGS, ExpectedImpact

APRIL, OCTOBER = date(2026, 4, 1), date(2026, 10, 1)
CLINIC: dict[str, Any] = {"missed": 630, "reduction": 0.5, "additions": 10_452}


def impact(model: str, start: date = APRIL, **settings: Any) -> Impact:
    return impact_by(ExpectedImpact.model_validate({"model": model, "settings": settings}), start)


def told(found: Impact) -> dict[str, float]:
    return {each.unit: round(each.value, 2) for each in found.amounts}


def test_the_worked_example_gives_315_patients_and_eleven_days() -> None:
    found = impact("missed_appointments", **CLINIC)
    assert told(found) == {"patients": 315, "days": 11.0}
    assert found.first.certain
    assert found.share is None  # nobody said how long the list is


def test_its_share_of_the_ambition_is_of_what_the_list_is_too_long_by() -> None:
    # 201 a week x 18 / 4 = 904.5 may wait; 2,150 do: 1,245.5 too many, of which 315 are 25.3 %
    found = impact("missed_appointments", **CLINIC, waiting_list=2150, standard_weeks=18)
    assert found.share is not None
    assert found.share.value == pytest.approx(25.29, abs=0.01)


def test_a_list_that_is_short_enough_has_no_share() -> None:
    assert impact("missed_appointments", **CLINIC, waiting_list=900, standard_weeks=18).share is None


def test_half_a_year_gives_half_and_too_much_overbooking_warns() -> None:
    assert told(impact("missed_appointments", OCTOBER, **CLINIC))["patients"] == 157.5
    assert impact("missed_appointments", **CLINIC, filled=0.6, rebooked=0.4).warning


def test_beds_of_shorter_stays_and_of_day_surgery() -> None:
    # 3,358 bed-days / 365 / 0.92 = 10 beds
    assert told(impact("length_of_stay", days_shorter=0.5, patients=6716)) == {"beds": 10}
    # 2,000 operations x 10 % x 1.679 nights = 335.8 bed-days: 1 bed
    day: dict[str, Any] = {"operations": 2000, "share_now": 0.7, "share_aimed": 0.8, "nights": 1.679}
    assert told(impact("day_cases", **day)) == {"beds": 1}


def test_a_list_is_shorter_by_what_is_seen_more_and_never_below_nobody() -> None:
    # 6 a week for the 26 weeks from October; 150 are added a week
    settings: dict[str, Any] = {"extra_a_week": 6, "additions": 7800, "waiting_list": 2400}
    assert told(impact("waiting_list", OCTOBER, **settings)) == {"patients": 156, "weeks": 1.04}
    assert told(impact("waiting_list", OCTOBER, **settings | {"waiting_list": 100}))["patients"] == 100


def test_follow_ups_become_first_appointments_minute_for_minute() -> None:
    # 1,000 x (2.4 - 2.0) = 400 follow-ups of 15 minutes are 200 of 30
    settings: dict[str, Any] = {"first_appointments": 1000, "ratio_now": 2.4, "ratio_aimed": 2.0}
    assert told(impact("follow_up_ratio", **settings)) == {"slots": 200}


def test_a_range_of_settings_is_a_range_of_amounts() -> None:
    found = impact("length_of_stay", days_shorter=[0.2, 0.5, 0.8], patients=6716).first
    assert 4 < found.low < 10 < found.high < 16
    assert found.value == pytest.approx(10, abs=0.001)


def test_by_hand_it_is_what_was_said() -> None:
    said = ExpectedImpact(value=6, low=3, unit="beds", reason="Count")
    assert impact_by(said, APRIL).amounts == (Amount("beds", 6, 3, 6),)


def test_every_model_is_told_no_more_than_it_takes() -> None:
    assert MODEL_SETTINGS
    for takes in MODEL_SETTINGS.values():
        assert not set(takes.needed) & {*takes.usual, *takes.further}
