"""Distributions of inputs and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.errors import ArgumentError
from helpers.stats.dna import Beta, DnaInputs, Pert


def test_the_mean_of_a_pert_is_low_and_four_modes_and_high_over_six() -> None:
    middle = (np.arange(200_000) + 0.5) / 200_000
    assert Pert(2, 3, 10).quantile(middle).mean() == pytest.approx((2 + 4 * 3 + 10) / 6, rel=1e-4)


def test_the_mean_of_a_beta_is_its_share() -> None:
    middle = (np.arange(200_000) + 0.5) / 200_000
    assert Beta(30, 70).quantile(middle).mean() == pytest.approx(0.3, rel=1e-4)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(1e-9, 1))
def test_a_pert_stays_between_low_and_high(a: float, b: float, c: float, p: float) -> None:
    low, mode, high = sorted([a, b, c])
    if high - low < 1e-6:
        return
    value = Pert(low, mode, high).quantile(p)
    assert low - 1e-12 <= value <= high + 1e-12


@pytest.mark.parametrize("ends", [(2, 1, 3), (1, 4, 3), (1, 1, 1), (1, np.nan, 2)])
def test_a_pert_out_of_order_is_refused(ends: tuple[float, float, float]) -> None:
    with pytest.raises(ArgumentError, match="Pert"):
        Pert(*ends)


def test_a_beta_needs_something_seen() -> None:
    with pytest.raises(ArgumentError, match=r"Beta\.failures"):
        Beta(1, 0)


@pytest.mark.parametrize(
    ("change", "argument"),
    [
        ({"reduction": 1.2}, "reduction"),
        ({"reduction": Pert(-0.1, 0.2, 0.5)}, "reduction"),
        ({"filled": -0.1}, "filled"),
        ({"rebooked": Pert(0.5, 0.9, 1.1)}, "rebooked"),
        ({"dnas": -1}, "dnas"),
        ({"dnas": np.nan}, "dnas"),
        ({"additions": 0}, "additions"),
        ({"ramp_weeks": -1}, "ramp_weeks"),
        ({"waiting_list": 100}, "removals"),
        ({"removals": 10}, "waiting_list"),
        ({"removals": 0, "waiting_list": 100}, "removals"),
    ],
)
def test_impossible_inputs_are_refused(change: dict[str, object], argument: str) -> None:
    usual: dict[str, object] = {"dnas": 630, "reduction": 0.5, "additions": 28}
    with pytest.raises(ArgumentError) as caught:
        DnaInputs(**(usual | change))
    assert caught.value.argument == argument


def test_a_share_may_be_a_beta() -> None:
    inputs = DnaInputs(dnas=630, reduction=Beta(3, 7), additions=28)
    assert set(inputs.uncertain()) == {"reduction"}
    assert inputs.at(0.5)["dnas"] == 630
