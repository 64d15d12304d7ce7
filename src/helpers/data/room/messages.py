"""What a kernel says to its room: a line with the name of a function and its arguments in JSON, so that nothing runs.

The room makes the arguments anew, as the function's signature has them. What it answers is pickled: the kernel may
believe its room, as it believes what it runs itself.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, create_model

from helpers.data.mart import Mart
from helpers.errors import Problem, UsageError

#: bytes of a message: a function that holds more than these takes a frame along
LONGEST: Final = 32 << 20
_PLACE: Final = "records room"
_PLAIN: Final = TypeAdapter(Any, config=ConfigDict(ser_json_inf_nan="constants"))


def line_of(function: str, given: Mapping[str, object]) -> bytes:
    """Return a message.

    Parameters
    ----------
    function
        As module:name.
    given
        Its arguments by name.

    Raises
    ------
    UsageError
        Where something is neither plain nor one of our own data classes, or it is too long.
    """
    line = f"{function} ".encode() + _PLAIN.dump_json(given, fallback=_plain) + b"\n"
    if len(line) > LONGEST:
        cure = "leave out what it refers to: a whole frame of the notebook, say"
        raise UsageError(
            Problem(_PLACE, f"{len(line) >> 20} MB for {function}", f"{LONGEST >> 20} MB", cure)
        )
    return line


def _plain(value: Any) -> object:
    if isinstance(value, Mart):
        return value.told
    if isinstance(value, Mapping):
        return dict(value)
    if hasattr(value, "item"):  # a number of numpy's
        return value.item()
    came = f"a {type(value).__name__} cannot be sent there"
    raise UsageError(Problem(_PLACE, came, "words, numbers, days, and lists of them"))


def bound(function: Callable[..., Any], *args: object, **keywords: object) -> dict[str, object]:
    """Return all arguments of a call by name."""
    call = inspect.signature(function).bind(*args, **keywords)
    call.apply_defaults()
    return dict(call.arguments)


def read(
    function: Callable[..., Any], given: bytes | Mapping[str, object], *, but: Collection[str] = ("self",)
) -> dict[str, Any]:
    """Return the arguments of a function but some, made anew from what was said of them.

    Raises
    ------
    UsageError
        With all that is not as its signature has it.
    """
    line = given if isinstance(given, bytes) else _PLAIN.dump_json(given, fallback=_plain)
    names = tuple(name for name in inspect.signature(function).parameters if name not in but)
    try:
        found = _model(inspect.unwrap(function), names).model_validate_json(line, strict=True)
    except ValidationError as error:
        raise UsageError(
            Problem(f"{_PLACE}, {function.__name__}, {'.'.join(map(str, each['loc']))}", each["msg"])
            for each in error.errors(include_input=False)
        ) from None
    return {name: getattr(found, name) for name in names}


@cache
def _model(function: Callable[..., Any], names: tuple[str, ...]) -> type[BaseModel]:
    """Return what checks the arguments of a function by its annotations."""
    fields: dict[str, Any] = {name: (function.__annotations__[name], ...) for name in names}
    return create_model("Given", __module__=function.__module__, **fields)
