"""The scale on which a measure is forecast: percentages as logits, counts as logarithms."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from helpers.stats.checks import Floats, check_choice, check_series

Kind = Literal["percentage", "proportion", "count", "number"]
KINDS = ("percentage", "proportion", "count", "number")
_MOST = {"percentage": 100.0, "proportion": 1.0}
#: a share of exactly 0 or 1 has no logit: it is taken as this far inside
EDGE = 0.0005
#: added to counts, so that 0 has a logarithm
HALF = 0.5


def to_scale(values: npt.ArrayLike, kind: Kind) -> Floats:
    """Return values on the scale of their kind.

    Parameters
    ----------
    values
        One-dimensional; percentages 0 to 100, proportions 0 to 1, counts from 0, numbers any. May be
        missing.
    kind
        What the values are.

    Raises
    ------
    ArgumentError
        Values out of range, an unknown kind.

    >>> to_scale([50.0, 100.0], "percentage").round(3)
    array([0. , 7.6])
    """
    check_choice("kind", kind, KINDS)
    if kind == "number":
        return check_series("values", values, missing=True)
    if kind == "count":
        return np.log(check_series("values", values, minimum=0, missing=True) + HALF)
    shares = check_series("values", values, minimum=0, maximum=_MOST[kind], missing=True) / _MOST[kind]
    inside = np.clip(shares, EDGE, 1 - EDGE)
    return np.asarray(np.log(inside / (1 - inside)), dtype=float)


def from_scale(scaled: Floats, kind: Kind) -> Floats:
    """Return what `to_scale` was given.

    >>> from_scale(to_scale([0.0, 12.0], "count"), "count").round(6)
    array([ 0., 12.])
    """
    if kind == "number":
        return scaled
    if kind == "count":
        return np.maximum(np.exp(scaled) - HALF, 0.0)
    return np.asarray(_MOST[kind] / (1 + np.exp(-scaled)), dtype=float)
