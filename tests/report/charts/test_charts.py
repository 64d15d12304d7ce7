"""Charts: what is drawn, where, and in which shape; hidden values leave no mark."""

from __future__ import annotations

from datetime import date

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

from helpers.report.charts.canvas import MARKS
from helpers.report.charts.comparison import Bar, Step, bars_chart, split_chart
from helpers.report.charts.multiples import Small, multiples_chart
from helpers.report.charts.positions import Percent, percents_chart
from helpers.report.charts.process import spc_chart
from helpers.report.charts.rates import rate_funnel_chart
from helpers.stats.spc import xmr
from helpers.theme import colours


def texts(axes: Axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


def markers(axes: Axes, shape: str) -> list[float]:
    """Return the heights of the points of one shape."""
    lines = [line for line in axes.lines if line.get_marker() == shape]
    heights = [float(y) for line in lines for y in np.asarray(line.get_ydata(), dtype=float)]
    return [height for height in heights if not np.isnan(height)]


STEPS = (
    Step("The national mean", 5.8, total=True), Step("Case mix", -1.4), Step("Length", 1.2, judged=True),
    Step("This trust", 5.6, total=True),
)  # fmt: skip


def test_the_steps_of_a_split_meet_and_only_judged_ones_are_coloured_good_or_bad() -> None:
    axes = split_chart(STEPS, unit="days").axes[0]
    ends = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in axes.patches]  # type: ignore[attr-defined]
    assert ends == [
        (0, 5.8), (5.8, pytest.approx(4.4)), (pytest.approx(4.4), pytest.approx(5.6)), (0, 5.6),
    ]  # fmt: skip
    assert texts(axes) == ["5.8", "−1.4", "+1.2", "5.6"]
    found = [plt.matplotlib.colors.to_hex(bar.get_facecolor()).upper() for bar in axes.patches]  # type: ignore[attr-defined]
    assert found[1] == colours.COMMON_CAUSE.upper()
    assert found[2] == colours.CONCERN.upper()


def test_bars_beyond_chance_have_another_shape_and_uncertain_ones_are_open() -> None:
    bars = (Bar("a", 9, 2, 20, True), Bar("b", 1, -3, 5, False), Bar("c", -8, -12, -2, True))
    axes = bars_chart(bars, unit="bed-days", words=("fewer", "more")).axes[0]
    for row, verdict in enumerate(("concerning", "common", "improving")):
        assert markers(axes, MARKS[verdict][0]) == [row]
    uncertain = next(line for line in axes.lines if line.get_marker() == MARKS["common"][0])
    assert uncertain.get_markerfacecolor() == "white"
    assert {"◀ fewer", "more ▶"} <= set(texts(axes))


def test_a_percentage_is_joined_to_the_one_before_it_where_that_is_known() -> None:
    axes = percents_chart((Percent("a", 60, 40), Percent("b", 5)), unit="%").axes[0]
    joined = [
        list(line.get_xdata())
        for line in axes.lines
        if line.get_linestyle() == "-" and len(line.get_xdata()) == 2
    ]
    assert joined == [[40, 60]]
    assert sorted(markers(axes, "o")) == [0, 0, 1]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "b"]
    assert texts(axes) == ["○ then   ● now"]
    assert texts(percents_chart((Percent("b", 5),), unit="%").axes[0]) == []


def test_stretches_of_a_scale_are_named_and_parted_where_each_ends() -> None:
    zones = (("unlikely", 20.0), ("at risk", 80.0), ("on track", 100.0))
    axes = percents_chart((Percent("b", 5),), unit="%", zones=zones).axes[0]
    assert [(text.get_text(), text.xy[0]) for text in axes.texts] == [  # type: ignore[attr-defined]
        ("unlikely", 10), ("at risk", 50), ("on track", 90),
    ]  # fmt: skip
    upright = [
        line.get_xdata()[0]
        for line in axes.lines
        if len({*line.get_xdata()}) == 1 and len(line.get_xdata()) == 2
    ]
    assert upright == [20, 80]


VALUES = np.array([5.0, 5.2, 4.9, 5.1, 5.0, 4.8, 5.2, 9.0, 4.9, 5.1, 5.0, 5.1, 4.9, 5.0])
DATES = pd.date_range("2025-01-01", periods=14, freq="MS").to_numpy()


