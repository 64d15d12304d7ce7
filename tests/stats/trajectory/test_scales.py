"""The forecasting scales and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.errors import ArgumentError
from helpers.stats import trajectory as tr


def test_scales_by_hand() -> None:
    assert tr.to_scale([50.0, 92.0], "percentage") == pytest.approx([0, np.log(92 / 8)])
    assert tr.to_scale([0.92], "proportion") == pytest.approx([np.log(92 / 8)])
    assert tr.to_scale([0, 12.0], "count") == pytest.approx(np.log([0.5, 12.5]))
    assert tr.to_scale([-3.0], "number") == pytest.approx([-3])
    assert np.isfinite(tr.to_scale([0.0, 100.0], "percentage")).all()


@given(st.lists(st.floats(0.1, 99.9), min_size=1, max_size=9))
def test_there_and_back(values: list[float]) -> None:
    for kind in ("percentage", "count", "number"):
        assert tr.from_scale(tr.to_scale(values, kind), kind) == pytest.approx(values)


@pytest.mark.parametrize(
    ("values", "kind"), [([101.0], "percentage"), ([1.1], "proportion"), ([-1.0], "count"), ([1.0], "rate")]
)
def test_values_out_of_their_kind_are_refused(values: list[float], kind: str) -> None:
    with pytest.raises(ArgumentError):
        tr.to_scale(values, kind)
