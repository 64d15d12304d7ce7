"""Funnels as OHID's Fingertips draws them: lines over a table of 100 denominators, and who lies beyond.

Limits are those at which the interval of an area would just reach the average. Source: OHID, Technical guide
"Public health commonly used methods"; behaviour as of the funnel functions of PHEindicatormethods. Each raises
`ArgumentError` for lengths that differ, negative counts and denominators of 0.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import special

from helpers.errors import ArgumentError
from helpers.stats.checks import (
    Floats,
    check_at_most,
    check_choice,
    check_lengths,
    check_number,
    check_numbers,
)
from helpers.stats.intervals import STANDARD, normal_quantile
from helpers.stats.rates import poisson_limits

Statistic = Literal["proportion", "ratio", "rate"]
Compatible = Literal["pheindicatormethods"]

#: what the axis of each shows
_AXIS = {"proportion": "population", "ratio": "observed", "rate": "events"}
#: rows of the table of lines
ROWS = 100
#: a directly standardised rate of fewer events is not judged
DSR_FROM = 10
#: the published tool halves its steps until they are shorter than this
_STEP = 1e-7


def rate_denominators(
    events: Any, rate: Any, *, multiplier: float, denominator: Any = None, standardised: bool = False
) -> Floats:
    """Return the denominators that rates per `multiplier` stand for: events / rate x multiplier, shape (areas,).

    Where there are no events `denominator` (the population) is needed and taken; a directly `standardised` rate then
    has none (NaN). Raises `ArgumentError` for lengths that differ, negative numbers, and where either is lacking.

    >>> rate_denominators([20, 0], [400, 0], multiplier=100_000, denominator=[5100, 800]).tolist()
    [5000.0, 800.0]
    """
    x, r = check_numbers("events", events, minimum=0), check_numbers("rate", rate, minimum=0, missing=True)
    check_lengths(events=x, rate=r)
    scale = check_number("multiplier", multiplier, above=0)
    n = np.full(len(x), np.nan)
    if denominator is not None:
        n = check_numbers("denominator", denominator, minimum=0, missing=True)
        check_lengths(events=x, denominator=n)
    if ((x > 0) & ~(r > 0)).any():
        raise ArgumentError("rate", "none came where there are events", "a rate above 0 there")
    if ((x == 0) & ~(n > 0)).any():
        raise ArgumentError("denominator", "none came where there are no events", "one above 0 there")
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(x == 0, np.nan if standardised else n, scale * x / r)


def funnel_table(
    numerator: Any,
    denominator: Any,
    *,
    statistic: Statistic,
    multiplier: float = 100.0,
    years: float = 1.0,
    compatible: Compatible | None = None,
) -> pd.DataFrame:
    """Return the lines of a funnel at 100 places along its axis, closer together where it is narrow.

    Parameters
    ----------
    numerator, denominator
        Shape (areas,): counts and totals (`proportion`), observed and expected (`ratio`), events and population
        (`rate`: as `rate_denominators` returns it, over all `years`; NaN where there is none).
    statistic
        `proportion`, `ratio` or `rate`.
    multiplier
        Of limits and baseline: 100 for percentages and ratios, 100,000 for most rates.
    years
        How many years the events of a rate come from.
    compatible
        `pheindicatormethods` searches limits by halving to 1e-7, and cuts proportions at 100 whatever the multiplier.

    Returns
    -------
    pandas.DataFrame
        `population` (proportion), `observed` (ratio) or `events` (rate) at each place, `lower95`, `upper95`,
        `lower998`, `upper998`; `baseline` but for ratios. For ratios and rates also the expected events and the
        population of one year at which the limits are reached (`lower95_at` and so on).

    >>> funnel_table([30, 40], [100, 200], statistic="proportion").round(2).iloc[-1].tolist()
    [210.0, 17.61, 29.05, 14.31, 32.35, 23.33]
    """
    x, n = _checked(numerator, denominator, statistic)
    check_choice("compatible", compatible, (None, "pheindicatormethods"))
    scale = check_number("multiplier", multiplier, above=0)
    period = check_number("years", years, above=0)
    average = x.sum() / np.nansum(n)
    places = _places(n, statistic, average, period if statistic == "rate" else 1.0)
    table = pd.DataFrame({_AXIS[statistic]: places})
    base = 1.0 if statistic == "ratio" else average
    for level, name in zip(STANDARD, ("95", "998"), strict=True):
        if statistic == "proportion":
            low, high = _proportion_limits(places, average, level)
            table[f"lower{name}"] = np.maximum(low * scale, 0.0)
            table[f"upper{name}"] = np.minimum(high * scale, 100.0 if compatible else scale)
        else:
            for side, mean in zip(("lower", "upper"), _means_of(places, level, compatible), strict=True):
                table[side + name] = places / mean * base * scale
                table[f"{side}{name}_at"] = mean / base / period
    return table if statistic == "ratio" else table.assign(baseline=average * scale)


def funnel_significance(
    numerator: Any, denominator: Any, *, statistic: Statistic, standardised: bool = False
) -> tuple[str, ...]:
    """Return for each area whether it lies beyond the limits: `High (0.001)`, `Low (0.025)`, `Not significant`.

    Arguments and errors as in `funnel_table`; directly `standardised` rates of fewer than 10 events are not judged.

    >>> funnel_significance([60, 20, 40], [40, 40, 40], statistic="ratio")
    ('High (0.025)', 'Low (0.001)', 'Not significant')
    """
    x, n = _checked(numerator, denominator, statistic)
    average = 1.0 if statistic == "ratio" else x.sum() / np.nansum(n)
    beyond = []
    for level in reversed(STANDARD):
        if statistic == "proportion":
            low, high = _proportion_limits(n, average, level)
            beyond += [x / n < low, x / n > high]
        else:
            low, high = poisson_limits(x, level)
            beyond += [high / n < average, low / n > average]
    words = ["Low (0.001)", "High (0.001)", "Low (0.025)", "High (0.025)"]
    found = np.select(beyond, words, "Not significant")
    few = f"Not applicable for fewer than {DSR_FROM} events"
    return tuple(np.where(standardised & (statistic == "rate") & (x < DSR_FROM), few, found).tolist())


def _checked(numerator: Any, denominator: Any, statistic: Statistic) -> tuple[Floats, Floats]:
    check_choice("statistic", statistic, ("proportion", "ratio", "rate"))
    x = check_numbers("numerator", numerator, minimum=0)
    n = check_numbers("denominator", denominator, above=0, missing=statistic == "rate")
    check_lengths(numerator=x, denominator=n)
    if not x.sum():
        raise ArgumentError("numerator", "not a single event came", "one event or more in all")
    if statistic == "proportion":
        check_at_most("numerator", x, "denominator", n)
    return x, n


def _places(n: Floats, statistic: Statistic, average: float, years: float) -> Floats:
    """Return the places along the axis, each by the same factor further out, in whole steps of 1 at least."""
    least, most = np.nanmin(n), np.nanmax(n)
    start = 0.0 if most > 2 * least else _rounded(least * 0.95 / years, np.floor, 1) * years
    end = _rounded(most * 1.05 / years, np.ceil, 2) * years
    if statistic == "rate":
        start, end = np.floor(start * average), np.ceil(end * average)
    places = [max(1.0, float(start))]
    extra = statistic == "ratio"  # which stops a step short of the end, as published
    for left in range(ROWS - 1 + extra, extra, -1):
        last = places[-1]
        places.append(max(float(round((end / last) ** (1 / left) * last)), last + 1))
    return np.array(places)


def _rounded(value: float, whole: Any, kept: int) -> float:
    """Round to the first `kept` digits with floor or ceil: axes end at round numbers."""
    power = 10.0 ** (len(f"{whole(value):.0f}") - kept)
    return float(whole(value / power) * power)


def _proportion_limits(n: Floats, average: float, level: float) -> tuple[Floats, Floats]:
    half = normal_quantile(level) * np.sqrt(average * (1 - average) / n)
    return average - half, average + half


def _means_of(events: Floats, level: float, compatible: Compatible | None) -> tuple[Floats, Floats]:
    """Return the Poisson means of which so many events, or fewer, or more, would just be too unlikely."""
    tail = (1 - level) / 2
    if compatible is None:
        return special.gammainccinv(events + 1, tail), special.gammaincinv(events, tail)
    return (
        _halved(events, lambda mean: special.gammaincc(events + 1, mean) < tail),
        _halved(events, lambda mean: special.gammainc(events, mean) > tail),
    )


def _halved(events: Floats, too_high: Any) -> Floats:
    """Search a mean as the published tool does, by halving v in (events + 1) v/(1 - v)."""
    v, step = np.full(len(events), 0.5), 0.5
    while step > _STEP:
        step /= 2
        v = np.where(too_high((1 + events) * v / (1 - v)), v - step, v + step)
    return np.asarray((1 + events) * v / (1 - v))
