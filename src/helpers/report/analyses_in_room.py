"""Analyses of records: they are worked out in the records room, and what they show comes out of it."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar, cast

from helpers.data.room.door import in_notebook, in_room
from helpers.report.shown import Shown, ShownParts

if TYPE_CHECKING:
    from helpers.report.opening import Report

Analysis = TypeVar("Analysis")

#: in the room: what is worked on there, by its place
_ANALYSES: list[Any] = []


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
    place
        Where it is in the room.
    """

    def __init__(self, kind: type, report: Report, place: int) -> None:
        self._kind, self._report, self._place = kind, report, place
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
            shown = _show(self._place, name, args, keywords)
            parts = shown.parts if isinstance(shown, ShownParts) else (shown,)
            self._report.mart.note({read for part in parts for read in part.bundle.reads}, elsewhere=True)
            marked = tuple(map(_marked, parts))
            return ShownParts(marked) if isinstance(shown, ShownParts) else marked[0]

        return ask


def _marked(shown: Shown) -> Shown:
    """Return what came out of the room, with that said of it."""
    return replace(shown, bundle=shown.bundle.model_copy(update={"in_room": True}))


@in_room(int)
def _begin(kind: type, report: Report, options: object) -> int:
    _ANALYSES.append(kind(report, options))
    return len(_ANALYSES) - 1


@in_room(Shown, ShownParts)
def _show(
    place: int, method: str, args: tuple[Any, ...], keywords: Mapping[str, Any]
) -> Shown | ShownParts:
    shown: Shown | ShownParts = getattr(_ANALYSES[place], method)(*args, **keywords)
    return shown
