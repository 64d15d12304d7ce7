"""The one reader of YAML: words stay words, nothing is written twice, every value has a line and a model.

YAML 1.1 turns `no` into false and `2026-04-01` into a date object; here only numbers, true, false and null
are more than text. Parameter files, which papermill reads too, are also held against its reading
(`helpers.runner.plan.parameter_files`).
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args, get_origin

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, WithJsonSchema

from helpers.errors import Problem, near_misses

#: the way to a value: its keys, and its places in lists
Way = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)

_CONSTANTS: dict[str, object] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "Null", "NULL", "~", ""), None),
}
#: libyaml where it is there: thousands of files are read before each batch, and it is eight times as fast
_FAST: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
#: signs that it lets pass and PyYAML, with which papermill reads, does not; or takes otherwise
_READ_OTHERWISE = "[^\n\r -~\u00a1-\u2027\u2030-\ud7ff]"
#: a span of time in words
_SPAN = re.compile(r"(\d+) (hour|day|week)s?")
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")
_CONFLICT = re.compile(r"^<{7} ", re.MULTILINE)
_FORM = "lines of the form `key: value`"
_LONGEST = 60  # letters of a wrong value that a message repeats

#: what pydantic calls a mistake: what is allowed, in a user's words, and what to do
_ALLOWED = {
    "string_type": ("words", "put it in quotes"),
    "bool_type": ("true or false", "write true or false, without quotes"),
    "bool_parsing": ("true or false", "write true or false, without quotes"),
    "int_type": ("a whole number", ""),
    "int_parsing": ("a whole number", ""),
    "int_from_float": ("a whole number", ""),
    "float_type": ("a number", ""),
    "float_parsing": ("a number", ""),
    "list_type": ("a list", "begin each entry with `- `"),
    "dict_type": (_FORM, ""),
    "model_type": (_FORM, ""),
    "model_attributes_type": (_FORM, ""),
}


class Settings(BaseModel):
    """What stands in a file: each key is known, and words have no blanks at their ends."""

    # built when a file of it is read: a start imports many of which there are none
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, defer_build=True)


@dataclass
class YamlFile:
    """A file's content, the place of each value as it was written, and what is wrong with it."""

    file: str
    content: object = None  # dictionaries, lists, words, numbers, true, false and None
    root: yaml.Node | None = None  # the node of the whole, None where the file is empty or no YAML
    #: nodes, lines: the node of each value, and the line where it or its key begins
    nodes: dict[Way, yaml.Node] = field(default_factory=dict)
    lines: dict[Way, int] = field(default_factory=dict)
    #: what is wrong: syntax, keys written twice, and what `build` finds
    problems: list[Problem] = field(default_factory=list)

    def place(self, way: Way) -> str:
        """Return "file, line n, key.key" for a way; an unknown one gets its nearest parent's line."""
        known = way
        while known and known not in self.lines:
            known = known[:-1]
        line = f", line {self.lines[known]}" if known in self.lines else ""
        return f"{self.file}{line}" + (f", {'.'.join(map(str, way))}" if way else "")

    def build(self, model: type[Model], entry: object, way: Way = ()) -> Model | None:
        """Return a part of the content as its model, and note what is wrong with it.

        `model`: not strict: ISO dates are words here. `entry`: the part, or what was made of it. Returns what is right
        of it, so that the rest can be checked too; None where that does not do.
        """
        try:
            return model.model_validate(entry)
        except ValidationError as error:
            mistakes = error.errors(include_url=False)
        self.problems += [self._problem(model, mistake, way) for mistake in mistakes]
        try:
            return model.model_validate(_without(entry, [mistake["loc"] for mistake in mistakes]))
        except ValidationError:
            return None

    def build_each(self, model: type[Model]) -> list[tuple[int, Model]]:
        """Return the entries of a file that is a list, each with its number and as its model."""
        entries = [] if self.content is None else self.content
        if not isinstance(entries, list):
            self.problems.append(Problem(self.place(()), "is not a list", "entries that begin with `- `"))
            return []
        built = ((number, self.build(model, entry, (number,))) for number, entry in enumerate(entries))
        return [(number, entry) for number, entry in built if entry is not None]

    def _problem(self, model: type[BaseModel], mistake: Any, way: Way) -> Problem:
        loc: Way = mistake["loc"]
        place, kind = self.place((*way, *loc)), mistake["type"]
        if kind == "missing":
            return Problem(place, "missing", cure="write it")
        if kind == "extra_forbidden":
            known = _keys_of(model, loc)
            return Problem(
                place, "unknown key", ", ".join(known), near_misses(str(loc[-1]), known) or "remove it"
            )
        said = mistake["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
        if not loc and kind == "value_error":  # about several keys together
            return Problem(place, said)
        allowed, cure = _ALLOWED.get(kind, (said, ""))
        if kind == "literal_error":
            cure = near_misses(str(mistake["input"]), re.findall("'([^']+)'", allowed))
        hidden = model.model_config.get("hide_input_in_errors")
        return Problem(place, "this value" if hidden else _shown(mistake["input"]), allowed, cure)


def read_yaml(path: Path, shown: str = "") -> YamlFile:
    """Read a YAML file; syntax errors, duplicate keys and odd constructs come back as problems.

    `shown`: how messages call it; by default with its folder.
    """
    file = shown or f"{path.parent.name}/{path.name}"
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return YamlFile(file, problems=[Problem(file, f"cannot be read ({error})", "a YAML file in UTF-8")])
    return parse_yaml(text, file)


def has_marks(text: str) -> bool:
    """Tell whether git, or nbdime in a cell, has left the marks of a merge in a text.

    >>> has_marks("<<<<<<< local\\nOurs"), has_marks("a << b")
    (True, False)
    """
    return bool(_CONFLICT.search(text))


def conflict(file: str, text: str, *, place: str = "") -> Problem | None:
    """Return what to do about a file in which git has left the marks of a merge; None where there are none.

    `place`: the file as a command finds it from here; as messages call it unless given.

    >>> conflict("a.yml", "x: 1\\n<<<<<<< HEAD\\ny: 2\\n").where
    'a.yml, line 2'
    """
    found = _CONFLICT.search(text)
    if found is None:
        return None
    line = text.count("\n", 0, found.start()) + 1
    cure = "open it in an editor, keep what is right of both sides, take the marks out, then `git add` it"
    if file.endswith(".ipynb"):
        cure = (
            f"`nbdime config-git --enable && git checkout --merge {place or file}` merges it cell by cell (nbdime "
            "comes with boardpack[git]); what is left stands in single cells; then `git add` it. "
            "Without nbdime `git checkout --ours` or `--theirs` keeps one side whole"
        )
    return Problem(f"{file}, line {line}", "git has left the marks of a merge (<<<<<<<)", cure=cure)


def parse_yaml(text: str, file: str) -> YamlFile:
    """Read YAML as `read_yaml` does.

    >>> parse_yaml("answer: no\\nday: 2026-04-01\\nanswer: 5", "notes.yml").problems[0].where
    'notes.yml, line 3, answer'
    """
    found = YamlFile(file)
    loader = _FAST if _is_printable(text) or not re.search(_READ_OTHERWISE, text) else yaml.SafeLoader
    try:
        root = yaml.compose(text, Loader=loader)
        found.content = None if root is None else _Builder(found).build(root, ())
        found.root = root
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{file}, line {mark.line + 1}" if mark else file
        came = f"is not YAML ({getattr(error, 'problem', None) or error})"
        found.problems.append(conflict(file, text) or Problem(where, came, _FORM))
    return found


def _is_printable(text: str) -> bool:
    """Tell whether a text is one of signs of ASCII and ends of lines, as most are: the pattern is slow to make."""
    return text.isascii() and text.replace("\n", "").replace("\r", "").isprintable()


def read_settings(path: Path, model: type[Model], shown: str = "") -> tuple[YamlFile, Model]:
    """Read a file of settings, all of which may be left out.

    Returns the file, with what is wrong in its `problems`, and the model with what is right.
    """
    found = read_yaml(path, shown)
    content = {} if found.content is None else found.content
    if not isinstance(content, dict):
        found.problems.append(Problem(found.place(()), _shown(content), _FORM, "write each setting so"))
        content = {}
    return found, found.build(model, content) or model()


class _Builder:
    def __init__(self, found: YamlFile) -> None:
        self.found = found
        self.open: set[int] = set()
        self.built: dict[int, object] = {}  # aliases of aliases would grow without end

    def build(self, node: yaml.Node, way: Way) -> object:
        self.found.lines.setdefault(way, node.start_mark.line + 1)
        self.found.nodes[way] = node
        if id(node) in self.built:
            return self.built[id(node)]
        if id(node) in self.open:
            raise yaml.MarkedYAMLError(
                problem="contains itself: write it out without an alias", problem_mark=node.start_mark
            )
        self.open.add(id(node))
        try:
            self.built[id(node)] = self._build_new(node, way)
        finally:
            self.open.discard(id(node))
        return self.built[id(node)]

    def _build_new(self, node: yaml.Node, way: Way) -> object:
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, way)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(child, (*way, number)) for number, child in enumerate(node.value)]
        plain = isinstance(node, yaml.ScalarNode) and not node.style
        return _scalar(node.value) if plain else node.value

    def _mapping(self, node: yaml.MappingNode, way: Way) -> dict[Hashable, object]:
        built: dict[Hashable, object] = {}
        for key_node, value_node in node.value:
            key, line = key_node.value, key_node.start_mark.line + 1
            if not isinstance(key, str):
                self._refuse(way, "a key that is not a word", "write keys as plain words")
                continue
            where = (*way, key)
            first = self.found.lines.get(where)
            self.found.lines[where] = line
            if key in built:
                self._refuse(where, f"written twice, first in line {first}", "keep one of them")
                continue
            built[key] = self.build(value_node, where)
        return built

    def _refuse(self, way: Way, came: str, cure: str) -> None:
        self.found.problems.append(Problem(self.found.place(way), came, cure=cure))


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


