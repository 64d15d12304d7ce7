"""The verdict on a change, from a series before and after it and the effect that was expected."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from helpers.register.cycle import ExpectedEffect
from helpers.stats.interrupted_series import (
    FEWEST_ELSEWHERE,
    FEWEST_FOR_VERDICT,
    Elsewhere,
    InterruptedSeries,
    Shape,
    effects_elsewhere,
    interrupted_series,
    placebo_dates,
    smallest_detectable_change,
)

Floats = NDArray[np.float64]
#: `untold`: there is nothing that it could be judged by, or a drift of its own tells as much of its figures
Verdict = Literal["worse", "no_sign", "partly", "worked", "too_early", "untold"]
#: in the order in which a board is told
VERDICTS: Final[tuple[Verdict, ...]] = ("worse", "no_sign", "partly", "worked", "too_early", "untold")
#: chance from which an effect would have been seen
SEEN: Final = 0.8
#: the course without the change: as the others went, or its own carried on, since the others are too few, drift apart
#: themselves, or a drift of its own fits its figures better than a step
Course = Literal["others", "few", "all_drift", "own_drift"]
#: values on each side without which nothing is fitted, and periods before it that placebo dates need
FEWEST_FITTED: Final = (6, 2)
FEWEST_FOR_PLACEBO: Final = 16
#: periods ahead in which one looks whether an effect could be seen by then
AHEAD: Final = (6, 12, 18, 24)


@dataclass(frozen=True)
class Judged:
    """What was found, and what it says beside what was expected."""

    verdict: Verdict
    expected: float  # effect at the last period, in the unit
    found: InterruptedSeries | None = None  # None where too few values are there to fit anything
    power: float = math.nan  # chance with which the expected effect would have been seen
    #: placebo, placebo_found: earlier dates without a change, and at how many of them an effect is "found"
    placebo: int = 0
    placebo_found: int = 0
    course: Course = "few"
    #: others, as_far: how many others show how far one moves without the change, and how many moved as far
    others: int = 0
    as_far: int = 0
    more: int | None = None  # periods after which one can tell; None where two years more would not do

    @property
    def settled(self) -> bool:
        """Whether what was achieved can take the place of what was expected."""
        return self.verdict not in ("too_early", "untold")

    @property
    def share(self) -> float:
        """Achieved over expected; NaN where nothing is settled."""
        if not self.settled or self.found is None:
            return math.nan
        return self.found.now.estimate / self.expected

    @property
    def share_ends(self) -> tuple[float, float]:
        """Ends of the share's interval, the lower first."""
        if not self.settled or self.found is None:
            return math.nan, math.nan
        low, high = sorted((self.found.now.lower / self.expected, self.found.now.upper / self.expected))
        return low, high


def judge(
    values: Floats,
    before: int,
    expected: ExpectedEffect,
    *,
    others: Floats | None = None,
    periods_a_year: int = 12,
) -> Judged:
    """Return the verdict on a change.

    Parameters
    ----------
    values
        The measure by period, oldest first; NaN where there is none.
    before
        How many periods lie before the change.
    expected
        What it was to give; of the shape `slope` its size is that after one year.
    others
        The same measure where nothing was changed, by the same periods: a column for each of them, whole where any is.
        Of 19 or more is told how far they moved by themselves; beside fewer the own course is carried on.
    periods_a_year
        12 for months, 4 for quarters.

    >>> months = np.array([50.0, 52, 51, 49, 50, 48, 51, 50, 52, 49, 50, 51])
    >>> halved = judge(np.concatenate([months, months - 8]), 12, ExpectedEffect(size=-6))
    >>> halved.verdict, round(halved.share, 1)
    ('worked', 1.3)
    >>> judge(np.concatenate([months, months - 8])[:15], 12, ExpectedEffect(size=-6)).verdict
    'too_early'
    """
    gone = len(values) - before - 1
    size = expected.size * (gone / periods_a_year if expected.shape == "slope" else 1.0)
    apart = values if others is None else values - np.mean(others, axis=1)
    known = np.isfinite(apart)
    sides = int(known[:before].sum()), int(known[before:].sum())
    if min(sides) < FEWEST_FOR_VERDICT and (sides[0] < FEWEST_FITTED[0] or sides[1] < FEWEST_FITTED[1]):
        return Judged("too_early", size, more=_lacking(sides))
    looked = _look(apart, before, expected.shape, others)
    found, elsewhere = looked.found, looked.elsewhere
    verdict = "untold" if looked.torn else _verdict(found, expected, size)
    judged = Judged(
        verdict,
        size,
        found,
        found.chance_of_seeing(size) if size else math.nan,
        *_placebo(apart[:before], looked.way),
        course=looked.course,
        more=_lacking(sides) if verdict == "too_early" else _more(found, verdict, size, sides, looked.way),
    )
    if elsewhere is None:
        return judged
    as_far = elsewhere.moved_as_far(found.now.estimate / found.error) if found.error else 0
    return replace(judged, others=len(elsewhere.ratios), as_far=as_far)


