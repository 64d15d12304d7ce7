"""What fewer missed appointments would bring: what the scenario takes for granted, and what comes of it, as parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

import numpy as np
import pandas as pd

from helpers.analyses.missed_appointments import words as say
from helpers.analyses.missed_appointments.basis import AppointmentBasis
from helpers.analyses.missed_appointments.options import DnaOptions
from helpers.analyses.missed_appointments.scenario import Clinic, Scenario, reach_of
from helpers.bundle import Cell, Column
from helpers.errors import UsageError, raise_all, unknown_names
from helpers.phrases import phrase, phrases
from helpers.report.charts import scenario as charts_scenario
from helpers.report.charts.scenario import Reach, Swing
from helpers.report.columns import fields
from helpers.report.parts import Field, Part
from helpers.report.words import day_words, number, together
from helpers.stats.dna import newcomer_wait
from helpers.stats.dna.impact import DAYS_PER_YEAR, NEGATIVE_RELIEF
from helpers.stats.dna.uncertainty import DnaUncertainty, DrawnSpread

_UNITS = {
    "ramp_weeks": " weeks",
    "missed": " a year",
    "additions": " a year",
    "removals": " a year",
    "first_minutes": " minutes",
    "follow_up_minutes": " minutes",
}
_SHARES = ("reduction", "filled", "rebooked")
#: what is assumed of the change, beside the amounts of the clinic
_ASSUMED = (*_SHARES, "ramp_weeks", "first_minutes", "follow_up_minutes", "price")
#: what the options call an amount of the clinic, where it differs
_OPTION = {"waiting_list": "waiting"}
#: options that are ranges, and those that are one number
_RANGES = (*_SHARES, "ramp_weeks")
_NUMBERS = ("missed", "price")


ASSUMPTIONS: Final = fields(__file__, "assumptions")


def assumptions(basis: AppointmentBasis) -> Part:
    """Return everything that the scenario takes for granted, with its source; it can be changed and handed back."""
    scenario = basis.scenario
    if scenario is None:
        return basis.part("assumptions", rows=())
    three = "" if scenario.certain else phrase("statements.missed.three_numbers")
    options, clinic = scenario.options, scenario.clinic
    return basis.part(
        "assumptions",
        rows=[*_amounts(options, clinic, rounded=basis.origin == "records"), *_assumed(options, clinic)],
        caption="What the scenario takes for granted.",
        note=together(three, "Every draw of one assumption is independent of the others."),
    )


def _amounts(options: DnaOptions, clinic: Clinic, *, rounded: bool) -> Iterator[tuple[Cell, ...]]:
    called = phrases("names.assumptions")
    amounts = {
        "missed": clinic.first + clinic.follow_up,
        "additions": clinic.additions,
        "waiting_list": clinic.waiting,
        "removals": clinic.removals,
    }
    for name, source in clinic.came_from:
        stated = getattr(options, _OPTION.get(name, name)) is not None
        about = "" if stated or not rounded else "about "
        value = float(amounts[name] or 0)
        words = f"{about}{number(value)}{_UNITS.get(name, '')}"
        yield name, called[name], words, None, round(value), None, source


def _assumed(options: DnaOptions, clinic: Clinic) -> Iterator[tuple[Cell, ...]]:
    called = phrases("names.assumptions")
    for name in _ASSUMED:
        value = getattr(options, name)
        if value is None or (name == "follow_up_minutes" and not clinic.follow_up):
            continue
        values = value if isinstance(value, Sequence) else [value]
        low, likely, high = values if len(values) == 3 else (None, values[0], None)
        yield name, called[name], range_words(name, values), low, likely, high, options.source_of(name)


def options_of(table: pd.DataFrame) -> dict[str, Any]:
    """Return the options that a table of assumptions states: rows of `ASSUMPTIONS`, by `name`.

    `likely` alone, or with `low` and `high`; with `source` where that is to be said. Rows that are not there stay as
    they are; a name that is none and a column that is missing are refused.
    """
    rows = table if "name" in table else table.reset_index()
    missing = [name for name in ("name", "likely") if name not in rows]
    if missing:
        came = f"no column {' and '.join(missing)}"
        raise UsageError("assumptions", came, "name, low, likely, high, source")
    raise_all(
        unknown_names(
            rows["name"], phrases("names.assumptions"), where="assumptions, ", came="no such assumption"
        )
    )
    stated = {str(row["name"]): _values(row) for _, row in rows.iterrows()}
    options: dict[str, Any] = {name: stated[name] for name in _RANGES if name in stated}
    options |= {name: stated[name][0] for name in _NUMBERS if name in stated}
    options |= _lengths(stated)
    if "source" in rows:
        told = rows[rows["source"].notna() & rows["source"].ne("")]
        options["sources"] = [f"{row['name']}: {row['source']}" for _, row in told.iterrows()]
    return options


def _lengths(stated: Mapping[str, list[float]]) -> dict[str, list[float]]:
    """Return list, flows and minutes, which are options of several assumptions."""
    found: dict[str, list[float]] = {}
    if "waiting_list" in stated:
        found["waiting_list"] = stated["waiting_list"]
    if flows := [stated[name][0] for name in ("additions", "removals") if name in stated]:
        found["flows"] = flows
    names = ("first_minutes", "follow_up_minutes")
    if any(name in stated for name in names):
        usual = zip(names, DnaOptions.minutes, strict=True)
        found["minutes"] = [stated.get(name, [minutes])[0] for name, minutes in usual]
    return found


def _values(row: pd.Series) -> list[float]:
    """Return low, likely and high, or the only value."""
    three: list[Any] = [row.get(name) for name in ("low", "likely", "high")]
    return [float(each) for each in (three if not any(map(pd.isna, three)) else three[1:2])]


def value_words(name: str, value: float) -> str:
    """Return one value of an assumption as a reader says it.

    >>> value_words("reduction", 0.15), value_words("ramp_weeks", 12)
    ('15%', '12 weeks')
    """
    if name in _SHARES:
        return f"{number(100 * value)}%"
    return f"{'£' * (name == 'price')}{number(value)}{_UNITS.get(name, '')}"


def range_words(name: str, values: Sequence[float]) -> str:
    """Return an assumption: one value, or low to high with the likely one.

    >>> range_words("reduction", [0.05, 0.15, 0.3])
    '5% to 30% (likely 15%)'
    """
    if len(values) == 1:
        return value_words(name, values[0])
    low, mode, high = (value_words(name, value) for value in values)
    return f"{low} to {high} (likely {mode})"


_SPREAD: Final = (
    ("median", "Median"),
    ("lower80", "80% from"),
    ("upper80", "to"),
    ("lower95", "95% from"),
    ("upper95", "to"),
)


def range_sentence(found: Scenario, *, past: bool) -> str:
    """Say the one range that a board can repeat."""
    words = say.scenario_sentence(
        range_words("reduction", found.options.reduction),
        (found.start, found.horizon),
        found.reach,
        certain=found.certain,
        past=past,
    )
    negative = any(each.relief.median < 0 for each in found.outcomes.values())
    return f"{words} {NEGATIVE_RELIEF}" if negative else words


# --- from week to week --------------------------------------------------------------------------------


def path(basis: AppointmentBasis) -> Part:
    """Return the range from week to week, both bounds in it; the list itself where it is known."""
    found = basis.scenario
    if found is None:
        return basis.part("path", none=basis.why_no_scenario)
    known, reach = found.clinic.waiting is not None, _reach(found)
    beside = ("no change", np.round(found.list_without_change)) if known else None
    unit = "patients on the list" if known else "patients fewer on the list"
    caption = "The waiting list with the change" if known else "By how many patients the list is shorter"
    day, low, high = fields(__file__, "path")
    short = phrases("names.bounds_short")
    ways = list(found.outcomes) if len(found.outcomes) > 1 else ["all"]
    middles = (Field(name, Column(label=f"Middle, {short[name]}", kind="model")) for name in ways)
    values = zip(reach.low, *(middle for _, middle in reach.middles), reach.high, strict=True)
    outcomes = found.outcomes.values()
    ends = [(each.relief.lower80, each.relief.upper80) for each in outcomes]
    medians = [each.days_of_additions.median for each in outcomes]
    return basis.part(
        "path",
        fields=[day, low, *middles, high],
        rows=[(day.isoformat(), *map(int, row)) for day, row in zip(reach.days, values, strict=True)],
        caption=f"{caption}, to {day_words(found.horizon)}"
        f"{'' if found.certain else ': the range, and the middle of each bound in it'}.",
        alt=f"Band from {found.start:%B %Y} to {found.horizon:%B %Y}, at its end "
        f"{say.reach_words(found.reach, certain=found.certain)}.",
        words={"bounds": say.bounds_sentence(ends, medians, certain=found.certain)},
        chart=partial(charts_scenario.reach_chart, reach, unit=unit, beside=beside),
    )


def _reach(found: Scenario) -> Reach:
    """Return the range as it is listed: whole patients."""
    known, several = found.clinic.waiting is not None, len(found.outcomes) > 1
    spreads = [point.waiting_list if known else point.relief for point in found.path]
    ends = np.array([reach_of(each.values()) for each in spreads])
    short = phrases("names.bounds_short")
    middles = tuple(
        (short[name] if several else "", np.round([each[name].median for each in spreads]))
        for name in found.outcomes
    )
    days = tuple(point.day for point in found.path)
    return Reach(days, ends[:, 0].round(), ends[:, 1].round(), middles)


# --- at the horizon -----------------------------------------------------------------------------------


def outcomes(basis: AppointmentBasis) -> Part:
    """Return attendances, and patients by whom the list is shorter, at the horizon."""
    found = basis.scenario
    if found is None:
        return basis.part("outcomes")
    rows = [("Attendances gained", found.attendances)]
    rows += _by_bound(found, "Patients by whom the list is shorter", lambda each: each.relief)
    note = "Every input is one number, so there is no range." if found.certain else ""
    caption = "What the change would have brought." if basis.past else "What the change would bring."
    words = _outcome_words(found, past=basis.past)
    return basis.part("outcomes", **_spreads(found, rows, 0), caption=caption, note=note, words=words)


def _outcome_words(found: Scenario, *, past: bool) -> dict[str, str]:
    widest, target = found.outcomes["all"], found.options.wait_target_days
    words = {
        "attendances": say.attendances_sentence(found.attendances, certain=found.certain, past=past),
        "value": say.value_sentence(found.value.hours, found.value.income, past=past),
    }
    if not found.certain:
        words["chance"] = say.chance_sentence(widest.chance_of_relief, widest.chance_of_wait, target)
    return words


def days(basis: AppointmentBasis) -> Part:
    """Return the same in days of additions, and a newcomer's wait where the list is known."""
    found = basis.scenario
    if found is None:
        return basis.part("days")
    rows = _by_bound(found, "Days of additions", lambda each: each.days_of_additions)
    if (wait := found.outcomes["all"].wait_days) is not None:
        rows.append((f"A newcomer's wait, first in, first out{_wait_now(found)}", wait))
    caption, note = "The same in days.", phrase("statements.missed.day_of_additions")
    return basis.part("days", **_spreads(found, rows, 1), caption=caption, note=note)


