"""Process behaviour charts: points, limits and targets over time, special causes marked.

The chart takes a result object and plain values and returns a matplotlib figure; it computes no statistic.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import matplotlib.dates as mdates
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from helpers.report.charts.canvas import MARKS, Verdict, canvas, label_months, label_numbers
from helpers.report.charts.labels import name_all
from helpers.report.charts.lines import draw_line
from helpers.report.charts.names import Name
from helpers.report.words import number
from helpers.stats.spc import XmRChart
from helpers.stats.spc.verdicts import UNSTABLE_SHARE
from helpers.theme import colours

Floats = NDArray[np.float64]
#: how many special causes a chart names; more are a matter of the sentence beside it
MOST_NAMED = 4
#: a target in force that is further off than so many times the spread of the values is named at the edge, not
#: drawn, and an earlier one not at all: it would flatten the chart
FAR, FAR_BEFORE = 3.0, 1.0
_OUTSIDE = ("Above UCL", "Below LCL")
#: points in a row that make a shift of the mean
SHIFT = 7


@dataclass(frozen=True)
class TargetStep:
    """A target while it is in force: first days of its first and last period, value, what it is called."""

    first: date
    last: date
    value: float
    name: str


@dataclass(frozen=True)
class FanAhead:
    """A forecast: first days of the months ahead, median and ends of the 80 % and 95 % intervals."""

    months: tuple[date, ...]
    median: Floats
    lower80: Floats
    upper80: Floats
    lower95: Floats
    upper95: Floats


def spc_chart(
    chart: XmRChart,
    shown: Floats,
    *,
    unit: str,
    target: tuple[str, float] | None = None,
    steps: Sequence[TargetStep] = (),
    events: Sequence[tuple[date, str]] = (),
    fan: FanAhead | None = None,
    planned: Sequence[tuple[date, float]] = (),
    digits: int = 1,
    height: float = 2.5,
) -> Figure:
    """Draw an XmR chart: points, centre and limits of each segment, targets, special causes named.

    `chart` has limits and rules, `shown` the values that may be drawn, NaN elsewhere. Targets are one for the whole
    chart or dated `steps`, in order; `events` and what was `planned` have first days of periods; a forecast is drawn as
    a `fan`. Written values have so many `digits`; `height` is in inches.
    """
    figure, axes = canvas(height)
    days, half = np.asarray(mdates.date2num(chart.dates), dtype=float), _half(chart.dates)
    _draw_segments(axes, chart, days, half)
    _draw_points(axes, chart, days, shown)
    if fan is not None:
        _draw_fan(axes, fan, (days, shown))
    plan = _draw_plan(axes, planned)
    last = days[-1] if fan is None else float(mdates.date2num(fan.months[-1]))
    last = max([last, *(each.x for each in plan)])
    steps = list(steps) or _whole(chart, target, last)
    axes.set_ylabel(unit)
    axes.set_xlim(days[0] - 2 * half, last + 2 * half)
    _set_heights(axes, shown, chart, steps, [value for _, value in planned])
    if unit == "%":
        _end_at_all(axes, shown)
    drawn = _draw_steps(axes, steps, half, last)
    label_months(axes)
    label_numbers(axes)
    name_all(
        axes,
        [*_ends(chart, drawn, axes.get_ylim(), digits=digits, has_fan=fan is not None), *plan],
        events=[(float(mdates.date2num(day)) - half, name) for day, name in events],
        points=[*_causes(chart, days, shown), *_past_steps(drawn, axes.get_ylim(), digits)],
        path=(days, shown),
    )
    return figure


def _half(dates: NDArray[np.generic]) -> float:
    """Return half a period in days, a little less, for lines that reach beyond their first and last point."""
    if len(dates) < 2:
        return 13.0
    return float(np.median(np.diff(np.asarray(mdates.date2num(dates), dtype=float)))) * 0.43


def _draw_segments(axes: Axes, chart: XmRChart, days: Floats, half: float) -> None:
    for segment in chart.segments:
        if not np.isfinite(segment.centre):
            continue
        ends = [days[segment.first] - half, days[segment.last] + half]
        if np.isfinite(segment.lower):
            axes.fill_between(ends, segment.lower, segment.upper, color=colours.BAND, linewidth=0)
            for limit in (segment.lower, segment.upper):
                axes.plot(ends, [limit] * 2, color=colours.LIMITS, linewidth=1, linestyle=(0, (4, 2)))
        axes.plot(ends, [segment.centre] * 2, color=colours.TEXT, linewidth=1.3)


def _draw_points(axes: Axes, chart: XmRChart, days: Floats, shown: Floats) -> None:
    draw_line(axes, days, shown, color=colours.COMMON_CAUSE, linewidth=1, zorder=3)
    many = 1.0 if len(days) <= 40 else 0.8
    for verdict, (shape, colour, size) in MARKS.items():
        chosen = np.array([_verdict(kind) == verdict for kind in chart.point_type])
        if not chosen.any():
            continue
        axes.plot(
            days[chosen],
            shown[chosen],
            shape,
            color=colour,
            markerfacecolor="white" if verdict == "common" else colour,
            markersize=size * many,
            zorder=4,
        )


def _draw_fan(axes: Axes, fan: FanAhead, known: tuple[Floats, Floats]) -> None:
    """Draw a forecast from the last shown point on."""
    days, shown = known
    place = int(np.flatnonzero(np.isfinite(shown))[-1])
    ahead = np.asarray(mdates.date2num(np.array(fan.months, dtype="datetime64[D]")), dtype=float)
    x = np.concatenate([[days[place]], ahead])

    def joined(line: Floats) -> Floats:
        return np.concatenate([[shown[place]], line])

    for low, high, colour in (
        (fan.lower95, fan.upper95, colours.FAN_OUTER),
        (fan.lower80, fan.upper80, colours.FAN_INNER),
    ):
        axes.fill_between(x, joined(low), joined(high), color=colour, linewidth=0, zorder=1)
    axes.plot(
        x, joined(fan.median), color=colours.HIGHLIGHT, linewidth=1.4, linestyle=(0, (3, 1.5)), zorder=2
    )


def _draw_plan(axes: Axes, planned: Sequence[tuple[date, float]]) -> list[Name]:
    """Draw what was planned as a line; return its name, for its right end."""
    if not planned:
        return []
    days = [float(mdates.date2num(day)) for day, _ in planned]
    values = [value for _, value in planned]
    axes.plot(
        days, values, "D-", color=colours.PLAN, linewidth=1.4, markersize=2.6, markerfacecolor="white",
        zorder=3.5,
    )  # fmt: skip
    return [Name("own plan", days[-1], values[-1], colours.PLAN)]


def _whole(chart: XmRChart, target: tuple[str, float] | None, last: float) -> list[TargetStep]:
    """Return one target over the whole chart as a step."""
    if target is None or not np.isfinite(target[1]):
        return []
    first = np.datetime64(chart.dates[0], "D").astype(date)
    return [TargetStep(first, mdates.num2date(last).date(), target[1], target[0])]


def _set_heights(
    axes: Axes, shown: Floats, chart: XmRChart, steps: Sequence[TargetStep], planned: Sequence[float]
) -> None:
    """Fit the upright axis to what is drawn; limits below nought are cut in drawing alone."""
    axes.margins(y=0.2)
    axes.autoscale_view()
    low, high = axes.get_ylim()
    spread = high - low
    fars = [FAR_BEFORE] * (len(steps) - 1) + [FAR]
    near = [
        step.value
        for step, far in zip(steps, fars, strict=False)
        if low - far * spread <= step.value <= high + far * spread
    ]
    low, high = min([low, *near, *planned]), max([high, *near, *planned])
    room = 0.06 * (high - low) if near else 0.0
    if chart.limits.lower == chart.limits.upper and high - low < 1e-9 + abs(high) * 0.2:
        room = max(room, 0.05 * max(abs(high), 1.0))  # a constant series is a line amid white
    low, high = low - room, high + room
    if not (shown < 0).any():
        low = max(0.0, low)
    axes.set_ylim(low, high)


def _end_at_all(axes: Axes, shown: Floats) -> None:
    """Let a share's axis end a hair above 100 where no value lies beyond."""
    low, high = axes.get_ylim()
    if not (shown > 100).any():
        axes.set_ylim(low, min(high, 100 + 0.04 * (100 - low)))


