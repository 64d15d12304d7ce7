"""The latest stable stretch: found where there is one, hardly where there is none."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from helpers.errors import ArgumentError
from helpers.stats.spc import xmr, xmr_many

QUIET = [9.7, 9.0, 10.9, 10.8, 10.3, 9.2, 9.4, 10.1, 9.6, 10.7, 9.8, 10.5]
#: eighteen months about 20, then eighteen about 10
STEPPED = [value + 10 for value in (QUIET * 2)[:18]] + (QUIET * 2)[:18]
MONTHS = pd.date_range("2024-04-01", periods=36, freq="MS")


def test_a_step_is_judged_from_where_it_settled():
    whole, settled = xmr(STEPPED), xmr(STEPPED, settle=True)
    assert not whole.stability.stable
    assert whole.suggested is None
    assert settled.suggested == 18
    alone = xmr(STEPPED[18:])
    assert settled.limits.centre == pytest.approx(alone.limits.centre)
    assert settled.limits.upper == pytest.approx(alone.limits.upper)
    assert settled.variation == "common_cause"
    assert settled.stability.stable


def test_points_before_a_suggested_stretch_have_no_lines_and_no_verdict():
    chart = xmr([*STEPPED[:3], None, *STEPPED[4:]], settle=True)
    assert np.isnan(chart.upper[:18]).all()
    assert np.isfinite(chart.upper[18:]).all()
    assert set(chart.reason[:18]) == {"Not Judged", "Missing"}
    assert set(chart.point_type[:18]) == {"common_cause", "missing"}
    assert np.isnan(chart.segments[0].centre)


def test_assurance_comes_from_the_stretch():
    assert xmr(STEPPED, target=15, improvement="decrease").assurance is None
    assert xmr(STEPPED, target=15, improvement="decrease", settle=True).assurance == "consistent_pass"


def test_a_stable_series_is_judged_whole():
    chart = xmr(QUIET * 3, settle=True)
    assert chart.suggested is None
    assert len(chart.segments) == 1


def test_a_ramp_and_a_spike_at_the_end_have_no_stretch():
    assert xmr([float(n) for n in range(36)], settle=True).suggested is None
    assert xmr([*STEPPED[:-1], 40.0], settle=True).suggested is None


def test_twelve_steady_values_are_too_few():
    assert xmr(STEPPED[:30], settle=True).suggested is None
    assert xmr(STEPPED[:31], settle=True).suggested == 18


def test_only_the_last_registered_segment_is_searched():
    chart = xmr([*STEPPED, *(value + 30 for value in QUIET)], pd.date_range("2024-04-01", periods=48, freq="MS"),
                rebase=[pd.Timestamp("2027-04-01")], settle=True)  # fmt: skip
    assert chart.suggested is None
    assert len(chart.segments) == 2


def test_many_series_are_settled_as_each_alone():
    frame = pd.concat(
        pd.DataFrame({"trust": name, "date": MONTHS, "value": values})
        for name, values in (("A", STEPPED), ("B", QUIET * 3), ("C", [float(n) for n in range(36)]))
    )
    charts = xmr_many(frame, group="trust", settle=True)
    assert [charts[name].suggested for name in "ABC"] == [18, None, None]
    assert charts["A"].limits == xmr(STEPPED, MONTHS, settle=True).limits
    suggested = charts.summary.set_index("trust")["suggested_from"]
    assert suggested["A"] == MONTHS[18]
    assert suggested[["B", "C"]].isna().all()


@pytest.mark.parametrize("options", [{"compatible": "nhsrplotthedots"}, {"fix_after": 12}])
def test_two_ways_to_say_where_limits_come_from_are_refused(options: dict[str, object]):
    with pytest.raises(ArgumentError, match="settle"):
        xmr(STEPPED, settle=True, **options)


def correlated(rng: np.random.Generator, follows: float) -> list[float]:
    values = np.zeros(86)
    for place, shock in enumerate(rng.standard_normal(86)):
        values[place] = follows * values[place - 1] + shock
    return values[50:].tolist()


@pytest.mark.parametrize(
    ("make", "low", "high"),
    [
        (lambda rng: rng.standard_normal(36) + 4 * (np.arange(36) >= 18), 0.88, 0.99),
        (lambda rng: np.cumsum(rng.standard_normal(36)), 0.03, 0.18),
        (lambda rng: correlated(rng, 0.8), 0.06, 0.24),
        (lambda rng: rng.standard_normal(36) + 0.2 * np.arange(36), 0.14, 0.34),
    ],
    ids=["step of 4 sigma: 94 %", "random walk: 9 %", "AR(0.8): 11 to 14 %", "ramp: 23 %"],
)
def test_how_often_a_stretch_is_suggested(make: Callable[[np.random.Generator], list[float]], low, high):
    """The share of series that get a stretch, as simulated when the rule was chosen."""
    rng = np.random.default_rng(36)
    found = [xmr(make(rng), settle=True).suggested is not None for _ in range(150)]
    assert low < np.mean(found) < high
