"""Looks for another world: people brought to a star, and what that upsets mended by moving a few more."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from helpers.data.disclosure.worlds import Change, Floats, Target, World

#: pairs of pieces between which people are moved
_PAIRS = 60
#: pieces of the star that are tried, those first to which somebody comes most easily
_STARTS = 3
#: people moved to mend what the first ones upset
_MENDS = 8
#: changes of amounts that mend means
_AMOUNTS = 12
_HAIR = 1e-9


def find_change(world: World, target: Target, by: int) -> Change | None:
    """Return a change by which a target has so many people more, or fewer, and all else comes out the same.

    At best some of the target change places with their like elsewhere. Otherwise people come to a piece of it, or
    leave it; then, as long as a figure comes out different, the person who mends most is brought or taken elsewhere
    (minimum conflicts: Minton and others 1992).
    """
    if (change := _moved_to_like(world, target, by)) is not None:
        return change
    sign = 1 if by > 0 else -1
    inside = np.flatnonzero(target.pieces & ((world.count > 0) if by < 0 else True))
    upset = (world.sparse @ upset_by(world, world.people, sign))[inside]
    ordered = inside[np.argsort(upset, kind="stable")]
    for place in range(min(len(ordered), _STARTS)):
        people = _moved(world, np.roll(ordered, -place), by)
        if people is not None and _mend_counts(world, people, target):
            amount = _mended_amounts(world, people)
            if amount is not None:
                used = np.flatnonzero((people != 0) | (amount != 0))
                change = Change(used, people[used], amount[used])
                if world.allows(change):
                    return change
    return None


def _moved_to_like(world: World, target: Target, by: int) -> Change | None:
    """Return people moved between the target and pieces elsewhere that nearly the same figures hold."""
    here, there = np.flatnonzero(target.pieces), np.flatnonzero(~target.pieces)
    number, holds = abs(by), world.holds
    sizes = world.sparse.sum(axis=1)
    # those of the target that the fewest figures hold find their like most easily
    here = here[world.count[here] >= number] if by < 0 else here
    here = here[np.argsort(sizes[here], kind="stable")][:_PAIRS]
    there = there[world.count[there] >= number] if by > 0 else there
    unlike = sizes[here, None] + sizes[there] - 2 * (world.sparse @ holds[:, here]).T[:, there]
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
    """Return for each figure by how much one person more (or fewer) takes it out of what was shown, or back."""
    after = people + sign
    here, there = (
        np.maximum(0, each - world.high) + np.maximum(0, world.low - each) for each in (people, after)
    )
    return np.asarray(there - here)


def _mend_counts(world: World, people: Floats, target: Target) -> bool:
    """Bring or take people outside the target, in place, until every count comes out as it was shown."""
    counts = world.people + people @ world.sparse
    weights = np.ones(len(counts))
    for _ in range(_MENDS):
        wrong = (counts > world.high) | (counts < world.low)
        if not wrong.any():
            return True
        weights[wrong] += 1  # what stays wrong counts for more and more
        more = world.sparse @ (weights * upset_by(world, counts, 1))
        fewer = world.sparse @ (weights * upset_by(world, counts, -1))
        more[target.pieces] = fewer[target.pieces] = np.inf
        fewer[world.count + people < 1] = np.inf
        best_more, best_fewer = int(more.argmin()), int(fewer.argmin())
        piece, step = (best_more, 1) if more[best_more] <= fewer[best_fewer] else (best_fewer, -1)
        if not np.isfinite(min(more[best_more], fewer[best_fewer])):
            return False
        people[piece] += step
        counts += step * world.holds[:, piece]
    return False


def _mended_amounts(world: World, people: Floats) -> Floats | None:
    """Return amounts of those who come and go with which every mean comes out as it was shown."""
    after = world.count + people
    low = world.least * after - world.amount
    high = world.most * after - world.amount
    usual = np.divide(world.amount, world.count, out=np.zeros(len(after)), where=world.count > 0)
    amount = np.clip(np.round(people * usual), low, high)
    bound = world.has_mean
    if not bound.any():
        return amount
    holds = world.sparse[:, np.flatnonzero(bound)]
    counts = world.people[bound] + people @ holds
    least = np.ceil(world.mean_low[bound] * counts - _HAIR)
    most = np.floor(world.mean_high[bound] * counts + _HAIR)
    totals = world.total[bound] + amount @ holds
    for _ in range(_AMOUNTS):
        over, under = np.maximum(0, totals - most), np.maximum(0, least - totals)
        if not (over.any() or under.any()):
            return amount
        # days taken from, or given to, the piece where that mends most and upsets least
        room_down, room_up = np.where(totals <= least, 1.0, 0.0), np.where(totals >= most, 1.0, 0.0)
        down = holds @ (np.sign(over) - room_down - np.sign(under))
        up = holds @ (np.sign(under) - room_up - np.sign(over))
        down[amount <= low] = up[amount >= high] = -np.inf
        piece, sign = (int(down.argmax()), -1) if down.max() >= up.max() else (int(up.argmax()), 1)
        if max(down.max(), up.max()) <= 0:
            return None
        mine = world.holds[bound, piece] > 0
        needs = (over if sign < 0 else under)[mine]
        step = float(min(needs[needs > 0].min(), (amount - low if sign < 0 else high - amount)[piece]))
        amount[piece] += sign * step
        totals = totals + sign * step * mine
    return None
