"""The result of an XmR chart: one frozen object that chart, icons, table and sentence all read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.stats.checks import Floats, Ints
from helpers.stats.results import Result
from helpers.stats.spc.limits import Segments
from helpers.stats.spc.runs import RunTest, run_tests

Improvement = Literal["increase", "decrease", "neutral"]
Compatible = Literal["nhsrplotthedots"]
PointType = Literal[
    "common_cause",
    "special_cause_improvement",
    "special_cause_concern",
    "special_cause_neutral_high",
    "special_cause_neutral_low",
    "missing",
]
VariationIcon = Literal[
    "common_cause",
    "improvement_high",
    "improvement_low",
    "concern_high",
    "concern_low",
    "neutral_high",
    "neutral_low",
    "none",
]
AssuranceIcon = Literal["consistent_pass", "consistent_fail", "inconsistent"]
#: why there is no assurance icon; empty where there is one
AssuranceNote = Literal[
    "",
    "no target",
    "neutral measure",
    "limits not defined",
    "no single stable period: the limits describe the past, not the process",
]

#: the words above, in the order of their codes in the analysis
ASSURANCE: tuple[AssuranceIcon, ...] = get_args(AssuranceIcon)
NOTES: tuple[AssuranceNote, ...] = get_args(AssuranceNote)
POINT_TYPES: tuple[PointType, ...] = get_args(PointType)
VARIATION: tuple[VariationIcon, ...] = get_args(VariationIcon)
UNSTABLE: AssuranceNote = "no single stable period: the limits describe the past, not the process"


@dataclass(frozen=True)
class Segment:
    """The stretch between two rebases, and its limits in the measure's unit.

    Parameters
    ----------
    first, last
        Positions of its first and last point.
    points
        How many points have a value.
    centre, lower, upper, near_lower, near_upper
        The lines; NaN where there are too few points.
    mean_range, screened
        Mean moving range after screening, and how many ranges were left out.
    baseline, provisional
        How many points the limits rest on, and whether these are fewer than 13.
    """

    first: int
    last: int
    points: int
    centre: float
    lower: float
    upper: float
    near_lower: float
    near_upper: float
    mean_range: float
    baseline: int
    screened: int
    provisional: bool


@dataclass(frozen=True)
class Stability:
    """Whether the last segment is stable enough to be judged by its limits.

    Parameters
    ----------
    stable
        False where more than half of the points are special cause or, from 13 points on, the lag-1
        correlation is beyond 0.6.
    special_share
        Share of the last segment's points that are special cause, 0 to 1.
    lag1
        Correlation of each value of the last segment with the one before; NaN for under 3 points or
        constant ones.
    """

    stable: bool
    special_share: float
    lag1: float


@dataclass(frozen=True, repr=False)
class XmRChart(Result):
    """An XmR chart in the Making Data Count style; arrays have one entry per date and cannot be written.

    Parameters
    ----------
    dates
        Dates, or numbers from 0 where none were given.
    values
        In the measure's unit; NaN where missing.
    centre, lower, upper, near_lower, near_upper
        The lines at each point.
    target
        The target in force at each point; NaN where there is none.
    segment
        Number of the segment of each point, from 0.
    reason
        In words, such as `Above UCL` or `Common Cause`; `Missing` where there is no value.
    point_type
        A `PointType`.
    direction
        +1 high or rising, -1 low or falling, 0 common cause.
    segments
        The stretches between rebases with their limits.
    improvement
        Which direction is good.
    latest
        Position of the latest point that is shown; None where there is none.
    variation, assurance, assurance_note
        Icons (that of assurance may be None), and why there is no assurance icon.
    stability
        Verdict on the last segment.
    provisional
        Whether the last segment's limits rest on fewer than 13 points.
    suggested
        Position from which the last limits count though nobody registered a restart there: where the whole has
        no single stable period, the longest stable end of at least 13 points. None where there is none, or
        none was looked for.
    distance_to_target, change
        Latest value minus the target in force, and minus the value six points before it in the last segment (one
        less than the points of a trend); NaN where either is missing.
    """

    dates: npt.NDArray[np.generic]
    values: Floats
    centre: Floats
    lower: Floats
    upper: Floats
    near_lower: Floats
    near_upper: Floats
    target: Floats
    segment: Ints
    reason: tuple[str, ...]
    point_type: tuple[PointType, ...]
    direction: Ints
    segments: tuple[Segment, ...]
    improvement: Improvement
    latest: int | None
    variation: VariationIcon
    assurance: AssuranceIcon | None
    assurance_note: AssuranceNote
    stability: Stability
    provisional: bool
    suggested: int | None
    distance_to_target: float
    change: float

    @property
    def latest_date(self) -> pd.Timestamp | int | None:
        """Date of the latest point that is shown, which icons and sentences speak of."""
        if self.latest is None:
            return None
        date = self.dates[self.latest]
        return pd.Timestamp(date) if isinstance(date, np.datetime64) else int(date)

    @property
    def latest_value(self) -> float:
        """Value of the latest point that is shown; NaN where there is none."""
        return float("nan") if self.latest is None else float(self.values[self.latest])

    @property
    def target_in_force(self) -> float:
        """Target at the latest point that is shown; NaN where there is none."""
        return float("nan") if self.latest is None else float(self.target[self.latest])

    @property
    def tests(self) -> tuple[RunTest, ...]:
        """The Anhøj rules about the centre, one per segment; Making Data Count does not use them."""
        return run_tests(self.values, self.centre, Segments.of(self.segment))

    @property
    def runs(self) -> RunTest:
        """What the Anhøj rules say of the last segment."""
        return self.tests[-1]

    @property
    def limits(self) -> Segment:
        """The last segment with its limits."""
        return self.segments[-1]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per point: date, value, lines, target, segment, reason, point type, direction."""
        names = ("values", "centre", "lower", "upper", "near_lower", "near_upper", "target", "segment")
        columns = {"date": self.dates, **{name: getattr(self, name) for name in names}}
        words = {
            "reason": list(self.reason),
            "point_type": list(self.point_type),
            "direction": self.direction,
        }
        return pd.DataFrame({**columns, **words}).rename(columns={"values": "value"})
