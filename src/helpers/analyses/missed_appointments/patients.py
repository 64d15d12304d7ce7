"""Whose appointments are missed: by specialty, by characteristics of patient and booking, by deprivation."""

from __future__ import annotations

import re
from functools import partial

import numpy as np
import pandas as pd

from helpers.analyses.missed_appointments import words as dna_words
from helpers.analyses.missed_appointments.basis import AppointmentBasis
from helpers.analyses.missed_appointments.findings import DRIVERS, PER_CENT, DnaFindings
from helpers.bundle import SUPPRESSED, Cell
from helpers.data.series.appointments import LEAD_BANDS, LONGEST_LEAD
from helpers.phrases import phrase, phrases
from helpers.report import controlled
from helpers.report.charts import rates as charts_rates
from helpers.report.charts.rates import Odds
from helpers.report.parts import Part
from helpers.report.words import capital, count, interval, number

#: specialties in the table, largest first
MOST_SPECIALTIES = 15
_LEVELS = (
    *(name for _, name in LEAD_BANDS),
    LONGEST_LEAD,
    *("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
)


# --- specialties ------------------------------------------------------------------------------------


def specialties(basis: AppointmentBasis) -> Part:
    """Return the trust's rate by specialty from records, or England's where there are none."""
    found = basis.found
    if found.basis == "records":
        return _own_specialties(basis)
    table = found.england_specialties
    if table.empty:
        return basis.part("specialties", rows=(), none=phrase("reasons.missed.no_specialties"))
    names = table["name"].fillna("All specialties").where(table["specialty"].notna(), "All specialties")
    head = table.assign(name=names).head(MOST_SPECIALTIES + 1)
    return basis.part(
        "specialties",
        rows=[_england_row(*values) for values in head[["name", "dnas", "attended"]].to_numpy()],
        caption=f"England by specialty, {basis.report.period.before.label}.",
        words={"about": phrase("statements.missed.england_specialties")},
        values={"whose": "England"},
    )


def _own_specialties(basis: AppointmentBasis) -> Part:
    found = basis.found
    if none := basis.not_recorded:
        return basis.part("specialties", rows=(), none=none)
    table = found.own_specialties
    pairs = [found.told.cells(found.told.of_specialty(code)) for code in table.index]
    booked, missed = ([pair[side] for pair in pairs] for side in (0, 1))
    if all(cell == SUPPRESSED or not cell for cell in missed):  # nothing to set side by side
        none = phrase("reasons.missed.too_few_by_specialty")
        return basis.part("specialties", rows=(), none=none)
    shares = controlled.percentages(table["dnas"], table["booked"], basis.origin)
    rates = controlled.derived(shares, missed, booked)
    rows = list(zip(table["name"], booked, missed, rates, strict=True))[:MOST_SPECIALTIES]
    return basis.part(
        "specialties",
        rows=rows,
        caption=f"Missed appointments by specialty, {basis.report.period.label}.",
        words={
            "highest": dna_words.highest_sentence((str(row[0]), row[-1]) for row in rows),
            "about": phrase("statements.missed.small_numbers"),
        },
        values={"whose": basis.report.organisation.name},
    )


# --- who misses -------------------------------------------------------------------------------------


def drivers(basis: AppointmentBasis) -> Part:
    """Return the odds ratios of missing an appointment, each adjusted for the others; `values.formula` is the model."""
    found = basis.found
    if found.basis == "published" or found.drivers.empty:
        few, lacks = phrase("reasons.missed.too_few_appointments"), phrase("reasons.missed.needs_records")
        return basis.part("drivers", rows=(), none=lacks if found.basis == "published" else few)
    table, formula, drivers_called = _in_order(found.drivers), _formula_of(found), phrases("names.drivers")
    rows = [
        (drivers_called[str(row["driver"])], _level_words(str(row["level"])),
         *(controlled.finite(row[name]) for name in ("odds_ratio", "lower", "upper")))
        for _, row in table.iterrows()
    ]  # fmt: skip
    beyond = table[(table["lower"] > 1) | (table["upper"] < 1)].sort_values("odds_ratio", kind="stable")
    names = [_group_words(str(row["driver"]), str(row["level"])) for _, row in beyond.iterrows()]
    ups, downs = (beyond["odds_ratio"] > 1).sum(), (beyond["odds_ratio"] < 1).sum()
    return basis.part(
        "drivers",
        rows=rows,
        caption="Odds of missing an appointment, each allowing for the others and for specialty; all trusts.",
        alt=f"Odds ratios for {count(len(rows), 'group')} with 95% intervals, about the line of no difference.",
        words={
            "groups": dna_words.drivers_sentence(names[::-1][: min(3, ups)], names[: min(3, downs)]),
        },
        values={"formula": formula},
        chart=partial(
            charts_rates.odds_chart, list(_odds_rows(table.round(2))), words=("missed less", "missed more")
        ),
    )


def model_words(found: DnaFindings) -> str:
    """Return which model the odds come from, for the notes on method; empty without one."""
    if found.basis == "published" or found.drivers.empty:
        return ""
    trusts = int(found.trusts["recorded"].sum())
    return phrase("method.missed.drivers", formula=f"`{_formula_of(found)}`", trusts=trusts)


def _formula_of(found: DnaFindings) -> str:
    """Return the model as a formula: what the odds are adjusted for."""
    names = [name for name in DRIVERS if name in set(found.drivers["driver"])]
    terms = [*names, *(["specialty"] if found.options.specialty is None else [])]
    return f"missed ~ {' + '.join(terms)}"


# --- deprivation ------------------------------------------------------------------------------------


def deprivation(basis: AppointmentBasis) -> Part:
    """Return the trust's rate by fifth of deprivation."""
    found = basis.found
    if found.basis == "published" or found.inequality is None or basis.not_recorded:
        few = phrase("reasons.missed.fifth_hidden")
        if basis.not_recorded:
            few = phrase("reasons.missed.fifths_not_recorded")
        lacks = phrase("reasons.missed.deprivation_needs_records")
        return basis.part("deprivation", rows=(), none=lacks if found.basis == "published" else few)
    slope = found.inequality
    ends = (PER_CENT * slope.slope_lower, PER_CENT * slope.slope_upper)
    words = {"slope": dna_words.equity_sentence(PER_CENT * slope.slope, ends, slope.avoided)}
    if np.isfinite(slope.relative_lower):
        ends_of_index = interval(slope.relative_lower, slope.relative_upper, 2)
        index = f"{number(slope.relative, 2)} (95% interval {ends_of_index})"
        words["relative"] = f"Relative index: {index}; 1 would be equal."
    return basis.part(
        "deprivation",
        rows=_fifths(basis),
        caption="Missed appointments by deprivation.",
        words=words,
        values={"difference": round(-PER_CENT * slope.slope, 1)},
    )


def _fifths(basis: AppointmentBasis) -> list[tuple[Cell, ...]]:
    found = basis.found
    assert found.inequality is not None
    # an index is there only where no count of a fifth is hidden, so nothing is told by subtraction
    table, by_group = found.by_deprivation, found.inequality.by_group
    booked, missed = ([pair[side] for pair in found.fifths_as_shown] for side in (0, 1))
    rates = controlled.percentages(table["dnas"], table["appointments"], basis.origin)
    fewer = controlled.derived(by_group["avoided"], rates)
    names = [name.partition(" ")[2].capitalize() for name in table.index]
    return list(zip(names, booked, missed, rates, fewer, strict=True))


# --- pieces -----------------------------------------------------------------------------------------


def _england_row(name: str, dnas: float, attended: float) -> tuple[Cell, ...]:
    booked = float(dnas) + float(attended)
    return (str(name), booked, float(dnas), PER_CENT * float(dnas) / booked)


def _odds_rows(table: pd.DataFrame) -> list[Odds]:
    rows: list[Odds] = []
    for driver, part in table.groupby("driver", sort=False):
        rows.append(Odds(phrases("names.drivers")[str(driver)], 1, 1, 1, heading=True))
        rows += [
            Odds(_reference_words(row), row["odds_ratio"], row["lower"], row["upper"])
            for _, row in part.iterrows()
        ]
    return rows


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    """Return the drivers with the groups of each in their natural order."""
    places = {level: place for place, level in enumerate(_LEVELS)}
    drivers = list(phrases("names.drivers"))
    by_level = table.assign(place=table["level"].map(places).fillna(0)).sort_values("place", kind="stable")
    return by_level.sort_values("driver", key=lambda names: names.map(drivers.index), kind="stable")


def _level_words(level: str) -> str:
    """Return a group as a reader says it.

    >>> _level_words("2 second fifth"), _level_words("follow_up")
    ('Second fifth', 'Follow up')
    """
    words = level.replace("_", " ")
    return capital(re.sub("^[1-5] (?=.*fifth)", "", words))


def _reference_words(row: pd.Series) -> str:
    """Return a group's name, and for the one that the others are compared with that it is."""
    words = _level_words(str(row["level"]))
    return words if np.isfinite(row["lower"]) else f"{words} (compared with)"


def _group_words(driver: str, level: str) -> str:
    words = _level_words(level)
    small = f"{words[:1].lower()}{words[1:]}"
    return {
        "age_band": f"age {small}",
        "sex": f"{small} patients",
        "deprivation": f"the {small}" if "deprived" in small else f"the {small} by deprivation",
        "lead": f"those booked {small} before",
        "kind": f"{small} appointments".replace("follow up appointments", "follow-ups"),
        "mode": f"{small} appointments",
        "weekday": f"{words}s",
    }[driver]
