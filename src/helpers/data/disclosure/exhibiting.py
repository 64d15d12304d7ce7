"""Two other worlds that agree with all that is told: while they can be shown, a star tells nobody its count."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Final

from helpers.data.disclosure.programming import solve_change
from helpers.data.disclosure.searching import find_change
from helpers.data.disclosure.totals import POSSIBLE_VALUES
from helpers.data.disclosure.worlds import CHANGES, Change, Target, World

#: the most by which a programme lets a star's other values differ from the true one
_MOST_OFF: Final = 6


def exhibit(
    world: World, target: Target, have: Iterable[Change] = (), *, solve: bool = True
) -> tuple[Change, ...] | None:
    """Return two changes of the true world with which a target has other values; None where none are found.

    Parameters
    ----------
    world
        The true people, and what is told of them.
    target
        What must stay uncertain.
    have
        Changes that once served: those that still do are taken first.
    solve
        Whether programmes are solved where moving people about finds none.
    """
    found: dict[int, Change] = {}
    for change in have:
        if _may_be(world, target, by := target.change(change)) and world.allows(change):
            found.setdefault(by, change)
    for by in CHANGES:
        if len(found) >= POSSIBLE_VALUES - 1:
            break
        if by not in found and _may_be(world, target, by) and (new := find_change(world, target, by)):
            found[by] = new
    for side in (-1, 1) if solve else ():  # a count that may not grow beyond small must become smaller
        while len(found) < POSSIBLE_VALUES - 1 and (solved := _solve(world, target, side, found)):
            found[target.change(solved)] = solved
    return tuple(found.values())[: POSSIBLE_VALUES - 1] if len(found) >= POSSIBLE_VALUES - 1 else None


def _may_be(world: World, target: Target, by: int) -> bool:
    # a small count stays small, or the reader who takes each star for small is told
    ceiling = world.small if target.value <= world.small else math.inf
    return by != 0 and 1 <= target.value + by <= ceiling


def _solve(world: World, target: Target, side: int, found: Mapping[int, Change]) -> Change | None:
    """Return a change to a value further off, on one side, than those that were found."""
    if world.programmes < 1:
        return None
    world.programmes -= 1
    ceiling = world.small if target.value <= world.small else target.value + _MOST_OFF
    if side > 0:
        return solve_change(world, target, max([0, *found]) + 1, min(ceiling - target.value, _MOST_OFF))
    return solve_change(world, target, max(1 - target.value, -_MOST_OFF), min([0, *found]) - 1)
