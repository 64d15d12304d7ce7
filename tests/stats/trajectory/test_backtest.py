"""The rolling-origin back-test and the widening of intervals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from helpers.errors import ArgumentError
from helpers.stats import trajectory as tr
from helpers.stats.trajectory.backtest import _choose, _widening
from helpers.stats.trajectory.candidates import random_walk, seasonal_random_walk


def test_each_origin_knows_only_its_past() -> None:
    # 12 points, random walk: origins 8 to 11; all but the last step are straight, so only forecasts of it
    # miss
    values = [*range(11), 50.0]
    found = tr.back_test(values, 2, kind="number")
    assert found.origins == 4
    assert found.table.loc[0, "forecasts"] == 7  # 2, 2, 2 and 1
    # the forecasts of the 12th value, 11, are 39 short; it is forecast from the origins 10 and 11
    assert found.table.loc[0, "mean_error"] == pytest.approx(2 * 39 / 7)
    assert found.coverage == pytest.approx(5 / 7)


def test_a_seasonal_series_is_forecast_by_a_seasonal_candidate() -> None:
    months = np.arange(48)
    noise = np.random.default_rng(2).normal(size=48) * 0.3
    found = tr.back_test(50 + 8 * np.sin(months * np.pi / 6) + noise, 6, kind="number")
    assert "seasonal" in found.chosen
    assert (
        found.table["mean_error"].min()
        == found.table.set_index("candidate").loc[found.chosen, "mean_error"]
    )


def test_a_straight_line_leaves_nothing_to_choose() -> None:
    found = tr.back_test(np.arange(40.0), 3, kind="number")
    assert found.table["candidate"].tolist() == ["random walk with drift"]
    assert (found.coverage, found.widening) == (1, 1)


def test_widening_makes_up_for_errors_beyond_their_interval() -> None:
    # 99 errors of 0.01 to 0.99 with intervals of 0.4 to both sides: the 95th of them has to be inside
    errors = np.column_stack([np.arange(1, 100) / 100, np.full(99, 0.4)])
    assert _widening(errors) == pytest.approx(0.95 / 0.4)
    assert _widening(errors * [0.1, 1]) == 1
    # errors of 1 where none was expected count as five intervals
    assert _widening(np.column_stack([np.ones(20), np.zeros(20)])) == pytest.approx(5)
    assert _widening(np.zeros((5, 2))) == 1


def test_a_less_simple_candidate_has_to_be_clearly_better() -> None:
    assert _choose([1.0, 0.95, 0.91]) == 0
    assert _choose([1.0, 0.95, 0.89]) == 2


def test_candidates_share_by_the_density_they_gave_to_what_came_next() -> None:
    rng = np.random.default_rng(7)
    values = 0.3 * np.sin(np.arange(26) * np.pi / 6) + rng.normal(size=26)
    found = tr.back_test(values, 6, kind="number").table.set_index("candidate")["share"]
    densities = []
    for walk in (random_walk, seasonal_random_walk):
        ahead = [(walk(values[:origin], 1), values[origin]) for origin in range(12, 26)]
        densities.append(
            np.prod([stats.t.pdf(came, one.freedom, one.path[0], one.sd[0]) for one, came in ahead])
        )
    assert found.tolist() == pytest.approx(np.array(densities) / sum(densities))
    assert found.min() > 0.01


def test_who_knows_no_season_has_no_share_where_there_is_one() -> None:
    season = 9 * np.sin(np.arange(48) * np.pi / 6)
    found = tr.back_test(season + np.random.default_rng(7).normal(size=48), 6, kind="number")
    share = found.table.set_index("candidate")["share"]
    assert share.sum() == pytest.approx(1)
    assert share[["seasonal" in name for name in share.index]].sum() > 0.99
    assert share[found.chosen] > 0.01


def test_a_gap_inside_is_filled_on_a_straight_line_and_leading_ones_are_left_out() -> None:
    values = [np.nan, 1.0, 2, 3, 4, np.nan, 6, 7, 8, 9, 10, 11, 12, 13]
    whole = [*range(1, 14)]
    assert tr.back_test(values, 2, kind="number").table.equals(tr.back_test(whole, 2, kind="number").table)


def test_unusable_series_are_refused() -> None:
    with pytest.raises(ArgumentError, match="11 points"):
        tr.back_test(np.arange(11.0), 3, kind="number")
    with pytest.raises(ArgumentError, match="the last value is missing"):
        tr.back_test([*range(12), np.nan], 3, kind="number")
    with pytest.raises(ArgumentError, match="the last value is missing"):
        tr.back_test([np.nan] * 12, 3, kind="number")
    with pytest.raises(ArgumentError, match="horizon"):
        tr.back_test(np.arange(12.0), 0, kind="number")
