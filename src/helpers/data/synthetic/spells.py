"""Invented hospital spells.

Mean days of an ordinary spell are a product: treatment function and way of admission, age, sex,
case-mix group, deprivation, season, and the trust's own ratio. Days are Poisson round a log-normal
mean, so that the mean of the integer days is exactly that product, zero-day stays included: a ratio
that is put in is the ratio that a perfect method finds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.data.synthetic import drawing, truth
from helpers.data.synthetic.drawing import Floats, Ints
from helpers.data.synthetic.organisations import Trusts
from helpers.data.synthetic.specialties import AGE_BANDS, CODES, column

SPELLS_AT_SCALE_1 = 500_000

#: ways in, in one place: (admission method, patient class)
WAYS = (
    ("elective", "day_case"),
    ("elective", "regular"),
    ("elective", "ordinary"),
    ("emergency", "ordinary"),
    ("transfer", "ordinary"),
)
DAY_CASE, REGULAR, ELECTIVE, EMERGENCY, TRANSFER = range(len(WAYS))
METHODS = ("elective", "emergency", "transfer")
CLASSES = ("day_case", "ordinary", "regular")
SEXES = ("female", "male")
GROUPS = ("A", "B", "C")

AGE_DAYS = np.array([0.80, 0.70, 0.90, 1.05, 1.25, 1.45])
GROUP_DAYS = np.array([0.65, 1.00, 1.75])
FEMALE_DAYS = 1.03
#: a decile nearer to the most deprived adds half a per cent
DEPRIVATION_DAYS = 0.005
TRANSFER_DAYS = 1.6
SPREAD_ELECTIVE, SPREAD_EMERGENCY = 0.70, 0.90

AGE_DEATH = np.array([-2.2, -1.9, -0.6, 0.2, 0.7, 1.2])
AGE_READMISSION = np.array([-0.1, -0.1, 0.0, 0.1, 0.2, 0.25])
DEATH_LOG_ODDS, READMISSION_LOG_ODDS = -4.3, -2.35

DAY_CASE_POUNDS, REGULAR_POUNDS, ADMISSION_POUNDS, DAY_POUNDS = 820.0, 290.0, 1150.0, 345.0


@dataclass(frozen=True)
class Patients:
    """What the spells are, one entry per spell; places in the tuples of names."""

    trust: Ints
    specialty: Ints
    month: Ints
    way: Ints
    age: NDArray[np.int8]
    female: NDArray[np.bool_]
    decile: NDArray[np.int8]
    group: NDArray[np.int8]

    @property
    def ordinary(self) -> NDArray[np.bool_]:
        """Neither day case nor regular attender."""
        return np.asarray(self.way >= ELECTIVE)

    @property
    def emergency(self) -> NDArray[np.bool_]:
        """Not planned: emergencies and transfers in."""
        return np.asarray(self.way >= EMERGENCY)


@dataclass(frozen=True)
class Outcomes:
    """What came of the spells; the chances behind deaths and readmissions beside what happened."""

    days: NDArray[np.int32]
    died: NDArray[np.bool_]
    death_chance: Floats
    expected_death_chance: Floats
    readmitted: NDArray[np.bool_]
    readmission_chance: Floats
    cost: Floats


@dataclass(frozen=True)
class DrawnSpells:
    """The mart's frame with, row by row, the patients and outcomes it was made from."""

    frame: pd.DataFrame
    patients: Patients
    outcomes: Outcomes


