"""The sections of the length-of-stay report on where the difference comes from, and what it is worth."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pandas as pd

from helpers.analyses.stays import words as los_words
from helpers.analyses.stays.comparison import StayComparison, capital, days_column
from helpers.analyses.stays.findings import REST
from helpers.bundle import SUPPRESSED, Cell, Column
from helpers.data.stays import LONG_STAYS
from helpers.report import controlled
from helpers.report.charts import comparison
from helpers.report.shown import Shown
from helpers.report.words import count, interval, number, sentence

#: groups in the chart; the table lists them all
MOST_BARS = 12


class StayGroups(StayComparison):
    """Which specialties or ages the difference comes from, and how far very long stays make it."""

    # --- worth and origin -------------------------------------------------------------------------

    def worth(self) -> Shown:
        """Table: excess bed-days and beds, net, raw, shrunken and certain."""
        worth, cost = self.found.worth, self.options.bed_day_cost
        kinds = {
            "Certain: only where the interval excludes 1": worth.certain,
            "Shrunken: each group drawn to the mean": worth.shrunken,
            "Raw: every group above the expected": worth.raw,
            "Net: all groups, shorter ones set off": float(self.found.groups["excess"].sum()),
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
        table = table[table["shown"] != SUPPRESSED]
        chosen = table.loc[table.index.isin(table["excess"].abs().nlargest(MOST_BARS).index)]
        columns_drawn = ("label", "excess", "excess_low", "excess_high", "certain_sign")
        bars = [
            comparison.Bar(capital(label), round(value), round(low), round(high), certain=bool(sign))
            for label, value, low, high, sign in zip(*(chosen[name] for name in columns_drawn), strict=True)
        ]
        columns = (
            Column(label=capital(self._group)),
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
        people: list[Cell] = list(table["shown"])
        figures = {
            "mean": table["observed"] / table["patients"],
            "expected": table["expected"] / table["patients"],
            "ratio": table["ratio"],
            "low": table["low"],
            "high": table["high"],
            "excess": table["excess"],
        }
        cells = [controlled.derived(column, people) for column in figures.values()]
        columns = (
            Column(label=capital(self._group)),
            Column(label="Patients", kind="count"),
            days_column("Mean stay"),
            days_column("Expected"),
            Column(label="Ratio", kind="rate", digits=2),
            Column(label="95% from", kind="model", digits=2),
            Column(label="to", kind="model", digits=2),
            Column(label="Excess bed-days", kind="rate", signed=True),
        )
        rows = list(zip(map(capital, table["label"]), people, *cells, strict=True))
        caption = f"Stay against the expected by {self._group}."
        few = f"{capital(self._groups)} with too few patients to be shown are taken together."
        return self.table("tbl-groups", caption, columns, rows, note=few if REST in table.index else "")

    # --- tails ------------------------------------------------------------------------------------

    def tails(self) -> Shown:
        """Table: zero-day stays and stays of 7, 14 and 21 days or more, here and elsewhere."""
        names = ("Zero days", *(f"{n} days or more" for n in LONG_STAYS))
        own, others = self.found.tails_of("own"), self.found.tails_of("others")
        columns = (
            Column(label="Stays of"),
            Column(label="This trust", kind="rate", unit="% of patients", digits=1),
            Column(label="All others", kind="rate", unit="% of patients", digits=1),
            Column(label="This trust", kind="rate", unit="% of days", digits=1),
            Column(label="All others", kind="rate", unit="% of days", digits=1),
        )
        cells = [
            self._tail_patients(own),
            self._tail_patients_of_others(others),
            [0.0, *self._own_tail_days],
            [0.0, *self._tail_days(others)],
        ]
        here = self.found.told.cell(self.found.told.all_stays(zero_day=True))
        there = self.found.told.about_others(float(others["spells"]))
        note = f"{Column(label='').show(here)} patients here and {there} elsewhere."
        caption = "Very short and long stays and their days, zero-day stays counted and nothing trimmed."
        return self.table("tbl-tails", caption, columns, list(zip(names, *cells, strict=True)), note=note)

    def _tail_patients(self, sums: pd.Series) -> list[Cell]:
        told = self.found.told
        some = [float(sums[name]) for name in ("zero_day", *(f"spells_{n}" for n in LONG_STAYS))]
        shares = controlled.percentages(some, [float(sums["spells"])] * len(some), self.origin)
        parts = [told.cell(told.tail(days)) for days in (0, *LONG_STAYS)]
        return controlled.derived(shares, parts, [told.cell(told.all_stays(zero_day=True))] * len(parts))

    def _tail_patients_of_others(self, sums: pd.Series) -> list[Cell]:
        some = {0: float(sums["zero_day"]), **{n: float(sums[f"spells_{n}"]) for n in LONG_STAYS}}
        return self.found.told.shares_of_others(some, float(sums["spells"]))

    def _tail_days(self, sums: pd.Series) -> list[Cell]:
        all_days = float(sums["days"]) or np.nan
        shares = [round(100 * float(sums[f"days_{n}"]) / all_days, 1) for n in LONG_STAYS]
        people = [float(sums[f"spells_{n}"]) for n in LONG_STAYS]
        return controlled.nested(shares, people, float(sums["spells"]), self.origin)

    @cached_property
    def _own_tail_days(self) -> list[Cell]:
        told = self.found.told
        parts = [told.cell(told.tail(days)) for days in LONG_STAYS]
        return controlled.derived(self._tail_days(self.found.tails_of("own")), parts)

    def say_tails(self) -> Shown:
        """How much of all bed-days long stays use, here and elsewhere."""
        here, there = self._own_tail_days[-1], self._tail_days(self.found.tails_of("others"))[-1]
        if not isinstance(here, float) or not isinstance(there, float):
            return self.text("say-tails", "Stays of 21 days or more are too few to be shown.")
        words = f"stays of 21 days or more use {number(here)}% of the bed-days here and {number(there)}% elsewhere"
        return self.text("say-tails", sentence(words))

    # --- shared by several sections ---------------------------------------------------------------

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
