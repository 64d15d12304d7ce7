"""Invented monthly measures.

Most are what a publisher would release: a numerator and a denominator of realistic size, whose log odds
wander round a level of the trust's own. `mean_los` and `dna_rate` are counted from the invented records;
mortality, readmissions, day cases and cost follow the chances that the records were drawn with, at
`PUBLISHED_TIMES` their number, so that records and publications tell the same story.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.data.sources.cells import first_of_month
from helpers.data.synthetic import drawing, truth
from helpers.data.synthetic.divisions import unit_values
from helpers.data.synthetic.drawing import Floats
from helpers.data.synthetic.organisations import DIVISIONS, Trusts
from helpers.data.synthetic.returns import further_measures, other_returns
from helpers.data.synthetic.shapes import put_in_shapes
from helpers.data.synthetic.specialties import CODES, column
from helpers.data.synthetic.spells import DAY_CASE, ELECTIVE, DrawnSpells
from helpers.data.synthetic.waits import waiting_lists

#: hospitals discharge about a hundred times as many people as there are invented spells at scale 1
PUBLISHED_TIMES = 100
#: the bed base, staff and lists grow and shrink a little from month to month
DENOMINATOR_SPREAD = 0.025
DIVISION_SHARES = np.array([0.50, 0.34, 0.16])
DIVISION_SICKNESS = np.array([0.08, -0.06, -0.12])


@dataclass(frozen=True)
class MeasureProcess:
    """How a measure moves: log odds of its level, spread between trusts, season, drift, noise.

    `size` is the monthly denominator of a trust of average size; `winter` the log odds added in the
    worst winter month; `drift` log odds a year; `persistence` the lag-1 correlation of the noise.
    """

    measure: str
    size: float
    level: float
    spread: float
    winter: float = 0.0
    drift: float = 0.0
    noise: float = 0.05
    persistence: float = 0.3
    specialist: bool = True
    counted: bool = True


@dataclass(frozen=True)
class MeasurePanel:
    """Numerators and denominators, trusts x months x parts (parts: specialties, divisions or one)."""

    numerator: Floats
    denominator: Floats


RTT, RTT_LONG, SICKNESS, OCCUPANCY, NO_CRITERIA, CANCER_31, *SIMPLE = (
    MeasureProcess(**each) for each in truth.INVENTED["processes"]
)


def measure_values(
    rng: np.random.Generator,
    trusts: Trusts,
    *,
    spells: DrawnSpells,
    appointments: pd.DataFrame,
    scale: float,
) -> pd.DataFrame:
    """Return the mart's `measure_values` rows of every measure."""
    published = [
        *_waiting_list(rng, trusts),
        *_hospital(rng, trusts),
        *_from_chances(rng, trusts, spells, scale),
    ]
    frames = [*published, mean_los(spells.frame), dna_rate(appointments)]
    frame = pd.concat(frames, ignore_index=True)
    # drawn from a stream of their own, so that what is above stays as it was without them
    (more,) = rng.spawn(1)
    standard = _tidy(trusts, CANCER_31.measure, draw_panel(more, trusts, CANCER_31))
    frame = pd.concat([frame, standard, further_measures(more, frame)], ignore_index=True)
    frame = frame.assign(period_type="month", breakdown=None, category=None)
    frame = put_in_shapes(frame)
    units = unit_values(more, trusts, frame).assign(period_type="month", suppressed=False)
    frame = pd.concat([frame, units], ignore_index=True)
    frame["value"] = frame["numerator"] / frame["denominator"].fillna(1.0)
    lists, returned = rng.spawn(2)
    more_returns = other_returns(returned, frame), waiting_lists(lists, frame)
    both = pd.concat([frame, *more_returns], ignore_index=True)
    both["suppressed"] = both["suppressed"].eq(True)
    return both.assign(basis="provider", status="actual")


def _waiting_list(rng: np.random.Generator, trusts: Trusts) -> Iterator[pd.DataFrame]:
    """Yield the two measures of the waiting list by treatment function and in all."""
    weights = column("appointments") * trusts.provides
    offsets = 5 * (column("dna").mean() - column("dna")) + np.linspace(0.25, -0.25, len(CODES))
    within = draw_panel(rng, trusts, RTT, weights=weights, offsets=offsets)
    longer = draw_panel(rng, trusts, RTT_LONG, weights=weights, offsets=-offsets)
    # Nobody is both within 18 and over 52 weeks: the long waits are among those over 18.
    share = longer.numerator / np.maximum(longer.denominator, 1)
    beyond = within.denominator - within.numerator
    long = np.minimum(beyond, rng.poisson(share * within.denominator)).astype(float)
    for process, panel in ((RTT, within), (RTT_LONG, MeasurePanel(long, within.denominator))):
        yield _tidy(trusts, process.measure, panel, specialty_code=CODES)
        yield _tidy(trusts, process.measure, _total(panel))


