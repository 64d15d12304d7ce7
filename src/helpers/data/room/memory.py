"""What the room has told in this run: counts are hidden where they tell a small one together with earlier ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

import pandas as pd

from helpers.bundle import SUPPRESSED, Cell
from helpers.data.disclosure.queries import Query, Told
from helpers.data.disclosure.totals import control_with_total
from helpers.data.policy import HES_RECORD_LEVEL


@dataclass
class Memory:
    """The counts that one kernel has been told, by the query that counted them."""

    told: dict[Query, Told] = field(default_factory=dict)
    cells: dict[Query, Cell] = field(default_factory=dict)

    def count(self, queries: Sequence[Query], exact: Sequence[int]) -> list[Cell]:
        """Return counts as they may be shown, those that were shown before as they were, and remember them."""
        shown = control_with_total(pd.Series(exact, dtype=float), HES_RECORD_LEVEL).cells
        cells = [self.cells.get(query, cell) for query, cell in zip(queries, shown, strict=True)]
        for query, cell in zip(queries, cells, strict=True):
            self.cells[query] = cell
            self.told[query] = told(query, cell)
        return cells


def told(query: Query, cell: Cell) -> Told:
    """Return what a shown count tells."""
    if cell == SUPPRESSED or not isinstance(cell, int):
        return Told(query, 1, None, star=True)
    low, high = HES_RECORD_LEVEL.behind(cell)
    return Told(query, low, high)


@cache
def remember() -> Memory:
    """Return the memory of this process."""
    return Memory()
