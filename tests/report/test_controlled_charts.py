"""What is drawn of a control chart does not tell a hidden month: an attacker's solver looks for other worlds."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import linprog

from helpers.report.controlled_charts import WITHHELD, chart_as_shown, lines_may_be_drawn
from helpers.stats.spc import XmRChart, xmr

Floats = NDArray[np.float64]
DIGITS = 1
STEP = 10.0**-DIGITS
#: limits lie 2.66 mean moving ranges from the centre
LIMIT_FACTOR = 2.66
MARGIN = 1e-4


def drawn(exact: Floats, hidden: NDArray[np.int64]) -> tuple[XmRChart, XmRChart]:
    """Return the exact chart of a series and what is published of it."""
    shown = exact.copy()
    shown[hidden] = np.nan
    chart = xmr(exact)
    return chart, chart_as_shown(chart, shown, digits=DIGITS, origin="records")


def published(chart: XmRChart) -> tuple[object, ...]:
    """Return all that a reader of the drawing knows."""
    lines = (chart.values, chart.centre, chart.lower, chart.upper)
    return (*(tuple(np.nan_to_num(line, nan=-1.0).round(9)) for line in lines), chart.reason)


def draw_series(rng: np.random.Generator, months: int, hide: int) -> tuple[Floats, NDArray[np.int64]]:
    """Return monthly means of whole days; the hidden months rest on 1 to 7 patients."""
    people = rng.integers(8, 60, months)
    hidden = np.sort(rng.choice(months, hide, replace=False))
    people[hidden] = rng.integers(1, 8, hide)
    return np.array([rng.poisson(5, n).mean() for n in people]), hidden


def another_world(exact: Floats, month: int, value: float) -> Floats | None:
    """Return the series nearest to the true one that is drawn alike and has another value in a hidden month.

    A linear programme: every month within what its listed value stands for, centre and limits within what
    theirs stand for, each step up or down as it is. None where there is no such series.
    """
    count, chart = len(exact), xmr(exact)
    start = exact.copy()
    start[month] = value
    sizes = np.abs(np.diff(exact))
    kept = sizes < 3.267 * sizes.mean()
    signs = np.where(np.diff(start) >= 0, 1.0, -1.0)
    step = np.eye(count)[1:] - np.eye(count)[:-1]
    mean = np.full(count, 1 / count)
    spread = LIMIT_FACTOR * (signs * kept) @ step / kept.sum()
    lines = np.array([mean, mean + spread, mean - spread])
    listed = np.round([chart.limits.centre, chart.limits.upper, chart.limits.lower], DIGITS)
    half = STEP / 2 - MARGIN
    moved = np.hstack([np.eye(count), -np.eye(count)])  # x = start + up - down, up and down not negative
    rows = np.vstack([lines, -lines, -signs[:, None] * step])
    ends = np.concatenate([listed + half, -(listed - half), np.zeros(count - 1)])
    room = [(0.0, 0.0) if place == month else (0.0, None) for place in range(count)]
    listed_points = np.round(exact, DIGITS)
    found = linprog(
        np.ones(2 * count),
        A_ub=np.vstack([rows @ moved, moved, -moved]),
        b_ub=np.concatenate(
            [
                ends - rows @ start,
                np.where(np.arange(count) == month, np.inf, listed_points + half - start).clip(max=1e6),
                np.where(np.arange(count) == month, np.inf, start - listed_points + half).clip(max=1e6),
            ]
        ),
        bounds=room * 2,
    )
    return start + moved @ found.x if found.success else None


def possible_counts(exact: Floats, hidden: NDArray[np.int64], month: int) -> set[int]:
    """Return the counts of patients that a reader cannot rule out for a hidden month."""
    seen = published(drawn(exact, hidden)[1])
    counts = set()
    for people in range(1, 8):
        days = round(exact[month] * people)
        for total in (days, days - 1, days + 1):
            world = None if total < 0 else another_world(exact, month, total / people)
            if world is not None and published(drawn(world, hidden)[1]) == seen:
                counts.add(people)
                break
    return counts


@pytest.mark.parametrize("hide", [1, 2])
def test_a_hidden_month_keeps_three_possible_counts_beside_drawn_limits(hide: int) -> None:
    rng = np.random.default_rng(40 + hide)
    for _ in range(25):
        exact, hidden = draw_series(rng, int(rng.integers(13 + hide, 30)), hide)
        assert np.isfinite(drawn(exact, hidden)[1].centre).all()
        for month in hidden:
            assert len(possible_counts(exact, hidden, int(month))) >= 3


def test_exact_lines_would_have_told_the_hidden_month() -> None:
    exact, hidden = draw_series(np.random.default_rng(4), 20, 1)
    others = np.delete(exact, hidden)
    assert 20 * xmr(exact).limits.centre - others.sum() == pytest.approx(exact[hidden[0]])


def test_few_months_beside_a_hidden_one_leave_the_lines_undrawn_and_the_reasons_untold() -> None:
    exact, hidden = draw_series(np.random.default_rng(5), 13, 1)
    chart, shown = drawn(exact, hidden)
    assert np.isfinite(chart.centre).all()
    assert np.isnan(shown.centre).all()
    assert np.isnan(shown.limits.upper)
    assert set(shown.reason) == {WITHHELD}
    assert shown.assurance == chart.assurance


def test_months_of_none_at_all_are_exact_and_protect_nothing() -> None:
    # 23 months without anybody and one of a few: the mean of all times 24 is the few
    exact = np.zeros(24)
    exact[7] = 3
    shown = np.where(exact == 3, np.nan, exact)
    assert not lines_may_be_drawn(exact, shown, np.zeros(24, dtype=int), "records").any()


def test_each_segment_stands_for_itself() -> None:
    exact = np.full(30, 4.0)
    shown = exact.copy()
    shown[2] = np.nan
    segment = np.repeat([0, 1], [10, 20])
    assert lines_may_be_drawn(exact, shown, segment, "records").tolist() == [False] * 10 + [True] * 20


def test_without_a_hidden_month_lines_are_drawn_as_they_are_listed() -> None:
    exact = np.array([4.33, 5.21, 4.87, 5.02, 4.4])
    chart = chart_as_shown(xmr(exact), exact, digits=1, origin="records")
    assert chart.values.tolist() == [4.3, 5.2, 4.9, 5.0, 4.4]
    assert chart.limits.centre == 4.8  # 23.83 / 5 = 4.766
    assert chart.centre.tolist() == [4.8] * 5


def test_published_statistics_are_drawn_as_they_are() -> None:
    exact = np.array([4.33, 5.21, 4.87])
    chart = xmr(exact)
    assert chart_as_shown(chart, np.array([4.33, np.nan, 4.87]), digits=1, origin="published") is chart


def test_a_trend_through_six_hidden_months_is_not_told() -> None:
    # 0 < six rising counts < 8: only 1 or 2 would remain for the first of them
    rising = [0.0, 1, 2, 3, 4, 5, 6, 10]
    exact = np.array([*([20.0, 24.0] * 10), *rising])
    shown = exact.copy()
    shown[21:27] = np.nan
    chart = xmr(exact)
    assert chart.reason[27] == "7 Point Trend (Increasing)" or chart.reason[27] == "Below LCL"
    assert chart_as_shown(chart, shown, digits=0, origin="records").reason[27] == WITHHELD
