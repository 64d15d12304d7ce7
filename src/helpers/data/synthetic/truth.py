"""What is put into the invented data on purpose (truth.yml), so that a method can be asked whether it finds it.

Codes and dates are the same for every seed, so that parameter files, documents and the register of
events may name them; only the background noise changes with the seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import yaml

FIRST_MONTH = "2023-10"
MONTHS = 36


@dataclass(frozen=True)
class Difference:
    """A trust that truly differs: `ratio` multiplies mean days or death or DNA odds."""

    org_code: str
    measure: str
    ratio: float
    specialty_code: str | None = None


@dataclass(frozen=True)
class Intervention:
    """A change registered at a trust; `ratio` is what it truly did to the mean (1 = nothing)."""

    org_code: str
    measure: str
    start: date
    ratio: float
    name: str


@dataclass(frozen=True)
class InventedMerger:
    """A trust that became part of another; its history stays under its own code."""

    org_code: str
    successor: str
    start: date


@dataclass(frozen=True)
class SeriesBreak:
    """A change of what is counted, not of care; `kept` is the share still counted; no trust = all."""

    measure: str
    start: date
    kept: float
    what: str
    org_code: str | None = None


@dataclass(frozen=True)
class Signal:
    """A step in a monthly measure at one trust, in log odds (negative = the value falls)."""

    org_code: str
    measure: str
    start: date
    log_odds: float


@dataclass(frozen=True)
class Gap:
    """Months for which a trust submitted nothing at all."""

    org_code: str
    months: list[str]


@dataclass(frozen=True)
class Shape:
    """A series that is put in as it is: `level` and `swing` are plain ratios or counts.

    `pattern` is one of quiet, jump (the last month far off, on the side of `sign`), drift, line, wave, turn, gap, few,
    few_jump, constant, on_target (the last month exactly at `level`), one, late (no last month), stale,
    hidden, hidden_last and absent; see `helpers.data.synthetic.shapes`.
    """

    org_code: str
    measure: str
    pattern: str
    level: float
    swing: float = 0.0
    sign: int = 0


Entry = TypeVar("Entry", Difference, Intervention, InventedMerger, SeriesBreak, Signal, Gap, Shape)


def read_numbers(name: str) -> Any:
    """Return what a file beside this module holds."""
    return yaml.safe_load(Path(__file__).with_name(name).read_text("utf-8"))


_PUT_IN = read_numbers("truth.yml")
#: names and numbers of everything else, by the module that draws it
INVENTED: dict[str, Any] = read_numbers("invented.yml")


def _entries(kind: type[Entry], name: str) -> tuple[Entry, ...]:
    return tuple(kind(**entry) for entry in _PUT_IN[name])


DIFFERENCES = _entries(Difference, "differences")
INTERVENTIONS = _entries(Intervention, "interventions")
MERGERS = _entries(InventedMerger, "mergers")
BREAKS = _entries(SeriesBreak, "breaks")
SIGNALS = _entries(Signal, "signals")
GAPS = _entries(Gap, "gaps")
SHAPES = _entries(Shape, "shapes")
#: Stays exactly as everywhere: SYN02 with an ordinary mix, SYN06 with an old and complex one, which
#: makes its crude mean long and its adjusted ratio 1.
FAIR = ("SYN02", "SYN06")
COMPLEX_MIX = "SYN06"
#: Writes a missed appointment down one time in twenty, so its DNA rate is a recording fault.
DNA_NOT_RECORDED = "SYN41"
SMALL = "SYN120"
#: has a measure in every cell of variation and assurance
MATRIX = "SYN62"
#: has an early warning of each sign
WARNED = "SYN64"
#: has every awkward series
AWKWARD = "SYN63"
#: whose units go down to specialties
CASCADES = ("SYN07", "SYN11")


def month_index(day: date) -> int:
    """Return how many months after the first one a day falls.

    >>> month_index(date(2025, 4, 1))
    18
    """
    first = pd.Period(FIRST_MONTH, "M")
    return (day.year - first.year) * 12 + day.month - first.month
