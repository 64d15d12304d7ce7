"""Tables with totals in both directions: no star may be told from row and column totals together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpers.bundle import SUPPRESSED, Cell
from helpers.data.disclosure.flows import Arc, Network
from helpers.data.disclosure.totals import POSSIBLE_VALUES, stars_are_safe, suppressed_cells
from helpers.data.disclosure.values import numbers_of
from helpers.data.policy import DisclosurePolicy
from helpers.errors import ArgumentError

if TYPE_CHECKING:
    import pandas as pd

#: more than any count of people in a report
LARGEST = 10**8
#: a place in the table with its totals: row and column, the totals last
Place = tuple[int, int]


@dataclass(frozen=True)
class ControlledTable:
    """A table and its totals as all may be shown.

    Parameters
    ----------
    cells
        Row by row.
    row_totals, column_totals, total
        Their sums, from exact counts.
    beyond_rule
        How many cells and totals were hidden only so that no star can be told from the others.
    """

    cells: tuple[tuple[Cell, ...], ...]
    row_totals: tuple[Cell, ...]
    column_totals: tuple[Cell, ...]
    total: Cell
    beyond_rule: int = 0

    @property
    def suppressed(self) -> int:
        """How many cells are hidden, totals included."""
        every = [cell for row in self.cells for cell in row]
        return suppressed_cells((*every, *self.row_totals, *self.column_totals, self.total))

    @property
    def rows(self) -> tuple[tuple[Cell, ...], ...]:
        """The cells with their totals: last in each row, and in a last row."""
        rows = [(*row, total) for row, total in zip(self.cells, self.row_totals, strict=True)]
        return (*rows, (*self.column_totals, self.total))


def control_table(counts: pd.DataFrame, policy: DisclosurePolicy) -> ControlledTable:
    """Return a table of counts and its totals so that no star can be told by subtraction.

    Totals are summed from exact counts and then rounded. While a star leaves too few values possible to a
    reader of the whole table, the smallest count in its row or column becomes a star too; where none is
    left, a total does.

    Parameters
    ----------
    counts
        Exact counts of people, none missing.
    policy
        The policy of the source.

    Returns
    -------
    ControlledTable
        Cells and totals as they may be shown.

    Raises
    ------
    ArgumentError
        If the table is empty or a count is missing, negative or not whole.

    Examples
    --------
    >>> import pandas as pd
    >>> from helpers.data.policy import HES_RECORD_LEVEL
    >>> shown = control_table(pd.DataFrame([[1, 20], [30, 40]]), HES_RECORD_LEVEL)
    >>> shown.rows
    (('*', 20, 20), (30, 40, 70), (30, 60, 90))
    """
    exact = _with_totals(counts)
    shown = [[policy.show(count) for count in row] for row in exact]
    first = sum(suppressed_cells(row) for row in shown)
    while policy.controls and (unsafe := unsafe_places(shown, policy)):
        place = _next_to_hide(exact, shown, unsafe[0])
        if place is None:
            break
        shown[place[0]][place[1]] = SUPPRESSED
    now = sum(suppressed_cells(row) for row in shown)
    return ControlledTable(
        cells=tuple(tuple(row[:-1]) for row in shown[:-1]),
        row_totals=tuple(row[-1] for row in shown[:-1]),
        column_totals=tuple(shown[-1][:-1]),
        total=shown[-1][-1],
        beyond_rule=now - first,
    )


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


def _with_totals(counts: pd.DataFrame) -> list[list[float]]:
    table = [numbers_of(row) for _, row in counts.iterrows()]
    if not table or not table[0] or any(count is None for row in table for count in row):
        raise ArgumentError("counts", "a table that is empty or lacks a count", "a count in every cell")
    known = [[count or 0.0 for count in row] for row in table]
    rows = [[*row, sum(row)] for row in known]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]]


def _next_to_hide(
    exact: Sequence[Sequence[float]], shown: Sequence[Sequence[Cell]], star: Place
) -> Place | None:
    """Return the smallest count that shares a row or column with a star; failing that, a total."""
    height, width = len(exact) - 1, len(exact[0]) - 1

    def cost(place: Place) -> tuple[int, bool, float]:
        row, column = place
        totals = (row == height) + (column == width)
        return totals, row != star[0] and column != star[1], exact[row][column]

    # A total that tells a star stands in its line or in the margin: parts first, the grand total last.
    places = [(row, column) for row in range(height + 1) for column in range(width + 1)]
    spare = [(r, c) for r, c in places if exact[r][c] and shown[r][c] != SUPPRESSED]
    lines = [place for place in spare if place[0] == star[0] or place[1] == star[1]]
    return min(lines or spare, key=cost, default=None)