@dataclass(frozen=True)
class _Looked:
    """What was found, how, and whether a drift of its own would tell as much of the figures."""

    found: InterruptedSeries
    way: Mapping[
        str, Any
    ]  # its shape, whether the course before is carried on (trend), and the least reach
    course: Course
    elsewhere: Elsewhere | None = None
    torn: bool = False


def _look(values: Floats, before: int, shape: Shape, others: Floats | None) -> _Looked:
    """Look for an effect with others standing for the course without it, or with the course before carried on.

    A slow drift of its own and a step look alike. Where a fit that has both is surer of the drift than of the step, the
    course is carried on; and where that says something else than the step does, nobody can tell (docs/decisions/0010).
    """

    def look(course: Course, elsewhere: Elsewhere | None) -> _Looked:
        way: dict[str, Any] = {"shape": shape, "trend": True, "reach": 0.0}
        if elsewhere is not None:
            way |= {"trend": elsewhere.trend, "reach": elsewhere.reach}
        return _Looked(interrupted_series(values, before, **way), way, course, elsewhere)

    if others is None or others.shape[1] < FEWEST_ELSEWHERE:
        return look("few", None)
    elsewhere = effects_elsewhere(others, before, shape=shape)
    if elsewhere.trend:
        return look("all_drift", elsewhere)
    step = look("others", elsewhere)
    carried = look("own_drift", effects_elsewhere(others, before, shape=shape, trend=True))
    if carried.found.trend.p >= carried.found.level.p:
        return step
    return replace(carried, torn=step.found.verdict != carried.found.verdict)


def _verdict(found: InterruptedSeries, expected: ExpectedEffect, size: float) -> Verdict:
    if found.verdict == "too early":
        return "too_early"
    if found.verdict == "no change seen":
        return "no_sign"
    wanted = math.copysign(1, expected.size)
    farthest = max(wanted * found.now.lower, wanted * found.now.upper)
    if farthest < 0:
        return "worse"
    return "partly" if farthest < _least(expected) * abs(size / expected.size) else "worked"


def _least(expected: ExpectedEffect) -> float:
    """Return the least that was expected: the end of its range nearer to nothing, or its size without one."""
    ends = [end for end in (expected.low, expected.high) if end is not None]
    near = [abs(end) if end * expected.size > 0 else 0.0 for end in ends]
    return min([*near, abs(expected.size)])


def _placebo(calm: Floats, way: Mapping[str, Any]) -> tuple[int, int]:
    """Return how many earlier dates were tried, and at how many an effect is found; none where months lack."""
    if len(calm) < FEWEST_FOR_PLACEBO or not np.isfinite(calm).all():
        return 0, 0
    tried = placebo_dates(calm, len(calm), **way)
    return len(tried), int(tried["found"].sum())


def _lacking(sides: tuple[int, int]) -> int | None:
    """Return how many values after the change a verdict lacks; None where those before it do not suffice."""
    return FEWEST_FOR_VERDICT - sides[1] if sides[0] >= FEWEST_FOR_VERDICT else None


def _more(
    found: InterruptedSeries, verdict: Verdict, size: float, sides: tuple[int, int], way: Mapping[str, Any]
) -> int | None:
    """Return after how many periods more one can tell; None where two years would not do, or it is told."""
    faint = verdict == "no_sign" and found.chance_of_seeing(size) < SEEN
    if not faint and verdict != "untold":
        return None
    noise, before, after = (found.dispersion, found.autocorrelation), *sides
    for more in AHEAD:
        if smallest_detectable_change(before, after + more, *noise, **way) <= abs(size):
            return more
    return None
