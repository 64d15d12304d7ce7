"""Every method's result says itself in a few lines, draws itself, and names its intervals alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot

from helpers.errors import ArgumentError
from helpers.stats import dna, funnel, interrupted_series, los, models, position, rates, spc, trajectory
from helpers.stats.results import Result

RNG = np.random.default_rng(1)
MONTHS = RNG.normal(50, 3, 36)
STAYS = pd.DataFrame(
    {
        "specialty": ["100", "300"] * 20,
        "days": RNG.poisson(4, 40),
        "is_trust": np.repeat([True, False], 20),
    }
)
CLINIC = dna.DnaInputs(
    dnas=630, reduction=dna.Pert(0.05, 0.15, 0.4), additions=28, removals=28, waiting_list=1400
)
GOAL = trajectory.TargetAhead(value=55.0, horizon=6, improvement="increase")
DRAWN: dict[str, Callable[[], Any]] = {
    "xmr": lambda: spc.xmr(MONTHS),
    "run": lambda: spc.run_chart(MONTHS),
    "p": lambda: spc.p_chart([5, 6, 7, 4, 6] * 5, [100] * 25),
    "funnel": lambda: funnel.funnel(
        [5, 9, 30, 12] * 5, [100, 150, 300, 200] * 5, range(20), kind="proportion"
    ),
    "rates": lambda: rates.proportion([5, 9], [100, 150]),
    "positions": lambda: position.positions(MONTHS, np.ones(36)),
    "forecast": lambda: trajectory.trajectory(MONTHS, GOAL, kind="number", draws=1000),
    "interrupted": lambda: interrupted_series.interrupted_series(MONTHS, 18),
    "regression": lambda: models.glm("days ~ specialty", STAYS, family="poisson"),
    "linear": lambda: models.linear("days ~ specialty", STAYS),
    "stays": lambda: los.adjusted_ratio(STAYS, covariates=["specialty"]),
    "impact": lambda: dna.simulate_impact(CLINIC, draws=1000),
    "inequality": lambda: dna.dna_inequality([100, 85, 70, 65, 50], [1000] * 5),
}


@pytest.fixture(autouse=True)
def closed() -> Any:
    yield
    pyplot.close("all")


@pytest.mark.parametrize("make", DRAWN.values(), ids=DRAWN)
def test_a_result_is_short_and_draws_itself(make: Callable[[], Any]) -> None:
    found = make()
    assert isinstance(found, Result)
    assert len(repr(found)) < 700
    assert repr(found).startswith(type(found).__name__) or "regression" in repr(found)
    axes = found.plot()
    assert axes.lines or axes.collections
    assert found.plot(axes) is axes
    axes.figure.canvas.draw()


def test_what_has_no_picture_says_what_has() -> None:
    with pytest.raises(ArgumentError, match="BackTest has no picture"):
        trajectory.back_test(MONTHS, 6, kind="number").plot()


@pytest.mark.parametrize("make", DRAWN.values(), ids=DRAWN)
def test_ends_of_intervals_are_called_lower_and_upper(make: Callable[[], Any]) -> None:
    assert [name for name in names_in(make()) if name.rstrip("0123456789") in ("low", "high")] == []


def names_in(found: Any) -> list[str]:
    """Return the names of fields and columns of a result and of the results in it."""
    if isinstance(found, pd.DataFrame):
        return [str(column) for column in found.columns]
    if not is_dataclass(found):
        return []
    values = {each.name: getattr(found, each.name) for each in fields(found)}
    return [*values, *(name for value in values.values() for name in names_in(value))]


@pytest.mark.parametrize("last", ["2025-12-01", "2025-12-31"])
def test_dates_of_a_series_are_kept(last: str) -> None:
    months = pd.date_range(end=last, periods=36, freq="MS" if last.endswith("01") else "ME")
    dated = pd.Series(MONTHS, months)
    assert list(spc.xmr(dated).dates) == list(months.to_numpy())
    assert list(spc.run_chart(dated).dates) == list(months.to_numpy())
    ahead = trajectory.trajectory(dated, GOAL, kind="number", draws=1000).fan
    following = pd.date_range(months[-1], periods=7, freq=months.freq)[1:]
    assert list(ahead.index) == list(following)
    plain = trajectory.trajectory(MONTHS, GOAL, kind="number", draws=1000).fan
    np.testing.assert_allclose(ahead.to_numpy(), plain.to_numpy())
    monthly = dated.set_axis(months.to_period("M"))
    assert str(trajectory.trajectory(monthly, GOAL, kind="number", draws=1000).fan.index[0]) == "2026-01"
