"""`length_of_stay` and `published_stay`: from records, and from published statistics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from helpers.analyses.stays.length_of_stay import LengthOfStay
from helpers.analyses.stays.options import LONG_STAY, ORDINARY, BenchmarkName, StayOptions
from helpers.analyses.stays.published import PublishedStay
from helpers.report.analyses_in_room import analyse_in_room
from helpers.report.arguments import names_near_misses
from helpers.report.report import Report


@names_near_misses
def length_of_stay(
    report: Report,
    *,
    where: Mapping[str, Any] = ORDINARY,
    benchmark: BenchmarkName = "national_mean",
    target_days: float | None = None,
    zero_day_stays: bool = True,
    trim: Literal["none", "fixed", "upper_quartile"] = "none",
    trim_days: float | None = None,
    occupancy: float = 0.92,
    bed_day_cost: float | None = None,
    long_stay_days: int = LONG_STAY,
) -> LengthOfStay:
    """Return how long patients stay compared with a benchmark, in the report's specialty or in all.

    Parameters
    ----------
    report
        The open report.
    where
        Which spells are stays, as `report.records` takes it: `{"patient_class": "ordinary"}`, and for emergencies
        alone `{"patient_class": "ordinary", "admission_method": "emergency"}`; here and at all other trusts.
    benchmark
        What the mean is compared with.
    target_days
        Days, with the benchmark `target`.
    zero_day_stays
        Whether stays of no night count.
    trim, trim_days
        How long one stay may count: not limited, so many days, or up to the trim point of like patients.
    occupancy
        Share of beds in use that is planned for.
    bed_day_cost
        Pounds; None leaves cost out.
    long_stay_days
        From how many days on a stay is long.

    Raises
    ------
    UsageError
        With every option that cannot be.
    DataError
        Where there are no stays, or so few that no figure on them may be shown.
    """
    options = StayOptions(
        specialty=report.specialty,
        where=dict(where),
        benchmark=benchmark,
        target_days=target_days,
        zero_day_stays=zero_day_stays,
        trim=trim,
        trim_days=trim_days,
        occupancy=occupancy,
        bed_day_cost=bed_day_cost,
        long_stay_days=long_stay_days,
    )
    return analyse_in_room(LengthOfStay, report.apart(), options)


@names_near_misses
def published_stay(report: Report) -> PublishedStay:
    """Return the crude stay from published beds and admissions, a quarter at a time."""
    return PublishedStay(report.apart())
