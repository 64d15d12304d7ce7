"""Readers who know everything that was published, as integer programmes of their own: the oracle of all tests.

They share nothing with the package but the rule: 0 is 0, a star is 1 or more (1 to 7 for a reader who takes
it for small), any other number is what rounds to it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix

from helpers.bundle import Cell
from helpers.data.disclosure.people import Kind, People
from helpers.data.disclosure.queries import Condition, Query, Told

#: (which unknown counts are added up, what is published of them, whether it is a total)
Published = tuple[Sequence[int], Cell, bool]


class Reader:
    def __init__(self, published: Sequence[Published], *, takes_stars_for_small: bool = False) -> None:
        self.size = 1 + max(atom for atoms, _, _ in published for atom in atoms)
        self.rows: list[np.ndarray] = []
        self.low: list[float] = []
        self.high: list[float] = []
        for atoms, cell, is_total in published:
            low, high = behind(cell)
            if cell == "*" and takes_stars_for_small and not is_total:
                high = 7
            self.add(atoms, low, high)

    def add(self, atoms: Sequence[int], low: float, high: float) -> None:
        row = np.zeros(self.size)
        row[list(atoms)] = 1
        self.rows.append(row)
        self.low.append(low)
        self.high.append(high)

    def extreme(self, atoms: Sequence[int], sign: int, within: tuple[float, float]) -> int | None:
        aim = np.zeros(self.size)
        aim[list(atoms)] = sign
        row = np.abs(aim)
        found = milp(
            aim,
            integrality=np.ones(self.size),
            bounds=Bounds(0, 5000),
            constraints=LinearConstraint(
                np.array([*self.rows, row]), [*self.low, within[0]], [*self.high, within[1]]
            ),
        )
        return None if found.x is None else round(abs(found.fun))

    def is_possible(self) -> bool:
        return self.extreme([0], 1, (0, 5000)) is not None

    def values(self, atoms: Sequence[int], enough: int = 3) -> int:
        """How many values the sum can have, counted up to `enough`."""
        count, least = 0, 0
        while count < enough:
            found = self.extreme(atoms, 1, (least, 5000))
            if found is None:
                break
            count, least = count + 1, found + 1
        return count


def behind(cell: Cell) -> tuple[float, float]:
    if cell == "*":
        return 1, 5000
    assert isinstance(cell, int | float)
    return (0, 0) if cell == 0 else (8 if cell == 10 else cell - 2, cell + 2)


def told(published: Sequence[Published]) -> list[int]:
    """Return which published stars have fewer than three possible values for either reader."""
    places = [place for place, (_, cell, _) in enumerate(published) if cell == "*"]
    found = set()
    for small in (False, True):
        reader = Reader(published, takes_stars_for_small=small)
        if reader.is_possible():
            found |= {place for place in places if reader.values(published[place][0]) < 3}
    return sorted(found)


class Oracle:
    """All that was told of some people, numbers and means, as one integer programme over what it tells apart.

    Parameters
    ----------
    people
        The true people.
    told
        All that a reader knows of them.
    within
        Looks at these people alone, and at what was told of none but them.
    ask
        Further sums of people that `values` is asked for.
    worlds
        Changes of the people, as kind, people and amount, that somebody says agree with all that was told. Each is
        looked at like what a programme has found; where one is wrong, a programme looks.
    """

    def __init__(
        self,
        people: People,
        told: Sequence[Told],
        *,
        within: Condition | None = None,
        ask: Sequence[Query] = (),
        worlds: Iterable[Sequence[tuple[Kind, float, float]]] = (),
    ) -> None:
        self.people = people
        self.mine = np.ones(len(people.count), dtype=bool)
        if within is not None:
            self.mine = people.mask(Query("", "", (within,)))
        known = [each for each in told if within is None or within in each.query.conditions]
        masks = np.array(
            [people.mask(query)[self.mine] for query in (*(each.query for each in known), *ask)]
        )
        # kinds that nothing tells apart are one
        bounds = np.array([people.least[self.mine], people.most[self.mine]])
        pieces, self._piece_of = np.unique(np.vstack([masks, bounds]), axis=1, return_inverse=True)
        self.size = pieces.shape[1]
        self._rows: list[np.ndarray] = []
        self._low: list[float] = []
        self._high: list[float] = []
        for each, mask in zip(known, pieces, strict=False):
            self._tell(each, mask)
        for side, bound in ((1, pieces[-2]), (-1, pieces[-1])):
            for piece in range(self.size):
                one = np.eye(self.size)[piece]
                self._add(-side * bound[piece] * one, side * one, 0, np.inf)
        self._fillings = self._agreeing(self._filling())
        steps = [[*world] for world in worlds]
        kinds = people.places({kind for world in steps for kind, _, _ in world})
        for world in steps:
            self._fillings += self._agreeing(
                self._filling((kinds[kind], n, amount) for kind, n, amount in world)
            )

    def _filling(self, steps: Iterable[tuple[int, float, float]] = ()) -> np.ndarray:
        """The true people and what they add up to, with so many more or fewer of some kinds."""
        people, amount = self.people.count.astype(float), self.people.amount.astype(float)
        for kind, number, more in steps:
            people[kind] += number
            amount[kind] += more
        place = self._piece_of.reshape(-1)
        return np.concatenate([np.bincount(place, each[self.mine], self.size) for each in (people, amount)])

    def _add(self, people: np.ndarray, amount: np.ndarray, low: float, high: float) -> None:
        self._rows.append(np.concatenate([people, amount]))
        self._low.append(low)
        self._high.append(high)

    def _tell(self, told: Told, mask: np.ndarray) -> None:
        nothing = np.zeros(self.size)
        any_number = told.star or told.high is None
        self._add(mask, nothing, 1 if told.star else told.low, np.inf if any_number else told.high or 0)
        if told.mean:
            self._add(-(told.mean[0] - 1e-6) * mask, mask, 0, np.inf)
            self._add((told.mean[1] + 1e-6) * mask, -mask, 0, np.inf)

    def values(self, query: Query, enough: int = 3) -> int:
        """How many values the number of these people can have, counted up to `enough`.

        A filling that was found for one query serves every other: a programme is solved only where those that are
        there do not show enough values, and only for what lies between, below or above these.
        """
        row = np.zeros(2 * self.size)
        row[self._piece_of.reshape(-1)[self.people.mask(query)[self.mine]]] = 1
        seen = {round(row @ filling) for filling in self._fillings}
        empty: set[tuple[float, float]] = set()
        while len(seen) < enough:
            edges = [-1.0, *sorted(seen), np.inf]
            gaps = [(low + 1, high - 1) for low, high in itertools.pairwise(edges)]
            gaps = [gap for gap in reversed(gaps) if gap[0] <= gap[1] and gap not in empty]
            if not gaps:
                break
            found = self._filled(row, *gaps[0])
            if not found:
                empty.add(gaps[0])
            self._fillings += found
            seen |= {round(row @ filling) for filling in found}
        return min(len(seen), enough)

    def _filled(self, row: np.ndarray, low: float, high: float) -> list[np.ndarray]:
        """A filling that agrees with all that was told, in which the people of a row are so many; none if none does."""
        found = milp(
            np.zeros(2 * self.size),
            integrality=np.ones(2 * self.size),
            bounds=Bounds(0, 1e5),
            constraints=LinearConstraint(
                csr_matrix(np.vstack([self._rows, row])), [*self._low, low], [*self._high, high]
            ),
            # seconds of the clock: on a machine that is busy with other work 20 were not enough
            options={"time_limit": 120},
        )
        return [] if found.x is None else self._agreeing(np.round(found.x))

    def _agreeing(self, filling: np.ndarray) -> list[np.ndarray]:
        """The filling, if it is one of whole people and days, and all comes out in it as it was told."""
        sums = np.array(self._rows) @ filling
        agrees = (sums >= np.array(self._low) - 1e-5) & (sums <= np.array(self._high) + 1e-5)
        whole = (filling >= 0) & (filling == np.round(filling))
        return [filling] if agrees.all() and whole.all() else []
