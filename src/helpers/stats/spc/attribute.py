"""Control charts for counts and proportions: p, u (with Laney's p', u'), c, g and t charts.

Source: Montgomery, Introduction to Statistical Quality Control; Laney (2002), Quality Engineering 14:531;
behaviour as of qicharts2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from helpers.stats.checks import check_at_most, check_numbers, check_whole, locked
from helpers.stats.spc.attribute_limits import (
    RANGE_TO_SD,
    AttributeChart,
    Compatible,
    LimitPlan,
    check_points,
    laney_chart,
    plain_chart,
)
from helpers.stats.spc.limits import LIMIT_FACTOR
from helpers.stats.spc.run_chart import run_tests

#: the power that makes times between rare events roughly normal (Nelson 1994)
T_POWER = 3.6


def p_chart(
    numerator: Any,
    denominator: Any,
    dates: Any = None,
    *,
    laney: bool = False,
    rebase: Sequence[Any] = (),
    fix_after: int | None = None,
    screen: bool = True,
    compatible: Compatible | None = None,
) -> AttributeChart:
    """Work out a p chart of proportions, or Laney's p' chart.

    Parameters
    ----------
    numerator, denominator
        Counts, shape (points,); NaN or None where missing.
    dates
        Shape (points,), ascending, each once; None numbers the points.
    laney
        Whether the limits carry the variation between periods beyond chance (p'); at hospital counts
        ordinary limits are far too narrow.
    rebase
        Dates at which limits restart; each must be a date in the data.
    fix_after
        How many first points of each segment make the baseline; None takes all.
    screen
        Whether moving ranges of 3.267 times their mean or more are left out of Laney's factor, once.
    compatible
        `qicharts2`: moving ranges do not step over gaps.

    Returns
    -------
    AttributeChart
        Limits are cut at 0 and 1.

    Raises
    ------
    ArgumentError
        Naming the argument, what came and what is allowed.

    Examples
    --------
    >>> chart = p_chart([80, 90, 85, 70, 95, 100, 60, 90],
    ...                 [1000, 1200, 900, 1100, 1000, 1300, 950, 1050], laney=True)
    >>> round(chart.sigma_z[0], 6), round(chart.lower[0], 6), round(chart.upper[0], 6)
    (np.float64(2.095631), np.float64(0.025252), np.float64(0.132395))
    """
    plan = LimitPlan(dates, rebase, fix_after, screen, compatible, ranges=laney)
    points = check_points("numerator", numerator, plan, weight=denominator, weight_name="denominator")
    check_at_most(
        "numerator", check_numbers("numerator", numerator, missing=True), "denominator", points.weight
    )
    centre = points.pooled()
    sigma = np.sqrt(centre * (1 - centre) / points.weight)
    return (
        laney_chart("p'", points, centre, sigma, top=1.0)
        if laney
        else plain_chart("p", points, centre, sigma, top=1.0)
    )


def u_chart(
    events: Any,
    exposure: Any,
    dates: Any = None,
    *,
    laney: bool = False,
    rebase: Sequence[Any] = (),
    fix_after: int | None = None,
    screen: bool = True,
    compatible: Compatible | None = None,
) -> AttributeChart:
    """Work out a u chart of rates of events, or Laney's u' chart.

    Parameters
    ----------
    events, exposure
        Counts and what they arose from (bed-days, patients), shape (points,); NaN or None where missing.
    dates, laney, rebase, fix_after, screen, compatible
        As in `p_chart`.

    Returns
    -------
    AttributeChart
        Values are events per one unit of exposure; limits are cut at 0.

    Examples
    --------
    >>> chart = u_chart([4, 6, 5], [100, 100, 100])
    >>> chart.centre[0].round(4), chart.upper[0].round(4)
    (np.float64(0.05), np.float64(0.1171))
    """
    plan = LimitPlan(dates, rebase, fix_after, screen, compatible, ranges=laney)
    points = check_points("events", events, plan, weight=exposure, weight_name="exposure")
    centre = points.pooled()
    sigma = np.sqrt(centre / points.weight)
    return laney_chart("u'", points, centre, sigma) if laney else plain_chart("u", points, centre, sigma)


def c_chart(
    events: Any, dates: Any = None, *, rebase: Sequence[Any] = (), fix_after: int | None = None
) -> AttributeChart:
    """Work out a c chart of counts from equal exposure.

    Parameters
    ----------
    events
        Whole numbers, shape (points,); NaN or None where missing.
    dates, rebase, fix_after
        As in `p_chart`.

    Returns
    -------
    AttributeChart
        mean +/- 3 sqrt(mean), cut at 0.

    Examples
    --------
    >>> chart = c_chart([4, 9, 8, 15])
    >>> chart.centre[0], chart.lower[0], chart.upper[0]
    (np.float64(9.0), np.float64(0.0), np.float64(18.0))
    """
    points = check_points("events", events, LimitPlan(dates, rebase, fix_after))
    check_whole("events", points.values)
    centre = points.mean(points.values)
    return plain_chart("c", points, centre, np.sqrt(centre))


def g_chart(
    between: Any,
    dates: Any = None,
    *,
    rebase: Sequence[Any] = (),
    fix_after: int | None = None,
    compatible: Compatible | None = None,
) -> AttributeChart:
    """Work out a g chart of the number of cases between rare events.

    Parameters
    ----------
    between
        Whole numbers of cases between events, shape (points,); NaN or None where missing.
    dates, rebase, fix_after
        As in `p_chart`.
    compatible
        `qicharts2` draws the centre at the median.

    Returns
    -------
    AttributeChart
        mean +/- 3 sqrt(mean (mean + 1)), cut at 0.

    Examples
    --------
    >>> chart = g_chart([8, 7, 9])
    >>> chart.centre[0], round(chart.upper[0], 4), chart.lower[0]
    (np.float64(8.0), np.float64(33.4558), np.float64(0.0))
    """
    points = check_points("between", between, LimitPlan(dates, rebase, fix_after, compatible=compatible))
    check_whole("between", points.values)
    mean = points.mean(points.values)
    chart = plain_chart("g", points, mean, np.sqrt(mean * (mean + 1)))
    if compatible is None:
        return chart
    base = np.where(points.base, points.values, np.nan)
    centre = points.segments.spread(points.segments.median(base))
    return replace(chart, centre=locked(centre), tests=run_tests(points.values, centre, points.segments))


def t_chart(
    between: Any,
    dates: Any = None,
    *,
    rebase: Sequence[Any] = (),
    fix_after: int | None = None,
    screen: bool = True,
    compatible: Compatible | None = None,
) -> AttributeChart:
    """Work out a t chart of the time between rare events.

    Parameters
    ----------
    between
        Times above 0 in one unit (days), shape (points,); NaN or None where missing.
    dates, rebase, fix_after, screen
        As in `p_chart`.
    compatible
        `qicharts2` takes 3/1.128 mean moving ranges instead of 2.66.

    Returns
    -------
    AttributeChart
        An XmR chart of the times to the power 1/3.6, transformed back; limits are cut at 0.

    Examples
    --------
    >>> t_chart([10.0, 10.0, 10.0]).centre.round(6).tolist()
    [10.0, 10.0, 10.0]
    """
    points = check_points(
        "between", between, LimitPlan(dates, rebase, fix_after, screen, compatible, ranges=True)
    )
    check_numbers("between", points.values, missing=True, above=0)
    roots = replace(points, values=points.values ** (1 / T_POWER))
    centre = roots.mean(roots.values)
    factor = 3 / RANGE_TO_SD if compatible else LIMIT_FACTOR
    sigma = roots.segments.spread(roots.mean_range(roots.values)) * factor / 3
    chart = plain_chart("t", roots, centre, sigma)
    return replace(
        chart,
        values=locked(points.values),
        centre=locked(chart.centre**T_POWER),
        lower=locked(chart.lower**T_POWER),
        upper=locked(chart.upper**T_POWER),
        near_lower=locked(chart.near_lower**T_POWER),
        near_upper=locked(chart.near_upper**T_POWER),
    )
