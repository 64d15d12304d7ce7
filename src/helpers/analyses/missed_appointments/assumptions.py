"""What the scenario takes for granted, as rows of a table: each amount and share with its source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from helpers.analyses.missed_appointments.clinic import Clinic
from helpers.analyses.missed_appointments.options import DnaOptions
from helpers.analyses.missed_appointments.words import NAMES
from helpers.report.words import number

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


def assumption_rows(options: DnaOptions, clinic: Clinic, *, rounded: bool) -> list[tuple[str, str, str]]:
    """Return name, value and source of everything that the scenario takes for granted.

    Parameters
    ----------
    options
        What the parameter file asks for.
    clinic
        What the scenario starts from.
    rounded
        Whether counted amounts begin from rounded counts, so that they are "about" so many.
    """
    return [*_amounts(options, clinic, rounded=rounded), *_assumed(options, clinic)]


def _amounts(options: DnaOptions, clinic: Clinic, *, rounded: bool) -> Iterator[tuple[str, str, str]]:
    amounts = {
        "missed": clinic.first + clinic.follow_up,
        "additions": clinic.additions,
        "waiting_list": clinic.waiting,
        "removals": clinic.removals,
    }
    for name, source in clinic.came_from:
        stated = getattr(options, _OPTION.get(name, name)) is not None
        about = "" if stated or not rounded else "about "
        yield NAMES[name], f"{about}{number(amounts[name] or 0)}{_UNITS.get(name, '')}", source


def _assumed(options: DnaOptions, clinic: Clinic) -> Iterator[tuple[str, str, str]]:
    for name in _ASSUMED:
        value = getattr(options, name)
        if value is None or (name == "follow_up_minutes" and not clinic.follow_up):
            continue
        values = value if isinstance(value, Sequence) else [value]
        yield NAMES[name], range_words(name, values), options.source_of(name)


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
