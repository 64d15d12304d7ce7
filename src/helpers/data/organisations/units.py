"""Divisions, sites and teams of an organisation, and which lies below which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpers.errors import DataError, near_misses

if TYPE_CHECKING:
    from helpers.data.mart import Mart


@dataclass(frozen=True)
class Unit:
    """A part of an organisation; `parent` is the code of the unit above it, empty right below the organisation."""

    code: str
    name: str
    parent: str


def units_of(mart: Mart, organisation: str) -> dict[str, Unit]:
    """Return the units of an organisation by code, in order of their codes; empty where none are known."""
    rows = mart.fetch(
        "SELECT unit_code, any_value(name), coalesce(any_value(parent_unit), '') FROM units "
        "WHERE org_code = ? GROUP BY 1 ORDER BY 1",
        [organisation],
    )
    return {code: Unit(code, name or code, parent) for code, name, parent in rows}


def below(units: Mapping[str, Unit], parent: str) -> tuple[Unit, ...]:
    """Return the units right below one, or below the organisation itself where `parent` is empty.

    >>> units = {unit.code: unit for unit in (Unit("D1", "Surgery", ""), Unit("T1", "Theatres", "D1"))}
    >>> [unit.name for unit in below(units, "D1")]
    ['Theatres']
    """
    return tuple(unit for unit in units.values() if unit.parent == parent)


def find_unit(units: Mapping[str, Unit], organisation: str, code: str) -> Unit:
    """Return a unit of an organisation by its code.

    Raises `DataError` where the organisation has none of that code, with the nearest ones.
    """
    if code in units:
        return units[code]
    allowed = "a code of the units table" if units else "no unit of it is loaded"
    raise DataError(
        f"unit of {organisation}", f"{code} is not in the mart", allowed, near_misses(code, units)
    )
