"""The DNA report: each method is one section's figure, table or sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from helpers.analyses.missed_appointments import words as dna_words
from helpers.analyses.missed_appointments.assumptions import assumption_rows, range_words, value_words
from helpers.analyses.missed_appointments.clinic import can_be_worked_out, find_clinic
from helpers.analyses.missed_appointments.options import DnaOptions
from helpers.analyses.missed_appointments.patients import DnaPatients
from helpers.analyses.missed_appointments.scenario import DRAWS, FAR_APART_MONTHS, Scenario
from helpers.bundle import Cell, Column
from helpers.phrases import bulleted, phrase, phrases
from helpers.report.charts import scenario as charts_scenario
from helpers.report.charts.scenario import Fan, Swing
from helpers.report.shown import Shown, ShownParts
from helpers.report.words import days, number, sentence
from helpers.stats.dna import newcomer_wait
from helpers.stats.dna.impact import DAYS_PER_YEAR, LEAST_BELIEVABLE_RATE, NEGATIVE_RELIEF
from helpers.stats.dna.uncertainty import DnaUncertainty, Spread

if TYPE_CHECKING:
    from helpers.report.opening import Report

_BOUNDS = {
    "first": "only first-appointment slots go to patients on the list",
    "all": "every freed slot does, minute for minute",
}
_SPREAD = (
    ("Median", "median"),
    ("80% from", "low80"),
    ("to", "high80"),
    ("95% from", "low95"),
    ("to", "high95"),
)
_TOO_FEW = (
    "No scenario is worked out: too few patients missed an appointment for figures on them to be shown."
)
#: what the later cells of a section show where its first one has said that there is no scenario
_SAID_ABOVE = ShownParts(())
_NOT_RECORDED = "No scenario is worked out: missed appointments are not recorded here."


class DnaImpact(DnaPatients):
    """The whole report: what is happening, and what fewer missed appointments would bring.

    Parameters
    ----------
    report
        The open report.
    options
        What the parameter file asks for.
    """

    def __init__(self, report: Report, options: DnaOptions) -> None:
        super().__init__(report, options)
        if self._worked_out:
            _ = self.scenario  # a horizon in the past, or no additions, ends the report here

    @cached_property
    def _worked_out(self) -> bool:
        """Whether there is something to work the scenario out from."""
        return can_be_worked_out(self.found)

    @property
    def _why_not(self) -> str:
        return _NOT_RECORDED if not self.found.recorded else _TOO_FEW

    @cached_property
    def scenario(self) -> Scenario:
        """The numbers of the scenario."""
        return Scenario(self.options, find_clinic(self.found), self.report.period.end)

    # --- what needs attention ---------------------------------------------------------------------

    def headline(self) -> Shown:
        """What a board should know first."""
        if self._worked_out:
            lines = [
                f"**{self._scenario_words()}**",
                self._apart_words(),
                self._rate_words(),
                self._stated_words(),
            ]
        else:
            lines = [f"**{self._rate_words()}**", self._why_not]
        lines += [self._published_words(), self._peer_words()]
        return self.text("headline", "\n\n".join(line for line in lines if line), kind="headline")

    def _stated_words(self) -> str:
        if self.options.missed is None:
            return ""
        return (
            f"The scenario reckons with {number(self.options.missed)} missed appointments a year, as its parameters "
            "say, not with the trust's own."
        )

    def _published_words(self) -> str:
        if self.found.basis == "records":
            return ""
        return (
            "The figures are published statistics, rounded to 5 and provisional; "
            + ("April 2020 to March 2021 was the first year of the pandemic and is not typical. "
               if self.report.period.first.year == 2020 else "")
            + "They say nothing of specialties or patients within the trust."
        )  # fmt: skip

    def _apart_words(self) -> str:
        clinic = self.scenario.clinic
        months = clinic.months_apart(self.report.period.last)
        if clinic.list_month is None or months < FAR_APART_MONTHS:
            return ""
        return dna_words.apart_sentence(months, clinic.list_month, self.report.period.label)

    # --- the scenario -----------------------------------------------------------------------------

    def outcomes(self) -> ShownParts:
        """Tables: attendances and patients by the horizon, and what they are in days."""
        if not self._worked_out:
            return _SAID_ABOVE
        found = self.scenario
        people = [("Attendances gained", found.attendances)]
        people += self._by_bound("Patients by whom the list is shorter", lambda outcome: outcome.relief)
        in_days = self._by_bound("Days of additions", lambda outcome: outcome.days_of_additions)
        if (wait := found.outcomes["all"].wait_days) is not None:
            in_days.append((f"A newcomer's wait, first in, first out{self._wait_now()}", wait))
        note = "Every input is one number, so all ends are the same." if found.certain else ""
        tables = (
            self._spread_table("tbl-outcomes", "What the change would bring.", people, digits=0, note=note),
            self._spread_table("tbl-days", "What the change would bring, in days.", in_days, digits=1),
        )
        return ShownParts(tables)

    def _by_bound(self, label: str, spread: Callable[[DnaUncertainty], Spread]) -> list[tuple[str, Spread]]:
        """Return a spread of each bound under its label, with what the bound means where there are two."""
        outcomes = self.scenario.outcomes
        return [
            (f"{label}, if {_BOUNDS[name]}" if len(outcomes) > 1 else label, spread(outcome))
            for name, outcome in outcomes.items()
        ]

    def _spread_table(
        self, name: str, caption: str, spreads: Sequence[tuple[str, Spread]], *, digits: int, note: str = ""
    ) -> Shown:
        columns = (Column(label=f"By {_day_words(self.scenario)}"), *_spread_columns(digits))
        rows = [(label, *_cells(spread, digits)) for label, spread in spreads]
        return self.table(name, caption, columns, rows, note=note)

    def say_outcomes(self) -> Shown | ShownParts:
        """The scenario in words."""
        if not self._worked_out:
            return _SAID_ABOVE
        found, widest = self.scenario, self.scenario.outcomes["all"]
        value = found.value
        words = [
            dna_words.attendances_sentence(found.attendances, certain=found.certain),
            dna_words.value_sentence(value.hours, value.income),
            self._scenario_words(),
        ]
        if not found.certain:
            target = self.options.wait_target_days
            words.append(dna_words.chance_sentence(widest.chance_of_relief, widest.chance_of_wait, target))
        return self.text("say-outcomes", " ".join(words))

    def _scenario_words(self) -> str:
        found = self.scenario
        spreads = [outcome.days_of_additions for outcome in found.outcomes.values()]
        words = dna_words.scenario_sentence(found.horizon, spreads, certain=found.certain)
        reach = range_words("reduction", self.options.reduction)
        negative = any(spread.median < 0 for spread in spreads)
        lead = f"If {reach} of missed appointments are avoided, "
        return lead + words[:1].lower() + words[1:] + (f" {NEGATIVE_RELIEF}" if negative else "")

    def path(self) -> Shown:
        """Figure: the effect from week to week; the list itself where it is known."""
        if not self._worked_out:
            return self.text("fig-path", self._why_not)
        found, points = self.scenario, self.scenario.path
        known = found.clinic.waiting is not None
        spreads = [point.waiting_list if known else point.days_of_additions for point in points]
        fan = _fan(
            tuple(point.day for point in points), [spread for spread in spreads if spread is not None]
        )
        beside = ("no change", np.array(found.list_without_change)) if known else None
        end = fan.median[-1]
        label = number(end) if known else days(float(end))
        unit = "patients on the list" if known else "days of additions"
        caption = "The waiting list with the change" if known else "By how much the list is shorter"
        digits = 0 if known else 1
        columns = (Column(label="Day", kind="date"), *_spread_columns(digits))
        rows = [
            (day.isoformat(), *_cells(spread, digits))
            for day, spread in zip(fan.days, spreads, strict=True)
            if spread is not None
        ]
        return self.figure(
            "fig-path",
            lambda: charts_scenario.fan_chart(fan, unit=unit, label=label, beside=beside),
            caption=f"{caption}, with 80% and 95% intervals, to {_day_words(found)}.",
            alt=f"Line with widening bands from {found.start:%B %Y} to {found.horizon:%B %Y}. {self._scenario_words()}",
            data=(columns, rows),
        )

    # --- sensitivity and assumptions --------------------------------------------------------------

    def sensitivity(self) -> Shown:
        """Figure: how far each assumption alone moves the days of additions."""
        if not self._worked_out:
            return self.text("fig-sensitivity", self._why_not)
        table = self.scenario.sensitivity
        if table.empty:
            return self.text("fig-sensitivity", dna_words.sensitivity_sentence([]))
        swings = [
            Swing(
                dna_words.SHORT_NAMES[name],
                value_words(name, low),
                value_words(name, high),
                at_low,
                at_high,
            )
            for name, low, high, at_low, at_high in table[
                ["input", "low_value", "high_value", "days_at_low", "days_at_high"]
            ].itertuples(index=False)
        ]
        columns = (
            Column(label="Assumption"), Column(label="Low"), Column(label="High"),
            Column(label="Days at low", kind="model", digits=1),
            Column(label="Days at high", kind="model", digits=1),
        )  # fmt: skip
        rows = [(swing.label, swing.low, swing.high, swing.at_low, swing.at_high) for swing in swings]
        middle = self.scenario.days_at_medians
        return self.figure(
            "fig-sensitivity",
            lambda: charts_scenario.tornado_chart(swings, middle, unit="days of additions"),
            caption="Days of additions when one assumption alone goes from its 10% to its 90% quantile.",
            alt=f"Bars for each uncertain assumption about {days(middle)}. {self._sensitivity_words()}",
            data=(columns, rows),
        )

    def say_sensitivity(self) -> Shown | ShownParts:
        """What the result depends on, in words."""
        if not self._worked_out or self.scenario.sensitivity.empty:
            return _SAID_ABOVE
        return self.text("say-sensitivity", self._sensitivity_words())

    def _sensitivity_words(self) -> str:
        return dna_words.sensitivity_sentence(list(self.scenario.sensitivity["input"]))

    def assumptions(self) -> Shown | ShownParts:
        """Table: everything that the scenario takes for granted, each with its source or "assumed"."""
        if not self._worked_out:
            return _SAID_ABOVE
        columns = (Column(label="Assumption"), Column(label="Value"), Column(label="Source", kind="text"))
        rows = assumption_rows(self.options, self.scenario.clinic, rounded=self.origin == "records")
        note = "Three numbers are low, likely and high, drawn from a PERT distribution. " * (
            not self.scenario.certain
        )
        note += "Every draw of one assumption is independent of the others."
        return self.table(
            "tbl-assumptions", "What the scenario takes for granted.", columns, rows, note=note
        )

    def _wait_now(self) -> str:
        """Return what the wait would be at the horizon without the change."""
        found = self.scenario
        if not found.list_without_change or not found.clinic.removals:
            return ""
        wait = newcomer_wait(found.list_without_change[-1], found.clinic.removals / DAYS_PER_YEAR)
        return f" (without the change {number(float(wait), 1)})"

    # --- method -----------------------------------------------------------------------------------

    def method(self) -> Shown:
        """What was counted and how, and what the scenario leaves out."""
        where = "outpatient records" if self.found.basis == "records" else "published statistics"
        points = [
            phrase("method.missed.counts", where=where),
            phrase("method.missed.not_recorded", least_rate=LEAST_BELIEVABLE_RATE),
            phrase("method.spc.laney"),
            phrase("method.missed.gained"),
            phrase("method.missed.days"),
            phrase("method.interval", draws=DRAWS),
            phrase("method.missed.bounds"),
        ]
        return self.text("method", bulleted(points))

    def limitations(self) -> Shown:
        """What the scenario does not know."""
        return self.text("limitations", bulleted(phrases("statements.missed").values()))

    def quality(self) -> Shown:
        """How complete the figures are, in words."""
        months = self.found.own_months
        missing = int(months["booked"].isna().sum())
        words = [
            sentence(
                f"{number(len(months) - missing)} of {number(len(months))} months of the trend have figures"
            )
        ]
        if merged := self.report.organisation.predecessors:
            words.append(f"The history of {', '.join(merged)}, merged into this trust, is included.")
        if self.found.basis == "published":
            words.append(
                "Where the publisher hid how many missed a first appointment, the month counts without them and its "
                'sums read "at least"; months that are known less closely are left out.'
            )
        return self.text("quality", " ".join(words))


def _cells(spread: Spread, digits: int) -> tuple[Cell, ...]:
    return tuple(round(float(getattr(spread, name)), digits or None) for _, name in _SPREAD)


def _spread_columns(digits: int) -> tuple[Column, ...]:
    return tuple(Column(label=label, kind="model", digits=digits) for label, _ in _SPREAD)


def _fan(when: tuple[object, ...], spreads: Sequence[Spread]) -> Fan:
    lines = {
        name: np.array([getattr(spread, name) for spread in spreads])
        for name in ("median", "low80", "high80", "low95", "high95")
    }
    return Fan(when, **lines)  # type: ignore[arg-type]


def _day_words(scenario: Scenario) -> str:
    return f"{scenario.horizon.day} {scenario.horizon:%B %Y}"