def _draw_steps(
    axes: Axes, steps: Sequence[TargetStep], half: float, last: float
) -> list[tuple[float, float, TargetStep]]:
    """Draw dated targets as level lines; return where each begins and ends."""
    low, high = axes.get_ylim()
    drawn = []
    for step in steps:
        first = max(float(mdates.date2num(step.first)) - half, axes.get_xlim()[0])
        end = min(float(mdates.date2num(step.last)), last) + half
        if low <= step.value <= high:
            axes.plot(
                [first, end], [step.value] * 2, color=colours.TARGET, linewidth=1.6, linestyle=(0, (1, 1.2)),
                zorder=2,
            )  # fmt: skip
        drawn.append((first, end, step))
    return drawn


def _ends(
    chart: XmRChart,
    drawn: Sequence[tuple[float, float, TargetStep]],
    heights: tuple[float, float],
    *,
    digits: int,
    has_fan: bool,
) -> list[Name]:
    """Return what stands at the right end: the mean, and the target in force last, with an arrow where it is beyond."""
    centre, ends = chart.limits.centre, []
    if np.isfinite(centre) and chart.limits.points > 1:
        ends.append(Name(f"{'mean so far' if has_fan else 'mean'} {number(centre, digits)}", 0, centre))
    if drawn:
        step = drawn[-1][2]
        low, high = heights
        arrow = "↑ " if step.value > high else "↓ " if step.value < low else ""
        words = f"{arrow}{step.name} {number(step.value, digits)}"
        ends.append(Name(words, 0, min(max(step.value, low), high), colours.TARGET))
    return ends