def draw_spells(
    rng: np.random.Generator, trusts: Trusts, *, scale: float, months: np.random.Generator | None = None
) -> DrawnSpells:
    """Draw all spells, in the order of their trusts; `months` as `drawing.draw_counts` takes it."""
    counts = drawing.draw_counts(rng, _expected_counts(trusts) * (SPELLS_AT_SCALE_1 * scale), months)
    patients = _draw_patients(rng, trusts, counts)
    ratio = trusts.los_ratio[patients.trust, patients.specialty]
    for change in truth.INTERVENTIONS:
        since = (patients.trust == trusts.index(change.org_code)) & (
            patients.month >= truth.month_index(change.start)
        )
        ratio = np.where(since, ratio * change.ratio, ratio)
    mean = _mean_days(patients) * ratio
    spread = np.where(patients.emergency, SPREAD_EMERGENCY, SPREAD_ELECTIVE)
    level = mean * np.exp(spread * rng.standard_normal(len(mean)) - spread**2 / 2)
    days = np.where(patients.ordinary, rng.poisson(level), 0).astype(np.int32)
    outcomes = _draw_outcomes(rng, trusts, patients, days)
    recorded = _recorded(rng, trusts, patients, days)
    patients = Patients(**{name: values[recorded] for name, values in vars(patients).items()})
    outcomes = Outcomes(**{name: values[recorded] for name, values in vars(outcomes).items()})
    return DrawnSpells(_frame(rng, trusts, patients, outcomes), patients, outcomes)


def _draw_patients(rng: np.random.Generator, trusts: Trusts, counts: NDArray[np.int64]) -> Patients:
    trust, specialty, month, way = drawing.cell_of_each(counts)
    age = drawing.draw_ages(rng, trust, specialty, trusts.older)
    female = rng.random(len(trust)) < column("female")[specialty]
    decile = drawing.draw_deprivation(rng, trusts.deprivation[trust])
    score = (
        trusts.complexity[trust] + 0.22 * (age - 2.5) + 0.35 * (way >= EMERGENCY) + 0.03 * (5.5 - decile)
    )
    score = score + rng.logistic(size=len(trust))
    group = (score > 0.1).astype(np.int8) + (score > 1.9)
    return Patients(trust, specialty, month, way, age, female, decile, group)


def _expected_counts(trusts: Trusts) -> Floats:
    """Return the share of all spells in each cell: trusts x specialties x months x ways."""
    planned, winter = drawing.month_level(drawing.PLANNED), drawing.month_level(drawing.WINTER)
    emergency = column("emergency")
    shares = np.stack([column("day_case"), column("regular"), column("elective"), emergency], axis=1)
    shares = np.concatenate([shares, np.clip(1 - shares.sum(axis=1, keepdims=True), 0.0, None)], axis=1)
    ways = np.repeat(shares[None], len(trusts.codes), axis=0)
    ways[..., DAY_CASE] *= np.exp(trusts.day_case)[:, None]
    ways[..., ELECTIVE] *= np.exp(-trusts.day_case)[:, None]
    ways /= ways.sum(axis=2, keepdims=True)
    work = column("spells") * trusts.provides
    work = trusts.size[:, None] * work / work.sum(axis=1, keepdims=True)
    season = np.stack([planned, planned, planned, winter, winter], axis=1) / truth.MONTHS
    return np.asarray(work[:, :, None, None] * ways[:, :, None, :] * season[None, None])


def _mean_days(patients: Patients) -> Floats:
    base = np.stack([column("elective_days"), column("emergency_days")], axis=1)
    days = base[patients.specialty, patients.emergency.astype(int)]
    days = days * AGE_DAYS[patients.age] * GROUP_DAYS[patients.group]
    days = (
        days
        * np.where(patients.female, FEMALE_DAYS, 1.0)
        * np.where(patients.way == TRANSFER, TRANSFER_DAYS, 1.0)
    )
    season = 1 + 0.4 * (drawing.by_month(drawing.WINTER) - 1)
    days = days * np.where(patients.emergency, season[patients.month], 1.0)
    return np.asarray(days * (1 + DEPRIVATION_DAYS * (5.5 - patients.decile)))


