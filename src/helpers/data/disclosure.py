"""Disclosure control: what may be shown of figures that come from records of patients.

One policy per source, recorded with its load. Figures counted from records follow the rule for Hospital
Episode Statistics; what a publisher has released is shown as it was released. Mixed origin is records.

The rule covers every form that a figure takes: table, chart, hover text, alt text, sentence, download,
log and error message. So the messages of this module never repeat the figure they complain about.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpers.bundle import MISSING, SUPPRESSED, Bundle, Cell, Origin
from helpers.data.policy import HES_RECORD_LEVEL, POLICIES, PUBLISHED, DisclosurePolicy, policy_for
from helpers.errors import ArgumentError, Problem

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "HES_RECORD_LEVEL",
    "POLICIES",
    "PUBLISHED",
    "ControlledCounts",
    "DisclosurePolicy",
    "control_counts",
    "control_share",
    "control_value",
    "control_with_total",
    "disclosure_problems",
    "effective_origin",
    "policy_for",
    "suppressed_cells",
]

#: how many values a star must leave possible to somebody who subtracts the other cells from the total
POSSIBLE_VALUES = 3
#: how many rows a message lists before it only counts them
LISTED_ROWS = 5


def control_counts(counts: pd.Series, policy: DisclosurePolicy) -> pd.Series:
    """Return counts of people as they may be shown.

    Parameters
    ----------
    counts
        Whole counts of people, exact; NaN is missing. A total is summed from exact counts and passed here
        like any other count: it is never the sum of what is shown.
    policy
        The policy of the source.

    Returns
    -------
    Series of object
        0, a rounded whole number, `SUPPRESSED` or None (missing), under the index of `counts`.

    Raises
    ------
    ArgumentError
        If a count that must be controlled is negative or not whole.

    Examples
    --------
    >>> import pandas as pd
    >>> control_counts(pd.Series([0, 3, 8, 17]), HES_RECORD_LEVEL).tolist()
    [0, '*', 10, 15]
    """
    return _series([policy.show(count) for count in _numbers(counts)], counts)


def control_share(numerator: pd.Series, denominator: pd.Series, policy: DisclosurePolicy) -> pd.Series:
    """Return shares of people (0 to 1) as they may be shown: quotients of the numbers that are shown.

    Hidden where the numerator, the denominator or the complement (denominator less numerator) is a count
    that the policy hides; missing where a part is missing or the denominator is 0.

    Parameters
    ----------
    numerator, denominator
        Exact counts of people, under the same index.
    policy
        The policy of the source.

    Returns
    -------
    Series of object
        A float, `SUPPRESSED` or None (missing).

    Raises
    ------
    ArgumentError
        If the lengths differ, or a numerator is above its denominator.

    Examples
    --------
    >>> import pandas as pd
    >>> control_share(pd.Series([13, 3, 97]), pd.Series([52, 50, 100]), HES_RECORD_LEVEL).tolist()
    [0.3, '*', '*']
    """
    pairs = list(_pairs(numerator, denominator, names=("numerator", "denominator")))
    return _series([_share(part, whole, policy) for part, whole in pairs], numerator)


def control_value(value: pd.Series, count: pd.Series, policy: DisclosurePolicy) -> pd.Series:
    """Return means, medians, ratios, O - E or bed-days as they may be shown.

    Hidden where the count of people behind is one that the policy hides (ratio times expected gives the
    count back), or is not known.

    Parameters
    ----------
    value
        The figures, in any unit.
    count
        How many people each figure rests on, exact; for a ratio or O - E the observed events.
    policy
        The policy of the source.

    Returns
    -------
    Series of object
        A float, `SUPPRESSED` or None (missing).

    Raises
    ------
    ArgumentError
        If the lengths differ.

    Examples
    --------
    >>> import pandas as pd
    >>> control_value(pd.Series([4.2, 9.0]), pd.Series([40, 3]), HES_RECORD_LEVEL).tolist()
    [4.2, '*']
    """
    pairs = list(_pairs(value, count, names=("value", "count")))
    return _series([_value(figure, people, policy) for figure, people in pairs], value)


@dataclass(frozen=True)
class ControlledCounts:
    """Counts that add up to a total, as both may be shown; `suppressed` counts the stars."""

    cells: tuple[Cell, ...]
    total: Cell

    @property
    def suppressed(self) -> int:
        """How many cells are hidden, the total included."""
        return suppressed_cells((*self.cells, self.total))


def control_with_total(counts: pd.Series, policy: DisclosurePolicy) -> ControlledCounts:
    """Return counts and their total so that no star can be told by subtraction.

    Rounded totals do not close subtraction (8 + 8 + 1 prints 10, 10, *, 15: the star is 1). While a star
    leaves fewer than `POSSIBLE_VALUES` values possible, the next smallest count becomes a star too; where
    none is left, the total does.

    Parameters
    ----------
    counts
        Exact counts of people that add up to the total; NaN is missing, and the total then too.
    policy
        The policy of the source.

    Examples
    --------
    >>> import pandas as pd
    >>> control_with_total(pd.Series([8, 8, 1]), HES_RECORD_LEVEL)
    ControlledCounts(cells=('*', 10, '*'), total=15)
    """
    exact = _numbers(counts)
    cells = [policy.show(count) for count in exact]
    known = [count for count in exact if count is not None]
    total = policy.show(sum(known)) if len(known) == len(exact) else None
    order = sorted((count, place) for place, count in enumerate(exact) if count)
    spare = [place for _, place in order if cells[place] != SUPPRESSED]
    while not _stars_are_safe(cells, total, policy):
        if not spare:
            return ControlledCounts(tuple(cells), SUPPRESSED)
        cells[spare.pop(0)] = SUPPRESSED
    return ControlledCounts(tuple(cells), total)


def suppressed_cells(cells: Iterable[Cell]) -> int:
    """Return how many cells are hidden, for `Bundle.suppressed`.

    >>> suppressed_cells([10, "*", None, "*"])
    2
    """
    return sum(isinstance(cell, str) and cell == SUPPRESSED for cell in cells)


def disclosure_problems(bundles: Sequence[Bundle]) -> list[Problem]:
    """Return where shown figures break the rule for records; empty where all hold it.

    Looks at the columns behind each figure and table whose origin, or any of whose sources, is records:
    counts must be 0, `SUPPRESSED` or rounded; a row whose every count is hidden must show no figure derived
    from it; and no star may be told by subtraction from a total that is shown beside it. Figures in free
    text are out of its reach: sentences take theirs from the same controlled values.
    """
    problems: list[Problem] = []
    for bundle in bundles:
        if effective_origin(bundle) == "records":
            problems += _count_problems(bundle)
            problems += _derived_problems(bundle)
            problems += _subtraction_problems(bundle)
    return problems


def effective_origin(bundle: Bundle) -> Origin:
    """Return the origin that decides: records as soon as any source is."""
    origins = {bundle.origin, *(source.origin for source in bundle.sources)}
    return "records" if "records" in origins else "published"


# --- single values ------------------------------------------------------------------------------------


def _share(part: float | None, whole: float | None, policy: DisclosurePolicy) -> Cell:
    if part is None or whole is None:
        return None
    if part > whole:
        raise ArgumentError("numerator", "a value above its denominator", "parts of the denominator")
    shown_part, shown_whole, complement = policy.show(part), policy.show(whole), policy.show(whole - part)
    if SUPPRESSED in (shown_part, shown_whole, complement):
        return SUPPRESSED
    if (
        not isinstance(shown_part, int | float)
        or not isinstance(shown_whole, int | float)
        or shown_whole == 0
    ):
        return None
    return shown_part / shown_whole


def _value(figure: float | None, people: float | None, policy: DisclosurePolicy) -> Cell:
    if figure is None or not policy.controls:
        return figure
    return SUPPRESSED if people is None or policy.hides(people) else figure


def _numbers(values: pd.Series) -> list[float | None]:
    return [None if missing else float(value) for value, missing in zip(values, values.isna(), strict=True)]


def _pairs(
    first: pd.Series, second: pd.Series, *, names: tuple[str, str]
) -> Iterator[tuple[float | None, float | None]]:
    if not first.index.equals(second.index):
        raise ArgumentError(
            names[1], f"{len(second)} values", f"the index of {names[0]} ({len(first)} values)"
        )
    return zip(_numbers(first), _numbers(second), strict=True)


def _series(cells: list[Cell], like: pd.Series) -> pd.Series:
    # Imported late: the gate checks bundles with this module and has no need of pandas.
    import pandas as pd

    return pd.Series(cells, index=like.index, name=like.name, dtype=object)


# --- subtraction --------------------------------------------------------------------------------------


def _stars_are_safe(cells: Sequence[Cell], total: Cell, policy: DisclosurePolicy) -> bool:
    """Tell whether each star leaves enough values possible to a reader who knows the rule."""
    stars = suppressed_cells(cells)
    if not stars or not isinstance(total, int) or any(cell is None for cell in cells):
        return True
    ranges = [policy.behind(cell) for cell in cells if isinstance(cell, int)]
    lowest, highest = policy.behind(total)
    least, most = lowest - sum(high for _, high in ranges), highest - sum(low for low, _ in ranges)
    ceiling = policy.suppress_up_to
    if most < stars or least > ceiling * stars:
        # Not parts of this total, or more than small counts alone: then a star may be any number.
        return True
    smallest = max(1, least - ceiling * (stars - 1))
    largest = min(ceiling, most - (stars - 1))
    return largest - smallest + 1 >= POSSIBLE_VALUES


#: how a total names itself in the first column or in a column's heading
_TOTAL = re.compile(r"^\s*(grand total|total|all|overall)\b", re.IGNORECASE)


def _subtraction_problems(bundle: Bundle) -> Iterator[Problem]:
    """Yield totals, in columns and rows, from which a star can be told."""
    counts = [place for place, column in enumerate(bundle.columns) if column.kind == "count"]
    totals = [row for row in bundle.rows if row and isinstance(row[0], str) and _TOTAL.match(row[0])]
    if len(totals) == 1:
        parts = [row for row in bundle.rows if row is not totals[0]]
        for place in counts:
            if not _stars_are_safe([row[place] for row in parts], totals[0][place], HES_RECORD_LEVEL):
                yield _subtraction_problem(bundle, f"column {bundle.columns[place].label}")
    across = [place for place in counts if _TOTAL.match(bundle.columns[place].label)]
    if len(across) == 1:
        places = [place for place in counts if place != across[0]]
        for number, row in enumerate(bundle.rows, start=1):
            if not _stars_are_safe([row[place] for place in places], row[across[0]], HES_RECORD_LEVEL):
                yield _subtraction_problem(bundle, f"row {_row_name(number, row)}")


def _subtraction_problem(bundle: Bundle, where: str) -> Problem:
    return Problem(
        f"{bundle.id}, {where}",
        "a suppressed count can be told by subtracting the others from the total",
        f"at least {POSSIBLE_VALUES} values must remain possible",
        "make the table with control_with_total, or leave the total out",
    )


# --- cells --------------------------------------------------------------------------------------------


def _count_problems(bundle: Bundle) -> Iterator[Problem]:
    for place, column in enumerate(bundle.columns):
        if column.kind != "count":
            continue
        broken = [
            _row_name(number, row)
            for number, row in enumerate(bundle.rows, start=1)
            if not _may_be_shown(row[place], HES_RECORD_LEVEL)
        ]
        if broken:
            yield Problem(
                f"{bundle.id}, column {column.label}",
                f"{len(broken)} uncontrolled counts from records, in {_listed(broken)}",
                f"0, {SUPPRESSED}, or a multiple of {HES_RECORD_LEVEL.round_to} from 10",
                "pass the counts through control_counts before they are shown",
            )


def _derived_problems(bundle: Bundle) -> Iterator[Problem]:
    """Yield rows whose every count is hidden but which still show a figure derived from it."""
    counts = [place for place, column in enumerate(bundle.columns) if column.kind == "count"]
    derived = [place for place, column in enumerate(bundle.columns) if column.kind in ("rate", "model")]
    broken = [
        _row_name(number, row)
        for number, row in enumerate(bundle.rows, start=1)
        if counts
        and all(row[place] == SUPPRESSED for place in counts)
        and any(isinstance(row[place], int | float) for place in derived)
    ]
    if broken:
        yield Problem(
            bundle.id,
            f"{len(broken)} rows show figures derived from suppressed counts: {_listed(broken)}",
            f"{SUPPRESSED} where the count behind a figure is suppressed",
            "pass the figures through control_value or control_share",
        )


def _may_be_shown(cell: Cell, policy: DisclosurePolicy) -> bool:
    if cell is None or cell in (SUPPRESSED, MISSING):
        return True
    if isinstance(cell, str) or not math.isfinite(cell):
        return False
    return cell == 0 or (cell > policy.suppress_up_to and cell % policy.round_to == 0)


def _row_name(number: int, row: Sequence[Cell]) -> str:
    label = row[0] if row and isinstance(row[0], str) else ""
    return f"{number} ({label})" if label else str(number)


def _listed(rows: Sequence[str]) -> str:
    more = f" and {len(rows) - LISTED_ROWS} more" if len(rows) > LISTED_ROWS else ""
    return f"row{'s' if len(rows) > 1 else ''} {', '.join(rows[:LISTED_ROWS])}{more}"
