"""All measures of an organisation: what comes out of the mart, and that every cell of the matrix is there."""

from __future__ import annotations

from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from helpers.data.mart import Mart
from helpers.data.organisations.directory import find_organisation
from helpers.data.series.measure_series import part_names
from helpers.data.synthetic import truth
from helpers.measures import gathering
from helpers.measures.gathering import Results, WantedMeasures, measure_results
from helpers.measures.result import STANDINGS, VARIATIONS
from helpers.measures.words import what_sentences
from helpers.register import Register, read_register

ROOT = Path(__file__).parents[2]
LAST = date(2026, 9, 1)


@pytest.fixture(scope="module")
def register() -> Register:
    return read_register(ROOT / "params" / "_register")


def gather(mart: Mart, register: Register, code: str, **keys: object) -> Results:
    return measure_results(mart, register, WantedMeasures(find_organisation(mart, code), LAST, **keys))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def matrix(demo_measures: Mart, register: Register) -> Results:
    return gather(demo_measures, register, truth.MATRIX)


@pytest.fixture(scope="module")
def awkward(demo_measures: Mart, register: Register) -> Results:
    return gather(demo_measures, register, truth.AWKWARD)


def test_the_demo_shows_every_cell_that_can_occur(matrix: Results) -> None:
    found = {(result.variation, result.standing) for result in matrix}
    judged = {"pass", "hit_or_miss", "fail"}  # a neutral measure has no verdict on a target
    possible = {(v, s) for v, s in product(VARIATIONS, STANDINGS) if not (v == "neutral" and s in judged)}
    # without limits there is no ordinary variation, and with them nothing is unsettled
    possible = {
        (v, s)
        for v, s in possible
        if (v == "unsettled") == (s == "unstable") or v in ("improvement", "concern")
    }
    assert possible <= found
    assert {result.category for result in matrix} >= {"attention", "watched", "maintenance"}


def test_values_are_those_of_the_mart_in_the_unit(matrix: Results, demo_measures: Mart) -> None:
    rows = demo_measures.query(
        "SELECT period, numerator, denominator FROM measure_values WHERE measure = 'ae_four_hours' "
        f"AND org_code = '{truth.MATRIX}' AND unit_code IS NULL ORDER BY period"
    )
    result = matrix.by_measure["ae_four_hours"]
    np.testing.assert_allclose(result.series.shown, 100 * rows["numerator"] / rows["denominator"])
    assert result.latest is not None
    assert result.latest.day == rows["period"].iloc[-1].date() == LAST


def test_limits_are_those_of_the_method_worked_here(matrix: Results) -> None:
    result = matrix.by_measure["day_case_rate"]
    values = result.series.values
    ranges = np.abs(np.diff(values))
    kept = ranges[ranges < 3.267 * ranges.mean()]
    assert result.chart.limits.centre == pytest.approx(values.mean())
    assert result.chart.limits.upper == pytest.approx(values.mean() + 2.66 * kept.mean())


