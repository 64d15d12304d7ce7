"""Verdicts on series whose effect is put in, so that the answer is known without the code."""

from __future__ import annotations

import numpy as np
import pytest

from helpers.analyses.changes.judged import Judged, judge
from helpers.register.cycle import ExpectedEffect

NOISE = np.random.default_rng(11).normal(size=48)
AFTER = np.arange(48) >= 24
OTHERS = 40 + np.random.default_rng(12).normal(size=(48, 60))
LESS = ExpectedEffect(size=-6)


def put_in(effect: float, expected: ExpectedEffect = LESS, after: int = 24) -> Judged:
    values = 50 + NOISE + effect * AFTER
    return judge(values[: 24 + after], 24, expected, others=OTHERS[: 24 + after])


@pytest.mark.parametrize(
    ("effect", "verdict"), [(-6, "worked"), (-9, "worked"), (-3, "partly"), (0, "no_sign"), (4, "worse")]
)
def test_the_verdict_is_that_of_what_was_put_in(effect: float, verdict: str) -> None:
    assert put_in(effect).verdict == verdict


@pytest.mark.parametrize(("effect", "verdict"), [(6, "worked"), (3, "partly"), (-4, "worse")])
def test_which_way_is_good_is_what_was_expected(effect: float, verdict: str) -> None:
    assert put_in(effect, ExpectedEffect(size=6)).verdict == verdict


def test_a_range_that_was_expected_counts_by_its_nearer_end() -> None:
    assert put_in(-3, ExpectedEffect(size=-6, low=-8, high=-2.5)).verdict == "worked"


def test_what_came_over_what_was_expected() -> None:
    found = put_in(-3)
    assert found.found is not None
    assert found.share == pytest.approx(found.found.now.estimate / -6)
    assert found.share == pytest.approx(0.5, abs=0.15)  # 3 of 6, give or take the noise


def test_without_an_effect_it_is_said_whether_it_could_have_been_seen() -> None:
    assert put_in(0).power > 0.95
    faint = put_in(0, ExpectedEffect(size=-0.3))
    assert faint.verdict == "no_sign"
    assert faint.power < 0.5


@pytest.mark.parametrize("after", [1, 2, 11])
def test_below_twelve_values_it_is_too_early_and_it_is_said_for_how_long(after: int) -> None:
    found = put_in(-9, after=after)
    assert found.verdict == "too_early"
    assert found.more == 12 - after
    assert np.isnan(found.share)


def test_what_moved_already_before_the_change_is_not_put_down_to_it() -> None:
    falling = 50 - np.arange(48) + 0.3 * NOISE
    for others in (None, OTHERS[:, :1], OTHERS):
        found = judge(falling, 24, LESS, others=others)
        assert found.verdict == "no_sign"
        assert found.course != "others"


def test_what_moved_everywhere_is_not_put_down_to_the_change() -> None:
    everywhere = 50 - 6.0 * AFTER
    found = judge(everywhere + NOISE, 24, LESS, others=everywhere[:, None] + OTHERS)
    assert (found.verdict, found.course) == ("no_sign", "others")


def test_what_others_move_by_without_a_change_is_not_put_down_to_one() -> None:
    # each drifts by up to two a year, one in two as far as the trust that made the change: -4 over two years
    drifts = np.linspace(-2, 2, 60) * (np.arange(48) / 12)[:, None]
    drifting = judge(50 + NOISE - np.arange(48) / 12, 24, LESS, others=OTHERS + drifts)
    assert (drifting.verdict, drifting.course) == ("no_sign", "all_drift")
    steps = np.random.default_rng(3).choice([-3.0, 0.0, 3.0], 60) * AFTER[:, None]
    stepping = judge(50 + NOISE - 3.0 * AFTER, 24, ExpectedEffect(size=-3), others=OTHERS + steps)
    assert (stepping.verdict, stepping.others) == ("no_sign", 60)
    assert stepping.as_far > 10
    assert judge(50 + NOISE - 3.0 * AFTER, 24, ExpectedEffect(size=-3), others=OTHERS).as_far == 0


def test_a_slow_drift_that_the_trust_alone_has_is_not_told_from_a_change() -> None:
    years = np.arange(48) / 12
    drifting = judge(50 + NOISE - years, 24, LESS, others=OTHERS)
    assert (drifting.verdict, drifting.course) == ("untold", "own_drift")
    assert not drifting.settled
    steep = judge(
        50 + NOISE - 3 * years - 6.0 * AFTER, 24, LESS, others=OTHERS
    )  # a step shows on top of it
    assert (steep.verdict, steep.course) == ("worked", "own_drift")


def test_beside_too_few_others_the_own_course_is_carried_on() -> None:
    found = judge(50 + NOISE - 6.0 * AFTER, 24, LESS, others=OTHERS[:, :5])
    assert (found.course, found.others) == ("few", 0)


def test_of_a_slope_the_size_is_that_after_one_year() -> None:
    rising = np.maximum(np.arange(48) - 24, 0) / 12
    found = judge(50 + 0.1 * NOISE - 6 * rising, 24, ExpectedEffect(size=-6, shape="slope"))
    assert found.expected == pytest.approx(-6 * 23 / 12)
    assert found.verdict == "worked"
    assert found.share == pytest.approx(1, abs=0.05)


def test_earlier_dates_are_tried_where_there_are_enough_of_them() -> None:
    assert put_in(-6).placebo == 9  # 8 to 16 of the 24 months before it
    gap = 50 + NOISE
    gap[3] = np.nan
    assert judge(gap, 24, LESS).placebo == 0


@pytest.mark.parametrize("values", [np.full(48, 7.0), np.full(48, np.nan), np.full(3, 1.0)])
def test_constant_empty_and_short_series_come_out(values: np.ndarray) -> None:
    assert judge(values, min(24, len(values) - 1), LESS).verdict in ("no_sign", "too_early")
