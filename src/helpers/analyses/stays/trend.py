"""The trust's mean stay month by month, and the months that are missing in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from helpers.register.models import Event
from helpers.report.period import Period
from helpers.report.trend_events import TrendEvents
from helpers.stats.spc import XmRChart, xmr

#: months of the trend chart: two years before the period's end, or the period where it is longer
TREND_MONTHS = 24


@dataclass(frozen=True)
class StayTrend:
    """The stays of one trust by month."""

    #: sums of the trust by specialty and month: month (its first day), specialty, spells, days; over the two
    #: years that end with the period, or the period where it is longer
    stays: pd.DataFrame
    period: Period
    specialty: str | None  # treatment function code; None for all
    benchmark: float  # target of the chart in days
    registered: Sequence[Event] = ()  # what happened at the trust and may show in its stays

    @staticmethod
    def span(period: Period) -> Period:
        """Return the months that the chart covers."""
        return Period.ending(period.last, max(TREND_MONTHS, period.months))

    @property
    def gaps(self) -> tuple[date, ...]:
        """The months of the period in which the trust recorded no discharge in any specialty."""
        present = set(self.stays["month"])
        return tuple(month for month in self.period.starts if month not in present)

    @cached_property
    def months(self) -> pd.DataFrame:
        """Spells and days by month, indexed by the first day; months without any are missing.

        Begins with the first month in which the trust recorded a discharge in any specialty.
        """
        whole = Period(self.stays["month"].min(), self.period.last)
        stays = self.stays
        chosen = stays if self.specialty is None else stays[stays["specialty"] == self.specialty]
        sums = chosen.groupby("month")[["spells", "days"]].sum()
        return sums.reindex(pd.Index(whole.starts, name="month"))

    @cached_property
    def events(self) -> TrendEvents:
        """The registered events after the first month."""
        return TrendEvents.within(list(self.months.index), self.registered)

    @cached_property
    def chart(self) -> XmRChart:
        """The XmR chart of the monthly mean, the benchmark as its target, from its latest stable stretch."""
        mean = (self.months["days"] / self.months["spells"]).to_numpy(dtype=float)
        dates = np.array(list(self.months.index), dtype="datetime64[D]")
        return xmr(
            mean,
            dates,
            improvement="decrease",
            target=self.benchmark,
            rebase=self.events.restarts,
            settle=True,
        )
