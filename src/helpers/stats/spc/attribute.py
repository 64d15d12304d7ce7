"""Control charts for counts and proportions: p, u (with Laney's p', u'), c, g and t charts.

Source: Montgomery, Introduction to Statistical Quality Control; Laney (2002), Quality Engineering 14:531;
behaviour as of qicharts2.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Unpack

import numpy as np

from helpers.stats.checks import Floats, check_at_most, check_numbers, check_whole, locked
from helpers.stats.spc.attribute_limits import (
    RANGE_TO_SD,
    AttributeChart,
    ChartKind,
    control_chart,
    laney_factor,
    limit_lines,
)
from helpers.stats.spc.limits import LIMIT_FACTOR
from helpers.stats.spc.points import ChartOptions, Points, check_points

#: the power that makes times between rare events roughly normal (Nelson 1994)
T_POWER = 3.6
#: median over mean of an exponential distribution: where qicharts2 draws the centre of a g chart whose mean is given
_MEDIAN_OF_MEAN = 0.693


def p_chart(
    numerator: Any,
    denominator: Any,
    dates: Any = None,
    *,
    laney: bool = False,
    **options: Unpack[ChartOptions],
) -> AttributeChart:
    """Work out a p chart of proportions, or Laney's p' chart.

    Parameters
    ----------
    numerator, denominator
        Counts, shape (points,); NaN or None where missing. Nothing out of nothing (0 of 0) is missing too.
    dates
        Shape (points,), ascending, each once; None numbers the points.
    laney
        Whether the limits carry the variation between periods beyond chance (p'); at hospital counts
        ordinary limits are far too narrow.
    options
        The same for all charts of this room:

        * `rebase`: dates at which limits restart; each must be a date in the data. Positions from 0 where no
          dates came.
        * `fix_after`: how many first points of each segment make the baseline; None takes all.
        * `exclude`: dates (positions) of points that neither limits nor the rules of runs see.
        * `centre`: a centre line that is known already, in the unit before the multiplier: one, or one per point.
        * `screen`: whether moving ranges of 3.267 times their mean or more are left out, once.
        * `method`: `anhoej`, or the tighter `bestbox` and `cutbox` (10 to 100 useful points).
        * `multiplier`: 100 for percentages.
        * `compatible`: `qicharts2`; moving ranges then do not step over gaps, which count in a baseline.

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
    points = check_points(
        "numerator", numerator, dates, options, weight=("denominator", denominator), ranges=laney
    )
    check_at_most("numerator", points.numerator, "denominator", points.weight)
    centre = points.pooled()
    sigma = np.sqrt(centre * (1 - centre) / points.weight)
    return _of_ratios("p'" if laney else "p", points, centre, sigma, top=1.0)


def u_chart(
    events: Any,
    exposure: Any,
    dates: Any = None,
    *,
    laney: bool = False,
    **options: Unpack[ChartOptions],
) -> AttributeChart:
    """Work out a u chart of rates of events, or Laney's u' chart.

    Parameters
    ----------
    events, exposure
        Counts and what they arose from (bed-days, patients), shape (points,); NaN or None where missing.
    dates, laney, options
        As in `p_chart`.

    Values are events per one unit of exposure; limits are cut at 0.

    >>> chart = u_chart([4, 6, 5], [100, 100, 100])
    >>> chart.centre[0].round(4), chart.upper[0].round(4)
    (np.float64(0.05), np.float64(0.1171))
    """
    points = check_points("events", events, dates, options, weight=("exposure", exposure), ranges=laney)
    centre = points.pooled()
    return _of_ratios("u'" if laney else "u", points, centre, np.sqrt(centre / points.weight))


def _of_ratios(
    kind: ChartKind, points: Points, centre: Floats, sigma: Floats, *, top: float = np.inf
) -> AttributeChart:
    """Return a chart of proportions or rates, with Laney's factor for those that have it."""
    if not kind.endswith("'"):
        return control_chart(kind, points, limit_lines(centre, sigma, top=top))
    factor = laney_factor(points, centre, sigma)
    wide = sigma * points.segments.spread(factor)
    return control_chart(kind, points, limit_lines(centre, wide, top=top), factor)


def c_chart(events: Any, dates: Any = None, **options: Unpack[ChartOptions]) -> AttributeChart:
    """Work out a c chart of counts from equal exposure.

    Parameters
    ----------
    events
        Whole numbers, shape (points,); NaN or None where missing.
    dates, options
        As in `p_chart`.

    Limits are mean +/- 3 sqrt(mean), cut at 0.

    >>> chart = c_chart([4, 9, 8, 15])
    >>> chart.centre[0], chart.lower[0], chart.upper[0]
    (np.float64(9.0), np.float64(0.0), np.float64(18.0))
    """
    points = check_points("events", events, dates, options)
    check_whole("events", points.values)
    centre = points.mean(points.values)
    return control_chart("c", points, limit_lines(centre, np.sqrt(centre)))


def g_chart(between: Any, dates: Any = None, **options: Unpack[ChartOptions]) -> AttributeChart:
    """Work out a g chart of the number of cases between rare events.

    Parameters
    ----------
    between
        Whole numbers of cases between events, shape (points,); NaN or None where missing.
    dates, options
        As in `p_chart`; `qicharts2` draws the centre at the median.

    Limits are mean +/- 3 sqrt(mean (mean + 1)), cut at 0.

    >>> chart = g_chart([8, 7, 9])
    >>> chart.centre[0], round(chart.upper[0], 4), chart.lower[0]
    (np.float64(8.0), np.float64(33.4558), np.float64(0.0))
    """
    points = check_points("between", between, dates, options)
    check_whole("between", points.values)
    mean = points.mean(points.values)
    lines = limit_lines(mean, np.sqrt(mean * (mean + 1)))
    if points.options.compatible:
        given = points.options.centre is not None
        lines["centre"] = mean * _MEDIAN_OF_MEAN if given else points.median()
    return control_chart("g", points, lines)


def t_chart(between: Any, dates: Any = None, **options: Unpack[ChartOptions]) -> AttributeChart:
    """Work out a t chart of the time between rare events.

    Parameters
    ----------
    between
        Times above 0 in one unit (days), shape (points,); NaN or None where missing.
    dates, options
        As in `p_chart`; `qicharts2` takes 3/1.128 mean moving ranges instead of 2.66.

    It is an XmR chart of the times to the power 1/3.6, transformed back; limits are cut at 0.

    >>> t_chart([10.0, 10.0, 10.0]).centre.round(6).tolist()
    [10.0, 10.0, 10.0]
    """
    points = check_points("between", between, dates, options, ranges=True)
    check_numbers("between", points.values, missing=True, above=0)
    roots = points.values ** (1 / T_POWER)
    given = points.options.centre
    centre = points.mean(roots) if given is None else given ** (1 / T_POWER)
    sigma, scale = range_sigma(points, roots), points.options.multiplier
    # judged as roots: what is transformed there and back would no longer be equal to itself
    judged = control_chart("t", replace(points, values=roots), limit_lines(centre, sigma))
    lines = {name: line**T_POWER * scale for name, line in limit_lines(centre, sigma).items()}
    if points.options.compatible:
        lines["lower"] = np.nan_to_num(lines["lower"])
        lines["near_lower"] = np.where(centre < 2 * sigma, np.nan, lines["near_lower"])
    shown: dict[str, Any] = {name: locked(line) for name, line in lines.items()}
    return replace(judged, values=locked(points.values * scale), **shown)


def range_sigma(points: Points, values: Floats) -> Floats:
    """Return the standard deviation that moving ranges of the baseline give, on every row."""
    factor = 1 / RANGE_TO_SD if points.options.compatible else LIMIT_FACTOR / 3
    return points.segments.spread(points.mean_range(np.abs(values - points.before(values))) * factor)
