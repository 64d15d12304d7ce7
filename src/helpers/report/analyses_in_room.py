"""Analyses of records: they are worked out in the records room, and what they show comes out of it."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar, cast

from helpers.data.room.door import in_room
from helpers.errors import DataError, Problem
from helpers.places import in_notebook
from helpers.report.shown import Shown, ShownParts

if TYPE_CHECKING:
    from helpers.report.opening import Report

Analysis = TypeVar("Analysis")

#: in the room: what is worked on there, by a name that no other room gives
_ANALYSES: dict[str, Any] = {}


def analyse_in_room(kind: type[Analysis], report: Report, options: object) -> Analysis:
    """Return an analysis of records: in a notebook a stand-in for one that is in the records room.

    Parameters
    ----------
    kind
        Its class, whose methods return what may be shown.
    report, options
        What it is made with.
    """
    if not in_notebook():
        return kind(report, options)  # type: ignore[call-arg]
    return cast(Analysis, StandIn(kind, report, _begin(kind, report, options)))


class StandIn:
    """An analysis as a kernel has it: its methods, and nothing that they rest on.

    Parameters
    ----------
    kind
        Class of the analysis.
    report
        The open report.
    name
        What it is called in the room.
    """

    def __init__(self, kind: type, report: Report, name: str) -> None:
        self._kind, self._report, self._name = kind, report, name
        self.__doc__ = kind.__doc__

    def __dir__(self) -> list[str]:
        return [
            name
            for name in dir(self._kind)
            if not name.startswith("_") and callable(getattr(self._kind, name))
        ]

    def __repr__(self) -> str:
        return f"{self._kind.__name__} in the records room: {', '.join(f'.{name}()' for name in dir(self))}"

    def __getattr__(self, name: str) -> Any:
        if name not in dir(self):
            words = f"{self._kind.__name__}.{name} does not leave the records room; ask for what it shows:"
            raise AttributeError(f"{words} {', '.join(f'.{each}()' for each in dir(self))}")

        @functools.wraps(getattr(self._kind, name))
        def ask(*args: Any, **keywords: Any) -> Shown | ShownParts:
            shown = _show(self._name, name, args, keywords)
            parts = shown.parts if isinstance(shown, ShownParts) else (shown,)
            self._report.mart.note({read for part in parts for read in part.bundle.reads}, elsewhere=True)
            marked = tuple(map(_marked, parts))
            return ShownParts(marked) if isinstance(shown, ShownParts) else marked[0]

        return ask


def _marked(shown: Shown) -> Shown:
    """Return what came out of the room, with that said of it."""
    return replace(shown, bundle=shown.bundle.model_copy(update={"in_room": True}))


@in_room(str)
def _begin(kind: type, report: Report, options: object) -> str:
    name = secrets.token_hex(8)
    _ANALYSES[name] = kind(report, options)
    return name


@in_room(Shown, ShownParts)
def _show(name: str, method: str, args: tuple[Any, ...], keywords: Mapping[str, Any]) -> Shown | ShownParts:
    if name not in _ANALYSES:
        cure = "run the cell again that makes it, such as stays = report.length_of_stay()"
        raise DataError(Problem(method, "the records room has begun anew without this analysis", cure=cure))
    shown: Shown | ShownParts = getattr(_ANALYSES[name], method)(*args, **keywords)
    return shown
