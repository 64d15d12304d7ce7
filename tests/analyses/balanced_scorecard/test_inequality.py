"""Missed appointments by deprivation on a mart of a few hundred appointments."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from helpers.analyses.balanced_scorecard.inequality import missed_by_deprivation
from helpers.analyses.balanced_scorecard.rows import inequality_line
from helpers.data.mart import Mart
from helpers.data.organisations.directory import find_organisation
from helpers.report.period import Period

SEPTEMBER = Period(date(2026, 9, 1), date(2026, 9, 1))


def mart_of(folder: Path, missed: list[int], booked: int = 200, day: date = date(2026, 9, 15)) -> Mart:
    """Return a mart where each fifth, most deprived first, missed so many of its appointments."""
    rows = [
        {
            "org_code": "T1", "specialty_code": "100", "appointment_date": day,
            "outcome": "dna" if number < dnas else "attended", "kind": "first", "mode": "face_to_face",
            "age_band": "45-64", "sex": "female", "imd_decile": 2 * fifth + 1, "lead_days": 10,
        }
        for fifth, dnas in enumerate(missed)
        for number in range(booked)
    ]  # fmt: skip
    mart = Mart(folder / "mart")
    with mart.load(source="codes", layout="l", policy="published", synthetic=True) as load:
        load.write(
            "organisations", pd.DataFrame([{"org_code": "T1", "name": "Synthetic T1", "kind": "trust"}])
        )
    with mart.load(source="appointments", layout="l", policy="hes_record_level", synthetic=True) as load:
        load.write("appointments", pd.DataFrame(rows))
    return mart.at(mart.version)


def found_in(mart: Mart):
    return missed_by_deprivation(mart, find_organisation(mart, "T1"), SEPTEMBER)


def test_the_deprived_who_miss_more_are_found_with_the_relative_index(tmp_path) -> None:
    # rates 20, 17, 14, 13 and 10 %: slope -12 points, mean 14.8: index (14.8 - 6) / (14.8 + 6) = 0.42
    found = found_in(mart_of(tmp_path, [40, 34, 28, 26, 20]))
    assert found.gap == "deprived_worse"
    assert (found.most, found.least) == (20.0, 10.0)
    assert found.found.relative == pytest.approx(0.42, abs=0.02)  # counts are rounded to 5
    assert inequality_line(found).cells["latest"] == "20.0% against 10.0%"
    assert inequality_line(found).cells["variation"] == "most deprived\nmiss more"


def test_a_difference_that_chance_explains_is_called_that(tmp_path) -> None:
    assert found_in(mart_of(tmp_path, [30, 30, 30, 30, 30])).gap == "chance"


@pytest.mark.parametrize("missed", [[40, 34, 5, 26, 20], [40, 34, 195, 26, 20]])
def test_a_fifth_with_few_missed_or_few_kept_hides_all(tmp_path, missed) -> None:
    found = found_in(mart_of(tmp_path, missed))
    assert found.gap == "hidden"
    assert found.found is None
    assert inequality_line(found).cells["latest"] == "*"


def test_a_fifth_without_appointments_hides_all(tmp_path) -> None:
    assert found_in(mart_of(tmp_path, [40, 34, 28, 26])).gap == "hidden"


def test_appointments_before_the_year_do_not_count(tmp_path) -> None:
    mart = mart_of(tmp_path, [40, 34, 28, 26, 20], day=date(2025, 9, 30))
    found = found_in(mart)
    assert found.gap == "no_records"
    assert inequality_line(found).cells["latest"] == "needs records"


def test_a_unit_has_no_row_of_its_own() -> None:
    assert inequality_line(None).cells["latest"] == "whole organisation only"
