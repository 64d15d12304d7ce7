"""What was put into the invented data on purpose, so that a method can be asked whether it finds it.

Codes and dates are the same for every seed, so that parameter files, documents and the register of
events may name them; only the background noise changes with the seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

FIRST_MONTH = "2023-10"
MONTHS = 36


@dataclass(frozen=True)
class Difference:
    """A trust that truly differs: `ratio` multiplies mean days or death or DNA odds."""

    org_code: str
    measure: str
    ratio: float
    specialty_code: str | None = None


@dataclass(frozen=True)
class Intervention:
    """A change registered at a trust; `ratio` is what it truly did to the mean (1 = nothing)."""

    org_code: str
    measure: str
    start: date
    ratio: float
    name: str

    @property
    def worked(self) -> bool:
        """Whether the change did anything."""
        return self.ratio != 1.0


@dataclass(frozen=True)
class Merger:
    """A trust that became part of another; its history stays under its own code."""

    org_code: str
    successor: str
    start: date


@dataclass(frozen=True)
class SeriesBreak:
    """A change of what is counted, not of care; `kept` is the share still counted; no trust = all."""

    measure: str
    start: date
    kept: float
    what: str
    org_code: str | None = None


@dataclass(frozen=True)
class Signal:
    """A step in a monthly measure at one trust, in log odds (negative = the value falls)."""

    org_code: str
    measure: str
    start: date
    log_odds: float


@dataclass(frozen=True)
class Gap:
    """Months for which a trust submitted nothing at all."""

    org_code: str
    months: tuple[str, ...]


DIFFERENCES = (
    Difference("SYN11", "mean_los", 1.25),
    Difference("SYN22", "mean_los", 0.80),
    Difference("SYN16", "mean_los", 1.50, specialty_code="110"),
    Difference("SYN31", "dna_rate", 1.60),
    Difference("SYN36", "dna_rate", 0.60),
    Difference("SYN46", "mortality", 1.40),
)
#: Stays exactly as everywhere: SYN02 with an ordinary mix, SYN06 with an old and complex one, which
#: makes its crude mean long and its adjusted ratio 1.
FAIR = ("SYN02", "SYN06")
COMPLEX_MIX = "SYN06"
#: Writes a missed appointment down one time in twenty, so its DNA rate is a recording fault.
DNA_NOT_RECORDED = "SYN41"
SMALL = "SYN120"
INTERVENTIONS = (
    Intervention(
        "SYN07", "mean_los", date(2025, 4, 1), 0.75, "Daily senior review and criteria-led discharge"
    ),
    Intervention("SYN17", "mean_los", date(2025, 1, 1), 1.00, "Discharge lounge opened"),
)
MERGERS = (Merger("SYN88", "SYN87", date(2025, 4, 1)),)
BREAKS = (
    SeriesBreak(
        "mean_los",
        date(2025, 7, 1),
        0.10,
        "Same-day emergency care is no longer recorded as an admission",
        org_code="SYN27",
    ),
    SeriesBreak("rtt_18_weeks", date(2024, 11, 1), 0.94, "Community services left the waiting list return"),
)
SIGNALS = (
    Signal("SYN07", "ae_four_hours", date(2026, 2, 1), -0.45),
    Signal("SYN01", "cancer_28_day_fds", date(2026, 1, 1), 0.50),
    Signal("SYN12", "sickness_absence", date(2025, 12, 1), 0.25),
)
GAPS = (Gap("SYN58", ("2024-10", "2024-11", "2024-12")),)


@dataclass(frozen=True)
class Truth:
    """Everything that was put in.

    Parameters
    ----------
    trusts
        One row per trust: org_code, los_ratio, dna_odds_ratio, death_odds_ratio, readmission_odds_ratio
        (1 = as everywhere; events such as interventions come on top).
    los_by_specialty
        org_code, specialty_code, los_ratio: the multiplier of mean days in each specialty.
    """

    trusts: pd.DataFrame
    los_by_specialty: pd.DataFrame
    differences: tuple[Difference, ...] = DIFFERENCES
    fair: tuple[str, ...] = FAIR
    complex_mix: str = COMPLEX_MIX
    dna_not_recorded: str = DNA_NOT_RECORDED
    small: str = SMALL
    interventions: tuple[Intervention, ...] = INTERVENTIONS
    mergers: tuple[Merger, ...] = MERGERS
    breaks: tuple[SeriesBreak, ...] = BREAKS
    signals: tuple[Signal, ...] = SIGNALS
    gaps: tuple[Gap, ...] = GAPS


def month_index(day: date) -> int:
    """Return how many months after the first one a day falls.

    >>> month_index(date(2025, 4, 1))
    18
    """
    first = pd.Period(FIRST_MONTH, "M")
    return (day.year - first.year) * 12 + day.month - first.month
