"""What the room tells: each count is asked of the ledger, beside everything that was told before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from helpers.bundle import Cell
from helpers.data.disclosure.deciding import Asked
from helpers.data.disclosure.queries import Query, Told
from helpers.data.mart import Mart
from helpers.data.releases import Releases, shown_cell
from helpers.data.releasing import decide_on
from helpers.errors import UsageError
from helpers.places import find_root


@dataclass
class Memory:
    """The counts that one kernel has been told, by the query that counted them."""

    told: dict[Query, Told] = field(default_factory=dict)

    def count(self, mart: Mart, queries: Sequence[Query], exact: Sequence[int]) -> list[Cell]:
        """Return counts as they may be shown, those that were shown before as they were, and remember them.

        The largest are asked for first: what tells a small one gives way from the smallest on.
        """
        asked = {q: Asked(q, exact=n) for q, n in zip(queries, exact, strict=True) if q not in self.told}
        largest = sorted(asked.values(), key=lambda each: -(each.exact or 0))
        if largest:
            self.told |= decide_on(_ledger(mart), mart, largest, told=tuple(self.told.values()))
        return [shown_cell(self.told[query]) for query in queries]


def _ledger(mart: Mart) -> Releases:
    try:
        reports = find_root() / "reports"
    except UsageError:  # a mart without a project around it
        reports = None
    return Releases(mart.path.parent, reports)


@cache
def remember() -> Memory:
    """Return the memory of this process."""
    return Memory()
