"""A parameter file: plain YAML, read as papermill reads it, and every surprise in it refused.

papermill reads YAML 1.1, where ``no`` is false, ``2026-03-01`` is a date, ``007`` is seven and the second
of two equal keys silently wins. The file is composed rather than loaded, so that each value keeps its line
and the way it was written, and such a value is an error that says what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from yaml.constructor import SafeConstructor

from helpers.errors import Problem, UsageError, near_misses
from helpers.runner.parameter_types import ParameterType, Value
from helpers.runner.parameters import Notebook, Parameter

#: thousands of files are read before each batch: where PyYAML has libyaml, it is eight times as fast
_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
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
_WORDY = {"str", "date", "month", "org", "choice"}
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
    def is_quoted(self) -> bool:
        """Whether it stands in quotes, or in a block of words."""
        return isinstance(self.node, yaml.ScalarNode) and bool(self.node.style)

    @property
    def text(self) -> str:
        """The value as it was written, without quotes."""
        return (
            self.node.value if isinstance(self.node, yaml.ScalarNode) else _READ_AS.get(self.tag, self.tag)
        )


def read_mapping(path: Path, shown: str) -> dict[str, Given]:
    """Read a YAML file of keys and values, keeping the place of each value.

    Parameters
    ----------
    path, shown
        The file, and how messages call it.

    Raises
    ------
    UsageError
        If it is not YAML, not one mapping, or a key comes twice.
    """
    node = compose(path, shown)
    return {} if node is None else entries(Given(f"{shown}, line {node.start_mark.line + 1}", node), shown)


def compose(path: Path, shown: str) -> yaml.Node | None:
    """Return the node tree of a YAML file, None where it is empty.

    Raises
    ------
    UsageError
        If it cannot be read, or is not one YAML document in UTF-8.
    """
    try:
        text = path.read_text("utf-8")
        # libyaml lets tabs and some signs pass that papermill's reader does not
        is_plain = text.isascii() and "\t" not in text
        node: yaml.Node | None = yaml.compose(text, Loader=_Loader if is_plain else yaml.SafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(Problem(shown, f"cannot be read ({error})", "a YAML file in UTF-8")) from None
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        came = f"is not YAML ({error.problem})"
        raise UsageError(Problem(shown + line, came, "lines of the form `key: value`")) from None
    except yaml.YAMLError as error:
        raise UsageError(
            Problem(shown, f"is not YAML ({error})", "lines of the form `key: value`")
        ) from None
    return node


def entries(given: Given, shown: str) -> dict[str, Given]:
    """Return the keys and values of a mapping.

    Raises
    ------
    UsageError
        If it is no mapping, a key is not a word, or a key comes twice.
    """
    if not isinstance(given.node, yaml.MappingNode):
        came = f"{_READ_AS.get(given.tag, given.tag)} stands here"
        raise UsageError(Problem(given.where, came, "lines of the form `key: value`"))
    found: dict[str, Given] = {}
    lines: dict[str, int] = {}
    problems: list[Problem] = []
    for key, value in given.node.value:
        line = key.start_mark.line + 1
        place = f"{shown}, line {line}"
        if key.tag != f"{_TAG}str":
            came = f"the key `{key.value}` is read as {_READ_AS.get(key.tag.removeprefix(_TAG), key.tag)}"
            problems.append(Problem(place, came, "a parameter's name", "put quotes round it"))
        elif key.value in found:
            came = f"`{key.value}` is given again, first in line {lines[key.value]}"
            problems.append(Problem(place, came, cure="keep one of them"))
        else:
            lines[key.value] = line
            found[key.value] = Given(f"{place}, `{key.value}`", value)
    if problems:
        raise UsageError(problems)
    return found


def read_values(notebook: Notebook, given: Mapping[str, Given], where: str) -> dict[str, Value]:
    """Check what a file gives against what its notebook declares.

    Parameters
    ----------
    notebook
        The notebook with its declarations.
    given
        The file's entries.
    where
        How messages call the file.

    Returns
    -------
    dict
        The given values, as papermill would read them from the same file.

    Raises
    ------
    UsageError
        With every unknown, missing and mistyped parameter of the file.
    """
    declared = {each.name: each for each in notebook.parameters}
    problems = [_unknown(each, name, notebook) for name, each in given.items() if name not in declared]
    for name, parameter in declared.items():
        if name in given:
            problems.extend(_value_problems(given[name], parameter.type, parameter))
        elif parameter.required:
            cure = f"add a line `{name}: …`"
            problems.append(Problem(where, f"`{name}` is missing", parameter.allowed, cure))
    if problems:
        raise UsageError(problems)
    return {name: construct(each) for name, each in given.items()}


def construct(given: Given) -> Value:
    """Return the value that papermill would read.

    Raises
    ------
    UsageError
        If the value carries a tag that plain YAML does not know.
    """
    try:
        value: Value = SafeConstructor().construct_document(given.node)
    except yaml.YAMLError as error:
        raise UsageError(Problem(given.where, f"cannot be read ({error})", "a plain value")) from None
    return value


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
        return f"{_READ_AS[given.tag]} is given"
    quoted = f'"{given.text}"' if given.tag == "str" else f"{given.text}"
    read_as = _READ_AS.get(given.tag, given.tag)
    return f"{quoted} is given" if given.tag == "str" else f"{quoted} is read as {read_as}"


def _cure(given: Given, kind: ParameterType) -> str:
    """Return what to do about a value, or nothing where it is right."""
    if kind.item is not None or kind.word == "list":
        return f"write [{given.text}]"
    if kind.word == "dict":
        return "write lines of the form `key: value` below it"
    if kind.word in _WORDY and given.tag in {"bool", "int", "float", "timestamp"}:
        return f'put quotes round it: "{given.text}"'
    if kind.word == "int" and given.tag == "int":
        return "" if _PLAIN_INT.fullmatch(given.text) else f"write plain digits, such as {construct(given)}"
    if kind.word == "float" and given.tag in {"int", "float"}:
        return "" if _PLAIN_FLOAT.fullmatch(given.text) else "write plain digits, such as 1250 or 0.5"
    if kind.word in _UNQUOTED and given.tag == "str":
        return _cure_for_words(given, kind)
    if kind.word == "bool" and given.tag == "bool":
        return ""
    if given.tag not in _READ_AS or given.tag in {"seq", "map"} or kind.word not in _WORDY:
        return "write one plain value"
    return "" if kind.accepts(construct(given)) else near_misses(given.text, kind.choices) or "correct it"


def _cure_for_words(given: Given, kind: ParameterType) -> str:
    """Return what to do about words that stand where a number or true and false belong."""
    quoted = isinstance(given.node, yaml.ScalarNode) and given.node.style in {"'", '"'}
    if quoted and _UNQUOTED[kind.word].fullmatch(given.text):
        return f"take the quotes away: {given.text}"
    if kind.word == "float" and _PLAIN_FLOAT.fullmatch(given.text):
        return f"write it without an exponent: {float(given.text)}"
    return "write a value of this type"
