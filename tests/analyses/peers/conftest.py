"""A mart of a few trusts with made figures, for numbers that are worked out by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from helpers.analyses.peers.analysis import PeerBenchmark
from helpers.analyses.peers.comparison import PeerChoice, PeerOptions, compare_peers
from helpers.analyses.peers.result import PeerComparison
from helpers.data.mart import Mart
from helpers.data.organisations.directory import find_organisation
from helpers.register.models import Event, Measure, Register
from helpers.report.period import Period, add_months
from helpers.report.report import Report

MAY = date(2026, 5, 1)


def make_measure(identity: str = "seen_soon", **changes: Any) -> Measure:
    """Return a measure: by default a proportion of patients, more of them better."""
    fields: dict[str, Any] = {
        "id": identity,
        "name": "Seen soon",
        "description": "Of the patients, the share seen soon.",
        "purpose": "To be seen.",
        "objective": "care",
        "perspective": "patients",
        "kind": "proportion",
        "numerator": "Patients seen soon",
        "denominator": "All patients",
        "exclusions": "None.",
        "unit": "%",
        "digits": 1,
        "direction": "increase",
        "benchmark": "peer_median",
        "source": "Invented",
        "frequency": "month",
        "stale_after_days": 60,
        "owner": "Chief operating officer",
        "action": "See them sooner.",
    }
    return Measure(**{**fields, **changes})


@dataclass(frozen=True)
class Figure:
    """One value of the mart; a numerator of None is a value alone."""

    org: str
    numerator: float | None
    denominator: float | None = None
    period: date = MAY
    measure: str = "seen_soon"
    value: float | None = None
    suppressed: bool = False
    period_type: str = "month"
    status: str = "actual"
    basis: str = "provider"

    def row(self) -> dict[str, object]:
        value = self.value
        if value is None and self.numerator is not None:
            value = self.numerator / self.denominator if self.denominator else self.numerator
        return {
            "measure": self.measure, "org_code": self.org, "period": pd.Timestamp(self.period),
            "period_type": self.period_type, "basis": self.basis, "numerator": self.numerator,
            "denominator": self.denominator, "value": value, "status": self.status,
            "suppressed": self.suppressed,
        }  # fmt: skip


@dataclass(frozen=True)
class Trust:
    """An organisation of the mart."""

    code: str
    org_type: str | None = "Acute"
    region: str | None = "Y1"
    icb_code: str | None = "Q1"
    peer_group: str | None = "Acute - large"
    successor: str | None = None
    kind: str = "trust"
    name: str = ""

    def row(self) -> dict[str, object]:
        return {
            "org_code": self.code, "name": self.name or f"Synthetic {self.code}", "kind": self.kind,
            "org_type": self.org_type, "region": self.region, "icb_code": self.icb_code,
            "peer_group": self.peer_group, "successor": self.successor,
        }  # fmt: skip


def fill(folder: Path, figures: Sequence[Figure], trusts: Sequence[Trust], *, origin: str) -> Mart:
    """Return a mart of these figures, published or counted from records."""
    mart = Mart(folder / "mart")
    places = [
        Trust("Y1", None, None, None, None, kind="region", name="NORTH COMMISSIONING REGION"),
        Trust("Q1", None, None, None, None, kind="icb", name="Synthetic North ICB"),
    ]
    with mart.load(source="codes", layout="l", policy="published", synthetic=True) as load:
        load.write("organisations", pd.DataFrame([each.row() for each in (*places, *trusts)]))
    policy: Any = "published" if origin == "published" else "hes_record_level"
    with mart.load(source="figures", layout="l", policy=policy, synthetic=True) as load:
        rows = pd.DataFrame([each.row() for each in figures]).assign(origin=origin)
        load.write("measure_values", rows)
    return mart.at(mart.version)


@dataclass(frozen=True)
class Peers:
    """A mart with a register, and what is asked of it."""

    mart: Mart
    folder: Path
    register: Register

    def compare(self, org: str = "T1", measure: str = "seen_soon", **choice: Any) -> PeerComparison | None:
        return compare_peers(self.mart, self.register.measures[measure], org, PeerChoice(**choice))

    def found(self, org: str = "T1", measure: str = "seen_soon", **choice: Any) -> PeerComparison:
        comparison = self.compare(org, measure, **choice)
        assert comparison is not None
        return comparison

    def benchmark(self, org: str = "T1", last: date = MAY, **options: Any) -> PeerBenchmark:
        about = find_organisation(self.mart, org)
        report = Report("Peer benchmark", self.folder, self.mart, about, Period(last, last))
        report.__dict__["register"] = self.register
        return PeerBenchmark(report, PeerOptions(**options))


MakePeers = Callable[..., Peers]


@pytest.fixture
def peers(tmp_path: Path) -> MakePeers:
    """Return what makes a mart of figures; trusts are those of the figures unless others are given."""

    def make(
        *figures: Figure,
        trusts: Sequence[Trust] | None = None,
        measures: Sequence[Measure] = (),
        events: Sequence[Event] = (),
        origin: str = "published",
    ) -> Peers:
        known = trusts or [Trust(code) for code in dict.fromkeys(each.org for each in figures)]
        described = {each.id: each for each in measures or [make_measure()]}
        register = Register(measures=described, events={each.id: each for each in events})
        return Peers(fill(tmp_path, figures, known, origin=origin), tmp_path, register)

    return make


def every_month(org: str, rates: Sequence[float], denominator: float = 1000, **more: Any) -> list[Figure]:
    """Return one figure a month up to May 2026, the last rate being that of May."""
    first = add_months(MAY, 1 - len(rates))
    return [
        Figure(org, round(rate * denominator), denominator, add_months(first, place), **more)
        for place, rate in enumerate(rates)
    ]
