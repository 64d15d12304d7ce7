"""Which specialties or ages the difference comes from, what it is worth, and how far long stays make it."""

from __future__ import annotations

from functools import partial
from typing import Final

import numpy as np
import pandas as pd

from helpers.analyses.stays import words as los_words
from helpers.analyses.stays.basis import StayBasis
from helpers.analyses.stays.excess import REST
from helpers.bundle import SUPPRESSED, Cell, Column
from helpers.report import controlled
from helpers.report.charts import comparison
from helpers.report.columns import fields
from helpers.report.parts import Field, Part
from helpers.report.words import capital, count, interval, number, sentence

#: groups in the chart; the table lists them all
MOST_BARS = 12
CHANCE: Final = "Of 20 groups that do not differ, about one is named by chance alone."
_ONE: Final = {"specialty": "specialty", "age_band": "age group"}
_MANY: Final = {"specialty": "specialties", "age_band": "age groups"}
_WHERE: Final = {"specialty": "in", "age_band": "at ages"}


# --- worth --------------------------------------------------------------------------------------------


def worth(basis: StayBasis) -> Part:
    """Return excess bed-days and beds, net, raw, shrunken and certain."""
    found, cost = basis.found, basis.options.bed_day_cost
    kinds = {
        "Certain: only where the interval excludes 1": found.excess.worth.certain,
        "Shrunken: each group drawn to the mean": found.excess.worth.shrunken,
        "Raw: every group above the expected": found.excess.worth.raw,
        "Net: all groups, shorter ones set off": float(found.excess.groups["excess"].sum()),
    }
    certain, raw = found.excess.worth.certain, found.excess.worth.raw
    if raw <= 0:  # three rows of noughts say nothing
        kinds = {"All groups together": kinds.popitem()[1]}
    rows: list[tuple[Cell, ...]] = [(name, value, found.beds(value)) for name, value in kinds.items()]
    if cost is not None:
        rows = [(*row, cost * value) for row, value in zip(rows, kinds.values(), strict=True)]
    said = los_words.worth_sentence(certain, found.beds(certain), raw, groups=_MANY[found.group_column])
    occupancy = f"{100 * basis.options.occupancy:g}%"
    columns = fields(__file__, "worth")[: len(rows[0])]
    return basis.part(
        "worth",
        fields=columns,
        rows=rows,
        caption=f"{'Upper bounds: bed-days' if raw > 0 else 'Bed-days'} above the expected, and beds at {occupancy} "
        "occupancy.",
        words={"certain": said},
        values={each.name: 0.0 for each in columns[1:]},
        values_of_row=0 if raw > 0 else None,
    )


# --- origin -------------------------------------------------------------------------------------------


def groups(basis: StayBasis) -> Part:
    """Return every specialty, or within one every age group: patients, means, ratio, excess bed-days."""
    table, one = _groups_found(basis), _ONE[basis.found.group_column]
    people: list[Cell] = list(table["shown"])
    figures = (
        table["observed"] / table["patients"],
        table["expected"] / table["patients"],
        *(table[name] for name in ("ratio", "lower", "upper", "excess", "excess_low", "excess_high")),
        table["beyond_chance"],
    )
    cells = [controlled.derived(column, people) for column in figures]
    bars = _bars(table)
    origin = _origin_words(basis, table)
    few = (
        f"{capital(_MANY[basis.found.group_column])} with too few patients to be shown are taken together."
    )
    return basis.part(
        "groups",
        fields=(Field("group", Column(label=capital(one)), one), *fields(__file__, "groups")),
        rows=list(zip(map(capital, table["label"]), people, *cells, strict=True)),
        caption=f"Bed-days above or below the expected by {one}, with 95% intervals.",
        alt=f"{_bars_words(bars, basis.found.group_column)} {origin}".strip(),
        table_caption=f"Stay against the expected by {one}.",
        note=few if REST in table.index else "",
        words={"origin": origin, "chance": CHANCE},
        chart=partial(
            comparison.bars_chart,
            bars,
            unit="bed-days",
            words=("fewer than expected", "more than expected"),
        )
        if bars
        else None,
        # without a picture its words alone stand for it: the table has a place of its own
        content=None if bars else (basis.text("say-groups", origin),),
    )


def _groups_found(basis: StayBasis) -> pd.DataFrame:
    """Return the groups with the ends of the excess and whether it is beyond chance."""
    table = basis.found.excess.groups
    return table.assign(
        excess_low=table["expected"] * (table["lower"] - 1),
        excess_high=table["expected"] * (table["upper"] - 1),
        beyond_chance=np.where(table["lower"] > 1, "longer", np.where(table["upper"] < 1, "shorter", "")),
    )


