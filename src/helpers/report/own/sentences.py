"""A sentence with values: `report.say("Of {beds} beds {share:.0%} were occupied.", beds=24, share=0.96)`."""

from __future__ import annotations

import string
from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any, Final

from helpers.errors import Problem, UsageError, near_misses
from helpers.report.own.cells import is_nothing, show
from helpers.theme.markdown import escape_markdown

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
        raise UsageError(Problem(_WHERE, f"{text[:60]!r} cannot be read: {error}", cure=_BRACES)) from None
    if sentence.problems:
        raise UsageError(sentence.problems)
    return said
