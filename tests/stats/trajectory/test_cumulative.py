"""Yearly totals part of the way."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from helpers.errors import ArgumentError
from helpers.stats import trajectory as tr

PAST = [[30, 70] * 6, [40, 60] * 6, [35, 65] * 6]


def test_golden_430_at_42_per_cent_of_the_profile_projects_1024() -> None:
    assert round(tr.project_total(430, 0.42)) == 1024


def test_less_than_half_at_half_of_the_year_is_not_by_itself_a_failure() -> None:
    # past years had 42 % by September; 430 of a target of 1,000 are then on the way to 1,024
    past = [[7] * 6 + [58 / 6] * 6] * 3
    found = tr.cumulative_projection(430, 6, past, 1000)
    assert found.share == pytest.approx(0.42)
    assert round(found.total) == 1024
    assert (found.probability, found.words) == (1, "on track")
    assert tr.cumulative_projection(430, 6, past, 1100).words == "unlikely"


def test_the_interval_follows_from_the_spread_of_past_years() -> None:
    found = tr.cumulative_projection(30, 1, PAST, 1000)
    shares = np.array([0.3, 0.4, 0.35]) / 6
    error = np.log(shares).std(ddof=1) * np.sqrt(4 / 3)
    assert found.total == pytest.approx(30 / shares.mean())
    assert found.upper == pytest.approx(found.total * np.exp(4.302653 * error), rel=1e-6)
    assert found.probability == pytest.approx(stats.t.cdf(np.log(found.total / 1000) / error, 2))
    down = tr.cumulative_projection(30, 1, PAST, 1000, improvement="decrease")
    assert found.probability is not None
    assert down.probability == pytest.approx(1 - found.probability)


def test_one_past_year_projects_without_an_interval() -> None:
    found = tr.cumulative_projection(300, 6, PAST[:1], 600)
    assert found.total == pytest.approx(600)
    assert (found.probability, found.words) == (None, "too few points")
    assert np.isnan(found.lower)


@pytest.mark.parametrize(
    ("so_far", "months", "years", "target"),
    [
        (0, 6, PAST, 600),
        (300, 0, PAST, 600),
        (300, 12, PAST, 600),
        (300, 6, PAST[0], 600),
        (300, 6, [[0] * 12], 600),
        (300, 1, [[0, 5]], 600),
        (300, 6, PAST, 0),
    ],
)
def test_impossible_years_are_refused(
    so_far: float, months: int, years: list[object], target: float
) -> None:
    with pytest.raises(ArgumentError):
        tr.cumulative_projection(so_far, months, years, target)
