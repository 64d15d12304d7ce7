"""Calls of analyses: an option that is misspelt names the one that was meant."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from helpers.errors import Problem, UsageError, near_misses

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def names_near_misses(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Make a function refuse options that it does not have by a `UsageError`, all of them at once."""
    taken = list(inspect.signature(function).parameters)

    @functools.wraps(function)
    def call(*args: Arguments.args, **options: Arguments.kwargs) -> Result:
        problems = [
            Problem(
                f"{function.__name__}, {name}", "no such option", ", ".join(taken), near_misses(name, taken)
            )
            for name in options
            if name not in taken
        ]
        if problems:
            raise UsageError(problems)
        return function(*args, **options)

    return call
