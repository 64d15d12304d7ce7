"""XmR charts in the Making Data Count style: one series, or thousands in one call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, Unpack

import numpy as np
import pandas as pd

from helpers.errors import ArgumentError
from helpers.stats.checks import check_choice, check_columns, check_integer, check_numbers
from helpers.stats.spc.analysis import analyse, settled
from helpers.stats.spc.chart import Compatible, Improvement, XmRChart
from helpers.stats.spc.limits import RUN_POINTS
from helpers.stats.spc.many import XmRCharts, chart_of
from helpers.stats.spc.rules import RuleSettings
from helpers.stats.spc.series import Series, Settings
from helpers.stats.spc.tidy import (
    SIGN,
    improvement_by_series,
    segments_by_series,
    sort_table,
    targets_by_series,
)
from helpers.stats.spc.timeline import dated_values, one_series, rebase_marks, stamps

#: NHSRplotthedots refuses a baseline of fewer points
_PUBLISHED_BASELINE = 12
#: a number, or the numbers in force from their dates on (None ends a target)
Target = float | Mapping[Any, float | None] | None


class XmROptions(TypedDict, total=False):
    """How limits and rules are worked out; each is described in `xmr`."""

    fix_after: int | None
    screen: bool
    trend_points: int
    shift_points: int
    outside_counts_in_two_in_three: bool
    settle: bool
    compatible: Compatible | None


def xmr(
    values: Any,
    dates: Any = None,
    *,
    improvement: Improvement = "increase",
    target: Target = None,
    rebase: Sequence[Any] = (),
    **options: Unpack[XmROptions],
) -> XmRChart:
    """Work out one XmR chart: limits, special cause, icons, stability.

    Parameters
    ----------
    values
        Shape (points,), in the measure's unit; NaN or None where missing or suppressed.
    dates
        Shape (points,), ascending, each once; None numbers the points.
    improvement
        `increase`, `decrease` or `neutral`.
    target
        One number, or a mapping from date to the target in force from that date on (None ends it); in the
        unit of `values`.
    rebase
        Dates at which limits, runs and rules restart; each must be a date in the data.
    options
        The same for one series and for many, as follows.
    fix_after
        How many first points of each segment make the baseline, 2 or more (12 as in the published tool); None
        takes all.
    screen
        Whether moving ranges of 3.267 times their mean or more are left out once (False: NHS Excel tool).
    trend_points, shift_points
        How many successive points make a trend and a shift.
    outside_counts_in_two_in_three
        Whether points beyond a limit count towards two in three (announced by Making Data Count).
    settle
        Whether, where the last segment has no single stable period, limits are taken from the longest stable
        end of at least 13 points: without special cause, a lag-1 correlation of at most 0.3, a slope of at
        most two standard errors. Points before it are not judged; the chart's `suggested` says where it begins.
    compatible
        `nhsrplotthedots` reproduces version 0.2.2 of that tool: no limits for a constant series, gaps break
        runs, assurance without regard to stability, rebase dates outside the data ignored, dates sorted.

    Returns
    -------
    XmRChart
        One frozen object that chart, icons, table and sentence all read.

    Notes
    -----
    Source: NHS England, Making Data Count; Nelson (1982), Journal of Quality Technology 14:172.

    Examples
    --------
    >>> chart = xmr([1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1], improvement="decrease")
    >>> round(chart.limits.centre, 4), round(chart.limits.lower, 4), round(chart.limits.upper, 4)
    (1.9444, -0.7156, 4.6044)
    >>> chart.reason[4], chart.variation
    ('Above UCL', 'common_cause')
    """
    check_choice("improvement", improvement, SIGN)
    settings = _settings(**options)
    strict = not settings.published_tool
    numbers, when = one_series("values", values, dates, sort=settings.published_tool)
    series = Series(
        values=numbers,
        group=np.zeros(len(numbers), np.int64),
        segment=np.cumsum(rebase_marks(rebase, when, len(numbers), strict=strict)),
        target=dated_values("target", target, when, len(numbers)),
        improvement=np.array([SIGN[improvement]]),
    )
    series = settled(series, settings) if settings.settle else series
    charts = XmRCharts(
        pd.Index(["series"]), stamps(when, len(numbers)), series, settings, analyse(series, settings)
    )
    return chart_of(charts, 0)


def xmr_many(
    frame: pd.DataFrame,
    *,
    group: str | Sequence[str],
    date: str = "date",
    value: str = "value",
    improvement: Improvement | Mapping[Any, Improvement] = "increase",
    target: float | Mapping[Any, Target] | None = None,
    target_column: str | None = None,
    rebase: Sequence[Any] | Mapping[Any, Sequence[Any]] = (),
    **options: Unpack[XmROptions],
) -> XmRCharts:
    """Work out the XmR charts of every series in a tidy frame, all in one vectorised pass.

    Parameters
    ----------
    frame
        One row per series and date, in any order.
    group
        Column, or columns, that name the series.
    date, value
        Columns of the dates and of the values (missing allowed).
    improvement
        One direction for all series, or a mapping from series to direction (all series named).
    target
        One number for all series, or a mapping from series to a number or a dated target as in `xmr`;
        a series that is not named has none.
    target_column
        Column with the target in force at each row, instead of `target`.
    rebase
        Dates for all series, or a mapping from series to dates.
    options
        As in `xmr`.

    Returns
    -------
    XmRCharts
        `points` and `summary` as frames; `charts[key]` is the `XmRChart` of one series.

    Examples
    --------
    >>> frame = pd.DataFrame({
    ...     "trust": ["A"] * 3 + ["B"] * 3,
    ...     "date": pd.to_datetime(["2026-01-01", "2026-02-01", "2026-03-01"] * 2),
    ...     "value": [1.0, 2.0, 3.0, 5.0, 5.0, 5.0],
    ... })
    >>> charts = xmr_many(frame, group="trust")
    >>> charts.summary[["trust", "centre", "lower", "upper"]].round(2).values.tolist()
    [['A', 2.0, -0.66, 4.66], ['B', 5.0, 5.0, 5.0]]
    """
    settings = _settings(**options)
    names = [group] if isinstance(group, str) else list(group)
    check_columns("frame", frame, [*names, date, value, *([target_column] if target_column else [])])
    table = sort_table(frame, names, date, value)
    if target_column is not None and target is not None:
        raise ArgumentError("target_column", "both target and target_column came", "one of the two")
    if target_column is None:
        targets = targets_by_series(target, table)
    else:
        targets = check_numbers(target_column, frame[target_column], missing=True)[table.order]
    series = Series(
        values=table.values,
        group=table.codes,
        segment=segments_by_series(rebase, table, strict=not settings.published_tool),
        target=targets,
        improvement=improvement_by_series(improvement, table),
    )
    series = settled(series, settings) if settings.settle else series
    return XmRCharts(table.keys, table.dates.to_numpy(), series, settings, analyse(series, settings))


def _settings(
    *,
    fix_after: int | None = None,
    screen: bool = True,
    trend_points: int = RUN_POINTS,
    shift_points: int = RUN_POINTS,
    outside_counts_in_two_in_three: bool = False,
    settle: bool = False,
    compatible: Compatible | None = None,
) -> Settings:
    check_choice("compatible", compatible, (None, "nhsrplotthedots"))
    published = compatible == "nhsrplotthedots"
    if fix_after is not None:
        check_integer("fix_after", fix_after, _PUBLISHED_BASELINE if published else 2)
    check_integer("trend_points", trend_points, 3)
    check_integer("shift_points", shift_points, 2)
    if settle and (published or fix_after is not None):
        came = "with " + ("compatible" if published else "fix_after")
        raise ArgumentError("settle", came, "alone: both say where the limits come from")
    checked = RuleSettings(
        trend_points, shift_points, bool(outside_counts_in_two_in_three), lean_right=published
    )
    return Settings(bool(screen), fix_after, checked, published, bool(settle))
