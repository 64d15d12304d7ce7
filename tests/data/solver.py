"""A reader who knows everything that was published, as an integer programme of its own.

It shares nothing with the package but the rule: 0 is 0, a star is 1 or more (1 to 7 for a reader who takes
it for small), any other number is what rounds to it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from helpers.bundle import Cell

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
