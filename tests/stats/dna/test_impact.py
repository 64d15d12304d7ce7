"""The impact of fewer DNAs: worked examples of the methods, and a clinic simulated patient by patient."""

from __future__ import annotations

import datetime as dt
from collections import deque

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.errors import ArgumentError
from helpers.stats import dna
from helpers.stats.dna import DnaInputs

ADDITIONS = 10_452 / 365
SHARE = st.floats(0, 1)


def test_golden_halving_dnas_gives_315_patients_and_eleven_days() -> None:
    worked = dna.dna_impact(DnaInputs(dnas=630, reduction=0.5, additions=ADDITIONS))
    assert worked.attendances == pytest.approx(315)
    assert worked.relief == pytest.approx(315)
    assert worked.days_of_additions == pytest.approx(11.0003, abs=5e-5)
    assert worked.warning == ""
    assert worked.wait_days is None


def test_golden_overbooking_and_discharge() -> None:
    worked = dna.dna_impact(
        DnaInputs(dnas=630, reduction=0.5, filled=0.2, rebooked=0.6, additions=ADDITIONS)
    )
    assert worked.attendances == pytest.approx(252)
    assert worked.relief == pytest.approx(126)
    assert worked.days_of_additions == pytest.approx(4.40, abs=5e-3)


def test_golden_twelve_week_ramp() -> None:
    worked = dna.dna_impact(DnaInputs(dnas=630, reduction=0.5, ramp_weeks=12, additions=ADDITIONS))
    assert worked.relief == pytest.approx(278.654, abs=5e-4)
    assert worked.days_of_additions == pytest.approx(9.73, abs=5e-3)


def test_golden_more_overbooked_than_rebooked_lengthens_the_list_and_is_warned() -> None:
    worked = dna.dna_impact(
        DnaInputs(dnas=630, reduction=0.5, filled=0.6, rebooked=0.4, additions=ADDITIONS)
    )
    assert worked.relief == pytest.approx(-63)
    assert "Overbook less" in worked.warning


def run_clinic(miss: float, filled: float, rebooked: float) -> tuple[int, int]:
    """Run a year of a clinic patient by patient; return who waits at its end and how many were seen.

    The same random numbers are drawn whatever `miss` is, so that two runs differ by the avoided DNAs alone.
    """
    rng = np.random.default_rng(12)
    waiting, newcomer, seen = deque(range(60_000)), 60_000, 0
    for _ in range(52):
        for _ in range(900):  # referrals
            waiting.append(newcomer)
            newcomer += 1
        for chance in rng.random((1_000, 3)):  # slots
            patient = waiting.popleft()
            if chance[0] >= miss:
                seen += 1
                continue
            if chance[1] < filled:  # an overbooked patient is seen in the empty slot
                waiting.popleft()
                seen += 1
            if chance[2] < rebooked:
                waiting.append(patient)
    return len(waiting), seen


@pytest.mark.parametrize(("filled", "rebooked"), [(0.2, 0.6), (0.6, 0.4), (0.0, 1.0)])
def test_the_formulas_agree_with_a_clinic_simulated_patient_by_patient(
    filled: float, rebooked: float
) -> None:
    before, seen_before = run_clinic(0.12, filled, rebooked)
    after, seen_after = run_clinic(0.06, filled, rebooked)
    dnas = 0.12 * 52_000
    relief = dna.list_relief(dnas, 0.5, filled=filled, rebooked=rebooked)
    # 3,120 avoided DNAs, each with a variance of at most 1/2: five standard errors are below 200
    assert before - after == pytest.approx(float(relief), abs=200)
    gained = dna.recovered_attendances(dnas, 0.5, filled=filled)
    assert seen_after - seen_before == pytest.approx(float(gained), abs=200)


def test_the_list_is_followed_week_by_week() -> None:
    # a balanced list of 1,400 with 28 a day in and out; 315 fewer by the year's end, and 315/365 a day
    # leave more
    inputs = DnaInputs(dnas=630, reduction=0.5, additions=28, removals=28, waiting_list=1400)
    worked = dna.dna_impact(inputs)
    assert worked.waiting_list == pytest.approx(1085)
    assert worked.relief == pytest.approx(315)
    assert worked.wait_days == pytest.approx(1085 / (28 + 315 / 365))


def test_a_list_holds_fewer_than_nobody_never() -> None:
    inputs = DnaInputs(dnas=630, reduction=0.5, additions=10, removals=10, waiting_list=100)
    worked = dna.dna_impact(inputs)
    assert worked.waiting_list == 0
    assert worked.relief == pytest.approx(100)


@given(st.floats(0, 1e5), SHARE, SHARE, SHARE)
def test_relief_is_never_more_than_the_dnas_avoided(d: float, r: float, u: float, b: float) -> None:
    relief = float(dna.list_relief(d, r, filled=u, rebooked=b))
    assert abs(relief) <= d * r + 1e-9
    assert (relief < 0) == (d * r * (b - u) < 0)
    assert 0 <= float(dna.recovered_attendances(d, r, filled=u)) <= d * r + 1e-9


def test_the_ramp_reaches_the_whole_and_no_ramp_is_at_once() -> None:
    assert dna.ramp_profile(3).tolist() == [1, 1, 1]
    assert dna.ramp_profile(3, [0, 2]).tolist() == [[1, 0.25], [1, 0.75], [1, 1]]
    with pytest.raises(ArgumentError, match="weeks"):
        dna.ramp_profile(0)


def test_weeks_to_the_end_of_the_financial_year() -> None:
    assert dna.weeks_to_year_end(dt.date(2026, 4, 1)) == 52
    assert dna.weeks_to_year_end(dt.date(2027, 1, 1)) == 12  # 90 days
    assert dna.weeks_to_year_end(dt.date(2026, 1, 1), dt.date(2026, 1, 14)) == 2
    with pytest.raises(ArgumentError, match="year_end: 31 March 2026; allowed: at least a week after"):
        dna.weeks_to_year_end(dt.date(2026, 5, 1), dt.date(2026, 3, 31))


def test_follow_ups_bound_the_relief() -> None:
    # 300 first slots of 30 minutes and 600 follow-up slots of 20: at most 300 + 400
    bounds = dna.follow_up_bounds([600, 1200], 0.5, [30, 20])
    assert (bounds.least, bounds.most) == (300, 700)
    worse = dna.follow_up_bounds([600, 1200], 0.5, [30, 20], filled=[0, 1], rebooked=[1, 0])
    assert (worse.least, worse.most) == (-100, 300)
    with pytest.raises(ArgumentError, match="minutes: 0"):
        dna.follow_up_bounds([600], 0.5, [0])
    with pytest.raises(ArgumentError, match="minutes"):
        dna.follow_up_bounds([600], 0.5, [30, 20])


def test_rate_value_and_wait() -> None:
    assert dna.dna_rate([80], [920]).tolist() == [0.08]
    assert dna.slot_value(252, 20).income is None
    assert dna.recording_is_doubtful(99, 10_000)
    assert not dna.recording_is_doubtful(100, 10_000)
    with pytest.raises(ArgumentError, match="dnas"):
        dna.recording_is_doubtful(20, 10)
    with pytest.raises(ArgumentError, match="removals"):
        dna.newcomer_wait(100, 0)
