"""Did the change work? Interrupted time series (methods, section 8)."""

from helpers.stats.interrupted_series.checks import placebo_dates, smallest_detectable_change
from helpers.stats.interrupted_series.design import FEWEST_FOR_SEASON, FEWEST_FOR_VERDICT, Shape
from helpers.stats.interrupted_series.elsewhere import FEWEST_ELSEWHERE, Elsewhere, effects_elsewhere
from helpers.stats.interrupted_series.extreme import follows_extreme
from helpers.stats.interrupted_series.result import (
    Effect,
    InterruptedSeries,
    interrupted_counts,
    interrupted_series,
)
from helpers.stats.interrupted_series.segmented import segmented