def _draw_outcomes(
    rng: np.random.Generator, trusts: Trusts, patients: Patients, days: NDArray[np.int32]
) -> Outcomes:
    severity = 0.55 * (patients.group - 1.0) + 0.012 * (5.5 - patients.decile)
    expected = DEATH_LOG_ODDS + AGE_DEATH[patients.age] + severity + 1.1 * patients.emergency
    expected = np.where(patients.ordinary, expected, expected - 6.0)
    death = expected + trusts.death_log_odds[patients.trust]
    died = drawing.happens(rng, death)
    again = (
        READMISSION_LOG_ODDS + AGE_READMISSION[patients.age] + 0.5 * severity + 0.45 * patients.emergency
    )
    again = again + trusts.readmission_log_odds[patients.trust] - np.where(patients.ordinary, 0.0, 1.2)
    price = np.choose(
        np.minimum(patients.way, ELECTIVE), [DAY_CASE_POUNDS, REGULAR_POUNDS, ADMISSION_POUNDS]
    )
    cost = price * rng.lognormal(-0.045, 0.3, len(days)) * (0.8 + 0.2 * patients.group) + DAY_POUNDS * days
    return Outcomes(
        days=days,
        died=died,
        death_chance=drawing.chance(death),
        expected_death_chance=drawing.chance(expected),
        readmitted=drawing.happens(rng, again) & ~died,
        readmission_chance=drawing.chance(again) * (1 - drawing.chance(death)),
        cost=np.round(cost, 0),
    )


def _recorded(
    rng: np.random.Generator, trusts: Trusts, patients: Patients, days: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """Return which spells are recorded: not in missing months, nor most same-day care after a break."""
    recorded = ~in_gap(trusts, patients.trust, patients.month)
    for item in truth.BREAKS:
        if item.measure == "mean_los" and item.org_code is not None:
            here = (patients.trust == trusts.index(item.org_code)) & (
                patients.month >= truth.month_index(item.start)
            )
            same_day = here & patients.emergency & (days == 0)
            recorded &= ~(same_day & (rng.random(len(days)) >= item.kept))
    return recorded


def in_gap(trusts: Trusts, trust: Ints, month: Ints) -> NDArray[np.bool_]:
    """Return which records fall in months that their trust did not submit."""
    missing = np.zeros((len(trusts.codes), truth.MONTHS), dtype=bool)
    for gap in truth.GAPS:
        missing[trusts.index(gap.org_code), drawing.months().isin(pd.PeriodIndex(gap.months, freq="M"))] = (
            True
        )
    return missing[trust, month]


def owner(trusts: Trusts, trust: Ints, month: Ints) -> Ints:
    """Return the trust under whose code a record stands: the successor's after a merger."""
    place = trust.copy()
    for merger in truth.MERGERS:
        after = (trust == trusts.index(merger.org_code)) & (month >= truth.month_index(merger.start))
        place[after] = trusts.index(merger.successor)
    return place


def _frame(
    rng: np.random.Generator, trusts: Trusts, patients: Patients, outcomes: Outcomes
) -> pd.DataFrame:
    discharged = drawing.draw_days(rng, patients.month, weekend=0.6)
    method = np.array([METHODS.index(method) for method, _ in WAYS])[patients.way]
    patient_class = np.array([CLASSES.index(kind) for _, kind in WAYS])[patients.way]
    groups = tuple(f"{code}-{group}" for code in CODES for group in GROUPS)
    return pd.DataFrame(
        {
            "org_code": drawing.named(owner(trusts, patients.trust, patients.month), trusts.codes),
            "specialty_code": drawing.named(patients.specialty, CODES),
            "admitted": (discharged - outcomes.days.astype("timedelta64[D]")).astype("datetime64[s]"),
            "discharged": discharged.astype("datetime64[s]"),
            "los_days": outcomes.days,
            "admission_method": drawing.named(method, METHODS),
            "patient_class": drawing.named(patient_class, CLASSES),
            "age_band": drawing.named(patients.age, AGE_BANDS),
            "sex": drawing.named((~patients.female).astype(np.int8), SEXES),
            "imd_decile": patients.decile,
            "casemix_group": drawing.named(patients.specialty * len(GROUPS) + patients.group, groups),
            "died": outcomes.died,
            "readmitted_30d": outcomes.readmitted,
            "cost": outcomes.cost,
        }
    )