def _by_bound(
    found: Scenario, label: str, spread: Callable[[DnaUncertainty], DrawnSpread]
) -> list[tuple[str, DrawnSpread]]:
    """Return a spread of each bound under its label, with what the bound means where there are two."""
    several, bounds = len(found.outcomes) > 1, phrases("names.bounds")
    return [
        (f"{label}, if {bounds[name]}" if several else label, spread(outcome))
        for name, outcome in found.outcomes.items()
    ]


def _spreads(found: Scenario, spreads: Sequence[tuple[str, DrawnSpread]], digits: int) -> dict[str, Any]:
    """Return fields and rows of a table of medians and intervals; of one value where every input is one number."""
    shown = (("median", "Value"),) if found.certain else _SPREAD
    columns = (Field(key, Column(label=label, kind="model", digits=digits)) for key, label in shown)
    cells = (
        tuple(round(float(getattr(spread, name)), digits or None) for name, _ in shown)
        for _, spread in spreads
    )
    return {
        "fields": [Field("outcome", Column(label=f"By {day_words(found.horizon)}")), *columns],
        "rows": [(label, *row) for (label, _), row in zip(spreads, cells, strict=True)],
    }


def _wait_now(found: Scenario) -> str:
    """Return what the wait would be at the horizon without the change."""
    if not found.list_without_change or not found.clinic.removals:
        return ""
    wait = newcomer_wait(found.list_without_change[-1], found.clinic.removals / DAYS_PER_YEAR)
    return f" (without the change {number(float(wait), 1)})"


