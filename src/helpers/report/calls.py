"""Calls of analyses: an option that is misspelt names the one that was meant."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from helpers.errors import unknown_names
from helpers.yaml_files import raise_all

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
