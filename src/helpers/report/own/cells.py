"""The values of an analyst's own tables and sentences, as readers see them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from helpers.bundle import MISSING
from helpers.errors import Problem, UsageError

if TYPE_CHECKING:
    import pandas as pd

#: a format as in f-strings (".1%", "%B %Y"), as in str.format ("£{:,.0f}"), or a function
Format = str | Callable[[Any], str]
_MOST_DIGITS: Final = 3  # behind the point, where nobody says how many


def show(value: Any, form: Format | None = None, *, digits: int = 0, where: str = "") -> str:
    """Return a value as readers see it.

    Parameters
    ----------
    value
        A number, a date, words, or what stands for nothing.
    form
        How to write it; by default whole numbers with commas, others with `digits`, and dates in words.
    digits
        Behind the point.
    where
        What is shown, for a message.

    >>> show(1250), show(0.915, ".1%"), show(1250.0, "£{:,.0f}"), show(None), show(date(2026, 4, 1))
    ('1,250', '91.5%', '£1,250', '–', '1 April 2026')
    """
    if is_nothing(value):
        return MISSING
    if form is not None:
        return _formatted(value, form, where)
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, Integral):
        return f"{value:,}"
    if isinstance(value, Real):
        return f"{value:,.{digits}f}"
    if isinstance(value, datetime):
        at_midnight = value.time().isoformat() == "00:00:00"
        return f"{value.day} {value:%B %Y}" + ("" if at_midnight else f", {value:%H:%M}")
    return f"{value.day} {value:%B %Y}" if isinstance(value, date) else str(value)


def is_nothing(value: Any) -> bool:
    """Say whether a value stands for none: None, NaN, NaT and pandas' NA."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, Real) and value != value


def digits_for(values: Iterable[Any]) -> int:
    """Return how many digits behind the point the numbers of a column need to be told apart: three figures.

    >>> digits_for([12.0, 7.0]), digits_for([0.9152, 0.88]), digits_for([1250.5])
    (0, 3, 0)
    """
    numbers = [abs(float(each)) for each in values if isinstance(each, Real) and not is_nothing(each)]
    if all(number.is_integer() for number in numbers):
        return 0
    largest = max(numbers)
    return next((n for n, limit in ((_MOST_DIGITS, 1), (2, 10), (1, 100)) if largest <= limit), 0)


def _formatted(value: Any, form: Format, where: str) -> str:
    try:
        if callable(form):
            return str(form(value))
        return form.format(value) if "{" in form else format(value, form)
    except (ValueError, TypeError, IndexError, KeyError) as error:
        cure = 'a format is as in f-strings: ".1%", ",.0f", "%B %Y"; or with words round it: "£{:,.0f}"'
        raise UsageError(Problem(where, f"{form!r} does not fit {value!r} ({error})", cure=cure)) from None


def shown_frame(frame: pd.DataFrame, formats: Mapping[Any, Format]) -> pd.DataFrame:
    """Return a frame whose cells are the words that readers see."""
    import pandas as pd

    shown = {}
    for place, name in enumerate(frame.columns):
        cells = list(frame.iloc[:, place])
        digits = digits_for(cells)
        where = f"report.table, formats, {name}"
        shown[place] = [show(cell, formats.get(name), digits=digits, where=where) for cell in cells]
    made = pd.DataFrame(shown, index=frame.index, dtype=object)
    made.columns = frame.columns
    return made
