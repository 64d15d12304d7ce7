"""The length-of-stay report: each method is one section's figure, table or sentence."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from helpers.analyses.stays import words as los_words
from helpers.analyses.stays.comparison import days_column
from helpers.analyses.stays.groups import StayGroups
from helpers.bundle import Cell, Column
from helpers.report import controlled, process_words
from helpers.report.charts import comparison
from helpers.report.charts.process import spc_chart
from helpers.report.controlled_charts import chart_as_shown
from helpers.report.shown import Shown
from helpers.report.words import count, listed, month, number
from helpers.stats.funnel import Funnel

#: spells from which on a share in steps of 5 % leaves open how many a few are
FEWEST_FOR_DETAIL = 200
_STEP = 5


class LengthOfStay(StayGroups):
    """The whole report, its sections in the order of the notebook.

    Raises
    ------
    DataError
        Where there are no stays, or so few that no figure on them may be shown.
    """

    # --- what needs attention ---------------------------------------------------------------------

    def headline(self) -> Shown:
        """What a board should know first."""
        lines = [
            f"**{los_words.ratio_sentence(self.wording, *self._ratio)}**",
            self._worth_words(),
            self._origin_words(),
            process_words.latest_sentence(self._process) if self._months_may_be_marked else "",
            self._peer_words() if self.found.peers else "",
            self._gap_words(),
        ]
        return self.text("headline", "\n\n".join(line for line in lines if line), kind="headline")

    # --- trend and peers --------------------------------------------------------------------------

    def trend(self) -> Shown:
        """Figure: the XmR chart of the monthly mean."""
        process, found, chart = self._process, self.found.trend, self._process.chart
        # limits alone would rest on months that may not be shown, and a total may tell those that are hidden
        if process.mostly_hidden or not self._months_may_be_marked:
            return self.text("no-trend", "No chart is drawn.")
        months = found.months
        means = self._month_cells
        target = (process.target.removeprefix("the "), chart.target_in_force)
        columns = (
            Column(label="Month", kind="date"),
            days_column("Mean stay"),
            days_column("Lower limit", kind="model"),
            days_column("Upper limit", kind="model"),
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
            lambda: spc_chart(chart, chart.values, unit="days", target=target, events=found.events.drawn),
            caption=f"Mean stay per month, {months.index[0]:%B %Y} to {months.index[-1]:%B %Y}.",
            alt=f"Process behaviour chart of {count(len(months), 'month')}. {words}",
            data=(columns, rows),
        )

    def say_trend(self) -> Shown:
        """The trend in words."""
        words = process_words.process_sentences(self._process)
        return self.text("say-trend", words if self._months_may_be_marked else los_words.NO_MONTHS)

    @property
    def _months_may_be_marked(self) -> bool:
        """Whether it may be seen which months are hidden, beside the patients of this report and earlier ones."""
        spans = self.found.period.spans(self.found.trend.months["spells"])
        return all(controlled.leave_months_open(span, self.origin) for span in spans)

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

    def _own_place(self, found: Funnel) -> int:
        return found.group.index(self.report.organisation.code)

    def _peer_words(self) -> str:
        found = self.found.peers
        if found is None:
            return los_words.NO_PEERS
        own = self._own_place(found)
        outside = sum(flag != "within" for place, flag in enumerate(found.flag) if place != own)
        return los_words.peers_sentence(
            found.flag[own], found.flag95[own], trusts=len(found.group), outside=outside
        )

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
            "an upper bound of what could be released. They are those of as many patients as are shown, rounded.",
        ]
        return self.text("method", "\n".join(f"- {point}" for point in points))

    def quality(self) -> Shown:
        """Table: at which detail the trust's spells could be compared."""
        detail = self.found.fallback
        merged = self.report.organisation.predecessors
        history = f"Includes the history of {listed(merged)}, merged into this trust." if merged else ""
        note = " ".join(line for line in (history, self._gap_words()) if line)
        if detail.sum() < FEWEST_FOR_DETAIL:
            return self.text(
                "no-detail", f"Too few spells were compared to say how closely. {note}".strip()
            )
        columns = (Column(label="Compared by"), Column(label="Share of spells", kind="text"))
        rows = [
            (_detail_words(str(name)), _share_words(count / detail.sum())) for name, count in detail.items()
        ]
        return self.table("tbl-detail", "How closely spells could be compared.", columns, rows, note=note)

    def _gap_words(self) -> str:
        return los_words.gaps_sentence(
            [month(day) for day in self.found.trend.gaps], self.report.period.months
        )

    @cached_property
    def _month_cells(self) -> list[Cell]:
        """The months' means, hidden where few patients are behind them."""
        found, told = self.found.trend, self.found.told
        values = zip(found.chart.values, found.months.index, strict=True)
        return [told.derived(float(value), told.month(day)) for value, day in values]

    @cached_property
    def _process(self) -> process_words.Process:
        """The trend with the months that may be shown."""
        chart, cells = self.found.trend.chart, self._month_cells
        shown = np.array([cell if isinstance(cell, float) else np.nan for cell in cells])
        drawn = chart_as_shown(chart, shown, digits=1, origin=self.origin)
        return process_words.Process(drawn, shown, "the mean stay", "days", 1, self.wording.benchmark)


def _share_words(share: float) -> str:
    """Return a share in steps of 5 %.

    >>> _share_words(0.874), _share_words(0.01), _share_words(1.0)
    ('85%', 'under 5%', '100%')
    """
    step = _STEP * round(100 * share / _STEP)
    if share > 0 and not step:
        return f"under {_STEP}%"
    return f"over {100 - _STEP}%" if share < 1 and step == 100 else f"{step}%"


def _or_none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _detail_words(level: str) -> str:
    """Return the name of a level of detail as a reader says it."""
    if level == "all columns":
        return "Every characteristic"
    names = {"age_band": "age", "casemix_group": "case-mix group", "admission_method": "way of admission"}
    words = [names.get(word, word) for word in level.removeprefix("without ").split(", ")]
    return f"Without {listed(words)}" if level.startswith("without ") else "No comparison possible"
