"""`_matrix.yml`: one entry that stands for many reports.

Each entry of the list gives a name with placeholders, the values that every placeholder goes through, and
what all of its reports share::

    - name: "{trust}-{specialty}"
      for:
        trust: {select: trusts}
        specialty: ["100", "110"]
      with:
        period: latest

`{select: …, may_be_empty: true}` makes no report where the data hold nothing to select; without it that is
a mistake.
"""

from __future__ import annotations

import itertools
import string
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from helpers.errors import Problem, UsageError, near_misses
from helpers.runner.parameter_files import Given, compose, construct, entries
from helpers.runner.project import Project

FILE = "_matrix.yml"
_KEYS = ("name", "for", "with")


@dataclass(frozen=True)
class Expanded:
    """One report of a matrix: its name, where it was asked for, and its parameters."""

    name: str
    where: str
    given: Mapping[str, Given]


def read_matrix(project: Project, path: Path) -> list[Expanded]:
    """Expand a `_matrix.yml` into its reports.

    Raises
    ------
    UsageError
        With every problem of every entry.
    """
    shown = project.show(path)
    node = compose(path, shown)
    if not isinstance(node, yaml.SequenceNode):
        raise UsageError(Problem(shown, "is not a list", "a list of entries with name, for and with"))
    reports: list[Expanded] = []
    problems: list[Problem] = []
    for number, each in enumerate(node.value, start=1):
        where = f"{shown}, line {each.start_mark.line + 1}, entry {number}"
        try:
            reports.extend(_expand_entry(project, Given(where, each), shown))
        except UsageError as error:
            problems.extend(error.problems)
    if problems:
        raise UsageError(problems)
    return reports


def _expand_entry(project: Project, entry: Given, shown: str) -> Iterator[Expanded]:
    parts = entries(entry, shown)
    problems = [
        Problem(entry.where, f"`{key}` is no key of an entry", ", ".join(_KEYS), near_misses(key, _KEYS))
        for key in parts
        if key not in _KEYS
    ]
    problems += [
        Problem(entry.where, f"`{key}` is missing", cure=f"add `{key}:`")
        for key in ("name", "for")
        if key not in parts
    ]
    if problems:
        raise UsageError(problems)
    axes = _read_axes(project, entries(parts["for"], shown))
    shared = entries(parts["with"], shown) if "with" in parts else {}
    if doubled := sorted(axes.keys() & shared.keys()):
        came = f"{', '.join(doubled)} stands under both `for` and `with`"
        raise UsageError(Problem(entry.where, came, cure="keep one of them"))
    pattern = _read_pattern(parts["name"], axes)
    for values in itertools.product(*axes.values()):
        chosen = dict(zip(axes, values, strict=True))
        name = pattern.format(**{key: each.text for key, each in chosen.items()})
        yield Expanded(name, entry.where, {**shared, **chosen})


def _read_pattern(given: Given, axes: Mapping[str, object]) -> str:
    """Return the name's pattern; every axis must be in it, or two reports would get one name."""
    try:
        parsed = list(string.Formatter().parse(given.text))
    except ValueError as error:
        raise UsageError(
            Problem(given.where, f'"{given.text}" ({error})', "placeholders in braces")
        ) from None
    used = {name for _, name, _, _ in parsed if name is not None}
    plain = all(not spec and not conversion for _, name, spec, conversion in parsed if name is not None)
    if given.tag != "str" or used != set(axes) or not plain:
        allowed = "each of " + ", ".join("{" + name + "}" for name in axes)
        raise UsageError(
            Problem(given.where, f'"{given.text}"', allowed, "name every key under `for` once")
        )
    return given.text


def _read_axes(project: Project, given: Mapping[str, Given]) -> dict[str, list[Given]]:
    axes: dict[str, list[Given]] = {}
    problems: list[Problem] = []
    for name, each in given.items():
        try:
            axes[name] = _read_axis(project.expand, project.selectors, each)
        except UsageError as error:
            problems.extend(error.problems)
    if problems:
        raise UsageError(problems)
    return axes


def _read_axis(
    expand: Callable[[str], tuple[str, ...]], selectors: tuple[str, ...], given: Given
) -> list[Given]:
    allowed = "a list, or {select: …} with " + " or ".join(selectors)
    if isinstance(given.node, yaml.SequenceNode) and given.node.value:
        return [Given(given.where, node) for node in given.node.value]
    if not isinstance(given.node, yaml.MappingNode):
        raise UsageError(Problem(given.where, f"{given.text or 'nothing'} is given", allowed))
    selection = entries(given, given.where)
    fits = "select" in selection and set(selection) <= {"select", "may_be_empty"}
    selector = construct(selection["select"]) if fits else None
    may_be_empty = fits and "may_be_empty" in selection and construct(selection["may_be_empty"]) is True
    try:
        values = expand(str(selector))
    except KeyError:
        cure = near_misses(str(selector), selectors)
        raise UsageError(
            Problem(given.where, f"the selector {selector} is unknown", allowed, cure)
        ) from None
    if not values and not may_be_empty:
        cure = "load the data first: boardpack data load"
        raise UsageError(Problem(given.where, f"{selector} stands for nothing yet", cure=cure))
    return [Given(given.where, _quoted(value)) for value in values]


def _quoted(value: str) -> yaml.ScalarNode:
    return yaml.ScalarNode("tag:yaml.org,2002:str", value, style='"')
