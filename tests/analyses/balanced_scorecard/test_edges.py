"""Whole scorecards on marts of a few rows: a merger, nothing that may be shown, no target, sides of one's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from made_cards import QUIET

from helpers.analyses.balanced_scorecard.analysis import Scorecard
from helpers.bundle import SUPPRESSED, Bundle
from helpers.data.disclosure import disclosure_problems
from helpers.data.mart import Mart
from helpers.data.organisations.directory import find_organisation
from helpers.measures.examples import example_measure
from helpers.register.arrangement import KAPLAN_NORTON, Perspective
from helpers.register.models import Objective, Register, Target
from helpers.report.period import Period, add_months
from helpers.report.report import Report

SEPTEMBER = date(2026, 9, 1)
PARTS = ("measures", "trajectories", "inequality_words", "gaps", "method")
UNITS = [("D1", "Surgery", None), ("D2", "Medicine", None), ("D1-110", "Orthopaedics", "D1")]
MakeCard = Callable[..., Scorecard]


def series(values: Sequence[float], org: str = "T1", unit: str | None = None, **keys: Any) -> pd.DataFrame:
    """Return percentages of 1,000 by months up to September 2026."""
    percent = np.asarray(values, dtype=float)
    months = [add_months(SEPTEMBER, place + 1 - len(percent)) for place in range(len(percent))]
    frame = pd.DataFrame(
        {"period": pd.to_datetime(months), "numerator": 10 * percent, "denominator": 1000.0}
    )
    fixed = {
        "measure": "missed", "org_code": org, "unit_code": unit, "period_type": "month", "basis": "provider",
        "status": "actual", "origin": "published", "suppressed": False,
    }  # fmt: skip
    frame["value"] = frame["numerator"] / frame["denominator"]
    return frame.assign(**{**fixed, **keys})


@pytest.fixture
def make(tmp_path: Path) -> MakeCard:
    """Return what makes a card from rows of the mart; T0 became part of T1."""

    def of(
        *frames: pd.DataFrame, unit: str | None = None, perspectives: Sequence[Perspective] = KAPLAN_NORTON,
        **measure: Any,
    ) -> Scorecard:  # fmt: skip
        mart = Mart(tmp_path / "mart")
        trusts = [{"org_code": code, "name": f"Synthetic {code}", "kind": "trust", "successor": after}
                  for code, after in (("T0", "T1"), ("T1", None))]  # fmt: skip
        units = [{"org_code": "T1", "unit_code": code, "name": name, "parent_unit": above}
                 for code, name, above in UNITS]  # fmt: skip
        with mart.load(source="codes", layout="l", policy="published", synthetic=True) as load:
            load.write("organisations", pd.DataFrame(trusts))
            load.write("units", pd.DataFrame(units))
        with mart.load(source="figures", layout="l", policy="published", synthetic=True) as load:
            load.write("measure_values", pd.concat(frames, ignore_index=True))
        keys = {"objective": "care", "direction": "increase", "perspective": perspectives[0].id, **measure}
        objective = Objective(id="care", name="Care", description="D", owner="Medical director")
        report = Report(
            "Balanced scorecard", tmp_path, mart.at(mart.version),
            find_organisation(mart, "T1"), Period(SEPTEMBER, SEPTEMBER),
        )  # fmt: skip
        report.__dict__["register"] = Register(
            measures={"missed": example_measure(**keys)},
            objectives={"care": objective},
            perspectives={each.id: each for each in perspectives},
        )
        return Scorecard(report, ["missed"], unit)

    return of


def bundles(card: Scorecard) -> list[Bundle]:
    shown = [each for name in PARTS for each in getattr(card, name).shown]
    return [each.bundle for each in (card.headline(), *shown)]


def words(card: Scorecard) -> str:
    return "\n".join(each.markdown for each in bundles(card))


def cells(card: Scorecard) -> tuple[Any, ...]:
    """Return the cells of the one measure."""
    return next(row for row in card.measures.table().bundle.rows if row[0] == "Missed appointments")


def test_a_merged_trust_has_the_history_of_both(make: MakeCard) -> None:
    """10 % of 1,000 at T1 and 20 % of 1,000 at T0 until March: 15 % together; then T1 alone."""
    card = make(series([10.0] * 24), series([20.0] * 18, "T0").assign(
        period=lambda frame: frame["period"] - pd.DateOffset(months=6)
    ))  # fmt: skip
    (row,) = card.card.rows
    result = row.result
    assert result.series.shown[:18] == pytest.approx([15.0] * 18)
    assert result.series.shown[18:] == pytest.approx([10.0] * 6)
    assert cells(card)[1] == "10.0%"


def test_a_card_of_which_nothing_may_be_shown(make: MakeCard) -> None:
    hidden = series(QUIET[:24], numerator=np.nan, value=np.nan, suppressed=True)
    card = make(hidden, targets=(Target(value=8, kind="local", source="Plan"),))
    assert cells(card)[1:6] == (SUPPRESSED, "–", "–", "–", "–")
    said = words(card)
    assert "The one measure on this scorecard cannot be shown." in said
    assert "Most or all figures are suppressed: Missed appointments." in said
    assert "Patients: its one measure is without a figure." in said
    assert [problem for each in bundles(card) for problem in disclosure_problems([each])] == []


def test_without_a_target_nothing_is_judged_by_one(make: MakeCard) -> None:
    card = make(series(QUIET))
    assert cells(card)[2:6] == ("no target", "common_cause", "–", "–")
    assert "none is judged by its trajectory" in words(card)


def test_one_month_claims_nothing(make: MakeCard) -> None:
    card = make(series([10.0]), targets=(Target(value=8, kind="local", source="Plan"),))
    assert cells(card)[3:6] == ("one point", "too few points", "no forecast")
    assert "**No forecast**, because fewer than 12 months are comparable" in words(card)


def test_sides_of_ones_own(make: MakeCard) -> None:
    own = [
        Perspective(id="planet", name="Planet", question="What do we leave behind?"),
        Perspective(id="place", name="Place", question="Whom do we serve?"),
    ]
    card = make(series(QUIET), perspectives=own)
    heads = [str(row[0]) for row in card.measures.table().bundle.rows]
    assert heads[0] == "Planet: What do we leave behind?"
    assert "Place: Whom do we serve?" in heads
    assert "The perspectives are set in the register: Planet and Place." in words(card)


def test_a_specialty_has_a_card_of_its_own(make: MakeCard) -> None:
    card = make(series([13.0] * 24, unit="D1-110"), unit="D1-110")
    assert cells(card)[1] == "13.0%"
