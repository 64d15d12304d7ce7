"""What a reader can work out from counts that are tied together by sums, by integer programming.

The reader knows every published figure and the rule: a rounded count stands for one of a few numbers, a
star for at least one person. People are counted whole, so what is possible is a set of whole numbers.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from helpers.bundle import SUPPRESSED, Cell
from helpers.data.disclosure.totals import POSSIBLE_VALUES
from helpers.data.policy import DisclosurePolicy

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Sum:
    """A published sum of unknown counts: which ones, between what, and whether it is a star.

    Parameters
    ----------
    atoms
        Which of the unknown counts it adds up.
    low, high
        What it can be, inclusive.
    star
        Whether it was suppressed, so that it must stay uncertain.
    small
        Whether a reader would first take it for a small count: a star among the parts, not a total.
    """

    atoms: tuple[int, ...]
    low: float
    high: float
    star: bool = False
    small: bool = False


def read_sum(cell: Cell, atoms: Sequence[int], policy: DisclosurePolicy, *, small: bool) -> Sum | None:
    """Return what a published count tells of a sum; nothing where it is missing."""
    if isinstance(cell, str):
        is_star = cell == SUPPRESSED
        return Sum(tuple(atoms), 1, math.inf, star=True, small=small) if is_star else None
    if cell is None:
        return None
    low, high = policy.behind(int(cell))
    return Sum(tuple(atoms), low, high)


@dataclass
class CountSystem:
    """Unknown counts of people, and all that is published of their sums.

    Parameters
    ----------
    sums
        What is published.
    solutions
        Fillings found so far that agree with everything published: one may answer many questions.
    """

    sums: tuple[Sum, ...]
    solutions: list[np.ndarray] = field(default_factory=list)

    def is_possible(self) -> bool:
        """Tell whether any filling agrees with everything that is published."""
        return bool(self.solutions) or self._solve(()) is not None

    def is_uncertain(self, atoms: Sequence[int]) -> bool:
        """Tell whether a sum of unknown counts has at least `POSSIBLE_VALUES` possible values."""
        found = {self._value(solution, atoms) for solution in self.solutions}
        for direction in (1, -1):
            if len(found) >= POSSIBLE_VALUES:
                return True
            solution = self._solve(atoms, direction=direction)
            if solution is None:
                return True  # contradictory figures tell nothing
            found.add(self._value(solution, atoms))
        return len(found) >= POSSIBLE_VALUES or self._fills_gaps(atoms, sorted(found))

    def can_be(self, atoms: Sequence[int], most: int) -> bool:
        """Tell whether a sum of unknown counts may be no larger than this."""
        if any(self._value(solution, atoms) <= most for solution in self.solutions):
            return True
        return self._solve(atoms, within=(0, most)) is not None

    def spread(self, stars: Sequence[Sequence[int]]) -> None:
        """Look for fillings that differ in many stars at once, so that few need a search of their own."""
        weights = random.Random(len(stars))
        for _ in range(_FILLINGS):
            aims = [(atom, weights.choice((-1.0, 1.0))) for atoms in stars for atom in atoms]
            self._solve([atom for atom, _ in aims], weights=[weight for _, weight in aims])

    def _fills_gaps(self, atoms: Sequence[int], found: list[int]) -> bool:
        """Look between the smallest and the largest value for others; not every number need be possible."""
        values = set(found)
        gaps = [(low + 1, high - 1) for low, high in pairwise(found) if high - low > 1]
        while gaps and len(values) < POSSIBLE_VALUES:
            low, high = gaps.pop()
            solution = self._solve(atoms, within=(low, high))
            if solution is not None:
                value = self._value(solution, atoms)
                values.add(value)
                gaps += [(a, b) for a, b in ((low, value - 1), (value + 1, high)) if a <= b]
        return len(values) >= POSSIBLE_VALUES

    @staticmethod
    def _value(solution: np.ndarray, atoms: Sequence[int]) -> int:
        return round(float(solution[list(atoms)].sum()))

    def _solve(
        self,
        atoms: Sequence[int],
        *,
        direction: int = 1,
        weights: Sequence[float] = (),
        within: tuple[int, int] | None = None,
    ) -> np.ndarray | None:
        # Late: most reports have no star that needs it, and scipy takes a moment to come.
        import numpy as np
        from scipy.optimize import Bounds, LinearConstraint, milp

        count = 1 + max(atom for each in self.sums for atom in each.atoms)
        asked = [*self.sums, *([Sum(tuple(atoms), *within)] if within else ())]
        matrix = np.zeros((len(asked), count))
        for row, each in zip(matrix, asked, strict=True):
            row[list(each.atoms)] = 1.0
        objective = np.zeros(count)
        objective[list(atoms)] = weights or float(direction)
        found: Any = milp(
            objective,
            constraints=LinearConstraint(
                matrix, [each.low for each in asked], [min(each.high, _CEILING) for each in asked]
            ),
            integrality=np.ones(count),
            bounds=Bounds(0, _CEILING),
        )
        if found.x is None:
            return None
        solution: np.ndarray = np.round(found.x)
        self.solutions.append(solution)
        return solution


#: fillings that are looked for before single stars are
_FILLINGS = 4
#: no count in a report is larger; keeps the programme bounded
_CEILING = 1e7


def unsafe_stars(sums: Sequence[Sum]) -> list[int]:
    """Return which sums are stars that leave too few values possible, by their place.

    Two readers are assumed: one who knows that a star is at least 1, and one who takes every star among the
    parts for a small count as long as that can be.

    Parameters
    ----------
    sums
        Everything that is published.

    Examples
    --------
    8, 8 and 1 with their total 17, published as 10, 10, * and 15:

    >>> unsafe_stars([Sum((0,), 8, 12), Sum((1,), 8, 12), Sum((2,), 1, 99, star=True), Sum((0, 1, 2), 13, 17)])
    [2]
    """
    unsafe: set[int] = set()
    for group in _connected(sums):
        stars = [place for place in group if sums[place].star]
        if not stars:
            continue
        known = [sums[place] for place in group]
        if len(group) == 1:
            continue  # nothing is said of it beside the star
        system = CountSystem(tuple(_numbered(known)))
        atoms = dict(zip(group, (each.atoms for each in system.sums), strict=True))
        if not system.is_possible():
            continue
        for reader in (system, _taking_stars_for_small(system)):
            reader.spread([atoms[place] for place in stars])
            unsafe |= {place for place in stars if not reader.is_uncertain(atoms[place])}
    return sorted(unsafe)


def _taking_stars_for_small(system: CountSystem) -> CountSystem:
    """Return the system of a reader who takes each star for a small count, unless that cannot be."""
    from helpers.data.policy import HES_RECORD_LEVEL

    ceiling = HES_RECORD_LEVEL.suppress_up_to
    sums = []
    for each in system.sums:
        if each.star and each.small:
            sums.append(replace(each, high=ceiling) if system.can_be(each.atoms, ceiling) else each)
        else:
            sums.append(each)
    return CountSystem(tuple(sums))


def _connected(sums: Sequence[Sum]) -> Iterator[list[int]]:
    """Yield the places of sums that share unknown counts, group by group."""
    groups: list[tuple[set[int], list[int]]] = []
    for place, each in enumerate(sums):
        atoms, places = set(each.atoms), [place]
        apart = []
        for group in groups:
            if group[0].isdisjoint(atoms):
                apart.append(group)
            else:
                atoms |= group[0]
                places += group[1]
        groups = [*apart, (atoms, places)]
    for _, places in groups:
        yield sorted(places)


def _numbered(sums: Sequence[Sum]) -> Iterator[Sum]:
    """Yield the sums with their unknown counts numbered from 0 without gaps."""
    order = sorted({atom for each in sums for atom in each.atoms})
    number = {atom: index for index, atom in enumerate(order)}
    for each in sums:
        yield replace(each, atoms=tuple(number[atom] for atom in each.atoms))