def _past_steps(
    drawn: Sequence[tuple[float, float, TargetStep]], heights: tuple[float, float], digits: int
) -> Iterator[Name]:
    """Yield the names of earlier targets that are in view, where there is room for them."""
    for first, end, step in reversed(drawn[:-1]):
        if heights[0] <= step.value <= heights[1]:
            words = f"{step.name} {number(step.value, digits)}"
            yield Name(words, (first + end) / 2, step.value, colours.TARGET, along=(first, end))


def _causes(chart: XmRChart, days: Floats, shown: Floats) -> list[Name]:
    """Return words for the special causes, the newest first; a run is named once, at its last point."""
    named: list[Name] = []
    for places in reversed(_runs(chart)):
        seen = [place for place in places if np.isfinite(shown[place])]
        if not seen:
            continue
        last = seen[-1]
        colour = MARKS[_verdict(chart.point_type[last]) or "common"][1]
        side = int(chart.direction[last])
        stretch = (days[seen[0]], days[last])
        words = _cause_words(chart, seen)
        if words not in [each.text for each in named]:  # the newest alone
            named.append(Name(words, days[last], shown[last], colour, along=stretch, side=side))
    special = [kind not in ("common_cause", "missing") for kind in chart.point_type]
    return named[:1] if np.mean(special) > UNSTABLE_SHARE else named[:MOST_NAMED]


def _runs(chart: XmRChart) -> list[list[int]]:
    """Return stretches of special causes on one side within one segment, gaps passed over."""
    runs: list[list[int]] = []
    known = [place for place, reason in enumerate(chart.reason) if reason != "Missing"]
    before = None
    for place in known:
        if chart.direction[place]:
            same = before is not None and bool(
                chart.direction[before] == chart.direction[place]
                and chart.segment[before] == chart.segment[place]
            )
            if same:
                runs[-1].append(place)
            else:
                runs.append([place])
        before = place
    return runs


def _cause_words(chart: XmRChart, places: Sequence[int]) -> str:
    """Return what a stretch of special causes is called at its last point."""
    side = "above" if chart.direction[places[-1]] > 0 else "below"
    reasons = [chart.reason[place] for place in places]
    if all("Trend" in reason for reason in reasons):
        return f"{len(places)} {'rising' if side == 'above' else 'falling'}"
    outside = [place for place in places if chart.reason[place] in _OUTSIDE]
    if outside and len(places) < SHIFT:
        when = mdates.num2date(float(mdates.date2num(chart.dates[outside[-1]])))
        limit = "upper" if side == "above" else "lower"
        many = f"{len(outside)} " if len(outside) > 1 else ""
        return f"{many}{side} {limit} limit\n{when:%b %Y}"
    if len(places) < SHIFT:
        return f"two of three\nnear {'upper' if side == 'above' else 'lower'} limit"
    return f"{len(places)} {side} mean"


def _verdict(point_type: str) -> Verdict | None:
    kinds: dict[str, Verdict] = {
        "common_cause": "common",
        "special_cause_improvement": "improving",
        "special_cause_concern": "concerning",
        "special_cause_neutral_high": "neutral",
        "special_cause_neutral_low": "neutral",
    }
    return kinds.get(point_type)
