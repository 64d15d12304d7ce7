"""A mart of a handful of spells, and reports on it, for numbers that are worked out by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from helpers.analyses.stays.analysis import LengthOfStay
from helpers.analyses.stays.findings import StayFindings
from helpers.analyses.stays.options import StayOptions
from helpers.data.mart import Mart
from helpers.data.organisations.directory import find_organisation
from helpers.register.models import Event
from helpers.report.period import Period
from helpers.report.report import Report

SEED = 3  # any seed but the demo's: what is put in holds for all


@dataclass(frozen=True)
class Stays:
    """A number of spells alike, discharged on one day."""

    org: str
    number: int
    days: float
    discharged: date = date(2026, 4, 15)
    specialty: str = "100"
    method: str = "elective"
    age: str = "45-64"
    sex: str = "female"
    mix: str = "A"
    patient_class: str = "ordinary"

    def rows(self) -> list[dict[str, object]]:
        row = {
            "org_code": self.org, "specialty_code": self.specialty,
            "admitted": self.discharged - timedelta(days=int(self.days)), "discharged": self.discharged,
            "los_days": self.days, "admission_method": self.method, "patient_class": self.patient_class,
            "age_band": self.age, "sex": self.sex, "casemix_group": self.mix,
            "imd_decile": 5, "cost": 100.0,
        }  # fmt: skip
        return [row] * self.number


#: T1 has mean 4; the others 3, 5 and 8, 4.8 over all of their 100 patients
USUAL = (
    Stays("T1", 10, 6), Stays("T1", 10, 2), Stays("T2", 20, 2), Stays("T2", 20, 4),
    Stays("T3", 40, 5), Stays("T4", 20, 8),
)  # fmt: skip
APRIL = Period(date(2026, 4, 1), date(2026, 4, 1))

Trust = tuple[str, str, str | None]
TRUSTS: tuple[Trust, ...] = (
    ("T1", "small", None), ("T2", "small", None), ("T3", "large", None), ("T4", "small", None),
    ("T0", "small", "T1"),
)  # fmt: skip


def fill_mart(folder: Path, stays: Iterable[Stays], trusts: Iterable[Trust] = TRUSTS) -> Mart:
    """Return a mart of these spells, under the rule for records."""
    names = [
        {
            "org_code": code,
            "name": f"Synthetic {code}",
            "kind": "trust",
            "peer_group": group,
            "successor": after,
        }
        for code, group, after in trusts
    ]
    specialties = [
        {"scheme": "treatment", "specialty_code": code, "name": name}
        for code, name in (("100", "General Surgery Service"), ("300", "General Internal Medicine Service"))
    ]
    mart = Mart(folder / "mart")
    with mart.load(source="codes", layout="l", policy="published", synthetic=True) as load:
        load.write("organisations", pd.DataFrame(names))
        load.write("specialties", pd.DataFrame(specialties))
    with mart.load(source="spells", layout="l", policy="hes_record_level", synthetic=True) as load:
        load.write("spells", pd.DataFrame([row for each in stays for row in each.rows()]))
    return mart.at(mart.version)


@dataclass(frozen=True)
class Analysis:
    """What a test asks for, with the usual answers."""

    mart: Mart
    folder: Path
    trust: str = "T1"
    period: Period = APRIL
    events: tuple[Event, ...] = ()

    def but(self, **changes: Any) -> Analysis:
        return replace(self, **changes)

    def findings(self, **options: Any) -> StayFindings:
        about = find_organisation(self.mart, self.trust)
        return StayFindings(self.mart, about, self.period, StayOptions(**options), events=self.events)

    def report(self, **options: Any) -> LengthOfStay:
        about = find_organisation(self.mart, self.trust)
        chosen = StayOptions(**options)
        report = Report("Stays", self.folder, self.mart, about, self.period, chosen.specialty)
        return LengthOfStay(report, chosen)


Analyse = Callable[..., Analysis]


@pytest.fixture
def analyse(tmp_path: Path) -> Analyse:
    """Return what makes an analysis of T1 in April 2026 from spells."""
    return lambda *stays: Analysis(fill_mart(tmp_path, stays or USUAL), tmp_path)


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """Return the usual spells, shared by a module's tests."""
    folder = tmp_path_factory.mktemp("usual")
    return Analysis(fill_mart(folder, USUAL), folder)


@pytest.fixture(scope="session")
def demo_measures(tmp_path_factory: pytest.TempPathFactory, demo_in: Callable[..., Mart]) -> Mart:
    """Return the demo data with all of its measures, few records."""
    return demo_in(tmp_path_factory.mktemp("measures") / "mart", 0.02, seed=SEED)
