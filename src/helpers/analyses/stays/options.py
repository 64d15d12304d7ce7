"""What a parameter file may ask of the length-of-stay analysis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final, Literal, get_args

from helpers.data.disclosure.queries import Condition
from helpers.data.room.selection import read_where
from helpers.data.series.stays import LEAST_TRIM_DAYS, LONG_STAYS
from helpers.errors import Problem, raise_all
from helpers.phrases import phrases
from helpers.report.words import count

#: which spells are stays where nobody says otherwise, as `report.records` takes it
ORDINARY: Final[Mapping[str, Any]] = MappingProxyType({"patient_class": "ordinary"})
#: a stay is long from so many days on
LONG_STAY: Final = LONG_STAYS[-1]
#: conditions that have an argument of their own
_APART: Final = {
    "specialty_code": "open_report has specialty=",
    "los_days": "zero_day_stays= and trim_days= say how long a stay counts",
}

BenchmarkName = Literal["national_mean", "peer_median", "best_quartile", "own_past", "target"]
BENCHMARKS: Final[tuple[BenchmarkName, ...]] = get_args(BenchmarkName)


def name_benchmark(benchmark: str, months: int) -> str:
    """Return what sentences call a benchmark; `months` is how many the report covers.

    >>> name_benchmark("own_past", 12), name_benchmark("own_past", 24)
    ('its own mean a year before', 'its own mean of the 24 months before')
    """
    if benchmark == "own_past" and months > 12:
        return f"its own mean of the {count(months, 'month')} before"
    return phrases("names.stay_benchmarks")[benchmark]


@dataclass(frozen=True)
class StayOptions:
    """What a parameter file may ask of the analysis; see the notebook's parameters cell."""

    specialty: str | None = None
    where: Mapping[str, Any] = field(default_factory=lambda: dict(ORDINARY))
    benchmark: BenchmarkName = "national_mean"
    target_days: float | None = None
    zero_day_stays: bool = True
    trim: Literal["none", "fixed", "upper_quartile"] = "none"
    trim_days: float | None = None
    occupancy: float = 0.92
    bed_day_cost: float | None = None
    long_stay_days: int = LONG_STAY

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """What every spell must meet."""
        return read_where("spells", self.where, [])

    @property
    def as_where(self) -> dict[str, Any]:
        """Which stays count, as `report.records` takes it."""
        specialty = {} if self.specialty is None else {"specialty_code": self.specialty}
        return {**self.where, **specialty, **({} if self.zero_day_stays else {"los_days": (1, None)})}

    @property
    def tails(self) -> tuple[int, ...]:
        """From how many days on stays are counted as long, the one that sentences speak of last."""
        return (*(days for days in LONG_STAYS if days < self.long_stay_days), self.long_stay_days)

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        read_where("spells", self.where, problems)
        problems += [
            Problem(f"where, {name}", "has an argument of its own", cure=cure)
            for name, cure in _APART.items()
            if name in self.where
        ]
        problems += [
            Problem(name, f"{getattr(self, name)!r}", allowed) for name, allowed in self._wrong.items()
        ]
        raise_all(problems)

    @property
    def _wrong(self) -> dict[str, str]:
        """What is allowed of each option that cannot be as it is."""
        long, cost = self.long_stay_days, self.bed_day_cost
        is_long = isinstance(long, int) and not isinstance(long, bool) and long >= 2
        fits = {
            "long_stay_days": (is_long, f"whole days, 2 or more, such as {LONG_STAY}"),
            "benchmark": (self.benchmark in BENCHMARKS, ", ".join(BENCHMARKS)),
            "target_days": (
                self.benchmark != "target" or (self.target_days or 0) > 0,
                "days above 0 with benchmark: target",
            ),
            "trim_days": (
                self.trim != "fixed" or (self.trim_days or 0) >= LEAST_TRIM_DAYS,
                f"{LEAST_TRIM_DAYS} days or more with trim: fixed",
            ),
            "occupancy": (0 < self.occupancy <= 1, "a share above 0 and up to 1, such as 0.92"),
            "bed_day_cost": (cost is None or cost > 0, "pounds above 0, or leave it out"),
        }
        return {name: allowed for name, (fit, allowed) in fits.items() if not fit}
