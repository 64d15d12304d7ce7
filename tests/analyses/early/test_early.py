"""Early warnings: each sign, its words and its record; and the demo's pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_results import example_result
from plain_english import jargon_in, text_problems

from helpers.analyses.early import signs, words
from helpers.analyses.early.analysis import EarlyWarning
from helpers.analyses.early.signs import Flows, Record, Sign, data_sign, find_signs, flows_of
from helpers.analyses.waiting.lists import NEW, STOPPED
from helpers.data.mart import Mart
from helpers.data.organisations.directory import find_organisation
from helpers.data.synthetic.truth import WARNED
from helpers.data.waits import LIST_SIZE
from helpers.measures.examples import example_measure
from helpers.measures.gathering import WantedMeasures, measure_results
from helpers.measures.result import MeasureResult
from helpers.phrases import phrases
from helpers.register import read_register
from helpers.register.models import Target
from helpers.report.period import Period
from helpers.report.report import Report

ROOT = Path(__file__).parents[3]
NOISE = np.random.default_rng(3).normal(size=36)
TARGET = Target(value=12.0, kind="local", source="the board")


def turned() -> MeasureResult:
    walk = 10 + np.cumsum(0.1 * NOISE) + 0.6 * np.maximum(0, np.arange(36) - 32)
    return example_result(list(walk), measure=example_measure(kind="mean"))


def list_of(values: Any, name: str = LIST_SIZE) -> MeasureResult:
    listed = example_measure(id=name, kind="count", unit="pathways", digits=0, name="Patients waiting")
    return example_result([float(value) for value in values], measure=listed)


def test_nothing_is_said_where_nothing_has_changed() -> None:
    found = find_signs(
        [example_result(list(10 + NOISE), targets=[Target(value=16, kind="local", source="b")])]
    )
    assert found.signs == ()
    said = words.headline_words(found, [], [])
    assert said["none"] == "**No measure that could be looked at gives an early warning\\.**"
    assert "One measure had months enough" in words.false_words(found)


def test_a_turn_has_its_first_month_what_would_confirm_it_and_words_of_the_chart() -> None:
    [sign] = find_signs([turned()]).signs
    days = sign.result.series.days
    assert sign.kind == "turned"
    assert days[32] <= sign.first <= days[34]
    assert sign.due == date(2027, 6, 1)
    assert sign.result.series.shown[32] < sign.aim < sign.result.series.shown[35]
    said = words.sign_words(sign)
    assert "worse than its own past lets expect" in said
    assert words.confirm_words(sign).endswith("or more in June 2027.")


def test_a_measure_that_drifts_to_its_target_is_told_before_it_misses_it() -> None:
    drift = list(4 + 0.22 * np.arange(36) + 0.1 * NOISE)
    [sign] = [
        each
        for each in find_signs([example_result(drift, targets=[TARGET])]).signs
        if each.kind == "crossing"
    ]
    assert sign.chance >= signs.CROSSES
    assert "worse in June 2027 than the 12% of its target" in words.sign_words(sign)
    assert words.confirm_words(sign) == "Above 12.0% in June 2027."


def test_a_list_grows_where_more_joined_than_left_for_three_months_and_a_year_before_too() -> None:
    season = 1000 + 10 * np.arange(36) + 30 * np.sin(2 * np.pi * np.arange(36) / 12)
    found = find_signs([list_of(season)])
    assert [sign.kind for sign in found.signs] == ["growing"]
    assert "load above 1" in words.sign_words(found.signs[0])
    assert find_signs([list_of(season[::-1])]).signs == ()


def test_what_left_without_a_report_is_what_does_not_balance() -> None:
    flows = {
        each.measure.id: each
        for each in (
            list_of([1000, 1050]),
            list_of([300, 400], NEW),
            list_of([100, 120], STOPPED[0]),
            list_of([150, 200], STOPPED[1]),
        )
    }
    found = flows_of(flows)
    assert found == Flows(date(2024, 5, 1), 400, 320, 30)
    assert found.load == pytest.approx(400 / 350)
    assert (
        "400 joined, 320 were reported to leave and 30 left without a report: load 1.14"
        in words.flows_words(found)
    )
    assert flows_of({LIST_SIZE: flows[LIST_SIZE]}) is None


def test_a_new_gap_is_a_sign_of_worse_data_and_an_old_habit_of_gaps_is_none() -> None:
    values: list[float | None] = [*10 + NOISE[:24]]
    values[22] = None
    sign = data_sign(example_result(values))
    assert sign is not None
    assert "no figure for February 2026" in words.sign_words(sign)
    values[15] = None
    assert data_sign(example_result(values)) is None


def test_signs_of_worse_data_are_tried_on_the_past() -> None:
    values: list[float | None] = [*10 + NOISE]
    # tried at month 20, 23, 26, 29 and 32, counted from 0: the gap in 29 is followed by one in 31
    for gap in (5, 29, 31):
        values[gap] = None
    assert find_signs([example_result(values)]).records["data"] == Record(1, 1, 1, 1)
    values[31] = 10.0
    assert find_signs([example_result(values)]).records["data"] == Record(0, 1, 0, 1)


def test_figures_that_went_out_of_date_long_ago_are_no_news() -> None:
    result = example_result([*10 + NOISE])
    late = replace(result, judged_on=date(2027, 6, 30))
    assert late.stale
    assert "out of date" in words.sign_words(data_sign(late) or pytest.fail("no sign"))
    assert data_sign(replace(result, judged_on=date(2028, 3, 31))) is None


def test_certainty_moves_from_the_signs_own_chance_to_what_became_of_such_signs() -> None:
    sign = Sign(turned(), "turned", date(2026, 1, 1), 0.9)
    assert sign.certainty == pytest.approx(0.9)
    assert replace(sign, record=Record(0, 10)).certainty == pytest.approx(0.45)


def test_a_chance_is_said_once_as_the_certainty_that_the_table_has() -> None:
    result = example_result([*10 + NOISE], targets=[TARGET])
    sign = Sign(
        result, "crossing", date(2028, 12, 1), 0.9, aim=12.0, due=date(2029, 3, 1), record=Record(3, 5)
    )
    # ten times 0.9 and three of five: 12 of 15
    assert "about 80% likely to be worse in March 2029 than the 12% of" in words.sign_words(sign)


def test_spend_is_taken_apart_into_price_and_volume_that_add_up() -> None:
    measure = example_measure(kind="mean", unit="£", digits=0, name="Cost", about="money")
    result = example_result([100.0] * 12 + [110.0] * 12, measure=measure)
    series = replace(result.series, denominator=np.array([100.0] * 12 + [120.0] * 12))
    said = words.sign_words(Sign(replace(result, series=series), "data", date(2026, 1, 1), 1.0))
    assert "+£9,600: price +£3,600, volume +£6,000" in said


def test_the_demo_has_a_trust_with_a_warning_of_each_sign(demo_measures: Mart) -> None:
    asked = WantedMeasures(find_organisation(demo_measures, WARNED), date(2026, 9, 1))
    found = find_signs(measure_results(demo_measures, read_register(ROOT / "params" / "_register"), asked))
    assert {sign.kind for sign in found.signs} == set(phrases("names.early_signs"))


@pytest.mark.parametrize("code", ["SYN07", "SYN64", "SYN120"])
def test_the_demo_reads_as_plain_english(demo_measures: Mart, code: str) -> None:
    about, september = find_organisation(demo_measures, code), date(2026, 9, 1)
    report = Report("Early warnings", ROOT, demo_measures, about, Period(september, september))
    early = EarlyWarning(report, None)
    texts = [*early.headline.words.values(), *(str(row[1]) for row in early.warnings.rows)]
    plain = [text.replace("\\", "").replace("*", "") for text in texts if text]
    assert plain
    assert [
        jargon_in(text) or text_problems(text) for text in plain if jargon_in(text) or text_problems(text)
    ] == []
    assert early.method.words
    weights = [sign.weight for sign in early.found.signs]
    assert weights == sorted(weights, reverse=True)
