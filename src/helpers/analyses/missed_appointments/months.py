"""The rate of missed appointments month by month."""

from __future__ import annotations

from functools import cached_property, partial
from typing import Final

import numpy as np

from helpers.analyses.missed_appointments import words as dna_words
from helpers.analyses.missed_appointments.findings import PER_CENT
from helpers.analyses.missed_appointments.other_trusts import RATE
from helpers.analyses.missed_appointments.rates import RateSection
from helpers.bundle import Cell, Column
from helpers.data.policy import policy_for
from helpers.phrases import phrase
from helpers.report import controlled
from helpers.report.charts import rates as charts_rates
from helpers.report.charts.rates import Floats, RateMonths
from helpers.report.controlled_charts import lines_may_be_drawn
from helpers.report.parts import Field, Part
from helpers.report.words import count

TREND: Final = (
    Field("month", Column(label="Month", kind="date"), "first day of the month"),
    RATE,
    Field("lower", Column(label="Lower limit", kind="model", unit="%", digits=1)),
    Field("upper", Column(label="Upper limit", kind="model", unit="%", digits=1)),
    Field("signal", Column(label="Signal", kind="text"), "whether the month lies beyond a limit"),
)


class MonthlyRates(RateSection):
    """The p' chart of the monthly rate."""

    @cached_property
    def part(self) -> Part:
        """Figure and sentence."""
        if not self._months_may_be_marked:
            words = {
                "no_chart": phrase("reasons.missed.no_months"),
                "no_trend": phrase("reasons.missed.no_trend"),
            }
            return self.made.part("trend", fields=TREND, words=words)
        months, events = self.found.own_months, self.found.events_in_trend.drawn
        first, last = months.index[0], months.index[-1]
        return self.made.part(
            "trend",
            fields=TREND,
            rows=self._rows(),
            caption=f"Rate of missed appointments per month, {first:%B %Y} to {last:%B %Y}.",
            alt=f"Control chart (p') of {count(len(months), 'month')} with the limits of its ordinary variation.",
            words={"latest": self._words()},
            chart=partial(charts_rates.rate_months_chart, self._drawn, unit="% missed", events=events),
        )

    def _rows(self) -> list[tuple[Cell, ...]]:
        drawn, kinds = self._drawn, {1: "above the upper limit", -1: "below the lower limit"}
        months = self.found.own_months.index
        lines = (map(controlled.finite, line) for line in (drawn.lower, drawn.upper))
        signals = (kinds.get(int(side), "") for side in drawn.outside)
        return [
            (f"{when:%Y-%m}", cell, *controlled.derived(row, [cell] * 3))
            for when, cell, *row in zip(months, self._cells, *lines, signals, strict=True)
        ]

    @cached_property
    def _drawn(self) -> RateMonths:
        centre, lower, upper = self._lines
        outside = np.where(np.isfinite(centre), self.found.trend.outside, 0)
        return RateMonths(tuple(self.found.own_months.index), self._shown, centre, lower, upper, outside)

    @cached_property
    def _cells(self) -> list[Cell]:
        months = self.found.own_months
        known = months["booked"].notna()
        shares = controlled.percentages(months["dnas"][known], months["booked"][known], self.made.origin)
        if self.found.basis == "records":
            told = [self.found.told.cells(month=day) for day in months.index[known]]
            shares = controlled.derived(shares, *([pair[side] for pair in told] for side in (0, 1)))
        cells = iter(shares)
        return [next(cells) if there else None for there in known]

    @cached_property
    def _months_may_be_marked(self) -> bool:
        """Whether it may be said which months are hidden, beside the totals of this report and earlier ones."""
        spans = self.found.period.spans(self.found.own_months["dnas"])
        return all(controlled.leave_values_open(span, sum(span), self.made.origin) for span in spans)

    @cached_property
    def _shown(self) -> Floats:
        return np.array(
            [cell if isinstance(cell, int | float) else np.nan for cell in self._cells], dtype=float
        )

    @cached_property
    def _lines(self) -> list[Floats]:
        """Centre and limits as they may be drawn: rounded as they are listed, none that tells a hidden month.

        The width of the limits follows a month's own appointments, so a hidden month has none.
        """
        chart, shown = self.found.trend, self._shown
        drawn = lines_may_be_drawn(chart.values, shown, chart.segment, self.made.origin)
        if policy_for(self.made.origin).controls:
            drawn = drawn & np.isfinite(shown)
        lines = (chart.centre, chart.lower, chart.upper)
        return [np.where(drawn, np.round(PER_CENT * line, 1), np.nan) for line in lines]

    def _words(self) -> str:
        chart, cells = self.found.trend, self._cells
        there = [place for place, cell in enumerate(cells) if cell is not None]
        place = there[-1]
        when = self.found.own_months.index[place]
        if isinstance(cells[place], int | float) and not np.isfinite(self._lines[0][place]):
            return dna_words.rate_without_limits(when, cells[place])
        return dna_words.trend_sentence(
            when, cells[place], int(chart.outside[place]), shifted=chart.tests[-1].signal, points=len(there)
        )
