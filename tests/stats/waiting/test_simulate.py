"""The list week by week: arithmetic without variation, theory with it."""

from __future__ import annotations

import numpy as np
import pytest

from helpers.errors import ArgumentError
from helpers.stats import waiting
from helpers.stats.waiting import ListFlows


def test_without_variation_it_is_arithmetic() -> None:
    flows = ListFlows(demand=[30, 40, 30], capacity=30, cv_demand=0, cv_capacity=0, other_removals=2)
    table = waiting.simulate_list(100, flows, 3)
    assert table["median"].tolist() == [98, 106, 104]
    assert table["low95"].equals(table["high95"])
    assert table["mean_wait"].tolist() == pytest.approx([98 / 32, 106 / 32, 104 / 32])


def test_a_list_never_holds_fewer_than_nobody() -> None:
    flows = ListFlows(demand=1, capacity=50)
    assert (waiting.simulate_list(20, flows, 10)["low95"] == 0).all()
    nothing = ListFlows(demand=1, capacity=0, cv_demand=0)
    assert waiting.simulate_list(0, nothing, 2)["mean_wait"].isna().all()


def test_the_interval_widens_as_a_random_walk_does() -> None:
    # a week varies by 30 * 1.2^2 + 30 * 0.5^2; 26 weeks of it are nearly normal
    flows = ListFlows(demand=30, capacity=30, cv_demand=1.2, cv_capacity=0.5)
    last = waiting.simulate_list(5000, flows, 26, runs=20_000).loc[26]
    sd = np.sqrt(26 * 30 * (1.2**2 + 0.5**2))
    assert last["median"] == pytest.approx(5000, abs=2)
    assert (last["high95"] - last["low95"]) / (2 * 1.959964) == pytest.approx(sd, rel=0.03)


def test_the_same_seed_gives_the_same_list() -> None:
    flows = ListFlows(demand=30, capacity=31)
    assert waiting.simulate_list(500, flows, 4).equals(waiting.simulate_list(500, flows, 4))
    assert not waiting.simulate_list(500, flows, 4).equals(waiting.simulate_list(500, flows, 4, seed=2))


@pytest.mark.parametrize(
    ("start", "flows", "weeks", "runs"),
    [
        (-1, ListFlows(demand=1, capacity=1), 4, 100),
        (1, ListFlows(demand=-1, capacity=1), 4, 100),
        (1, ListFlows(demand=[1, 2], capacity=1), 4, 100),
        (1, ListFlows(demand=1, capacity=1, cv_demand=-1), 4, 100),
        (1, ListFlows(demand=1, capacity=1), 0, 100),
        (1, ListFlows(demand=1, capacity=1), 4, 99),
    ],
)
def test_impossible_flows_are_refused(start: float, flows: ListFlows, weeks: int, runs: int) -> None:
    with pytest.raises(ArgumentError):
        waiting.simulate_list(start, flows, weeks, runs=runs)
