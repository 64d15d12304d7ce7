"""Counts and what rests on them, as they may be shown: worked out in the room, group by group."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd

from helpers.bundle import SUPPRESSED, Cell
from helpers.data.disclosure.people import TABLES
from helpers.data.disclosure.queries import Condition, Query
from helpers.data.disclosure.values import control_share
from helpers.data.mart import Mart
from helpers.data.policy import DisclosurePolicy
from helpers.data.room.door import in_room
from helpers.data.room.memory import remember
from helpers.data.room.selection import Selection, find_column
from helpers.errors import Problem, UsageError

#: the columns of every answer
COUNT, HIDDEN = "count", "hidden"
_EXACT, _PART = "exact_count", "part"
#: decimals of days: more would tell small groups as the rest of a mean
_MOST_DIGITS: Final = 1
#: groups of one answer: a frame with more is a list of people by another name
MOST_GROUPS: Final = 2_000


def grouped(mart: Mart, selection: Selection, *amounts: str) -> pd.DataFrame:
    """Return exact sums by group: a column k0, k1 … for each key, exact_count, and the amounts (SQL).

    Raises
    ------
    UsageError
        Where there are more than `MOST_GROUPS`.
    """
    selection.refuse_unknown()
    names = [f"k{place}" for place in range(len(selection.keys))]
    keys = [f"{group} AS {name}" for group, name in zip(selection.groups, names, strict=True)]
    ordered = f"GROUP BY {', '.join(names)} ORDER BY {', '.join(names)}" if names else ""
    columns = ", ".join([*keys, f"count(*) AS {_EXACT}", *amounts])
    frame = mart.query(f"SELECT {columns} {selection.source(mart)} {ordered}")
    if len(frame) > MOST_GROUPS:
        came = f"{len(frame):,} groups"
        raise UsageError(Problem("records, by", came, f"{MOST_GROUPS:,} at most", "group by less"))
    return frame


def counted(mart: Mart, selection: Selection, frame: pd.DataFrame) -> list[Cell]:
    """Return the counts of groups as they may be shown, and remember that they were told."""
    exact = [int(each) for each in frame[_EXACT]]
    return remember().count(mart, selection, _queries(selection, frame), exact)


def _queries(selection: Selection, frame: pd.DataFrame) -> list[Query]:
    """Return for each group whom it counts."""
    names = list(frame.columns[: len(selection.keys)])
    values = list(frame[names].itertuples(index=False)) if names else [()] * len(frame)
    return [selection.query(tuple(row)) for row in values]


def answered(
    selection: Selection, frame: pd.DataFrame, columns: Mapping[str, Sequence[object]]
) -> pd.DataFrame:
    """Return the frame that leaves the room: the groups, the given columns, and what is hidden in a row."""
    out: dict[str, object] = {}
    for place, key in enumerate(selection.keys):
        out[key.name] = [selection.shown(key, value) for value in frame[f"k{place}"]]
    for name, cells in columns.items():
        known = [None if cell == SUPPRESSED else cell for cell in cells]
        out[name] = pd.Series(known, dtype="Int64" if name == COUNT else "Float64")
    out[HIDDEN] = [SUPPRESSED in row for row in zip(*columns.values(), strict=True)]
    return pd.DataFrame(out)


def _beside(figures: Sequence[Cell], counts: Sequence[Cell]) -> list[Cell]:
    """Return figures, hidden where the count behind them is, and missing where there is nobody."""
    return [
        SUPPRESSED if count == SUPPRESSED else None if not count or figure is None else figure
        for figure, count in zip(figures, counts, strict=True)
    ]


@in_room(pd.DataFrame)
def count(mart: Mart, selection: Selection) -> pd.DataFrame:
    """Return how many records there are."""
    frame = grouped(mart, selection)
    return answered(selection, frame, {COUNT: counted(mart, selection, frame)})


@in_room(pd.DataFrame)
def mean(mart: Mart, selection: Selection, column: str) -> pd.DataFrame:
    """Return the mean of a number, rounded so that it does not give the exact count away."""
    frame, counts, means = _means(mart, selection, number_column(selection, column))
    return answered(selection, frame, {COUNT: counts, "mean": means})


@in_room(pd.DataFrame)
def total(mart: Mart, selection: Selection, column: str) -> pd.DataFrame:
    """Return the sum of a number: the mean that may be shown times the count that may be shown."""
    frame, counts, means = _means(mart, selection, number_column(selection, column))
    sums = [
        each * people if isinstance(people, int) and isinstance(each, float) else each
        for each, people in zip(means, counts, strict=True)
    ]
    return answered(selection, frame, {COUNT: counts, "sum": sums})


def _means(mart: Mart, selection: Selection, column: str) -> tuple[pd.DataFrame, list[Cell], list[Cell]]:
    """Return groups, their counts, and the means that may be shown; few known values show none."""
    frame = grouped(mart, selection, f"avg({column}) AS amount", f"count({column}) AS known")
    counts = counted(mart, selection, frame)
    digits = [digits_for(count, selection.policy) for count in counts]
    may_be_shown = [True] * len(frame)
    if selection.whose == "own" and column == TABLES[selection.table].amount:
        digits = [min(number, _MOST_DIGITS) for number in digits]
        may_be_shown = remember().may_show_means(mart, _queries(selection, frame), digits)
    means: list[Cell] = []
    for amount, known, number, shown in zip(
        frame["amount"], frame["known"], digits, may_be_shown, strict=True
    ):
        few = selection.policy.hides(known) or not shown
        means.append(None if not known else SUPPRESSED if few else round(float(amount), number))
    return frame, counts, _beside(means, counts)


def digits_for(count: Cell, policy: DisclosurePolicy) -> int:
    """Return with how many decimals a mean is shown, so that every count behind it can give it.

    Whole numbers of n people have a mean in steps of 1/n: an exact one would tell n.

    >>> from helpers.data.policy import HES_RECORD_LEVEL
    >>> [digits_for(count, HES_RECORD_LEVEL) for count in (10, 25, 1000)]
    [0, 1, 2]
    """
    if not isinstance(count, int) or count == 0:
        return 0
    return math.floor(math.log10(policy.behind(count)[0]))


@in_room(pd.DataFrame)
def quantile(mart: Mart, selection: Selection, column: str, shares: tuple[float, ...]) -> pd.DataFrame:
    """Return quantiles of a number, hidden where few people lie on either side of them."""
    column = number_column(selection, column)
    names = {f"q{100 * share:g}": share for share in shares}
    amounts = [f'quantile_cont({column}, {float(share)}) AS "{name}"' for name, share in names.items()]
    frame = grouped(mart, selection, *amounts)
    counts = counted(mart, selection, frame)
    columns: dict[str, Sequence[Cell]] = {COUNT: counts}
    beside = selection.policy.suppress_up_to + 1  # so many people at least lie on either side
    for name, share in names.items():
        few = [min(share, 1 - share) * n < beside for n in frame[_EXACT]]
        shown = _beside([three_figures(each) for each in frame[name]], counts)
        columns[name] = [
            SUPPRESSED if hide and n else each for hide, n, each in zip(few, counts, shown, strict=True)
        ]
    return answered(selection, frame, columns)


@in_room(pd.DataFrame)
def share(mart: Mart, selection: Selection, part: Condition, per: float) -> pd.DataFrame:
    """Return the share of the records that meet a condition, times `per`, worked out from rounded counts."""
    inside = Selection(**{**vars(selection), "conditions": (*selection.conditions, part)})
    inside.refuse_unknown()
    met = f"count(*) FILTER ({inside.predicate}) AS {_PART}"
    frame = grouped(mart, selection, met)
    counts = counted(mart, selection, frame)
    some = counted(mart, inside, frame.assign(**{_EXACT: frame[_PART]}))
    shown = control_share(frame[_PART], frame[_EXACT], selection.policy)
    hidden = [SUPPRESSED in cells for cells in zip(shown, counts, some, strict=True)]
    shares = [
        SUPPRESSED if hide else None if each is None else per * float(each)
        for each, hide in zip(shown, hidden, strict=True)
    ]
    return answered(selection, frame, {COUNT: counts, "share" if per == 1 else "rate": shares})


def number_column(selection: Selection, name: str) -> str:
    """Return the name of a column of numbers.

    Raises
    ------
    UsageError
        Where it is none.
    """
    problems: list[Problem] = []
    column = find_column(selection.table, name, f"records, {name}", problems)
    if column is not None and column.type != "number":
        cure = 'ask for the share of a value: .share(outcome="dna")'
        problems.append(Problem(f"records, {name}", f"holds {column.type}s", "a column of numbers", cure))
    if problems:
        raise UsageError(problems)
    return name


def three_figures(value: float) -> float:
    """Return a number with three figures: more would tell people apart.

    >>> three_figures(1234.5), three_figures(0.012345)
    (1230.0, 0.0123)
    """
    return float(f"{value:.3g}") if math.isfinite(value) else math.nan
