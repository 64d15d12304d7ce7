"""Who misses out: an inequality between the most and the least deprived, for the scorecard's last row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from helpers.bundle import SUPPRESSED
from helpers.data.mart import Mart
from helpers.data.organisations.directory import Organisation
from helpers.data.policy import policy_of_records
from helpers.data.series.appointments import DEPRIVATION, appointment_fifths
from helpers.report.period import Period
from helpers.stats.dna import DnaInequality, dna_inequality

#: an inequality is judged on a year: a month has too few appointments in a fifth
MONTHS = 12
Gap = Literal["deprived_worse", "deprived_better", "chance", "hidden", "no_records"]


@dataclass(frozen=True)
class MissedByDeprivation:
    """Missed appointments by fifth of deprivation."""

    period: Period  # the twelve months
    gap: Gap  # whether the deprived miss more beyond chance, or why that is not said
    #: most, least: rates of the most and of the least deprived fifth, in %, as they may be shown; NaN where not
    #: given
    most: float = float("nan")
    least: float = float("nan")
    found: DnaInequality | None = None  # slope and relative index; None where not given


def missed_by_deprivation(mart: Mart, organisation: Organisation, period: Period) -> MissedByDeprivation:
    """Return the inequality of missed appointments over the year that a period ends.

    Rates and indices come from counts rounded as they may be shown; nothing is given where one of them
    must be hidden.
    """
    year = Period.ending(period.last, MONTHS)
    groups = appointment_fifths(mart, year.first, year.end)
    own = groups[groups["org_code"] == organisation.code]
    if own.empty:
        return MissedByDeprivation(year, "no_records")
    table = (
        own.groupby("deprivation")[["dnas", "appointments"]].sum().reindex(list(DEPRIVATION), fill_value=0)
    )
    policy = policy_of_records()
    shown = table.map(policy.show)
    kept = (table["appointments"] - table["dnas"]).map(policy.show)
    if (
        (shown == SUPPRESSED).any(axis=None)
        or (kept == SUPPRESSED).any()
        or (table["appointments"] == 0).any()
    ):
        return MissedByDeprivation(year, "hidden")
    return _judged(year, shown.astype(float))


def _judged(year: Period, shown: pd.DataFrame) -> MissedByDeprivation:
    dnas = np.minimum(shown["dnas"], shown["appointments"])
    found = dna_inequality(dnas, shown["appointments"])
    gap: Gap = "chance"
    if found.slope_lower > 0 or found.slope_upper < 0:
        gap = "deprived_better" if found.slope > 0 else "deprived_worse"
    rates = 100 * dnas / shown["appointments"]
    return MissedByDeprivation(year, gap, float(rates.iloc[0]), float(rates.iloc[-1]), found)
