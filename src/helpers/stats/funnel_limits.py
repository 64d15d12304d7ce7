"""The lines of a funnel at any denominator, for each kind of data and scale."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from scipy import special

from helpers.stats.checks import Floats
from helpers.stats.intervals import STANDARD, Intervals

Kind = Literal["standardised_ratio", "proportion", "ratio_of_counts", "rate"]
Compatible = Literal["funnelplotr"]

#: normal quantiles of 95 % and 99.8 % limits, rounded as NHS Digital and FunnelPlotR print them
QUANTILES = (1.959964, 3.090232)
#: upper tails of the exact Poisson limits
TAILS = (0.025, 0.001)
#: of e, beyond which numbers overflow
_LARGEST_EXPONENT = 690.0


@dataclass(frozen=True, repr=False)
class FunnelLimits(Intervals[Floats]):
    """Limits at 95 % and 99.8 %, one entry per denominator."""

    def to_frame(self) -> pd.DataFrame:
        """Return one row per denominator."""
        return pd.DataFrame(self.columns())


@dataclass(frozen=True)
class Scale:
    """What is compared, its centre, and the scale on which limits are made.

    Parameters
    ----------
    kind, method, exact, compatible
        As in `funnel.funnel`.
    target
        Centre line, before the multiplier.
    multiplier
        What values and limits are multiplied by.
    tau2
        Variance between organisations on the transformed scale.
    denominators
        Of the organisations: where FunnelPlotR looks along them for a limit that folds back.
    """

    kind: Kind
    method: Literal["shmi", "cqc"]
    target: float
    multiplier: float
    exact: bool = True
    compatible: Compatible | None = None
    tau2: float = 0.0
    denominators: tuple[float, ...] = ()

    def widened(self, tau2: float) -> Scale:
        """Return the same scale with a variance between organisations."""
        return replace(self, tau2=tau2)


def adjusted_limits(scale: Scale, denominator: Floats) -> FunnelLimits:
    """Return limits that carry the variance between organisations."""
    if scale.compatible and scale.kind == "proportion":
        return _unfolded(scale, denominator)
    sides = [_side(scale, denominator, sign * c) for c in QUANTILES for sign in (-1, 1)]
    return _limits([side * scale.multiplier for side in sides])


def unadjusted_limits(scale: Scale, denominator: Floats) -> FunnelLimits:
    """Return limits of chance alone: exact Poisson for standardised ratios, else on the kind's scale."""
    if scale.kind == "standardised_ratio" and (scale.exact or scale.compatible):
        sides = [side for tail in TAILS for side in _poisson(denominator, tail)]
        return _limits([side * scale.multiplier for side in sides])
    return adjusted_limits(scale.widened(0.0), denominator)


def _limits(sides: list[Floats]) -> FunnelLimits:
    for side in sides:
        side.setflags(write=False)
    return FunnelLimits(STANDARD, ((sides[0], sides[1]), (sides[2], sides[3])))


def _poisson(expected: Floats, tail: float) -> tuple[Floats, Floats]:
    """Return where a Poisson mean would have to be for the tail beyond the count: half a quantile of chi-squared."""
    lower = special.gammaincinv(expected, tail) / expected
    upper = special.gammainccinv(expected + 1, tail) / expected
    return lower, upper


def _side(scale: Scale, n: Floats, c: float) -> Floats:
    """Return one limit, c standard errors from the target (c below 0: lower)."""
    if scale.kind == "standardised_ratio" and scale.method == "shmi":
        return _exp(c * np.sqrt(1 / n + scale.tau2), scale)
    if scale.kind == "standardised_ratio":
        root = 1 + c * np.sqrt(1 / (4 * n) + scale.tau2)
        return root if scale.compatible else np.maximum(root, 0.0) ** 2
    if scale.kind == "proportion":
        # beyond 0 or a right angle the sine would fold back: the limit is then 0 or 1
        return np.sin(np.clip(_angle(scale, n, c), 0.0, np.pi / 2)) ** 2
    reach = c * np.sqrt(_log_variance(scale, n) + scale.tau2)
    return scale.target * _exp(reach, scale)


def _exp(reach: Floats, scale: Scale) -> Floats:
    """Return e to a power; a rare event over a tiny denominator has no upper limit to speak of: kept finite."""
    if scale.compatible is None:
        return np.asarray(np.exp(np.minimum(reach, _LARGEST_EXPONENT)))
    with np.errstate(over="ignore"):
        return np.asarray(np.exp(reach))


def _angle(scale: Scale, n: Floats, c: float) -> Floats:
    return np.asarray(np.arcsin(np.sqrt(scale.target)) + c * np.sqrt(1 / (4 * n) + scale.tau2))


def _log_variance(scale: Scale, n: Floats) -> Floats:
    """Return the variance of a log ratio by chance; person-time has none of its own."""
    if scale.compatible:
        return 1 / (4 * n)
    of_events = 1 / (n * scale.target)
    return of_events if scale.kind == "rate" else of_events + 1 / n


def _unfolded(scale: Scale, denominator: Floats) -> FunnelLimits:
    """Return proportion limits as FunnelPlotR has them.

    It does not clip the angle but looks along a grid of 1,000 denominators from 3 to the largest, with
    those of the data in between, and sets a limit to 0 or 1 where the next one would fold back.
    """
    of_data = np.array(scale.denominators)
    grid = np.unique(np.append(np.linspace(3, np.ceil(of_data.max()), 1000), of_data))
    # beyond the largest there is no next one: nothing folds back
    following = np.append(grid, denominator.max())[np.searchsorted(grid, denominator, side="right")]
    following = np.maximum(following, denominator)
    sides = []
    for c in QUANTILES:
        lower, later = (np.sin(_angle(scale, n, -c)) ** 2 for n in (denominator, following))
        sides.append(np.where(lower > later, 0.0, lower) * scale.multiplier)
        upper, later = (np.sin(_angle(scale, n, c)) ** 2 for n in (denominator, following))
        sides.append(np.where(upper < later, 1.0, upper) * scale.multiplier)
    return _limits(sides)
