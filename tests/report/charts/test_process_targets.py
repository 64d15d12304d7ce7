"""Process charts with dated targets, events, restarts and a forecast: nothing overlaps, whatever the length."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from label_boxes import label_problems

from helpers.report.charts.process import FanAhead, TargetStep, spc_chart
from helpers.report.period import add_months
from helpers.stats.spc import XmRChart, xmr

FIRST = date(2022, 1, 1)


def months(count: int, first: date = FIRST) -> list[date]:
    return [add_months(first, place) for place in range(count)]


def series(points: int, seed: int) -> tuple[XmRChart, list[date]]:
    """Return a chart with a level that shifts and a wild point, restarted half-way."""
    rng = np.random.default_rng(seed)
    values = 75 + rng.normal(0, 2, points) + 6 * (np.arange(points) > 0.7 * points)
    values[points // 3] += 15
    days = months(points)
    middle = [np.datetime64(days[points // 2])] if points > 20 else []
    return xmr(values, np.array(days, dtype="datetime64[D]"), rebase=middle), days


def fan(last: date) -> FanAhead:
    ahead = tuple(add_months(last, step) for step in range(1, 7))
    middle, wide = np.full(6, 80.0), np.linspace(1, 6, 6)
    return FanAhead(ahead, middle, middle - wide, middle + wide, middle - 2 * wide, middle + 2 * wide)


@pytest.mark.parametrize("points", [12, 24, 36, 48, 60])
@pytest.mark.parametrize("seed", [1, 2])
def test_no_words_overlap_from_12_to_60_points(points: int, seed: int) -> None:
    chart, days = series(points, seed)
    half = points // 2
    steps = [
        TargetStep(days[0], days[half - 1], 95.0, "standard"),
        TargetStep(days[half], days[-1], 78.0, "milestone"),
    ]
    events = [(days[half], "Community services leave the count"), (days[half + 2], "Another trust joins")]
    figure = spc_chart(
        chart, chart.values, unit="%", steps=steps, events=events, fan=fan(days[-1]), height=2.5
    )
    assert label_problems(figure) == []


def words_of(figure: object) -> list[str]:
    (axes,) = figure.axes  # type: ignore[attr-defined]
    return [text.get_text().replace("\n", " ") for text in axes.texts]


def test_the_target_in_force_is_named_by_its_kind_and_the_earlier_one_where_there_is_room() -> None:
    chart, days = series(24, 1)
    steps = [
        TargetStep(days[0], days[11], 95.0, "standard"),
        TargetStep(days[12], days[23], 78.0, "milestone"),
    ]
    said = words_of(spc_chart(chart, chart.values, unit="%", steps=steps))
    assert {"milestone 78.0", "standard 95.0"} <= set(said)


def test_a_target_in_force_that_is_far_off_is_named_at_the_edge_and_leaves_the_scale_to_the_values() -> (
    None
):
    chart = xmr([50.0, 51.0] * 9, np.array(months(18), dtype="datetime64[D]"))
    for value, arrow in ((92.0, "↑"), (5.0, "↓")):
        figure = spc_chart(chart, chart.values, unit="%", target=("standard", value))
        low, high = figure.axes[0].get_ylim()
        assert high - low < 10
        assert f"{arrow} standard {value}" in words_of(figure)
        assert label_problems(figure) == []


def test_an_earlier_target_that_is_far_off_is_neither_drawn_nor_named() -> None:
    chart, days = xmr([50.0, 51.0] * 9, np.array(months(18), dtype="datetime64[D]")), months(18)
    steps = [
        TargetStep(days[0], days[8], 92.0, "standard"),
        TargetStep(days[9], days[17], 53.0, "milestone"),
    ]
    figure = spc_chart(chart, chart.values, unit="%", steps=steps)
    assert figure.axes[0].get_ylim()[1] < 60
    assert words_of(figure)[-2:] == ["mean 50.5", "milestone 53.0"]


def test_causes_of_the_same_words_are_named_once_the_newest_of_them() -> None:
    values = np.array([10.0, 11.0] * 12)
    values[[4, 5]] = values[[14, 15]] = 13.4  # near the upper limit, twice
    chart = xmr(values, np.array(months(24), dtype="datetime64[D]"))
    figure = spc_chart(chart, chart.values, unit="days")
    assert words_of(figure).count("two of three near upper limit") == 1


def test_large_numbers_have_commas_on_the_axis() -> None:
    chart = xmr([104_000.0, 105_000.0] * 9, np.array(months(18), dtype="datetime64[D]"))
    figure = spc_chart(chart, chart.values, unit="patients")
    figure.draw_without_rendering()
    assert "104,000" in [tick.get_text() for tick in figure.axes[0].get_yticklabels()]


def test_a_single_cause_is_named_by_its_limit_and_month_a_run_by_its_length() -> None:
    values = [10.0, 13.0] * 9  # the mean with the wild point is 12.6, so the others swing about it
    values[4] = 30.0
    chart = xmr(values, np.array(months(18), dtype="datetime64[D]"))
    assert "above upper limit May 2022" in words_of(spc_chart(chart, chart.values, unit="days"))
    shifted = xmr([10.0, 11.0] * 6 + [13.0, 14.0] * 4, np.array(months(20), dtype="datetime64[D]"))
    assert any(
        word.endswith("above mean") for word in words_of(spc_chart(shifted, shifted.values, unit="days"))
    )


def test_a_suppressed_point_is_neither_drawn_nor_named() -> None:
    values = np.array([10.0, 11.0] * 9)
    values[4] = 20.0
    chart = xmr(values, np.array(months(18), dtype="datetime64[D]"))
    shown = values.copy()
    shown[4] = np.nan
    figure = spc_chart(chart, shown, unit="days")
    assert not [word for word in words_of(figure) if "limit" in word]
    assert not any(
        (np.asarray(line.get_ydata(), dtype=float) == 20.0).any() for line in figure.axes[0].lines
    )


@pytest.mark.parametrize("points", [1, 2])
def test_one_or_two_points_are_drawn(points: int) -> None:
    chart = xmr([5.0, 6.0][:points], np.array(months(points), dtype="datetime64[D]"))
    assert label_problems(spc_chart(chart, chart.values, unit="days")) == []


def test_a_constant_series_at_100_percent_has_room_about_it() -> None:
    chart = xmr([100.0] * 24, np.array(months(24), dtype="datetime64[D]"))
    low, high = spc_chart(chart, chart.values, unit="%").axes[0].get_ylim()
    assert low < 95
    assert 100 < high < 101  # no share is larger
    _, beyond = spc_chart(chart, chart.values, unit="ratio").axes[0].get_ylim()
    assert beyond > 104


def test_an_own_plan_is_a_line_with_its_name_where_it_ends() -> None:
    chart, days = series(36, 1)
    plan = [(day, 80.0 + place) for place, day in enumerate(months(18, days[24]))]
    steps = [TargetStep(days[0], days[-1], 95.0, "milestone")]
    figure = spc_chart(chart, chart.values, unit="%", steps=steps, fan=fan(days[-1]), planned=plan)
    assert label_problems(figure) == []
    assert "own plan" in words_of(figure)
    (axes,) = figure.axes
    drawn = [line for line in axes.lines if line.get_marker() == "D" and len(line.get_xdata()) == len(plan)]
    assert [list(line.get_ydata()) for line in drawn] == [[value for _, value in plan]]
    assert axes.get_xlim()[1] >= drawn[0].get_xdata()[-1]
