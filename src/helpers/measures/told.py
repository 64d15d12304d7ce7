"""What may be told of a chart: everything of published figures, less of records with hidden months."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np

from helpers.measures.series import MeasureSeries
from helpers.report.controlled_charts import WITHHELD, chart_as_shown
from helpers.stats.spc import XmRChart

_LINES: Final = ("centre", "lower", "upper", "near_lower", "near_upper")


def chart_told(chart: XmRChart, series: MeasureSeries, digits: int) -> XmRChart:
    """Return the chart whose every line and reason may be drawn, listed and said.

    Verdicts stay those of the exact values. Where there is no stable period the last segment has no lines: none
    are drawn as if they held. Where fewer than half of the values may be shown, no line is
    drawn and no reason given.

    Parameters
    ----------
    chart
        Of the exact values.
    series
        Says which values may be shown.
    digits
        Decimals of the measure.
    """
    told = chart_as_shown(chart, series.shown, digits=digits, origin=series.origin)
    if not chart.stability.stable and not chart.provisional:
        told = _without_last_lines(told)
    if not series.mostly_hidden:
        return told
    blank: dict[str, Any] = {name: np.full(len(chart.values), np.nan) for name in _LINES}
    none: dict[str, Any] = dict.fromkeys(_LINES, float("nan"))
    return replace(
        told,
        **blank,
        segments=tuple(replace(segment, **none) for segment in told.segments),
        reason=tuple(WITHHELD if why != "Missing" else why for why in told.reason),
        point_type=tuple("missing" if kind == "missing" else "common_cause" for kind in told.point_type),
        direction=np.zeros(len(chart.values), dtype=np.int64),
    )


def _without_last_lines(chart: XmRChart) -> XmRChart:
    """Return a chart without lines in its last segment."""
    last = chart.segment == chart.segment[-1]
    blank: dict[str, Any] = {name: np.where(last, np.nan, getattr(chart, name)) for name in _LINES}
    none: dict[str, Any] = dict.fromkeys(_LINES, float("nan"))
    return replace(chart, **blank, segments=(*chart.segments[:-1], replace(chart.limits, **none)))
