"""In which order measures are spoken of, and which are left out."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from helpers.measures.result import MeasureResult
from helpers.report.period import add_months

#: a series whose latest value is older than so many months is no longer reported, only named
FADED_AFTER = 24
_ORDER = {"attention": 0, "watched": 1, "maintenance": 2, "nothing": 3}


def faded(result: MeasureResult) -> bool:
    """Tell whether a series ended so long ago that it says nothing of today."""
    day = result.latest.day if result.latest else (result.series.days[-1] if len(result.series) else None)
    return day is not None and day < add_months(result.judged_on, -FADED_AFTER)


def in_order(results: Iterable[MeasureResult]) -> list[MeasureResult]:
    """Return results as page one needs them: attention first, then what is watched, and so on.

    Within a category fresh figures stand before those out of date, and what weighs more before the rest.
    """
    return sorted(results, key=lambda r: (_ORDER[r.category], r.stale, -weight(r)))


def weight(result: MeasureResult) -> float:
    """Return how much a result weighs within its category: its place among trusts, then its distance to target.

    How many reasons it has is no weight: they overlap.
    """
    if result.category == "attention":
        worst = 0.0 if result.national is None else float(np.nan_to_num(result.national.worst_quarter))
        return round(worst, 1) + min(relative_distance(result), 0.9) / 10
    return 1.0 + min(relative_distance(result), 0.9) if off_course(result) else 0.0


def relative_distance(result: MeasureResult) -> float:
    """Return how far the latest value lies on the wrong side of its target.

    As a share of the target or of the farthest value shown, whichever is larger: with a target of none at
    all, two patients of eighty thousand would otherwise be as far from it as can be.
    """
    if result.target is None or result.met is not False:
        return 0.0
    farthest = float(np.nanmax(np.abs(result.series.shown)))
    return abs(result.distance) / max(abs(result.target.value), farthest, 1e-9)


def off_course(result: MeasureResult) -> bool:
    """Tell whether a measure without a stable period moves the wrong way, or stands still short of its target.

    A value that is its target when rounded stands at it.
    """
    if not result.unstable or result.category != "watched":
        return False
    short = result.met is False and round(abs(result.distance), result.measure.digits) > 0
    return result.trend == "worse" or (short and result.trend != "better")
