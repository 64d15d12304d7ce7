"""The list week by week: arithmetic without variation, theory with it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from helpers.errors import ArgumentError
from helpers.stats import waiting
from helpers.stats.waiting import ListFlows


def test_without_variation_it_is_arithmetic() -> None:
    flows = ListFlows(demand=[30, 40, 30], capacity=30, cv_demand=0, cv_capacity=0, other_removals=2)
    table = waiting.simulate_list(100, flows, 3)
    assert table["median"].tolist() == [98, 106, 104]
    assert table["lower95"].equals(table["upper95"])
    assert table["mean_wait"].tolist() == pytest.approx([98 / 32, 106 / 32, 104 / 32])


def test_a_list_never_holds_fewer_than_nobody() -> None:
    flows = ListFlows(demand=1, capacity=50)
    assert (waiting.simulate_list(20, flows, 10)["lower95"] == 0).all()
    nothing = ListFlows(demand=1, capacity=0, cv_demand=0)
    assert waiting.simulate_list(0, nothing, 2)["mean_wait"].isna().all()


def test_the_interval_widens_as_a_random_walk_does() -> None:
    # a week varies by 30 * 1.2^2 + 30 * 0.5^2; 26 weeks of it are nearly normal
    flows = ListFlows(demand=30, capacity=30, cv_demand=1.2, cv_capacity=0.5)
    last = waiting.simulate_list(5000, flows, 26, runs=20_000).loc[26]
    sd = np.sqrt(26 * 30 * (1.2**2 + 0.5**2))
    assert last["median"] == pytest.approx(5000, abs=2)
    assert (last["upper95"] - last["lower95"]) / (2 * 1.959964) == pytest.approx(sd, rel=0.03)


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


# --- beside NHSRwaitinglist 0.1.1, article "Exploring waiting list management strategies with simulation" ---------

#: within 18 weeks, by the exponential quantile: mean wait in weeks, and the list for so many additions a week
TARGETS = {(0.92, 100): (7.126656, 712.6656), (0.92, 50): (7.126656, 356.3328)}


@pytest.mark.parametrize(("share", "demand"), TARGETS)
def test_targets_are_those_of_the_article(share: float, demand: float) -> None:
    factor = waiting.factor_for(share)
    mean, size = TARGETS[share, demand]
    assert waiting.target_mean_wait(18, factor=factor) == pytest.approx(mean, abs=5e-7)
    assert waiting.target_queue(demand, 18, factor=factor) == pytest.approx(size, abs=5e-5)


@pytest.mark.parametrize(
    ("start", "demand", "capacity", "weeks", "theirs"),
    [(0, 100, 80, 42, 812), (840, 77, 80, 52, 661)],
    ids=["a list comes to be", "fewer referrals"],
)
def test_their_one_run_lies_within_our_interval(
    start: float, demand: float, capacity: float, weeks: int, theirs: int
) -> None:
    # there capacity does not vary and each run is one draw, printed for the seed 123
    flows = ListFlows(demand=demand, capacity=capacity, cv_capacity=0)
    last = waiting.simulate_list(start, flows, weeks).loc[weeks]
    assert last["lower95"] < theirs < last["upper95"]
    assert last["median"] == pytest.approx(start + weeks * (demand - capacity), rel=0.02)


def test_a_list_allowed_to_grow_reaches_their_target() -> None:
    """82 patients and 50 a week: ten treatments fewer for 26 weeks come to just below 356.33, as the article says."""
    flows = ListFlows(demand=50, capacity=40, cv_capacity=0)
    last = waiting.simulate_list(82, flows, 26).loc[26]
    assert last["median"] == pytest.approx(82 + 260, rel=0.03)
    assert last["lower80"] < 356.3328 < last["upper80"]


def test_places_are_spread_evenly_over_the_days() -> None:
    # two a week: every three and a half days, on the day after where it is a half
    days = waiting.clinic_dates("2026-01-01", 15, 2 / 7)
    assert days.day.tolist() == [1, 5, 8, 12, 15]
    assert len(waiting.clinic_dates("2026-01-01", 10, 3)) == 28


def test_a_list_patient_by_patient_has_the_flows_that_were_asked_for() -> None:
    made = waiting.simulate_patients("2024-01-01", "2025-12-31", demand=20, capacity=15, seed=3)
    found = waiting.list_statistics(made["referred"], made["removed"], 18)
    assert found.demand == pytest.approx(20, rel=0.06)
    assert found.capacity == pytest.approx(15, rel=0.02)
    assert found.queue == pytest.approx(5 * 104, rel=0.25)
    assert (made["removed"] > made["referred"])[made["removed"].notna()].all()
    again = waiting.simulate_patients("2024-01-01", "2025-12-31", demand=20, capacity=15, seed=3)
    assert made.equals(again)


def test_a_simulated_list_may_start_from_one_and_lose_patients() -> None:
    before = pd.DataFrame({"referred": ["2023-12-01"] * 40, "removed": [None] * 40})
    window = ("2024-01-01", "2024-03-01")
    kept = waiting.simulate_patients(*window, demand=10, capacity=0, patients=before)
    assert kept["removed"].isna().all()
    assert (kept["referred"] == "2023-12-01").sum() == 40
    left = waiting.simulate_patients(*window, demand=10, capacity=0, withdrawal=0.5, seed=2)
    assert left["removed"].notna().mean() > 0.9
    assert (left["removed"].dropna() <= "2024-03-01").all()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"end": "2023-01-01"}, "end: "),
        ({"demand": -1}, "demand: -1 came"),
        ({"capacity": -1}, "capacity: -1 came"),
        ({"withdrawal": 2}, "withdrawal: 2 came"),
        ({"start": "soon"}, "start: "),
    ],
)
def test_what_cannot_be_simulated_is_refused(changed: dict[str, object], words: str) -> None:
    arguments: dict[str, object] = {"start": "2024-01-01", "end": "2024-02-01", "demand": 1, "capacity": 1}
    with pytest.raises(ArgumentError, match=f"^{words}"):
        waiting.simulate_patients(**{**arguments, **changed})  # type: ignore[arg-type]