def _hospital(rng: np.random.Generator, trusts: Trusts) -> Iterator[pd.DataFrame]:
    """Yield what is measured of the hospital as a whole, and sickness by division too."""
    for process in SIMPLE:
        yield _tidy(trusts, process.measure, draw_panel(rng, trusts, process))
    beds = draw_panel(rng, trusts, OCCUPANCY)
    yield _tidy(trusts, OCCUPANCY.measure, beds)
    yield _tidy(
        trusts, NO_CRITERIA.measure, draw_panel(rng, trusts, NO_CRITERIA, denominator=beds.numerator)
    )
    weights = np.tile(DIVISION_SHARES, (len(trusts.codes), 1))
    staff = draw_panel(rng, trusts, SICKNESS, weights=weights, offsets=DIVISION_SICKNESS)
    general = np.array([group != "Acute specialist" for group in trusts.peer_groups])
    divisions = _tidy(
        trusts, SICKNESS.measure, staff, unit=tuple(f"D{place + 1}" for place in range(len(DIVISIONS)))
    )
    yield divisions[divisions["org_code"].isin(np.array(trusts.codes)[general])]
    yield _tidy(trusts, SICKNESS.measure, _total(staff))


def draw_panel(
    rng: np.random.Generator,
    trusts: Trusts,
    process: MeasureProcess,
    *,
    level: Floats | None = None,
    denominator: Floats | None = None,
    weights: Floats | None = None,
    offsets: Floats | None = None,
) -> MeasurePanel:
    """Draw a measure for all trusts and months.

    Parameters
    ----------
    level
        Log odds of each trust, instead of the process's own level and spread.
    denominator
        Denominators that are known already, trusts x months x parts.
    weights, offsets
        How a trust divides into parts (trusts x parts) and the log odds of each part.
    """
    count = len(trusts.codes)
    weights = np.ones((count, 1)) if weights is None else weights
    offsets = np.zeros(weights.shape[1]) if offsets is None else offsets
    if level is None:
        level = drawing.log_odds(np.array([process.level])) + rng.normal(0, process.spread, count)
    odds = level[:, None] + _movement(rng, trusts, process)
    odds = odds[:, :, None] + offsets
    if denominator is None:
        sizes = process.size * trusts.size * count
        months = np.exp(_wander(rng, count, noise=DENOMINATOR_SPREAD, persistence=0.9))
        parts = weights / weights.sum(axis=1, keepdims=True)
        denominator = np.round(
            sizes[:, None, None] * months[:, :, None] * parts[:, None, :] * _kept(process)
        )
    if not process.specialist:
        special = np.array([group == "Acute specialist" for group in trusts.peer_groups])
        denominator = np.where(special[:, None, None], 0.0, denominator)
    chance = drawing.chance(odds)
    counted = (
        rng.binomial(denominator.astype(np.int64), chance) if process.counted else denominator * chance
    )
    return MeasurePanel(np.round(np.asarray(counted, dtype=float)), denominator)


def _movement(rng: np.random.Generator, trusts: Trusts, process: MeasureProcess) -> Floats:
    """Return the log odds that each trust and month differ by from the trust's level."""
    season = process.winter * (drawing.by_month(drawing.WINTER) - 1) / 0.10
    drift = process.drift * (np.arange(truth.MONTHS) - truth.MONTHS / 2) / 12
    noise = _wander(rng, len(trusts.codes), noise=process.noise, persistence=process.persistence)
    steps = np.zeros_like(noise)
    for signal in truth.SIGNALS:
        if signal.measure == process.measure:
            steps[trusts.index(signal.org_code), truth.month_index(signal.start) :] += signal.log_odds
    return np.asarray(season + drift + noise + steps)


def _wander(rng: np.random.Generator, count: int, *, noise: float, persistence: float) -> Floats:
    """Return first-order autoregressive noise with standard deviation `noise`, trusts x months."""
    shocks = rng.normal(0, noise, (count, truth.MONTHS))
    path = shocks.copy()
    for month in range(1, truth.MONTHS):
        path[:, month] = persistence * path[:, month - 1] + np.sqrt(1 - persistence**2) * shocks[:, month]
    return path


def _kept(process: MeasureProcess) -> Floats:
    """Return the share of a denominator that is still counted, month by month: breaks at all trusts."""
    kept = np.ones((1, truth.MONTHS, 1))
    for item in truth.BREAKS:
        if item.org_code is None and item.measure == process.measure:
            kept[:, truth.month_index(item.start) :] *= item.kept
    return kept


