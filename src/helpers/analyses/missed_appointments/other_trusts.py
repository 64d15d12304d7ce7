"""The rate of missed appointments of every trust, where this one lies among them, and month by month."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from helpers.analyses.missed_appointments import words as dna_words
from helpers.analyses.missed_appointments.findings import PER_CENT
from helpers.analyses.missed_appointments.rates import COUNTS, ENDS, RateSection
from helpers.bundle import SUPPRESSED, Cell, Column
from helpers.data.policy import policy_for
from helpers.phrases import phrase
from helpers.report import controlled
from helpers.report.charts import rates as charts_rates
from helpers.report.charts.rates import Floats, RateMonths
from helpers.report.controlled_charts import WITHOUT_LIMITS, lines_may_be_drawn
from helpers.report.parts import Field, Part
from helpers.report.words import count, interval, month, number
from helpers.stats.rates import proportion

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure


#: of one trust among others
RATE: Final = Field("rate", Column(label="Missed", kind="rate", unit="%", digits=2), COUNTS[-1].about)
PEERS: Final = (
    Field("trust", Column(label="Trust")),
    RATE,
    *ENDS,
    Field(
        "limits",
        Column(label="Allowing for chance", kind="text"),
        "high, low or within the 99.8% limits; empty where trusts vary far more than chance and none are drawn",
    ),
)


class PeerRates(RateSection):
    """Every trust's rate; a caterpillar where chance explains nothing, else a funnel."""

    @cached_property
    def part(self) -> Part:
        """Figure and sentences."""
        if not self.found.comparable:
            return self.made.part("peers", fields=PEERS, none=phrase("reasons.missed.too_few_trusts"))
        table = self._visible
        kind = "Each trust's rate with its 95% interval" if self._is_caterpillar else "Funnel of rates"
        trusts = count(len(table), "trust")
        return self.made.part(
            "peers",
            fields=PEERS,
            rows=self._rows(),
            caption=f"{kind}, {trusts}, {self.made.report.period.label}.",
            alt=f"{kind} for {trusts}{self._own_alt}.",
            words=self._words(),
            values={"trusts": len(table)},
            chart=self._caterpillar() if self._is_caterpillar else self._funnel(),
        )

    def _rows(self) -> list[tuple[Cell, ...]]:
        found = self.found.peers
        flags = dict(zip(found.group, found.flag, strict=True))
        return [
            (str(code), float(rate), float(low), float(high), flags[code] if found.adjusted else "")
            for code, rate, low, high in self._visible[["rate", "low", "high"]].itertuples()
        ]

    @property
    def _is_caterpillar(self) -> bool:
        return self.found.peers.advice == "caterpillar"

    @cached_property
    def _visible(self) -> pd.DataFrame:
        """The compared trusts whose figures may be shown, from counts as shown: dnas, booked, rate, low, high."""
        table = self.found.compared
        rates = controlled.percentages(table["dnas"], table["booked"], self.made.origin)
        table = table[[cell != SUPPRESSED for cell in rates]]
        cells = self.found.cells_of_trusts([str(code) for code in table.index])
        shown = pd.DataFrame(cells, columns=["booked", "dnas"], index=table.index)
        shown = shown[(shown != SUPPRESSED).all(axis=1)].astype(float)
        own = proportion(shown["dnas"], shown["booked"], multiplier=PER_CENT)
        return shown.assign(rate=own.value, low=own.lower95, high=own.upper95)

    @property
    def _own_place(self) -> int | None:
        codes = list(self._visible.index)
        own = self.made.report.organisation.code
        return codes.index(own) if own in codes else None

    @property
    def _own_alt(self) -> str:
        return "" if self._own_place is None else f"; this trust's is marked, {self._own_label}"

    @property
    def _own_label(self) -> str:
        place = self._own_place
        rate = "" if place is None else f": {number(float(self._visible['rate'].iloc[place]), 1)}%"
        return f"{self.made.report.organisation.code}{rate}"

    def _caterpillar(self) -> Callable[[], Figure]:
        table = self._visible
        ends = (table["low"].to_numpy(float), table["high"].to_numpy(float))
        other = (
            ("England", self.found.england) if self.found.england else ("all trusts", self.found.all_trusts)
        )
        lines = [("best quarter", self.found.peers.spread.lower_quartile), (other[0], other[1].rate)]
        # a quartile may be one trust's own rate: drawn exactly it would tell the counts behind
        lines = [(name, round(float(rate), RATE.column.digits)) for name, rate in lines]
        return partial(
            charts_rates.caterpillar_chart,
            table["rate"].to_numpy(float),
            ends,
            self._own_place,
            label=self._own_label,
            lines=lines,
            unit="% of appointments missed",
        )

    def _funnel(self) -> Callable[[], Figure]:
        table, found = self._visible, self.found.peers
        x = np.linspace(table["booked"].min() * 0.9, table["booked"].max() * 1.04, 120)
        lines = found.limits_at(x)
        # what leaves the room is rounded as it is listed: exact lines would tell the sums behind
        edges = {
            "95%": (x, lines.lower95.round(2), lines.upper95.round(2)),
            "99.8%": (x, lines.lower998.round(2), lines.upper998.round(2)),
        }
        return partial(
            charts_rates.rate_funnel_chart,
            table["booked"].to_numpy(float),
            table["rate"].to_numpy(float),
            self._own_place,
            edges,
            label=self._own_label,
            centre=round(float(found.target), 2),
            axis_labels=("appointments attended or missed", "% of appointments missed"),
        )

    def _words(self) -> dict[str, str]:
        found, shown = self.found.peers, self._visible["rate"]
        spread = found.spread
        words = {
            "spread": phrase(
                "statements.missed.spread",
                trusts=count(len(found.group), "trust"),
                all=interval(shown.min(), shown.max(), unit="%"),
                half=f"{number(spread.lower_quartile, 1)}% and {number(spread.upper_quartile, 1)}%",
            )
        }
        if self._own_place is not None:
            flag = found.flag[found.group.index(self.made.report.organisation.code)]
            where = self._quarter() if self._is_caterpillar else flag
            words["place"] = dna_words.place_sentence(where, phi=found.dispersion.phi)
        if self.found.not_recorded:
            words["left_out"] = dna_words.left_out_sentence(len(self.found.not_recorded))
        return words

    def _quarter(self) -> str:
        rate, spread = self.found.counts().rate, self.found.peers.spread
        if rate < spread.lower_quartile:
            return "lower quarter"
        return "upper quarter" if rate > spread.upper_quartile else "middle"


# --- month by month --------------------------------------------------------------------------------


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
        words = {"no_chart": phrase("reasons.missed.no_months")}
        if not self._months_may_be_marked:
            return self.made.part(
                "trend", fields=TREND, words=words | {"no_trend": phrase("reasons.missed.no_trend")}
            )
        if self._cells.count(SUPPRESSED) * 2 > len(self._cells) - self._cells.count(None):
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
            return f"In {month(when)} the rate was {number(float(cells[place] or 0), 1)}%. {WITHOUT_LIMITS}"
        return dna_words.trend_sentence(
            when, cells[place], int(chart.outside[place]), shifted=chart.tests[-1].signal, points=len(there)
        )
