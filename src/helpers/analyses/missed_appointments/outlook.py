"""What fewer missed appointments would bring: the scenario as parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import Final

import numpy as np

from helpers.analyses.missed_appointments import scenario_words as say
from helpers.analyses.missed_appointments.assumptions import range_words, value_words
from helpers.analyses.missed_appointments.basis import AppointmentBasis
from helpers.analyses.missed_appointments.scenario import Scenario, reach_of
from helpers.bundle import Cell, Column
from helpers.phrases import phrases
from helpers.report.charts import scenario as charts_scenario
from helpers.report.charts.scenario import Reach, Swing
from helpers.report.columns import fields
from helpers.report.parts import Field, Part
from helpers.report.words import day_words, number
from helpers.stats.dna import newcomer_wait
from helpers.stats.dna.impact import DAYS_PER_YEAR, NEGATIVE_RELIEF
from helpers.stats.dna.uncertainty import DnaUncertainty, DrawnSpread

_SPREAD: Final = (
    ("median", "Median"),
    ("lower80", "80% from"),
    ("upper80", "to"),
    ("lower95", "95% from"),
    ("upper95", "to"),
)


class ScenarioParts:
    """The scenario in figures, tables and words."""

    def __init__(self, made: AppointmentBasis, scenario: Scenario) -> None:
        self.made, self.scenario = made, scenario

    @property
    def past(self) -> bool:
        """Whether the horizon has passed: then it is told as what would have been."""
        return self.scenario.horizon <= self.made.report.today

    def sentence(self) -> str:
        """The one range that a board can repeat."""
        found = self.scenario
        words = say.scenario_sentence(
            range_words("reduction", found.options.reduction),
            (found.start, found.horizon),
            found.reach,
            certain=found.certain,
            past=self.past,
        )
        negative = any(each.relief.median < 0 for each in found.outcomes.values())
        return f"{words} {NEGATIVE_RELIEF}" if negative else words

    # --- from week to week ------------------------------------------------------------------------

    @cached_property
    def path(self) -> Part:
        """Figure: the range from week to week, and each bound in it; the list itself where it is known."""
        found = self.scenario
        known = found.clinic.waiting is not None
        reach = self._reach
        beside = ("no change", np.round(found.list_without_change)) if known else None
        unit = "patients on the list" if known else "patients fewer on the list"
        caption = (
            "The waiting list with the change" if known else "By how many patients the list is shorter"
        )
        day, low, high = fields(__file__, "path")
        middles = (
            Field(name, Column(label=f"Middle, {words}", kind="model")) for name, words in self._ways
        )
        return self.made.part(
            "path",
            fields=[day, low, *middles, high],
            rows=self._path_rows(reach),
            caption=f"{caption}, to {day_words(found.horizon)}: the range, and the middle of each bound in it.",
            alt=f"Band from {found.start:%B %Y} to {found.horizon:%B %Y}, at its end "
            f"{say.reach_words(found.reach, certain=found.certain)}.",
            words={"bounds": self._bounds_words()},
            chart=partial(charts_scenario.reach_chart, reach, unit=unit, beside=beside),
        )

    @property
    def _ways(self) -> list[tuple[str, str]]:
        names = list(self.scenario.outcomes)
        short = phrases("names.bounds_short")
        return [(name, short[name]) for name in (names if len(names) > 1 else ["all"])]

    @cached_property
    def _reach(self) -> Reach:
        """The range as it is listed: whole patients."""
        points = self.scenario.path
        known = self.scenario.clinic.waiting is not None
        spreads = [point.waiting_list if known else point.relief for point in points]
        ends = np.array([reach_of(each.values()) for each in spreads])
        several = len(self.scenario.outcomes) > 1
        short = phrases("names.bounds_short")
        middles = tuple(
            (short[name] if several else "", np.round([each[name].median for each in spreads]))
            for name in self.scenario.outcomes
        )
        days = tuple(point.day for point in points)
        return Reach(days, ends[:, 0].round(), ends[:, 1].round(), middles)

    @staticmethod
    def _path_rows(reach: Reach) -> list[tuple[Cell, ...]]:
        values = zip(reach.low, *(middle for _, middle in reach.middles), reach.high, strict=True)
        return [(day.isoformat(), *map(int, row)) for day, row in zip(reach.days, values, strict=True)]

    def _bounds_words(self) -> str:
        outcomes = self.scenario.outcomes.values()
        ends = [(each.relief.lower80, each.relief.upper80) for each in outcomes]
        medians = [each.days_of_additions.median for each in outcomes]
        return say.bounds_sentence(ends, medians, certain=self.scenario.certain)

    # --- at the horizon ---------------------------------------------------------------------------

    @cached_property
    def outcomes(self) -> Part:
        """Table: attendances, and patients by whom the list is shorter, by the horizon."""
        found = self.scenario
        rows = [("Attendances gained", found.attendances)]
        rows += self._by_bound("Patients by whom the list is shorter", lambda each: each.relief)
        note = "Every input is one number, so all ends are the same." if found.certain else ""
        caption = "What the change would have brought." if self.past else "What the change would bring."
        return self._table("outcomes", caption, rows, digits=0, note=note, words=self._outcome_words())

    def _outcome_words(self) -> dict[str, str]:
        found, widest, past = self.scenario, self.scenario.outcomes["all"], self.past
        words = {
            "attendances": say.attendances_sentence(found.attendances, certain=found.certain, past=past),
            "value": say.value_sentence(found.value.hours, found.value.income, past=past),
        }
        if not found.certain:
            target = found.options.wait_target_days
            words["chance"] = say.chance_sentence(widest.chance_of_relief, widest.chance_of_wait, target)
        return words

    @cached_property
    def days(self) -> Part:
        """Table: the same in days of additions, and the wait of a newcomer where the list is known."""
        rows = self._by_bound("Days of additions", lambda each: each.days_of_additions)
        if (wait := self.scenario.outcomes["all"].wait_days) is not None:
            rows.append((f"A newcomer's wait, first in, first out{self._wait_now()}", wait))
        return self._table("days", "The same in days.", rows, digits=1)

    def _by_bound(
        self, label: str, spread: Callable[[DnaUncertainty], DrawnSpread]
    ) -> list[tuple[str, DrawnSpread]]:
        """Return a spread of each bound under its label, with what the bound means where there are two."""
        outcomes = self.scenario.outcomes
        return [
            (
                f"{label}, if {phrases('names.bounds')[name]}" if len(outcomes) > 1 else label,
                spread(outcome),
            )
            for name, outcome in outcomes.items()
        ]

    def _table(
        self,
        name: str,
        caption: str,
        spreads: Sequence[tuple[str, DrawnSpread]],
        *,
        digits: int,
        note: str = "",
        words: dict[str, str] | None = None,
    ) -> Part:
        columns = (Field(key, Column(label=label, kind="model", digits=digits)) for key, label in _SPREAD)
        return self.made.part(
            name,
            fields=[
                Field("outcome", Column(label=f"By {day_words(self.scenario.horizon)}")),
                *columns,
            ],
            rows=[(label, *_cells(spread, digits)) for label, spread in spreads],
            caption=caption,
            note=note,
            words=words,
        )

    def _wait_now(self) -> str:
        """Return what the wait would be at the horizon without the change."""
        found = self.scenario
        if not found.list_without_change or not found.clinic.removals:
            return ""
        wait = newcomer_wait(found.list_without_change[-1], found.clinic.removals / DAYS_PER_YEAR)
        return f" (without the change {number(float(wait), 1)})"

    # --- what it depends on -----------------------------------------------------------------------

    @cached_property
    def sensitivity(self) -> Part:
        """Figure: how far each assumption alone moves the result."""
        table, fields = self.scenario.sensitivity, _SENSITIVITY
        words = {"most": say.sensitivity_sentence(list(table["input"]))}
        if table.empty:
            return self.made.part("sensitivity", fields=fields, words=words)
        swings = [
            Swing(
                phrases("names.uncertain")[name],
                value_words(name, low),
                value_words(name, high),
                round(at_low),
                round(at_high),
            )
            for name, low, high, at_low, at_high in table[
                ["input", "low_value", "high_value", "relief_at_low", "relief_at_high"]
            ].itertuples(index=False)
        ]
        middle = round(self.scenario.relief_at_medians)
        return self.made.part(
            "sensitivity",
            fields=fields,
            rows=[(swing.label, swing.low, swing.high, swing.at_low, swing.at_high) for swing in swings],
            caption="Patients by whom the list is shorter when one assumption alone goes from its 10% to its 90% "
            "quantile.",
            alt="Bars for each uncertain assumption, about the result with all at their medians.",
            words=words,
            chart=partial(charts_scenario.tornado_chart, swings, middle, unit="patients fewer on the list"),
        )


_SENSITIVITY: Final = fields(__file__, "sensitivity")


def _cells(spread: DrawnSpread, digits: int) -> tuple[Cell, ...]:
    return tuple(round(float(getattr(spread, name)), digits or None) for name, _ in _SPREAD)
