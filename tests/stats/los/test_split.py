"""The headline split and Kitagawa's: the goldens of the methods, section 4."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.errors import ArgumentError
from helpers.stats import los

COUNTS = st.integers(1, 1000)


def test_golden_indirect_split() -> None:
    # shares .8/.2 and means 4/12 against shares .6/.4 and means 3/10: E/n = .8 * 3 + .2 * 10
    row = los.split_deviation([100], [560], [440], 5.8).iloc[0]
    assert row["mix"] == pytest.approx(-1.4)
    assert row["length"] == pytest.approx(1.2)
    assert row["deviation"] == pytest.approx(-0.2)


def test_golden_kitagawa() -> None:
    assert los.kitagawa([80, 20], [320, 240], [60, 40], [180, 400]) == pytest.approx((-1.5, 1.3))


def test_a_stratum_that_one_side_lacks_is_mix_alone() -> None:
    # trust: 10 spells of 2 days; comparator: 5 of 2 and 5 of 6; the third stratum is empty on both sides
    mix, length = los.kitagawa([10, 0, 0], [20, 0, 0], [5, 5, 0], [10, 30, 0])
    assert (mix, length) == pytest.approx((-2.0, 0.0))


@given(st.lists(st.tuples(COUNTS, COUNTS, COUNTS, COUNTS), min_size=1, max_size=8))
def test_both_splits_add_up(rows: list[tuple[int, int, int, int]]) -> None:
    n, d, cn, cd = (list(column) for column in zip(*rows, strict=True))
    difference = sum(d) / sum(n) - sum(cd) / sum(cn)
    assert sum(los.kitagawa(n, d, cn, cd)) == pytest.approx(difference, abs=1e-9)
    expected = sum(a * c / b for a, b, c in zip(n, cn, cd, strict=True))
    row = los.split_deviation([sum(n)], [sum(d)], [expected], sum(cd) / sum(cn)).iloc[0]
    assert row["mix"] + row["length"] == pytest.approx(difference, abs=1e-9)


def test_a_side_without_spells_is_refused() -> None:
    with pytest.raises(ArgumentError, match="comparator_spells: no spell"):
        los.kitagawa([1], [1], [0], [0])
    with pytest.raises(ArgumentError, match="spells"):
        los.split_deviation([0], [0], [0], 1.0)
