"""Inequality across groups from most to least deprived: quantiles, slope and relative index.

Source: Low and Low (2004), J Public Health 26:388; behaviour as of `phe_sii` and `phe_quantile` in PHEindicatormethods.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from helpers.errors import ArgumentError
from helpers.stats.checks import (
    Floats,
    check_choice,
    check_integer,
    check_lengths,
    check_number,
    check_numbers,
)
from helpers.stats.intervals import STANDARD, Confidence, Intervals, levels, normal_quantile
from helpers.stats.rates import group_codes
from helpers.stats.results import Result

Scale = Literal["identity", "log", "logit"]

#: the limits that come in are 95 % limits
_Z95 = normal_quantile(0.95)
#: of the published tool
REPETITIONS, FEWEST_REPETITIONS = 100_000, 1000


@dataclass(frozen=True, repr=False)
class Index(Intervals[float]):
    """An index with its intervals; NaN where no standard errors were given."""

    value: float


@dataclass(frozen=True, repr=False)
class Inequality(Result):
    """Inequality across ranked groups.

    Parameters
    ----------
    slope
        Slope index: fit at rank 1 minus fit at rank 0, in the unit of the values.
    relative
        Relative index: fit at rank 1 over fit at rank 0; NaN where that is 0.
    intercept
        Fit at rank 0, the most deprived end, in the unit of the values.
    """

    slope: Index
    relative: Index
    intercept: float


def slope_index(
    values: Any,
    population: Any,
    *,
    standard_error: Any = None,
    lower95: Any = None,
    upper95: Any = None,
    scale: Scale = "identity",
    errors: Scale | None = None,
    multiplier: float = 1.0,
    confidence: Confidence = STANDARD,
    repetitions: int | None = None,
    seed: int = 1,
) -> Inequality:
    """Return slope and relative index of inequality by weighted regression on the ridit.

    Parameters
    ----------
    values
        One per group, shape (groups,), ordered from most to least deprived.
    population
        People in each group.
    standard_error
        Standard error of each value; on the identity scale only.
    lower95, upper95
        95 % limits of each value, instead of standard errors.
    scale, errors
        Scale of the fit (`log` for rates and `logit` for proportions transform back), and the one on which values
        err normally: the same where None.
    multiplier
        Of the slope index; below 0 where high values are good: the relative index is then turned over.
    repetitions, seed
        Draws to simulate intervals by, 1,000 or more. None: none, as they are exact; 100,000 where the values err
        on another scale than that of the fit.

    Returns
    -------
    Inequality
        Exact intervals are what the published tool's simulation tends to with ever more repetitions; NaN without
        standard errors or limits.

    Raises
    ------
    ArgumentError
        For fewer than 3 groups, lengths that differ, populations of 0, values that the scale cannot take.

    Notes
    -----
    A group's ridit is the share of people in the groups before it plus half its own share.

    Examples
    --------
    >>> found = slope_index([10, 8.5, 7, 6.5, 5], [100] * 5)
    >>> round(found.slope.value, 4), round(found.relative.value, 4)
    (-6.0, 0.4231)
    """
    check_choice("scale", scale, tuple(_TRANSFORMS))
    erring = scale if errors is None else errors
    check_choice("errors", erring, tuple(_TRANSFORMS) if scale == "identity" else (scale,))
    y = _check_scale("values", values, erring)
    people = check_numbers("population", population, above=0)
    check_lengths(values=y, population=people)
    if len(y) < 3:
        raise ArgumentError("values", f"{len(y)} groups came", "3 groups or more")
    error = _errors(y, standard_error, lower95, upper95, erring)
    share = people / people.sum()
    ridit = np.cumsum(share) - share / 2
    # both ends of the fitted line are weighted sums of the values
    slope = share * (ridit - 0.5) / np.sum(share * (ridit - 0.5) ** 2)
    line = _Line(share - slope / 2, slope, y, error)
    asked = levels(confidence)
    if erring != scale or repetitions is not None:
        draws = check_integer("repetitions", repetitions or REPETITIONS, FEWEST_REPETITIONS)
        inverse = _INVERSES[erring if erring != scale else "identity"]
        line, steps, ratios = _simulated(line, inverse, asked, draws, check_integer("seed", seed, 0))
    else:
        steps, ratios = _exact(line, asked)
    start, slope_found = line.fit(line.start)[0], line.fit(line.slope)[0]
    # the first row holds the indices themselves, the others their limits
    steps = np.vstack([[slope_found] * 2, steps])
    if scale == "identity":
        relative = (start + slope_found) / start if start else np.nan
        ratios = np.vstack([[relative] * 2, ratios])
    else:  # transformed back; the interval turns about the middle rank
        middle = start + slope_found / 2
        first, last = (_INVERSES[scale](middle + sign * steps / 2) for sign in (-1, 1))
        start, steps, ratios = float(first[0, 0]), last - first, last / first
    unit = check_number("multiplier", multiplier)
    return Inequality(
        _index(asked, steps * unit), _index(asked, ratios if unit > 0 else 1 / ratios), start * abs(unit)
    )


def _index(asked: tuple[float, ...], rows: Floats) -> Index:
    pairs = np.sort(rows, axis=1).tolist()  # a multiplier below 0 has them change places
    return Index(asked, tuple((low, high) for low, high in pairs[1:]), pairs[0][0])


@dataclass(frozen=True)
class _Line:
    """The fitted line as weights on the groups' values: `start` at rank 0 and `slope`."""

    start: Floats
    slope: Floats
    values: Floats
    error: Floats

    def fit(self, weights: Floats) -> tuple[float, float]:
        """Return a weighted sum of the values and its standard error."""
        return float(np.sum(weights * self.values)), float(np.sqrt(np.sum((weights * self.error) ** 2)))


