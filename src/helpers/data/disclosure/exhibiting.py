"""Two other worlds that agree with all that is told: while they can be shown, a star tells nobody its count."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from helpers.data.disclosure.people import Mask
from helpers.data.disclosure.programming import solve_change
from helpers.data.disclosure.searching import find_change, upset_by
from helpers.data.disclosure.totals import POSSIBLE_VALUES
from helpers.data.disclosure.worlds import CHANGES, Change, Places, Target, World, grouped

#: how many other worlds show three values
NEEDED: Final = POSSIBLE_VALUES - 1
#: the most by which a programme lets a star's other values differ from the true one
_MOST_OFF: Final = 6
#: pieces among which people are moved, and which a programme may change: those of one specialty, mostly
_NEAR: Final = 72
#: pieces elsewhere for each way in which the wider figures hold those
_ELSEWHERE: Final = 2
_NOBODY: Final = 1e6


class Exhibits:
    """Other worlds that were found, each of use to every target that has another value in it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.changes: list[Change] = []
        #: how many programmes were solved
        self.solved = 0
        self._people, self._amount = (np.zeros((len(world.count), 64)) for _ in range(2))
        #: which of them agree with all that binds
        self.agree = np.zeros(64, dtype=np.bool_)
        self._whole: tuple[bytes, World] | None = None

    def add(self, changes: Iterable[Change]) -> list[int]:
        """Add changes, whether or not they agree; return their places."""
        first = len(self.changes)
        self.changes += changes
        while len(self.changes) > len(self.agree):
            self._people, self._amount = (
                np.hstack([each, np.zeros_like(each)]) for each in (self._people, self._amount)
            )
            self.agree = np.concatenate([self.agree, np.zeros_like(self.agree)])
        for place, change in enumerate(self.changes[first:], start=first):
            self._people[change.pieces, place] = change.people
            self._amount[change.pieces, place] = change.amount
            self.agree[place] = self.world.allows(change)
        return list(range(first, len(self.changes)))

    def agreeing(self, figure: int) -> Mask:
        """Tell which of them agree with all that binds and with one figure more."""
        same = self.world.agree(self._people, self._amount, np.array([figure]))
        return np.asarray(self.agree & same)

    def of(
        self, target: Target, have: Iterable[int] = (), *, solve: int = 0, whole: bool = False
    ) -> tuple[int, ...]:
        """Return up to two of them with which a target has other values: the same as before, others, or new ones.

        Parameters
        ----------
        target
            What must stay uncertain.
        have
            Those that once served are taken first.
        solve
            How many programmes may be solved where moving people about finds none.
        whole
            Whether the slow kind of programme may be tried after the quick one.
        """
        found: dict[int, int] = {}
        for places in (np.array(tuple(have), dtype=np.int64), np.arange(len(self.changes))):
            if len(found) == NEEDED:
                break
            by = target.pieces @ self._people[:, places]
            values = target.value + by
            useful = self.agree[places] & (by != 0) & (values >= 1) & (values <= target.ceiling)
            for place in np.flatnonzero(useful).tolist():
                if len(found) < NEEDED:
                    found.setdefault(round(by[place]), int(places[place]))
        if len(found) < NEEDED:
            near, wider = around(self.world, target)
            self._search(target, wider, found)
            self._search(target, np.arange(len(self.world.count)), found)
            for slow in (False, True) if whole else (False,):
                self._solve(target, near, found, solve, whole=slow)
            # what is told of a trust's total binds all of a small group's neighbours: others take up what changes
            self._solve(target, wider, found, solve, whole=False)
        return tuple(found.values())

    def _search(self, target: Target, pieces: Places, found: dict[int, int]) -> None:
        wanted = [by for by in CHANGES if by not in found and 1 <= target.value + by <= target.ceiling]
        if len(found) == NEEDED or not wanted:
            return
        part, mine = self._part_of(pieces), target.part(pieces)
        for by in wanted:
            if len(found) < NEEDED:
                self._keep(find_change(part, mine, by), pieces, target, found)

    def _part_of(self, pieces: Places) -> World:
        """Return a part of the world with what binds; all of it is many pieces, and kept for as long as it stays so."""
        if len(pieces) < len(self.world.count):
            return _part(self.world, pieces)
        world = self.world
        state = b"".join(each.tobytes() for each in (world.active, world.low, world.high, world.has_mean))
        if self._whole is None or self._whole[0] != state:
            self._whole = (state, _part(world, pieces))
        return self._whole[1]

    def _solve(
        self, target: Target, pieces: Places, found: dict[int, int], solve: int, *, whole: bool
    ) -> None:
        """Look for values further off, on either side, than those that were found."""
        for side in (-1, 1):  # a count that may not grow beyond small must become smaller
            while len(found) < NEEDED and solve > 0:
                solve -= 1
                self.solved += 1
                least, most = max(1 - target.value, -_MOST_OFF), min([0, *found]) - 1
                if side > 0:
                    least, most = max([0, *found]) + 1, int(min(target.ceiling - target.value, _MOST_OFF))
                part = _part(self.world, pieces)
                change = solve_change(part, target.part(pieces), least, most, whole=whole)
                if not self._keep(change, pieces, target, found):
                    break

    def _keep(self, change: Change | None, pieces: Places, target: Target, found: dict[int, int]) -> bool:
        if change is None:
            return False
        change = Change(pieces[change.pieces], change.people, change.amount)
        by = int(change.people @ target.pieces[change.pieces])
        (found[by],) = self.add([change])
        return True


def _part(world: World, pieces: Places) -> World:
    return world.part(pieces, np.flatnonzero(world.active & (world.holds[:, pieces] != 0).any(axis=1)))


def around(world: World, target: Target) -> tuple[Places, Places]:
    """Return the pieces of the smallest figures that overlap a target; and these with some elsewhere.

    Those elsewhere, in the same of the wider figures, take up what comes or goes here.
    """
    found = target.pieces.copy()
    overlaps = world.active & (world.holds[:, found] != 0).any(axis=1)
    holds = world.holds[overlaps] > 0
    for figure in holds[np.argsort(holds.sum(axis=1), kind="stable")]:
        if (found | figure).sum() <= max(_NEAR, found.sum()):
            found |= figure
    near = np.flatnonzero(found)
    # a figure that lies within them is kept by moves among them
    wider = holds[(holds & ~found).any(axis=1)]
    alike = grouped(list(wider), len(world.count))
    outside = np.flatnonzero(~found & np.isin(alike, alike[near]))
    # patients of no night have no days to give or to take
    rooms = np.unique(np.stack([alike, world.least, world.most])[:, outside], axis=1, return_inverse=True)[
        1
    ].reshape(-1)
    elsewhere = [_easiest(world, outside, rooms, by) for by in (1, -1)]
    return near, np.unique(np.concatenate([near, *elsewhere]))


def _easiest(world: World, pieces: Places, groups: Places, by: int) -> Places:
    """Return those few of each group to which one more comes, or from which one goes, with least upset."""
    binds = world.active & (world.holds[:, pieces] != 0).any(axis=1)
    upset = upset_by(world, world.people, by)[binds] @ world.holds[np.ix_(binds, pieces)]
    upset += _NOBODY * ((world.count[pieces] == 0) & (by < 0))
    order = np.lexsort((upset, groups))
    rank = np.arange(len(order)) - np.searchsorted(groups[order], groups[order])
    return pieces[order[rank < _ELSEWHERE]]
