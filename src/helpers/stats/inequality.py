"""Slope and relative index of inequality across groups ranked from most to least deprived.

Source: Low and Low (2004), J Public Health 26:388; behaviour as of `phe_sii` in PHEindicatormethods.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy import special

from helpers.errors import ArgumentError
from helpers.stats.checks import Floats, check_choice, check_lengths, check_numbers
from helpers.stats.rates import NARROW, WIDE
from helpers.stats.results import Result

Scale = Literal["identity", "log", "logit"]

#: the limits that come in are 95 % limits
_Z95 = float(special.ndtri(0.975))


@dataclass(frozen=True)
class Index:
    """An index with both intervals; NaN where no standard errors were given."""

    value: float
    lower95: float
    upper95: float
    lower998: float
    upper998: float


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
) -> Inequality:
    """Return slope and relative index of inequality by weighted regression on the ridit.

    Parameters
    ----------
    values
        One per group, shape (groups,), ordered from most to least deprived.
    population
        People in each group.
    standard_error
        Standard error of each value, on the identity scale only.
    lower95, upper95
        95 % limits of each value, instead of standard errors.
    scale
        `log` for rates and `logit` for proportions fit on that scale and transform back.

    Returns
    -------
    Inequality
        Intervals are what the published tool's simulation tends to with ever more repetitions, where errors
        are normal on the scale of the fit; NaN without standard errors or limits.

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
    y = _check_scale("values", values, scale)
    people = check_numbers("population", population, above=0)
    check_lengths(values=y, population=people)
    if len(y) < 3:
        raise ArgumentError("values", f"{len(y)} groups came", "3 groups or more")
    error = _errors(y, standard_error, lower95, upper95, scale)
    share = people / people.sum()
    ridit = np.cumsum(share) - share / 2
    # both ends of the fitted line are weighted sums of the values
    slope = share * (ridit - 0.5) / np.sum(share * (ridit - 0.5) ** 2)
    start = share - slope / 2
    line = _Line(start, slope, y, error)
    return _untransformed(line) if scale == "identity" else _transformed(line, _INVERSES[scale])


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
    """Return values on the scale of the fit."""
    numbers = check_numbers(name, values, above=None if scale == "identity" else 0)
    if scale == "logit" and (numbers >= 1).any():
        raise ArgumentError(name, f"{numbers[numbers >= 1][0]:g} came", "proportions below 1")
    return _TRANSFORMS[scale](numbers)


_TRANSFORMS: dict[str, Callable[[Floats], Floats]] = {
    "identity": lambda values: values,
    "log": lambda values: np.log(values),
    "logit": lambda values: np.log(values / (1 - values)),
}
_INVERSES: dict[str, Callable[[float], float]] = {
    "log": lambda value: float(np.exp(value)),
    "logit": lambda value: float(1 / (1 + np.exp(-value))),
}


def _untransformed(line: _Line) -> Inequality:
    slope, slope_error = line.fit(line.slope)
    start, _ = line.fit(line.start)
    end, _ = line.fit(line.start + line.slope)
    steps = [slope + sign * _z(level) * slope_error for level in (NARROW, WIDE) for sign in (-1, 1)]
    ratios = [limit for level in (NARROW, WIDE) for limit in _ratio_limits(line, _z(level))]
    return Inequality(Index(slope, *steps), Index(end / start if start else float("nan"), *ratios), start)


def _transformed(line: _Line, inverse: Callable[[float], float]) -> Inequality:
    """Return indices of a line fitted on another scale; its interval turns about the middle rank."""
    slope, slope_error = line.fit(line.slope)
    start, _ = line.fit(line.start)
    middle = start + slope / 2
    steps = [slope + sign * _z(level) * slope_error for level in (NARROW, WIDE) for sign in (-1, 1)]
    ends = [(inverse(middle - step / 2), inverse(middle + step / 2)) for step in (slope, *steps)]
    return Inequality(
        Index(*(last - first for first, last in ends)),
        Index(*(last / first for first, last in ends)),
        inverse(start),
    )


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


def _z(confidence: float) -> float:
    return float(special.ndtri((1 + confidence) / 2))
