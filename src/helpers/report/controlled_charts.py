"""Control charts from records as they may be drawn: the limits must not tell a hidden month.

Centre and limits are worked out from every month, so a reader who knows all months but one works the last
one out of a line that is drawn exactly: a picture of vectors holds six digits. Two rules close this, see
docs/governance/disclosure.md:

* points and lines are drawn as they are listed, rounded;
* beside a hidden month the lines of its segment are drawn only where at least `OPEN_MONTHS` other months are
  themselves known no better than rounded (a shown 0 is exact, and hides nothing).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from helpers.bundle import Origin
from helpers.data.policy import policy_for
from helpers.stats.spc import Segment, XmRChart

#: rounded months that must stand beside a hidden one; as many as firm limits rest on
OPEN_MONTHS: Final = 13
#: hidden months in a row of which a trend through them would leave fewer than three values possible
TOLD_BY_TREND: Final = 6
WITHHELD: Final = "Not told"
WITHOUT_LIMITS: Final = (
    "No limits are drawn: too few months can be shown for them not to tell those that must be hidden."
)

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
_LINES: Final = ("centre", "lower", "upper", "near_lower", "near_upper")


def lines_may_be_drawn(exact: Floats, shown: Floats, segment: NDArray[np.int64], origin: Origin) -> Flags:
    """Return for each point whether the lines of its segment may be drawn; published statistics are drawn as they are.

    `exact` and `shown` are values by month, NaN where missing or hidden; `segment` is each month's segment.

    >>> exact = np.full(15, 4.2)
    >>> lines_may_be_drawn(exact, np.where(np.arange(15) == 3, np.nan, 4.2), np.zeros(15, int), "records").all()
    np.True_
    >>> lines_may_be_drawn(exact[:9], np.where(np.arange(9) == 3, np.nan, 4.2), np.zeros(9, int), "records").any()
    np.False_
    """
    hidden = np.isfinite(exact) & ~np.isfinite(shown)
    if not policy_for(origin).controls or not hidden.any():
        return np.ones(len(exact), dtype=np.bool_)
    rounded = np.isfinite(shown) & (shown != 0)
    open_ = [
        not hidden[segment == part].any() or int(rounded[segment == part].sum()) >= OPEN_MONTHS
        for part in segment
    ]
    return np.array(open_, dtype=np.bool_)


def chart_as_shown(chart: XmRChart, shown: Floats, *, digits: int, origin: Origin) -> XmRChart:
    """Return an XmR chart of which every value and line may be drawn, listed or read from the drawing.

    Icons and verdicts stay those of the exact values; numbers that nothing shows are left out. Segments whose lines
    may not be drawn have NaN for them, and `Not told` for the reasons of their points. Published statistics are
    returned as they are. `shown` are the values that may be shown, NaN elsewhere; `digits` those of listed values.
    """
    if not policy_for(origin).controls:
        return chart
    drawn = lines_may_be_drawn(chart.values, shown, chart.segment, origin)
    told = drawn & ~_beside_a_long_gap(np.isfinite(chart.values) & ~np.isfinite(shown))
    lines: dict[str, Any] = {
        name: np.where(drawn, np.round(getattr(chart, name), digits), np.nan) for name in _LINES
    }
    return replace(
        chart,
        values=np.round(shown, digits),
        **lines,
        segments=tuple(_segment_as_shown(part, drawn[part.first], digits) for part in chart.segments),
        reason=tuple(why if tell else WITHHELD for why, tell in zip(chart.reason, told, strict=True)),
        point_type=tuple(
            kind if tell or kind == "missing" else "common_cause"
            for kind, tell in zip(chart.point_type, told, strict=True)
        ),
        direction=np.where(told, chart.direction, 0),
        stability=replace(chart.stability, special_share=float("nan"), lag1=float("nan")),
        distance_to_target=float("nan"),
        change=float("nan"),
    )


def _segment_as_shown(segment: Segment, drawn: bool, digits: int) -> Segment:
    lines: dict[str, Any] = {
        name: round(getattr(segment, name), digits) if drawn else float("nan") for name in _LINES
    }
    return replace(segment, **lines, mean_range=float("nan"))


def _beside_a_long_gap(hidden: Flags) -> Flags:
    """Return which months have so many hidden ones next to them that a trend would tell those."""
    beside = np.zeros(len(hidden), dtype=np.bool_)
    for first in range(len(hidden) - TOLD_BY_TREND + 1):
        end = first + TOLD_BY_TREND
        if hidden[first:end].all():
            beside[max(0, first - 1) : end + 1] = True
    return beside


def chart_told(chart: XmRChart, shown: Floats, *, digits: int, origin: Origin, blank: bool) -> XmRChart:
    """Return the chart whose every line and reason may be drawn, listed and said; see `chart_as_shown`.

    Verdicts stay those of the exact values. Where there is no stable period the last segment has no lines: none are
    drawn as if they held. `blank`: so little may be shown that no line is drawn and no reason given.
    """
    told = chart_as_shown(chart, shown, digits=digits, origin=origin)
    if not chart.stability.stable and not chart.provisional:
        told = _without_lines(told, chart.segment == chart.segment[-1])
    if not blank:
        return told
    return replace(
        _without_lines(told, np.ones(len(chart.values), dtype=np.bool_)),
        reason=tuple(WITHHELD if why != "Missing" else why for why in told.reason),
        point_type=tuple("missing" if kind == "missing" else "common_cause" for kind in told.point_type),
        direction=np.zeros(len(chart.values), dtype=np.int64),
    )


def _without_lines(chart: XmRChart, where: Flags) -> XmRChart:
    """Return a chart without the lines of some segments, whose points are given."""
    blank: dict[str, Any] = {name: np.where(where, np.nan, getattr(chart, name)) for name in _LINES}
    none: dict[str, Any] = dict.fromkeys(_LINES, float("nan"))
    segments = tuple(replace(each, **none) if where[each.first] else each for each in chart.segments)
    return replace(chart, **blank, segments=segments)


def unmarked(chart: XmRChart) -> XmRChart:
    """Return a chart without marks in its last segment: where no limits are drawn, no rule marks points."""
    last = chart.segment == chart.segment[-1]
    kinds = zip(chart.point_type, last, strict=True)
    return replace(
        chart,
        point_type=tuple("common_cause" if own and kind != "missing" else kind for kind, own in kinds),
        direction=np.where(last, 0, chart.direction),
    )
