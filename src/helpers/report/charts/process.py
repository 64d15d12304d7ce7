"""Process behaviour charts: points, limits and targets over time, special causes marked.

The chart takes a result object and plain values and returns a matplotlib figure; it computes no statistic.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import matplotlib.dates as mdates
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from helpers.report.charts.canvas import MARKS, OFFSET, Verdict, canvas, mark_event
from helpers.stats.spc import XmRChart
from helpers.theme import colours


def spc_chart(
    chart: XmRChart,
    shown: NDArray[np.float64],
    *,
    unit: str,
    target: tuple[str, float] | None = None,
    events: Sequence[tuple[date, str]] = (),
) -> Figure:
    """Draw an XmR chart: points, centre and limits of each segment, target, special causes marked.

    `shown` are the values that may be drawn, NaN where one is missing or suppressed; the limits are the
    chart's. `events` are first days of months and what happened.
    """
    figure, axes = canvas(3.1)
    days = mdates.date2num(chart.dates)
    half = 13.0  # days: lines reach half a month beyond their first and last point
    for segment in chart.segments:
        ends = [days[segment.first] - half, days[segment.last] + half]
        axes.fill_between(ends, segment.lower, segment.upper, color=colours.BAND, linewidth=0)
        axes.plot(ends, [segment.centre] * 2, color=colours.TEXT, linewidth=1.3)
        for limit in (segment.lower, segment.upper):
            axes.plot(ends, [limit] * 2, color=colours.LIMITS, linewidth=1, linestyle=(0, (4, 2)))
    axes.plot(days, shown, color=colours.COMMON_CAUSE, linewidth=1, zorder=3)
    for verdict, (shape, colour, size) in MARKS.items():
        chosen = np.array([_verdict(kind) == verdict for kind in chart.point_type])
        face = "white" if verdict == "common" else colour
        axes.plot(
            days[chosen],
            shown[chosen],
            shape,
            color=colour,
            markerfacecolor=face,
            markersize=size,
            zorder=4,
        )
    if target:
        axes.axhline(target[1], color=colours.TARGET, linewidth=1.4, linestyle=(0, (1, 1.4)))
    if chart.segments and np.isfinite(chart.segments[-1].centre):
        _label_lines(axes, chart.segments[-1].centre, target)
    for day, name in events:
        mark_event(axes, float(mdates.date2num(day)) - half, name)
    axes.set_ylabel(unit)
    axes.set_xlim(days[0] - 2 * half, days[-1] + 2 * half)
    axes.xaxis.set_major_locator(mdates.MonthLocator(bymonth=(1, 4, 7, 10)))
    axes.xaxis.set_major_formatter(mdates.DateFormatter("%b %Y"))
    axes.margins(y=0.12)
    if not (shown < 0).any():
        axes.set_ylim(bottom=max(0.0, axes.get_ylim()[0]))  # a limit below nought is cut in drawing alone
    return figure


def _verdict(point_type: str) -> Verdict | None:
    kinds: dict[str, Verdict] = {
        "common_cause": "common",
        "special_cause_improvement": "improving",
        "special_cause_concern": "concerning",
        "special_cause_neutral_high": "neutral",
        "special_cause_neutral_low": "neutral",
    }
    return kinds.get(point_type)


def _label_lines(axes: Axes, centre: float, target: tuple[str, float] | None) -> None:
    """Name the lines at their right ends, moved apart where they would overlap."""
    named = [(centre, f"mean {centre:.1f}", colours.TEXT)]
    if target:
        named.append((target[1], f"{target[0]} {target[1]:.1f}", colours.TARGET))
    named.sort()
    axes.autoscale_view()
    low, high = axes.get_ylim()
    near = len(named) == 2 and abs(named[1][0] - named[0][0]) < 0.08 * (high - low)
    for place, (height, text, colour) in enumerate(named):
        nudge = (place * 2 - 1) * 6 if near else 0
        axes.annotate(
            text,
            (1, height),
            (4, nudge),
            xycoords=("axes fraction", "data"),
            **OFFSET,
            va="center",
            color=colour,
        )
