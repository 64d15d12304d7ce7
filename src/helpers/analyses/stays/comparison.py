"""The sections of the length-of-stay report on whether the stay is longer: plainly, and for like patients."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from helpers.analyses.stays import words as los_words
from helpers.analyses.stays.findings import StayFindings
from helpers.analyses.stays.options import StayOptions, name_benchmark
from helpers.bundle import Cell, Column, ColumnKind
from helpers.data.disclosure import policy_for
from helpers.report.charts import comparison
from helpers.report.opening import origin_of
from helpers.report.parts import Field, Part, part
from helpers.report.sections import Sections
from helpers.report.shown import Shown
from helpers.report.words import days, listed, number, sentence

if TYPE_CHECKING:
    from helpers.report.opening import Report

#: the register's name of what this report is about
MEASURE = "mean_los"


def days_column(label: str, *, kind: ColumnKind = "rate", signed: bool = False) -> Column:
    """Return a column of mean stays."""
    return Column(label=label, kind=kind, unit="days", digits=1, signed=signed)


CRUDE: Final = (
    Field("stays_counted", Column(label="Stays counted")),
    Field("patients", Column(label="Patients", kind="count"), "patients discharged, rounded"),
    Field("mean", days_column("Mean stay")),
    Field("benchmark", days_column("Benchmark")),
    Field("difference", days_column("Difference", signed=True)),
    Field(
        "low",
        days_column("95% from", kind="model", signed=True),
        "95% interval of the difference, lower end",
    ),
    Field(
        "high", days_column("to", kind="model", signed=True), "95% interval of the difference, upper end"
    ),
)


class StayComparison(Sections):
    """Whether patients stay longer than the benchmark, and how much of it is who they are.

    Parameters
    ----------
    report
        The open report.
    options
        What the parameter file asks for.
    """

    def __init__(self, report: Report, options: StayOptions) -> None:
        super().__init__(report)
        self.options = options
        events = report.register.events_of(MEASURE, report.organisation.code)
        self.found = StayFindings(
            report.mart,
            report.organisation,
            report.period,
            options,
            events=events,
            ask=report.ask,
            policy=policy_for(origin_of(report.mart.meant_by(["spells"]))),
        )

    @cached_property
    def wording(self) -> los_words.Wording:
        """What sentences call the trust, the benchmark and the patients."""
        within = self.found.specialties.get(self.options.specialty or "", "")
        patients = f"{within.removesuffix(' Service').lower()} patients" if within else "patients"
        benchmark = name_benchmark(self.options.benchmark, self.report.period.months)
        return los_words.Wording(self.report.organisation.name, benchmark, patients)

    # --- crude ------------------------------------------------------------------------------------

    @part
    def crude(self) -> Part:
        """The mean stay against the benchmark, with and without zero-day stays."""
        names = ("With zero-day stays", "Without zero-day stays")
        table = pd.DataFrame([self.found.crude, self.found.crude_other], dtype=float)
        told, usual = self.found.told, self.options.zero_day_stays
        queries = [told.all_stays(zero_day=each) for each in (usual, not usual)]
        shown = [told.cell(query) for query in queries]
        cells = [
            [told.derived(value, query) for value, query in zip(table[name], queries, strict=True)]
            for name in ("mean", "benchmark", "deviation", "low", "high")
        ]
        rows = list(zip(shown, *cells, strict=True))
        ordered = rows if usual else rows[::-1]
        return self.part(
            "crude",
            fields=CRUDE,
            rows=[(name, *row) for name, row in zip(names, ordered, strict=True)],
            caption=f"Mean stay against {self.wording.benchmark}, {self.report.period.label}.",
            words={"difference": self._crude_words, "spread": self._spread_words},
            values=dict(
                zip(("patients", "mean", "benchmark", "difference", "low", "high"), rows[0], strict=True)
            ),
        )

    @property
    def _crude_words(self) -> str:
        found = self.found.crude
        return los_words.crude_sentence(
            self.wording, found["mean"], found["benchmark"], found["low"], found["high"]
        )

    @property
    def _spread_words(self) -> str:
        """What the benchmark hides."""
        pooled, unweighted = self.found.national
        spread = f"the other trusts' mean is {days(pooled)} over all patients"
        if np.isfinite(unweighted):
            spread += f" and {days(unweighted)} with every trust counting once"
        return sentence(spread)

    # --- adjusted ---------------------------------------------------------------------------------

    def split(self) -> Shown:
        """Figure: from the benchmark to the trust's mean, by case mix and by length."""
        split = self.found.split
        level = [comparison.Step("All other trusts", split["level"])] if split["level"] else []
        steps = (
            comparison.Step(capital(self.wording.benchmark), split["benchmark"], total=True),
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
        columns = (Column(label="Step"), days_column("Mean stay or change"))
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
        model, verdict = self.found.model, self.found.model_verdict
        sums = self.found.groups[["observed", "expected"]].sum()
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
            f"About {number(sums['observed'])} bed-days were used; the same patients would have used "
            f"{number(sums['expected'])} at the stays of all other trusts. {beside}"
        )
        return self.table("tbl-adjusted", "Stay allowing for case mix.", columns, rows, note=note)

    @property
    def _ratio(self) -> tuple[float, float, float]:
        ratio = self.found.ratio
        return ratio.value, ratio.low, ratio.high


def capital(text: str) -> str:
    """Return words with a capital first letter."""
    return text[:1].upper() + text[1:]
