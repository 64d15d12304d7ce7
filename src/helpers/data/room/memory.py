"""What the room tells: what would tell a small count with anything told before, in any report, is hidden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import pandas as pd

from helpers.bundle import SUPPRESSED, Cell
from helpers.data.disclosure.deciding import Asked
from helpers.data.disclosure.queries import EVERYBODY, Query, Told
from helpers.data.disclosure.totals import control_with_total
from helpers.data.ledger.releases import releases_of
from helpers.data.ledger.releasing import decide_on
from helpers.data.room.selection import OF_OTHERS, Selection

if TYPE_CHECKING:
    from helpers.data.mart import Mart


@dataclass
class Memory:
    """What one kernel has been told, by the query that counted it.

    Counts of the report's organisation are certified: for each star, three values are exhibited that agree with
    everything told in this run and in all that was published (`helpers.data.ledger.releasing`). Those of others are
    coarser, are held against their total, and give way where they would tell one of the report's organisation.
    """

    told: list[Told] = field(default_factory=list)
    cells: dict[Query, Cell] = field(default_factory=dict)
    means: dict[Query, bool] = field(default_factory=dict)

    def count(
        self, mart: Mart, selection: Selection, queries: Sequence[Query], exact: Sequence[int]
    ) -> list[Cell]:
        """Return counts as they may be shown; those that were shown before, as they were."""
        counts = dict(zip(queries, exact, strict=True))
        fresh = {query: number for query, number in counts.items() if query not in self.cells}
        if fresh and selection.whose == "own":
            self._certify(mart, selection, fresh)
        elif fresh:
            self._ask_of_others(mart, selection, fresh)
        return [self.cells[query] for query in queries]

    def _ask_of_others(self, mart: Mart, selection: Selection, fresh: Mapping[Query, int]) -> None:
        numbers = pd.Series(list(fresh.values()), dtype=float)
        cells = dict(zip(fresh, control_with_total(numbers, selection.policy).cells, strict=True))
        asked = [Asked(query, exact=fresh[query]) for query, cell in cells.items() if cell != SUPPRESSED]
        for told in self._decided(mart, asked, selection.organisation):
            if told.star:
                cells[told.query] = SUPPRESSED
        self.cells |= cells

    def _certify(self, mart: Mart, selection: Selection, fresh: Mapping[Query, int]) -> None:
        """Decide on counts: their total before them, as readers may know it, then the larger ones first."""
        whole = selection.whole
        ordered = sorted(fresh, key=lambda query: -fresh[query])
        first = [] if whole in self.cells or whole in fresh else [whole]
        for told in self._decided(mart, [*map(Asked, first), *map(Asked, ordered)]):
            self.told.append(told)
            if told.query in fresh:
                number = fresh[told.query]
                self.cells[told.query] = SUPPRESSED if told.star else selection.policy.show(number)

    def may_show_means(self, mart: Mart, queries: Sequence[Query], digits: Sequence[int]) -> list[bool]:
        """Return whether means of the amount of a data set (days of stay) may be shown beside all that was told."""
        wanted = {
            query: Asked(query, digits=number)
            for query, number in zip(queries, digits, strict=True)
            if query not in self.means
            and self.cells[query] not in (SUPPRESSED, 0)
            and query.organisation != EVERYBODY  # so many people that a mean tells none of them
        }
        if wanted:
            for told in self._decided(mart, list(wanted.values())):
                self.means[told.query] = not told.star
                if not told.star:
                    self.told.append(told)
        return [self.means.get(query, query.organisation == EVERYBODY) for query in queries]

    def _decided(self, mart: Mart, asked: Sequence[Asked], about: str = "") -> Sequence[Told]:
        found = decide_on(
            releases_of(mart),
            mart,
            asked,
            told=self.told,
            unasked=True,
            of_several=OF_OTHERS,
            about=about,
        )
        return [found[each.query] for each in asked]


@cache
def remember() -> Memory:
    """Return the memory of this process."""
    return Memory()
