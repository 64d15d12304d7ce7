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
class InventedMerger:
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
MERGERS = (InventedMerger("SYN88", "SYN87", date(2025, 4, 1)),)
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
    Signal("SYN07", "sickness_absence", date(2025, 1, 1), -0.12),
)
GAPS = (Gap("SYN58", ("2024-10", "2024-11", "2024-12")),)


@dataclass(frozen=True)
class Shape:
    """A series that is put in as it is: `level` and `swing` are plain ratios or counts.

    `pattern` is one of quiet, jump (the last month far off, on the side of `sign`), drift, wave, few,
    few_jump, constant, on_target (the last month exactly at `level`), one, late (no last month), stale,
    hidden, hidden_last and absent; see `helpers.data.synthetic.shapes`.
    """

    org_code: str
    measure: str
    pattern: str
    level: float
    swing: float = 0.0
    sign: int = 0


#: has a measure in every cell of variation and assurance
MATRIX = "SYN62"
#: has every awkward series
AWKWARD = "SYN63"
#: whose units go down to specialties
CASCADES = ("SYN07", "SYN11")
#: what the matrix trust shows: the last month better, ordinary or worse than usual, beside limits that pass,
#: straddle or fail the target; then without a target, with too few points, without a stable period
SHAPES = (
    Shape(MATRIX, "cancer_28_day_fds", "jump", 0.86, 0.008, +1),
    Shape(MATRIX, "day_case_rate", "quiet", 0.89, 0.005),
    Shape(MATRIX, "cancer_31_day", "jump", 0.978, 0.002, -1),
    Shape(MATRIX, "bed_occupancy", "jump", 0.918, 0.006, -1),
    Shape(MATRIX, "sickness_absence", "quiet", 0.045, 0.0015),
    Shape(MATRIX, "ae_four_hours", "jump", 0.80, 0.015, -1),
    Shape(MATRIX, "cancer_62_day", "jump", 0.62, 0.02, +1),
    Shape(MATRIX, "ae_12_hours_from_decision", "quiet", 180, 18),
    Shape(MATRIX, "rtt_over_65_weeks", "jump", 0.006, 0.0004, +1),
    Shape(MATRIX, "readmission_30d", "jump", 0.13, 0.003, -1),
    Shape(MATRIX, "cost_per_spell", "quiet", 2100, 40),
    Shape(MATRIX, "cancelled_operations", "jump", 0.011, 0.0008, +1),
    Shape(MATRIX, "ae_attendances", "jump", 15500, 260, +1),
    Shape(MATRIX, "friends_and_family", "few_jump", 0.93, 0.005, +1),
    Shape(MATRIX, "mortality", "few", 0.98, 0.03),
    Shape(MATRIX, "no_criteria_to_reside", "few_jump", 0.14, 0.006, +1),
    Shape(MATRIX, "emergency_admissions", "few_jump", 4800, 90, -1),
    Shape(MATRIX, "rtt_18_weeks", "drift", 0.62, 0.01, +1),
    Shape(MATRIX, "rtt_over_52_weeks", "wave", 0.025, 0.002),
    Shape(MATRIX, "rtt_list_size", "drift", 46000, 700, +1),
    Shape(MATRIX, "discharges", "drift", 4700, 60, -1),
    Shape(AWKWARD, "friends_and_family", "constant", 1.0),
    Shape(AWKWARD, "day_case_rate", "constant", 1.0),
    Shape(AWKWARD, "cancer_28_day_fds", "on_target", 0.80, 0.012),
    Shape(AWKWARD, "ae_four_hours", "late", 0.75, 0.015),
    Shape(AWKWARD, "cancer_62_day", "hidden_last", 0.72, 0.02),
    Shape(AWKWARD, "cancelled_operations", "hidden", 0.01, 0.001),
    Shape(AWKWARD, "sickness_absence", "stale", 0.047, 0.0015),
    Shape(AWKWARD, "cancer_31_day", "one", 0.95, 0.0),
    Shape(AWKWARD, "readmission_30d", "absent", 0.13, 0.003),
    Shape(AWKWARD, "rtt_over_65_weeks", "constant", 0.0),
)


@dataclass(frozen=True)
class Truth:
    """Everything that was put in."""

    #: one row per trust: org_code, los_ratio, dna_odds_ratio, death_odds_ratio, readmission_odds_ratio (1 = as
    #: everywhere; events such as interventions come on top)
    trusts: pd.DataFrame
    #: org_code, specialty_code, los_ratio: the multiplier of mean days in each specialty
    los_by_specialty: pd.DataFrame


def month_index(day: date) -> int:
    """Return how many months after the first one a day falls.

    >>> month_index(date(2025, 4, 1))
    18
    """
    first = pd.Period(FIRST_MONTH, "M")
    return (day.year - first.year) * 12 + day.month - first.month
