"""Single figures as they may be shown: counts, shares, and what is derived from counts of people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from helpers.bundle import SUPPRESSED, Cell
from helpers.data.policy import DisclosurePolicy
from helpers.errors import ArgumentError

if TYPE_CHECKING:
    import pandas as pd


def control_counts(counts: pd.Series, policy: DisclosurePolicy) -> pd.Series:
    """Return counts of people as they may be shown.

    Parameters
    ----------
    counts
        Whole counts of people, exact; NaN is missing. A total is summed from exact counts and passed here
        like any other count: it is never the sum of what is shown.

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
    >>> from helpers.data.policy import HES_RECORD_LEVEL
    >>> control_counts(pd.Series([0, 3, 8, 17]), HES_RECORD_LEVEL).tolist()
    [0, '*', 10, 15]
    """
    return _series([policy.show(count) for count in numbers_of(counts)], counts)


def control_share(numerator: pd.Series, denominator: pd.Series, policy: DisclosurePolicy) -> pd.Series:
    """Return shares of people (0 to 1) as they may be shown: quotients of the numbers that are shown.

    Hidden where the numerator, the denominator or the complement (denominator less numerator) is a count
    that the policy hides; missing where a part is missing or the denominator is 0.

    Parameters
    ----------
    numerator, denominator
        Exact counts of people, under the same index.

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
    >>> from helpers.data.policy import HES_RECORD_LEVEL
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
    >>> from helpers.data.policy import HES_RECORD_LEVEL
    >>> control_value(pd.Series([4.2, 9.0]), pd.Series([40, 3]), HES_RECORD_LEVEL).tolist()
    [4.2, '*']
    """
    pairs = list(_pairs(value, count, names=("value", "count")))
    return _series([_value(figure, people, policy) for figure, people in pairs], value)


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


def numbers_of(values: pd.Series) -> list[float | None]:
    """Return the values of a series, missing ones as None."""
    return [None if missing else float(value) for value, missing in zip(values, values.isna(), strict=True)]


def _pairs(
    first: pd.Series, second: pd.Series, *, names: tuple[str, str]
) -> Iterator[tuple[float | None, float | None]]:
    if not first.index.equals(second.index):
        raise ArgumentError(
            names[1], f"{len(second)} values", f"the index of {names[0]} ({len(first)} values)"
        )
    return zip(numbers_of(first), numbers_of(second), strict=True)


def _series(cells: list[Cell], like: pd.Series) -> pd.Series:
    # Imported late: the gate checks bundles with this module and has no need of pandas.
    import pandas as pd

    return pd.Series(cells, index=like.index, name=like.name, dtype=object)
