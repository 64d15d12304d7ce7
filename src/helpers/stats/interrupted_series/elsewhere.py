"""How far others moved at the same time without the change: what an effect has to be told from.

Trusts drift from each other for reasons of their own. That can be seen at those who changed nothing: the same fit on
each of them gives the distribution of what is found where there is nothing to find (placebo in space).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from helpers.errors import ArgumentError
from helpers.stats.checks import Floats, check_confidence
from helpers.stats.interrupted_series.design import Shape, build_design
from helpers.stats.models.autoregression import fit_ar1_each
from helpers.stats.results import Result

#: with fewer others no interval of 95 % can rest on them: 19 of 20 is the least that makes 95 %
FEWEST_ELSEWHERE = 19


@dataclass(frozen=True, repr=False)
class Elsewhere(Result):
    """What the fit finds at others, where nothing was changed.

    Attributes
    ----------
    trend
        Whether the course before was carried on: the one of the two that tells others' noise from a change best.
    ratios
        For each of the others the effect found over its standard error.
    reach
        Standard errors within which the effects of all but one in twenty lie (at 95 %).
    """

    trend: bool
    ratios: Floats
    reach: float

    def moved_as_far(self, ratio: float) -> int:
        """Return how many of them moved as far, up or down."""
        return int((np.abs(self.ratios) >= abs(ratio)).sum())


def effects_elsewhere(
    others: npt.ArrayLike,
    before: int,
    *,
    shape: Shape = "level",
    trend: bool | None = None,
    confidence: float = 0.95,
) -> Elsewhere:
    """Return what an interrupted time series finds at others that changed nothing, each against the mean of the rest.

    Parameters
    ----------
    others
        Shape (periods, others): at least 19 of them, with a value in every period in which any has one.
    before
        How many periods lie before the change.
    shape
        As for `interrupted_series`.
    trend
        Whether the course before is carried on. None: a level is looked for both ways, and the one whose intervals are
        the shorter at the others is taken, which says nothing of the one that changed; a slope with it.
    confidence
        Share of the others that lie within the reach.

    Raises
    ------
    ArgumentError
        Too few others, or too few periods.

    Notes
    -----
    Source: Abadie, Diamond and Hainmueller 2010 (Journal of the American Statistical Association 105:493).

    >>> months = np.random.default_rng(1).normal(size=(48, 40))
    >>> found = effects_elsewhere(months, 24)
    >>> found.trend, round(found.reach, 1), found.moved_as_far(5)
    (False, 2.5, 0)
    """
    table = np.asarray(others, dtype=float)
    share = check_confidence(confidence)
    fewest = math.ceil(share / (1 - share) - 1e-9)
    if table.ndim != 2 or table.shape[1] < fewest:
        raise ArgumentError(
            "others", f"shape {table.shape}", f"periods x others, at least {fewest} of these"
        )
    apart = table - (table.sum(axis=1, keepdims=True) - table) / (table.shape[1] - 1)
    ways = (trend,) if trend is not None else (False, True) if shape == "level" else (True,)
    tried = [_tried(apart, before, shape, share, trend=way) for way in ways]
    return min(tried, key=lambda each: each[0])[1]


def _tried(
    apart: Floats, before: int, shape: Shape, share: float, *, trend: bool
) -> tuple[float, Elsewhere]:
    """Return half the length that an interval has at one of the others, and what was found there."""
    design = build_design(len(apart), before, shape=shape, trend=trend)
    estimates, errors = fit_ar1_each(apart, design.matrix, design.now)
    ratios = np.divide(estimates, errors, out=np.zeros_like(estimates), where=errors > 0)
    place = math.ceil((len(ratios) + 1) * share - 1e-9)
    reach = float(np.sort(np.abs(ratios))[place - 1])
    return reach * float(np.median(errors)), Elsewhere(trend, ratios, reach)
