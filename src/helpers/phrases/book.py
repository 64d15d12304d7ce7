"""`phrase("method.spc", …)`: a text of the phrase book, or what the project says in its place.

Numbers in texts are placeholders: whoever asks for a phrase hands over the constants that the code works with,
so that none is written twice.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from helpers.errors import Problem, UsageError, near_misses, raise_all
from helpers.places import find_root
from helpers.reads import note_file, stamp_of
from helpers.yaml_files import YamlFile, read_yaml

#: where a project keeps its own
OWN: Final = "params/_phrases.yml"
_SHIPPED: Final = Path(__file__).parent
_PARAGRAPHS: Final = re.compile(r"\n\s*\n")
_BLOCK: Final = re.compile(r"^\s*(?:#{1,6}\s|[-+*>|]\s|\d+[.)]\s|:::|```)", re.MULTILINE)
#: how numbers are written where a text does not say it: as in prose
_MINUS: Final = "−"


def phrase(key: str, **values: object) -> str:
    """Return a phrase by topic and name ("method.spc.limits"), with values in place of its placeholders.

    Numbers are written as in prose, unless the text has a format ("{share:.0%}"). Where the project's own phrases are
    wrong, all that is so is refused.

    >>> phrase("method.interval", draws=10_000)
    'Intervals: 10,000 draws of the assumptions with a fixed seed.'
    """
    return _written(_book()[key], values)


def phrases(topic: str, **values: object) -> dict[str, str]:
    """Return all phrases of a topic, by what their keys end with; of the values each takes those that it has."""
    below = f"{topic}."
    return {
        key.removeprefix(below): _written(text, values)
        for key, text in _book().items()
        if key.startswith(below)
    }


def bulleted(points: Iterable[str]) -> str:
    """Return a list in Markdown; empty points are left out.

    >>> bulleted(["One.", "", "Two."])
    '- One.\\n- Two.'
    """
    return "\n".join(f"- {point}" for point in points if point)


def placeholders(text: str) -> frozenset[str]:
    """Return the names of the values that stand in a text.

    >>> sorted(placeholders("From {low:.1f} to {high}"))
    ['high', 'low']
    """
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


@cache
def known_phrases() -> Mapping[str, str]:
    """Return the shipped phrases by their keys, topic by topic."""
    found: dict[str, str] = {}
    for path in sorted(_SHIPPED.glob("*.yml")):
        file = read_yaml(path)
        raise_all(file.problems)
        found |= {f"{path.stem}.{'.'.join(way)}": str(text) for way, text in _leaves(file.content)}
    return found


def own_phrases(root: Path) -> dict[str, tuple[str, str]]:
    """Return a project's own phrases by their keys: where each stands, and its text.

    Raises
    ------
    UsageError
        With every key that is no phrase, placeholder that is unknown or missing, and fault of Markdown.
    """
    path = root / OWN
    if not path.exists():
        return {}
    file = read_yaml(path)
    problems, found = list(file.problems), {}
    for way, text in _leaves({} if file.content is None else file.content):
        key, place = ".".join(way), file.place(way)
        problems += _problems(key, text, place)
        found[key] = (place, str(text))
    problems += _form_problems(file)
    raise_all(problems)
    return found


# --- pieces -----------------------------------------------------------------------------------------


def _book() -> Mapping[str, str]:
    """Return all phrases, the project's own before the shipped; that they were looked for is noted."""
    try:
        root = find_root()
    except UsageError:  # outside a project
        return known_phrases()
    note_file(root / OWN)
    return _with_own(root, stamp_of(root / OWN))


@cache
def _with_own(root: Path, stamp: str) -> Mapping[str, str]:  # noqa: ARG001 - what was read is kept until it changes
    return {**known_phrases(), **{key: text for key, (_, text) in own_phrases(root).items()}}


def _leaves(content: object, way: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    if not isinstance(content, dict):
        yield way, content
        return
    for key, inner in content.items():
        yield from _leaves(inner, (*way, str(key)))


def _form_problems(file: YamlFile) -> Iterator[Problem]:
    if file.content is not None and not isinstance(file.content, dict):
        yield Problem(file.place(()), "a list or a word", "topics with keys and texts, as in `method:`")


def _problems(key: str, text: object, place: str) -> Iterator[Problem]:
    if not key:
        return
    known = known_phrases()
    if key not in known:
        cure = near_misses(key, known) or "docs/reference/phrases.md lists them"
        yield Problem(place, f"no phrase is called {key!r}", cure=cure)
        return
    if not isinstance(text, str) or not text.strip():
        yield Problem(
            place, "no text", "words in Markdown", "take the key out for the text that comes with it"
        )
        return
    yield from _placeholder_problems(text, known[key], place)
    if _PARAGRAPHS.search(text.strip()) or _BLOCK.search(text):
        came = "more than a paragraph" if _PARAGRAPHS.search(text.strip()) else "a heading, list or block"
        yield Problem(place, came, "one paragraph", "sections and lists are the notebook's")
    if text.count("**") % 2:
        yield Problem(place, "bold that is opened and not closed", "**words**")


def _placeholder_problems(text: str, shipped: str, place: str) -> Iterator[Problem]:
    allowed = placeholders(shipped)
    listed = ", ".join(f"{{{name}}}" for name in sorted(allowed)) or "none"
    try:
        given = placeholders(text)
    except ValueError as error:
        yield Problem(
            place, f"cannot be read: {error}", listed, "braces that are no value are written {{ }}"
        )
        return
    for name in sorted(given - allowed):
        yield Problem(place, f"{{{name}}} is no value of it", listed, near_misses(name, allowed))
    for name in sorted(allowed - given):
        cure = "say the number by its name, so that it stays the one that was worked with"
        yield Problem(place, f"{{{name}}} is missing", listed, cure)


class _Words(string.Formatter):
    """Writes values as prose does."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec or isinstance(value, str | bool):
            return str(super().format_field(value, format_spec))
        said = f"{abs(value):,}" if isinstance(value, int) else f"{abs(value):,.10g}"
        return f"{_MINUS if value < 0 else ''}{said}"


def _written(text: str, values: Mapping[str, object]) -> str:
    return _Words().vformat(" ".join(text.split()), (), values)


_SMALL: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def in_words(number: int) -> str:
    """Return a whole number for prose, a small one as its word.

    >>> in_words(0), in_words(3), in_words(1200)
    ('no', 'three', '1,200')
    """
    return _SMALL[number] if number < len(_SMALL) else f"{number:,}"
