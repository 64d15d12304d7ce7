"""The second way to find another world: a small integer programme over the people nearest to a star, all else fixed."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from helpers.data.disclosure.worlds import Change, Floats, Target, World

#: pieces that a programme may change: those of one specialty, mostly; with more it takes seconds
MOST_PIECES: Final = 72
#: by how many people one piece may change: worlds that move few people outlast what is told next
_MOST_MOVED: Final = 4
#: branches of one programme: what takes more counts as not found, on any machine
_BRANCHES: Final = 20
#: how far from the fewest moves is near enough
_GAP: Final = 0.5
_HAIR: Final = 1e-9


def solve_change(world: World, target: Target, least: int, most: int) -> Change | None:
    """Return a change that moves few people by which a target has from `least` to `most` more; None if none is found.

    Unknown are how many come to each piece, how many leave it, and how its amount changes. Every figure that
    binds comes out the same, and so does what the amounts of so many people can be.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_matrix

    near = _nearest(world, target)
    if least > most or not len(near):
        return None
    size, count, amount = len(near), world.count[near], world.amount[near]
    rows = _Rows(size)
    _add_figures(rows, world, near)
    unit = np.eye(size)
    for bound, low, high in ((world.least[near], 0.0, np.inf), (world.most[near], -np.inf, 0.0)):
        rows.add(-bound[:, None] * unit, unit, bound * count - amount + low, bound * count - amount + high)
    rows.add(
        target.pieces[near][None].astype(float), np.zeros((1, size)), np.array([least]), np.array([most])
    )
    found = milp(
        np.concatenate([np.ones(2 * size), np.zeros(size)]),
        integrality=np.ones(3 * size),
        bounds=Bounds(
            np.concatenate([np.zeros(2 * size), np.full(size, -np.inf)]),
            np.concatenate(
                [np.full(size, _MOST_MOVED), np.minimum(count, _MOST_MOVED), np.full(size, np.inf)]
            ),
        ),
        constraints=LinearConstraint(csr_matrix(np.vstack(rows.left)), *map(np.concatenate, rows.limits)),
        options={"node_limit": _BRANCHES, "mip_rel_gap": _GAP},
    )
    if found.x is None:
        return None
    solved = np.round(found.x)
    people, days = solved[:size] - solved[size : 2 * size], solved[2 * size :]
    used = (people != 0) | (days != 0)
    change = Change(near[used], people[used], days[used])
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


def _nearest(world: World, target: Target) -> NDArray[np.int64]:
    """Return the pieces of the smallest figures that overlap a target."""
    found = target.pieces.copy()
    if found.sum() > MOST_PIECES:
        return np.zeros(0, dtype=np.int64)
    overlaps = (world.holds[:, target.pieces].sum(axis=1) > 0) & world.active
    sizes = world.holds.sum(axis=1)
    for place in np.flatnonzero(overlaps)[np.argsort(sizes[overlaps], kind="stable")]:
        wider = found | (world.holds[place] > 0)
        if wider.sum() > MOST_PIECES:
            break
        found = wider
    return np.flatnonzero(found)


def _add_figures(rows: _Rows, world: World, near: NDArray[np.int64]) -> None:
    holds = world.holds[:, near].astype(float)
    binds = world.active & (holds.sum(axis=1) > 0)
    holds, people, total = holds[binds], world.people[binds], world.total[binds]
    nothing = np.zeros_like(holds)
    rows.add(holds, nothing, world.low[binds] - people, world.high[binds] - people)
    mean = world.has_mean[binds]
    for ends, low, high in (
        (world.mean_low[binds][mean], -_HAIR, np.inf),
        (world.mean_high[binds][mean], -np.inf, _HAIR),
    ):
        fixed = ends * people[mean] - total[mean]
        rows.add(-ends[:, None] * holds[mean], holds[mean], fixed + low, fixed + high)