def _shown(value: object) -> str:
    """Return a wrong value as a message repeats it.

    >>> _shown({"a": 1}), _shown(None), _shown("two")
    ('a mapping', 'nothing', "'two'")
    """
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    return "nothing" if value is None else repr(value)[:_LONGEST]


def _without(entry: object, ways: list[Way]) -> object:
    """Return an entry without the values at some ways."""
    if not isinstance(entry, dict):
        return entry
    gone = {way[0] for way in ways if len(way) == 1}
    below = {key: [way[1:] for way in ways if way[:1] == (key,) and way[1:]] for key in entry}
    return {key: _without(value, below[key]) for key, value in entry.items() if key not in gone}


def _keys_of(model: type[BaseModel], loc: Way) -> list[str]:
    """Return the keys that may stand where an unknown one does."""
    is_key = False  # of a field that holds models by name: such a key is no field
    for step in loc[:-1]:
        if is_key or not isinstance(step, str):
            is_key = False
            continue
        kind = _fields(model)[step].annotation
        inner = (kind, *get_args(kind))  # the model of a field, or of the entries that it holds
        model = next(each for each in inner if isinstance(each, type) and issubclass(each, BaseModel))
        is_key = get_origin(kind) is dict
    return [name for name in _fields(model) if name != "id"]


def _fields(model: type[BaseModel]) -> dict[str, Any]:
    return {each.alias or name: each for name, each in model.model_fields.items()}


def read_span(said: object) -> timedelta:
    """Return how long a span of time in words is; ValueError for what is none.

    >>> read_span("90 days").days
    90
    """
    if isinstance(said, timedelta):
        return said
    if not _SPAN.fullmatch(text := str(said)):
        raise ValueError("a number of hours, days or weeks, such as 7 days")
    number, unit = text.split()
    return timedelta(**{f"{unit.rstrip('s')}s": int(number)})


#: a span of time, which stands in words in a file
Span = Annotated[timedelta, BeforeValidator(read_span), WithJsonSchema({"type": "string"})]
