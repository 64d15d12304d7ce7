"""Segments and the sums over them."""

import numpy as np
import pytest

from helpers.stats.spc.limits import Segments, moving_ranges


def test_segments_are_found_and_counted():
    segments = Segments.of(np.array([0, 0, 2, 3, 3, 3]))
    assert (segments.starts.tolist(), segments.lengths.tolist()) == ([0, 2, 3], [2, 1, 3])
    assert segments.positions().tolist() == [0, 1, 0, 0, 1, 2]
    assert segments.firsts().tolist() == [True, False, True, True, False, False]
    assert segments.numbers().tolist() == [0, 0, 1, 2, 2, 2]
    assert segments.count(np.array([True, False, True, True, True, False])).tolist() == [1, 1, 2]


def test_no_rows_make_no_segment():
    segments = Segments.of(np.array([], dtype=np.int64))
    assert (segments.starts.tolist(), segments.lengths.tolist()) == ([], [])
    assert segments.mean(np.array([])).tolist() == []


def test_means_and_medians_pass_over_missing_values():
    segments = Segments.of(np.array([0, 0, 0, 1]))
    values = np.array([1.0, np.nan, 4.0, np.nan])
    assert segments.mean(values)[0] == segments.median(values)[0] == 2.5
    assert np.isnan([segments.mean(values)[1], segments.median(values)[1]]).all()


@pytest.mark.parametrize("value", [0.1, 1 / 3, 1e15 + 0.3])
def test_the_mean_of_equal_values_is_that_value(value):
    segments = Segments.of(np.zeros(37, dtype=np.int64))
    assert segments.mean(np.full(37, value))[0] == value


def test_moving_ranges_start_anew_in_each_segment():
    ranges = moving_ranges(np.array([1.0, 4.0, 9.0, 7.0]), Segments.of(np.array([0, 0, 1, 1])))
    assert np.isnan(ranges[[0, 2]]).all()
    assert ranges[[1, 3]].tolist() == [3.0, 2.0]
