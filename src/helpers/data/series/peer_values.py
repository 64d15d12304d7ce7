"""Every trust's values of a measure, for comparisons between trusts: worked out once per load.

Whole trusts alone, merged histories added up. A count says how large a trust is before it says anything
else, so the counts that have a natural base are compared as a ratio to it, and the others not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpers.data.organisations.directory import readable_name
from helpers.data.sql import sql_beside

if TYPE_CHECKING:
    import pandas as pd

    from helpers.data.mart import Mart

_SQL = sql_beside(__file__)
#: where the size of a trust comes from: general and acute beds, available or occupied
BEDS = "bed_occupancy"


@dataclass(frozen=True)
class Base:
    """What a count is compared per: another measure of the same trust and period."""

    #: measure, part: the measure, and which of its parts: numerator or denominator
    measure: str
    part: str
    words: str  # what the base is called after "per 100"


_BEDS_OCCUPIED = Base(BEDS, "numerator", "occupied beds")
_ADMISSIONS = Base("emergency_admissions", "numerator", "emergency admissions")
#: counts with a base that the same trusts return for the same periods
BASES: Mapping[str, Base] = {
    "delayed_patients": _BEDS_OCCUPIED,
    "cancelled_operations_count": _BEDS_OCCUPIED,
    "ae_12_hours_from_decision": _ADMISSIONS,
    "ae_4_hours_from_decision": _ADMISSIONS,
}

_COUNTS = ", ".join(f"('{count}', '{base.measure}', '{base.part}')" for count, base in BASES.items())


def peer_values(mart: Mart, measure: str, period_type: str) -> pd.DataFrame:
    """Return a measure of every trust and period, or of a count its ratio to the base.

    Returns
    -------
    DataFrame
        org_code, period (first day), period_type, numerator, denominator, value (numerator over
        denominator, before the unit's scale), suppressed, members (how many organisations a row adds up),
        origin, source; in order of trust and period. One row per trust and period.
    """
    behind = {measure, BASES[measure].measure} if measure in BASES else {measure}

    def build() -> pd.DataFrame:
        every = mart.derived(
            "peer_values",
            lambda: mart.query(_SQL["values"].format(counts=_COUNTS)),
            only=("measure", measure),
            measures=behind,
        )
        return every[every["period_type"] == period_type].drop(columns="measure")

    return mart.derived(f"peer_values {measure} {period_type}", build)


def peer_organisations(mart: Mart) -> pd.DataFrame:
    """Return what tells trusts apart, indexed by org_code; what is not known is empty text.

    A trust that came out of a merger has the type of those that it came from, where they agree.

    Returns
    -------
    DataFrame
        name, region, region_name, icb_code, icb_name, org_type (Acute, Mental Health …), peer_group (type
        and size), and beds: the latest number of general and acute beds available, NaN where none.
    """
    return mart.derived("peer_organisations", lambda: _organisations(mart)).set_index("org_code")


def _organisations(mart: Mart) -> pd.DataFrame:
    frame = mart.query(_SQL["organisations"].format(beds=BEDS))
    words = frame.drop(columns="beds").fillna("")
    for column in ("name", "region_name", "icb_name"):
        words[column] = [
            readable_name(name).removesuffix(" Commissioning Region") for name in words[column]
        ]
    return words.assign(beds=frame["beds"].astype(float))
