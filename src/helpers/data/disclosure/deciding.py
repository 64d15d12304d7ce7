"""What of new figures may be shown beside all that was released: what cannot be certified gives way."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from helpers.bundle import SUPPRESSED
from helpers.data.disclosure.exhibiting import NEAR, NEEDED, Budget, Exhibits, around
from helpers.data.disclosure.people import Kind, Mask, People
from helpers.data.disclosure.queries import EVERYBODY, Query, Told
from helpers.data.disclosure.totals import uncertified
from helpers.data.disclosure.worlds import Change, Places, Target, World, grouped
from helpers.data.policy import HES_RECORD_LEVEL, DisclosurePolicy

#: what must stay uncertain: a hidden count, or the difference of two that are shown
Uncertain = tuple[Query, ...]
#: another world, as it is kept: kinds of people, how many more or fewer, and their amount
Witness = tuple[tuple[Kind, float, float], ...]
Witnesses = Mapping[Uncertain, tuple[Witness, ...]]


#: figures times pieces of all programmes that are solved for what must stay uncertain: what is not found within them is
#: taken for told
_MOST_SOLVED = 60_000
#: and of those that are solved to show what is asked for, which gives way to what is not found. Of a small trust there
#: would be many
_MOST_BESIDE = 8_000
#: programmes of many pieces, which take a second each
_MOST_FAR = 24


@dataclass(frozen=True)
class Asked:
    """A figure that a report wants to show.

    Parameters
    ----------
    query
        Whom it counts.
    counted
        Whether the count itself is shown; otherwise a mean or rate that rests on it alone is.
    digits
        Decimals with which the mean of the data set's amount is shown; None where it is not.
    exactly
        Whether what is shown would give the exact count to a reader who knows the rest of it, as a mean of
        trimmed stays might.
    exact
        Of people of several organisations: how many there are.
    """

    query: Query
    counted: bool = True
    digits: int | None = None
    exactly: bool = False
    exact: int | None = None
    #: whether its count alone is of use where it cannot be shown with its mean
    spare: bool = False


@dataclass(frozen=True)
class Decision:
    """What may be told, in the order in which it was asked.

    Parameters
    ----------
    told
        As it may be shown.
    witnesses
        Other worlds for everything that must stay uncertain, old and new.
    """

    told: tuple[Told, ...]
    witnesses: Witnesses

    @property
    def exposed(self) -> tuple[Uncertain, ...]:
        """What is not certified beside what was released before: nothing new is shown about it."""
        return tuple(uncertified(self.witnesses))


def decide(
    people: People,
    known: Sequence[Told],
    asked: Sequence[Asked],
    *,
    witnesses: Witnesses | None = None,
    policy: DisclosurePolicy = HES_RECORD_LEVEL,
    unasked: Sequence[Query] = (),
    given: Mapping[Query, Told] | None = None,
) -> Decision:
    """Decide what of some figures may be shown.

    Small counts are stars. Of the others, those give way with which three values for a star, new or old, or
    for a small difference between two figures, cannot be exhibited: of several that do, the last asked for.

    Parameters
    ----------
    people
        The people of one organisation, as all queries of `known` and `asked` tell them apart.
    asked
        What is to be shown, the most important first.
    witnesses
        Other worlds that showed once that what must stay uncertain does.
    unasked
        Figures of which the small groups that they tell apart must stay uncertain, too, though nobody asked for
        them: a total less all parts but one.
    given
        What some of `asked` would tell, where it is not the rule for single figures: of several organisations.
    """
    wanted = [
        (given or {}).get(each.query)
        or at_first(each, int(people.count[mask].sum()), float(people.amount[mask].sum()), policy)
        for each in asked
        for mask in (people.mask(each.query),)
    ]
    trial = _Trial(people, World(people, [*known, *wanted], policy.suppress_up_to), len(known))
    trial.begin(witnesses or {})
    trial.add_unasked(unasked)
    trial.found.foresee(np.flatnonzero(~trial.world.active))
    for place, each in enumerate(asked, start=len(known)):
        trial.show(place, spare=each.spare)
    return Decision(tuple(trial.world.cells[len(known) :]), trial.kept)


def at_first(asked: Asked, count: int, amount: float, policy: DisclosurePolicy) -> Told:
    """Return what is told by the rule for single figures, of so many people with so much amount."""
    shown = policy.show(count)
    if shown == SUPPRESSED:
        return Told(asked.query, 1, policy.suppress_up_to, star=True)
    if asked.digits is not None and 0 < amount <= policy.suppress_up_to:
        # a mean of so few days tells that no more patients stayed a day: of one day, that it was one
        return Told(asked.query, 1, None, star=True)
    if asked.exactly:
        return Told(asked.query, count, count)
    mean = None
    if asked.digits is not None and count:
        half = 0.5 * 10**-asked.digits
        middle = round(amount / count, asked.digits)
        mean = (middle - half, middle + half)
    if asked.counted or not count:
        return Told(asked.query, *policy.behind(int(shown or 0)), mean=mean)
    return Told(asked.query, policy.suppress_up_to + 1, None, mean=mean)


class _Trial:
    """New figures put beside the old ones, one by one, so that what must stay uncertain does at every step.

    Parameters
    ----------
    people, world
        The true people; everything old and new.
    old
        How many of the world's figures were released before.
    """

    def __init__(self, people: People, world: World, old: int) -> None:
        self.people, self.world, self.old = people, world, old
        self.found = Exhibits(world)
        self.targets: dict[Uncertain | int, Target] = {}
        self._open: dict[Uncertain | int, tuple[int, ...]] = {}
        self._told: list[tuple[Mask, Places]] = []
        self._was_told: set[Uncertain] = set()
        self._tried: set[Uncertain] = set()
        self._for_uncertain, self._for_asked = Budget(_MOST_SOLVED), Budget(_MOST_BESIDE)
        self._far = Budget(_MOST_FAR)
        self._places = {cell.query: place for place, cell in enumerate(world.cells)}
        #: whose count was told, and stands: of these a mean alone can give way
        self._counted = {
            cell.query
            for cell, people in zip(world.cells[:old], world.people, strict=False)
            if not cell.star and cell.high is not None and cell.low <= people <= cell.high
        }

    def begin(self, witnesses: Witnesses) -> None:
        """Leave new numbers out, and see what is uncertain without them: old and new stars, old differences."""
        new = np.arange(len(self.world.cells)) >= self.old
        self.world.active[new & [not cell.star for cell in self.world.cells]] = False
        # other worlds may be lost with the kinds of people that they move: then others are looked for
        self._was_told = {name for name, worlds in witnesses.items() if not worlds}
        # what was not certified hardly ever is by more that is told: no programmes are solved for it again
        self._tried = {name for name, worlds in witnesses.items() if len(worlds) < NEEDED}
        have = self._changes(witnesses)
        world = self.world
        for place, cell in enumerate(world.cells):
            if cell.star and world.people[place] > 0 and cell.query not in self._counted:
                self._add((cell.query,), self._star(place, have.get((cell.query,), ())), have)
        for name in witnesses:
            if len(name) > 1 and all(query in self._places for query in name):
                target = self._difference(*(self._places[query] for query in name))
                if 1 <= target.value <= world.small:  # unless the records were revised
                    self._add(name, target, have)
        told = [self.targets[name] for name, worlds in self._open.items() if not worlds]
        self._told = [(each.pieces, around(world, each, NEAR)[0]) for each in told]

    def add_unasked(self, queries: Sequence[Query]) -> None:
        """Add the small groups that these figures tell apart, each by its number."""
        places = [self._places[query] for query in dict.fromkeys(queries)]
        if not places:
            return
        told_apart, group = np.unique(self.world.holds[places], axis=1, return_inverse=True)
        sizes = np.bincount(group.reshape(-1), self.world.count)
        small = (sizes >= 1) & (sizes <= self.world.small) & told_apart.any(axis=0)
        for number in np.flatnonzero(small):
            target = Target(group.reshape(-1) == number, int(sizes[number]), self.world.small)
            self._add(int(number), target, {})

    def show(self, place: int, *, spare: bool) -> None:
        """Show a new number if all stays as uncertain beside it as it was, at need without its mean, else hide it."""
        world = self.world
        if world.cells[place].star or self._fits(place):
            return
        if spare and world.cells[place].mean is not None:
            world.leave_mean_out(place)
            self.found.look_again(place)
            if self._fits(place):
                return
        world.hide(place)
        self.found.look_again(place)
        if world.cells[place].query in self._counted:
            return
        self._add((world.cells[place].query,), self._star(place), {})
        for name in self._broken():  # by a world without anybody where there is a star now
            self._open[name] = self.found.of(
                self.targets[name], self._open[name], solve=self._for_uncertain
            )

    def _fits(self, place: int) -> bool:
        """Tell whether all stays uncertain beside a new number; if so it binds from now on."""
        self.world.active[place] = True
        self.found.see()
        fresh = dict(self._differences(place))
        possible = all(self._may_vary(name) for name in fresh)
        if possible and not self._is_close_to_told(place) and self._keep(fresh):
            self.targets.update(fresh.items())
            return True
        self.world.active[place] = False
        self.found.see()
        return False

    def _is_close_to_told(self, place: int) -> bool:
        """Tell whether a number is about what was told before, or may have been: that is not told once more."""
        holds = self.world.holds[place] > 0
        return any(holds[pieces].any() and holds.sum() == holds[near].sum() for pieces, near in self._told)

    def _add(
        self, name: Uncertain | int, target: Target, have: Mapping[Uncertain, tuple[int, ...]]
    ) -> None:
        """Add what must stay uncertain, as far as it is: what is not was told by what was released before."""
        known = have.get(name, ()) if isinstance(name, tuple) else ()
        self.targets[name], self._open[name] = target, ()
        if name in self._was_told:
            return
        small, may_look = target.value <= self.world.small, name not in self._tried
        found = self.found.of(target, known, search=may_look or small)
        if len(found) < NEEDED and may_look:
            found = self._look_further(name, target, found)
        self._open[name] = found

    def _look_further(
        self, name: Uncertain | int, target: Target, found: tuple[int, ...]
    ) -> tuple[int, ...]:
        """Return other worlds of what is lost without: some stars are any number in them, or programmes find them."""
        # a world that was found before a new star was one: a reader who takes that star for small may be wrong
        self.found.let_grow(target, found)
        found = self.found.of(target, found, solve=self._for_uncertain)
        if len(found) < NEEDED and isinstance(name, tuple):
            if len(name) == 1:  # as may one who takes this star for small
                self.found.free(np.array([self._places[name[0]]]))
                self.targets[name] = target = replace(target, ceiling=math.inf)
                found = self.found.of(target, found, solve=self._for_uncertain)
            if len(found) < NEEDED and target.value <= self.world.small:
                found = self.found.of(target, found, search=False, far=self._far)
        return found

    def _broken(self) -> list[Uncertain | int]:
        agree = self.found.agree.tolist()
        return [name for name, each in self._open.items() if not all(agree[place] for place in each)]

    def _keep(self, fresh: Mapping[Uncertain, Target]) -> bool:
        """Find worlds for what is new, and as many as before for what had some that agree no more."""
        found: dict[Uncertain | int, tuple[int, ...]] = {}
        targets = {name: self.targets[name] for name in self._broken()}
        targets.update(fresh.items())
        for name in targets:
            have = self._open.get(name)
            found[name] = self.found.of(targets[name], have or (), solve=self._for_asked)
            if len(found[name]) < (NEEDED if have is None else len(have)):
                return False
        self._open |= found
        return True

    def _star(self, place: int, worlds: Sequence[int] = ()) -> Target:
        """Return the target of a star, which stays within small counts unless it does not in its worlds."""
        number = int(self.world.people[place])
        small = number <= self.world.small and self.found.largest(place, worlds) <= self.world.small
        return Target(self.world.holds[place] > 0, number, self.world.small if small else math.inf)

    def _difference(self, one: int, other: int) -> Target:
        pieces = self.world.holds[one] != self.world.holds[other]
        return Target(pieces, int(self.world.count[pieces].sum()), self.world.small)

    def _differences(self, place: int) -> Iterator[tuple[Uncertain, Target]]:
        """Yield the small groups by which a new number differs from another one that holds it, or that it holds."""
        world = self.world
        if world.cells[place].query.organisation == EVERYBODY:
            return
        apart = np.abs(world.people - world.people[place])
        others = np.flatnonzero((apart >= 1) & (apart <= world.small) & world.active & (world.people > 0))
        both = world.holds[others] @ (world.holds[place] * world.count)
        for other in others[both == np.minimum(world.people[others], world.people[place])]:
            cell = world.cells[other]
            # a figure of several organisations is too coarse to be taken from another one
            if cell.star or cell.query.organisation == EVERYBODY:
                continue
            yield (world.cells[other].query, world.cells[place].query), self._difference(int(other), place)

    def _may_vary(self, name: Uncertain) -> bool:
        """Tell whether the difference of two figures has three values beside these two figures alone."""
        one, other = (self._places[query] for query in name)
        small, large = (one, other) if self.world.people[one] < self.world.people[other] else (other, one)
        return self.world.values_between(small, large) >= NEEDED

    def _changes(self, witnesses: Witnesses) -> dict[Uncertain, tuple[int, ...]]:
        """Return the witnesses as changes of this world; those of kinds that are no more are dropped."""
        # in the order in which they were kept: what is shown may hang on which is tried first
        # many names share a world, and what it consists of takes long to compare
        every = {id(w): w for each in witnesses.values() for w in each}
        places = self._places_of({kind for w in every.values() for kind, _, _ in w})
        known = {key: w for key, w in every.items() if all(kind in places for kind, _, _ in w)}
        changes = [
            self.world.change([(places[kind], n, days) for kind, n, days in w], lambda: self._families)
            for w in known.values()
        ]
        self.world, changes = self.world.near_somebody(changes)
        self.found = Exhibits(self.world)
        number = dict(zip(known, self.found.add(changes), strict=True))
        binds = np.flatnonzero(self.world.active)
        stars = binds[self.found.outgrown(np.array(list(number.values()), dtype=np.int64)).any(axis=1)]
        self.found.free(stars[stars < self.old])  # as it was when these worlds were found
        return {
            name: tuple(number[id(w)] for w in each if id(w) in number) for name, each in witnesses.items()
        }

    @cached_property
    def _families(self) -> Places:
        """For each piece which others the old figures take for the same."""
        return grouped(list(self.world.holds[: self.old] > 0), len(self.world.count))

    def _places_of(self, kinds: set[Kind]) -> dict[Kind, int]:
        """Return where kinds of people are now.

        A kind of whom there is nobody now may be left out of the people: then one stands for it that no old figure
        tells from it.
        """
        world, places = self.world, self.people.places(kinds)
        if left_out := sorted(kinds - places.keys(), key=str):
            like, size = self.people.like(left_out), len(world.count)
            old = zip(world.holds[: self.old] > 0, world.cells[: self.old], strict=True)
            masks = [np.concatenate([holds, like.mask(cell.query)]) for holds, cell in old]
            families = grouped(masks, size + len(left_out)).tolist()
            first = dict(zip(families[:size][::-1], range(size - 1, -1, -1), strict=True))
            found = zip(left_out, families[size:], strict=True)
            places |= {kind: int(world.first_kind[first[own]]) for kind, own in found if own in first}
        return places

    @property
    def kept(self) -> dict[Uncertain, tuple[Witness, ...]]:
        """The worlds by which all is uncertain, as they are kept; none for what was told already."""
        used = {place for places in self._open.values() for place in places}
        worlds = {place: self._witness(self.found.changes[place]) for place in used}
        return {
            name: tuple(worlds[place] for place in places)
            for name, places in self._open.items()
            if isinstance(name, tuple)
        }

    def _witness(self, change: Change) -> Witness:
        kinds = self.world.first_kind[change.pieces]
        return tuple(
            (self.people.kind(int(kind)), float(people), float(amount))
            for kind, people, amount in zip(kinds, change.people, change.amount, strict=True)
        )
