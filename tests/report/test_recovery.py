"""What the generator put into the invented spells is found again, and nothing else is."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from helpers.analyses.stays.findings import StayFindings
from helpers.analyses.stays.options import StayOptions
from helpers.data.mart import Mart
from helpers.data.organisations.directory import find_organisation
from helpers.data.synthetic.organisations import draw_trusts
from helpers.data.synthetic.spells import draw_spells
from helpers.data.synthetic.truth import FAIR
from helpers.report.period import Period
from helpers.stats import los

ALL_MONTHS = Period(date(2023, 10, 1), date(2026, 9, 1))


def analyse(
    mart: Mart, trust: str, *, period: Period = ALL_MONTHS, specialty: str | None = None
) -> StayFindings:
    return StayFindings(mart, find_organisation(mart, trust), period, StayOptions(specialty=specialty))


def holds(found: StayFindings, truth: float) -> bool:
    """Tell whether O/E lies within its 99.8 % interval of the truth: one invented data set is one throw."""
    return bool(abs(np.log(found.ratio.value / truth)) < 3.09 * found.adjusted["standard_error"])


@pytest.mark.parametrize(
    ("trust", "specialty", "truth", "verdict"),
    [("SYN11", None, 1.25, "longer"), ("SYN22", None, 0.80, "shorter"), ("SYN16", "110", 1.5, "longer")],
)
def test_a_truly_different_trust_is_found(
    demo_mart: Mart, trust: str, specialty: str | None, truth: float, verdict: str
) -> None:
    found = analyse(demo_mart, trust, specialty=specialty)
    assert found.ratio.verdict == verdict
    assert holds(found, truth)


@pytest.mark.parametrize("trust", FAIR)
def test_a_fair_trust_is_not(demo_mart: Mart, trust: str) -> None:
    assert holds(analyse(demo_mart, trust), 1)


def test_an_old_and_complex_mix_is_called_mix_and_not_length(demo_mart: Mart) -> None:
    found = analyse(demo_mart, "SYN06")
    assert found.crude["lower"] > 0
    assert found.split["mix"] > 2 * abs(found.split["length"])


def test_a_change_that_worked_is_found_against_the_trusts_own_past(demo_mart: Mart) -> None:
    year = Period(date(2025, 4, 1), date(2026, 3, 1))
    found = StayFindings(
        demo_mart, find_organisation(demo_mart, "SYN07"), year, StayOptions(benchmark="own_past")
    )
    assert found.crude["upper"] < 0


def test_a_merged_trust_has_its_predecessors_months(demo_mart: Mart) -> None:
    found = analyse(demo_mart, "SYN87")
    assert found.trend.gaps == ()
    assert analyse(demo_mart, "SYN58").trend.gaps == tuple(date(2024, month, 1) for month in (10, 11, 12))


def covered(seed: int) -> list[bool]:
    """Return, for the fair trusts of one invented year, whether the interval of O/E holds 1."""
    trusts_rng, spells_rng, *_ = np.random.default_rng(seed).spawn(4)
    frame = draw_spells(spells_rng, draw_trusts(trusts_rng), scale=0.02).frame
    frame = frame[frame["patient_class"] == "ordinary"].rename(columns={"specialty_code": "specialty"})
    frame = frame.assign(squares=frame["los_days"].astype(float) ** 2)
    sums = {"spells": ("los_days", "size"), "days": ("los_days", "sum"), "days_squared": ("squares", "sum")}
    cells: pd.DataFrame = frame.groupby(["org_code", *los.STRATA], observed=True).agg(**sums).reset_index()  # type: ignore[call-overload]
    table = los.observed_expected(los.match_comparators(cells, only=FAIR))
    return list((table["lower"] <= 1) & (table["upper"] >= 1))


def test_the_interval_of_a_fair_trust_holds_one_in_most_invented_years() -> None:
    found = [each for seed in range(1000, 1010) for each in covered(seed)]
    assert sum(found) >= 16  # of 20: fewer has a chance of 3 in 1,000 at 95 %


@pytest.mark.long
def test_the_interval_of_a_fair_trust_holds_one_in_95_of_100_invented_years() -> None:
    found = [covered(seed)[0] for seed in range(400)]
    assert 0.925 <= np.mean(found) <= 0.975
