"""What a table may show of counts and figures from records."""

from __future__ import annotations

import math
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.bundle import SUPPRESSED, Origin
from helpers.report import controlled

STAR = SUPPRESSED


def test_counts_and_what_rests_on_them() -> None:
    assert controlled.counts([0, 7, 8, 1234], "records") == [0, STAR, 10, 1235]
    assert controlled.values([4.5, 3.2, 9.9, float("nan")], [8, 7, 0, 50], "records") == [
        4.5,
        STAR,
        9.9,
        None,
    ]
    assert controlled.derived(["a", 2, 3.5], [10, STAR, 15]) == ["a", STAR, 3.5]
    assert controlled.hidden([[10, STAR], [STAR, 1.0]]) == 2


def test_published_figures_are_shown_as_published() -> None:
    assert controlled.counts([0, 7, 8], "published") == [0, 7, 8]
    assert controlled.nested([5, 4], [5, 4], 6, "published") == [5, 4]


def test_shares_are_of_rounded_counts_and_hidden_with_their_complement() -> None:
    assert controlled.percentages([12, 5, 96], [51, 51, 100], "records") == [20, STAR, STAR]


def test_parts_hide_a_second_one_where_the_total_would_tell_the_first() -> None:
    cells = controlled.parts([8, 8, 1], "records")
    assert cells is not None
    assert cells.count(STAR) == 2


@given(st.lists(st.integers(0, 9), min_size=2, max_size=4))
def test_beside_their_total_parts_leave_three_values_for_each_star(counts: list[int]) -> None:
    """Tried out, one by one: what a reader who knows the rule and the total may think the parts are."""
    cells, total = controlled.parts(counts, "records"), sum(counts)
    if cells is None or 1 <= total <= 7:
        return
    ranges = [range(1, 8) if cell == STAR else _behind(cell) for cell in cells]
    [sum_shown] = controlled.counts([total], "records")
    possible = [some for some in product(*ranges) if sum(some) in _behind(sum_shown)]
    hidden_large = any(cell == STAR and count > 7 for cell, count in zip(cells, counts, strict=True))
    for place, cell in enumerate(cells):
        if cell == STAR and (possible or not hidden_large):
            assert len({some[place] for some in possible}) >= 3


def _behind(cell: object) -> range:
    """Return the counts that are shown as a number."""
    assert isinstance(cell, int | float)
    return range(1) if cell == 0 else range(max(8, int(cell) - 2), int(cell) + 3)


@pytest.mark.parametrize(
    ("people", "total", "shown"),
    [
        ([40, 20, 10], 100, [1, 1, 1]),
        ([40, 20, 7], 100, [1, 1, 0]),  # the smallest part itself
        ([40, 20, 15], 100, [1, 0, 1]),  # five lie between 14 and 21 days
        ([95, 20, 10], 100, [0, 1, 1]),  # five stayed under 7 days
        ([22, 20, 20], 100, [0, 1, 1]),
        ([40, 20, 0], 100, [1, 1, 1]),
    ],
)
def test_nested_parts_are_hidden_where_a_difference_would_tell_a_few_people(
    people: list[float], total: float, shown: list[int]
) -> None:
    cells = controlled.nested([70.0, 50.0, 30.0], people, total, "records")
    assert [int(cell != STAR) for cell in cells] == shown


@given(st.lists(st.integers(0, 60), min_size=3, max_size=3), st.integers(0, 40))
def test_no_difference_of_shown_nested_parts_rests_on_one_to_seven_people(
    bands: list[int], rest: int
) -> None:
    people = [float(sum(bands[place:])) for place in range(3)]
    total = people[0] + rest
    origin: Origin = "records"
    cells = controlled.nested([1.0, 1.0, 1.0], people, total, origin)
    known = [total, *(n for n, cell in zip(people, cells, strict=True) if cell != STAR), 0.0]
    outer = [total - n for n in known[1:-1]]
    inner = [before - after for before, after in pairwise(known[1:])]
    assert not any(1 <= difference <= 7 for difference in (*outer, *inner))
    assert not any(isinstance(cell, float) and math.isnan(cell) for cell in cells)