def _from_chances(
    rng: np.random.Generator, trusts: Trusts, spells: DrawnSpells, scale: float
) -> Iterator[pd.DataFrame]:
    """Yield the publications that stem from the same chances as the records."""
    patients, outcomes, count = spells.patients, spells.outcomes, len(trusts.codes)
    ordinary, elective = patients.ordinary, patients.way == ELECTIVE
    day_case = patients.way == DAY_CASE
    monthly = PUBLISHED_TIMES / scale / truth.MONTHS

    def mean(values: Floats, chosen: NDArray[np.bool_]) -> tuple[Floats, Floats]:
        number = np.bincount(patients.trust[chosen], minlength=count).astype(float)
        total = np.bincount(patients.trust[chosen], weights=values[chosen], minlength=count)
        # A trust without a single spell at a small scale is like all others.
        return np.where(number > 0, total / np.maximum(number, 1), values[chosen].mean()), number * monthly

    def share(measure: str, values: Floats, chosen: NDArray[np.bool_]) -> pd.DataFrame:
        level, number = mean(values, chosen)
        process = MeasureProcess(measure, 0, 0, 0, noise=0.04)
        denominator = _denominator(rng, number)
        odds = drawing.log_odds(np.clip(level, 0.001, 0.999))
        return _tidy(trusts, measure, draw_panel(rng, trusts, process, level=odds, denominator=denominator))

    yield share("readmission_30d", outcomes.readmission_chance, ordinary)
    yield share("day_case_rate", day_case.astype(float), day_case | elective)
    expected, number = mean(outcomes.expected_death_chance, ordinary)
    ratio = mean(outcomes.death_chance, ordinary)[0] / expected
    deaths = np.round(_denominator(rng, number) * expected[:, None, None], 1)
    noise = np.exp(_wander(rng, count, noise=0.05, persistence=0.3))[:, :, None]
    observed = rng.poisson(deaths * ratio[:, None, None] * noise).astype(float)
    yield _tidy(trusts, "mortality", MeasurePanel(observed, deaths))
    cost, number = mean(outcomes.cost, np.ones(len(patients.trust), dtype=bool))
    denominator = _denominator(rng, number)
    noise = np.exp(_wander(rng, count, noise=0.02, persistence=0.5) + 0.03 * np.arange(truth.MONTHS) / 12)
    yield _tidy(
        trusts,
        "cost_per_spell",
        MeasurePanel(np.round(denominator * (cost[:, None] * noise)[..., None]), denominator),
    )


def _denominator(rng: np.random.Generator, monthly: Floats) -> Floats:
    season = drawing.month_level(drawing.PLANNED)
    noise = np.exp(_wander(rng, len(monthly), noise=DENOMINATOR_SPREAD, persistence=0.5))
    return np.asarray(np.round(monthly[:, None] * season * noise))[..., None]


def _total(panel: MeasurePanel) -> MeasurePanel:
    return MeasurePanel(
        panel.numerator.sum(axis=2, keepdims=True), panel.denominator.sum(axis=2, keepdims=True)
    )


def _tidy(
    trusts: Trusts,
    measure: str,
    panel: MeasurePanel,
    *,
    specialty_code: tuple[str, ...] | None = None,
    unit: tuple[str, ...] | None = None,
) -> pd.DataFrame:
    """Return a panel as rows: missing months left out, a merged trust added to its successor."""
    labels = specialty_code or unit or ("",)
    index = pd.MultiIndex.from_product(
        [trusts.codes, drawing.months().to_timestamp(), labels], names=["org_code", "period", "part"]
    )
    frame = pd.DataFrame(
        {"numerator": panel.numerator.ravel(), "denominator": panel.denominator.ravel()}, index=index
    ).reset_index()
    frame = _after_mergers(_without_gaps(frame[frame["denominator"] > 0]))
    part = frame.pop("part")
    return frame.assign(
        measure=measure,
        unit_code=frame["org_code"] + "-" + part if unit else None,
        scheme="treatment" if specialty_code else None,
        specialty_code=part if specialty_code else None,
        origin="published",
    )


def _without_gaps(frame: pd.DataFrame) -> pd.DataFrame:
    for gap in truth.GAPS:
        months = pd.PeriodIndex(gap.months, freq="M").to_timestamp()
        frame = frame[~((frame["org_code"] == gap.org_code) & frame["period"].isin(months))]
    return frame


def _after_mergers(frame: pd.DataFrame) -> pd.DataFrame:
    for merger in truth.MERGERS:
        after = (frame["org_code"] == merger.org_code) & (frame["period"] >= pd.Timestamp(merger.start))
        frame = frame.assign(org_code=frame["org_code"].mask(after, merger.successor))
    return frame.groupby(["org_code", "period", "part"], as_index=False, sort=False).sum()


def mean_los(spells: pd.DataFrame) -> pd.DataFrame:
    """Return mean days of ordinary spells by trust and month of discharge."""
    ordinary = spells[spells["patient_class"] == "ordinary"]
    grouped = ordinary["los_days"].groupby(
        [ordinary["org_code"], first_of_month(ordinary["discharged"]).rename("period")], observed=True
    )
    return _counted(pd.DataFrame(grouped.agg(numerator="sum", denominator="count")), "mean_los")


def dna_rate(appointments: pd.DataFrame) -> pd.DataFrame:
    """Return missed among attended and missed appointments by trust and month."""
    due = appointments[appointments["outcome"].isin(["attended", "dna"])]
    missed = (due["outcome"] == "dna").groupby(
        [due["org_code"], first_of_month(due["appointment_date"]).rename("period")], observed=True
    )
    return _counted(pd.DataFrame(missed.agg(numerator="sum", denominator="count")), "dna_rate")


def _counted(frame: pd.DataFrame, measure: str) -> pd.DataFrame:
    frame = frame.astype(float).reset_index()
    return frame.assign(
        org_code=frame["org_code"].astype(str),
        measure=measure,
        unit_code=None,
        scheme=None,
        specialty_code=None,
        origin="records",
    )
