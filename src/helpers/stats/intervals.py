"""Intervals at any confidence, named alike by rates, indices and funnels: lower and upper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
from scipy import special

from helpers.stats.checks import check_choice, check_confidence
from helpers.stats.results import Result

#: one two-sided confidence, or several
Confidence = float | Sequence[float]
#: what is shown where nobody asks for another: the interval, and the limits that flag
STANDARD = (0.95, 0.998)

T = TypeVar("T")


@dataclass(frozen=True, repr=False)
class Intervals(Result, Generic[T]):
    """Limits at one confidence or more, in the unit of the value.

    Parameters
    ----------
    confidence
        Two-sided, each between 0 and 1; 0.95 and 0.998 unless others were asked for.
    limits
        Lower and upper at each; `lower95`, `upper95`, `lower998` and `upper998` name the usual ones.
    """

    confidence: tuple[float, ...]
    limits: tuple[tuple[T, T], ...]

    #: those of the first confidence
    lower = property(lambda self: self.limits[0][0])
    upper = property(lambda self: self.limits[0][1])
    lower95 = property(lambda self: self.at(0.95)[0])
    upper95 = property(lambda self: self.at(0.95)[1])
    lower998 = property(lambda self: self.at(0.998)[0])
    upper998 = property(lambda self: self.at(0.998)[1])

    def at(self, confidence: float) -> tuple[T, T]:
        """Return lower and upper at one of the confidences that were asked for."""
        check_choice("confidence", confidence, self.confidence)
        return self.limits[self.confidence.index(confidence)]

    def columns(self) -> dict[str, Any]:
        """Return the limits by names such as `lower95` and `upper998`."""
        named: dict[str, Any] = {}
        for level, (lower, upper) in zip(self.confidence, self.limits, strict=True):
            suffix = f"{100 * level:g}".replace(".", "")
            named |= {f"lower{suffix}": lower, f"upper{suffix}": upper}
        return named


def levels(confidence: Confidence) -> tuple[float, ...]:
    """Return the confidences as a tuple, or refuse what lies outside 0 to 1.

    >>> levels(0.9), levels([0.95, 0.998])
    ((0.9,), (0.95, 0.998))
    """
    asked: Any = [confidence] if np.ndim(confidence) == 0 else confidence
    return tuple(check_confidence(level) for level in asked) or STANDARD


def normal_quantile(confidence: float) -> float:
    """Return how many standard errors a two-sided interval reaches from its middle.

    >>> round(normal_quantile(0.95), 6)
    1.959964
    """
    return float(special.ndtri((1 + np.float64(confidence)) / 2))
