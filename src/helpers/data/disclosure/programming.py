"""The second way to find another world: an integer programme over the people nearest to a star, all else fixed."""

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

    Unknown are how many come to each piece, how many leave it, and how its amount changes. Every figure that
    binds comes out the same, and so does what the amounts of so many people can be. Amounts need not be whole at
    first and are made whole beside the same people: that takes a tenth of the time of whole ones from the start,
    and finds three of four.

    Parameters
    ----------
    world
        What binds alone, of all pieces that may change.
    whole
        Whether amounts are whole from the start.
    """
    if least > most:
        return None
    size = len(world.count)
    rows = _Rows(world)
    rows.add(target.pieces[None].astype(float), None, np.array([least]), np.array([most]))
    limits = (
        np.repeat([0.0, -_MOST_AMOUNT], [2 * size, size]),
        np.concatenate(
            [np.full(size, _MOST_MOVED), np.minimum(world.count, _MOST_MOVED), np.full(size, _MOST_AMOUNT)]
        ),
    )
    found = rows.solved(limits, whole=whole)
    if found is not None and rows.amounts and not whole:
        moved = np.round(found[: 2 * size])
        found = rows.solved([np.concatenate([moved, limit[2 * size :]]) for limit in limits], whole=True)
    if found is None:
        return None
    solved = np.round(found)
    people, days = solved[:size] - solved[size : 2 * size], solved[2 * size :]
    days = days if rows.amounts else np.zeros(size)
    used = (people != 0) | (days != 0)
    change = Change(np.flatnonzero(used), people[used], days[used])
    return change if world.allows(change) else None


class _Rows:
    """The rows of a programme: people that come, people that leave and amounts, and between what they lie."""

    def __init__(self, world: World) -> None:
        self.size = len(world.count)
        #: whether people have an amount at all
        self.amounts = bool(world.most.any())
        self.left: list[Any] = []
        self.limits: tuple[list[NDArray[Any]], list[NDArray[Any]]] = ([], [])
        self.add(world.holds, None, world.low - world.people, world.high - world.people)
        if self.amounts:
            self._add_amounts(world)

    def _add_amounts(self, world: World) -> None:
        """Add what means bind, and what the amounts of the people of each piece can be."""
        from scipy.sparse import diags_array, eye_array

        mean = world.has_mean
        for ends, low, high in (
            (world.mean_low[mean], -_HAIR, np.inf),
            (world.mean_high[mean], -np.inf, _HAIR),
        ):
            apart = np.asarray(ends * world.people[mean] - world.total[mean])
            self.add(-ends[:, None] * world.holds[mean], world.holds[mean], apart + low, apart + high)
        for bound, low, high in ((world.least, 0.0, np.inf), (world.most, -np.inf, 0.0)):
            apart = np.asarray(bound * world.count - world.amount)
            self.add(diags_array(-bound), eye_array(self.size), apart + low, apart + high)

    def add(self, people: Any, amount: Any, low: NDArray[Any], high: NDArray[Any]) -> None:
        """Add some rows: by how much each depends on the people, and on the amount, of each piece."""
        from scipy.sparse import csr_array, hstack

        parts = [csr_array(people), -csr_array(people)]
        if self.amounts:
            parts.append(csr_array(people.shape if amount is None else amount))
        self.left.append(hstack(parts))
        self.limits[0].append(low)
        self.limits[1].append(high)

    def solved(self, limits: Sequence[Floats], *, whole: bool = False) -> Floats | None:
        """Return numbers between limits that hold all rows and move few people; None where none are found."""
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import vstack

        unknown = self.left[0].shape[1]
        costs = np.repeat([1.0, 0.0], [2 * self.size, unknown - 2 * self.size])
        constraints = LinearConstraint(vstack(self.left, format="csc"), *map(np.concatenate, self.limits))
        bounds, limit = Bounds(*(each[:unknown] for each in limits)), {"time_limit": _SECONDS}
        if not whole and milp(costs, bounds=bounds, constraints=constraints, options=limit).x is None:
            return None
        found = milp(
            costs,
            integrality=np.maximum(costs, whole),
            bounds=bounds,
            constraints=constraints,
            options={"node_limit": _BRANCHES, "mip_rel_gap": _GAP, **limit},
        )
        return None if found.x is None else np.asarray(found.x, dtype=np.float64)
