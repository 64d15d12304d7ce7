"""Long stays and zero-day stays, counted by hand."""

from __future__ import annotations

import math

import pytest

from helpers.errors import ArgumentError
from helpers.stats import los


def test_long_stays_count_from_their_threshold_on() -> None:
    table = los.long_stays([0, 6, 7, 13, 14, 20, 21, 100])
    assert table["spells"].tolist() == [6, 4, 2]
    assert table["share"].tolist() == [0.75, 0.5, 0.25]
    assert table["bed_days"].tolist() == [175, 155, 121]
    assert table["bed_day_share"].tolist() == pytest.approx([175 / 181, 155 / 181, 121 / 181])


def test_a_frequency_table_gives_the_same_as_its_records() -> None:
    records = los.long_stays([1, 1, 9, 9, 9], thresholds=[0.5, 9])
    table = los.long_stays([1, 9], [2, 3], thresholds=[0.5, 9])
    assert records.equals(table)
    assert table.index.tolist() == [0.5, 9.0]


def test_zero_day_stays_are_shown_in_and_out() -> None:
    zero = los.zero_day_stays([0, 2, 6], [3, 1, 1])
    assert (zero.spells, zero.share, zero.mean_with, zero.mean_without) == (3, 0.6, 1.6, 4)
    assert math.isnan(los.zero_day_stays([0, 0]).mean_without)
    assert math.isnan(los.long_stays([0, 0]).loc[7, "bed_day_share"])


def test_no_spell_is_refused() -> None:
    with pytest.raises(ArgumentError, match="no spell"):
        los.long_stays([3], [0])
    with pytest.raises(ArgumentError, match="spells"):
        los.zero_day_stays([3], [1, 2])
