"""The closed vocabulary of parameter types, and the check of a value against one.

papermill's own inspector drops ``dt.date``, ``Literal[...]`` and ``X | None``, and an unquoted annotation
is evaluated in the kernel. So the richer types are quoted words, read here and never evaluated; Python's own
plain types are understood too. Values stay what papermill would hand to the kernel: dates and months are
words there too.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

#: what papermill can write into a cell
Value = bool | int | float | str | list["Value"] | dict[str, "Value"] | None

LATEST = "latest"
_MONTH = re.compile(rf"{LATEST}|\d{{4}}-(0[1-9]|1[0-2])")
_CODE = re.compile(r"\S(.*\S)?", re.DOTALL)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_REPORT = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")
_LIST = re.compile(r"[Ll]ist\[(.*)\]")
_CHOICE = re.compile(r"choice\[(.*)\]")
#: the ways to say that a value may be None: ours, that of first notebooks, Python's
_OR_NONE = re.compile(r"(.*?)(?:\s+or\s+None|\?|\s*\|\s*None)")
_OPTIONAL = re.compile(r"(?:typing\.)?Optional\[(.*)\]")
_LITERAL = re.compile(r"(?:typing\.)?Literal\[('[^']*'(?:, '[^']*')*)\]")
#: Python's names that are not ours too
_PYTHON = {"Any": "any", "typing.Any": "any", "List": "list", "Dict": "dict"}


def _like(pattern: re.Pattern[str]) -> Callable[[Value], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_date(value: Value) -> bool:
    try:
        return _like(_DATE)(value) and bool(dt.date.fromisoformat(str(value)))
    except ValueError:
        return False


def _is_int(value: Value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_float(value: Value) -> bool:
    return _is_int(value) or (isinstance(value, float) and math.isfinite(value))


#: of each word what it accepts, and how a value looks
_WORDS: dict[str, tuple[Callable[[Value], bool], str]] = {
    "int": (_is_int, "a whole number, such as 12"),
    "float": (_is_float, "a number, such as 0.5"),
    "bool": (lambda value: isinstance(value, bool), "true or false"),
    "str": (lambda value: isinstance(value, str), "words in quotes"),
    "date": (_is_date, 'a date in quotes, such as "2026-03-31"'),
    "month": (_like(_MONTH), f'a month in quotes, such as "2026-03", or {LATEST}'),
    "org": (_like(_CODE), "an organisation's code in quotes"),
    "report": (_like(_REPORT), "a report, such as scorecard or scorecard/SYN07"),
    # what a plain cell leaves open: `x = None`, `settings = {}`, `items: list = []`
    "any": (lambda _: True, "any value"),
    "list": (lambda value: isinstance(value, list), "a list such as [a, b]"),
    "dict": (lambda value: isinstance(value, dict), "keys and values"),
}
_OPEN = ("any", "list", "dict")
VOCABULARY = (
    *(word for word in _WORDS if word not in _OPEN),
    "choice[a, b]",
    "list[<one of these>]",
    "<one of these> or None",
)


@dataclass(frozen=True)
class ParameterType:
    """One type of the vocabulary."""

    #: ``int``, ``float``, ``bool``, ``str``, ``date``, ``month``, ``org``, ``choice``, ``list``, ``dict``,
    #: ``any``
    word: str
    choices: tuple[str, ...] = ()  # for ``choice``: the words it takes
    item: ParameterType | None = None  # for ``list``: the type of each entry
    optional: bool = False  # whether the value may be None

    def __str__(self) -> str:
        inner = f"[{', '.join(self.choices)}]" if self.choices else f"[{self.item}]" if self.item else ""
        return f"{self.word}{inner}{' or None' if self.optional else ''}"

    @property
    def allowed(self) -> str:
        """What a value of this type looks like, in words.

        >>> read_type("list[org] or None").allowed
        "a list such as [a, b], each entry an organisation's code in quotes; or null"
        """
        if self.word == "choice":
            text = "one of " + ", ".join(self.choices)
        elif self.item is not None:
            text = f"a list such as [a, b], each entry {self.item.allowed}"
        else:
            text = _WORDS[self.word][1]
        return f"{text}; or null" if self.optional else text

    def accepts(self, value: Value) -> bool:
        """Return whether a value, as the kernel would get it, is of this type.

        >>> read_type("month").accepts("2026-13")
        False
        """
        if value is None:
            return self.optional
        if self.word == "choice":
            return value in self.choices
        if self.item is not None:
            return isinstance(value, list) and all(self.item.accepts(entry) for entry in value)
        return _WORDS[self.word][0](value)


def read_type(text: str) -> ParameterType:
    """Read the word of the vocabulary that a notebook uses as an annotation.

    `text`: such as ``"month"``, ``"choice[mean, median]"``, ``"list[str]"`` or ``"org or None"``; of Python's own
    ``str``, ``list[str]``, ``float | None``, ``Optional[float]`` and ``Literal['mean', 'median']``. Raises
    `ValueError` if it is not in the vocabulary.

    Examples
    --------
    >>> read_type("choice[mean, median] or None")
    ParameterType(word='choice', choices=('mean', 'median'), item=None, optional=True)
    """
    text = _PYTHON.get(text.strip(), text.strip())
    if found := _OR_NONE.fullmatch(text) or _OPTIONAL.fullmatch(text):
        return replace(read_type(found[1]), optional=True)
    if text in _WORDS:
        return ParameterType(text)
    if found := _CHOICE.fullmatch(text):
        return _read_choices(text, [word.strip() for word in found[1].split(",")])
    if found := _LITERAL.fullmatch(text):
        return _read_choices(text, [word.strip().strip("'") for word in found[1].split(",")])
    if found := _LIST.fullmatch(text):
        item = read_type(found[1])
        if item.item is None and not item.optional and item.word not in _OPEN:
            return ParameterType("list", item=item)
    if re.fullmatch(r"[Dd]ict\[.*\]", text):
        return ParameterType("dict")
    raise ValueError(text)


def _read_choices(text: str, choices: list[str]) -> ParameterType:
    if not all(choices) or len(set(choices)) < len(choices):
        raise ValueError(text)
    return ParameterType("choice", choices=tuple(choices))


def read_plain_type(text: str) -> ParameterType:
    """Read an annotation without quotes, which the kernel evaluates: only Python's own types are there.

    Raises `ValueError` if it is not one of those.

    >>> str(read_plain_type("float | None"))
    'float or None'
    """
    kind = read_type(text)
    ours = {kind.word, kind.item.word if kind.item else ""} & {"date", "month", "org", "report"}
    if ours or "choice" in text or " or " in text or text.endswith("?"):
        raise ValueError(text)
    return kind


def type_of(value: Value) -> ParameterType:
    """Return the type that a default tells by itself, where a notebook gives none.

    >>> str(type_of([0.5, 1])), str(type_of("2026")), str(type_of(None))
    ('list[float]', 'str', 'any or None')
    """
    if value is None:
        return ParameterType("any", optional=True)
    word = {bool: "bool", int: "int", float: "float", str: "str", list: "list"}.get(type(value), "dict")
    if isinstance(value, list):
        for item in ("bool", "int", "float", "str"):
            if value and all(_WORDS[item][0](each) for each in value):
                return ParameterType("list", item=ParameterType(item))
    return ParameterType(word)
