"""Two other worlds that agree with all that is told: while they can be shown, a star tells nobody its count."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from helpers.data.disclosure.people import Mask
from helpers.data.disclosure.programming import solve_change
from helpers.data.disclosure.searching import find_changes, mend_changes, upset_by
from helpers.data.disclosure.totals import POSSIBLE_VALUES
from helpers.data.disclosure.worlds import CHANGES, Change, Floats, Places, Target, World, grouped

#: how many other worlds show three values
NEEDED: Final = POSSIBLE_VALUES - 1
#: the most by which a programme lets a star's other values differ from the true one
_MOST_OFF: Final = 6
#: about how many pieces a programme may change: those nearest to a target, of one specialty mostly
NEAR: Final = 72
#: and where these are too few, for a small count: those of many specialties
_FAR: Final = (NEAR, 500, 2_000)
#: of so many at most amounts are whole from the start: the slow way, which finds what the quick one does not
_WHOLE: Final = 150
#: figures times pieces beyond which a programme takes seconds: none is solved then for a hidden count that is no small
#: one, which would harm nobody if it were told
_MOST_SLOW: Final = 5_000
#: pieces elsewhere for each way in which the wider figures hold those
_ELSEWHERE: Final = 2
#: worlds that do not agree any more which are mended for one target, side by side; those first that mostly do
_MENDED: Final = 12
_MENDED_FIRST: Final = 2
_NOBODY: Final = 1e6
#: what a change consists of
_STEPS: Final = ("pieces", "people", "amount")


@dataclass
class Budget:
    """What programmes may still take: figures times pieces, with which their time grows; of far ones, their number."""

    left: int


class Exhibits:
    """Other worlds that were found, each of use to every target that has another value in it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.changes: list[Change] = []
        self._people, self._amount = (np.zeros((len(world.count), 64)) for _ in range(2))
        #: how many people more or fewer each figure holds in them, and how much amount
        self._counted, self._added_up = (np.zeros((len(world.cells), 64)) for _ in range(2))
        #: with which figures they, and their opposites, disagree, whether or not these bind
        self._wrong = np.zeros((2, len(world.cells), 64), dtype=np.bool_)
        #: which of them can be, and which agree with all that binds, too
        self._possible, self.agree = np.zeros(64, dtype=np.bool_), np.zeros(64, dtype=np.bool_)
        self._kept: tuple[bytes, World] | None = None

    def add(self, changes: Iterable[Change]) -> list[int]:
        """Add changes, whether or not they agree; return their places."""
        first = len(self.changes)
        self.changes += changes
        while len(self.changes) > len(self.agree):
            for name in ("_people", "_amount", "_counted", "_added_up", "_wrong", "_possible", "agree"):
                each = getattr(self, name)
                setattr(self, name, np.concatenate([each, np.zeros_like(each)], axis=-1))
        new = self.changes[first:]
        if not new:
            return []
        pieces, people, amount = (np.concatenate([getattr(c, name) for c in new]) for name in _STEPS)
        which = np.repeat(np.arange(first, first + len(new)), [len(c.pieces) for c in new])
        self._people[pieces, which], self._amount[pieces, which] = people, amount
        mine = slice(first, first + len(new))
        holds = self.world.sparse.T
        self._counted[:, mine], self._added_up[:, mine] = (
            holds @ each[:, mine] for each in (self._people, self._amount)
        )
        possible = np.bincount(which[~self.world.can_be(pieces, people, amount)], minlength=mine.stop) == 0
        self._possible[mine] = possible[mine]
        self._look_at(np.arange(len(self.world.cells)), mine)
        self.see()
        return list(range(first, mine.stop))

    def _look_at(self, figures: Places, which: slice) -> None:
        """See with which of some figures some of them, and their opposites, disagree."""
        counted, added_up = self._counted[figures, which], self._added_up[figures, which]
        for side, sign in enumerate((1, -1)):
            self._wrong[side, figures, which] = ~self.world.same(sign * counted, sign * added_up, figures)

    def see(self) -> None:
        """See which of them agree with all that binds."""
        self.agree = self._possible & ~self._wrong[0, self.world.active].any(axis=0)

    def look_again(self, figure: int) -> None:
        """Look at a figure that is told in another way now."""
        self._look_at(np.array([figure]), slice(len(self.changes)))
        self.see()

    def free(self, stars: Places) -> None:
        """Let stars be any number: worlds that disagreed with nothing else agree from now on."""
        if stars.size:
            self.world.free(stars)
            self._look_at(stars, slice(len(self.changes)))
            self.see()

    def largest(self, figure: int, worlds: Sequence[int]) -> float:
        """Return how many people a figure holds at most, in truth and in some of these worlds."""
        more = self._counted[figure, np.array(worlds, dtype=np.int64)]
        return float(self.world.people[figure] + more.max(initial=0))

    def outgrown(self, worlds: Places) -> Mask:
        """Tell for each figure that binds and each of these worlds whether it is a star of few people there no more."""
        world, binds = self.world, np.flatnonzero(self.world.active)
        star = np.array([world.cells[place].star for place in binds], dtype=np.bool_)
        few = star & (world.people[binds] <= world.small)
        after = world.people[binds, None] + self._counted[np.ix_(binds, worlds)]
        return np.asarray(few[:, None] & (after > world.small))

    def let_grow(self, target: Target, have: Sequence[int]) -> None:
        """Free stars where worlds in which a target has other values disagree with nothing else, the fewest first."""
        known, by = len(self.changes), self._by(target)
        values = target.value + by
        useful = self._possible[:known] & ~self.agree[:known] & (by != 0)
        places = np.flatnonzero(useful & (values >= 1) & (values <= target.ceiling))
        binds = np.flatnonzero(self.world.active)
        wrong = self._wrong[0][np.ix_(binds, places)]
        only = np.flatnonzero(~(wrong & ~self.outgrown(places)).any(axis=0))
        seen = {round(by[place]) for place in have}
        for column in only[np.argsort(wrong[:, only].sum(axis=0), kind="stable")]:
            more = round(by[places[column]])
            if more not in seen and len(seen) < NEEDED:
                seen.add(more)
                self.free(binds[wrong[:, column]])

    def agreeing(self, figures: Places) -> Mask:
        """Tell which of them agree with all that binds and with some figures more."""
        return np.asarray(self.agree & ~self._wrong[0, figures].any(axis=0))

    def foresee(self, figures: Places) -> None:
        """Mend worlds that do not agree with figures that may be shown, so that each holds whatever of them is."""
        broken = np.flatnonzero(self.agree & ~self.agreeing(figures))
        if not broken.size:
            return
        active = self.world.active.copy()
        self.world.active[figures] = True
        people, amount = self._people[:, broken], self._amount[:, broken]
        found = mend_changes(self._bound, people, amount, people != 0)
        self.add(change for change in found if change is not None and self.world.allows(change))
        self.world.active = active
        self.see()

    def of(
        self,
        target: Target,
        have: Iterable[int] = (),
        *,
        search: bool = True,
        solve: Budget | None = None,
        far: Budget | None = None,
    ) -> tuple[int, ...]:
        """Return up to two of them with which a target has other values: the same as before, others, or new ones.

        Parameters
        ----------
        target
            What must stay uncertain.
        have
            Those that once served are taken first.
        search
            Whether others are looked for by moving people about where too few of them serve.
        solve
            What programmes of few pieces may take, which are solved where that finds none; None where none are.
        far
            How many programmes of many pieces may be solved then, which take a second each.
        """
        found: dict[int, int] = {}
        every = self._by(target)
        for places in (np.array(tuple(have), dtype=np.int64), np.arange(len(self.changes))[::-1]):
            if len(found) == NEEDED:
                break
            by = every[places]
            values = target.value + by
            useful = self.agree[places] & (by != 0) & (values >= 1) & (values <= target.ceiling)
            for place in np.flatnonzero(useful).tolist():
                if len(found) < NEEDED:
                    found.setdefault(round(by[place]), int(places[place]))
        if search and len(found) < NEEDED:
            self._mend(target, found)
        if search and len(found) < NEEDED:
            self._search(target, found)
        if solve is not None and len(found) < NEEDED:
            # what is told of a trust's total binds all of a small group's neighbours: others take up what changes
            for pieces in around(self.world, target, NEAR):
                self._solve(target, pieces, found, solve)
        if far is not None and len(found) < NEEDED:
            self._look_far(target, found, far)
        return tuple(found.values())

    def _by(self, target: Target) -> Floats:
        """Return by how many people a target differs in each of them."""
        return np.asarray(self._people[target.pieces, : len(self.changes)].sum(axis=0))

    def _mend(self, target: Target, found: dict[int, int]) -> None:
        """Mend worlds that agreed until something was told, and the opposite of all, those that come nearest first."""
        known, by = len(self.changes), self._by(target)
        same, other = np.flatnonzero((by != 0) & ~self.agree[:known]), np.flatnonzero(by)
        places, signs = np.concatenate([same, other]), np.repeat([1.0, -1.0], [len(same), len(other)])
        values = target.value + signs * by[places]
        useful = (values >= 1) & (values <= target.ceiling)
        places, signs = places[useful], signs[useful]
        if not places.size:
            return
        # counted for all at once: that is quicker than for those of a target
        wrong = self._wrong[:, self.world.active].sum(axis=1)[np.where(signs > 0, 0, 1), places]
        first = np.argsort(wrong, kind="stable")[:_MENDED]
        for some in np.split(first, [_MENDED_FIRST]):
            if some.size and len(found) < NEEDED:
                people, amount = (
                    signs[some] * each[:, places[some]] for each in (self._people, self._amount)
                )
                fixed = np.repeat(target.pieces[:, None], len(some), axis=1)
                for change in mend_changes(self._bound, people, amount, fixed):
                    self._keep(change, target, found)

    def _search(self, target: Target, found: dict[int, int]) -> None:
        wanted = [by for by in CHANGES if by not in found and 1 <= target.value + by <= target.ceiling]
        if wanted:
            for change in find_changes(self._bound, target, wanted, NEEDED - len(found)):
                self._keep(change, target, found)

    @property
    def _bound(self) -> World:
        """The world with what binds alone, kept for as long as it stays so."""
        state = b"".join(
            getattr(self.world, name).tobytes() for name in ("active", "low", "high", "has_mean")
        )
        if self._kept is None or self._kept[0] != state:
            self._kept = (state, self.world.bound())
        return self._kept[1]

    def _solve(self, target: Target, pieces: Places, found: dict[int, int], budget: Budget | None) -> None:
        """Look for values further off, on either side, than those that were found; None for a budget of any size."""
        part, whole = _part(self.world, pieces), budget is None and len(pieces) <= _WHOLE
        if target.value > self.world.small and part.holds.size > _MOST_SLOW:
            return
        for side in (-1, 1):  # a count that may not grow beyond small must become smaller
            while len(found) < NEEDED and (budget is None or part.holds.size <= budget.left):
                least, most = max(1 - target.value, -_MOST_OFF), min([0, *found]) - 1
                if side > 0:
                    least, most = max([0, *found]) + 1, int(min(target.ceiling - target.value, _MOST_OFF))
                if budget is not None:
                    budget.left -= part.holds.size
                change = solve_change(part, target.part(pieces), least, most, whole=whole)
                if change is None or not self._keep(change.among(pieces), target, found):
                    break

    def _look_far(self, target: Target, found: dict[int, int], budget: Budget) -> None:
        """Solve programmes of more and more pieces, as long as there are more."""
        before = 0
        for size in _FAR:
            pieces = around(self.world, target, size)[1]
            if len(found) < NEEDED and budget.left > 0 and len(pieces) > before:
                budget.left -= 1
                self._solve(target, pieces, found, None)
            before = len(pieces)

    def _keep(self, change: Change | None, target: Target, found: dict[int, int]) -> bool:
        """Keep a change that was found, unless it does not serve; tell whether it does."""
        if change is None or len(found) == NEEDED:
            return False
        by = int(np.round(change.people @ target.pieces[change.pieces]))
        if by in found or not self.world.allows(change):
            return False
        (found[by],) = self.add([change])
        return True


