"""Process behaviour charts: points, limits and targets over time, special causes marked.

The chart takes a result object and plain values and returns a matplotlib figure; it computes no statistic.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import matplotlib.dates as mdates
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from helpers.report.charts.canvas import MARKS, Verdict, canvas, label_months
from helpers.report.charts.labels import Name, name_all
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
    axes.set_ylabel(unit)
    axes.set_xlim(days[0] - 2 * half, days[-1] + 2 * half)
    label_months(axes)
    axes.margins(y=0.16)
    if not (shown < 0).any():
        axes.set_ylim(bottom=max(0.0, axes.get_ylim()[0]))  # a limit below nought is cut in drawing alone
    name_all(
        axes,
        _line_names(chart, target),
        events=[(float(mdates.date2num(day)) - half, what) for day, what in events],
        points=_run_names(chart, days, shown),
        path=(days, shown),
    )
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


def _line_names(chart: XmRChart, target: tuple[str, float] | None) -> list[Name]:
    """Return the names of the last centre and of the target."""
    names = [Name(f"{target[0]} {target[1]:.1f}", 0, target[1], colours.TARGET)] if target else []
    centre = chart.segments[-1].centre if chart.segments else np.nan
    return [*names, Name(f"mean {centre:.1f}", 0, centre)] if np.isfinite(centre) else names


#: what a run of special causes is called; {} is its length
_RUN_WORDS = {
    "Above UCL": "above limit",
    "Below LCL": "below limit",
    "7 Point Trend (Increasing)": "{} rising",
    "7 Point Trend (Decreasing)": "{} falling",
    "7 Points Above CL": "{} above mean",
    "7 Points Below CL": "{} below mean",
    "2 in 3 Above CL": "2 of 3 near limit",
    "2 in 3 Below CL": "2 of 3 near limit",
}


def _run_names(chart: XmRChart, days: NDArray[np.float64], shown: NDArray[np.float64]) -> list[Name]:
    """Return a name for each run of special causes of one kind, the newest first, at its middle point."""
    names = []
    for run in reversed(_runs(chart, shown)):
        words = next(
            text for reason, text in _RUN_WORDS.items() if reason in {chart.reason[i] for i in run}
        )
        verdict = _verdict(chart.point_type[run[0]])
        colour = MARKS[verdict][1] if verdict else colours.TEXT
        middle = run[len(run) // 2]
        names.append(Name(words.format(len(run)), days[middle], shown[middle], colour))
    return names


def _runs(chart: XmRChart, shown: NDArray[np.float64]) -> list[list[int]]:
    """Return the positions of neighbouring special causes of one kind and direction that may be shown."""
    runs: list[list[int]] = []
    for place in np.flatnonzero(np.isfinite(shown)):
        kind = (chart.point_type[place], chart.direction[place])
        if not chart.point_type[place].startswith("special_cause"):
            continue
        last = runs[-1][-1] if runs else -2
        if last == place - 1 and kind == (chart.point_type[last], chart.direction[last]):
            runs[-1].append(int(place))
        else:
            runs.append([int(place)])
    return runs
