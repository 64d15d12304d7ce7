"""The length-of-stay report: each method is one section's figure, table or sentence."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.bundle import Cell, Column, ColumnKind
from helpers.data.disclosure import policy_for
from helpers.data.stays import LONG_STAYS
from helpers.report import controlled, process_words
from helpers.report.charts import comparison
from helpers.report.charts.process import spc_chart
from helpers.report.controlled_charts import chart_as_shown
from helpers.report.los import words as los_words
from helpers.report.los.findings import REST, StayFindings
from helpers.report.los.options import StayOptions, name_benchmark
from helpers.report.sections import Sections
from helpers.report.shown import Shown
from helpers.report.words import count, days, interval, listed, month, number, sentence

if TYPE_CHECKING:
    from helpers.report.opening import Report
    from helpers.stats.funnel import Funnel

#: the register's name of what this report is about
MEASURE = "mean_los"
#: groups in the chart; the table lists them all
MOST_BARS = 12


class LengthOfStay(Sections):
    """The sections of the report, in the order of the notebook.

    Parameters
    ----------
    report
        The open report.
    options
        What the parameter file asks for.

    Raises
    ------
    DataError
        Where there are no stays, or so few that no figure on them may be shown.
    """

    def __init__(self, report: Report, options: StayOptions) -> None:
        super().__init__(report, _TABLES)
        self.options = options
        events = report.register.events_of(MEASURE, report.organisation.code)
        self.found = StayFindings(
            report.mart,
            report.organisation,
            report.period,
            options,
            events=events,
            policy=policy_for(self.origin),
        )

    @cached_property
    def wording(self) -> los_words.Wording:
        """What sentences call the trust, the benchmark and the patients."""
        within = self.found.specialties.get(self.options.specialty or "", "")
        patients = f"{within.removesuffix(' Service').lower()} patients" if within else "patients"
        benchmark = name_benchmark(self.options.benchmark, self.report.period.months)
        return los_words.Wording(self.report.organisation.name, benchmark, patients)

    # --- what needs attention ---------------------------------------------------------------------

    def headline(self) -> Shown:
        """What a board should know first."""
        lines = [
            f"**{los_words.ratio_sentence(self.wording, *self._ratio)}**",
            self._worth_words(),
            self._origin_words(),
            process_words.latest_sentence(self._process),
            self._peer_words() if self.found.peers else "",
            self._gap_words(),
        ]
        return self.text("headline", "\n\n".join(line for line in lines if line), kind="headline")

    # --- crude ------------------------------------------------------------------------------------

    def crude(self) -> Shown:
        """Table: the mean stay against the benchmark, with and without zero-day stays."""
        names = ("With zero-day stays", "Without zero-day stays")
        table = pd.DataFrame([self.found.crude, self.found.crude_other], dtype=float)
        # the two rows differ by the zero-day stays: too few of them hide the row beside the report's own
        spells, other = table["spells"]
        behind = [
            spells,
            abs(spells - other) if policy_for(self.origin).hides(abs(spells - other)) else other,
        ]
        shown = controlled.counts(behind, self.origin)
        cells = [
            controlled.values(table[name], behind, self.origin)
            for name in ("mean", "benchmark", "deviation", "low", "high")
        ]
        rows = list(zip(shown, *cells, strict=True))
        ordered = rows if self.options.zero_day_stays else rows[::-1]
        columns = (
            Column(label="Stays counted"),
            Column(label="Patients", kind="count"),
            _days("Mean stay"),
            _days("Benchmark"),
            _days("Difference", signed=True),
            _days("95% from", kind="model", signed=True),
            _days("to", kind="model", signed=True),
        )
        caption = f"Mean stay against {self.wording.benchmark}, {self.report.period.label}."
        return self.table(
            "tbl-crude",
            caption,
            columns,
            [(name, *row) for name, row in zip(names, ordered, strict=True)],
        )

    def say_crude(self) -> Shown:
        """The crude comparison in words, and what the benchmark hides."""
        found = self.found.crude
        pooled, unweighted = self.found.national
        words = los_words.crude_sentence(
            self.wording, found["mean"], found["benchmark"], found["low"], found["high"]
        )
        spread = f"the other trusts' mean is {days(pooled)} over all patients"
        if np.isfinite(unweighted):
            spread += f" and {days(unweighted)} with every trust counting once"
        return self.text("say-crude", f"{words} {sentence(spread)}")

    # --- adjusted ---------------------------------------------------------------------------------

    def split(self) -> Shown:
        """Figure: from the benchmark to the trust's mean, by case mix and by length."""
        split = self.found.split
        level = [comparison.Step("All other trusts", split["level"])] if split["level"] else []
        steps = (
            comparison.Step(_capital(self.wording.benchmark), split["benchmark"], total=True),
            *level,
            comparison.Step("Case mix", split["mix"]),
            comparison.Step("Length for like patients", split["length"], judged=True),
            comparison.Step("This trust", split["mean"], total=True),
        )
        # an exact mean that is drawn would tell the exact number of patients by its denominator
        drawn = [replace(step, value=round(float(step.value), 1)) for step in steps]
        moves = (f"{step.label.lower()} {number(step.value, 1, signed=True)}" for step in steps[1:-1])
        alt = (
            f"Bars from {self.wording.benchmark} of {days(split['benchmark'])} to this trust's mean of "
            f"{days(split['mean'])}: {listed(moves)}."
        )
        columns = (Column(label="Step"), _days("Mean stay or change"))
        return self.figure(
            "fig-split",
            lambda: comparison.split_chart(drawn, unit="days"),
            caption=f"From {self.wording.benchmark} to this trust's mean stay.",
            alt=alt,
            data=(columns, [(step.label, float(step.value)) for step in steps]),
        )

    def say_split(self) -> Shown:
        """The split in words."""
        split, (mix, length) = self.found.split, self.found.kitagawa
        lines = [
            los_words.split_sentence(self.wording, split["mix"], split["length"], level=split["level"]),
            los_words.kitagawa_sentence(mix, length),
        ]
        if self.found.adjusted["unmatched_spells"]:
            lines.append(
                "Patients who have no like at any other trust are left out; the last table counts them."
            )
        return self.text("say-split", " ".join(lines))

    def adjusted(self) -> Shown:
        """Table: O/E and, beside it, the regression."""
        sums, model, verdict = self.found.adjusted, self.found.model, self.found.model_verdict
        names = {
            "nb2": "Regression, negative binomial",
            "gamma": "Regression, gamma, without zero-day stays",
        }
        columns = (
            Column(label="Method"),
            Column(label="Ratio", kind="model", digits=2),
            Column(label="95% from", kind="model", digits=2),
            Column(label="to", kind="model", digits=2),
        )
        rows: list[tuple[Cell, ...]] = [("Observed over expected bed-days", *self._ratio)]
        beside = los_words.NO_MODEL
        if model is not None and verdict is not None:
            rows.append((names[model.family], model.ratio, model.low, model.high))
            beside = los_words.model_sentence(
                model.ratio, model.low, model.high, disagrees=verdict.disagrees
            )
        note = (
            f"{number(sums['observed'])} bed-days were used; the same patients would have used "
            f"{number(sums['expected'])} at the stays of all other trusts. {beside}"
        )
        return self.table("tbl-adjusted", "Stay allowing for case mix.", columns, rows, note=note)

    # --- worth and origin -------------------------------------------------------------------------

    def worth(self) -> Shown:
        """Table: excess bed-days and beds, net, raw, shrunken and certain."""
        worth, cost = self.found.worth, self.options.bed_day_cost
        kinds = {
            "Certain: only where the interval excludes 1": worth.certain,
            "Shrunken: each group drawn to the mean": worth.shrunken,
            "Raw: every group above the expected": worth.raw,
            "Net: all groups, shorter ones set off": float(self.found.adjusted["excess"]),
        }
        columns = [
            Column(label="Reckoning"),
            Column(label="Bed-days", kind="model"),
            Column(label="Beds", kind="model", digits=1),
        ]
        rows: list[tuple[Cell, ...]] = [
            (name, value, self.found.beds(value)) for name, value in kinds.items()
        ]
        if cost is not None:
            columns.append(Column(label="Cost", kind="model", unit="£"))
            rows = [(*row, cost * value) for row, value in zip(rows, kinds.values(), strict=True)]
        caption = f"Upper bounds: bed-days above the expected, and beds at {100 * self.options.occupancy:g}% occupancy."
        return self.table("tbl-worth", caption, columns, rows)

    def say_worth(self) -> Shown:
        """The worth in words."""
        return self.text("say-worth", self._worth_words())

    def pareto(self) -> Shown:
        """Figure: excess bed-days of each group with its interval."""
        table = self._groups_found
        chosen = table.loc[table.index.isin(table["excess"].abs().nlargest(MOST_BARS).index)]
        columns_drawn = ("label", "excess", "excess_low", "excess_high", "certain_sign")
        bars = [
            comparison.Bar(_capital(label), round(value), round(low), round(high), certain=bool(sign))
            for label, value, low, high, sign in zip(*(chosen[name] for name in columns_drawn), strict=True)
        ]
        columns = (
            Column(label=_capital(self._group)),
            Column(label="Bed-days above expected", kind="rate", signed=True),
            Column(label="95% from", kind="model", signed=True),
            Column(label="to", kind="model", signed=True),
        )
        top = max(bars, key=lambda bar: abs(bar.value))
        alt = (
            f"Bed-days above or below the expected for {count(len(bars), self._group, self._groups)}. "
            f"Furthest from the expected: {top.label}, {number(top.value, signed=True)} "
            f"({interval(top.low, top.high, 0)}). {self._origin_words()}"
        )
        return self.figure(
            "fig-pareto",
            lambda: comparison.bars_chart(
                bars, unit="bed-days", words=("fewer than expected", "more than expected")
            ),
            caption=f"Bed-days above or below the expected by {self._group}, with 95% intervals.",
            alt=alt,
            data=(columns, [(bar.label, bar.value, bar.low, bar.high) for bar in bars]),
        )

    def say_pareto(self) -> Shown:
        """Which groups differ, in words."""
        chance = "Of 20 groups that do not differ, about one is named by chance alone."
        return self.text("say-pareto", f"{self._origin_words()} {chance}")

    def groups(self) -> Shown:
        """Table: every group with its patients, means, ratio and excess."""
        table = self._groups_found
        people = controlled.counts(table["spells"], self.origin)
        figures = {
            "mean": table["observed"] / table["spells"],
            "expected": table["expected"] / table["spells"],
            "ratio": table["ratio"],
            "low": table["low"],
            "high": table["high"],
            "excess": table["excess"],
        }
        cells = [controlled.derived(column, people) for column in figures.values()]
        columns = (
            Column(label=_capital(self._group)),
            Column(label="Patients", kind="count"),
            _days("Mean stay"),
            _days("Expected"),
            Column(label="Ratio", kind="rate", digits=2),
            Column(label="95% from", kind="model", digits=2),
            Column(label="to", kind="model", digits=2),
            Column(label="Excess bed-days", kind="rate", signed=True),
        )
        rows = list(zip(map(_capital, table["label"]), people, *cells, strict=True))
        caption = f"Stay against the expected by {self._group}."
        few = f"{_capital(self._groups)} with too few patients to be shown are taken together."
        return self.table("tbl-groups", caption, columns, rows, note=few if REST in table.index else "")

    # --- tails, trend, peers ----------------------------------------------------------------------

    def tails(self) -> Shown:
        """Table: zero-day stays and stays of 7, 14 and 21 days or more, here and elsewhere."""
        names = ("Zero days", *(f"{n} days or more" for n in LONG_STAYS))
        own, others = self.found.tails_of("own"), self.found.tails_of("others")
        columns = (
            Column(label="Stays of"),
            Column(label="This trust", kind="rate", unit="% of patients", digits=1),
            Column(label="All others", kind="rate", unit="% of patients", digits=1),
            Column(label="This trust", kind="rate", unit="% of bed-days", digits=1),
            Column(label="All others", kind="rate", unit="% of bed-days", digits=1),
        )
        cells = [
            *(self._tail_patients(sums) for sums in (own, others)),
            *([0.0, *self._tail_days(sums)] for sums in (own, others)),
        ]
        here, there = controlled.counts([own["spells"], others["spells"]], self.origin)
        note = f"{Column(label='').show(here)} patients here and {Column(label='').show(there)} elsewhere."
        caption = "Very short and long stays, zero-day stays counted and nothing trimmed."
        return self.table("tbl-tails", caption, columns, list(zip(names, *cells, strict=True)), note=note)

    def _tail_patients(self, sums: pd.Series) -> list[Cell]:
        some = [float(sums[name]) for name in ("zero_day", *(f"spells_{n}" for n in LONG_STAYS))]
        return controlled.percentages(some, [float(sums["spells"])] * len(some), self.origin)

    def _tail_days(self, sums: pd.Series) -> list[Cell]:
        all_days = float(sums["days"]) or np.nan
        shares = [100 * float(sums[f"days_{n}"]) / all_days for n in LONG_STAYS]
        people = [float(sums[f"spells_{n}"]) for n in LONG_STAYS]
        return controlled.nested(shares, people, float(sums["spells"]), self.origin)

    def say_tails(self) -> Shown:
        """How much of all bed-days long stays use, here and elsewhere."""
        here, there = (self._tail_days(self.found.tails_of(whose))[-1] for whose in ("own", "others"))
        if not isinstance(here, float) or not isinstance(there, float):
            return self.text("say-tails", "Stays of 21 days or more are too few to be shown.")
        words = f"stays of 21 days or more use {number(here)}% of the bed-days here and {number(there)}% elsewhere"
        return self.text("say-tails", sentence(words))

    def trend(self) -> Shown:
        """Figure: the XmR chart of the monthly mean."""
        process, chart, months = self._process, self._process.chart, self.found.months
        if process.mostly_hidden:  # limits alone would rest on months that may not be shown
            return self.text("no-trend", "No chart is drawn.")
        means = controlled.values(self.found.trend.values, months["spells"].fillna(0), self.origin)
        target = (process.target.removeprefix("the "), chart.target_in_force)
        events = [(event.day.replace(day=1), event.name) for event in self.found.events_in_trend]
        columns = (
            Column(label="Month", kind="date"),
            _days("Mean stay"),
            _days("Lower limit", kind="model"),
            _days("Upper limit", kind="model"),
            Column(label="Signal", kind="text"),
        )
        signals = controlled.derived(chart.reason, means)
        words = process_words.process_sentences(process)
        rows = [
            (f"{day:%Y-%m}", value, _or_none(low), _or_none(high), reason)
            for day, value, low, high, reason in zip(
                months.index, means, chart.lower, chart.upper, signals, strict=True
            )
        ]
        return self.figure(
            "fig-trend",
            lambda: spc_chart(chart, chart.values, unit="days", target=target, events=events),
            caption=f"Mean stay per month, {months.index[0]:%B %Y} to {months.index[-1]:%B %Y}.",
            alt=f"Process behaviour chart of {count(len(months), 'month')}. {words}",
            data=(columns, rows),
        )

    def say_trend(self) -> Shown:
        """The trend in words."""
        return self.text("say-trend", process_words.process_sentences(self._process))

    def peers(self) -> Shown:
        """Figure: the funnel of observed over expected for all trusts."""
        found = self.found.peers
        if found is None:
            return self.text("no-peers", los_words.NO_FUNNEL)
        own = self._own_place(found)
        x = np.linspace(found.denominator.min() * 0.8, found.denominator.max() * 1.04, 120)
        limits = found.limits_at(x)
        lines = {
            "95%": (x, limits.lower95, limits.upper95),
            "99.8%": (x, limits.lower998, limits.upper998),
        }
        label = f"{self.report.organisation.code}: {number(found.value[own], 2)}"
        labels = ("Precision of the trust's ratio (larger trusts to the right)", "Observed / expected")
        columns = (
            Column(label="Trust"),
            Column(label="Observed over expected", kind="model", digits=2),
            Column(label="Against the 99.8% limits", kind="text"),
        )
        rows: list[tuple[Cell, ...]] = [
            (str(code), float(value), flag)
            for code, value, flag in zip(found.group, found.value, found.flag, strict=True)
        ]
        widened = ", limits widened for the variety between trusts" if found.adjusted else ""
        return self.figure(
            "fig-peers",
            lambda: comparison.funnel_chart(
                np.round(found.denominator),
                np.round(found.value, 2),
                own,
                lines,
                label=label,
                axis_labels=labels,
            ),
            caption=f"Observed over expected bed-days of {len(found.group)} trusts{widened}.",
            alt=(
                f"Funnel plot of {len(found.group)} trusts; this trust's ratio is "
                f"{number(found.value[own], 2)}. {self._peer_words()}"
            ),
            data=(columns, rows),
        )

    def say_peers(self) -> Shown:
        """The place among the trusts in words."""
        return self.text("say-peers", self._peer_words())

    # --- method and quality -----------------------------------------------------------------------

    def method(self) -> Shown:
        """What was counted and how, in words that follow the parameters."""
        options, rule = self.options, self.found.rule
        trim = {
            "none": "No stay is trimmed.",
            "fixed": f"A stay counts at most {number(rule.trim_days or 0)} days, here and elsewhere.",
            "upper_quartile": "A stay counts at most up to the trim point of its specialty and way of admission: "
            "upper quartile and 1.5 times the interquartile range of all trusts' stays, at least 5 days.",
        }[options.trim]
        points = [
            "A stay is a spell: admission to discharge in one hospital. A patient moved to another hospital "
            "begins a new one, so the whole stay is longer.",
            "Ordinary admissions only; day cases and regular attenders are left out. Zero-day stays are "
            + ("counted." if options.zero_day_stays else "left out.")
            + f" {trim}",
            "Patients count in the month in which they were discharged; 7, 14 and 21 days are the whole stay at "
            "discharge, not a count of the wards on one day.",
            "The interval of the plain comparison takes the benchmark as known. Benchmarks and comparisons leave "
            "the trust itself out; a trust's mean counts as one from 20 patients.",
            "Expected bed-days: each patient group (specialty, way of admission, case-mix group, age and sex) at "
            "the mean of all other trusts; a group with fewer than 20 spells elsewhere is compared without sex, "
            "then age, case-mix group and way of admission. "
            "The interval allows for the trust's own variation and for that of the comparison.",
            "Shrunken bed-days draw each group towards the trust's mean ratio by empirical Bayes. All bed-days are "
            "an upper bound of what could be released.",
        ]
        return self.text("method", "\n".join(f"- {point}" for point in points))

    def quality(self) -> Shown:
        """Table: at which detail the trust's spells could be compared."""
        detail = self.found.fallback
        people = controlled.parts(detail, self.origin)
        if people is None:
            return self.text("no-detail", "Too few spells were compared to say how closely.")
        columns = (Column(label="Compared by"), Column(label="Spells", kind="count"))
        rows = list(zip((_detail_words(name) for name in detail.index), people, strict=True))
        merged = self.report.organisation.predecessors
        history = f"Includes the history of {listed(merged)}, merged into this trust." if merged else ""
        note = " ".join(line for line in (history, self._gap_words()) if line)
        return self.table("tbl-detail", "How closely spells could be compared.", columns, rows, note=note)

    # --- shared by several sections ---------------------------------------------------------------

    @property
    def _ratio(self) -> tuple[float, float, float]:
        ratio = self.found.ratio
        return ratio.value, ratio.low, ratio.high

    @property
    def _group(self) -> str:
        return {"specialty": "specialty", "age_band": "age group"}[self.found.group_column]

    @property
    def _groups(self) -> str:
        return {"specialty": "specialties", "age_band": "age groups"}[self.found.group_column]

    @cached_property
    def _groups_found(self) -> pd.DataFrame:
        """The groups with the ends of the excess and whether it is beyond chance."""
        table = self.found.groups
        return table.assign(
            excess_low=table["expected"] * (table["low"] - 1),
            excess_high=table["expected"] * (table["high"] - 1),
            certain_sign=np.where(table["low"] > 1, 1, np.where(table["high"] < 1, -1, 0)),
        )

    @cached_property
    def _process(self) -> process_words.Process:
        """The trend with the months that may be shown."""
        chart, spells = self.found.trend, self.found.months["spells"].fillna(0)
        cells = controlled.values(chart.values, spells, self.origin)
        shown = np.array([cell if isinstance(cell, float) else np.nan for cell in cells])
        drawn = chart_as_shown(chart, shown, digits=1, origin=self.origin)
        return process_words.Process(drawn, shown, "the mean stay", "days", 1, self.wording.benchmark)

    def _own_place(self, found: Funnel) -> int:
        return found.group.index(self.report.organisation.code)

    def _worth_words(self) -> str:
        worth = self.found.worth
        return los_words.worth_sentence(
            worth.certain, self.found.beds(worth.certain), worth.raw, groups=self._groups
        )

    def _origin_words(self) -> str:
        table = self._groups_found
        longer = table[table["certain_sign"] > 0]["label"]
        shorter = table[table["certain_sign"] < 0].sort_values("excess")["label"]
        where = {"specialty": "in", "age_band": "at ages"}[self.found.group_column]
        return los_words.origin_sentence(list(longer), list(shorter), where=where)

    def _gap_words(self) -> str:
        return los_words.gaps_sentence([month(day) for day in self.found.gaps], self.report.period.months)

    def _peer_words(self) -> str:
        found = self.found.peers
        if found is None:
            return los_words.NO_PEERS
        own = self._own_place(found)
        outside = sum(flag != "within" for place, flag in enumerate(found.flag) if place != own)
        return los_words.peers_sentence(
            found.flag[own], found.flag95[own], trusts=len(found.group), outside=outside
        )


_TABLES = ("spells", "organisations", "specialties")


def _days(label: str, *, kind: ColumnKind = "rate", signed: bool = False) -> Column:
    return Column(label=label, kind=kind, unit="days", digits=1, signed=signed)


def _or_none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _detail_words(level: str) -> str:
    """Return the name of a level of detail as a reader says it."""
    if level == "all columns":
        return "Every characteristic"
    names = {"age_band": "age", "casemix_group": "case-mix group", "admission_method": "way of admission"}
    words = [names.get(word, word) for word in level.removeprefix("without ").split(", ")]
    return f"Without {listed(words)}" if level.startswith("without ") else "No comparison possible"
