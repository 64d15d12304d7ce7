"""Values from records as they may be shown: the disclosure rule applied where a table is made."""

from __future__ import annotations

import math
from collections.abc import Iterable

from helpers.bundle import SUPPRESSED, Cell, Origin
from helpers.data.disclosure import control_counts, control_share, control_value, policy_for


def counts(values: Iterable[float], origin: Origin) -> list[Cell]:
    """Return counts of people as they may be shown."""
    return [_plain(cell) for cell in control_counts(list(values), policy_for(origin))]


def values_of(values: Iterable[float], behind: Iterable[float], origin: Origin) -> list[Cell]:
    """Return means, ratios and bed-days as they may be shown, by the counts of people behind them."""
    return [_plain(cell) for cell in control_value(list(values), list(behind), policy_for(origin))]


def shares(parts: Iterable[float], wholes: Iterable[float], origin: Origin) -> list[Cell]:
    """Return percentages as they may be shown: from rounded counts, hidden with a hidden complement."""
    return [_plain(cell) for cell in control_share(list(parts), list(wholes), policy_for(origin))]


def hidden(cells: Iterable[Cell]) -> int:
    """Return how many cells the rule has hidden."""
    return sum(cell == SUPPRESSED for cell in cells)


def _plain(cell: object) -> Cell:
    if isinstance(cell, str):
        return cell
    number = float(cell)  # type: ignore[arg-type]
    return None if math.isnan(number) else number
