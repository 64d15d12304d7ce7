"""Counts across publications: what a new one tells of a star together with all that was released before.

Each published count is a count of the people in a box: an organisation, a span of time, and values of some
dimensions. Boxes overlap: the year holds its months, all specialties hold each one. Cut along all their
edges they fall into pieces without overlap, and every published count is a sum of pieces.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

from helpers.bundle import SUPPRESSED, Bundle, Cell, Column
from helpers.data.disclosure.checks import TOTAL, effective_origin
from helpers.data.disclosure.systems import CountSystem, Sum, read_sum, unsafe_stars
from helpers.data.policy import HES_RECORD_LEVEL

#: pieces beyond which the oldest publications are left out of account
MOST_PIECES = 50_000
#: stands for every value of a dimension that nobody named
_REST = "\0rest"


@dataclass(frozen=True)
class ReleasedCount:
    """A count as it was published, and whom it counts.

    Parameters
    ----------
    measure
        What is counted.
    filters
        Dimension and value of each restriction; a value that begins with ! means all others.
    first, end
        ISO dates, the end excluded; both empty where no span is known.
    cell
        What is shown: a number or `SUPPRESSED`.
    closed
        Dimensions of which the values shown beside it are all there are: the table has their total.
    total
        Whether it is the total of a table: hidden to protect a part, it need not be small.
    where
        The object, column and row, for messages.
    """

    measure: str
    filters: tuple[tuple[str, str], ...]
    first: str
    end: str
    cell: Cell
    closed: tuple[str, ...] = ()
    total: bool = False
    where: str = ""

    @property
    def quantity(self) -> tuple[object, ...]:
        """What tells this count from others, whatever is shown of it."""
        return self.measure, self.filters, self.first, self.end


def released_counts(bundles: Sequence[Bundle]) -> list[ReleasedCount]:
    """Return every count from records that a report shows, with whom it counts.

    Parameters
    ----------
    bundles
        Everything that the notebook handed over.
    """
    opened = next((bundle for bundle in bundles if bundle.report is not None), None)
    common: dict[str, str] = {}
    if opened is not None and opened.report is not None:
        facts = opened.report
        common = {"org_code": facts.organisation_code, "title": facts.title, "period": facts.period_label}
        common |= dict(opened.scope)
    counts = [
        each
        for bundle in bundles
        if effective_origin(bundle) == "records"
        for each in _counts_of(bundle, common)
    ]
    return list(dict.fromkeys(counts))


def _counts_of(bundle: Bundle, common: Mapping[str, str]) -> Iterator[ReleasedCount]:
    """Yield the counts of one figure or table."""
    places = [place for place, column in enumerate(bundle.columns) if column.kind == "count"]
    labels = [place for place, column in enumerate(bundle.columns) if column.kind in ("label", "date")]
    across = [place for place in places if TOTAL.match(bundle.columns[place].label)]
    closed_rows = any(_is_total(row, labels) for row in bundle.rows)
    for number, row in enumerate(bundle.rows, start=1):
        for place in places:
            cell = row[place]
            if cell != SUPPRESSED and not isinstance(cell, int | float):
                continue
            scope = _scope(bundle, common)
            closed = _restrict_row(scope, bundle, row, labels, closed_rows=closed_rows)
            closed += _restrict_column(scope, bundle, place, places, across)
            where = f"{bundle.id}, column {bundle.columns[place].label}, row {number}"
            is_total = (len(across) == 1 and place == across[0]) or _is_total(row, labels)
            yield _released(scope, cell, closed, total=is_total, where=where)


def _scope(bundle: Bundle, common: Mapping[str, str]) -> dict[str, str]:
    """Return what the bundle and its report say of its counts; unsaid, they are its own matter."""
    scope = {**common, **dict(bundle.scope)}
    title, period = scope.pop("title", ""), scope.pop("period", "")
    scope.setdefault("counted", f"{title} / {period} / {bundle.id}")
    return scope


def _released(
    scope: Mapping[str, str], cell: Cell, closed: list[str], *, total: bool, where: str
) -> ReleasedCount:
    known = {"counted", "first", "end"}
    filters = tuple(sorted((name, value) for name, value in scope.items() if name not in known and value))
    return ReleasedCount(
        scope["counted"],
        filters,
        scope.get("first", ""),
        scope.get("end", ""),
        cell,
        tuple(sorted(closed)),
        total,
        where,
    )


def _is_total(row: Sequence[Cell], labels: Sequence[int]) -> bool:
    return bool(labels) and isinstance(row[labels[0]], str) and bool(TOTAL.match(str(row[labels[0]])))


def _restrict_row(
    scope: dict[str, str], bundle: Bundle, row: Sequence[Cell], labels: Sequence[int], *, closed_rows: bool
) -> list[str]:
    """Say in the scope whom a row counts; return the dimensions that its table closes."""
    closed = []
    for place in labels:
        column = bundle.columns[place]
        if not column.dimension and not closed_rows:
            scope["counted"] += f" / {row[place]}"  # nobody says how the rows overlap
            continue
        name = column.dimension or f"{bundle.id}/{column.label}"
        is_first = place == labels[0]
        if not (is_first and _is_total(row, labels)):
            scope[name] = str(row[place])
        if is_first and closed_rows:
            closed.append(name)
    return closed


def _restrict_column(
    scope: dict[str, str], bundle: Bundle, place: int, places: Sequence[int], across: Sequence[int]
) -> list[str]:
    """Say in the scope whom a column counts; return the dimension that the table closes."""
    column: Column = bundle.columns[place]
    if len(across) == 1 and len(places) > 1:
        name = f"{bundle.id}/columns"
        if place != across[0]:
            scope[name] = column.label
        return [name]
    if len(places) > 1 or "/" in scope["counted"]:
        scope["counted"] += f" / {column.label}"
    return []


# --- together -----------------------------------------------------------------------------------------


def told_counts(
    new: Sequence[ReleasedCount], earlier: Sequence[Sequence[ReleasedCount]]
) -> list[ReleasedCount]:
    """Return the stars, new or old, that the new publication lets readers work out.

    Parameters
    ----------
    new
        What is about to be published.
    earlier
        What was published before, publication by publication, newest first. Earlier figures that the new
        ones contradict tell nothing of them: the data were revised.
    """
    known = {count for publication in earlier for count in publication}
    told: list[ReleasedCount] = []
    for measure in dict.fromkeys(count.measure for count in new):
        fresh = [count for count in new if count.measure == measure]
        if all(count in known for count in fresh):
            continue
        history = [[count for count in each if count.measure == measure] for each in earlier]
        told += _told_of_measure(fresh, [each for each in history if each])
    return told


def _told_of_measure(
    new: Sequence[ReleasedCount], earlier: Sequence[Sequence[ReleasedCount]]
) -> list[ReleasedCount]:
    shown = {count.quantity: count.cell for count in new}
    kept = [[c for c in each if not _is_revised(c, shown)] for each in earlier]
    while True:
        counts = _distinct([*new, *(count for each in kept for count in each)])
        sums = _sums(counts)
        if sums is not None and (not kept or _agree(sums)):
            break
        if not kept:
            return []
        kept.pop()
    told = [counts[place] for place in unsafe_stars(sums)]
    if not told:
        return []
    before = _distinct([count for each in kept for count in each])
    already = {before[place].quantity for place in unsafe_stars(_sums(before) or [])}
    return [count for count in told if count.quantity not in already]


def _is_revised(count: ReleasedCount, shown: Mapping[tuple[object, ...], Cell]) -> bool:
    now = shown.get(count.quantity)
    return now is not None and SUPPRESSED not in (now, count.cell) and now != count.cell


def _agree(sums: Sequence[Sum]) -> bool:
    return len(sums) < 2 or CountSystem(tuple(sums)).is_possible()


def _distinct(counts: Iterable[ReleasedCount]) -> list[ReleasedCount]:
    """Leave out what is shown twice; a star and a number of the same quantity both stay."""
    return list({(count.quantity, count.cell): count for count in counts}.values())


def _sums(counts: Sequence[ReleasedCount]) -> list[Sum] | None:
    """Return each count as a sum of pieces; None where there are too many pieces."""
    axes = [*_dimension_axes(counts), _time_axis(counts)]
    size = 1
    for axis in axes:
        size *= max(1, len(axis))
    if size > MOST_PIECES:
        return None
    pieces: dict[int, int] = {}  # which counts hold it, as bits: its number
    for corner in product(*axes):
        held = -1
        for bits in corner:
            held &= bits
        if held:
            pieces.setdefault(held, len(pieces))
    sums: list[Sum] = []
    for place, count in enumerate(counts):
        atoms = [number for held, number in pieces.items() if held >> place & 1]
        told = read_sum(count.cell, atoms, HES_RECORD_LEVEL, small=not count.total) if atoms else None
        sums.append(told or Sum((len(pieces) + place,), 0, math.inf))
    return sums


def _dimension_axes(counts: Sequence[ReleasedCount]) -> Iterator[list[int]]:
    """Yield for each dimension, value by value, which counts hold people of that value."""
    closed = {name for count in counts for name in count.closed}
    for name in sorted({name for count in counts for name, _ in count.filters}):
        wanted = [dict(count.filters).get(name, "") for count in counts]
        values = sorted({value.removeprefix("!") for value in wanted if value})
        values += [] if name in closed else [_REST]
        yield [
            sum(1 << place for place, value in enumerate(wanted) if _holds(value, each)) for each in values
        ]


def _holds(wanted: str, value: str) -> bool:
    return not wanted or wanted == value or (wanted.startswith("!") and wanted[1:] != value)


def _time_axis(counts: Sequence[ReleasedCount]) -> list[int]:
    """Return for each stretch of time without an edge in it which counts cover it."""
    edges = sorted({edge for count in counts for edge in (count.first, count.end) if edge})
    timeless = sum(1 << place for place, count in enumerate(counts) if not count.first)
    stretches = [
        sum(1 << p for p, c in enumerate(counts) if c.first and c.first <= low and high <= c.end)
        for low, high in pairwise(edges)
    ]
    return [*([timeless] if timeless else ()), *stretches]
