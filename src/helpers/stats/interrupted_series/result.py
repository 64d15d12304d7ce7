"""Did a change work? The interrupted time series, its counterfactual and verdict (methods, section 8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from helpers.errors import ArgumentError
from helpers.stats.checks import (
    Floats,
    check_choice,
    check_confidence,
    check_lengths,
    check_number,
    check_series,
)
from helpers.stats.interrupted_series.design import (
    FEWEST_FOR_VERDICT,
    HARMONICS,
    Design,
    Shape,
    build_design,
    index_of,
    periods_before,
)
from helpers.stats.interrupted_series.extreme import follows_extreme
from helpers.stats.models.autoregression import LinearFit, fit_ar1, fit_newey_west, lag_one
from helpers.stats.models.scoring import POISSON, Cells, fit_cells, fit_nb2
from helpers.stats.results import Result

Verdict = Literal["too early", "no change seen", "rise", "fall"]
Method = Literal["ar1_reml", "newey_west", "quasi_poisson", "nb2"]
#: chance with which the smallest detectable change would be seen
POWER = 0.8


@dataclass(frozen=True)
class Effect:
    """An effect with its interval and two-sided p value: a difference, or for counts a ratio of rates."""

    estimate: float
    lower: float
    upper: float
    p: float


@dataclass(frozen=True, repr=False)
class InterruptedSeries(Result):
    """What followed a change.

    Attributes
    ----------
    method
        How it was fitted.
    scale
        `difference` (in the unit of the values) or `ratio` (of rates; 1 is no effect).
    verdict
        `too early` with fewer than 12 values on a side, else `rise`, `fall` or `no change seen` from the
        interval of the effect now.
    strong
        Whether a control series was taken off.
    before, after
        Values on each side.
    trend
        Change per period before the intervention; 0 where none was fitted.
    level, slope
        The jump (0 where the shape has none), and the change of trend per period (None where the shape has
        none, or with fewer than 3 periods after).
    now
        Effect at the last period: level + slope x (t - T0).
    smallest_change
        Effect now that would have been seen with a chance of 80 %: a difference, or a ratio above 1.
    error, freedom, confidence
        Standard error of the effect now (of its logarithm for a ratio), the degrees of freedom of its t
        quantiles, and the level of its interval.
    reach
        Standard errors to each end of that interval: the t quantile, or more where others moved by more.
    autocorrelation, dispersion
        Of the errors; see `LinearFit`.
    seasonal
        Whether a season was fitted.
    follows_extreme
        Whether the last value before the change was extreme and the effect goes back towards the trend:
        then part of it is regression to the mean.
    series
        One row per period: `value`, `fitted`, `counterfactual` with `lower` and `upper` (missing before the
        change). For counts with an exposure these are rates per unit of exposure.
    """

    method: Method
    scale: Literal["difference", "ratio"]
    verdict: Verdict
    strong: bool
    before: int
    after: int
    trend: Effect
    level: Effect
    slope: Effect | None
    now: Effect
    smallest_change: float
    error: float
    freedom: float
    confidence: float
    reach: float
    autocorrelation: float
    dispersion: float
    seasonal: bool
    follows_extreme: bool
    series: pd.DataFrame

    def chance_of_seeing(self, size: float) -> float:
        """Return the chance with which an effect now of a size would have been seen: the power.

        Parameters
        ----------
        size
            A difference of either sign, or a ratio of rates.

        Examples
        --------
        >>> months = [10, 12, 11, 13, 9, 11, 12, 10, 13, 11, 10, 12] * 2
        >>> found = interrupted_series(months, 12, shape="level")
        >>> round(found.chance_of_seeing(found.smallest_change), 2)
        0.8
        """
        distance = abs(np.log(size) if self.scale == "ratio" else size)
        if self.error <= 0:  # a series without any noise
            return float(distance > 0)
        return float(special.stdtr(self.freedom, distance / self.error - self.reach))


def interrupted_series(
    values: npt.ArrayLike,
    before: Any,
    *,
    dates: Any = None,
    control: npt.ArrayLike | None = None,
    seasonal: bool | None = None,
    shape: Shape = "both",
    trend: bool = True,
    harmonics: int = HARMONICS,
    confidence: float = 0.95,
    compatible: Literal["newey_west"] | None = None,
    lags: int | None = None,
    adjust: bool = False,
    reach: float = 0.0,
) -> InterruptedSeries:
    """Return level and slope change of a series after an intervention, with AR(1) errors by REML.

    Parameters
    ----------
    values
        The measure per period (month), equally spaced, oldest first; missing where there is no value.
    before
        How many periods lie before the intervention, or the date of the first one after it where the values have
        dates; at least 3, and at least one after it.
    dates
        Of the periods, by which the result's `series` goes; None: those of a Series' index.
    control
        The same measure where nothing was changed, as long as `values`: the difference is analysed, which
        is the stronger design.
    seasonal
        Fit a season of twelve months; None: with 24 periods on both sides.
    shape
        How the change is expected to show, said before one looks: a jump ("level"), another trend ("slope"),
        or both, which sees far less: an effect of one sigma in about one of ten series where the jump alone
        sees it in about half.
    trend
        Whether the series may have been moving before the change. Without a trend a jump is seen about twice
        as often, and any drift is taken for one: for the difference to a control that ran alongside.
    harmonics
        Pairs of sine and cosine of the season: 1, 2 (Bernal et al.) … 6.
    confidence
        Level of the intervals.
    compatible
        "newey_west": ordinary least squares with Newey-West errors, as often published. It finds effects
        where there are none, in 14 to 51 of 100 short series.
    lags, adjust
        Longest lag and small-sample factor of Newey-West.
    reach
        Standard errors that an interval reaches at least, such as those by which others moved without a change
        (`effects_elsewhere`).

    Raises
    ------
    ArgumentError
        Too few values, lengths that differ, missing values with Newey-West, a season with too few periods.

    Notes
    -----
    Source: Bernal, Cummins and Gasparrini 2017 (International Journal of Epidemiology 46:348).

    >>> months = [10, 11, 10, 12, 11, 10, 11, 10, 12, 11, 10, 11]
    >>> found = interrupted_series(months + [month + 10 for month in months], 12)
    >>> found.verdict, round(found.level.estimate)
    ('rise', 10)
    """
    observed = check_series("values", values, missing=True)
    if control is not None:
        other = check_series("control", control, missing=True)
        check_lengths(values=observed, control=other)
        observed = observed - other
    index = index_of(values, dates)
    count = periods_before("before", before, index)
    design = build_design(
        len(observed), count, seasonal=seasonal, shape=shape, trend=trend, harmonics=harmonics
    )
    if compatible is None:
        method: Method = "ar1_reml"
        fit = fit_ar1(observed, design.matrix)
    else:
        method = "newey_west"
        check_choice("compatible", compatible, ["newey_west"])
        fit = fit_newey_west(observed, design.matrix, lags, adjust)
    least = check_number("reach", reach, minimum=0)
    report = _Report(design, fit, check_confidence(confidence), observed, index, least=least)
    return report.result(method, strong=control is not None)


def interrupted_counts(
    counts: npt.ArrayLike,
    before: Any,
    *,
    dates: Any = None,
    exposure: npt.ArrayLike | None = None,
    family: Literal["quasi_poisson", "nb2"] = "quasi_poisson",
    seasonal: bool | None = None,
    shape: Shape = "both",
    trend: bool = True,
    harmonics: int = HARMONICS,
    confidence: float = 0.95,
    compatible: Literal["glm.nb"] | None = None,
) -> InterruptedSeries:
    """Return level and slope change of counts after an intervention, as ratios of rates.

    Parameters
    ----------
    counts
        Counts per period, equally spaced, oldest first; missing where there is none.
    before, dates, seasonal, shape, trend, harmonics, confidence
        As for `interrupted_series`.
    exposure
        People or days at risk per period, above 0; 1 when None.
    family
        "quasi_poisson" or "nb2" (negative binomial with estimated dispersion); t quantiles.
    compatible
        "glm.nb": normal quantiles and unscaled errors for nb2, as R prints them. By default the errors are
        scaled up where the residuals are wider than the fitted dispersion says, which is too small in short
        series.

    Returns
    -------
    InterruptedSeries
        Errors are taken as independent: look at `autocorrelation`, which is that of the residuals.

    Raises
    ------
    ArgumentError
        Negative counts, exposure not above 0, too few values, lengths that differ.

    Notes
    -----
    Source: Bernal, Cummins and Gasparrini 2017; equals R's ``glm(family = quasipoisson)`` and
    ``MASS::glm.nb`` with ``offset(log(exposure))``.

    >>> found = interrupted_counts([20, 22] * 6 + [10, 11] * 6, 12, exposure=[1000] * 24)
    >>> found.verdict, found.level.estimate < 0.6
    ('fall', True)
    """
    observed = check_series("counts", counts, minimum=0, missing=True)
    at_risk = np.ones_like(observed) if exposure is None else check_series("exposure", exposure, minimum=0)
    check_lengths(counts=observed, exposure=at_risk)
    if (at_risk == 0).any():
        raise ArgumentError("exposure", "0", "numbers above 0")
    check_choice("family", family, ("quasi_poisson", "nb2"))
    if compatible is not None:
        check_choice("compatible", compatible, ["glm.nb"])
    index = index_of(counts, dates)
    count = periods_before("before", before, index)
    design = build_design(
        len(observed), count, seasonal=seasonal, shape=shape, trend=trend, harmonics=harmonics
    )
    fit = _fit_counts(observed, at_risk, design, compatible or family)
    report = _Report(design, fit, check_confidence(confidence), observed / at_risk, index, ratio=True)
    return report.result(family, strong=False)


def _fit_counts(observed: Floats, at_risk: Floats, design: Design, family: str) -> LinearFit:
    seen = ~np.isnan(observed)
    matrix = design.matrix[seen]
    free = float(len(matrix) - matrix.shape[1])
    if free < 2:
        raise ArgumentError("counts", f"{len(matrix)} values", f"at least {matrix.shape[1] + 2}")
    data, quasi = Cells.plain(observed[seen], matrix, np.log(at_risk[seen])), family == "quasi_poisson"
    fit = fit_cells(data, POISSON, estimated=True) if quasi else fit_nb2(data)
    spread = fit.mean + (0.0 if quasi else fit.dispersion * fit.mean**2)
    pearson = (data.values - fit.mean) / np.sqrt(spread)
    scale = max(1.0, float((pearson**2).sum()) / free) if family == "nb2" else 1.0
    freedom = np.inf if family == "glm.nb" else free
    covariance = fit.covariance() * scale
    return LinearFit(fit.estimates, covariance, lambda _: freedom, lag_one(pearson), fit.dispersion)


@dataclass(frozen=True)
class _Report:
    """Reads effects, verdict and counterfactual from a fit."""

    design: Design
    fit: LinearFit
    confidence: float
    observed: Floats
    index: pd.Index
    ratio: bool = False
    least: float = 0.0  # standard errors that an interval reaches at least

    def effect(self, contrast: Floats) -> Effect:
        if not contrast.any():  # nothing of the kind was fitted
            nothing = 1.0 if self.ratio else 0.0
            return Effect(nothing, nothing, nothing, 1.0)
        estimate, error, freedom = self._judge(contrast)
        reach = self.reach(freedom) * error
        if error > 0:
            p = float(2 * special.stdtr(freedom, -abs(estimate) / error))
        else:  # a series without any noise
            p = 1.0 if abs(estimate) <= 1e-9 * np.nanmax(np.abs(self.observed)) else 0.0
        numbers = np.array([estimate, estimate - reach, estimate + reach])
        estimate, lower, upper = (float(x) for x in (np.exp(numbers) if self.ratio else numbers))
        return Effect(estimate, lower, upper, p)

    def reach(self, freedom: float) -> float:
        """Return the standard errors to each end of an interval."""
        return max(float(special.stdtrit(freedom, (1 + self.confidence) / 2)), self.least)

    def _judge(self, contrast: Floats) -> tuple[float, float, float]:
        fit = self.fit
        variance = max(float(contrast @ fit.covariance @ contrast), 0.0)
        return float(contrast @ fit.coefficients), float(np.sqrt(variance)), fit.freedom(contrast)

    def smallest_change(self) -> float:
        _, error, freedom = self._judge(self.design.now)
        quantiles = self.reach(freedom) + special.stdtrit(freedom, POWER)
        return float(np.exp(quantiles * error) if self.ratio else quantiles * error)

    def series(self) -> pd.DataFrame:
        """Return values, fitted values and the counterfactual with its interval."""
        design = self.design
        judged = np.array([self._judge(row) for row in design.without_change[design.before :]])
        reach = np.array([self.reach(freedom) for freedom in judged[:, 2]]) * judged[:, 1]
        lines = np.stack([judged[:, 0], judged[:, 0] - reach, judged[:, 0] + reach])
        fitted = design.matrix @ self.fit.coefficients
        if self.ratio:
            lines, fitted = np.exp(lines), np.exp(fitted)
        without = np.concatenate([np.full((3, design.before), np.nan), lines], axis=1)
        names = ["counterfactual", "lower", "upper"]
        columns = dict(zip(names, without, strict=True))
        return pd.DataFrame({"value": self.observed, "fitted": fitted, **columns}, index=self.index)

    def result(self, method: Method, *, strong: bool) -> InterruptedSeries:
        design, neutral = self.design, 1.0 if self.ratio else 0.0
        before, after = (int((~np.isnan(part)).sum()) for part in np.split(self.observed, [design.before]))
        now = self.effect(design.now)
        _, error, freedom = self._judge(design.now)
        enough = min(before, after) >= FEWEST_FOR_VERDICT
        return InterruptedSeries(
            method=method,
            scale="ratio" if self.ratio else "difference",
            verdict=_verdict(now, neutral) if enough else "too early",
            strong=strong,
            before=before,
            after=after,
            trend=self.effect(design.trend),
            level=self.effect(design.level),
            slope=None if design.slope is None else self.effect(design.slope),
            now=now,
            smallest_change=self.smallest_change(),
            error=error,
            freedom=freedom,
            confidence=self.confidence,
            reach=self.reach(freedom),
            autocorrelation=self.fit.autocorrelation,
            dispersion=self.fit.dispersion,
            seasonal=design.seasonal,
            follows_extreme=follows_extreme(self.observed, design.before, now.estimate - neutral),
            series=self.series(),
        )


def _verdict(now: Effect, neutral: float) -> Verdict:
    if now.p == 1:  # a series without any noise, where rounding alone moves the interval off no effect
        return "no change seen"
    if now.lower > neutral:
        return "rise"
    return "fall" if now.upper < neutral else "no change seen"
