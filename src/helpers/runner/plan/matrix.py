"""`_matrix.yml`: one entry that stands for many reports.

Each entry of the list gives a name with placeholders, the values that every placeholder goes through, and
what all of its reports share::

    - name: "{trust}-{specialty}"
      for:
        trust: {select: trusts}
        specialty: ["100", "110"]
      with:
        period: latest

`{select: …, except: [SYN07]}` leaves some out, `{select: …, where: {region: [North]}}` takes those of a group.
`{select: …, may_be_empty: true}` makes no report where the data hold nothing to select; without it that is a mistake.
What some combinations have of their own stands under `also`.
"""

from __future__ import annotations

import itertools
import math
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml
from pydantic import Field

from helpers.errors import Problem, near_misses, raise_all
from helpers.runner.plan.parameter_files import Given, given_below
from helpers.runner.project import Project
from helpers.yaml_files import Settings, Way, YamlFile, read_yaml

FILE = "_matrix.yml"
#: reports that one entry stands for, unless it says more itself: each costs memory before the first is run
MOST_REPORTS: Final = 20_000


class _Own(Settings):
    """What some combinations have of their own: which, and their values."""

    some: dict[str, object] = Field(alias="for", min_length=1)
    values: dict[str, object] = Field(alias="with", min_length=1)


class _Entry(Settings):
    """An entry of the list; what its parameters take, their notebook says."""

    name: str
    axes: dict[str, object] = Field(alias="for", min_length=1)
    shared: dict[str, object] = Field(alias="with", default_factory=dict)
    also: list[object] = Field(default_factory=list)
    limit: int = Field(default=MOST_REPORTS, ge=1)


class _Selection(Settings):
    """A list that the data know."""

    select: str
    excepted: list[str] = Field(alias="except", default_factory=list)
    where: dict[str, list[str]] = Field(default_factory=dict)
    may_be_empty: bool = False


@dataclass(frozen=True)
class Wanted:
    """A report as it is asked for, before its values are checked."""

    notebook: str
    name: str
    source: Path
    where: str
    given: Mapping[str, Given] | None = None  # None: still to be read from `source`


def read_matrix(project: Project, path: Path) -> list[Wanted]:
    """Expand a `_matrix.yml` into its reports.

    Raises `UsageError` with every problem of every entry.
    """
    found = read_yaml(path, project.show(path))
    entries = found.build_each(_Entry)
    reports = [
        Wanted(path.parent.name, name, path, where, given)
        for number, entry in entries
        for name, where, given in _expand(project, found, number, entry)
    ]
    raise_all(found.problems)
    return reports


def _expand(
    project: Project, found: YamlFile, number: int, entry: _Entry
) -> Iterator[tuple[str, str, dict[str, Given]]]:
    """Yield name, place and values of each report that an entry stands for."""
    known = len(found.problems)
    where = f"{found.file}, line {found.lines[number,]}, entry {number + 1}"
    axes = {
        name: _read_axis(project, found, (number, "for", name), entry.axes[name]) for name in entry.axes
    }
    shared = given_below(found, (number, "with"), found.problems) if entry.shared else {}
    if doubled := sorted(axes.keys() & shared.keys()):
        came = f"{', '.join(doubled)} stands under both `for` and `with`"
        found.problems.append(Problem(where, came, cure="keep one of them"))
    if not _is_pattern(found, (number, "name"), entry.name, axes) or len(found.problems) > known:
        return
    count = math.prod(map(len, axes.values()))
    if count > entry.limit:
        sizes = ", ".join(f"{len(values):,} of {name}" for name, values in axes.items())
        cure = "leave some out by `except` or `where`, or write `limit:` with a larger number"
        found.problems.append(
            Problem(where, f"{count:,} reports ({sizes})", f"at most {entry.limit:,}", cure)
        )
        return
    own = list(_read_own(found, number, entry, axes))
    if len(found.problems) > known:
        return
    for values in itertools.product(*axes.values()):
        chosen = dict(zip(axes, values, strict=True))
        name = entry.name.format(**{key: each.text for key, each in chosen.items()})
        given = dict(shared)
        for some, theirs in own:
            if all(chosen[axis].text in codes for axis, codes in some.items()):
                given |= theirs
        yield name, where, {**given, **chosen}


