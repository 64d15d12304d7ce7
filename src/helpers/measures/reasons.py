"""Why the patients of a count are counted: its parts by reason, beside those of all trusts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import pandas as pd

#: between the kind of a reason and the reason itself: "Capacity – Housing provision not yet available"
_DASH: Final = " – "


@dataclass(frozen=True)
class ReasonKind:
    """One kind of reason."""

    name: str  # the kind: "Capacity"
    #: patients, share: how many are counted for it here, and per cent of all counted here
    patients: float
    share: float
    everywhere: float  # per cent of all that all trusts count for it
    #: largest, largest_patients: the reason of this kind that counts most here; "" and 0 where none counts
    #: anybody
    largest: str
    largest_patients: float


@dataclass(frozen=True)
class Reasons:
    """The reasons of one period, most first."""

    period: date  # first day of the period
    total: float
    trusts: int  # how many trusts give reasons in that period
    kinds: tuple[ReasonKind, ...]


def reasons_of(rows: pd.DataFrame, own: str, period: date) -> Reasons | None:
    """Return the reasons of an organisation in a period, published alone; None where it counts nobody by reason."""
    now = rows[rows["period"].dt.date == period]
    total = float(now.loc[now["org_code"] == own, "patients"].sum())
    if total <= 0:
        return None
    split = now["reason"].str.partition(_DASH)
    table = now.assign(kind=split[0], what=split[2].where(split[1] != "", split[0]))
    mine = table[table["org_code"] == own]
    here, everywhere = (part.groupby("kind")["patients"].sum() for part in (mine, table))
    kinds = [
        _kind(
            str(name), mine[mine["kind"] == name], total, float(100 * everywhere[name] / everywhere.sum())
        )
        for name in here.sort_values(ascending=False, kind="stable").index
    ]
    return Reasons(period, total, int(now["org_code"].nunique()), tuple(kinds))


def _kind(name: str, rows: pd.DataFrame, total: float, everywhere: float) -> ReasonKind:
    counts = rows.set_index("what")["patients"]
    patients, largest = float(counts.sum()), float(counts.max())
    what = str(counts.idxmax()) if largest > 0 else ""
    return ReasonKind(name, patients, 100 * patients / total, everywhere, what, largest)
