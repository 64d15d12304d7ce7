"""Counts that add up to one total: no star may be told by subtraction from it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from helpers.bundle import SUPPRESSED, Cell
from helpers.data.disclosure.values import numbers_of
from helpers.data.policy import DisclosurePolicy

if TYPE_CHECKING:
    import pandas as pd

Name = TypeVar("Name")
#: how many values a star must leave possible to somebody who knows all that was published
POSSIBLE_VALUES = 3


def uncertified(worlds: Mapping[Name, Collection[object]]) -> Iterator[Name]:
    """Yield what has so few other worlds, each with another value, that a reader may know it."""
    return (name for name, each in worlds.items() if len(each) < POSSIBLE_VALUES - 1)


@dataclass(frozen=True)
class ControlledCounts:
    """Counts that add up to a total, as both may be shown; `suppressed` counts the stars."""

    cells: tuple[Cell, ...]
    total: Cell

    @property
    def suppressed(self) -> int:
        """How many cells are hidden, the total included."""
        return suppressed_cells((*self.cells, self.total))


def control_with_total(counts: pd.Series, policy: DisclosurePolicy) -> ControlledCounts:
    """Return counts and their total so that no star can be told by subtraction.

    Rounded totals do not close subtraction (8 + 8 + 1 prints 10, 10, *, 15: the star is 1). While a star
    leaves fewer than `POSSIBLE_VALUES` values possible, the next smallest count becomes a star too; where
    none is left, the total does.

    Parameters
    ----------
    counts
        Exact counts of people that add up to the total; NaN is missing, and the total then too.

    Examples
    --------
    >>> import pandas as pd
    >>> from helpers.data.policy import HES_RECORD_LEVEL
    >>> control_with_total(pd.Series([8, 8, 1]), HES_RECORD_LEVEL)
    ControlledCounts(cells=('*', 10, '*'), total=15)
    """
    exact = numbers_of(counts)
    cells = [policy.show(count) for count in exact]
    known = [count for count in exact if count is not None]
    total = policy.show(sum(known)) if len(known) == len(exact) else None
    order = sorted((count, place) for place, count in enumerate(exact) if count)
    spare = [place for _, place in order if cells[place] != SUPPRESSED]
    while not stars_are_safe(cells, total, policy):
        if not spare:
            return ControlledCounts(tuple(cells), SUPPRESSED)
        cells[spare.pop(0)] = SUPPRESSED
    return ControlledCounts(tuple(cells), total)


def suppressed_cells(cells: Iterable[Cell]) -> int:
    """Return how many cells are hidden, for `Bundle.suppressed`.

    >>> suppressed_cells([10, "*", None, "*"])
    2
    """
    return sum(isinstance(cell, str) and cell == SUPPRESSED for cell in cells)


def stars_are_safe(cells: Sequence[Cell], total: Cell, policy: DisclosurePolicy) -> bool:
    """Tell whether each star leaves enough values possible to a reader who knows the rule."""
    stars = suppressed_cells(cells)
    if not stars or not isinstance(total, int) or any(cell is None for cell in cells):
        return True
    ranges = [policy.behind(cell) for cell in cells if isinstance(cell, int)]
    lowest, highest = policy.behind(total)
    least, most = lowest - sum(high for _, high in ranges), highest - sum(low for low, _ in ranges)
    ceiling = policy.suppress_up_to
    if most < stars or least > ceiling * stars:
        # Not parts of this total, or more than small counts alone: then a star may be any number.
        return True
    smallest = max(1, least - ceiling * (stars - 1))
    largest = min(ceiling, most - (stars - 1))
    return largest - smallest + 1 >= POSSIBLE_VALUES
