"""A parameter file: plain YAML, read as papermill reads it, and every surprise in it refused.

papermill reads YAML 1.1, where ``no`` is false, ``2026-03-01`` is a date, ``007`` is seven and the second
of two equal keys silently wins. Here a value that papermill would take for something else than it looks is an
error that says what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml
from yaml.constructor import SafeConstructor

from helpers.errors import Problem, near_misses, raise_all
from helpers.runner.plan.parameter_types import ParameterType, Value
from helpers.runner.plan.parameters import Notebook, Parameter
from helpers.yaml_files import Way, YamlFile, read_yaml

_TAG = "tag:yaml.org,2002:"
_PLAIN_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_PLAIN_FLOAT = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_PLAIN_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?")
_READ_AS = {
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "timestamp": "a date",
    "null": "nothing",
    "str": "words",
    "seq": "a list",
    "map": "a mapping",
}
#: what looks like a number, and yet papermill takes it for words: 1e3
_NO_NUMBER = re.compile(rf"(?!{_PLAIN_FLOAT.pattern}$).*", re.DOTALL)
#: types that leave open what stands in them
_OPEN = {"any": yaml.Node, "list": yaml.SequenceNode, "dict": yaml.MappingNode}
_WORDY = {"str", "date", "month", "org", "report", "choice"}
_UNQUOTED = {"int": _PLAIN_INT, "float": _PLAIN_DECIMAL, "bool": re.compile("true|false")}


@dataclass(frozen=True)
class Given:
    """A value in a file with the place where it stands, for messages."""

    where: str
    node: yaml.Node

    @property
    def tag(self) -> str:
        """What YAML takes it for: str, int, float, bool, null, timestamp, seq, map or an unknown tag."""
        return self.node.tag.removeprefix(_TAG)

    @property
    def read_as(self) -> str:
        """The same in words."""
        return _READ_AS.get(self.tag, self.tag)

    @property
    def is_quoted(self) -> bool:
        """Whether it stands in quotes, or in a block of words."""
        return isinstance(self.node, yaml.ScalarNode) and bool(self.node.style)

    @property
    def text(self) -> str:
        """The value as it was written, without quotes."""
        return self.node.value if isinstance(self.node, yaml.ScalarNode) else self.read_as

    @cached_property
    def value(self) -> Value:
        """What papermill would read, of a kind that was checked."""
        value: Value = SafeConstructor().construct_document(self.node)
        return value


def read_mapping(path: Path, shown: str, problems: list[Problem]) -> dict[str, Given]:
    """Read a YAML file of keys and values, keeping the place of each value.

    `path`, `shown`: the file, and how messages call it. `problems`: gets what is wrong with single keys. Raises
    `UsageError` if it is no YAML, so that nothing in it can be checked.
    """
    found = read_yaml(path, shown)
    if found.root is None:
        raise_all(found.problems)
    problems += found.problems
    return {} if found.root is None else given_below(found, (), problems)


def given_below(found: YamlFile, way: Way, problems: list[Problem]) -> dict[str, Given]:
    """Return the values of the mapping that stands at a place of a file, by their keys."""
    node = found.nodes.get(way)
    if not isinstance(node, yaml.MappingNode):
        came = f"{Given('', node).read_as} stands here" if node else "nothing stands here"
        problems.append(Problem(found.place(way), came, "lines of the form `key: value`"))
        return {}
    values: dict[str, Given] = {}
    for key, value in node.value:
        where = f"{found.file}, line {key.start_mark.line + 1}"
        if key.tag == f"{_TAG}str":
            values.setdefault(key.value, Given(f"{where}, `{key.value}`", value))
        elif isinstance(key, yaml.ScalarNode):  # any other the reader has refused
            came = f"the key `{key.value}` is read as {Given('', key).read_as}"
            problems.append(Problem(where, came, "a parameter's name", "put quotes round it"))
    return values


def read_values(
    notebook: Notebook, given: Mapping[str, Given], where: str, problems: list[Problem]
) -> dict[str, Value]:
    """Check what a file gives against what its notebook declares.

    `problems`: gets every unknown, missing and mistyped parameter of the file. Returns the values that are right, as
    papermill would read them from the same file.
    """
    declared = {each.name: each for each in notebook.parameters}
    problems += [_unknown(each, name, notebook) for name, each in given.items() if name not in declared]
    values: dict[str, Value] = {}
    for name, parameter in declared.items():
        if name in given:
            wrong = list(_value_problems(given[name], parameter.type, parameter))
            problems += wrong
            if not wrong:
                values[name] = given[name].value
        elif parameter.required:
            cure = f"add a line `{name}: …`"
            problems.append(Problem(where, f"`{name}` is missing", parameter.allowed, cure))
    return values


def _unknown(given: Given, name: str, notebook: Notebook) -> Problem:
    names = [each.name for each in notebook.parameters]
    where = given.where.removesuffix(f", `{name}`")
    cure = near_misses(name, names) or f"take it out, or declare it in {notebook.path.name}"
    return Problem(where, f"`{name}` is no parameter of {notebook.name}", ", ".join(names), cure)


def _value_problems(given: Given, kind: ParameterType, parameter: Parameter) -> Iterator[Problem]:
    """Yield what is wrong with a value, or with the entries of a list."""
    if given.tag == "null":
        if not kind.optional:
            yield Problem(
                given.where, "nothing is given", parameter.allowed, "write a value after the colon"
            )
    elif kind.item is not None and isinstance(given.node, yaml.SequenceNode):
        for number, node in enumerate(given.node.value, start=1):
            place = f"{given.where}, entry {number}"
            yield from _value_problems(Given(place, node), kind.item, parameter)
    elif kind.word in _OPEN and (kind.word == "any" or isinstance(given.node, _OPEN[kind.word])):
        yield from _surprises(given)
    elif cure := _cure(given, kind):
        yield Problem(given.where, _came(given), parameter.allowed, cure)


def _surprises(given: Given) -> Iterator[Problem]:
    """Yield what papermill would read as something else than it looks, in a value of no certain type."""
    if isinstance(given.node, yaml.ScalarNode):
        looks = {**_UNQUOTED, "float": _PLAIN_FLOAT, "str": _NO_NUMBER, "null": re.compile("|null|~")}
        if given.tag not in looks or (not given.is_quoted and not looks[given.tag].fullmatch(given.text)):
            yield Problem(given.where, _came(given), cure=f'put quotes round it: "{given.text}"')
        return
    for node in given.node.value:
        for part in node if isinstance(node, tuple) else (node,):
            yield from _surprises(Given(given.where, part))


def _came(given: Given) -> str:
    if given.tag in {"seq", "map"}:
        return f"{given.read_as} is given"
    return f'"{given.text}" is given' if given.tag == "str" else f"{given.text} is read as {given.read_as}"


def _cure(given: Given, kind: ParameterType) -> str:
    """Return what to do about a value, or nothing where it is right."""
    if kind.item is not None or kind.word == "list":
        return f"write [{given.text}]"
    if kind.word == "dict":
        return "write lines of the form `key: value` below it"
    if kind.word in _WORDY and given.tag in {"bool", "int", "float", "timestamp"}:
        return f'put quotes round it: "{given.text}"'
    if kind.word == "int" and given.tag == "int":
        return "" if _PLAIN_INT.fullmatch(given.text) else f"write plain digits, such as {given.value}"
    if kind.word == "float" and given.tag in {"int", "float"}:
        return "" if _PLAIN_FLOAT.fullmatch(given.text) else "write plain digits, such as 1250 or 0.5"
    if kind.word in _UNQUOTED and given.tag == "str":
        return _cure_for_words(given, kind)
    if kind.word == "bool" and given.tag == "bool":
        return ""
    if given.tag not in _READ_AS or given.tag in {"seq", "map"} or kind.word not in _WORDY:
        return "write one plain value"
    return "" if kind.accepts(given.value) else near_misses(given.text, kind.choices) or "correct it"


def _cure_for_words(given: Given, kind: ParameterType) -> str:
    """Return what to do about words that stand where a number or true and false belong."""
    quoted = isinstance(given.node, yaml.ScalarNode) and given.node.style in {"'", '"'}
    if quoted and _UNQUOTED[kind.word].fullmatch(given.text):
        return f"take the quotes away: {given.text}"
    if kind.word == "float" and _PLAIN_FLOAT.fullmatch(given.text):
        return f"write it without an exponent: {float(given.text)}"
    return "write a value of this type"
