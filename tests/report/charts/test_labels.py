"""No label of any chart lies over another or leaves the picture, whatever the data."""

from __future__ import annotations

from datetime import date

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from label_boxes import label_problems
from matplotlib.text import Annotation, Text

from helpers.report.charts.canvas import canvas
from helpers.report.charts.comparison import Bar, Step, bars_chart, split_chart
from helpers.report.charts.labels import name_ends, name_events
from helpers.report.charts.names import Name
from helpers.report.charts.point_labels import name_points
from helpers.report.charts.process import spc_chart
from helpers.report.charts.rates import (
    Odds,
    RateMonths,
    caterpillar_chart,
    odds_chart,
    rate_funnel_chart,
    rate_months_chart,
)
from helpers.report.charts.scenario import Reach, Swing, reach_chart, tornado_chart
from helpers.stats.spc import xmr

#: each example lays out and draws a figure; the same ones on every run
RANDOM = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
SEEDS = st.integers(0, 10_000)
LONG = "Synthetic Northmoor University Hospitals"


def check(figure):
    try:
        assert label_problems(figure) == []
    finally:
        plt.close(figure)


# ---- where a point is named


@pytest.mark.parametrize(
    ("peak", "side", "words"), [(9.0, 1, "above upper limit"), (1.0, -1, "below lower limit")]
)
def test_a_point_at_the_edge_is_named_beside_or_beyond_it_and_not_across_the_chart(
    peak: float, side: int, words: str
) -> None:
    values = 5 + np.sin(np.arange(36.0) * 1.7)
    values[5] = peak
    days = pd.date_range("2024-04-01", periods=36, freq="MS").to_numpy()
    figure = spc_chart(xmr(values, days, improvement="decrease"), values, unit="days")
    (axes,) = figure.axes
    (name,) = [each for each in axes.texts if each.get_text().startswith(words)]
    box = name.get_window_extent()
    y = axes.transData.transform((0, peak))[1]
    assert side * ((box.y0 + box.y1) / 2 - y) > -1  # beyond it, or level with it
    assert axes.bbox.y0 <= box.y0
    assert box.y1 <= axes.bbox.y1
    plt.close(figure)


