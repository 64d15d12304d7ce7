"""YAML as analysts mean it: words stay words, nothing is written twice, and every value has a line.

YAML 1.1 turns `no` into false and `2026-04-01` into a date object; here only numbers, true, false and
null are more than text.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from helpers.errors import Problem

_CONSTANTS: dict[str, object] = {"true": True, "false": False, "null": None, "~": None, "": None}
#: libyaml where it is there: the register is read before each batch, and by many a report
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")


@dataclass
class PlainYaml:
    """A file's content, the line of each value, and what is wrong with it."""

    file: str
    content: object = None
    lines: dict[tuple[str | int, ...], int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def place(self, path: tuple[str | int, ...]) -> str:
        """Return "file, line n, key.key" for a path; an unknown one gets its nearest parent's line."""
        known = path
        while known and known not in self.lines:
            known = known[:-1]
        line = f", line {self.lines[known]}" if known in self.lines else ""
        return f"{self.file}{line}" + (f", {'.'.join(map(str, path))}" if path else "")


def read_yaml(path: Path) -> PlainYaml:
    """Read a YAML file; syntax errors, duplicate keys and odd constructs come back as problems."""
    found = PlainYaml(f"{path.parent.name}/{path.name}")
    try:
        node = yaml.compose(path.read_text("utf-8"), Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        found.problems.append(Problem(f"{found.file}{line}", f"not YAML: {error.problem}"))
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        found.problems.append(Problem(found.file, f"not YAML in UTF-8: {error}"))
    else:
        found.content = None if node is None else _Builder(found).build(node, ())
    return found


class _Builder:
    def __init__(self, found: PlainYaml) -> None:
        self.found = found
        self.open: set[int] = set()

    def build(self, node: yaml.Node, path: tuple[str | int, ...]) -> object:
        self.found.lines.setdefault(path, node.start_mark.line + 1)
        if id(node) in self.open:
            self._refuse(path, "contains itself", "write it out without an alias")
            return None
        self.open.add(id(node))
        try:
            return self._built(node, path)
        finally:
            self.open.discard(id(node))

    def _built(self, node: yaml.Node, path: tuple[str | int, ...]) -> object:
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(child, (*path, number)) for number, child in enumerate(node.value)]
        plain = isinstance(node, yaml.ScalarNode) and not node.style
        return _scalar(node.value) if plain else node.value

    def _mapping(self, node: yaml.MappingNode, path: tuple[str | int, ...]) -> dict[Hashable, object]:
        built: dict[Hashable, object] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            if not isinstance(key, str):
                self._refuse(path, "a key that is not a word", "write keys as plain words")
                continue
            where = (*path, key)
            if key in built:
                first = self.found.lines[where]
                self.found.lines[where] = key_node.start_mark.line + 1
                self._refuse(where, f"written twice, first in line {first}", "keep one of them")
                continue
            self.found.lines[where] = key_node.start_mark.line + 1
            built[key] = self.build(value_node, where)
        return built

    def _refuse(self, path: tuple[str | int, ...], came: str, cure: str) -> None:
        self.found.problems.append(Problem(self.found.place(path), came, cure=cure))


def _scalar(text: str) -> object:
    """Return what a plain word means.

    >>> [_scalar(word) for word in ("92", "0.5", "no", "2026-04-01", "true", "1e3")]
    [92, 0.5, 'no', '2026-04-01', True, 1000.0]
    """
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _NUMBER.fullmatch(text):
        return int(text) if re.fullmatch(r"[-+]?\d+", text) else float(text)
    return text
