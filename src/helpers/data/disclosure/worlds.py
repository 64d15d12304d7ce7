"""Other worlds: people moved about so that everything that was ever released comes out the same.

A star is safe when three different values for it are exhibited, each by a whole filling of all kinds of
people that agrees with every released figure: the true one and two others. They are looked for by moving one
or two people between kinds, and where that finds none by a small integer programme over the kinds nearest to
the star. What is not found is taken for told, so a fault of the search hides more and never less.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from helpers.data.disclosure.people import Mask, People
from helpers.data.disclosure.queries import Told

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

#: changes of a star that are looked for, in this order
CHANGES = (1, -1, 2, -2, 3, -3)
#: an end of a rounded mean belongs to both sides of it
_HAIR = 1e-9
#: pieces of nobody for each with somebody, the most like it, to which people may be brought
_LIKE = 4
#: so few of them are all kept, and all where there are more pairs than this: a large trust has few small counts
_FEW = 200
_MOST_COMPARED = 10**7
#: by how many a figure's size is tried to differ
_MOST_TRIED = 50


class World:
    """The true people of one organisation, grouped into pieces that no figure tells apart.

    Parameters
    ----------
    people
        The people, as all `cells` tell them apart.
    cells
        All that was released, and all that is to be decided on; `active` ones bind.
    small
        The largest count that the rule hides.
    """

    def __init__(self, people: People, cells: Sequence[Told], small: int) -> None:
        self.cells, self.small = list(cells), small
        masks = [people.mask(cell.query) for cell in cells]
        pieces = grouped(masks, len(people.count))
        size = int(pieces.max()) + 1 if len(pieces) else 0
        self._piece_of = pieces
        self.first_kind = np.zeros(size, dtype=np.int64)
        self.first_kind[pieces[::-1]] = np.arange(len(pieces))[::-1]
        self.count = np.bincount(pieces, people.count, size)
        self.amount = np.bincount(pieces, people.amount, size)
        self.least, self.most = np.full(size, math.inf), np.zeros(size)
        np.minimum.at(self.least, pieces, people.least)
        np.maximum.at(self.most, pieces, people.most)
        held = [np.flatnonzero(mask[self.first_kind]) for mask in masks]
        self.holds = np.zeros((len(cells), size))
        for row, places in zip(self.holds, held, strict=True):
            row[places] = 1
        #: `holds` by piece, then figure: of thousands of pieces most figures hold few
        self.sparse = _by_piece(held, size)
        self.people, self.total = self.holds @ self.count, self.holds @ self.amount
        self.active = np.ones(len(cells), dtype=np.bool_)
        #: stars that may be any number
        self.freed = np.zeros(len(cells), dtype=np.bool_)
        self._bind()

    def _bind(self) -> None:
        """Set between what each figure lies; what the true people contradict is revised and binds as far as true."""
        low = np.array([max(cell.low, 1) if cell.star else cell.low for cell in self.cells], dtype=float)
        high = np.array([math.inf if c.high is None else c.high for c in self.cells], dtype=float)
        star = np.array([cell.star for cell in self.cells], dtype=np.bool_)
        # a reader who takes a star for small is not proved wrong by the worlds that are exhibited
        taken = star & (self.people <= self.small) & ~self.freed
        high = np.where(taken, np.minimum(high, self.small), np.where(self.freed, math.inf, high))
        self.low, self.high = np.minimum(low, self.people), np.maximum(high, self.people)
        mean = np.divide(self.total, self.people, out=np.zeros_like(self.total), where=self.people > 0)
        means = [cell.mean for cell in self.cells]
        self.has_mean = np.array([each is not None for each in means], dtype=np.bool_)
        ends = np.array([each or (0.0, 0.0) for each in means], dtype=float).reshape(-1, 2)
        self.mean_low = np.minimum(ends[:, 0] - _HAIR, mean)
        self.mean_high = np.maximum(ends[:, 1] + _HAIR, mean)

    def hide(self, place: int) -> None:
        """Make a figure a star."""
        self.cells[place] = Told(self.cells[place].query, 1, None, star=True)
        self.active[place] = True
        self._bind()

    def leave_mean_out(self, place: int) -> None:
        """Leave a figure its count alone."""
        self.cells[place] = replace(self.cells[place], mean=None)
        self._bind()

    def free(self, stars: Places) -> None:
        """Let stars be any number: a reader who takes them for small cannot be sure."""
        self.freed[stars] = True
        self._bind()

    def change(self, steps: Iterable[tuple[int, float, float]], families: Callable[[], Places]) -> Change:
        """Return a change of this world from kinds, how many more or fewer, and their amount.

        Parameters
        ----------
        steps
            What changes.
        families
            Gives for each piece the number of its family: the figures by which the change was found do not tell those
            of one apart, so it is made wherever in the family it can be.
        """
        sums: dict[int, Floats] = {}
        for kind, people, amount in steps:
            piece = int(self._piece_of[kind])
            sums[piece] = sums.get(piece, 0) + np.array([people, amount])
        pieces, people_, amounts = np.array(list(sums), dtype=np.int64), *np.array(list(sums.values())).T
        if self.can_be(pieces, people_, amounts).all():
            return Change(pieces, people_, amounts)
        parts: list[Floats] = []
        of = families()
        for family in dict.fromkeys(of[pieces].tolist()):
            mine, members = of[pieces] == family, np.flatnonzero(of == family)
            parts.append(
                np.stack([members, *self._spread(members, people_[mine].sum(), amounts[mine].sum())])
            )
        every = np.hstack(parts)
        pieces, people_, amounts = every[:, (every[1:] != 0).any(axis=0)]
        return Change(pieces.astype(np.int64), people_, amounts)

    def _spread(self, members: Places, number: float, amount: float) -> tuple[Floats, Floats]:
        """Return so many people more or fewer, and so much amount, as some pieces can take them, the largest first."""
        members = members[order := np.argsort(-self.count[members], kind="stable")]
        people = np.zeros(len(members))
        if number > 0:
            people[0] = number
        else:
            taken = np.minimum(np.cumsum(self.count[members]), -number)
            people = -np.diff(taken, prepend=0.0)
        after = self.count[members] + people
        low = np.ceil(self.least[members] * after - self.amount[members] - _HAIR)
        high = np.floor(self.most[members] * after - self.amount[members] + _HAIR)
        amounts = np.clip(np.zeros(len(members)), low, high)
        left = amount - amounts.sum()
        room = high - amounts if left > 0 else amounts - low
        amounts += math.copysign(1, left) * np.diff(np.minimum(np.cumsum(room), abs(left)), prepend=0.0)
        back = np.argsort(order)
        return people[back], amounts[back]

    def can_be(self, pieces: Places, people: Floats, amount: Floats) -> Mask:
        """Tell for each of some pieces whether it can hold so many people more or fewer, with so much amount."""
        after, amount = self.count[pieces] + people, self.amount[pieces] + amount
        least, most = self.least[pieces] * after, self.most[pieces] * after
        return np.asarray((after >= 0) & (amount >= least - _HAIR) & (amount <= most + _HAIR))

    def same(self, people: Floats, amount: Floats, figures: Places) -> Mask:
        """Tell whether figures come out the same, which hold so many people more or fewer and so much amount.

        Parameters
        ----------
        people, amount
            A row for each of the figures, a column for each change.
        """
        after, total = self.people[figures, None] + people, self.total[figures, None] + amount
        low, high = self.low[figures, None], self.high[figures, None]
        mean_low, mean_high = self.mean_low[figures, None], self.mean_high[figures, None]
        means = (total >= mean_low * after - _HAIR) & (total <= mean_high * after + _HAIR)
        return np.asarray((after >= low) & (after <= high) & (means | ~self.has_mean[figures, None]))

    def values_between(self, inner: int, outer: int) -> int:
        """Return how many other values the small group between two figures can have beside these two alone.

        Of the group and of the others in both, some more or fewer are tried, with the amounts that they can have.
        """
        pieces = (self.holds[outer] > 0) & (self.holds[inner] == 0)
        number = self.count[pieces].sum()
        group = np.arange(1, self.small + 1)
        mine = self.people[inner]
        low, high = max(self.low[inner], mine - _MOST_TRIED), min(self.high[inner], mine + _MOST_TRIED)
        others = np.arange(low, high + 1)
        both = others[:, None] + group
        fits = (both >= self.low[outer]) & (both <= self.high[outer])
        least, most = self.least[pieces].min() * group, self.most[pieces].max() * group
        if self.has_mean[inner] and self.has_mean[outer]:
            fewest = self.mean_low[outer] * both - (self.mean_high[inner] * others)[:, None]
            largest = self.mean_high[outer] * both - (self.mean_low[inner] * others)[:, None]
            fits &= (fewest <= most + _HAIR) & (largest >= least - _HAIR)
        return int((fits.any(axis=0) & (group != number)).sum())

    def allows(self, change: Change) -> bool:
        """Tell whether everything that binds comes out the same in another world, which can be."""
        places = change.pieces
        if not self.can_be(places, change.people, change.amount).all():
            return False
        holds = self.holds[:, places]
        touched = np.flatnonzero(self.active & (holds != 0).any(axis=1))
        holds = holds[touched]
        return bool(
            self.same(holds @ change.people[:, None], holds @ change.amount[:, None], touched).all()
        )

    @cached_property
    def usual(self) -> Floats:
        """The mean amount of one person of each piece; 0 where there is nobody."""
        return np.divide(self.amount, self.count, out=np.zeros(len(self.count)), where=self.count > 0)

    def bound(self) -> World:
        """Return it with what binds alone: all other figures may be anything."""
        self.usual  # noqa: B018 (worked out once for both)
        found = copy.copy(self)
        found.low = np.where(self.active, self.low, -math.inf)
        found.high = np.where(self.active, self.high, math.inf)
        found.has_mean = self.has_mean & self.active
        return found

    def near_somebody(self, changes: Sequence[Change]) -> tuple[World, list[Change]]:
        """Return it without most pieces of nobody, and some changes as those of what is left.

        Of a small trust nine of ten pieces are empty. Kept are those of the changes, and for each with somebody the
        few that the fewest figures tell from it: bringing people elsewhere takes more figures along.
        """
        somebody, empty = np.flatnonzero(self.count > 0), np.flatnonzero(self.count == 0)
        kept = self.count > 0
        for change in changes:
            kept[change.pieces] = True
        if len(empty) <= _FEW or somebody.size * empty.size > _MOST_COMPARED:
            return self, list(changes)
        without = self.sparse[empty]
        both = (self.sparse[somebody] @ without.T.tocsr()).toarray()
        unlike = without.sum(axis=1) - 2 * both
        kept[empty[np.argpartition(unlike, _LIKE, axis=1)[:, :_LIKE]]] = True
        pieces = np.flatnonzero(kept)
        found = self.part(pieces, np.arange(len(self.cells)))
        found.first_kind = self.first_kind[pieces]
        return found, [replace(each, pieces=np.searchsorted(pieces, each.pieces)) for each in changes]

    def part(self, pieces: Places, figures: Places) -> World:
        """Return some pieces and some figures of it, all else being as it is."""
        found = copy.copy(self)
        found.__dict__.pop("usual", None)
        for name in ("count", "amount", "least", "most"):
            setattr(found, name, getattr(self, name)[pieces])
        for name in ("people", "total", "low", "high", "has_mean", "mean_low", "mean_high", "active"):
            setattr(found, name, getattr(self, name)[figures])
        found.holds, found.sparse = self.holds[np.ix_(figures, pieces)], self.sparse[pieces][:, figures]
        return found


@dataclass(frozen=True)
class Change:
    """How another world differs: pieces, how many people more or fewer they hold, and how much amount."""

    pieces: Places
    people: Floats
    amount: Floats

    def among(self, pieces: Places) -> Change:
        """Return it as one of the whole, of which these are the pieces."""
        return Change(pieces[self.pieces], self.people, self.amount)


@dataclass(frozen=True)
class Target:
    """A count that must stay uncertain: which pieces it holds, and its true value."""

    pieces: Mask
    value: int
    #: the largest that it may be in other worlds: a reader may take a star for small
    ceiling: float = math.inf

    def part(self, pieces: Places) -> Target:
        """Return it among some of the pieces."""
        return Target(self.pieces[pieces], self.value, self.ceiling)


def _by_piece(held: Sequence[Places], size: int) -> Any:
    """Return as a sparse matrix which of so many pieces, the rows, each figure holds."""
    from scipy.sparse import csr_array

    ends = np.cumsum([0, *map(len, held)])
    of_figures = csr_array((np.ones(ends[-1]), np.concatenate([*held, []]), ends), shape=(len(held), size))
    return of_figures.T.tocsr()


def grouped(masks: Sequence[Mask], size: int) -> Places:
    """Return for each kind the number of its piece: kinds in the same figures are one."""
    if not masks:
        return np.zeros(size, dtype=np.int64)
    # a random word for each figure: kinds in different figures have the same sum of words once in 10^11 ledgers
    words = np.random.default_rng(len(masks)).integers(2**64, size=len(masks), dtype=np.uint64)
    codes = np.zeros(size, dtype=np.uint64)
    for mask, word in zip(masks, words, strict=True):
        codes[mask] ^= word
    return np.asarray(np.unique(codes, return_inverse=True)[1], dtype=np.int64).reshape(-1)
