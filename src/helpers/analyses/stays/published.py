"""Length of stay from published statistics: crude, not adjusted, for every trust that both returns share."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property, partial

import pandas as pd

from helpers.bundle import Cell
from helpers.data.series.published_stays import FEWEST_ADMISSIONS, published_stays
from helpers.errors import DataError
from helpers.phrases import phrase
from helpers.report.charts import rates as charts_rates
from helpers.report.parts import Headline, Part, part
from helpers.report.period import Period, add_months, age_sentence, good_until
from helpers.report.report import Report
from helpers.report.sections import Sections
from helpers.report.words import count, days, number, sentence
from helpers.stats import los

#: quarters of the first year of the pandemic, by their first days
PANDEMIC = ((2020, 4), (2021, 3))


@dataclass(frozen=True)
class StayPlace:
    """A trust's mean stay beside the others': days."""

    own: float
    pooled: float
    unweighted: float
    best_quarter: float
    trusts: int


def stay_sentence(trust: str, quarter: str, place: StayPlace) -> str:
    """Say how the crude stay lies to the pooled mean and to the best quarter of trusts.

    >>> stay_sentence("Northmoor", "July to September 2020", StayPlace(4.83, 4.1, 4.0, 3.24, 126))[:73]
    'In July to September 2020 a stay at Northmoor lasted 4.83 days, 0.73 days'
    """
    # in hundredths, as in the table below: whoever subtracts what is printed gets what is printed
    own, pooled = round(place.own, 2), round(place.pooled, 2)
    gap = round(own - pooled, 2)
    side = f"{number(abs(gap), 2)} days {'longer' if gap > 0 else 'shorter'} than" if gap else "the same as"
    return sentence(
        f"in {quarter} a stay at {trust} lasted {number(own, 2)} days, {side} the mean of {number(pooled, 2)} days "
        f"over all patients of {count(place.trusts, 'trust')}; the best quarter of trusts keeps to "
        f"{number(place.best_quarter, 2)} days or less"
    )


class PublishedStay(Sections):
    """The sections of the report on published beds and admissions; its period ends with the last month of a quarter."""

    def __init__(self, report: Report) -> None:
        self._quarter = add_months(report.period.last, -2)
        own = (report.organisation.code, *report.organisation.predecessors)
        self._all_quarters = published_stays(report.mart, own)
        frame = self._all_quarters[self._all_quarters["quarter"] == self._quarter]
        self._returned = len(frame)
        self._trusts = frame[frame["admissions"] > FEWEST_ADMISSIONS].set_index("org_code")
        if report.organisation.code not in self._trusts.index:
            raise DataError(
                f"{report.organisation.code}, {_quarter_words(self._quarter)}",
                "no quarter with both beds and admissions that can be compared",
                f"KH03 beds and more than {FEWEST_ADMISSIONS:,} admissions in HES of the same quarter",
                "choose another quarter, or load both files",
            )
        sources = {*self._trusts["beds_source"], *self._trusts["admissions_source"]}
        super().__init__(report, [f"measure_values/{source}" for source in sorted(map(str, sources))])

    @cached_property
    def _own(self) -> pd.Series:
        """The trust's row of the quarter."""
        return self._trusts.T[self.report.organisation.code]

    @cached_property
    def _stays(self) -> pd.Series:
        """Mean stay of each compared trust in days."""
        return self._trusts["bed_days"] / self._trusts["admissions"]

    @cached_property
    def _place(self) -> StayPlace:
        """The trust among all compared ones."""
        stays, sums = self._trusts["admissions"], self._trusts["bed_days"]
        return StayPlace(
            float(self._stays[self.report.organisation.code]),
            los.pooled_mean(stays, sums),
            los.unweighted_mean(stays, sums),
            los.best_quartile(stays, sums),
            len(self._trusts),
        )

    @part
    def headline(self) -> Headline:
        """What a board should know first: age, stay, crude, pandemic, means."""
        first = pd.Timestamp(str(self._quarter)).date()
        period = Period(first, add_months(first, 2))
        place = self._place
        words = {
            "age": age_sentence(period, self.report.today),
            "stay": f"**{self._words}**",
            "crude": sentence("the figure is crude, not adjusted for who the patients were"),
            "pandemic": phrase("statements.published_stay.pandemic") if _in_pandemic(self._quarter) else "",
            "means": f"With every trust counting once the mean is {number(place.unweighted, 2)} days.",
        }
        return self.headline_of(words, asdict(place), until=good_until(period))

    @property
    def _words(self) -> str:
        return stay_sentence(self.report.organisation.name, _quarter_words(self._quarter), self._place)

    @part
    def means(self) -> Part:
        """Beds, bed-days, admissions and mean stay, here and elsewhere."""
        place, own, sums = self._place, self._own, self._trusts.sum(numeric_only=True)
        rows: list[tuple[Cell, ...]] = [
            ("This trust", float(own["occupied"]), float(own["bed_days"]), float(own["admissions"]), place.own),
            ("All, every patient counting once", float(sums["occupied"]), float(sums["bed_days"]),
             float(sums["admissions"]), place.pooled),
            ("All, every trust counting once", None, None, None, place.unweighted),
            ("Best quarter of trusts, at most", None, None, None, place.best_quarter),
        ]  # fmt: skip
        caption = f"Crude mean stay, {_quarter_words(self._quarter)}."
        return self.part(
            "means",
            rows=rows,
            caption=caption,
            values=asdict(place),
        )

    @part
    def trusts(self) -> Part:
        """The crude stay of every trust, lowest first."""
        table, code = self._stays.sort_values(), self.report.organisation.code
        rows = [(str(each), float(value)) for each, value in table.items()]
        values = self._stays.to_numpy(dtype=float)
        return self.part(
            "trusts",
            rows=rows,
            caption=f"Crude mean stay of {count(len(table), 'trust')}, {_quarter_words(self._quarter)}.",
            alt=f"Dots from {days(rows[0][1])} to {days(rows[-1][1])}. {self._words}",
            chart=partial(
                charts_rates.caterpillar_chart,
                values,
                (values, values),
                list(self._stays.index).index(code),
                label=f"{code}: {days(self._place.own)}",
                lines=[
                    ("best quarter", self._place.best_quarter),
                    ("mean, all patients", self._place.pooled),
                ],
                unit="days",
            ),
        )

    @part
    def quarters(self) -> Part:
        """Every quarter with both returns, the trust beside all."""
        frame = self._all_quarters[self._all_quarters["admissions"] > FEWEST_ADMISSIONS]
        rows: list[tuple[Cell, ...]] = []
        for quarter, each in frame.groupby("quarter"):
            own = each[each["org_code"] == self.report.organisation.code]
            mean = float(own["bed_days"].iloc[0] / own["admissions"].iloc[0]) if len(own) else None
            pooled = los.pooled_mean(each["admissions"], each["bed_days"])
            unweighted = los.unweighted_mean(each["admissions"], each["bed_days"])
            note = "first year of the pandemic" if _in_pandemic(quarter) else ""
            first = f"{pd.Timestamp(str(quarter)):%Y-%m}"
            rows.append((_quarter_words(quarter), len(each), mean, pooled, unweighted, note, first))
        return self.part(
            "quarters",
            rows=rows,
            caption="Crude mean stay by quarter.",
        )

    @part
    def method(self) -> Part:
        """What was counted, and why it is crude, point by point."""
        length, returned = int(self._own["days"]), count(self._returned, "trust")
        words = {
            "bed_days": phrase("method.published_stay.bed_days", days=length, returned=returned),
            "stays": phrase(
                "method.published_stay.stays",
                fewest_admissions=FEWEST_ADMISSIONS,
                trusts=self._place.trusts,
            ),
            "crude": phrase("method.published_stay.crude"),
            "two_returns": phrase("method.published_stay.two_returns"),
            "rounded": phrase("method.published_stay.rounded"),
        }
        return self.part("method", words=words, bulleted=True)


def _in_pandemic(quarter: object) -> bool:
    when = pd.Timestamp(str(quarter))
    return PANDEMIC[0] <= (when.year, when.month) <= PANDEMIC[1]


def _quarter_words(quarter: object) -> str:
    """Return a quarter, by its first day, as a reader says it: "July to September 2020"."""
    first = pd.Timestamp(str(quarter)).date()
    return f"{first:%B} to {add_months(first, 2):%B %Y}"
