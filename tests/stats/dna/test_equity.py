"""Inequality of DNA rates: the golden, a closed form, and coverage."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.errors import ArgumentError
from helpers.stats import dna


def test_golden_equal_groups() -> None:
    found = dna.dna_inequality([1000, 850, 700, 650, 500], [10_000] * 5)
    assert 100 * found.slope == pytest.approx(-6.0)
    assert found.relative == pytest.approx(0.4231, abs=5e-5)
    assert found.by_group["ridit"].tolist() == pytest.approx([0.1, 0.3, 0.5, 0.7, 0.9])


def test_every_group_is_brought_to_the_least_deprived_rate_not_to_the_lowest() -> None:
    # rates .10, .04, .05: to .05 that is 50 - 10 + 0 of 1,000 each
    found = dna.dna_inequality([100, 40, 50], [1000] * 3)
    assert found.avoided == pytest.approx(40)
    assert found.by_group["avoided"].tolist() == pytest.approx([50, -10, 0])
    # variance 1000 * (.09 + .0384) + 2000^2 * .0475 / 1000
    reach = 1.959964 * np.sqrt(128.4 + 190)
    assert found.avoided_upper - found.avoided == pytest.approx(reach, rel=1e-6)


def test_intervals_of_slope_and_ratio_cover_the_truth() -> None:
    rng = np.random.default_rng(4)
    booked, rate = np.array([800, 1200, 1000, 600, 900]), np.array([0.12, 0.105, 0.09, 0.08, 0.07])
    truth = dna.dna_inequality(rate * booked, booked)
    runs = [dna.dna_inequality(rng.binomial(booked, rate), booked) for _ in range(400)]
    for low, high, value in (
        ("slope_lower", "slope_upper", truth.slope),
        ("relative_lower", "relative_upper", truth.relative),
        ("avoided_lower", "avoided_upper", truth.avoided),
    ):
        covered = np.mean([getattr(r, low) <= value <= getattr(r, high) for r in runs])
        assert 0.925 <= covered <= 0.975


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(50, 500)), min_size=2, max_size=10))
def test_reversing_the_groups_reverses_the_slope(groups: list[tuple[int, int]]) -> None:
    missed, booked = zip(*groups, strict=True)
    forward = dna.dna_inequality(missed, booked).slope
    assert dna.dna_inequality(missed[::-1], booked[::-1]).slope == pytest.approx(-forward, abs=1e-12)


def test_a_line_that_leaves_the_rates_has_no_interval_of_the_ratio() -> None:
    found = dna.dna_inequality([50, 0, 0], [100] * 3)
    assert np.isnan(found.relative_lower)
    assert np.isnan(dna.dna_inequality([0, 0], [10, 10]).relative)


def test_unusable_groups_are_refused() -> None:
    for missed, booked in (([1], [10]), ([1, 0], [10, 0]), ([11, 1], [10, 10]), ([1, 2], [10])):
        with pytest.raises(ArgumentError):
            dna.dna_inequality(missed, booked)
