"""Values from records as they may be shown: the disclosure rule applied where a table is made."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import pandas as pd

from helpers.bundle import SUPPRESSED, Cell, Origin
from helpers.data.disclosure import control_counts, control_share, control_value, control_with_total
from helpers.data.disclosure.totals import POSSIBLE_VALUES, stars_are_safe
from helpers.data.policy import policy_for
from helpers.register.models import Measure


def origin_of(measure: Measure, rows: pd.DataFrame) -> Origin:
    """Return the origin by whose policy a measure's figures are shown.

    Figures of staff or money count nobody's illness, and small numbers that are published everywhere need
    no control here: both are shown as they are.
    """
    return "records" if measure.controlled and (rows["origin"] == "records").any() else "published"


def finite(value: float) -> float | None:
    """Return a number for a cell: nothing where there is none."""
    return float(value) if math.isfinite(value) else None


def people(values: pd.Series) -> pd.Series:
    """Return counts of people; what cannot be one (negative, not whole) is missing."""
    return values.where((values >= 0) & (values % 1 == 0))


def counts(values: Iterable[float], origin: Origin) -> list[Cell]:
    """Return counts of people as they may be shown."""
    return _cells(control_counts(_series(values), policy_for(origin)))


def parts(values: Iterable[float], origin: Origin) -> list[Cell] | None:
    """Return counts that add up to a total that readers know, so that no star can be told from it.

    None where a star is told whatever is hidden, as two times 7 beside their sum: leave the parts out.

    >>> parts([8, 8, 1], "records"), parts([7, 7], "records")
    (['*', 10, '*'], None)
    """
    exact, policy = _series(values), policy_for(origin)
    found = control_with_total(exact, policy)
    told = found.total == SUPPRESSED and not policy.hides(float(exact.sum()))
    return None if told else list(found.cells)


def leave_values_open(counts: Iterable[float], total: float, origin: Origin) -> bool:
    """Return whether the hidden ones of some counts may be marked as such, where readers know the total.

    Twelve months that are all hidden, and 10 in the year, can be nothing but twelve times 1.

    >>> leave_values_open([1] * 12, 12, "records"), leave_values_open([1, 2, 0, 4], 7, "records")
    (False, True)
    """
    policy = policy_for(origin)
    return stars_are_safe([policy.show(count) for count in counts], policy.show(total), policy)


def leave_months_open(counts: Sequence[float], origin: Origin) -> bool:
    """Return whether hidden months may be marked as such, where readers know the total and no month's count.

    A month that is shown has more people than the rule hides: ten of 8 or more, two that are hidden and 80
    (82 at most) in all leave only 1 for each of the two.

    >>> leave_months_open([8] * 10 + [1] * 2, "records"), leave_months_open([40] * 10 + [1] * 2, "records")
    (False, True)
    """
    policy = policy_for(origin)
    total, hidden = policy.show(sum(counts)), sum(policy.hides(count) for count in counts)
    if not hidden or not isinstance(total, int):
        return True
    shown = sum(count > 0 for count in counts) - hidden
    most = policy.behind(total)[1] - shown * (policy.suppress_up_to + 1) - (hidden - 1)
    return most >= POSSIBLE_VALUES


def derived(values: Iterable[Cell], *behind: Sequence[Cell]) -> list[Cell]:
    """Return values or words, hidden wherever one of the counts that stand behind them is hidden.

    >>> derived([40.0, 20.0, 50.0], ["*", 10, 15], [25, "*", 30])
    ['*', '*', 50.0]
    """
    return [
        SUPPRESSED if SUPPRESSED in counts else _cell(value)
        for value, *counts in zip(values, *behind, strict=True)
    ]


def values(figures: Iterable[float], people: Iterable[float], origin: Origin) -> list[Cell]:
    """Return means, ratios and bed-days, hidden by the exact counts of people behind them."""
    return _cells(control_value(_series(figures), _series(people), policy_for(origin)))


def nested(figures: Sequence[float], people: Sequence[float], total: float, origin: Origin) -> list[Cell]:
    """Return figures on ever smaller parts of a total, such as stays of 7, 14 and 21 days or more.

    Hidden as by `values`, and also where one part less the next that is shown, or the total less a part,
    rests on a hidden count.

    >>> nested([80, 50, 30], [40, 20, 15], 100, "records")
    [80.0, '*', 30.0]
    """
    policy, cells, inner = policy_for(origin), [], 0.0
    for figure, count in zip(reversed(figures), reversed(people), strict=True):
        told = any(policy.hides(rest) for rest in (count, count - inner, total - count))
        cells.append(SUPPRESSED if told else _cell(figure))
        inner = inner if told else count
    return cells[::-1]


def percentages(some: Iterable[float], all_of: Iterable[float], origin: Origin) -> list[Cell]:
    """Return shares in per cent, from rounded counts, hidden with a hidden complement."""
    shares = _cells(control_share(_series(some), _series(all_of), policy_for(origin)))
    return [100 * share if isinstance(share, int | float) else share for share in shares]


def hidden(rows: Iterable[Iterable[Cell]]) -> int:
    """Return how many cells the rule has hidden."""
    return sum(cell == SUPPRESSED for row in rows for cell in row)


def _series(values: Iterable[float]) -> pd.Series:
    return pd.Series([float(value) for value in values], dtype=float)


def _cells(shown: pd.Series) -> list[Cell]:
    return [_cell(value) for value in shown]


def _cell(value: object) -> Cell:
    if value is None or isinstance(value, str):
        return value
    number = float(value)  # type: ignore[arg-type]
    return None if math.isnan(number) else number
