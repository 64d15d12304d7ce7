"""The values of an analyst's own tables and sentences, as readers see them, and sentences with values."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from helpers.bundle import MISSING
from helpers.errors import Problem, UsageError, near_misses
from helpers.theme.markdown import escape_markdown

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
        raise UsageError(where, f"{form!r} does not fit {value!r} ({error})", cure=cure) from None


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


# --- sentences -------------------------------------------------------------------------------------


_WHERE: Final = "report.say"
#: stands for a value that was not given, once that is noted
_ABSENT: Final = object()
_BRACES: Final = "braces that are no value are written twice: {{ }}"


class _Sentence(string.Formatter):
    """Puts values into Markdown, so that names stay names."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values
        self.problems: list[Problem] = []

    def get_value(self, key: int | str, args: Any, kwargs: Any) -> Any:  # noqa: ARG002
        if key in self.values:
            return self.values[str(key)]
        cure = f"{near_misses(str(key), self.values)} {_BRACES}".strip()
        allowed = ", ".join(self.values) or f"values by their names: report.say(…, {key}=…)"
        self.problems.append(Problem(f"{_WHERE}, {{{key}}}", "no value of that name", allowed, cure))
        return _ABSENT

    def format_field(self, value: Any, format_spec: str) -> str:
        if value is _ABSENT:
            return ""
        where = f"{_WHERE}, {{…:{format_spec}}}" if format_spec else _WHERE
        if is_nothing(value):
            cure = "say what is so in words, by an `if`, where there may be none"
            self.problems.append(Problem(where, f"a value that is missing ({value})", cure=cure))
            return ""
        if not format_spec and _needs_format(value):
            cure = "say how it is to be read: {…:.1%}, {…:,.1f}"
            self.problems.append(Problem(where, f"{value} without a format", cure=cure))
            return ""
        said = show(value, format_spec or (str if isinstance(value, Integral) else None), where=where)
        # what a number is written with is no markup, and may stand in an equation
        return said.replace("-", "−") if isinstance(value, Real) else escape_markdown(said)


def _needs_format(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, Integral) and not float(value).is_integer()


def say(text: str, values: Mapping[str, Any]) -> str:
    """Return Markdown with values in place of their `{names}`; see `Report.say`.

    Raises
    ------
    UsageError
        With every name that has no value, every value that is missing and every number without a format.

    >>> say("**{ward}**: {share:.0%} of {beds} beds", {"ward": "A_1", "share": 0.958, "beds": 1250})
    '**A\\\\_1**: 96% of 1250 beds'
    """
    sentence = _Sentence(values)
    try:
        said = sentence.vformat(text, (), values)
    except (ValueError, AttributeError, KeyError, IndexError) as error:
        raise UsageError(_WHERE, f"{text[:60]!r} cannot be read: {error}", cure=_BRACES) from None
    if sentence.problems:
        raise UsageError(sentence.problems)
    return said
