"""Tables with totals in both directions: no star may be told from row and column totals together.

Rows and columns add up, and each cell lies between what its shown form says: what a reader can work out of a star
are the least and the largest value that a linear programme gives it. As people flow from the total through rows
and columns, these are whole numbers and all between them are possible (Ahuja, Magnanti, Orlin 1993, chapter 9).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from helpers.bundle import SUPPRESSED, Cell
from helpers.data.disclosure.totals import POSSIBLE_VALUES, stars_are_safe
from helpers.data.policy import DisclosurePolicy

#: more than any count of people in a report
LARGEST = 10**8
#: a place in the table with its totals: row and column, the totals last
Place = tuple[int, int]


def unsafe_places(shown: Sequence[Sequence[Cell]], policy: DisclosurePolicy) -> list[Place]:
    """Return the stars of a table with its totals (last row, last column) that readers can work out.

    Two readers are assumed: one who knows that a star is at least 1, and one who takes every star for a
    small count as long as that can be.
    """
    stars = [(r, c) for r, row in enumerate(shown) for c, cell in enumerate(row) if cell == SUPPRESSED]
    if not stars:
        return []
    height, width = len(shown) - 1, len(shown[0]) - 1
    known = _possible(shown, stars, policy)
    small = {
        (row, column): policy.suppress_up_to
        for (row, column), (least, _) in known.items()
        if row < height and column < width and least <= policy.suppress_up_to
    }
    readers = (known, _possible(shown, stars, policy, ceilings=small))
    places = [
        place
        for possible in readers
        for place, (least, most) in possible.items()
        if most - least + 1 < POSSIBLE_VALUES
    ]
    for line in ([(r, width) for r in range(height)], [(height, c) for c in range(width)]):
        cells = [shown[row][column] for row, column in line]
        if not stars_are_safe(cells, shown[height][width], policy):
            places += [place for place, cell in zip(line, cells, strict=True) if cell == SUPPRESSED]
    return list(dict.fromkeys(places))


def _possible(
    shown: Sequence[Sequence[Cell]],
    stars: Sequence[Place],
    policy: DisclosurePolicy,
    ceilings: Mapping[Place, int] | None = None,
) -> dict[Place, tuple[int, int]]:
    """Return the least and largest value of each star; none where what is published contradicts itself."""
    # late: the gate looks at tables without a star as well, and begins without either
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp

    places = np.arange(len(shown) * len(shown[0])).reshape(len(shown), -1)
    sums = np.zeros((sum(places.shape), places.size))
    for number, line in enumerate((*places, *places.T)):
        sums[number, line] = [*[1] * (len(line) - 1), -1]
    low, high = np.array([_range(cell, policy) for row in shown for cell in row], dtype=float).T
    for place, ceiling in (ceilings or {}).items():
        high[places[place]] = ceiling
    rules = {"bounds": Bounds(low, high), "constraints": LinearConstraint(sums, 0, 0)}
    found = {}
    for star in stars:
        aim = np.eye(1, places.size, places[star])[0]
        least, most = (milp(sign * aim, **rules) for sign in (1, -1))
        if not (least.success and most.success):
            return {}
        found[star] = (round(least.fun), round(-most.fun))
    return found


def _range(cell: Cell, policy: DisclosurePolicy) -> tuple[float, float]:
    """Return what a reader knows of a cell: a star is at least 1, a missing one anything."""
    if cell == SUPPRESSED:
        return 1, LARGEST
    if cell is None or isinstance(cell, str):
        return 0, LARGEST
    return policy.behind(int(cell))
