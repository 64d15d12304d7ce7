"""Run charts, and control charts for measurements: i, i', moving range, xbar and s charts.

Source: Montgomery, Introduction to Statistical Quality Control; Taylor (2017), Normalized I charts (i');
behaviour as of qicharts2. `spc.xmr` is the i chart with the rules of Making Data Count.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Unpack

import numpy as np
import pandas as pd
from scipy import special

from helpers.errors import ArgumentError
from helpers.stats.checks import Floats, check_lengths, check_numbers
from helpers.stats.spc.attribute import range_sigma
from helpers.stats.spc.attribute_limits import AttributeChart, control_chart, limit_lines
from helpers.stats.spc.limits import SCREEN_FACTOR
from helpers.stats.spc.points import ChartOptions, Points, check_points


def run_chart(values: Any, dates: Any = None, **options: Unpack[ChartOptions]) -> AttributeChart:
    """Work out a run chart about the median with the Anhøj rules; it has no limits (NaN).

    Parameters
    ----------
    values, dates, options
        As in `i_chart`; `centre` is a median that is known already.

    Notes
    -----
    Points on the median do not count. Source: Anhøj and Olesen (2014), PLoS ONE 9:e113825.

    >>> chart = run_chart([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    >>> chart.tests[0]  # doctest: +NORMALIZE_WHITESPACE
    RunTest(useful=12, longest_run=6, longest_run_max=7, crossings=1, crossings_min=3, signal=True)
    """
    points = check_points("values", values, dates, options, minimum=None)
    centre = points.median()
    return control_chart("run", points, limit_lines(centre, np.full(len(centre), np.nan)))


def i_chart(values: Any, dates: Any = None, **options: Unpack[ChartOptions]) -> AttributeChart:
    """Work out an i chart of single measurements with the Anhøj rules.

    Parameters
    ----------
    values
        Shape (points,), in the measure's unit; NaN or None where missing.
    dates, options
        As in `p_chart`; `qicharts2` takes 3/1.128 mean moving ranges instead of 2.66.

    >>> chart = i_chart([10, 12, 11, 13])
    >>> chart.centre[0], chart.lower[0].round(4), chart.upper[0].round(4)
    (np.float64(11.5), np.float64(7.0667), np.float64(15.9333))
    """
    points = check_points("values", values, dates, options, minimum=None, ranges=True)
    known = points.options.centre  # may move from point to point: ranges are of what is left about it
    sigma = range_sigma(points, points.values if known is None else points.values - known)
    return control_chart("i", points, limit_lines(points.mean(points.values), sigma, bottom=-np.inf))


def i_prime_chart(
    numerator: Any, denominator: Any, dates: Any = None, **options: Unpack[ChartOptions]
) -> AttributeChart:
    """Work out an i' chart: single ratios whose limits widen where the denominator is small.

    Arguments as in `p_chart`, the numerator any number; `qicharts2` takes the ranges of all points.

    >>> chart = i_prime_chart([10, 24, 11], [1, 2, 1], screen=False)
    >>> chart.centre[0], chart.upper.round(4).tolist()
    (np.float64(11.25), [15.855, 14.5062, 15.855])
    """
    points = check_points(
        "numerator",
        numerator,
        dates,
        options,
        weight=("denominator", denominator),
        minimum=None,
        ranges=True,
    )
    rest = _of_all(points) if points.options.compatible else points
    shares = 1 / points.weight
    ranges = np.abs(points.values - rest.before(points.values)) / np.sqrt(shares + rest.before(shares))
    sigma = points.segments.spread(points.mean_range(np.sqrt(np.pi / 2) * ranges)) * np.sqrt(shares)
    return control_chart("i'", points, limit_lines(points.pooled(), sigma, bottom=-np.inf))


def mr_chart(values: Any, dates: Any = None, **options: Unpack[ChartOptions]) -> AttributeChart:
    """Work out a chart of the moving ranges of single measurements.

    Arguments as in `i_chart`; a point that is left out has no range, and the next one steps over it. `qicharts2` leaves
    out its own range alone, and draws two sigma at two thirds of the upper limit. Values are moving ranges; these
    overlap, so `tests` count runs and never signal.

    >>> chart = mr_chart([10, 12, 11, 13])
    >>> chart.values.tolist(), chart.upper[0].round(4)
    ([nan, 2.0, 1.0, 2.0], np.float64(5.445))
    """
    points = check_points("values", values, dates, options, minimum=None, ranges=True)
    every = _of_all(points) if points.options.compatible else replace(points, base=points.included)
    points = replace(points, values=np.abs(points.values - every.before(points.values)))
    centre = points.mean(points.values)
    lines = limit_lines(centre, centre * (SCREEN_FACTOR - 1) / 3)
    if points.options.compatible:
        lines |= {
            "near_upper": centre * SCREEN_FACTOR * 2 / 3,
            "lower": np.zeros(len(centre)),
            "near_lower": np.zeros(len(centre)),
        }
    chart = control_chart("mr", points, lines)
    return replace(chart, tests=tuple(replace(each, signal=False) for each in chart.tests))


def xbar_chart(values: Any, subgroups: Any, **options: Unpack[ChartOptions]) -> AttributeChart:
    """Work out an xbar chart of the means of subgroups.

    Parameters
    ----------
    values
        One per measurement, shape (rows,); NaN or None where missing.
    subgroups
        The subgroup of each: dates, or numbers in their order.
    options
        As in `p_chart`.

    Notes
    -----
    Limits rest on the spread within subgroups: its mean, or pooled where sizes differ.

    >>> chart = xbar_chart([1, 3, 2, 4, 3, 5], [1, 1, 2, 2, 3, 3])
    >>> chart.values.tolist(), chart.upper[0].round(4)
    ([2.0, 3.0, 4.0], np.float64(6.7599))
    """
    points, spread = _subgroups(values, subgroups, options)
    within = points.segments.spread(_within(points, spread))
    sigma = within / (_unbiased(points.weight) * np.sqrt(points.weight))
    return control_chart("xbar", points, limit_lines(points.pooled(), sigma, bottom=-np.inf))


def s_chart(values: Any, subgroups: Any, **options: Unpack[ChartOptions]) -> AttributeChart:
    """Work out an s chart of the standard deviations of subgroups; arguments as in `xbar_chart`.

    >>> chart = s_chart([1, 3, 2, 4, 3, 7], [1, 1, 2, 2, 3, 3])
    >>> chart.values.round(4).tolist(), chart.upper[0].round(4), chart.lower[0]
    ([1.4142, 1.4142, 2.8284], np.float64(6.1594), np.float64(0.0))
    """
    points, spread = _subgroups(values, subgroups, options)
    given = points.options.centre
    centre = points.segments.spread(_within(points, spread)) if given is None else given
    unbiased = _unbiased(points.weight)
    sigma = centre * np.sqrt(1 - unbiased**2) / unbiased
    return control_chart("s", replace(points, values=spread), limit_lines(centre, sigma))


def _of_all(points: Points) -> Points:
    return replace(points, base=np.ones(len(points.base), dtype=bool))


def _subgroups(values: Any, subgroups: Any, options: ChartOptions) -> tuple[Points, Floats]:
    """Return sums and sizes of the subgroups as points, and their standard deviations."""
    numbers = check_numbers("values", values, missing=True)
    labels = pd.Series(subgroups)
    check_lengths(values=numbers, subgroups=labels)
    if labels.isna().any():
        came = f"a missing name came at position {int(np.flatnonzero(labels.isna())[0])}"
        raise ArgumentError("subgroups", came, "a subgroup for every value")
    grouped = pd.Series(numbers).groupby(labels.to_numpy())
    sizes = grouped.count().where(grouped.count() > 0)
    dates = None if pd.api.types.is_numeric_dtype(sizes.index) else sizes.index
    sums = grouped.sum(min_count=1).to_numpy()
    weight = ("subgroups", sizes.to_numpy(dtype=np.float64))
    points = check_points("values", sums, dates, options, weight=weight, minimum=None)
    if dates is None:
        points = replace(points, dates=sizes.index.to_numpy())
    return points, np.asarray(grouped.std(), dtype=np.float64)


def _within(points: Points, spread: Floats) -> Floats:
    """Return the standard deviation within the subgroups of each segment's baseline."""
    segments, sizes = points.segments, np.nan_to_num(points.weight)
    least, most = (np.asarray(pick.reduceat(sizes, segments.starts)) for pick in (np.minimum, np.maximum))
    known = points.base & ~np.isnan(spread)
    free = np.where(known, sizes - 1, 0.0)
    # qicharts2 takes one degree of freedom off for a subgroup without any value
    all_free = np.where(points.base, sizes - 1, 0.0) if points.options.compatible else free
    with np.errstate(invalid="ignore", divide="ignore"):
        squares = segments.total(free * np.nan_to_num(spread) ** 2) / segments.total(all_free)
    mean = segments.mean(np.where(known, spread, np.nan))
    return np.where(least == most, mean, np.sqrt(squares).astype(np.float64))


def _unbiased(size: Floats) -> Floats:
    """Return c4: the expected standard deviation of so many normal values of variance 1; NaN for one value."""
    many = np.where(size > 1, size, np.nan)
    return np.asarray(
        np.sqrt(2 / (many - 1)) * np.exp(special.gammaln(many / 2) - special.gammaln((many - 1) / 2))
    )