@pytest.mark.parametrize("trusts", [3, 8, 118])
def test_the_own_trust_is_always_named_and_never_struck_through(trusts: int) -> None:
    value = np.sort(70 + 6 * np.random.default_rng(trusts).standard_normal(trusts))
    lines = [("median", float(np.median(value))), ("best quarter", float(np.quantile(value, 0.75)))]
    for own in range(0, trusts, 1 + trusts // 8):
        figure = caterpillar_chart(value, (value - 2, value + 2), own, label="SYN07", lines=lines, unit="%")
        (axes,) = figure.axes
        (name,) = [each for each in axes.texts if each.get_text() == "SYN07"]
        name.get_window_extent()  # puts it where it is drawn
        box = Text.get_window_extent(name)
        heights = [axes.transData.transform((0, level))[1] for _, level in lines]
        assert not [each for each in heights if box.y0 < each < box.y1]
        plt.close(figure)


def test_the_own_trust_is_named_in_a_cloud_of_others() -> None:
    rng = np.random.default_rng(1)
    size, rate = rng.uniform(300, 900, 300), 60 + rng.standard_normal(300)
    ends = np.array([200.0, 1000.0])
    limits = {
        "95%": (ends, np.full(2, 57.0), np.full(2, 63.0)),
        "99.8%": (ends, np.full(2, 56.0), np.full(2, 64.0)),
    }
    for own in range(0, 300, 60):
        figure = rate_funnel_chart(
            size, rate, own, limits, label="SYN07", centre=60, axis_labels=("All", "%"), height=2.0
        )
        assert "SYN07" in [each.get_text() for each in figure.axes[0].texts]
        plt.close(figure)


@pytest.mark.parametrize("height", [1.9, 2.5])
def test_a_low_chart_has_room_for_names_beyond_its_highest_and_its_lowest_point(height: float) -> None:
    values = 25 + np.sin(np.arange(36.0) * 1.7)
    values[[5, 25]] = 29.0, 21.0
    days = pd.date_range("2024-04-01", periods=36, freq="MS").to_numpy()
    figure = spc_chart(xmr(values, days, improvement="decrease"), values, unit="days", height=height)
    (axes,) = figure.axes
    for words, y, side in (("above upper limit", 29.0, 1), ("below lower limit", 21.0, -1)):
        (name,) = [each for each in axes.texts if each.get_text().startswith(words)]
        name.get_window_extent()  # puts it where it is drawn
        box = Text.get_window_extent(name)
        beyond = side * ((box.y0 + box.y1) / 2 - axes.transData.transform((0, y))[1])
        assert beyond > -1  # or level with it
    plt.close(figure)


# ---- the checker itself


def test_the_checker_sees_labels_that_lie_over_each_other():
    figure, axes = canvas(2)
    axes.text(0.5, 0.5, "first")
    axes.text(0.51, 0.5, "second")
    assert label_problems(figure) == ["'first' lies over 'second'"]


def test_the_checker_sees_a_label_that_leaves_the_picture():
    figure, _ = canvas(2)
    figure.text(0.97, 0.5, "a long label")
    assert label_problems(figure) == ["'a long label' leaves the picture"]


def test_the_checker_takes_no_tick_that_is_out_of_view():
    figure, axes = canvas(2)
    axes.set_xticks([0, 0.001, 1], ["at nought", "also at nought", "far"])
    axes.set_xlim(0.5, 1)
    assert label_problems(figure) == []


# ---- the three kinds of names


def test_names_at_the_right_edge_stand_in_the_order_of_their_lines():
    figure, axes = canvas(2)
    axes.set_ylim(0, 100)
    name_ends(axes, [Name(f"line {n}", 0, 50 + n / 10) for n in range(6)])
    axes.figure.draw_without_rendering()
    heights = [text.get_window_extent().y0 for text in axes.texts]
    assert heights == sorted(heights)
    check(figure)


def noted(axes):
    return [text for text in axes.texts if isinstance(text, Annotation)]


def test_names_that_have_room_stand_at_their_lines():
    _, axes = canvas(2)
    axes.set_ylim(0, 100)
    name_ends(axes, [Name("low", 0, 20), Name("high", 0, 80)])
    assert [text.xyann[1] for text in noted(axes)] == [pytest.approx(0), pytest.approx(0)]


def test_events_near_each_other_are_named_in_rows_and_the_last_stays_within():
    figure, axes = canvas(3)
    axes.set_xlim(0, 100)
    name_events(axes, [(99, "Criteria-led discharge began"), (97, "Ward 7 closed"), (5, "Winter plan")])
    rows = {text.get_text(): round(text.xyann[1], 2) for text in noted(axes)}
    assert rows["Winter plan"] == rows["Ward 7 closed"]
    assert rows["Ward 7 closed"] != rows["Criteria-led discharge began"]
    check(figure)


def test_a_point_without_room_stays_unnamed_rather_than_unreadable():
    figure, axes = canvas(1)
    x = np.zeros(30)
    axes.plot(x, x)
    name_points(axes, [Name("a name of some length", 0, 0)] * 60, (x, x))
    assert 0 < len(axes.texts) < 60
    check(figure)


def test_the_name_of_a_stretch_stands_along_it_and_on_its_side():
    figure, axes = canvas(2)
    x = np.arange(40.0)
    y = np.where((x >= 10) & (x < 20), 2.0, 0.0) + np.where(x >= 30, 6.0, 0.0)
    axes.plot(x, y)
    axes.set_ylim(-4, 8)
    name_points(axes, [Name("10 above", 19, 2, along=(10, 19), side=1)], (x, y))
    (text,) = axes.texts
    box = text.get_window_extent().transformed(axes.transData.inverted())
    assert 8 < (box.x0 + box.x1) / 2 < 21
    assert box.y0 > 2
    check(figure)


def test_a_name_that_would_hide_the_line_is_left_out():
    figure, axes = canvas(1)
    x = np.linspace(0, 1, 400)
    y = np.abs(np.sin(x * 400))  # the line is everywhere
    axes.plot(x, y)
    name_points(axes, [Name("a name of some length", 0.5, 0.5)], (x, y))
    assert list(axes.texts) == []
    check(figure)


# ---- every chart, on random data


@RANDOM
@given(seed=SEEDS, months=st.integers(3, 72), level=st.sampled_from([0.02, 4.3, 71.0, 41_200.0]))
def test_process_charts(seed, months, level):
    rng = np.random.default_rng(seed)
    values = level * (1 + 0.05 * rng.standard_normal(months))
    shift = int(rng.integers(0, months))
    values[shift:] *= rng.choice([0.7, 1.0, 1.3])
    days = pd.date_range("2020-04-01", periods=months, freq="MS")
    chart = xmr(values, days.to_numpy(), improvement="decrease", target=level)
    shown = np.where(rng.random(months) < 0.1, np.nan, values)
    places = sorted(rng.integers(0, months, 3))
    events = [(days[place].date(), f"{LONG} opened ward {place}") for place in places]
    check(spc_chart(chart, shown, unit="days", target=("national mean", level * 1.001), events=events))


@RANDOM
@given(seed=SEEDS, trusts=st.integers(3, 140), spread=st.sampled_from([0.0, 0.05, 0.4]))
def test_funnels_and_caterpillars(seed, trusts, spread):
    rng = np.random.default_rng(seed)
    size = rng.lognormal(6, 1, trusts)
    ratio = np.exp(spread * rng.standard_normal(trusts))
    x = np.linspace(size.min(), size.max(), 20)
    limits = {
        name: (x, 1 - width / np.sqrt(x), 1 + width / np.sqrt(x))
        for name, width in (("95%", 2), ("99.8%", 2.05))
    }
    own, axis = int(rng.integers(trusts)), ("size", "observed / expected")
    label = f"{LONG} (SYN07): 1.19"
    check(rate_funnel_chart(size, ratio, own, limits, label=label, centre=1, axis_labels=axis))
    lines = [("all trusts 1.00", 1.0), ("best quarter 0.99", 0.99), ("England 1.01", 1.01)]
    ends = (ratio * 0.9, ratio * 1.1)
    check(caterpillar_chart(ratio, ends, own, label=label, lines=lines, unit="% missed"))


@RANDOM
@given(seed=SEEDS, months=st.integers(3, 60))
def test_months_of_rates(seed, months):
    rng = np.random.default_rng(seed)
    days = tuple(day.date() for day in pd.date_range("2021-01-01", periods=months, freq="MS"))
    centre = np.full(months, 8.0)
    drawn = RateMonths(
        days,
        8 + rng.standard_normal(months),
        centre,
        centre - 1.5,
        centre + 1.5,
        rng.integers(-1, 2, months),
    )
    events = [
        (days[place], "Reminders by text message began") for place in sorted(rng.integers(0, months, 2))
    ]
    check(rate_months_chart(drawn, unit="% missed", events=events))


@RANDOM
@given(seed=SEEDS, weeks=st.integers(2, 60), certain=st.booleans(), compared=st.booleans())
def test_fans(seed, weeks, certain, compared):
    rng = np.random.default_rng(seed)
    days = tuple(day.date() for day in pd.date_range("2026-01-05", periods=weeks, freq="7D"))
    median = 4_000 + np.cumsum(rng.normal(-5, 10, weeks))
    width = np.zeros(weeks) if certain else np.linspace(0, rng.choice([1.0, 40.0, 900.0]), weeks)
    ways = (("first slots only", median - width / 2), ("every slot", median + width / 2))
    reach = Reach(days, median - width, median + width, ways[: 1 if certain else 2])
    beside = ("no change", np.full(weeks, 4_000.0)) if compared else None
    check(reach_chart(reach, unit="patients on the list", beside=beside))


@RANDOM
@given(seed=SEEDS, rows=st.integers(1, 24))
def test_charts_of_rows(seed, rows):
    rng = np.random.default_rng(seed)
    middle = float(rng.normal(10, 5))
    ends = rng.normal(middle, rng.choice([0.0, 0.5, 8.0]), (rows, 2))
    swings = [
        Swing(f"assumption {n}", f"{n} of 100 slots", "all of them, every week", low, high)
        for n, (low, high) in enumerate(ends)
    ]
    check(tornado_chart(swings, middle, unit="days of additions"))
    values = rng.normal(0, 300, rows)
    bars = [
        Bar(f"{LONG} {n}", value, value - 90, value + 90, abs(value) > 90) for n, value in enumerate(values)
    ]
    words = ("fewer than expected", "more than expected")
    check(bars_chart(bars, unit="bed-days", words=words))
    steps = [
        Step("The national mean", 5.8, total=True),
        *(Step(f"step {n}", v / 300) for n, v in enumerate(values)),
    ]
    check(split_chart(steps, unit="days"))


@RANDOM
@given(seed=SEEDS, rows=st.integers(1, 30), width=st.sampled_from([0.02, 0.2, 0.9]))
def test_odds(seed, rows, width):
    rng = np.random.default_rng(seed)
    ratios = np.exp(width * rng.standard_normal(rows))
    drawn = [Odds("Deprivation", np.nan, np.nan, np.nan, heading=True), Odds("least", 1.0, np.nan, np.nan)]
    drawn += [
        Odds(f"group {n} of many", r, r * np.exp(-width), r * np.exp(width)) for n, r in enumerate(ratios)
    ]
    check(odds_chart(drawn, words=("missed less", "missed more")))


def test_a_chart_of_one_event_on_its_first_day():
    days = pd.date_range("2025-01-01", periods=14, freq="MS")
    chart = xmr(np.arange(14.0), days.to_numpy(), improvement="decrease")
    check(spc_chart(chart, chart.values, unit="days", events=[(date(2025, 1, 1), LONG)]))
