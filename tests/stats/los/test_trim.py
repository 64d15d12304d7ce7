"""Trim points, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.errors import ArgumentError
from helpers.stats import los


def test_the_trim_point_is_the_upper_quartile_and_one_and_a_half_ranges() -> None:
    # type 7 of 0, 4, 8, 12, 40: quartiles 4 and 12, so 12 + 1.5 * 8
    assert los.trim_points([0, 4, 8, 12, 40], ["100"] * 5).to_dict() == {"100": 24.0}


def test_no_trim_point_is_below_five_days() -> None:
    assert los.trim_points([1, 1, 1, 2], list("aaaa")).to_dict() == {"a": 5.0}
    assert los.trim_points([1, 1, 1, 1], list("aaaa"), shortest=2).to_dict() == {"a": 2.0}


def test_a_trimmed_stay_counts_its_trim_point_and_stays_in() -> None:
    assert los.trim_stays([3, 30, 90], [24, 24, np.nan]).tolist() == [3, 24, 90]
    assert los.trim_stays([3, 30], None).tolist() == [3, 30]
    assert los.trim_stays([3, 30], 10).tolist() == [3, 10]


def test_unusable_stays_are_refused() -> None:
    with pytest.raises(ArgumentError, match="days"):
        los.trim_points([-1], ["a"])
    with pytest.raises(ArgumentError, match="strata"):
        los.trim_points([1, 2], ["a"])
    with pytest.raises(ArgumentError, match="shortest"):
        los.trim_points([1], ["a"], shortest=-1)
    with pytest.raises(ArgumentError, match="points"):
        los.trim_stays([1, 2], [1, 2, 3])


@given(st.lists(st.integers(0, 400), min_size=1, max_size=30), st.floats(0, 400))
def test_trimming_never_lengthens_a_stay_and_never_drops_one(days: list[int], point: float) -> None:
    trimmed = los.trim_stays(days, point)
    assert len(trimmed) == len(days)
    assert (trimmed <= np.asarray(days)).all()
    assert (trimmed <= point).all()