def _part(world: World, pieces: Places) -> World:
    return world.part(pieces, np.flatnonzero(world.active & (world.holds[:, pieces] != 0).any(axis=1)))


def around(world: World, target: Target, size: int) -> tuple[Places, Places]:
    """Return about so many pieces, of the smallest figures that overlap a target; and these with some elsewhere.

    Those elsewhere, in the same of the wider figures, take up what comes or goes here.
    """
    found = target.pieces.copy()
    if found.sum() > size:
        # of a large one, those to whom one more comes, or from whom one goes, most easily
        inside = np.flatnonzero(found)
        found[:] = False
        for by in (1, -1):
            found[inside[np.argsort(_upset(world, inside, by), kind="stable")[: size // 2]]] = True
    overlaps = world.active & (world.holds[:, found] != 0).any(axis=1)
    holds = world.holds[overlaps] > 0
    for figure in holds[np.argsort(holds.sum(axis=1), kind="stable")]:
        if (found | figure).sum() <= max(size, found.sum()):
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
    order = np.lexsort((_upset(world, pieces, by), groups))
    rank = np.arange(len(order)) - np.searchsorted(groups[order], groups[order])
    return pieces[order[rank < _ELSEWHERE]]


def _upset(world: World, pieces: Places, by: int) -> Floats:
    """Return how many figures come out different for one more, or fewer, of each of some pieces."""
    upset = np.where(world.active, upset_by(world, world.people[:, None], by)[:, 0], 0.0)
    upset = (world.sparse @ upset)[pieces]
    return np.asarray(upset + _NOBODY * ((world.count[pieces] == 0) & (by < 0)))
