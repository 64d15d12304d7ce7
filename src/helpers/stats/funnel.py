"""Funnel plots and overdispersion: which organisations differ by more than chance and ordinary spread.

Source: Spiegelhalter (2005), Stat Med 24:1185; NHS Digital, SHMI methodology; DerSimonian and Laird (1986).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from helpers.errors import ArgumentError
from helpers.stats import rates
from helpers.stats.checks import (
    Bools,
    Floats,
    check_at_most,
    check_choice,
    check_lengths,
    check_number,
    check_numbers,
    locked,
)
from helpers.stats.funnel_limits import (
    Compatible,
    FunnelLimits,
    Kind,
    Scale,
    adjusted_limits,
    unadjusted_limits,
)
from helpers.stats.funnel_spread import (
    Dispersion,
    dispersion_of,
    needs_correction,
    transformed_by,
    trimmed_by,
)
from helpers.stats.results import Result

#: above this dispersion ratio sampling error explains nothing: a caterpillar says more than a funnel
CATERPILLAR_ABOVE = 50.0

Flag = Literal["high", "within", "low"]


@dataclass(frozen=True)
class Spread:
    """The spread between organisations: type-7 quantiles of the value, unweighted."""

    lowest: float
    lower_quartile: float
    median: float
    upper_quartile: float
    highest: float


@dataclass(frozen=True, repr=False)
class Funnel(Result):
    """A funnel: one entry per organisation, in order of first appearance; arrays cannot be written.

    Parameters
    ----------
    scale
        What was compared and on which scale limits are made: `limits_at` draws from it.
    group
        Organisations.
    numerator, denominator
        Sums per organisation.
    value
        numerator/denominator x multiplier.
    intervals
        Each value with its own 95 % and 99.8 % interval (Wilson, or Byar): for the caterpillar.
    z
        Distance from the target in standard errors of chance.
    trimmed
        Whether z was winsorised, or left out by the SHMI method.
    transformed, error
        Values on the scale on which limits are made, and their standard errors by chance.
    dispersion
        phi and tau^2.
    limits
        Limits at each organisation's denominator, of the kind that `adjusted` says.
    flag, flag95
        `high`, `within`, `low` at 99.8 % and at 95 %; on a limit is within.
    adjusted
        Whether limits carry the spread between organisations.
    corrected
        Organisations without a single event, whose logarithm needed the continuity correction of 0.5.
    advice
        `caterpillar` where phi is above 50, else `funnel`.
    spread
        Quartiles between organisations.
    """

    scale: Scale
    group: tuple[Any, ...]
    numerator: Floats
    denominator: Floats
    value: Floats
    intervals: rates.Estimates
    z: Floats
    trimmed: Bools
    transformed: Floats
    error: Floats
    dispersion: Dispersion
    limits: FunnelLimits
    flag: tuple[Flag, ...]
    flag95: tuple[Flag, ...]
    adjusted: bool
    corrected: tuple[Any, ...]
    advice: Literal["funnel", "caterpillar"]
    spread: Spread

    @property
    def target(self) -> float:
        """The centre line, in the unit of `value`."""
        return self.scale.target * self.scale.multiplier

    def limits_at(self, denominators: Any, *, adjusted: bool | None = None) -> FunnelLimits:
        """Return the funnel's lines at any denominators (above 0), for drawing.

        Parameters
        ----------
        denominators
            Where, above 0.
        adjusted
            Whether they carry the spread between organisations; None: those that the flags go by. To draw both,
            ask for each.
        """
        n = check_numbers("denominators", denominators, above=0)
        widened = self.adjusted if adjusted is None else adjusted
        return adjusted_limits(self.scale, n) if widened else unadjusted_limits(self.scale, n)

    def lines(self) -> pd.DataFrame:
        """Return both pairs of limits at 1,000 denominators up to the largest, and at those of the organisations.

        `chance_lower95` and so on are those of chance alone, `spread_lower95` and so on carry the spread.
        """
        start = 1.1 if self.scale.kind == "standardised_ratio" else 3.0
        places = np.append(np.linspace(start, np.ceil(self.denominator.max()), 1000), self.denominator)
        n = np.unique(places)
        both = {"chance_": unadjusted_limits(self.scale, n), "spread_": adjusted_limits(self.scale, n)}
        frames = [limits.to_frame().add_prefix(name) for name, limits in both.items()]
        return pd.concat([pd.Series(n, name="denominator"), *frames], axis="columns")

    def to_frame(self) -> pd.DataFrame:
        """Return one row per organisation: sums, value, z, limits, flags, own intervals."""
        frame = pd.DataFrame({"group": list(self.group), "numerator": self.numerator})
        frame = frame.assign(denominator=self.denominator, value=self.value, transformed=self.transformed)
        frame = frame.assign(error=self.error, z=self.z, trimmed=self.trimmed)
        frame = pd.concat([frame, self.limits.to_frame()], axis="columns")
        frame = frame.assign(flag=list(self.flag), flag95=list(self.flag95))
        return pd.concat([frame, pd.DataFrame(self.intervals.columns()).add_prefix("own_")], axis="columns")


def funnel(
    numerator: Any,
    denominator: Any,
    groups: Any = None,
    *,
    kind: Kind,
    method: Literal["shmi", "cqc"] = "shmi",
    overdispersion: bool | Literal["always"] = True,
    exact: bool = True,
    trim: float = 0.1,
    peers: Collection[Any] | None = None,
    multiplier: float = 1.0,
    compatible: Compatible | None = None,
) -> Funnel:
    """Compare organisations in a funnel, allowing for overdispersion.

    Parameters
    ----------
    numerator, denominator
        Shape (rows,), summed by group: observed and expected events; counts and totals; counts and
        person-time.
    groups
        Shape (rows,), the organisation of each row; None takes every row as one, numbered from 0.
    kind
        `standardised_ratio` (O/E), `proportion`, `ratio_of_counts`, or `rate` (denominator is person-time
        or bed-days, known without error).
    method
        For standardised ratios: `shmi` (logarithm, truncated) or `cqc` (square root, winsorised).
    overdispersion
        Whether the spread between organisations widens the limits, where phi is above 1; `always` takes the
        limits on the method's scale below that too, as FunnelPlotR does where both are drawn.
    exact
        Whether unadjusted limits of standardised ratios are exact Poisson; otherwise on the method's scale.
    trim
        Share of z trimmed at each end, 0 (nothing is) to below 0.5.
    peers
        Organisations that centre line and dispersion are worked out from; None takes all.
    multiplier
        100 for percentages, or where the standard ratio is called 100.
    compatible
        `funnelplotr` reproduces version 0.6.0 of that tool: root-scale limits not squared back, 1/(4n) on
        the log scale, expected rounded to 2 places for SHMI, folded limits of small proportions, no
        continuity correction, no dispersion reported where it is not used.

    Returns
    -------
    Funnel
        One frozen object that chart, table and sentence read.

    Raises
    ------
    ArgumentError
        For lengths that differ, negative counts, denominators of 0, a numerator above its denominator in a
        proportion, unknown peers, nothing observed at all.

    Examples
    --------
    >>> result = funnel([10, 20, 45], [20, 20, 30], ["A", "B", "C"], kind="standardised_ratio",
    ...                 overdispersion=False)
    >>> result.flag95, result.limits.lower95.round(6).tolist()
    (('low', 'within', 'high'), [0.610826, 0.610826, 0.674696])
    """
    check_choice("kind", kind, ("standardised_ratio", "proportion", "ratio_of_counts", "rate"))
    check_choice("method", method, ("shmi", "cqc"))
    check_choice("compatible", compatible, (None, "funnelplotr"))
    check_choice("overdispersion", overdispersion, (True, False, "always"))
    table = _aggregate(numerator, denominator, groups, kind)
    table["ratio"] = table["numerator"] / table["denominator"]  # the published tool rounds after this
    if compatible and kind == "standardised_ratio" and method == "shmi":
        table["denominator"] = _rounded_as_r(table["denominator"].to_numpy())
    reference = _peers(peers, table.index)
    scale = Scale(
        kind,
        method,
        target=_target(table, reference, kind),
        multiplier=check_number("multiplier", multiplier, above=0),
        exact=bool(exact),
        compatible=compatible,
        denominators=tuple(table["denominator"]),
    )
    return _build(table, scale, reference, overdispersion, check_number("trim", trim, minimum=0, below=0.5))


def _rounded_as_r(expected: Floats) -> Floats:
    """Round to 2 places as R does: to the nearer of both neighbours in double precision, else to the even one."""
    scaled = expected * 100
    low, high = np.floor(scaled) / 100, np.ceil(scaled) / 100
    below, above = expected - low, high - expected
    even = np.floor(scaled) % 2 < 1
    return np.where((below < above) | ((below <= above) & even), low, high)


def _aggregate(numerator: Any, denominator: Any, groups: Any, kind: Kind) -> pd.DataFrame:
    """Return numerator and denominator summed by organisation, in order of first appearance."""
    x = check_numbers("numerator", numerator, minimum=0)
    n = check_numbers("denominator", denominator, minimum=0)
    check_lengths(numerator=x, denominator=n)
    names = np.arange(len(x)) if groups is None else groups
    codes, unique = rates.group_codes(names, numerator=x)
    table = pd.DataFrame(
        {"numerator": np.bincount(codes, x), "denominator": np.bincount(codes, n)},
        index=pd.Index(list(unique), tupleize_cols=False),
    )
    if (table["denominator"] == 0).any():
        empty = table.index[table["denominator"] == 0][0]
        raise ArgumentError("denominator", f"0 came in all for {empty}", "more than 0 for each group")
    if kind == "proportion":
        check_at_most(
            "numerator", table["numerator"].to_numpy(), "denominator", table["denominator"].to_numpy()
        )
    return table


def _peers(peers: Collection[Any] | None, groups: pd.Index) -> Bools:
    if peers is None:
        return np.ones(len(groups), dtype=bool)
    if isinstance(peers, str) or not isinstance(peers, Collection):
        raise ArgumentError("peers", f"{peers!r} came", "a list of groups")
    unknown = [peer for peer in peers if peer not in groups]
    if unknown or not len(peers):
        came = f"{unknown[0]!r} came" if unknown else "no group came"
        raise ArgumentError("peers", came, "groups that are in the data")
    return np.asarray(groups.isin(list(peers)))


def _target(table: pd.DataFrame, reference: Bools, kind: Kind) -> float:
    if kind == "standardised_ratio":
        return 1.0
    sums = table.loc[reference].sum()
    if sums["numerator"] == 0:
        raise ArgumentError("numerator", "not a single event came", "one event or more in all")
    return float(sums["numerator"] / sums["denominator"])


def _build(
    table: pd.DataFrame, scale: Scale, reference: Bools, widen: bool | Literal["always"], trim: float
) -> Funnel:
    x, n = table["numerator"].to_numpy(), table["denominator"].to_numpy()
    transformed, centre, error = transformed_by(x, n, scale)
    z = (transformed - centre) / error
    kept_z, trimmed = trimmed_by(z, scale, reference, trim)
    dispersion = dispersion_of(kept_z, error, compatible=scale.compatible is not None)
    if scale.compatible and not widen:
        dispersion = Dispersion(0.0, 0.0, dispersion.kept)
    scale = scale.widened(dispersion.tau2)
    adjusted = widen == "always" or (bool(widen) and dispersion.phi > 1)
    limits = adjusted_limits(scale, n) if adjusted else unadjusted_limits(scale, n)
    value = table["ratio"].to_numpy() * scale.multiplier
    return Funnel(
        scale=scale,
        group=tuple(table.index),
        numerator=locked(x),
        denominator=locked(n),
        value=locked(value),
        intervals=_own_intervals(x, n, scale),
        z=locked(z),
        trimmed=locked(trimmed),
        transformed=locked(transformed),
        error=locked(error),
        dispersion=dispersion,
        limits=limits,
        flag=_flags(value, limits.lower998, limits.upper998),
        flag95=_flags(value, limits.lower95, limits.upper95),
        adjusted=adjusted,
        corrected=tuple(table.index[x == 0]) if needs_correction(scale) else (),
        advice="caterpillar" if dispersion.phi > CATERPILLAR_ABOVE else "funnel",
        spread=Spread(*(float(q) for q in np.quantile(value, [0, 0.25, 0.5, 0.75, 1]))),
    )


def _own_intervals(x: Floats, n: Floats, scale: Scale) -> rates.Estimates:
    if scale.kind == "proportion":
        return rates.proportion(x, n, multiplier=scale.multiplier)
    return rates.rate(x, n, multiplier=scale.multiplier)


def _flags(value: Floats, lower: Floats, upper: Floats) -> tuple[Flag, ...]:
    words: dict[int, Flag] = {1: "high", 0: "within", -1: "low"}
    signs = (value > upper).astype(int) - (value < lower).astype(int)
    return tuple(words[sign] for sign in signs.tolist())
