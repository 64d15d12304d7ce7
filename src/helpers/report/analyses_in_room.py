"""Analyses of records: they are worked out in the records room, and what they show comes out of it."""

from __future__ import annotations

import functools
import importlib
import inspect
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar, cast

from helpers.bundle import Bundle
from helpers.data.room.door import in_room
from helpers.data.room.messages import bound, read
from helpers.errors import DataError, Problem, UsageError, near_misses
from helpers.places import in_notebook
from helpers.reads import timed
from helpers.report.parts import Part, out_of_room, part
from helpers.report.report import Report
from helpers.report.sections import Sections
from helpers.report.shown import Shown, ShownParts, draw, picture_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure

Analysis = TypeVar("Analysis")

#: in the room: what is worked on there, by a name that no other room gives
_ANALYSES: dict[str, Any] = {}
#: in the room: what draws the figures of parts that have left it
_CHARTS: dict[str, Callable[[], Figure]] = {}


def analyse_in_room(kind: type[Analysis], report: Report, *options: object) -> Analysis:
    """Return an analysis of records, of a class: in a notebook a stand-in for one that is in the records room."""
    if not in_notebook():
        return kind(report, *options)  # type: ignore[call-arg]
    asked = {name: each for name, each in bound(kind, report, *options).items() if name != "report"}
    return cast(
        Analysis, StandIn(kind, report, _begin(report, f"{kind.__module__}:{kind.__name__}", asked))
    )


class StandIn:
    """An analysis as a kernel has it, by its name in the room: its parts and methods, and nothing that they rest on."""

    def __init__(self, kind: type, report: Report, name: str) -> None:
        self._kind, self._report, self._name = kind, report, name
        self._asked: dict[str, Any] = {}
        self.__doc__ = kind.__doc__

    def __dir__(self) -> list[str]:
        return _public(self._kind)

    def __repr__(self) -> str:
        names = ", ".join(f".{name}" for name in dir(self))
        return f"{self._kind.__name__} in the records room: {names}"

    def __getattr__(self, name: str) -> Any:
        if problem := _hidden(self._kind, name):
            raise AttributeError(str(problem))
        found = inspect.getattr_static(self._kind, name)
        if isinstance(found, part):
            if name not in self._asked:
                self._asked[name] = self._ask(name, {})
            return self._asked[name]

        @functools.wraps(found)
        def ask(*args: Any, **keywords: Any) -> Part | Shown | ShownParts:
            given = bound(found, self, *args, **keywords)
            return self._ask(name, {key: each for key, each in given.items() if key != "self"})

        return ask

    def _ask(self, name: str, given: Mapping[str, Any]) -> Part | Shown | ShownParts:
        with timed(f"part {self._kind.__name__}.{name}"):
            came = _show(self._name, name, given)
        if isinstance(came, Part):
            self._note([came.made])
            return came
        shown = came.parts if isinstance(came, ShownParts) else (came,)
        self._note([each.bundle for each in shown])
        return came

    def _note(self, bundles: Iterable[Bundle]) -> None:
        reads = {read for bundle in bundles for read in bundle.reads}
        self._report.mart.note(reads, elsewhere=True)


def _public(kind: type) -> list[str]:
    """Return the parts and methods of an analysis that may be asked for; what its parts are made with is none."""
    found = {name: inspect.getattr_static(kind, name) for name in dir(kind) if not name.startswith("_")}
    return [
        name
        for name, what in found.items()
        if isinstance(what, part) or (inspect.isfunction(what) and not hasattr(Sections, name))
    ]


def _hidden(kind: type, name: str) -> Problem | None:
    """Return what is said of a name that an analysis does not show."""
    allowed = _public(kind)
    if name in allowed:
        return None
    came = "does not leave the records room"
    return Problem(f"{kind.__name__}.{name}", came, ", ".join(allowed), near_misses(name, allowed))


@dataclass(frozen=True)
class Picture:
    """A figure as it leaves the room: what is drawn, and nothing that it was drawn from."""

    figure: Figure


@dataclass(frozen=True)
class DrawnInRoom:
    """What a part has in place of the function that draws its figure: the room draws it."""

    name: str  # what that function is called in the room

    def __call__(self) -> Figure:
        """Return the figure, which may be altered."""
        return _picture(self.name).figure

    def svg(self) -> str:
        """Return the picture as it is."""
        return _svg(self.name)


@in_room(Picture)
def _picture(name: str) -> Picture:
    return Picture(draw(_drawer(name)))


@in_room(str)
def _svg(name: str) -> str:
    return picture_of(draw(_drawer(name)), altered=False)


def _drawer(name: str) -> Callable[[], Figure]:
    if name not in _CHARTS:
        cure = "run the cell again that makes the part, such as stays = length_of_stay(report)"
        raise DataError("figure", "the records room has begun anew without it", cure=cure)
    return _CHARTS[name]


def _without_drawer(what: Part) -> Part:
    """Return a part whose figure is drawn in the room: what draws it may hold what it draws from."""
    if what.chart is None:
        return what
    name = secrets.token_hex(8)
    _CHARTS[name] = what.chart
    return replace(what, chart=DrawnInRoom(name))


@in_room(str)
def _begin(report: Report, kind: str, given: Mapping[str, Any]) -> str:
    from helpers.report.opening import use_colours_of

    begin = _analysis(kind)
    use_colours_of(report.root)  # the room draws its figures, in a process of its own
    name = secrets.token_hex(8)
    _ANALYSES[name] = begin(report, **read(begin.__init__, given, but=("self", "report")))
    return name


def _analysis(name: str) -> type[Any]:
    """Return the class of an analysis of ours, which has parts; no other module is imported."""
    module, _, kind = name.partition(":")
    ours = module.startswith("helpers.analyses.")
    found = getattr(importlib.import_module(module), kind, None) if ours else None
    if not any(isinstance(inspect.getattr_static(found, each), part) for each in dir(found)):
        raise UsageError("records room", f"{name} is no analysis", "those of helpers.analyses")
    return cast(type[Any], found)


@in_room(Shown, ShownParts, Part)
def _show(name: str, method: str, given: Mapping[str, Any]) -> Shown | ShownParts | Part:
    if name not in _ANALYSES:
        cure = "run the cell again that makes it, such as stays = length_of_stay(report)"
        raise DataError(method, "the records room has begun anew without this analysis", cure=cure)
    kind = type(_ANALYSES[name])
    if problem := _hidden(kind, method):
        raise UsageError(problem)
    found: Any = getattr(_ANALYSES[name], method)
    came: Shown | ShownParts | Part = (
        found if isinstance(found, Part) else found(**read(getattr(kind, method), given))
    )
    if isinstance(came, Part):
        return _without_drawer(out_of_room(came))
    if isinstance(came, ShownParts):
        return ShownParts(tuple(each.out_of_room() for each in came.parts))
    return came.out_of_room()
