"""What the room has told in this run: what would tell a small count together with earlier answers is hidden."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import pandas as pd

from helpers.bundle import SUPPRESSED, Cell
from helpers.data.disclosure.deciding import Asked
from helpers.data.disclosure.queries import Query, Told
from helpers.data.disclosure.totals import control_with_total
from helpers.data.releases import Releases
from helpers.data.releasing import decide_on
from helpers.data.room.selection import Selection
from helpers.errors import UsageError
from helpers.places import REPORT_VARIABLE, find_root

if TYPE_CHECKING:
    from helpers.data.mart import Mart


@dataclass
class Memory:
    """What one kernel has been told, by the query that counted it.

    Counts are certified against the ledger (`helpers.data.releasing`), in which a batch enters them in the name of
    its report, and elsewhere against what this process has told: for each hidden count, and for each small group
    that nobody asked for, three values are exhibited that agree with all of it.
    """

    told: list[Told] = field(default_factory=list)
    cells: dict[Query, Cell] = field(default_factory=dict)
    means: dict[Query, bool] = field(default_factory=dict)

    def count(
        self, mart: Mart, selection: Selection, queries: Sequence[Query], exact: Sequence[int]
    ) -> list[Cell]:
        """Return counts as they may be shown; those that were shown before, as they were.

        Their total is decided on before them, as readers may know it, then the larger ones first.
        """
        counts = dict(zip(queries, exact, strict=True))
        fresh = {query: number for query, number in counts.items() if query not in self.cells}
        asked = [Asked(query, exact=fresh[query]) for query in sorted(fresh, key=lambda each: -fresh[each])]
        whole = Asked(selection.whole, exact=sum(exact))
        if fresh and whole.query not in counts:
            asked = [whole, *asked]
        stars = _stars_by_total(fresh, selection) if selection.whose != "own" else set()
        for told in self._decided(mart, selection, asked):
            self.told.append(told)
            if (number := fresh.get(told.query)) is not None:
                starred = told.star or told.query in stars
                self.cells[told.query] = SUPPRESSED if starred else selection.policy.show(number)
        return [self.cells[query] for query in queries]

    def may_show_means(
        self, mart: Mart, selection: Selection, queries: Sequence[Query], digits: Sequence[int]
    ) -> list[bool]:
        """Return whether means of the amount of a data set (days of stay) may be shown beside all that was told."""
        wanted = {
            query: Asked(query, digits=number)
            for query, number in zip(queries, digits, strict=True)
            if query not in self.means and self.cells[query] not in (SUPPRESSED, 0)
        }
        for told in self._decided(mart, selection, list(wanted.values())):
            self.means[told.query] = not told.star
            if not told.star:
                self.told.append(told)
        return [self.means.get(query, False) for query in queries]

    def _decided(self, mart: Mart, selection: Selection, asked: Sequence[Asked]) -> list[Told]:
        also = () if os.environ.get(REPORT_VARIABLE) else self.told
        found = decide_on(_ledger(mart), mart, asked, policy=selection.policy, also=also, unasked=True)
        return [found[each.query] for each in asked]


def _stars_by_total(counts: Mapping[Query, int], selection: Selection) -> set[Query]:
    """Return the counts to hide so that their total tells none; the ledger looks at single organisations alone."""
    shown = control_with_total(pd.Series(list(counts.values()), dtype=float), selection.policy).cells
    return {query for query, cell in zip(counts, shown, strict=True) if cell == SUPPRESSED}


def _ledger(mart: Mart) -> Releases:
    """Return the ledger of the project whose mart it is."""
    with contextlib.suppress(UsageError):  # a mart alone has no project
        return Releases(mart.path.parent, find_root() / "reports")
    return Releases(mart.path.parent)


@cache
def remember() -> Memory:
    """Return the memory of this process."""
    return Memory()
