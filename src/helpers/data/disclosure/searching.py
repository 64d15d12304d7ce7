"""Looks for another world: people brought to a star, and what that upsets mended by moving a few more."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from helpers.data.disclosure.worlds import Change, Floats, Target, World

#: pairs of pieces between which people are moved
_PAIRS = 60
#: pieces of the star that are tried, those first to which somebody comes most easily
_STARTS = 6
#: people moved to mend what the first ones upset
_MENDS = 8
#: changes of amounts that mend means, and how many worlds are mended side by side
_AMOUNTS = 12
_EASIEST = 12
_HAIR = 1e-9


def find_changes(world: World, target: Target, wanted: Sequence[int], number: int) -> list[Change]:
    """Return up to a number of changes by which a target has some of the wanted people more, or fewer.

    All else comes out the same. At best some of the target change places with their like elsewhere. Otherwise people
    come to a piece of it, or leave it, and what that upsets is mended.
    """
    found: list[Change] = []
    left = list(wanted)
    for by in wanted:
        if len(found) < number and (change := _moved_to_like(world, target, by)) is not None:
            found.append(change)
            left.remove(by)
    if len(found) == number or not left:
        return found
    starts, bys = [], []
    for sign in (1, -1):
        inside = np.flatnonzero(target.pieces & ((world.count > 0) if sign < 0 else True))
        upset = (world.sparse @ upset_by(world, world.people[:, None], sign))[inside, 0]
        ordered = inside[np.argsort(upset, kind="stable")]
        for by in (by for by in left if by * sign > 0):
            for place in range(min(len(ordered), _STARTS)):
                if (people := _moved(world, np.roll(ordered, -place), by)) is not None:
                    starts.append(people)
                    bys.append(by)
    if not starts:
        return found
    people = np.stack(starts, axis=1)
    fixed = np.repeat(target.pieces[:, None], len(starts), axis=1)
    usual = np.round(people * world.usual[:, None])
    for by, change in zip(bys, mend_changes(world, people, usual, fixed), strict=True):
        if change is not None and by in left and len(found) < number and world.allows(change):
            found.append(change)
            left.remove(by)
    return found


def mend_changes(
    world: World, people: Floats, amount: Floats, fixed: NDArray[np.bool_]
) -> list[Change | None]:
    """Return changes that nearly agree, mended by some people more or fewer and other amounts; None where that fails.

    As long as a figure comes out different, the person who mends most is brought or taken elsewhere (minimum
    conflicts: Minton and others 1992); then days are.

    Parameters
    ----------
    people, amount
        How many more or fewer each piece of the world holds, and how much amount: a column for each change.
    fixed
        Of which pieces the people stay as they are.
    """
    mended = people.copy()
    some = np.flatnonzero(_mend_counts(world, mended, fixed))
    amounts = amount[:, some] + np.round((mended - people)[:, some] * world.usual[:, None])
    found: list[Change | None] = [None] * people.shape[1]
    for column in np.flatnonzero(_mend_amounts(world, mended[:, some], amounts)):
        more, days = mended[:, some[column]], amounts[:, column]
        used = np.flatnonzero((more != 0) | (days != 0))
        found[some[column]] = Change(used, more[used], days[used])
    return found


def _moved_to_like(world: World, target: Target, by: int) -> Change | None:
    """Return people moved between the target and pieces elsewhere that nearly the same figures hold."""
    here, there = np.flatnonzero(target.pieces), np.flatnonzero(~target.pieces)
    number, holds = abs(by), world.holds
    sizes = world.sparse @ world.active
    # those of the target that the fewest figures hold find their like most easily
    here = here[world.count[here] >= number] if by < 0 else here
    here = here[np.argsort(sizes[here], kind="stable")][:_PAIRS]
    there = there[world.count[there] >= number] if by > 0 else there
    both = (world.sparse @ (holds[:, here] * world.active[:, None])).T[:, there]
    unlike = sizes[here, None] + sizes[there] - 2 * both
    nearest = min(_PAIRS, unlike.size)
    if not nearest:
        return None
    pairs = np.argpartition(unlike, nearest - 1, axis=None)[:nearest]
    pairs = pairs[np.lexsort((pairs, unlike.ravel()[pairs]))]
    inner, outer = here[pairs // len(there)], there[pairs % len(there)]
    sources, ends = (inner, outer) if by < 0 else (outer, inner)
    stay, come = world.count[sources] - number, world.count[ends] + number
    # the amount that goes with them lies between what both pieces can have, and what each mean between them bears
    low = np.maximum(
        world.amount[sources] - world.most[sources] * stay, world.least[ends] * come - world.amount[ends]
    )
    high = np.minimum(
        world.amount[sources] - world.least[sources] * stay, world.most[ends] * come - world.amount[ends]
    )
    sign = holds[:, ends] - holds[:, sources]
    after = world.people[:, None] + number * sign
    same = (sign == 0) | ((after >= world.low[:, None]) & (after <= world.high[:, None]))
    least = world.mean_low[:, None] * after - world.total[:, None]
    most = world.mean_high[:, None] * after - world.total[:, None]
    bound = (sign != 0) & world.has_mean[:, None]
    low = np.maximum(
        low, np.where(bound, np.where(sign > 0, least, -most), -np.inf).max(axis=0, initial=-np.inf)
    )
    high = np.minimum(
        high, np.where(bound, np.where(sign > 0, most, -least), np.inf).min(axis=0, initial=np.inf)
    )
    low, high = np.ceil(low - _HAIR), np.floor(high + _HAIR)
    for place in np.flatnonzero(same.all(axis=0) & (low <= high)):
        source, end = sources[place], ends[place]
        usual = np.round(number * world.amount[source] / world.count[source])
        amount = min(max(usual, low[place]), high[place])
        change = Change(np.array([source, end]), np.array([-number, number]), np.array([-amount, amount]))
        if world.allows(change):
            return change
    return None


def _moved(world: World, pieces: NDArray[np.int64], by: int) -> Floats | None:
    """Return people brought to the first of some pieces, or taken from them in order; None if they are too few."""
    people = np.zeros(len(world.count))
    if by > 0:
        people[pieces[0]] = by
        return people
    left = -by
    for piece in pieces:
        people[piece] = -min(left, world.count[piece])
        left += people[piece]
        if not left:
            return people
    return None


def upset_by(world: World, people: Floats, sign: int) -> Floats:
    """Return for each figure by how much one person more (or fewer) takes it out of what was shown, or back.

    Parameters
    ----------
    people
        How many each figure holds: a column for each world.
    """
    low, high, after = world.low[:, None], world.high[:, None], people + sign
    here, there = (np.maximum(0, each - high) + np.maximum(0, low - each) for each in (people, after))
    return np.asarray(there - here)


def _mend_counts(world: World, people: Floats, fixed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Bring or take people, in place, until every count comes out as it was shown; tell for which columns it does."""
    counts = world.people[:, None] + world.sparse.T @ people
    weights = np.ones_like(counts)
    live = np.arange(people.shape[1])
    well = np.zeros(len(live), dtype=np.bool_)
    for turn in range(_MENDS + 1):
        wrong = (counts > world.high[:, None]) | (counts < world.low[:, None])
        well[live] = ~wrong.any(axis=0)
        keep = ~well[live]
        if turn == _MENDS or not keep.any():
            break
        live, counts, weights = live[keep], counts[:, keep], weights[:, keep] + wrong[:, keep]
        # what stays wrong counts for more and more
        more, fewer = (world.sparse @ (weights * upset_by(world, counts, sign)) for sign in (1, -1))
        more[fixed[:, live]] = fewer[fixed[:, live]] = np.inf
        fewer[world.count[:, None] + people[:, live] < 1] = np.inf
        columns = np.arange(len(live))
        best_more, best_fewer = more.argmin(axis=0), fewer.argmin(axis=0)
        least_more, least_fewer = more[best_more, columns], fewer[best_fewer, columns]
        steps = np.where(least_more <= least_fewer, 1, -1)
        pieces = np.where(steps > 0, best_more, best_fewer)
        steps[~np.isfinite(np.minimum(least_more, least_fewer))] = 0
        people[pieces, live] += steps
        counts = counts + steps * world.holds[:, pieces]
    return well


