"""What is known of a system: its sums, who holds its beds, what its patients wait for, what models make of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

import numpy as np
import pandas as pd

from helpers.measures.sums import SystemSum

Change = Literal["way_out", "outside", "demand"]
Who = Literal["hospital", "interface", "community", "social", "patient", "untold"]
#: months over which a figure's ordinary range is taken
RANGE_MONTHS: Final = 12
#: of the beds occupied, the share that hold patients admitted as emergencies: assumed, no month publishes it
EMERGENCY_SHARE: Final = (0.6, 0.9)
#: who could act on a reason, by words of its name; the first that fits counts
_WHO: Final[tuple[tuple[str, Who], ...]] = (
    ("hospital process", "hospital"),
    ("wellbeing concerns", "patient"),
    ("care transfer hub", "interface"),
    ("interface process", "interface"),
    ("residential", "social"),
    ("social care", "social"),
    ("housing", "social"),
    ("capacity", "community"),
)
#: from inside the hospital outwards
IN_ORDER: Final[tuple[Who, ...]] = ("hospital", "interface", "community", "social", "patient", "untold")
#: what arises outside the hospital for certain; at the interface both sides have a part
OUTSIDE: Final[tuple[Who, ...]] = ("community", "social")


def who_could_act(reason: str) -> Who:
    """Return who could act on a reason of delay, as the publisher words it.

    >>> who_could_act("Capacity – Residential/nursing home care not yet available (Pathway 3)")
    'social'
    >>> who_could_act("Interface process – Residential/nursing home care arrangements still underway (Pathway 3)")
    'interface'
    """
    plain = reason.lower()
    return next((who for words, who in _WHO if words in plain), "untold")


@dataclass(frozen=True)
class Ranged:
    """A figure of the latest whole month, and its least and most over the latest twelve of them."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Pressure:
    """Beds and days of a system's acute trusts: beds in use are admissions times stay."""

    month: date
    months: int  # how many whole months the ranges rest on
    trusts: tuple[str, ...]
    #: beds: in use, of which held by patients who could leave, and available (none where unknown)
    occupied: Ranged
    waiting: Ranged
    available: float
    #: bed-days for each emergency admission: of all beds, and of those held by patients who could leave
    days: Ranged
    days_waiting: Ranged

    @property
    def share(self) -> float:
        """Per cent of the beds in use that are held by patients who could leave."""
        return 100 * self.waiting.value / self.occupied.value


def pressure_of(waiting: SystemSum, beds: SystemSum, admissions: SystemSum) -> Pressure | None:
    """Return beds and days of the months that all three sums have in whole; None without any.

    Parameters
    ----------
    waiting
        Patients who could leave over beds occupied.
    beds
        Beds occupied over beds available.
    admissions
        Emergency admissions of the same trusts.
    """
    frames = [each.rows.set_index("period") for each in (waiting, beds, admissions)]
    if any(frame.empty for frame in frames):
        return None
    table = pd.DataFrame(
        {
            "waiting": frames[0]["numerator"],
            "occupied": frames[0]["denominator"],
            "available": frames[1]["denominator"],
            "admissions": frames[2]["numerator"],
        }
    ).dropna(subset=["waiting", "occupied", "admissions"])
    table = table[table["admissions"] > 0].iloc[-RANGE_MONTHS:]
    if table.empty:
        return None
    length = pd.Series(pd.DatetimeIndex(table.index).days_in_month, index=table.index)
    return Pressure(
        month=table.index[-1].date(),
        months=len(table),
        trusts=waiting.trusts,
        occupied=_ranged(table["occupied"]),
        waiting=_ranged(table["waiting"]),
        available=float(table["available"].iloc[-1]),
        days=_ranged(table["occupied"] * length / table["admissions"]),
        days_waiting=_ranged(table["waiting"] * length / table["admissions"]),
    )


def _ranged(values: pd.Series) -> Ranged:
    return Ranged(float(values.iloc[-1]), float(values.min()), float(values.max()))


