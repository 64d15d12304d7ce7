"""An author's own function of a group of records: it runs in the room, and a few numbers come out."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import cloudpickle
import numpy as np
import pandas as pd

from helpers.bundle import SUPPRESSED, Cell
from helpers.data.ledger.releases import releases_of
from helpers.data.mart import Mart
from helpers.data.policy import DisclosurePolicy
from helpers.data.room.child import MOST_NUMBERS, VALUE, Child, Function
from helpers.data.room.counting import COUNT, answered, counted, grouped, three_figures
from helpers.data.room.door import in_room
from helpers.data.room.selection import Selection
from helpers.data.room.single import single_records
from helpers.errors import Problem, UsageError

#: how often a group is split anew, at most, to see whether a number stays without a part of it: half of 80 people
#: stays half without a part of them by chance alone, in 65 of 100 groups at four splits, in two at 60
_SPLITS: Final = 60
#: shares as they are written: of 1, in per cent, in a thousand
_SCALES: Final = (1, 100, 1000)
_CURE: Final = (
    'return a number, or a dictionary of numbers whose names stand in the function: {"mean": …, "long": …};'
    " put groups into by="
)


def packed(function: Callable[[pd.DataFrame], object]) -> Function:
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
        return Function.of(function)
    except Exception as error:
        came = f"it cannot be sent into the records room ({type(error).__name__}: {error})"
        raise UsageError(Problem("records, apply", came, "a function of the group alone", _CURE)) from None
    finally:
        if own:
            cloudpickle.unregister_pickle_by_value(module)


def _is_own(module: Any) -> bool:
    """Tell whether a module is the author's: neither installed nor the notebook itself."""
    path = getattr(module, "__file__", None)
    return (
        path is not None and "site-packages" not in path and not path.startswith(str(Path(sys.base_prefix)))
    )


@in_room(pd.DataFrame)
def apply(mart: Mart, selection: Selection, function: Function, seconds: float) -> pd.DataFrame:
    """Return what a function gives of the records of each group, as far as it may be shown."""
    records, frame = single_records(mart, selection), grouped(mart, selection)
    counts = counted(mart, selection, frame)
    groups = [
        group if shown != SUPPRESSED else None
        for group, shown in zip(_groups(selection, frame, records), counts, strict=True)
    ]
    asked = [group for group in groups if group is not None]
    closed = (mart.path, releases_of(mart).folder)
    with Child(function, asked, closed, seconds) as child:
        found = iter(
            [
                _numbers(child, place, group, selection.policy, function.words)
                for place, group in enumerate(asked)
            ]
        )
    given = [{} if group is None else next(found) for group in groups]
    names = tuple(dict.fromkeys(name for each in given for name in each))
    columns: dict[str, list[Cell]] = {COUNT: counts}
    for name in names:
        columns[name] = [
            SUPPRESSED if shown == SUPPRESSED else each.get(name)
            for each, shown in zip(given, counts, strict=True)
        ]
    return answered(selection, frame, columns)


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
    child: Child, place: int, group: pd.DataFrame, policy: DisclosurePolicy, words: frozenset[str]
) -> dict[str, Cell]:
    """Return the numbers that a function gives of a group, as they may be shown.

    Raises
    ------
    UsageError
        Where it gives anything but a few numbers whose names stand in its code.
    """
    given = child.ask(place)
    if given.failure:
        came = f"the function fails{given.failure}; what it said may name a record and stays there"
        cure = "try it on a frame of your own with the columns of these records"
        raise UsageError(Problem("records, apply", came, cure=cure))
    named = {name: value for name, value in given.numbers.items() if value is not None}
    if len(named) < len(given.numbers) or not named or len(named) > MOST_NUMBERS:
        allowed = f"up to {MOST_NUMBERS} numbers; rows, words and dates of records do not leave the room"
        raise UsageError(Problem("records, apply", f"it gives {given.kind}", allowed, _CURE))
    unknown = set(named) - {VALUE} - words
    if unknown:
        came = f"{len(unknown)} of its names do not stand in its code, so they come from records"
        raise UsageError(Problem("records, apply", came, "names written in the function", _CURE))
    few = _decided_by_few(child, place, group, named, policy)
    return {
        name: SUPPRESSED if name in few else may_leave(value, group, policy)
        for name, value in named.items()
    }


def _decided_by_few(
    child: Child, place: int, group: pd.DataFrame, named: Mapping[str, float], policy: DisclosurePolicy
) -> set[str]:
    """Return the names of numbers that a few people of the group decide: the mean of those whom a function picks.

    Split into one part more than the rule hides people, some part holds none of a few, so that their number stays
    the same without it. One of everybody changes with each part, and one that nobody decides stays in each.
    """
    few = {
        name
        for name, value in named.items()
        if policy.controls and not value.is_integer() and not _many_have(value, group, policy)
    }
    parts = policy.suppress_up_to + 1
    for split in range(_SPLITS if few else 0):
        # one that cannot do without the others gives nothing
        without = [child.ask(place, without=(split, parts, part)).numbers for part in range(parts)]
        same = {name: sum(_is_same(each.get(name), named[name]) for each in without) for name in few}
        few = {name for name, number in same.items() if 0 < number < parts}
        if not few:
            break
    return few


def _is_same(one: float | None, other: float) -> bool:
    return one is not None and math.isclose(one, other, rel_tol=1e-12)


def _many_have(value: float, group: pd.DataFrame, policy: DisclosurePolicy) -> bool:
    return any(number > policy.suppress_up_to for number in _having(value, group))


def _having(value: float, group: pd.DataFrame) -> list[int]:
    """Return how many people of a group have a value exactly, by column."""
    numbers = group.select_dtypes("number")
    return [
        int(np.isclose(numbers[name].astype(float), value, rtol=1e-9, atol=0).sum()) for name in numbers
    ]


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
