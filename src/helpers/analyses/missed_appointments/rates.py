"""The sections of the DNA report on what is happening: rates, peers, months, specialties, who misses."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.analyses.missed_appointments import words as dna_words
from helpers.analyses.missed_appointments.findings import PER_CENT, Counts, DnaFindings
from helpers.analyses.missed_appointments.options import DnaOptions
from helpers.bundle import SUPPRESSED, Cell, Column
from helpers.data.appointments import ALL, FIRST, FOLLOW_UP, MOST_HIDDEN
from helpers.data.policy import policy_for
from helpers.report import controlled
from helpers.report.charts import rates as charts_rates
from helpers.report.charts.rates import Floats, RateMonths
from helpers.report.controlled_charts import lines_may_be_drawn
from helpers.report.sections import Sections
from helpers.report.shown import Shown
from helpers.report.words import count, number
from helpers.stats.rates import proportion

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from helpers.report.opening import Report

#: the register's name of what this report is about
MEASURE = "dna_rate"
_PARTS = {FIRST: "First appointments", FOLLOW_UP: "Follow-ups"}
_RATE = Column(label="Missed", kind="rate", unit="%", digits=2)
_ENDS = (
    Column(label="95% from", kind="model", unit="%", digits=2),
    Column(label="to", kind="model", unit="%", digits=2),
)
_TOO_FEW_TRUSTS = "Too few trusts have figures for a comparison."


class DnaRates(Sections):
    """What is happening: everything but the scenario.

    Parameters
    ----------
    report
        The open report.
    options
        What the parameter file asks for.
    """

    def __init__(self, report: Report, options: DnaOptions) -> None:
        events = report.register.events_of(MEASURE, report.organisation.code)
        self.options = options
        self.found = DnaFindings(
            report.mart, report.organisation, report.period, options, events=events, ask=report.ask
        )
        super().__init__(report, self.found.datasets)

    # --- rates ------------------------------------------------------------------------------------

    def rates(self) -> Shown:
        """Table: appointments, missed ones and the rate, by kind, here and elsewhere."""
        rows = self._kind_rows()
        if self.found.england:
            rows.append(self._rate_row("England, all providers", self.found.england))
        if self.found.comparable:
            every = self.found.all_trusts
            cells = self.found.cells_of_all_trusts
            rows.append(self._rate_row("All trusts that record missed appointments", every, cells))
        columns = (
            Column(label="Appointments"),
            Column(label="Attended or missed", kind="count"),
            Column(label="Missed", kind="count"),
            Column(label="Rate", kind="rate", unit="%", digits=2),
            *_ENDS,
        )
        caption = f"Appointments missed without notice, {self.report.period.label}{self._covered_words()}."
        return self.table("tbl-rates", caption, columns, rows, note=self._bounds_note())

    @property
    def _covered(self) -> tuple[int, int] | None:
        """How many months have published figures, of how many; None where all have."""
        own, whole = self.found.counts().months, self.report.period.months
        return (own, whole) if self.found.basis == "published" and own < whole else None

    def _covered_words(self) -> str:
        return f": {count(self._covered[0], 'month')} of {self._covered[1]}" if self._covered else ""

    def _bounds_note(self) -> str:
        """Say which sums are bounds, and how many trusts lack months."""
        table, words = self.found.compared, []
        if bounded := int((table["hidden"] > 0).sum()):
            words.append(
                f"At least: numbers from 1 to {MOST_HIDDEN} that the publisher has hidden are left out, in "
                f"months of {count(bounded, 'trust')}."
            )
        lacking = int((table["months"] < self.report.period.months).sum())
        if lacking and self.found.basis == "published":
            lack = "lacks" if lacking == 1 else "lack"
            words.append(
                f"{count(lacking, 'trust').capitalize()} {lack} months and count with those they have."
            )
        return " ".join(words)

    def _kind_rows(self) -> list[tuple[Cell, ...]]:
        """All appointments, then its parts, so that no star can be told from the sum."""
        kinds = {ALL: "All appointments", **_PARTS}
        counts = {kind: self.found.counts(kind) for kind in kinds}
        return [
            self._rate_row(words, counts[kind], self.found.cells(kind))
            for kind, words in kinds.items()
            if kind == ALL or counts[kind].booked
        ]

    def _rate_row(
        self, label: str, counts: Counts, cells: tuple[Cell, Cell] | None = None
    ) -> tuple[Cell, ...]:
        """Return a row of the table; without cells the counts are shown as they are."""
        label = f"{label}, at least" if counts.hidden else label
        booked, missed = cells or (counts.booked, counts.missed)
        if not counts.booked:
            return (label, 0, 0, None, None, None)
        shares = controlled.percentages([counts.missed], [counts.booked], self.origin)
        rate = controlled.derived(shares, [booked], [missed])[0]
        if not isinstance(rate, int | float):
            return (label, booked, missed, rate, rate, rate)
        return (label, booked, missed, rate, *_wilson(float(missed or 0), float(booked or 0)))

    def say_rates(self) -> Shown:
        """The rate in words, and against others."""
        return self.text("say-rates", self._rate_words())

    def _rate_words(self) -> str:
        own, trust = self.found.shown(), self.report.organisation.name
        if not self.found.recorded:
            return dna_words.not_recorded_sentence(trust, SUPPRESSED if own is None else own.rate)
        if own is None:
            return dna_words.HIDDEN
        words = dna_words.rate_sentence(
            trust,
            own.missed,
            own.booked,
            own.rate,
            _wilson(own.missed, own.booked),
            hidden=own.hidden,
            covered=self._covered,
        )
        if not self.found.comparable:
            return words
        other = self.found.england or self.found.all_trusts
        name = "England's" if self.found.england else "the trusts' common rate of"
        best = self.found.peers.spread.lower_quartile
        excess = self.found.above_best_quarter(own)
        return f"{words} {dna_words.compared_sentence(own.rate, other.rate, name, best, excess)}"

    # --- peers ------------------------------------------------------------------------------------

    def peers(self) -> Shown:
        """Figure: every trust's rate; a caterpillar where chance explains nothing, else a funnel."""
        if not self.found.comparable:
            return self.text("fig-peers", _TOO_FEW_TRUSTS)
        found, table = self.found.peers, self._visible_peers
        flags = dict(zip(found.group, found.flag, strict=True))
        rows: list[tuple[Cell, ...]] = [
            (str(code), float(rate), float(low), float(high), flags[code] if found.adjusted else "")
            for code, rate, low, high in table[["rate", "low", "high"]].itertuples()
        ]
        columns = (
            Column(label="Trust"), _RATE, *_ENDS, Column(label="Against the 99.8% limits", kind="text"),
        )  # fmt: skip
        chart = self._caterpillar if self._is_caterpillar else self._funnel
        kind = "Each trust's rate with its 95% interval" if self._is_caterpillar else "Funnel of rates"
        return self.figure(
            "fig-peers",
            chart,
            caption=f"{kind}, {count(len(table), 'trust')}, {self.report.period.label}.",
            alt=f"{kind} for {count(len(table), 'trust')}. {self._peer_words()}",
            data=(columns, rows),
        )

    @property
    def _is_caterpillar(self) -> bool:
        return self.found.peers.advice == "caterpillar"

    @cached_property
    def _visible_peers(self) -> pd.DataFrame:
        """The compared trusts whose figures may be shown, from counts as shown: dnas, booked, rate, low, high."""
        table = self.found.compared
        rates = controlled.percentages(table["dnas"], table["booked"], self.origin)
        table = table[[cell != SUPPRESSED for cell in rates]]
        cells = self.found.cells_of_trusts([str(code) for code in table.index])
        shown = pd.DataFrame(cells, columns=["booked", "dnas"], index=table.index)
        shown = shown[(shown != SUPPRESSED).all(axis=1)].astype(float)
        own = proportion(shown["dnas"], shown["booked"], multiplier=PER_CENT)
        return shown.assign(rate=own.value, low=own.lower95, high=own.upper95)

    @property
    def _own_place(self) -> int | None:
        codes = list(self._visible_peers.index)
        own = self.report.organisation.code
        return codes.index(own) if own in codes else None

    def _caterpillar(self) -> Figure:
        table = self._visible_peers
        ends = (table["low"].to_numpy(float), table["high"].to_numpy(float))
        other = (
            ("England", self.found.england) if self.found.england else ("all trusts", self.found.all_trusts)
        )
        lines = [("best quarter", self.found.peers.spread.lower_quartile), (other[0], other[1].rate)]
        # a quartile may be one trust's own rate: drawn exactly it would tell the counts behind
        lines = [(name, round(rate, _RATE.digits)) for name, rate in lines]
        return charts_rates.caterpillar_chart(
            table["rate"].to_numpy(float), ends, self._own_place, label=self._own_label, lines=lines,
            unit="% of appointments missed",
        )  # fmt: skip

    def _funnel(self) -> Figure:
        table, found = self._visible_peers, self.found.peers
        x = np.linspace(table["booked"].min() * 0.9, table["booked"].max() * 1.04, 120)
        lines = found.limits_at(x)
        limits = {"95%": (x, lines.lower95, lines.upper95), "99.8%": (x, lines.lower998, lines.upper998)}
        return charts_rates.rate_funnel_chart(
            table["booked"].to_numpy(float), table["rate"].to_numpy(float), self._own_place, limits,
            label=self._own_label, centre=found.target,
            axis_labels=("appointments attended or missed", "% of appointments missed"),
        )  # fmt: skip

    @property
    def _own_label(self) -> str:
        place = self._own_place
        rate = "" if place is None else f": {number(float(self._visible_peers['rate'].iloc[place]), 1)}%"
        return f"{self.report.organisation.code}{rate}"

    def say_peers(self) -> Shown:
        """The place among the trusts in words."""
        return self.text("say-peers", self._peer_words())

    def _peer_words(self) -> str:
        if not self.found.comparable:
            return _TOO_FEW_TRUSTS
        found = self.found.peers
        spread, shown = found.spread, self._visible_peers["rate"]
        words = [
            dna_words.spread_sentence(
                len(found.group),
                float(shown.min()),
                (spread.lower_quartile, spread.upper_quartile),
                float(shown.max()),
            )
        ]
        if self._own_place is not None:
            caterpillar = self._is_caterpillar
            where = (
                self._quarter()
                if caterpillar
                else found.flag[found.group.index(self.report.organisation.code)]
            )
            words.append(dna_words.place_sentence(where, caterpillar=caterpillar, phi=found.dispersion.phi))
        words.append(dna_words.left_out_sentence(len(self.found.not_recorded)))
        return " ".join(word for word in words if word)

    def _quarter(self) -> str:
        rate, spread = self.found.counts().rate, self.found.peers.spread
        if rate < spread.lower_quartile:
            return "lower quarter"
        return "upper quarter" if rate > spread.upper_quartile else "middle"

    # --- trend ------------------------------------------------------------------------------------

    @cached_property
    def _trend_cells(self) -> list[Cell]:
        months = self.found.own_months
        known = months["booked"].notna()
        shares = controlled.percentages(months["dnas"][known], months["booked"][known], self.origin)
        if self.found.basis == "records":
            told = [self.found.told.cells(month=day) for day in months.index[known]]
            shares = controlled.derived(shares, *([pair[side] for pair in told] for side in (0, 1)))
        cells = iter(shares)
        return [next(cells) if there else None for there in known]

    def trend(self) -> Shown:
        """Figure: the p' chart of the monthly rate."""
        if not self._months_may_be_marked:
            return self.text("fig-trend", dna_words.NO_MONTHS)
        chart, months, cells = self.found.trend, self.found.own_months, self._trend_cells
        shown, lines = self._trend_shown, self._trend_lines
        outside = np.where(np.isfinite(lines[0]), chart.outside, 0)
        drawn = RateMonths(tuple(months.index), shown, lines[0], lines[1], lines[2], outside)
        events = self.found.events_in_trend.drawn
        signals = [
            {1: "above the upper limit", -1: "below the lower limit"}.get(int(o), "") for o in outside
        ]
        rows = [
            (
                f"{when:%Y-%m}",
                cell,
                *controlled.derived([_or_none(low), _or_none(high), signal], [cell] * 3),
            )
            for when, cell, low, high, signal in zip(
                months.index, cells, lines[1], lines[2], signals, strict=True
            )
        ]
        columns = (
            Column(label="Month", kind="date"), _RATE,
            Column(label="Lower limit", kind="model", unit="%", digits=1),
            Column(label="Upper limit", kind="model", unit="%", digits=1),
            Column(label="Signal", kind="text"),
        )  # fmt: skip
        first, last = months.index[0], months.index[-1]
        return self.figure(
            "fig-trend",
            lambda: charts_rates.rate_months_chart(drawn, unit="% missed", events=events),
            caption=f"Rate of missed appointments per month, {first:%B %Y} to {last:%B %Y}.",
            alt=f"Control chart (p') of {count(len(months), 'month')}. {self._trend_words()}",
            data=(columns, rows),
        )

    @cached_property
    def _months_may_be_marked(self) -> bool:
        """Whether it may be said which months are hidden, beside the totals of this report and earlier ones."""
        spans = self.found.period.spans(self.found.own_months["dnas"])
        return all(controlled.leave_values_open(span, sum(span), self.origin) for span in spans)

    @cached_property
    def _trend_shown(self) -> Floats:
        cells = self._trend_cells
        return np.array([cell if isinstance(cell, int | float) else np.nan for cell in cells], dtype=float)

    @cached_property
    def _trend_lines(self) -> list[Floats]:
        """Centre and limits as they may be drawn: rounded as they are listed, none that tells a hidden month.

        The width of the limits follows a month's own appointments, so a hidden month has none.
        """
        chart, shown = self.found.trend, self._trend_shown
        drawn = lines_may_be_drawn(chart.values, shown, chart.segment, self.origin)
        if policy_for(self.origin).controls:
            drawn = drawn & np.isfinite(shown)
        lines = (chart.centre, chart.lower, chart.upper)
        return [np.where(drawn, np.round(PER_CENT * line, 1), np.nan) for line in lines]

    def say_trend(self) -> Shown:
        """The trend in words."""
        if not self._months_may_be_marked:
            return self.text("say-trend", dna_words.NO_TREND)
        return self.text("say-trend", self._trend_words())

    def _trend_words(self) -> str:
        chart, cells = self.found.trend, self._trend_cells
        there = [place for place, cell in enumerate(cells) if cell is not None]
        place = there[-1]
        if isinstance(cells[place], int | float) and not np.isfinite(self._trend_lines[0][place]):
            return dna_words.rate_without_limits(self.found.own_months.index[place], cells[place])
        return dna_words.trend_sentence(
            self.found.own_months.index[place], cells[place], int(chart.outside[place]),
            shifted=chart.tests[-1].signal, points=len(there),
        )  # fmt: skip


def _or_none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _wilson(missed: float, booked: float) -> tuple[float, float]:
    found = proportion(missed, booked, multiplier=PER_CENT)
    return float(found.lower95[0]), float(found.upper95[0])
