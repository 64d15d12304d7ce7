"""Invented outpatient appointments.

The log odds of a missed appointment are a sum: treatment function, age, sex, deprivation, lead time,
first or follow-up, mode, weekday, and the trust's own effect.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.data.synthetic import drawing, truth
from helpers.data.synthetic.drawing import Floats, Ints
from helpers.data.synthetic.organisations import Trusts
from helpers.data.synthetic.specialties import AGE_BANDS, CODES, column
from helpers.data.synthetic.spells import SEXES, in_gap, owner

APPOINTMENTS_AT_SCALE_1 = 600_000

OUTCOMES = ("attended", "cancelled_patient", "cancelled_provider", "dna")
ATTENDED, CANCELLED_PATIENT, CANCELLED_PROVIDER, DNA = range(len(OUTCOMES))
KINDS = ("first", "follow_up")
MODES = ("face_to_face", "telephone", "video")

FIRST_SHARE = 0.32
CANCELLED_PATIENT_SHARE, CANCELLED_PROVIDER_SHARE = 0.075, 0.065
MEAN_LEAD_DAYS = np.array([62.0, 84.0])
#: cumulative shares of the modes, without the last, for first and follow-up appointments
MODE_SHARES = np.array([[0.88, 0.97], [0.72, 0.95]])
#: share of missed appointments that a trust with bad records writes down
RECORDED_SHARE = 0.05

AGE_DNA = np.array([0.10, 0.45, 0.05, -0.40, -0.45, -0.20])
MALE_DNA, DEPRIVATION_DNA, FIRST_DNA, MONDAY_DNA = 0.15, 0.09, 0.20, 0.10
MODE_DNA = np.array([0.05, -0.25, 0.10])
LEAD_DNA = 0.18  # for each doubling of the lead time from 60 days
DNA_SEASON = np.array([0.06, 0.0, 0.0, 0.0, 0.0, 0.0, 0.04, 0.10, 0.0, -0.02, -0.04, 0.08])


def draw_appointments(
    rng: np.random.Generator, trusts: Trusts, *, scale: float, months: np.random.Generator | None = None
) -> pd.DataFrame:
    """Draw all appointments, in the order of their trusts; `months` as `drawing.draw_counts` takes it."""
    total = APPOINTMENTS_AT_SCALE_1 * scale
    counts = drawing.draw_counts(rng, total * _expected_counts(trusts), months)
    trust, specialty, month, _ = drawing.cell_of_each(counts)
    size = len(trust)
    age = drawing.draw_ages(rng, trust, specialty, trusts.older)
    male = rng.random(size) >= column("female")[specialty]
    decile = drawing.draw_deprivation(rng, trusts.deprivation[trust])
    kind = (rng.random(size) >= FIRST_SHARE).astype(np.int8)
    mode = drawing.draw_place(rng, MODE_SHARES[kind])
    lead = np.ceil(rng.gamma(1.6, MEAN_LEAD_DAYS[kind] / 1.6)).astype(np.int32)
    day = drawing.draw_days(rng, month, weekend=0.06)
    score = drawing.log_odds(column("dna"))[specialty] + AGE_DNA[age] + MALE_DNA * male - 0.20
    score = score + DEPRIVATION_DNA * (5.5 - decile) + FIRST_DNA * (kind == 0) + MODE_DNA[mode]
    score = score + LEAD_DNA * np.log2(lead / 60) + MONDAY_DNA * (_weekday(day) == 0)
    score = score + trusts.dna_log_odds[trust] + drawing.by_month(DNA_SEASON)[month]
    outcome = _draw_outcome(rng, score)
    kept = _recorded(rng, trusts, outcome, trust=trust)
    frame = pd.DataFrame(
        {
            "org_code": drawing.named(owner(trusts, trust, month), trusts.codes),
            "specialty_code": drawing.named(specialty, CODES),
            "appointment_date": day.astype("datetime64[s]"),
            "outcome": drawing.named(outcome, OUTCOMES),
            "kind": drawing.named(kind, KINDS),
            "mode": drawing.named(mode, MODES),
            "age_band": drawing.named(age, AGE_BANDS),
            "sex": drawing.named(male.astype(np.int8), SEXES),
            "imd_decile": decile,
            "lead_days": lead,
        }
    )
    return frame[kept & ~in_gap(trusts, trust, month)].reset_index(drop=True)


def _expected_counts(trusts: Trusts) -> Floats:
    """Return the share of all appointments in each cell: trusts x specialties x months x 1."""
    work = column("appointments") * trusts.provides
    work = trusts.size[:, None] * work / work.sum(axis=1, keepdims=True)
    season = drawing.month_level(drawing.PLANNED) / truth.MONTHS
    return np.asarray(work[:, :, None, None] * season[None, None, :, None])


def _weekday(day: NDArray[np.datetime64]) -> NDArray[np.int64]:
    """Return the day of the week, Monday 0; day 0 of the calendar of numpy was a Thursday."""
    return (day.astype("datetime64[D]").astype(np.int64) + 3) % 7


def _draw_outcome(rng: np.random.Generator, score: Floats) -> NDArray[np.int8]:
    """Draw cancellations first; `score` gives the log odds of a DNA among what was not cancelled."""
    cancelled = rng.random(len(score))
    outcome = np.where(drawing.happens(rng, score), DNA, ATTENDED)
    outcome = np.where(
        cancelled < CANCELLED_PATIENT_SHARE + CANCELLED_PROVIDER_SHARE, CANCELLED_PROVIDER, outcome
    )
    return np.where(cancelled < CANCELLED_PATIENT_SHARE, CANCELLED_PATIENT, outcome).astype(np.int8)


def _recorded(
    rng: np.random.Generator, trusts: Trusts, outcome: NDArray[np.int8], *, trust: Ints
) -> NDArray[np.bool_]:
    """Return which appointments were written down: one trust loses most of its DNAs."""
    careless = trust == trusts.index(truth.DNA_NOT_RECORDED)
    lost = careless & (outcome == DNA) & (rng.random(len(outcome)) >= RECORDED_SHARE)
    return np.asarray(~lost)
