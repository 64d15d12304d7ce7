"""How a trust and its peers moved: the same trusts at both ends, and no further back than a break."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from helpers.analyses.peers.movement import find_movement
from helpers.register.models import Event

from .conftest import MAY, Figure, MakePeers, Peers, every_month

NOVEMBER = date(2025, 11, 1)


def moving(peers: MakePeers, *, joiner: bool = False, **more: object) -> Peers:
    """T1 rises from 50 to 62 % in 13 months, four others from 60 + n to 66 + n."""
    own = every_month("T1", np.linspace(0.50, 0.62, 13).tolist())
    others = [
        figure
        for n in range(1, 5)
        for figure in every_month(f"A{n}", np.linspace(0.60 + n / 100, 0.66 + n / 100, 13).tolist())
    ]
    late = [Figure("NEW", 990, 1000)] if joiner else []
    return peers(*own, *others, *late, **more)


def test_changes_are_in_the_unit(peers: MakePeers) -> None:
    """The median of the five is the third: 62 % before (A2), 68 % now."""
    moved = find_movement(moving(peers).found(), months=12)
    assert moved is not None
    assert moved.own_change == pytest.approx(12)
    assert moved.peers_change == pytest.approx(6)
    assert moved.peers_change == pytest.approx(6)
    assert len(moved.moments) == 13
    assert moved.first.period == date(2025, 5, 1)


def test_who_joined_later_does_not_move_the_median(peers: MakePeers) -> None:
    found = moving(peers, joiner=True).found()
    moved = find_movement(found, months=12, only_ends=True)
    assert moved is not None
    assert moved.same == 5
    assert moved.last.members == 6
    assert moved.last.median == pytest.approx(68.5)  # of all six
    assert len(moved.moments) == 2


def test_the_last_place_is_the_comparisons_own(peers: MakePeers) -> None:
    found = moving(peers).found()
    moved = find_movement(found, months=12)
    assert moved is not None
    assert found.own is not None
    assert moved.last.percentile == found.own.percentile
    assert moved.first.percentile is not None


def test_it_goes_back_no_further_than_a_break_in_the_series(peers: MakePeers) -> None:
    broken = Event(id="new_count", name="New count", day=NOVEMBER, kind="series_break")
    report = moving(peers, events=[broken]).benchmark(measures=("seen_soon",))
    comparison = report.found.comparisons[0]
    moved = report.found.movement(comparison)
    assert moved is not None
    assert moved.first.period == NOVEMBER


def test_a_month_without_the_trusts_figure_stays_empty(peers: MakePeers) -> None:
    gap = [f for f in every_month("T1", [0.5] * 13) if f.period != NOVEMBER]
    others = [f for n in range(1, 5) for f in every_month(f"A{n}", [0.6 + n / 100] * 13)]
    moved = find_movement(peers(*gap, *others).found(), months=12)
    assert moved is not None
    empty = next(each for each in moved.moments if each.period == NOVEMBER)
    assert (empty.value, empty.percentile) == (None, None)
    assert empty.members == 4


def test_one_month_of_data_shows_no_movement(peers: MakePeers) -> None:
    month = [Figure(f"T{n}", 50 + n, 100, MAY) for n in range(1, 6)]
    assert find_movement(peers(*month).found(), months=12) is None
