"""Length of stay against a benchmark (methods, section 4): pure functions on sums and stays."""

from helpers.stats.los.benchmarks import (
    best_quartile,
    crude_deviation,
    peer_median,
    pooled_mean,
    trust_means,
    unweighted_mean,
)
from helpers.stats.los.intervals import FEWEST_CLUSTERS, expected_variance, ratio_interval
from helpers.stats.los.model import (
    AdjustedRatio,
    ModelVerdict,
    adjusted_ratio,
    compare_with_model,
    conclusion,
)
from helpers.stats.los.opportunity import Opportunity, excess_beds, excess_cost, opportunity
from helpers.stats.los.split import kitagawa, split_deviation
from helpers.stats.los.standardise import (
    FEWEST_COMPARATOR_SPELLS,
    STRATA,
    UNMATCHED,
    fallback_spells,
    match_comparators,
    observed_expected,
    standardise,
)
from helpers.stats.los.tails import LONG_STAYS, ZeroDayStays, long_stays, zero_day_stays
from helpers.stats.los.trim import SHORTEST_TRIM_POINT, trim_points, trim_stays
