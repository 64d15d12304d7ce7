"""An author's own function of a group of records: it runs in the room, and a few numbers come out."""

from __future__ import annotations

import contextlib
import functools
import math
import os
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from numbers import Real
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING, Any, Final

import cloudpickle
import numpy as np
import pandas as pd

from helpers.bundle import SUPPRESSED, Cell
from helpers.data.policy import DisclosurePolicy
from helpers.data.room.counting import COUNT, answered, counted, grouped, three_figures
from helpers.data.room.door import in_room
from helpers.data.room.selection import Selection
from helpers.data.room.single import kind_of, single_records, unheard
from helpers.errors import Problem, UsageError

if TYPE_CHECKING:
    from helpers.data.mart import Mart

#: numbers that a function may give of a group
MOST_NUMBERS: Final = 10
#: what a number is called that has no name
VALUE: Final = "value"
#: how often a group is split anew, at most, to see whether a number stays without a part of it: half of 80 people
#: stays half without a part of them by chance alone, in 65 of 100 groups at four splits, in two at 60
_SPLITS: Final = 60
#: shares as they are written: of 1, in per cent, in a thousand
_SCALES: Final = (1, 100, 1000)
_CURE: Final = (
    'return a number, or a dictionary of numbers whose names stand in the function: {"mean": …, "long": …};'
    " put groups into by="
)


def packed(function: Callable[[pd.DataFrame], object]) -> bytes:
    """Return an author's function as it travels into the room: with the modules beside the notebook.

    Raises
    ------
    UsageError
        Where it cannot: it holds a connection, an open file, or the like.
    """
    module = sys.modules.get(getattr(function, "__module__", ""))
    own = module is not None and _is_own(module)
    try:
        if own:
            cloudpickle.register_pickle_by_value(module)
        content: bytes = cloudpickle.dumps(function)
    except Exception as error:
        came = f"it cannot be sent into the records room ({type(error).__name__}: {error})"
        raise UsageError(Problem("records, apply", came, "a function of the group alone", _CURE)) from None
    finally:
        if own:
            cloudpickle.unregister_pickle_by_value(module)
    return content


def _is_own(module: Any) -> bool:
    """Tell whether a module is the author's: neither installed nor the notebook itself."""
    path = getattr(module, "__file__", None)
    return (
        path is not None and "site-packages" not in path and not path.startswith(str(Path(sys.base_prefix)))
    )


@in_room(pd.DataFrame)
def apply(mart: Mart, selection: Selection, function: bytes) -> pd.DataFrame:
    """Return what a function gives of the records of each group, as far as it may be shown."""
    run = cloudpickle.loads(function)
    records, frame = single_records(mart, selection), grouped(mart, selection)
    counts = counted(mart, selection, frame)
    with unheard(), _closed_off():
        given = [
            _numbers(run, group, selection.policy) if shown != SUPPRESSED else {}
            for group, shown in zip(_groups(selection, frame, records), counts, strict=True)
        ]
    names = tuple(dict.fromkeys(name for each in given for name in each))
    columns: dict[str, list[Cell]] = {COUNT: counts}
    for name in names:
        columns[name] = [
            SUPPRESSED if shown == SUPPRESSED else each.get(name)
            for each, shown in zip(given, counts, strict=True)
        ]
    return answered(selection, frame, columns)


#: audit events by which something would get out of the room past its door (Python's audit events table)
_WAYS_OUT: Final = frozenset(
    (
        *("os.exec", "os.fork", "os.mkdir", "os.posix_spawn", "os.rename", "os.symlink", "os.system"),
        *("os.truncate", "socket.connect", "socket.sendto", "subprocess.Popen"),
    )
)
_WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_closed = threading.local()


@contextlib.contextmanager
def _closed_off() -> Iterator[None]:
    """Let nothing be written, started or sent within the block: where no wall does, in JupyterLab, this hook does."""
    _watch_ways_out()
    _closed.off = True
    try:
        yield
    finally:
        _closed.off = False


@functools.cache  # a hook stays for as long as the process
def _watch_ways_out() -> None:
    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        if not getattr(_closed, "off", False):
            return
        writes = event == "open" and isinstance(arguments[2], int) and bool(arguments[2] & _WRITING)
        if writes or event in _WAYS_OUT:
            raise PermissionError("a function in the records room writes, starts and sends nothing")

    sys.addaudithook(refuse)