# --- what it depends on -------------------------------------------------------------------------------


def sensitivity(basis: AppointmentBasis) -> Part:
    """Return how far each assumption alone moves the result."""
    found = basis.scenario
    if found is None:
        return basis.part("sensitivity", none=basis.why_no_scenario)
    table, columns = found.sensitivity, fields(__file__, "sensitivity")
    words = {"most": say.sensitivity_sentence(list(table["input"]))}
    if table.empty:
        return basis.part("sensitivity", fields=columns, words=words)
    names = ["input", "low_value", "high_value", "relief_at_low", "relief_at_high"]
    swings = [
        Swing(
            phrases("names.uncertain")[name],
            value_words(name, low),
            value_words(name, high),
            round(at_low),
            round(at_high),
        )
        for name, low, high, at_low, at_high in table[names].itertuples(index=False)
    ]
    middle = round(found.relief_at_medians)
    if {round(each) for swing in swings for each in (swing.at_low, swing.at_high)} == {middle}:
        return basis.part("sensitivity", none=phrase("reasons.missed.nothing_moves"))
    return basis.part(
        "sensitivity",
        fields=columns,
        rows=[(swing.label, swing.low, swing.high, swing.at_low, swing.at_high) for swing in swings],
        caption="Patients by whom the list is shorter when one assumption alone goes from its 10% to its 90% "
        "quantile.",
        alt="Bars for each uncertain assumption, about the result with all at their medians.",
        words=words,
        chart=partial(charts_scenario.tornado_chart, swings, middle, unit="patients fewer on the list"),
    )