@dataclass(frozen=True)
class DelayGroup:
    """Patients whose reason somebody could act on, and the beds that they hold at least and at most."""

    who: Who
    patients: float  # counted with such a reason: so many beds at least
    most: float  # beds at most: these, and the patients besides of whom no reason is known
    largest: str  # the reason that counts most


@dataclass(frozen=True)
class WayOut:
    """What the patients of a system who could leave wait for."""

    month: date
    total: float  # patients counted by reason
    remaining: float  # all patients who could leave of the same trusts and month; NaN where unknown
    trusts: tuple[str, ...]
    absent: tuple[str, ...]  # trusts that gave reasons in the year before and did not in this month
    groups: tuple[DelayGroup, ...]
    unknown: float  # patients who could leave and are counted by no reason; 0 where that is not known

    def of(self, *who: Who) -> tuple[float, float]:
        """Return beds at least and at most of some of those who could act, together."""
        low = sum(each.patients for each in self.groups if each.who in who)
        return low, low + self.unknown


def way_out_of(reasons: pd.DataFrame, waiting: pd.DataFrame, until: date) -> WayOut | None:
    """Return the reasons of the latest month; None where nobody gives any.

    Parameters
    ----------
    reasons
        As `helpers.data.series.measure_series.read_reasons` returns them, of the system's trusts.
    waiting
        Rows of patients who could leave, by org_code and period.
    """
    known = reasons[reasons["period"].dt.date <= until]
    if not known["patients"].sum() > 0:
        return None
    last = known["period"].max()
    now = known[known["period"] == last]
    year = known[known["period"] > last - pd.DateOffset(months=RANGE_MONTHS)]
    trusts = tuple(sorted(now["org_code"].unique()))
    beside = waiting[(waiting["period"] == last) & waiting["org_code"].isin(trusts)]
    # of some trusts alone it would be a smaller total than that of the reasons
    whole = set(beside["org_code"]) == set(trusts) and beside["numerator"].notna().all()
    remaining = float(beside["numerator"].sum()) if whole else float("nan")
    total = float(now["patients"].sum())
    unknown = max(remaining - total, 0.0) if whole else 0.0
    counts = now.groupby("reason")["patients"].sum()
    by_who = counts.groupby([who_could_act(str(reason)) for reason in counts.index])
    groups = {
        str(who): DelayGroup(who, float(each.sum()), float(each.sum()) + unknown, str(each.idxmax()))
        for who, each in by_who
    }
    return WayOut(
        last.date(),
        total,
        remaining,
        trusts,
        absent=tuple(sorted({*year["org_code"]} - {*trusts})),
        groups=tuple(groups[who] for who in IN_ORDER if who in groups),
        unknown=unknown,
    )


@dataclass(frozen=True)
class BedScenario:
    """A change in one place, and the range of what the models give for it in another; beds."""

    name: Change
    low: float
    high: float
    #: low, high: per cent of the beds available that would be in use; NaN where these are unknown
    occupancy: tuple[float, float]
    room: tuple[float, float]  # emergency admissions a month that such beds have room for; NaN for demand


def scenarios_of(pressure: Pressure, way_out: WayOut | None, change: float) -> Sequence[BedScenario]:
    """Return what a change of some per cent would give by the identity of beds, admissions and stay."""
    part = change / 100
    least, most = EMERGENCY_SHARE
    beds: dict[Change, tuple[float, float]] = {"way_out": (pressure.waiting.low, pressure.waiting.high)}
    if way_out:
        beds["outside"] = way_out.of(*OUTSIDE)
    beds["demand"] = least * pressure.occupied.low, most * pressure.occupied.high
    length = pd.Timestamp(pressure.month).days_in_month
    # days in a bed for an emergency admission: all beds in use at most, the assumed share of them at least
    stay = least * pressure.days.value, most * pressure.days.value
    found = []
    for name, ends in beds.items():
        low, high = (part * each for each in ends)
        least_used, most_used = (
            100 * (pressure.occupied.value - e) / pressure.available for e in (high, low)
        )
        room = (np.nan, np.nan) if name == "demand" else (low * length / stay[1], high * length / stay[0])
        found.append(BedScenario(name, low, high, (least_used, most_used), room))
    return found