def _errors(y: Floats, standard_error: Any, lower95: Any, upper95: Any, scale: Scale) -> Floats:
    """Return the standard errors on the scale of the fit; NaN where none were given."""
    if standard_error is not None:
        if scale != "identity":
            raise ArgumentError(
                "standard_error", f"it came with scale {scale!r}", "lower95 and upper95 instead"
            )
        error = check_numbers("standard_error", standard_error, minimum=0)
        check_lengths(values=y, standard_error=error)
        return error
    if (lower95 is None) != (upper95 is None):
        name = "lower95" if lower95 is None else "upper95"
        raise ArgumentError(name, "only one of both limits came", "both limits or none")
    if lower95 is None:
        return np.full(len(y), np.nan)
    lower, upper = _check_scale("lower95", lower95, scale), _check_scale("upper95", upper95, scale)
    check_lengths(values=y, lower95=lower, upper95=upper)
    return (upper - lower) / 2 / _Z95


def _check_scale(name: str, values: Any, scale: Scale) -> Floats:
    numbers = check_numbers(name, values, above=None if scale == "identity" else 0)
    if scale == "logit" and (numbers >= 1).any():
        raise ArgumentError(name, f"{numbers[numbers >= 1][0]:g} came", "proportions below 1")
    return _TRANSFORMS[scale](numbers)


_TRANSFORMS: dict[str, Callable[[Floats], Floats]] = {
    "identity": lambda values: values,
    "log": lambda values: np.log(values),
    "logit": lambda values: np.log(values / (1 - values)),
}
_INVERSES: dict[str, Callable[[Floats], Floats]] = {
    "identity": lambda values: values,
    "log": lambda values: np.exp(values),
    "logit": lambda values: 1 / (1 + np.exp(-values)),
}


def _exact(line: _Line, asked: tuple[float, ...]) -> tuple[Floats, Floats]:
    """Return lower and upper of the slope and of the relative index, one row per confidence."""
    slope, error = line.fit(line.slope)
    reach = [normal_quantile(level) for level in asked]
    steps = [[slope - z * error, slope + z * error] for z in reach]
    return np.array(steps), np.array([_ratio_limits(line, z) for z in reach])


def _simulated(
    line: _Line, inverse: Callable[[Floats], Floats], asked: tuple[float, ...], draws: int, seed: int
) -> tuple[_Line, Floats, Floats]:
    """Return the line of values on the scale of the fit, and limits as `_exact` does, from draws around each value."""
    rng = np.random.default_rng(seed)
    drawn = inverse(rng.normal(line.values, line.error, (draws, len(line.values))))
    slope = drawn @ line.slope
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.sort(1 + slope / (drawn @ line.start))
    cuts = [[round(draws * tail) - 1 for tail in ((1 - level) / 2, (1 + level) / 2)] for level in asked]
    return replace(line, values=inverse(line.values)), np.sort(slope)[cuts], ratio[cuts]


def _ratio_limits(line: _Line, z: float) -> tuple[float, float]:
    """Return Fieller's limits of end over start; NaN where the start may be 0."""
    end_weights = line.start + line.slope
    (start, start_error), (end, end_error) = line.fit(line.start), line.fit(end_weights)
    shared = float(np.sum(line.start * end_weights * line.error**2))
    # roots of (end - t start)^2 = z^2 var(end - t start)
    a = start**2 - z**2 * start_error**2
    b = start * end - z**2 * shared
    c = end**2 - z**2 * end_error**2
    if not (a > 0 and b**2 >= a * c):
        return float("nan"), float("nan")
    root = float(np.sqrt(b**2 - a * c))
    return (b - root) / a, (b + root) / a


def quantile_groups(
    values: Any, groups: Any = None, *, quantiles: int = 10, highest_first: Any = True
) -> Floats:
    """Return the quantile (decile, quintile) of each area, from 1 on.

    Parameters
    ----------
    values
        One per area, shape (areas,), such as deprivation scores; NaN or None where missing.
    groups
        Shape (areas,): areas are ranked within each; None ranks all together.
    quantiles
        How many; a group of fewer areas with a value has none (NaN).
    highest_first
        Whether quantile 1 holds the highest values; one answer, or one per area.

    >>> quantile_groups([9, 1, 5, 7], quantiles=2).tolist()
    [1.0, 2.0, 2.0, 1.0]
    """
    y = check_numbers("values", values, missing=True)
    many = check_integer("quantiles", quantiles, 2)
    codes, _ = group_codes(groups, values=y)
    turned = np.where(np.broadcast_to(np.asarray(highest_first, dtype=bool), y.shape), -y, y)
    ranked = pd.Series(turned).groupby(codes)
    rank, areas = ranked.rank(method="min").to_numpy(), ranked.transform("count").to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        place = np.floor(many + 1 - np.ceil((areas + 1 - rank) / (areas / many)))
    return np.where(areas < many, np.nan, np.where(place == 0, 1.0, place))
