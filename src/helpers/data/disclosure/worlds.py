"""Other worlds: people moved about so that everything that was ever released comes out the same.

A star is safe when three different values for it are exhibited, each by a whole filling of all kinds of
people that agrees with every released figure: the true one and two others. They are looked for by moving one
or two people between kinds, and where that finds none by a small integer programme over the kinds nearest to
the star. What is not found is taken for told, so a fault of the search hides more and never less.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from helpers.data.disclosure.people import Mask, People
from helpers.data.disclosure.queries import Told

Floats = NDArray[np.float64]

#: changes of a star that are looked for, in this order
CHANGES = (1, -1, 2, -2, 3, -3)
#: an end of a rounded mean belongs to both sides of it
_HAIR = 1e-9


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
        pieces = _grouped(masks, len(people.count))
        size = int(pieces.max()) + 1 if len(pieces) else 0
        self._piece_of = pieces
        self.first_kind = np.zeros(size, dtype=np.int64)
        self.first_kind[pieces[::-1]] = np.arange(len(pieces))[::-1]
        self.count = np.bincount(pieces, people.count, size)
        self.amount = np.bincount(pieces, people.amount, size)
        self.least, self.most = np.full(size, math.inf), np.zeros(size)
        np.minimum.at(self.least, pieces, people.least)
        np.maximum.at(self.most, pieces, people.most)
        self.holds = np.zeros((len(cells), size), dtype=np.float32)
        for row, mask in zip(self.holds, masks, strict=True):
            row[pieces[mask]] = 1
        self.people = self.holds.astype(np.float64) @ self.count
        self.total = self.holds.astype(np.float64) @ self.amount
        self.active = np.ones(len(cells), dtype=np.bool_)
        self.programmes = math.inf
        self._bind()

    def _bind(self) -> None:
        """Set between what each figure lies; what the true people contradict is revised and binds as far as true."""
        low = np.array([max(cell.low, 1) if cell.star else cell.low for cell in self.cells], dtype=float)
        high = np.array([math.inf if c.high is None else c.high for c in self.cells], dtype=float)
        star = np.array([cell.star for cell in self.cells], dtype=np.bool_)
        # a reader who takes a star for small is not proved wrong by the worlds that are exhibited
        high = np.where(star & (self.people <= self.small), np.minimum(high, self.small), high)
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
        self._bind()

    def change(self, steps: Iterable[tuple[int, float, float]]) -> Change:
        """Return a change of this world from kinds, how many more or fewer, and their amount."""
        sums: dict[int, tuple[float, float]] = {}
        for kind, people, amount in steps:
            before = sums.get(piece := int(self._piece_of[kind]), (0.0, 0.0))
            sums[piece] = (before[0] + people, before[1] + amount)
        people_, amounts = (
            np.array([each[side] for each in sums.values()], dtype=float) for side in (0, 1)
        )
        return Change(np.array(list(sums), dtype=np.int64), people_, amounts)

    def allows(self, change: Change) -> bool:
        """Tell whether everything that binds comes out the same in another world."""
        places = list(change.pieces)
        if (self.count[places] + change.people < 0).any():
            return False
        holds = self.holds[:, places].astype(np.float64)
        people, total = self.people + holds @ change.people, self.total + holds @ change.amount
        counts = (people >= self.low) & (people <= self.high)
        means = (total >= self.mean_low * people - _HAIR) & (total <= self.mean_high * people + _HAIR)
        if not (counts & (means | ~self.has_mean))[self.active].all():
            return False
        after, amount = self.count[places] + change.people, self.amount[places] + change.amount
        fits = (amount >= self.least[places] * after - _HAIR) & (
            amount <= self.most[places] * after + _HAIR
        )
        return bool(fits.all())

    def keeps_mean(self, place: int, people: float, amount: float) -> bool:
        """Tell whether a figure's mean comes out the same with so many people and so much amount more."""
        if not self.has_mean[place]:
            return True
        people, amount = self.people[place] + people, self.total[place] + amount
        return bool(
            self.mean_low[place] * people - _HAIR <= amount <= self.mean_high[place] * people + _HAIR
        )


@dataclass(frozen=True)
class Change:
    """How another world differs: pieces, how many people more or fewer they hold, and how much amount."""

    pieces: NDArray[np.int64]
    people: Floats
    amount: Floats


@dataclass(frozen=True)
class Target:
    """A count that must stay uncertain: which pieces it holds, and its true value."""

    pieces: Mask
    value: int

    def change(self, change: Change) -> int:
        """Return by how much its value differs in another world."""
        return int(change.people[self.pieces[change.pieces]].sum())


def _grouped(masks: Sequence[Mask], size: int) -> NDArray[np.int64]:
    """Return for each kind the number of its piece: kinds in the same figures are one."""
    if not masks:
        return np.zeros(size, dtype=np.int64)
    bits = np.packbits(np.array(masks, dtype=np.bool_), axis=0).T
    _, pieces = np.unique(np.ascontiguousarray(bits), axis=0, return_inverse=True)
    return np.asarray(pieces, dtype=np.int64).reshape(-1)
