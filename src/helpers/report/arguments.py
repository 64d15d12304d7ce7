"""What a notebook hands to `open_report` and to analyses, as the standard tools give it."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Collection
from typing import ParamSpec, TypeVar

from helpers.errors import Problem, near_misses, raise_all, unknown_names

Value = TypeVar("Value", str, int)

_ALLOWED = {str: "words in quotes", int: "a whole number"}


def read_code(name: str, value: object, problems: list[Problem]) -> str | None:
    """Return a code; `quarto render -P specialty:110` gives a number where words were meant.

    >>> read_code("specialty", 110, [])
    '110'
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return None if value is None else read_argument(name, value, str, problems)


def read_argument(name: str, value: object, kind: type[Value], problems: list[Problem]) -> Value | None:
    """Return a value of one type; None, and a problem, where it is of another."""
    if isinstance(value, kind) and not isinstance(value, bool):
        return value
    cure = f"write {name}=12, without quotes" if kind is int else f'write {name}="{value}"'
    problems.append(Problem(f"open_report, {name}", f"{value!r}", _ALLOWED[kind], cure))
    return None


def check_word(name: str, value: str, known: Collection[str], problems: list[Problem]) -> None:
    """Note a word that is none of those that are known."""
    if value not in known:
        cure = near_misses(str(value), known)
        problems.append(Problem(f"open_report, {name}", f"{value!r}", ", ".join(known), cure))


Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def names_near_misses(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Make a function refuse options that it does not have by a `UsageError`, all of them at once."""
    taken = list(inspect.signature(function).parameters)

    @functools.wraps(function)
    def call(*args: Arguments.args, **options: Arguments.kwargs) -> Result:
        raise_all(unknown_names(options, taken, where=f"{function.__name__}, ", came="no such option"))
        return function(*args, **options)

    return call
