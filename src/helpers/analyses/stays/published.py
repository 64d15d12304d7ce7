"""Length of stay from published statistics: crude, not adjusted, for every trust that both returns share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from helpers.bundle import Cell, Column
from helpers.data.published_stays import FEWEST_ADMISSIONS, published_stays
from helpers.errors import DataError, Problem
from helpers.phrases import bulleted, phrase
from helpers.report.age import age_sentence, good_until
from helpers.report.charts import rates as charts_rates
from helpers.report.period import Period, add_months
from helpers.report.sections import Sections
from helpers.report.shown import Shown
from helpers.report.words import count, days, number, sentence
from helpers.stats import los

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from helpers.report.opening import Report

#: quarters of the first year of the pandemic, by their first days
PANDEMIC = ((2020, 4), (2021, 3))
_CRUDE = "crude, not adjusted for who the patients were"


@dataclass(frozen=True)
class Place:
    """A trust's mean stay beside the others': days."""

    own: float
    pooled: float
    unweighted: float
    best_quarter: float
    trusts: int


def stay_sentence(trust: str, quarter: str, place: Place) -> str:
    """Say how the crude stay lies to the pooled mean and to the best quarter of trusts.

    >>> stay_sentence("Northmoor", "July to September 2020", Place(4.83, 4.1, 4.0, 3.24, 126))[:72]
    'In July to September 2020 a stay at Northmoor lasted 4.8 days, 0.7 days '
    """
    gap = place.own - place.pooled  # of the exact means, rounded once: as printed, they may seem 0.1 apart
    longer = "longer" if gap > 0 else "shorter"
    side = f"{days(abs(gap))} {longer} than"
    if number(gap, 1) == "0.0":
        alike = number(place.own, 1) == number(place.pooled, 1)
        side = "the same as" if alike else f"hardly {longer} than"
    return sentence(
        f"in {quarter} a stay at {trust} lasted {days(place.own)}, {side} the mean of {days(place.pooled)} over "
        f"all patients of {count(place.trusts, 'trust')}; the best quarter of trusts keeps to "
        f"{days(place.best_quarter)} or less"
    )


class PublishedStay(Sections):
    """The sections of the report on published beds and admissions.

    Parameters
    ----------
    report
        The open report; its period ends with the last month of a quarter.

    Raises
    ------
    DataError
        Where the trust has no beds or no whole quarter of admissions, or too few to be compared.
    """

    def __init__(self, report: Report) -> None:
        self.quarter = add_months(report.period.last, -2)
        own = (report.organisation.code, *report.organisation.predecessors)
        self.all_quarters = published_stays(report.mart, own)
        frame = self.all_quarters[self.all_quarters["quarter"] == self.quarter]
        self.returned = len(frame)
        self.trusts = frame[frame["admissions"] > FEWEST_ADMISSIONS].set_index("org_code")
        if report.organisation.code not in self.trusts.index:
            raise DataError(
                Problem(
                    f"{report.organisation.code}, {_quarter_words(self.quarter)}",
                    "no quarter with both beds and admissions that can be compared",
                    f"KH03 beds and more than {FEWEST_ADMISSIONS:,} admissions in HES of the same quarter",
                    "choose another quarter, or load both files",
                )
            )
        sources = {*self.trusts["beds_source"], *self.trusts["admissions_source"]}
        super().__init__(report, [f"measure_values/{source}" for source in sorted(map(str, sources))])

    @cached_property
    def own(self) -> pd.Series:
        """The trust's row of the quarter."""
        return self.trusts.T[self.report.organisation.code]

    @cached_property
    def stays(self) -> pd.Series:
        """Mean stay of each compared trust in days."""
        return self.trusts["bed_days"] / self.trusts["admissions"]

    @cached_property
    def place(self) -> Place:
        """The trust among all compared ones."""
        stays, sums = self.trusts["admissions"], self.trusts["bed_days"]
        return Place(
            float(self.stays[self.report.organisation.code]),
            los.pooled_mean(stays, sums),
            los.unweighted_mean(stays, sums),
            los.best_quartile(stays, sums),
            len(self.trusts),
        )

    def headline(self) -> Shown:
        """What a board should know first."""
        first = pd.Timestamp(str(self.quarter)).date()
        period, today = Period(first, add_months(first, 2)), self.report.today
        lines = [age_sentence(period, today), f"**{self._words()}**", sentence(f"the figure is {_CRUDE}")]
        if self._pandemic(self.quarter):
            lines.append(
                "The quarter lies in the first year of the pandemic: fewer and sicker patients were admitted, so "
                "neither level nor order of the trusts is typical."
            )
        lines.append(
            f"Means of {count(self.place.trusts, 'trust')}: {number(self.place.pooled, 2)} days over all patients, "
            f"{number(self.place.unweighted, 2)} days with every trust counting once."
        )
        said, until = "\n\n".join(line for line in lines if line), good_until(period).isoformat()
        bundle = self.report.bundle(
            "headline", "headline", within=self.within, markdown=said, good_until=until
        )
        return Shown(bundle)

    def _words(self) -> str:
        return stay_sentence(self.report.organisation.name, _quarter_words(self.quarter), self.place)

    @staticmethod
    def _pandemic(quarter: object) -> bool:
        when = pd.Timestamp(str(quarter))
        return PANDEMIC[0] <= (when.year, when.month) <= PANDEMIC[1]

    def means(self) -> Shown:
        """Table: beds, bed-days, admissions and mean stay, here and elsewhere."""
        place, own, sums = self.place, self.own, self.trusts.sum(numeric_only=True)
        columns = (
            Column(label="Trusts"),
            Column(label="Beds occupied", kind="rate", digits=1),
            Column(label="Bed-days", kind="rate"),
            Column(label="Admissions", kind="count"),
            _days("Mean stay"),
        )
        rows: list[tuple[Cell, ...]] = [
            ("This trust", float(own["occupied"]), float(own["bed_days"]), float(own["admissions"]), place.own),
            ("All, every patient counting once", float(sums["occupied"]), float(sums["bed_days"]),
             float(sums["admissions"]), place.pooled),
            ("All, every trust counting once", None, None, None, place.unweighted),
            ("Best quarter of trusts, at most", None, None, None, place.best_quarter),
        ]  # fmt: skip
        caption = f"Crude mean stay, {_quarter_words(self.quarter)}."
        return self.table("tbl-means", caption, columns, rows)

    def trusts_chart(self) -> Shown:
        """Figure: the crude stay of every trust, lowest first."""
        table = self.stays.sort_values()
        columns = (Column(label="Trust"), _days("Mean stay"))
        rows = [(str(code), float(value)) for code, value in table.items()]
        return self.figure(
            "fig-trusts",
            self._chart,
            caption=f"Crude mean stay of {count(len(table), 'trust')}, {_quarter_words(self.quarter)}.",
            alt=f"Dots from {days(rows[0][1])} to {days(rows[-1][1])}. {self._words()}",
            data=(columns, rows),
        )

    def _chart(self) -> Figure:
        values = self.stays.to_numpy(dtype=float)
        own = list(self.stays.index).index(self.report.organisation.code)
        lines = [("best quarter", self.place.best_quarter), ("mean, all patients", self.place.pooled)]
        label = f"{self.report.organisation.code}: {days(self.place.own)}"
        return charts_rates.caterpillar_chart(
            values, (values, values), own, label=label, lines=lines, unit="days"
        )

    def quarters(self) -> Shown:
        """Table: every quarter with both returns, the trust beside all."""
        frame = self.all_quarters[self.all_quarters["admissions"] > FEWEST_ADMISSIONS]
        rows: list[tuple[Cell, ...]] = []
        for quarter, part in frame.groupby("quarter"):
            own = part[part["org_code"] == self.report.organisation.code]
            mean = float(own["bed_days"].iloc[0] / own["admissions"].iloc[0]) if len(own) else None
            pooled = los.pooled_mean(part["admissions"], part["bed_days"])
            unweighted = los.unweighted_mean(part["admissions"], part["bed_days"])
            note = "first year of the pandemic" if self._pandemic(quarter) else ""
            rows.append((_quarter_words(quarter), len(part), mean, pooled, unweighted, note))
        columns = (
            Column(label="Quarter"), Column(label="Trusts compared", kind="rate"), _days("This trust"),
            _days("All patients"), _days("Every trust once"), Column(label="Note", kind="text"),
        )  # fmt: skip
        return self.table("tbl-quarters", "Crude mean stay by quarter.", columns, rows)

    def method(self) -> Shown:
        """What was counted, and why it is crude."""
        length = int(self.own["days"])
        points = [
            phrase("method.published_stay.bed_days", days=length, returned=count(self.returned, "trust")),
            phrase(
                "method.published_stay.stays", fewest_admissions=FEWEST_ADMISSIONS, trusts=self.place.trusts
            ),
            phrase("method.published_stay.crude"),
            phrase("method.published_stay.two_returns"),
            phrase("method.published_stay.rounded"),
        ]
        return self.text("method", bulleted(points))


def _days(label: str) -> Column:
    return Column(label=label, kind="rate", unit="days", digits=2)


def _quarter_words(quarter: object) -> str:
    """Return a quarter, by its first day, as a reader says it.

    >>> _quarter_words("2020-07-01")
    'July to September 2020'
    """
    first = pd.Timestamp(str(quarter)).date()
    return f"{first:%B} to {add_months(first, 2):%B %Y}"
