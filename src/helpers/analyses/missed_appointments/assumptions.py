"""What the scenario takes for granted, as a table that can be changed: each amount and share with its source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import pandas as pd

from helpers.analyses.missed_appointments.basis import AppointmentBasis
from helpers.analyses.missed_appointments.options import DnaOptions
from helpers.analyses.missed_appointments.scenario import Clinic
from helpers.bundle import Cell
from helpers.errors import Problem, UsageError, unknown_names
from helpers.phrases import phrase, phrases
from helpers.report.columns import fields
from helpers.report.parts import Part
from helpers.report.words import number, together
from helpers.yaml_files import raise_all

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
        return basis.part("assumptions", fields=ASSUMPTIONS)
    three = "" if scenario.certain else phrase("statements.missed.three_numbers")
    options, clinic = scenario.options, scenario.clinic
    return basis.part(
        "assumptions",
        fields=ASSUMPTIONS,
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
        raise UsageError(Problem("assumptions", came, "name, low, likely, high, source"))
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
