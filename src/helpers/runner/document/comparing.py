"""What two editions of a report say differently: cell by cell of their tables, sentence by sentence of their words.

Both are read as they were shown, with what the disclosure rule has hidden: nothing else is looked at.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final

from helpers.bundle import Bundle, Cell, Column
from helpers.runner.document.outputs.pieces import Prose, ShownOutput
from helpers.runner.document.reading import read_notebook
from helpers.theme.markdown import plain_words

_PICTURES: Final = frozenset({"icon", "spark"})
_WORDS: Final = frozenset({"label", "text"})
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+(?=[^a-z])|\n+")
_NUMBERS: Final = frozenset({"figure", "table"})


@dataclass(frozen=True)
class NumberChange:
    """A cell that reads otherwise; "" where one edition has no such row."""

    #: where, row, column: the table's or figure's caption, the first cell of the row, the heading
    where: str
    row: str
    column: str
    #: before, after: as they were shown
    before: str
    after: str
    difference: str = ""  # between two numbers, with its sign


@dataclass(frozen=True)
class SentenceChange:
    """Sentences that one edition has in place of the other's; "" where it has none there."""

    before: str
    after: str


@dataclass(frozen=True)
class Changes:
    """Everything that two editions say differently."""

    numbers: tuple[NumberChange, ...]
    sentences: tuple[SentenceChange, ...]

    def __bool__(self) -> bool:
        return bool(self.numbers or self.sentences)


def compare_notebooks(before: Any, after: Any) -> Changes:
    """Return what two executed notebooks (nbformat 4) show differently."""
    old, new = (read_notebook(each).pieces for each in (before, after))
    return Changes(tuple(_numbers(_tables(old), _tables(new))), tuple(_sentences(_said(old), _said(new))))


def _tables(pieces: Iterable[Prose | ShownOutput]) -> dict[str, Bundle]:
    shown = (piece.bundle for piece in pieces if isinstance(piece, ShownOutput))
    return {each.id: each for each in shown if each.kind in _NUMBERS and each.columns}


def _numbers(before: dict[str, Bundle], after: dict[str, Bundle]) -> Iterator[NumberChange]:
    for name in dict.fromkeys((*after, *before)):
        old, new = before.get(name), after.get(name)
        if old is None or new is None:
            there = new or old
            assert there is not None, "one of them has it"
            words = ("", "is new") if old is None else ("is left out", "")
            yield NumberChange(_called(there), "", "", *words)
        else:
            yield from _cells(old, new)


def _cells(old: Bundle, new: Bundle) -> Iterator[NumberChange]:
    rows_before, rows_after = _rows(old), _rows(new)
    places = {name: place for place, name in enumerate(_headings(old))}
    shared = [
        (new.columns[place], places[name], place)
        for place, name in enumerate(_headings(new))
        if new.columns[place].kind not in _PICTURES and name in places
    ]
    for key in dict.fromkeys((*rows_after, *rows_before)):
        row = key[0]
        if key not in rows_before or key not in rows_after:
            words = ("", "is new") if key in rows_after else ("is left out", "")
            yield NumberChange(_called(new), row, "", *words)
            continue
        for column, here, there in shared:
            a, b = rows_before[key][here], rows_after[key][there]
            if (was := old.columns[here].show(a)) != (now := column.show(b)):
                yield NumberChange(_called(new), row, column.label, was, now, _difference(column, a, b))


def _headings(bundle: Bundle) -> list[tuple[str, int]]:
    """Return the headings of the columns, and which of those alike."""
    names = [column.label for column in bundle.columns]
    return [(name, names[:place].count(name)) for place, name in enumerate(names)]


def _rows(bundle: Bundle) -> dict[tuple[str, int], tuple[Cell, ...]]:
    """Return the rows by their first words, and which of those alike."""
    head = next((n for n, each in enumerate(bundle.columns) if each.kind not in _PICTURES), 0)
    seen: Counter[str] = Counter()
    found: dict[tuple[str, int], tuple[Cell, ...]] = {}
    for row in bundle.rows:
        name = bundle.columns[head].show(row[head])
        found[name, seen[name]] = row
        seen[name] += 1
    return found


def _difference(column: Column, before: Cell, after: Cell) -> str:
    if not isinstance(before, int | float) or not isinstance(after, int | float) or column.kind in _WORDS:
        return ""
    return column.model_copy(update={"signed": True}).show(after - before)


def _called(bundle: Bundle) -> str:
    return plain_words(bundle.caption) or bundle.id


def _said(pieces: Iterable[Prose | ShownOutput]) -> list[str]:
    texts = (piece.text if isinstance(piece, Prose) else piece.bundle.prose for piece in pieces)
    return [
        words for text in texts for part in _SENTENCE.split(text) if (words := plain_words(part).strip())
    ]


def _sentences(before: Sequence[str], after: Sequence[str]) -> Iterator[SentenceChange]:
    for what, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what != "equal":
            yield SentenceChange(" ".join(before[a:b]), " ".join(after[c:d]))