def _read_own(
    found: YamlFile, number: int, entry: _Entry, axes: Mapping[str, list[Given]]
) -> Iterator[tuple[dict[str, set[str]], dict[str, Given]]]:
    """Yield for which values of the axes there are values of their own, and which."""
    for place, content in enumerate(entry.also):
        way: Way = (number, "also", place)
        own = found.build(_Own, content, way)
        if own is None:
            continue
        some: dict[str, set[str]] = {}
        for axis, codes in own.some.items():
            wanted = {str(each) for each in (codes if isinstance(codes, list) else [codes])}
            known = [each.text for each in axes.get(axis, [])]
            for code in sorted(wanted - set(known)):
                if axis in axes:
                    came, cure = f"{code} is not among the values of {axis}", near_misses(code, known)
                else:
                    came, cure = f"{axis} is not under `for`", near_misses(axis, axes)
                found.problems.append(Problem(found.place((*way, "for", axis)), came, cure=cure))
            some[axis] = wanted
        theirs = given_below(found, (*way, "with"), found.problems)
        for axis in sorted(axes.keys() & theirs.keys()):
            came = f"{axis} stands under `for` of the entry, which gives its value"
            found.problems.append(Problem(found.place((*way, "with", axis)), came, cure="take it out"))
        yield some, theirs


def _is_pattern(found: YamlFile, way: Way, pattern: str, axes: Mapping[str, object]) -> bool:
    """Tell whether every axis is in a name's pattern, or two reports would get one name."""
    try:
        parsed = list(string.Formatter().parse(pattern))
    except ValueError as error:
        came = f'"{pattern}" ({error})'
        found.problems.append(Problem(found.place(way), came, "placeholders in braces"))
        return False
    used = {name for _, name, _, _ in parsed if name is not None}
    plain = all(not spec and not conversion for _, name, spec, conversion in parsed if name is not None)
    if used == set(axes) and plain:
        return True
    allowed = "each of " + ", ".join("{" + name + "}" for name in axes)
    cure = "name every key under `for` once"
    found.problems.append(Problem(found.place(way), f'"{pattern}"', allowed, cure))
    return False


def _read_axis(project: Project, found: YamlFile, way: Way, axis: object) -> list[Given]:
    where = f"{found.place(way).partition(', ' + str(way[0]) + '.')[0]}, `{way[-1]}`"
    allowed = "a list, or {select: …} with " + " or ".join(project.selectors)
    if isinstance(axis, list) and axis:
        return [Given(where, node) for node in found.nodes[way].value]
    if not isinstance(axis, dict):
        came = f"{'nothing' if axis in (None, []) else found.nodes[way].value} is given"
        found.problems.append(Problem(where, came, allowed))
        return []
    selection = found.build(_Selection, axis, way)
    if selection is None:
        return []
    try:
        values = project.expand(selection.select)
    except KeyError:
        cure = near_misses(selection.select, project.selectors)
        problem = Problem(where, f"the selector {selection.select} is unknown", allowed, cure)
        found.problems.append(problem)
        return []
    for group, names in selection.where.items():
        values = _of_group(project, found, (*way, "where", group), group, names, values)
    return _selected(found, where, selection, values)


def _of_group(
    project: Project, found: YamlFile, way: Way, group: str, names: list[str], values: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the organisations of some values that belong to a group of one of these names, such as a region."""
    groups = project.groups()
    if groups and group not in groups:
        cure = near_misses(group, groups)
        problem = Problem(found.place(way), f"{group} is no kind of group", ", ".join(groups), cure)
        found.problems.append(problem)
        return values
    of_kind = groups.get(group, {})
    unknown = [name for name in names if of_kind and name not in of_kind]
    for name in unknown:
        cure = near_misses(name, of_kind) or "see `boardpack matrix NOTEBOOK`"
        found.problems.append(Problem(found.place(way), f"no {group} is called {name}", cure=cure))
    if unknown:
        return values
    members = {code for name in names for code in of_kind.get(name, ())}
    return tuple(value for value in values if value in members)


def _selected(found: YamlFile, where: str, selection: _Selection, values: tuple[str, ...]) -> list[Given]:
    if not values and not selection.may_be_empty:
        none = f"none of {selection.select} is in these groups", "see `boardpack matrix NOTEBOOK`"
        nothing = f"{selection.select} stands for nothing yet", "load the data first: boardpack data load"
        came, cure = none if selection.where else nothing
        found.problems.append(Problem(where, came, cure=cure))
    for name in selection.excepted:
        if values and name not in values:
            came = f"`except` names {name}, which {selection.select} does not stand for"
            cure = near_misses(name, values) or "take it out"
            found.problems.append(Problem(where, came, cure=cure))
    left = [value for value in values if value not in selection.excepted]
    return [Given(where, yaml.ScalarNode("tag:yaml.org,2002:str", each, style='"')) for each in left]