def _mend_amounts(world: World, people: Floats, amount: Floats) -> NDArray[np.bool_]:
    """Change amounts, in place, until every mean comes out as it was shown; tell for which columns it does."""
    after = world.count[:, None] + people
    low = world.least[:, None] * after - world.amount[:, None]
    high = world.most[:, None] * after - world.amount[:, None]
    np.clip(amount, low, high, out=amount)
    well = np.ones(people.shape[1], dtype=np.bool_)
    bound = np.flatnonzero(world.has_mean)
    if not bound.size or not well.size:
        return well
    holds = world.sparse[:, bound]
    counts = world.people[bound, None] + holds.T @ people
    least = np.ceil(world.mean_low[bound, None] * counts - _HAIR)
    most = np.floor(world.mean_high[bound, None] * counts + _HAIR)
    totals = world.total[bound, None] + holds.T @ amount
    live = np.arange(people.shape[1])
    for turn in range(_AMOUNTS + 1):
        over, under = np.maximum(0, totals - most), np.maximum(0, least - totals)
        wrong = ((over > 0) | (under > 0)).sum(axis=0)
        well[live] = wrong == 0
        if turn == _AMOUNTS or not wrong.any():
            break
        # those with the fewest wrong means come right most easily
        keep = np.argsort(wrong, kind="stable")[(wrong == 0).sum() :][:_EASIEST]
        live = live[keep]
        over, under, totals, least, most = (each[:, keep] for each in (over, under, totals, least, most))
        # days taken from, or given to, the piece where that mends most and upsets least
        room_down, room_up = np.where(totals <= least, 1.0, 0.0), np.where(totals >= most, 1.0, 0.0)
        down = holds @ (np.sign(over) - room_down - np.sign(under))
        up = holds @ (np.sign(under) - room_up - np.sign(over))
        down[amount[:, live] <= low[:, live]] = up[amount[:, live] >= high[:, live]] = -np.inf
        columns = np.arange(len(live))
        best_down, best_up = down.argmax(axis=0), up.argmax(axis=0)
        most_down, most_up = down[best_down, columns], up[best_up, columns]
        signs = np.where(most_down >= most_up, -1.0, 1.0)
        pieces = np.where(signs < 0, best_down, best_up)
        mine = world.holds[np.ix_(bound, pieces)] > 0
        needs = np.where(signs < 0, over, under)
        needs = np.where(mine & (needs > 0), needs, np.inf).min(axis=0)
        rooms = np.where(signs < 0, (amount - low)[pieces, live], (high - amount)[pieces, live])
        steps = np.where(np.maximum(most_down, most_up) > 0, signs * np.minimum(needs, rooms), 0.0)
        amount[pieces, live] += steps
        moves = steps != 0  # where none mends more than it upsets, none ever will
        live, least, most = live[moves], least[:, moves], most[:, moves]
        totals = (totals + steps * mine)[:, moves]
    return well