def _groups(selection: Selection, frame: pd.DataFrame, records: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield the records of each row of a frame of groups."""
    names = [f"k{place}" for place in range(len(selection.keys))]
    if not names:
        yield records
        return
    parts = dict(iter(records.groupby(names, dropna=False)))
    none = records.iloc[:0]
    known = {tuple(map(_plain, key)): part for key, part in parts.items()}
    for row in frame[names].itertuples(index=False):
        yield known.get(tuple(map(_plain, row)), none).drop(columns=names)


def _plain(value: object) -> object:
    return None if value is None or value != value else value


def _numbers(
    run: Callable[[pd.DataFrame], object], group: pd.DataFrame, policy: DisclosurePolicy
) -> dict[str, Cell]:
    """Return the numbers that a function gives of a group, as they may be shown.

    Raises
    ------
    UsageError
        Where it gives anything but a few numbers whose names stand in its code.
    """
    try:
        found = run(group.copy())
        named = _named(found)
    except (Exception, SystemExit) as error:
        came = f"the function fails{_line_of(error, run)} ({kind_of(error)})"
        came += "; what it said may name a record and stays there"
        cure = "try it on a frame of your own with the columns of these records"
        raise UsageError(Problem("records, apply", came, cure=cure)) from None
    bad = [name for name, value in named.items() if type(value) is bool or not isinstance(value, Real)]
    if bad or not named or len(named) > MOST_NUMBERS:
        came = f"it gives {_described(found)}"
        allowed = f"up to {MOST_NUMBERS} numbers; rows, words and dates of records do not leave the room"
        raise UsageError(Problem("records, apply", came, allowed, _CURE))
    unknown = set(named) - {VALUE} - set(_words(run))
    if unknown:
        came = f"{len(unknown)} of its names do not stand in its code, so they come from records"
        raise UsageError(Problem("records, apply", came, "names written in the function", _CURE))
    few = _decided_by_few(run, group, named, policy)
    return {
        str(name): SUPPRESSED if name in few else may_leave(float(value), group, policy)
        for name, value in named.items()
    }


def _named(found: object) -> dict[Any, Any]:
    named = dict(found) if isinstance(found, Mapping) else {VALUE: found}
    # plain words and numbers: those of a class of an author's own may be others each time they are looked at
    return {_plain_word(name): _plain_number(value) for name, value in named.items()}


def _plain_word(name: Any) -> Any:
    return str.__str__(name) if isinstance(name, str) else name


def _plain_number(value: Any) -> Any:
    if type(value) is bool:
        return value
    return float(value) if isinstance(value, Real) else value


def _line_of(error: BaseException, run: Any) -> str:
    """Return the line of an author's function at which it failed, if it is in its own code: no number made up."""
    own = set(_codes(run))
    lines = [line for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code in own]
    return f" in line {lines[-1]}" if lines else ""


def _decided_by_few(
    run: Callable[[pd.DataFrame], object],
    group: pd.DataFrame,
    named: Mapping[Any, Any],
    policy: DisclosurePolicy,
) -> set[Any]:
    """Return the names of numbers that a few people of the group decide: the mean of those whom a function picks.

    Split into one part more than the rule hides people, some part holds none of a few, so that their number stays
    the same without it. One of everybody changes with each part, and one that nobody decides stays in each.
    """
    few = {
        name
        for name, value in named.items()
        if policy.controls and not float(value).is_integer() and not _many_have(value, group, policy)
    }
    for split in range(_SPLITS):
        places = np.random.default_rng(split).permutation(len(group))
        parts = np.array_split(places, policy.suppress_up_to + 1)
        without = [_tried(run, group.iloc[np.setdiff1d(places, part)]) for part in parts] if few else []
        same = {name: sum(_is_same(each.get(name), named[name]) for each in without) for name in few}
        few = {name for name, number in same.items() if 0 < number < len(parts)}
    return few


def _tried(run: Callable[[pd.DataFrame], object], group: pd.DataFrame) -> dict[Any, Any]:
    """Return what a function gives of some of a group; nothing where it cannot do without the others."""
    with contextlib.suppress(Exception, SystemExit):
        return _named(run(group.copy()))
    return {}


def _is_same(one: object, other: Any) -> bool:
    return isinstance(one, Real) and math.isclose(float(one), float(other), rel_tol=1e-12)


def _many_have(value: Any, group: pd.DataFrame, policy: DisclosurePolicy) -> bool:
    return any(number > policy.suppress_up_to for number in _having(float(value), group))


def _having(value: float, group: pd.DataFrame) -> list[int]:
    """Return how many people of a group have a value exactly, by column."""
    numbers = group.select_dtypes("number")
    return [
        int(np.isclose(numbers[name].astype(float), value, rtol=1e-9, atol=0).sum()) for name in numbers
    ]


def _described(found: object) -> str:
    if isinstance(found, Mapping):
        return f"a dictionary of {len(found)}"
    size = f" of {len(found)}" if hasattr(found, "__len__") else ""
    return f"a {type(found).__name__}{size}"


def _words(run: Any) -> Iterator[str]:
    """Yield the words that are written in a function, also in those within it."""
    for constant in (each for code in _codes(run) for each in code.co_consts):
        if isinstance(constant, str):
            yield constant
        elif isinstance(constant, tuple | frozenset):
            yield from (each for each in constant if isinstance(each, str))


def _codes(run: Any) -> Iterator[CodeType]:
    """Yield the code of a function, and of those that are written within it."""
    code = getattr(run, "__code__", None) or getattr(getattr(run, "__func__", None), "__code__", None)
    waiting = [code] if code else []
    while waiting:
        yield (code := waiting.pop())
        waiting += [each for each in code.co_consts if isinstance(each, CodeType)]


def may_leave(value: float, group: pd.DataFrame, policy: DisclosurePolicy) -> Cell:
    """Return a number of a group as it may be shown: three figures, and none that tells of a few people.

    A whole number is taken for a count of people. A share that is a few people of the group, or all but a few,
    is hidden, and so is what a few people of the group have exactly: a largest stay, somebody's cost.
    """
    if not math.isfinite(value):
        return None
    if value.is_integer():
        rest = len(group) - abs(value)
        if policy.hides(abs(value)) or policy.hides(rest):
            return SUPPRESSED
    few = any(_is_few(value / scale, len(group), policy) for scale in _SCALES)
    if few or _belongs_to_few(value, group, policy):
        return SUPPRESSED
    if value.is_integer():
        return policy.round_to * round(value / policy.round_to)
    return three_figures(value)


def _is_few(share: float, people: int, policy: DisclosurePolicy) -> bool:
    whole = round(share * people)
    near = abs(share * people - whole) < 1e-6
    return near and 0 < share < 1 and (policy.hides(whole) or policy.hides(people - whole))


def _belongs_to_few(value: float, group: pd.DataFrame, policy: DisclosurePolicy) -> bool:
    return any(policy.hides(number) for number in _having(value, group))
