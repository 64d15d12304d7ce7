"""The second way to find another world: a small integer programme over the people nearest to a star, all else fixed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from helpers.data.disclosure.worlds import Change, Floats, Target, World

#: by how many people, and by how much amount, one piece may change: worlds that move little outlast what is told next
_MOST_MOVED: Final = 2
_MOST_AMOUNT: Final = 60
#: branches of one programme: what takes more counts as not found, on any machine
_BRANCHES: Final = 10
#: seconds of the clock after which a programme is stopped: few take one, but one was seen to take minutes
_SECONDS: Final = 10.0
#: how far from the fewest moves is near enough
_GAP: Final = 0.5
_HAIR: Final = 1e-9


def solve_change(
    world: World, target: Target, least: int, most: int, *, whole: bool = False
) -> Change | None:
    """Return a change that moves few people by which a target has from `least` to `most` more; None if none is found.

    The world is a small part: those of one specialty, mostly; with more a programme takes seconds.
    Unknown are how many come to each piece, how many leave it, and how its amount changes. Every figure that
    binds comes out the same, and so does what the amounts of so many people can be. Amounts need not be whole at
    first and are made whole beside the same people: that takes a tenth of the time of `whole` ones from the start,
    and finds three of four.
    """
    if least > most:
        return None
    size, count, amount = len(world.count), world.count, world.amount
    rows = _Rows(size)
    _add_figures(rows, world)
    unit = np.eye(size)
    for bound, low, high in ((world.least, 0.0, np.inf), (world.most, -np.inf, 0.0)):
        rows.add(-bound[:, None] * unit, unit, bound * count - amount + low, bound * count - amount + high)
    rows.add(target.pieces[None].astype(float), np.zeros((1, size)), np.array([least]), np.array([most]))
    limits = (
        np.repeat([0.0, -_MOST_AMOUNT], [2 * size, size]),
        np.concatenate(
            [np.full(size, _MOST_MOVED), np.minimum(count, _MOST_MOVED), np.full(size, _MOST_AMOUNT)]
        ),
    )
    if (found := rows.solved(limits, whole_amounts=whole)) is None:
        return None
    if not whole:
        moved = np.round(found[: 2 * size])
        found = rows.solved([np.concatenate([moved, limit[2 * size :]]) for limit in limits])
    if found is None:
        return None
    solved = np.round(found)
    people, days = solved[:size] - solved[size : 2 * size], solved[2 * size :]
    used = (people != 0) | (days != 0)
    change = Change(np.flatnonzero(used), people[used], days[used])
    return change if world.allows(change) else None


class _Rows:
    """The rows of a programme: people that come, people that leave and amounts, and between what they lie."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.left: list[Floats] = []
        self.limits: tuple[list[NDArray[Any]], list[NDArray[Any]]] = ([], [])

    def add(self, people: Floats, amount: Floats, low: NDArray[Any], high: NDArray[Any]) -> None:
        """Add some rows."""
        self.left.append(np.hstack([people, -people, amount]))
        self.limits[0].append(low)
        self.limits[1].append(high)

    def solved(self, limits: Sequence[Floats], *, whole_amounts: bool = True) -> Floats | None:
        """Return numbers between limits that hold all rows and move few people; None where none are found."""
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import csr_matrix

        costs = np.repeat([1.0, 0.0], [2 * self.size, self.size])
        rows = LinearConstraint(csr_matrix(np.vstack(self.left)), *map(np.concatenate, self.limits))
        bounds = Bounds(*limits)
        limit = {"time_limit": _SECONDS}
        if not whole_amounts and milp(costs, bounds=bounds, constraints=rows, options=limit).x is None:
            return None
        found = milp(
            costs,
            integrality=np.maximum(costs, whole_amounts),
            bounds=bounds,
            constraints=rows,
            options={"node_limit": _BRANCHES, "mip_rel_gap": _GAP, **limit},
        )
        return None if found.x is None else np.asarray(found.x, dtype=np.float64)


def _add_figures(rows: _Rows, world: World) -> None:
    holds, people, total = world.holds, world.people, world.total
    rows.add(holds, np.zeros_like(holds), world.low - people, world.high - people)
    mean = world.has_mean
    for ends, low, high in (
        (world.mean_low[mean], -_HAIR, np.inf),
        (world.mean_high[mean], -np.inf, _HAIR),
    ):
        fixed = ends * people[mean] - total[mean]
        rows.add(-ends[:, None] * holds[mean], holds[mean], fixed + low, fixed + high)
