"""The CUSUM of rare outcomes, held against qicharts2."""

from __future__ import annotations

import numpy as np
import pytest

from helpers.errors import ArgumentError
from helpers.stats.spc import bernoulli_cusum

CASE = np.arange(400)
OUTCOMES = ((37 * CASE) % 101 < 3) | ((CASE >= 200) & ((53 * CASE) % 97 < 6))


@pytest.mark.parametrize(
    ("target", "odds_ratio", "limit", "up", "down", "at_399"),
    [
        (0.03, 2, 3.5, [292, 347], [], (0.647324305, -0.151136378)),
        (0.05, 1.5, 1, [239, 314, 347], [133], (0.193614901, -0.168071183)),
        (0.2, 2, 3.5, [], [35, 82, 122, 162, 202, 273, 360], (0.0, -2.722765750)),
    ],
)
def test_sums_and_signals_are_those_of_qicharts2(
    target: float,
    odds_ratio: float,
    limit: float,
    up: list[int],
    down: list[int],
    at_399: tuple[float, float],
) -> None:
    """`bchart(x, target, or, limit)` of version 0.8.1; cases are counted from 1 there."""
    found = bernoulli_cusum(OUTCOMES, target, odds_ratio=odds_ratio, limit=limit)
    assert (np.flatnonzero(found["signal"] == 1) + 1).tolist() == up
    assert (np.flatnonzero(found["signal"] == -1) + 1).tolist() == down
    assert found[["up", "down"]].iloc[398].tolist() == pytest.approx(at_399, abs=5e-10)


def test_a_sum_starts_again_after_its_signal() -> None:
    found = bernoulli_cusum([1] * 8, 0.05)
    step = np.log((2 / 21) / 0.05)  # odds of 1/19 doubled are a risk of 2/21
    assert found["up"].to_numpy() == pytest.approx(step * np.array([1, 2, 3, 4, 5, 6, 1, 2]))


@pytest.mark.parametrize(
    ("outcomes", "options", "words"),
    [
        ([0.5, 1], {}, "shares of an event"),
        ([0, 1], {"target": 1}, "above 0 and below 1"),
        ([0, 1], {"odds_ratio": 1}, "above 1"),
        ([0, None], {}, "outcomes"),
    ],
)
def test_what_is_no_outcome_or_risk_is_refused(
    outcomes: list[float], options: dict[str, float], words: str
) -> None:
    with pytest.raises(ArgumentError, match=words):
        bernoulli_cusum(outcomes, **{"target": 0.05, **options})