def test_an_spc_chart_draws_what_is_shown_and_no_hidden_point() -> None:
    chart = xmr(VALUES, DATES, improvement="decrease", target=4.0)
    shown = VALUES.copy()
    shown[[3, 7]] = np.nan
    axes = spc_chart(chart, shown, unit="days", target=("national mean", 4.0)).axes[0]
    drawn = {round(float(y), 3) for line in axes.lines for y in np.asarray(line.get_ydata(), dtype=float)}
    assert 9.0 not in drawn
    assert markers(axes, MARKS["concerning"][0]) == []
    assert sum(len(markers(axes, shape)) for shape, _, _ in MARKS.values()) == 12
    assert f"mean {VALUES.mean():.1f}" in texts(axes)
    assert "national mean 4.0" in texts(axes)


def test_special_cause_is_marked_by_shape() -> None:
    chart = xmr(VALUES, DATES, improvement="decrease")
    axes = spc_chart(chart, VALUES, unit="days").axes[0]
    assert markers(axes, MARKS["concerning"][0]) == [9.0]


def test_events_are_named_and_limits_restart() -> None:
    chart = xmr(VALUES, DATES, improvement="decrease", rebase=[DATES[7]])
    events = [(date(2025, 8, 1), "Daily senior review and criteria-led discharge")]
    axes = spc_chart(chart, VALUES, unit="days", events=events).axes[0]
    assert len(axes.collections) == 2  # a band for each segment
    assert any(text.startswith("Daily senior review") for text in texts(axes))


def test_an_axis_of_days_begins_at_nought_or_above() -> None:
    chart = xmr(VALUES * 0 + [0.2, 6] * 7, DATES, improvement="decrease")
    assert chart.segments[0].lower < 0
    assert spc_chart(chart, chart.values, unit="days").axes[0].get_ylim()[0] == 0


def test_a_chart_of_nothing_shown_can_be_drawn() -> None:
    chart = xmr(VALUES, DATES, improvement="decrease")
    axes = spc_chart(chart, np.full(14, np.nan), unit="days").axes[0]
    assert not [y for shape, _, _ in MARKS.values() for y in markers(axes, shape)]


def test_a_funnel_names_the_reported_trust_alone() -> None:
    expected, ratio = np.array([100.0, 200.0, 400.0]), np.array([0.9, 1.3, 1.0])
    x = np.linspace(80, 420, 5)
    limits = {"95%": (x, 1 - 5 / x, 1 + 5 / x), "99.8%": (x, 1 - 8 / x, 1 + 8 / x)}
    axes = rate_funnel_chart(
        expected, ratio, 1, limits, label="T2: 1.30", centre=1, axis_labels=("x", "y")
    ).axes[0]
    assert texts(axes) == ["95%", "99.8%", "T2: 1.30"]
    low, high = axes.get_ylim()
    assert low < 0.9
    assert high > 1.3


def test_a_long_name_above_a_small_chart_goes_on_in_a_second_line() -> None:
    days = np.array(["2026-01-01", "2026-02-01"], dtype="datetime64[D]")
    name = "Cancer treatment within 31 days of the decision to treat"
    small = Small(name, days, np.array([1.0, 2.0]), np.nan, np.nan, np.nan, 0, np.nan, "%")
    title = multiples_chart([small]).axes[0].get_title(loc="left")
    assert title.replace("\n", " ") == f"{name} (%)"
    assert title.count("\n") == 1


def test_small_charts_begin_and_end_at_their_months_where_the_first_and_last_have_no_value() -> None:
    days = np.arange("2024-01", "2024-07", dtype="datetime64[M]").astype("datetime64[D]")
    known = np.array([np.nan, 1.0, 2.0, 3.0, 2.0, np.nan])
    whole = Small("Whole", days, np.arange(6.0), 1.0, np.nan, np.nan, 0, np.nan, "%")
    gaps = Small("Gaps", days, known, np.nan, np.nan, np.nan, 0, np.nan, "%")
    one, other = multiples_chart([whole, gaps]).axes
    assert one.get_xlim() == pytest.approx(other.get_xlim())
    only = Small("Only", days[:1], known[1:2], np.nan, np.nan, np.nan, 0, np.nan, "%")
    assert multiples_chart([only]).axes[0].get_xlim()[0] < multiples_chart([only]).axes[0].get_xlim()[1]
