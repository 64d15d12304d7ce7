"""Tables with totals in both directions: no star may be told from row and column totals together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from helpers.bundle import SUPPRESSED, Cell
from helpers.data.disclosure.flows import Arc, Network
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
    places = _told(shown, stars, policy, ceilings={})
    ceilings = _ceilings(shown, stars, policy)
    places += _told(shown, stars, policy, ceilings=ceilings)
    height, width = len(shown) - 1, len(shown[0]) - 1
    for line in ([(r, width) for r in range(height)], [(height, c) for c in range(width)]):
        cells = [shown[row][column] for row, column in line]
        if not stars_are_safe(cells, shown[height][width], policy):
            places += [place for place, cell in zip(line, cells, strict=True) if cell == SUPPRESSED]
    return list(dict.fromkeys(places))


def _told(
    shown: Sequence[Sequence[Cell]],
    stars: Sequence[Place],
    policy: DisclosurePolicy,
    *,
    ceilings: Mapping[Place, float],
) -> list[Place]:
    """Return the stars with too few possible values; none where the figures contradict each other."""
    network = _network(shown, policy, ceilings)
    if not network.settle():
        return []
    width = len(shown[0])
    return [(r, c) for r, c in stars if not network.has_values(r * width + c, POSSIBLE_VALUES)]


def _ceilings(
    shown: Sequence[Sequence[Cell]], stars: Sequence[Place], policy: DisclosurePolicy
) -> dict[Place, float]:
    """Return the stars among the parts that can be small counts, each with the largest small count."""
    network, most = _network(shown, policy, {}), policy.suppress_up_to
    if not network.settle():
        return {}
    height, width = len(shown) - 1, len(shown[0]) - 1
    found: dict[Place, float] = {}
    for row, column in stars:
        number = row * (width + 1) + column
        if row < height and column < width:
            network.shift(number, most - max(network.flow[number], most))
            if network.flow[number] <= most:
                found[row, column] = most
    return found


def _network(
    shown: Sequence[Sequence[Cell]], policy: DisclosurePolicy, ceilings: Mapping[Place, float]
) -> Network:
    """Return the table as a network: out of the last row's node, through rows and columns, and back."""
    height, width = len(shown) - 1, len(shown[0]) - 1
    source, sink = height + width, height + width + 1
    arcs = []
    for row, cells in enumerate(shown):
        for column, cell in enumerate(cells):
            low, high = _range(cell, policy)
            tail = row if row < height else (height + column if column < width else sink)
            head = height + column if column < width else row
            if row == height:
                head = sink if column < width else source
            elif column == width:
                tail = source
            arcs.append(Arc(tail, head, low, ceilings.get((row, column), high)))
    return Network(arcs)


def _range(cell: Cell, policy: DisclosurePolicy) -> tuple[float, float]:
    """Return what a reader knows of a cell: a star is at least 1, a missing one anything."""
    if cell == SUPPRESSED:
        return 1, LARGEST
    if cell is None or isinstance(cell, str):
        return 0, LARGEST
    return policy.behind(int(cell))