def _bars(table: pd.DataFrame) -> list[comparison.Bar]:
    table = table[table["shown"] != SUPPRESSED]
    chosen = table.loc[table.index.isin(table["excess"].abs().nlargest(MOST_BARS).index)]
    drawn = ("label", "excess", "excess_low", "excess_high", "beyond_chance")
    return [
        comparison.Bar(capital(label), round(value), round(low), round(high), certain=bool(side))
        for label, value, low, high, side in zip(*(chosen[name] for name in drawn), strict=True)
    ]


def _bars_words(bars: list[comparison.Bar], column: str) -> str:
    if not bars:
        return ""
    top = max(bars, key=lambda bar: abs(bar.value))
    return (
        f"Bed-days above or below the expected for {count(len(bars), _ONE[column], _MANY[column])}. "
        f"Furthest from the expected: {top.label}, {number(top.value, signed=True)} "
        f"({interval(top.low, top.high, 0)})."
    )


def _origin_words(basis: StayBasis, table: pd.DataFrame) -> str:
    longer = table[table["beyond_chance"] == "longer"]["label"]
    shorter = table[table["beyond_chance"] == "shorter"].sort_values("excess")["label"]
    return los_words.origin_sentence(list(longer), list(shorter), where=_WHERE[basis.found.group_column])


# --- tails --------------------------------------------------------------------------------------------


def tails(basis: StayBasis) -> Part:
    """Return zero-day stays and long stays with their share of patients and of bed-days, here and elsewhere."""
    found, told, lengths = basis.found, basis.found.told, basis.options.tails
    own, others = found.tails.T["own"], found.tails.T["others"]
    days_here, days_elsewhere = _own_tail_days(basis), _tail_days(basis, others)
    names = ("Zero days", *(f"{n} days or more" for n in lengths))
    some = {0: float(others["zero_day"]), **{n: float(others[f"spells_{n}"]) for n in lengths}}
    cells = [
        _tail_patients(basis, own),
        told.shares_of_others(some, float(others["spells"])),
        [0.0, *days_here],
        [0.0, *days_elsewhere],
    ]
    here = told.cell(told.all_stays(zero_day=True))
    patients = "an undisclosed number of" if here == SUPPRESSED else Column(label="").show(here)
    there = told.about_others(float(others["spells"]))
    return basis.part(
        "tails",
        rows=list(zip(names, *cells, strict=True)),
        caption="Very short and long stays and their days, zero-day stays counted and nothing trimmed.",
        note=capital(f"{patients} patients here and {there} elsewhere."),
        words={"long_stays": _long_words(lengths[-1], days_here[-1], days_elsewhere[-1])},
        values_of_row=-1,
    )


def _tail_patients(basis: StayBasis, sums: pd.Series) -> list[Cell]:
    told, lengths = basis.found.told, basis.options.tails
    some = [float(sums[name]) for name in ("zero_day", *(f"spells_{n}" for n in lengths))]
    shares = controlled.percentages(some, [float(sums["spells"])] * len(some), basis.origin)
    parts = [told.cell(told.tail(days)) for days in (0, *lengths)]
    return controlled.derived(shares, parts, [told.cell(told.all_stays(zero_day=True))] * len(parts))


def _tail_days(basis: StayBasis, sums: pd.Series) -> list[Cell]:
    all_days, lengths = float(sums["days"]) or np.nan, basis.options.tails
    shares = [round(100 * float(sums[f"days_{n}"]) / all_days, 1) for n in lengths]
    people = [float(sums[f"spells_{n}"]) for n in lengths]
    return controlled.nested(shares, people, float(sums["spells"]), basis.origin)


def _own_tail_days(basis: StayBasis) -> list[Cell]:
    told = basis.found.told
    parts = [told.cell(told.tail(days)) for days in basis.options.tails]
    whole = [told.cell(told.all_stays(zero_day=True))] * len(parts)
    return controlled.derived(_tail_days(basis, basis.found.tails.T["own"]), parts, whole)


def _long_words(days: int, here: Cell, there: Cell) -> str:
    """Say how much of all bed-days long stays use, here and elsewhere."""
    if not isinstance(here, float) or not isinstance(there, float):
        return f"Stays of {days} days or more are too few to be shown."
    return sentence(
        f"stays of {days} days or more use {number(here)}% of the bed-days here and {number(there)}% elsewhere"
    )
