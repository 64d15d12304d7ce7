"""How far organisations of a funnel lie from its centre, and by how much more than chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.stats.checks import Bools, Floats
from helpers.stats.funnel_limits import Scale
from helpers.stats.position import between_variance

#: added to a count of 0, whose logarithm does not exist
CONTINUITY = 0.5


@dataclass(frozen=True)
class Dispersion:
    """How much more the organisations differ than chance alone would make them.

    Parameters
    ----------
    phi
        Mean squared (trimmed) z; 1 where chance explains everything.
    tau2
        Variance between organisations on the transformed scale; 0 where phi is below 1.
    kept
        How many organisations it rests on.
    """

    phi: float
    tau2: float
    kept: int


def needs_correction(scale: Scale) -> bool:
    """Say whether the transformation is a plain logarithm, which has no value at 0."""
    return scale.kind == "standardised_ratio" and scale.method == "shmi" and scale.compatible is None


def transformed_by(x: Floats, n: Floats, scale: Scale) -> tuple[Floats, float, Floats]:
    """Return values and target on the scale of the limits, and the values' standard errors."""
    if scale.kind == "proportion":
        return np.arcsin(np.sqrt(x / n)), float(np.arcsin(np.sqrt(scale.target))), 1 / (2 * np.sqrt(n))
    if scale.kind == "standardised_ratio" and scale.method == "cqc":
        return np.sqrt(x / n), 1.0, 1 / (2 * np.sqrt(n))
    if scale.kind == "standardised_ratio":
        counted = np.where(x == 0, CONTINUITY, x) if needs_correction(scale) else x
        with np.errstate(divide="ignore"):
            return np.log(counted / n), 0.0, 1 / np.sqrt(n)
    error = np.sqrt(x / (x + 0.5) ** 2 + n / (n + 0.5) ** 2)
    return np.log((x + 0.5) / (n + 0.5)), float(np.log(scale.target)), error


def trimmed_by(z: Floats, scale: Scale, reference: Bools, share: float) -> tuple[Floats, Bools]:
    """Return z of the peers after trimming (NaN where left out), and which were trimmed."""
    kept = np.full(len(z), np.nan)
    trimmed = np.zeros(len(z), dtype=bool)
    if scale.kind == "standardised_ratio" and scale.method == "shmi":
        kept[reference], trimmed[reference] = _truncate(z[reference], share)
        if share == 0 and scale.compatible:  # an infinite number of bands there, and nobody in a middle one
            kept[reference], trimmed[reference] = np.nan, True
    else:
        kept[reference], trimmed[reference] = _winsorise(
            z[reference], share, ends_too=scale.compatible is not None
        )
    return kept, trimmed


def _truncate(z: Floats, share: float) -> tuple[Floats, Bools]:
    """Leave out the first and the last of 1/share equal groups by rank (SHMI)."""
    if share <= 0:
        return z, np.zeros(len(z), dtype=bool)
    bands = 1 / share
    band = np.floor(pd.Series(z).rank().to_numpy() * bands / (len(z) + 1))
    out = (band < 1) | (band >= bands - 1)
    return np.where(out, np.nan, z), out


def _winsorise(z: Floats, share: float, *, ends_too: bool) -> tuple[Floats, Bools]:
    """Pull z in to its type-7 quantiles at both ends; FunnelPlotR marks what lies on these as well."""
    low, high = np.quantile(z, [share, 1 - share])
    pulled = (z <= low) | (z >= high) if ends_too else (z < low) | (z > high)
    return np.clip(z, low, high), pulled


def dispersion_of(kept: Floats, error: Floats, *, compatible: bool = False) -> Dispersion:
    """Return phi and the variance between organisations (DerSimonian and Laird 1986).

    FunnelPlotR also divides where one organisation is left, or one without an event: infinite, missing or huge.
    """
    used = ~np.isnan(kept)
    squares, weights, count = (kept[used] ** 2).sum(), 1 / error[used] ** 2, int(used.sum())
    if not compatible:
        return Dispersion(float(squares / count), between_variance(float(squares), weights), count)
    with np.errstate(divide="ignore", invalid="ignore"):
        excess = squares - (count - 1)
        tau2 = np.maximum(0.0, excess / (weights.sum() - (weights**2).sum() / weights.sum()))
        return Dispersion(float(squares / count), float(tau2) if count and excess >= 0 else 0.0, count)
