"""The sections of the DNA report on what is happening: rates, peers, months, specialties, who misses."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.bundle import SUPPRESSED, Cell, Column
from helpers.data.appointments import FIRST, FOLLOW_UP, LEAD_BANDS, LONGEST_LEAD
from helpers.report import charts_rates, controlled, dna_words
from helpers.report.charts_rates import Odds, RateMonths
from helpers.report.dna_findings import PER_CENT, Counts, DnaFindings
from helpers.report.dna_options import DnaOptions
from helpers.report.sections import Sections
from helpers.report.shown import Shown
from helpers.report.words import count, number
from helpers.stats.rates import proportion

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from helpers.report.opening import Report

#: the register's name of what this report is about
MEASURE = "dna_rate"
#: specialties in the table, largest first
MOST_SPECIALTIES = 15
_PARTS = {FIRST: "First appointments", FOLLOW_UP: "Follow-ups"}
_RATE = Column(label="Missed", kind="rate", unit="%", digits=2)
_ENDS = (
    Column(label="95% from", kind="model", unit="%", digits=2),
    Column(label="to", kind="model", unit="%", digits=2),
)
_DRIVER_WORDS = {
    "age_band": "Age",
    "sex": "Sex",
    "deprivation": "Deprivation",
    "lead": "Time since booking",
    "kind": "Kind",
    "mode": "Way of meeting",
    "weekday": "Weekday",
}
_LEVELS = (
    *(name for _, name in LEAD_BANDS),
    LONGEST_LEAD,
    *("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
)
_NO_RECORDS = (
    "Published statistics give no figures by patient or clinic for a trust, so who misses appointments, and "
    "whether deprived patients miss more, cannot be told from them. It needs the trust's outpatient records."
)


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
        self.found = DnaFindings(report.mart, report.organisation, report.period, options, events=events)
        super().__init__(report, self.found.datasets)

    # --- rates ------------------------------------------------------------------------------------

    def rates(self) -> Shown:
        """Table: appointments, missed ones and the rate, by kind, here and elsewhere."""
        rows = self._kind_rows()
        if self.found.england:
            rows.append(self._rate_row("England, all providers", self.found.england))
        rows.append(self._rate_row("All trusts that record missed appointments", self.found.all_trusts))
        columns = (
            Column(label="Appointments"),
            Column(label="Attended or missed", kind="count"),
            Column(label="Missed", kind="count"),
            Column(label="Rate", kind="rate", unit="%", digits=2),
            *_ENDS,
        )
        caption = f"Appointments missed without notice, {self.report.period.label}."
        return self.table("tbl-rates", caption, columns, rows)

    def _kind_rows(self) -> list[tuple[Cell, ...]]:
        """All appointments, then its parts, so that no star can be told from the sum."""
        parts = {words: self.found.counts(kind) for kind, words in _PARTS.items()}
        parts = {words: counts for words, counts in parts.items() if counts.booked}
        booked = controlled.parts([counts.booked for counts in parts.values()], self.origin)
        missed = controlled.parts([counts.missed for counts in parts.values()], self.origin)
        rows = [self._rate_row("All appointments", self.found.counts())]
        for (words, counts), all_of, some in zip(parts.items(), booked, missed, strict=True):
            row = self._rate_row(words, counts)
            rows.append((words, all_of, some, *controlled.derived(row[3:], [some] * 3)))
        return rows

    def _rate_row(self, label: str, counts: Counts) -> tuple[Cell, ...]:
        booked, missed = controlled.counts([counts.booked, counts.missed], self.origin)
        if not counts.booked:
            return (label, 0, 0, None, None, None)
        rate = controlled.percentages([counts.missed], [counts.booked], self.origin)[0]
        low, high = _wilson(counts)
        return (label, booked, missed, rate, *controlled.derived([low, high], [rate, rate]))

    def say_rates(self) -> Shown:
        """The rate in words, and against others."""
        return self.text("say-rates", self._rate_words())

    def _rate_words(self) -> str:
        own = self.found.counts()
        _, booked, missed, rate, *_ = self._rate_row("", own)
        trust = self.report.organisation.name
        if not self.found.recorded:
            return dna_words.not_recorded_sentence(trust, rate)
        words = dna_words.rate_sentence(trust, missed, booked, rate, _wilson(own))
        if not isinstance(rate, int | float) or own.booked == 0:
            return words
        other = self.found.england or self.found.all_trusts
        name = "England's" if self.found.england else "the other trusts' common rate of"
        best = self.found.peers.spread.lower_quartile
        excess = self.found.above_best_quarter
        return f"{words} {dna_words.compared_sentence(float(rate), other.rate, name, best, excess)}"

    # --- peers ------------------------------------------------------------------------------------

    def peers(self) -> Shown:
        """Figure: every trust's rate; a caterpillar where chance explains nothing, else a funnel."""
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
        """The compared trusts whose rates may be shown: rate (as shown), low, high, booked."""
        table, found = self.found.compared, self.found.peers
        shown = controlled.percentages(table["dnas"], table["booked"], self.origin)
        table = table.assign(
            rate=pd.Series(shown, table.index), low=found.intervals.lower95, high=found.intervals.upper95
        )
        table = table[[cell != SUPPRESSED for cell in shown]]
        return table.astype({"rate": float})

    @property
    def _own_place(self) -> int | None:
        codes = list(self._visible_peers.index)
        own = self.report.organisation.code
        return codes.index(own) if own in codes else None

    def _caterpillar(self) -> Figure:
        table = self._visible_peers
        ends = (table["low"].to_numpy(float), table["high"].to_numpy(float))
        lines = [("best quarter", self.found.peers.spread.lower_quartile)]
        if self.found.england:
            lines.append(("England", self.found.england.rate))
        else:
            lines.append(("all trusts", self.found.all_trusts.rate))
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
        cells = iter(controlled.percentages(months["dnas"][known], months["booked"][known], self.origin))
        return [next(cells) if there else None for there in known]

    def trend(self) -> Shown:
        """Figure: the p' chart of the monthly rate."""
        chart, months, cells = self.found.trend, self.found.own_months, self._trend_cells
        shown = np.array([cell if isinstance(cell, int | float) else np.nan for cell in cells], dtype=float)
        # rounded as they are listed: exact limits would give each month's count away
        lines = [np.round(PER_CENT * line, 1) for line in (chart.centre, chart.lower, chart.upper)]
        drawn = RateMonths(tuple(months.index), shown, lines[0], lines[1], lines[2], chart.outside)
        events = [(event.day.replace(day=1), event.name) for event in self.found.events_in_trend]
        signals = [
            {1: "above the upper limit", -1: "below the lower limit"}.get(int(o), "") for o in chart.outside
        ]
        rows = [
            (f"{when:%Y-%m}", cell, *controlled.derived([low, high, signal], [cell] * 3))
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

    def say_trend(self) -> Shown:
        """The trend in words."""
        return self.text("say-trend", self._trend_words())

    def _trend_words(self) -> str:
        chart, cells = self.found.trend, self._trend_cells
        there = [place for place, cell in enumerate(cells) if cell is not None]
        place = there[-1]
        return dna_words.trend_sentence(
            self.found.own_months.index[place], cells[place], int(chart.outside[place]),
            shifted=chart.tests[-1].signal, points=len(there),
        )  # fmt: skip

    # --- specialties ------------------------------------------------------------------------------

    def specialties(self) -> Shown:
        """Table: the trust's rate by specialty from records, or England's where there are none."""
        if self.found.basis == "records":
            return self._own_specialties()
        table = self.found.england_specialties
        if table.empty:
            return self.text(
                "tbl-specialties", "No figures by specialty are loaded, for the trust or for England."
            )
        names = table["name"].fillna("All specialties").where(table["specialty"].notna(), "All specialties")
        head = table.assign(name=names).head(MOST_SPECIALTIES + 1)
        rows = [_england_row(*values) for values in head[["name", "dnas", "attended"]].to_numpy()]
        before = self.report.period.before.label
        return self.table("tbl-specialties", f"England by specialty, {before}.", _SPECIALTY_COLUMNS, rows)

    def _own_specialties(self) -> Shown:
        table = self.found.own_specialties
        booked, missed = (controlled.parts(table[name], self.origin) for name in ("booked", "dnas"))
        shares = controlled.percentages(table["dnas"], table["booked"], self.origin)
        rates = controlled.derived(shares, missed)
        rows = list(zip(table["name"], booked, missed, rates, strict=True))[:MOST_SPECIALTIES]
        caption = f"Missed appointments by specialty, {self.report.period.label}."
        return self.table("tbl-specialties", caption, _SPECIALTY_COLUMNS, rows)

    def say_specialties(self) -> Shown:
        """What the table by specialty can and cannot say."""
        if self.found.basis == "records":
            return self.text(
                "say-specialties", "The largest specialties first. Small numbers vary by chance."
            )
        words = (
            "The statistics give missed appointments by trust or by specialty, never both. England's rates show "
            "which specialties have most to gain; they are of the year before, since the pandemic year is not typical."
        )
        return self.text("say-specialties", words)

    # --- who misses -------------------------------------------------------------------------------

    def drivers(self) -> Shown:
        """Figure: odds ratios of missing an appointment, each adjusted for the others."""
        if self.found.basis == "published":
            return self.text("fig-drivers", _NO_RECORDS)
        table = _in_order(self.found.drivers)
        drawn = list(_odds_rows(table))
        rows = [
            (_DRIVER_WORDS[str(row["driver"])], _level_words(str(row["level"])), *_finite(row))
            for _, row in table.iterrows()
        ]
        columns = (
            Column(label="Characteristic"), Column(label="Group"),
            Column(label="Odds ratio", kind="model", digits=2),
            Column(label="95% from", kind="model", digits=2), Column(label="to", kind="model", digits=2),
        )  # fmt: skip
        return self.figure(
            "fig-drivers",
            lambda: charts_rates.odds_chart(drawn, words=("missed less", "missed more")),
            caption="Odds of missing an appointment, each allowing for the others and for specialty; all trusts.",
            alt=f"Odds ratios for {count(len(rows), 'group')} with 95% intervals. {self._driver_words()}",
            data=(columns, rows),
        )

    def say_drivers(self) -> Shown:
        """Which groups miss most, in words."""
        words = self._driver_words() if self.found.basis == "records" else _NOTHING_TO_ADD
        return self.text("say-drivers", words)

    def _driver_words(self) -> str:
        table = self.found.drivers
        beyond = table[(table["low"] > 1) | (table["high"] < 1)].sort_values("odds_ratio")
        names = [_group_words(str(row["driver"]), str(row["level"])) for _, row in beyond.iterrows()]
        ups, downs = (beyond["odds_ratio"] > 1).sum(), (beyond["odds_ratio"] < 1).sum()
        return dna_words.drivers_sentence(names[::-1][: min(3, ups)], names[: min(3, downs)])

    def equity(self) -> Shown:
        """Table: the trust's rate by fifth of deprivation."""
        if self.found.basis == "published" or self.found.inequality is None:
            return self.text("tbl-equity", self._no_equity())
        table, by_group = self.found.by_deprivation, self.found.inequality.by_group
        booked = controlled.parts(table["appointments"], self.origin)
        missed = controlled.parts(table["dnas"], self.origin)
        shares = controlled.percentages(table["dnas"], table["appointments"], self.origin)
        rates = controlled.derived(shares, missed)
        fewer = controlled.derived(by_group["avoided"], rates)
        columns = (*_SPECIALTY_COLUMNS, Column(label="Fewer at the least deprived rate", kind="rate"))
        names = [name.partition(" ")[2].capitalize() for name in table.index]
        rows = list(zip(names, booked, missed, rates, fewer, strict=True))
        columns = (Column(label="Deprivation of the patient's area"), *columns[1:])
        return self.table("tbl-equity", "Missed appointments by deprivation.", columns, rows)

    def say_equity(self) -> Shown:
        """Whether deprived patients miss more, in words."""
        found = self.found.inequality if self.found.basis == "records" else None
        if found is None:
            return self.text("say-equity", _NOTHING_TO_ADD)
        hidden = controlled.counts(self.found.by_deprivation["dnas"], self.origin)
        avoided: Cell = SUPPRESSED if SUPPRESSED in hidden else found.avoided
        ends = (PER_CENT * found.slope_low, PER_CENT * found.slope_high)
        words = dna_words.equity_sentence(PER_CENT * found.slope, ends, avoided)
        if np.isfinite(found.relative_low):
            words += (
                f" Relative index: {number(found.relative, 2)} (95% interval {number(found.relative_low, 2)} "
                f"to {number(found.relative_high, 2)}); 1 would be equal."
            )
        return self.text("say-equity", words)

    def _no_equity(self) -> str:
        if self.found.basis == "published":
            return "Neither are there figures by deprivation."
        return "A fifth of deprivation has no appointments here, so no slope can be worked out."


_NOTHING_TO_ADD = "Outpatient records loaded into the mart fill this section."
_SPECIALTY_COLUMNS = (
    Column(label="Specialty"),
    Column(label="Attended or missed", kind="count"),
    Column(label="Missed", kind="count"),
    Column(label="Rate", kind="rate", unit="%", digits=2),
)


def _england_row(name: str, dnas: float, attended: float) -> tuple[Cell, ...]:
    booked = float(dnas) + float(attended)
    return (str(name), booked, float(dnas), PER_CENT * float(dnas) / booked)


def _wilson(counts: Counts) -> tuple[float, float]:
    found = proportion(counts.missed, counts.booked, multiplier=PER_CENT)
    return float(found.lower95[0]), float(found.upper95[0])


def _odds_rows(table: pd.DataFrame) -> list[Odds]:
    rows: list[Odds] = []
    for driver, part in table.groupby("driver", sort=False):
        rows.append(Odds(_DRIVER_WORDS[str(driver)], 1, 1, 1, heading=True))
        rows += [
            Odds(_reference_words(row), row["odds_ratio"], row["low"], row["high"])
            for _, row in part.iterrows()
        ]
    return rows


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    """Return the drivers with the groups of each in their natural order."""
    places = {level: place for place, level in enumerate(_LEVELS)}
    drivers = list(_DRIVER_WORDS)
    by_level = table.assign(place=table["level"].map(places).fillna(0)).sort_values("place", kind="stable")
    return by_level.sort_values("driver", key=lambda names: names.map(drivers.index), kind="stable")


def _finite(row: pd.Series) -> tuple[Cell, ...]:
    return tuple(
        float(row[name]) if np.isfinite(row[name]) else None for name in ("odds_ratio", "low", "high")
    )


def _level_words(level: str) -> str:
    """Return a group as a reader says it.

    >>> _level_words("2 second fifth"), _level_words("follow_up")
    ('Second fifth', 'Follow up')
    """
    words = level.replace("_", " ")
    words = words[2:] if words[:2] in {f"{n} " for n in range(1, 6)} and "fifth" in words else words
    return words[:1].upper() + words[1:]


def _reference_words(row: pd.Series) -> str:
    """Return a group's name, and for the one that the others are compared with that it is."""
    words = _level_words(str(row["level"]))
    return words if np.isfinite(row["low"]) else f"{words} (compared with)"


def _group_words(driver: str, level: str) -> str:
    words = _level_words(level)
    small = f"{words[:1].lower()}{words[1:]}"
    return {
        "age_band": f"age {small}",
        "sex": f"{small} patients",
        "deprivation": f"the {small} by deprivation",
        "lead": f"those booked {small} before",
        "kind": f"{small} appointments".replace("follow up appointments", "follow-ups"),
        "mode": f"{small} appointments",
        "weekday": f"{words}s",
    }[driver]
