"""What a parameter file may ask of the length-of-stay analysis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from helpers.data.stays import LEAST_TRIM_DAYS
from helpers.errors import Problem, UsageError
from helpers.report.words import count

BenchmarkName = Literal["national_mean", "peer_median", "best_quartile", "own_past", "target"]
BENCHMARKS: dict[str, str] = {
    "national_mean": "the national mean",
    "peer_median": "the median of its peer group",
    "best_quartile": "the lower quartile of trusts",
    "own_past": "its own mean a year before",
    "target": "the stated target",
}


def name_benchmark(benchmark: str, months: int) -> str:
    """Return what sentences call a benchmark; `months` is how many the report covers.

    >>> name_benchmark("own_past", 12), name_benchmark("own_past", 24)
    ('its own mean a year before', 'its own mean of the 24 months before')
    """
    if benchmark == "own_past" and months > 12:
        return f"its own mean of the {count(months, 'month')} before"
    return BENCHMARKS[benchmark]


@dataclass(frozen=True)
class StayOptions:
    """What a parameter file may ask of the analysis; see the notebook's parameters cell."""

    specialty: str | None = None
    benchmark: BenchmarkName = "national_mean"
    target_days: float | None = None
    zero_day_stays: bool = True
    trim: Literal["none", "fixed", "upper_quartile"] = "none"
    trim_days: float | None = None
    occupancy: float = 0.92
    bed_day_cost: float | None = None

    def __post_init__(self) -> None:
        problems = []
        if self.benchmark not in BENCHMARKS:
            problems.append(Problem("benchmark", f"{self.benchmark!r}", ", ".join(BENCHMARKS)))
        if self.benchmark == "target" and not (self.target_days and self.target_days > 0):
            problems.append(
                Problem("target_days", f"{self.target_days}", "days above 0 with benchmark: target")
            )
        if self.trim == "fixed" and not (self.trim_days and self.trim_days >= LEAST_TRIM_DAYS):
            allowed = f"{LEAST_TRIM_DAYS} days or more with trim: fixed"
            problems.append(Problem("trim_days", f"{self.trim_days}", allowed))
        if not 0 < self.occupancy <= 1:
            problems.append(
                Problem("occupancy", f"{self.occupancy}", "a share above 0 and up to 1, such as 0.92")
            )
        if self.bed_day_cost is not None and self.bed_day_cost <= 0:
            problems.append(
                Problem("bed_day_cost", f"{self.bed_day_cost}", "pounds above 0, or leave it out")
            )
        if problems:
            raise UsageError(problems)