def test_all_charts_come_from_one_call(
    demo_measures: Mart, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    real = gathering.xmr_many

    def counted(frame: pd.DataFrame, **keys: Any) -> Any:
        calls.append(len(frame))
        return real(frame, **keys)

    monkeypatch.setattr(gathering, "xmr_many", counted)
    assert len(gather(demo_measures, register, "SYN07")) > 20
    assert len(calls) == 1


def test_values_come_from_one_query_whatever_the_number_of_measures(
    demo_measures: Mart, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    real = Mart.query

    def count(self: Mart, sql: str, params: object = None) -> pd.DataFrame:
        if "measure_values" in sql:  # what is asked of records is the ledger's
            asked.append(sql)
        return real(self, sql, params)  # type: ignore[arg-type]

    gather(demo_measures, register, "SYN07")  # other trusts' values are computed once per version
    monkeypatch.setattr(Mart, "query", count)
    # the second is counted from records, so that the ledger asks for its part, too
    gather(demo_measures, register, "SYN07", measures=("ae_four_hours", "dna_rate"))
    one = len(asked)
    gather(demo_measures, register, "SYN07")
    assert len(asked) == 2 * one


# --- awkward series ---------------------------------------------------------------------------------


def test_a_missing_and_a_suppressed_last_month(awkward: Results) -> None:
    late, hidden = awkward.by_measure["ae_four_hours"], awkward.by_measure["cancer_62_day"]
    for result in (late, hidden):
        assert result.latest is not None
        assert result.latest.day == date(2026, 8, 1)
    assert "There is no figure for September 2026 yet." in what_sentences(late)
    assert "The figure for September 2026 is suppressed, so this one counts." in what_sentences(hidden)


def test_all_suppressed_is_shown_as_nothing(awkward: Results) -> None:
    result = awkward.by_measure["cancelled_operations"]
    assert result.category == "nothing"
    assert "all 36 are suppressed" in what_sentences(result)


def test_one_month_of_data(awkward: Results) -> None:
    result = awkward.by_measure["cancer_31_day"]
    assert (len(result.series), result.standing, result.category) == (1, "too_few", "watched")


def test_a_constant_100_percent_is_in_maintenance(awkward: Results) -> None:
    assert awkward.by_measure["day_case_rate"].category == "maintenance"


def test_a_value_on_its_target_to_the_last_digit(awkward: Results) -> None:
    result = awkward.by_measure["cancer_28_day_fds"]
    assert result.distance == 0
    assert "It equals the planning milestone of 80%" in what_sentences(result)


def test_a_stale_series_is_marked_and_not_forecast(awkward: Results) -> None:
    result = awkward.by_measure["sickness_absence"]
    assert result.stale
    assert "Out of date" in what_sentences(result)


def test_an_absent_measure_is_named_as_missing(awkward: Results) -> None:
    assert "readmission_30d" in {measure.id for measure in awkward.missing}


def test_a_waiting_list_without_a_stable_period_is_not_silenced(matrix: Results) -> None:
    result = matrix.by_measure["rtt_18_weeks"]
    assert (result.standing, result.category, result.assurance_icon) == ("unstable", "attention", "")


# --- history, parts, time ---------------------------------------------------------------------------


def test_a_merger_adds_the_history_and_is_marked(demo_measures: Mart, register: Register) -> None:
    merged = gather(demo_measures, register, "SYN87", measures=("ae_four_hours", "rtt_18_weeks"))
    result = merged.by_measure["rtt_18_weeks"]
    assert not result.series.gaps
    assert result.series.members[0] == 2
    joined = [event for event in result.events if event.kind == "merger"]
    assert [event.day for event in joined] == [date(2025, 4, 1)]
    assert not joined[0].rebases


def test_gaps_keep_their_place(demo_measures: Mart, register: Register) -> None:
    result = gather(demo_measures, register, "SYN58", measures=("cancer_62_day",)).by_measure[
        "cancer_62_day"
    ]
    assert result.series.gaps == (date(2024, 10, 1), date(2024, 11, 1), date(2024, 12, 1))


def test_an_earlier_report_sees_nothing_of_later_months(demo_measures: Mart, register: Register) -> None:
    about = find_organisation(demo_measures, "SYN07")
    results = measure_results(demo_measures, register, WantedMeasures(about, date(2026, 6, 1)))
    assert all(result.series.days[-1] <= date(2026, 6, 1) for result in results)


def test_units_go_down_to_specialties(demo_measures: Mart, register: Register) -> None:
    parts = gather(demo_measures, register, "SYN07", measures=("rtt_18_weeks",), part="unit")
    names = part_names(demo_measures, "SYN07")
    assert {"Medicine division", "Urology"} <= {names[result.part] for result in parts}
    assert all(result.part for result in parts)


def test_a_registered_restart_begins_a_new_segment(demo_measures: Mart, register: Register) -> None:
    result = gather(demo_measures, register, "SYN07", measures=("mean_los",)).by_measure["mean_los"]
    assert [segment.first for segment in result.chart.segments] == [0, 18]  # April 2025 after October 2023
    assert result.events[0].author == "Associate medical director"


def test_small_numbers_from_records_are_neither_shown_nor_said(
    demo_measures: Mart, register: Register
) -> None:
    """The invented records are so few at this scale that months of one to seven people occur."""
    result = gather(demo_measures, register, "SYN02", measures=("dna_rate",)).by_measure["dna_rate"]
    few = (result.series.numerator >= 1) & (result.series.numerator <= 7)
    assert few.any()
    assert not np.isfinite(result.series.shown[few]).any()
    assert result.series.hidden[few].all()
