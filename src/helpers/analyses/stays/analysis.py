"""`length_of_stay` and `published_stay`: from records, and from published statistics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from helpers.analyses.stays import comparison, course, notes
from helpers.analyses.stays import groups as by_group
from helpers.analyses.stays.basis import StayBasis
from helpers.analyses.stays.options import LONG_STAY, ORDINARY, BenchmarkName, StayOptions
from helpers.analyses.stays.published import PublishedStay
from helpers.report.analyses_in_room import analyse_in_room
from helpers.report.arguments import names_near_misses
from helpers.report.parts import Headline, part
from helpers.report.report import Report


class LengthOfStay(StayBasis):
    """How long patients stay compared with a benchmark, part by part."""

    @part
    def headline(self) -> Headline:
        """What a board should know first: ratio, worth, origin, latest_month, peers, gaps."""
        latest = self.trend.words.get("latest_month", "")
        words = {
            "ratio": f"**{self.adjusted.words.ratio}**",
            "worth": self.worth.words.certain,
            "origin": self.groups.words.origin,
            "latest_month": f"{latest} {self.trend.words.get('variation', '')}".strip() if latest else "",
            "peers": self.peers.words.place if self.peers.chart else "",
            "gaps": self.quality.words.gaps,
        }
        return self.headline_of(words, {**self.crude.values, **self.adjusted.values})

    counted = part(notes.counted)
    crude = part(comparison.crude)
    split = part(comparison.split)
    adjusted = part(comparison.adjusted)
    model = part(comparison.model)
    worth = part(by_group.worth)
    groups = part(by_group.groups)
    tails = part(by_group.tails)
    trend = part(course.trend)
    peers = part(course.peers)
    method = part(notes.method)
    quality = part(notes.quality)


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
