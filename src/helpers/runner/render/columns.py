"""How wide the columns of a table are, and how high its rows, where a program does not find out by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

#: widths in sizes of the type: of a letter of running text, and of one in a single bold word or a number
LETTER, WORD_LETTER = 0.5, 0.62
#: letters after which a column wraps rather than takes room from others
_ENOUGH: Final = 36
#: a cell of so many letters holds sentences; beside those a short column wraps sooner, or their rows grow by lines
_SENTENCES: Final = 100
_ENOUGH_BESIDE: Final = 14


def share_out(rows: Sequence[Sequence[str]], room: float) -> list[float]:
    """Share the room of a table among its columns: no word is cut, then no short cell is broken into lines.

    `rows`: the words of each cell; rows of another length than the first go across the table and do not count.
    `room`: width of the whole table, in letters. Returns the width of each column in letters; together they are
    `room`.

    >>> [round(each, 2) for each in share_out([["Measure", "Beds"], ["A long name of some length", "12"]], 20)]
    [14.54, 5.46]
    """
    columns = _columns(rows)
    words = [_longest_word(column) for column in columns]
    lengths = [_longest(column) for column in columns]
    enough, most = (_ENOUGH_BESIDE, 2 * _ENOUGH) if max(lengths) > _SENTENCES else (_ENOUGH, _ENOUGH)
    wanted = [
        max(word, min(most if length > _ENOUGH else enough, length))
        for word, length in zip(words, lengths, strict=True)
    ]
    spare = room - sum(words)
    if spare <= 0:
        return [word * room / sum(words) for word in words]
    more = [want - word for want, word in zip(wanted, words, strict=True)]
    if sum(more) > spare:
        return [word + each for word, each in zip(words, _deal(spare, more), strict=True)]
    return [want * room / sum(wanted) for want in wanted]


def _deal(spare: float, wanted: Sequence[float]) -> list[float]:
    """Deal out what is spare: who wants least is served first, and nobody gets less than an equal share of the rest."""
    dealt = [0.0] * len(wanted)
    waiting = sorted(range(len(wanted)), key=wanted.__getitem__)
    for served, place in enumerate(waiting):
        dealt[place] = min(wanted[place], spare / (len(waiting) - served))
        spare -= dealt[place]
    return dealt


def needs(rows: Sequence[Sequence[str]]) -> float:
    """Return the width in letters below which a word of a table would be cut."""
    return sum(map(_longest_word, _columns(rows)))


def _columns(rows: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    return list(zip(*(row for row in rows if len(row) == len(rows[0])), strict=True))


def _longest_word(column: Sequence[str]) -> float:
    return max(len(word) for cell in column for word in cell.split() or [""]) * WORD_LETTER / LETTER + 0.5


def _longest(column: Sequence[str]) -> float:
    """Return the length of the longest line; a header may well take two."""
    header, *cells = column
    return max(len(header) / 2, *(len(line) for cell in cells for line in cell.splitlines()), 0) + 1


def count_lines(text: str, letters: float) -> int:
    """Return how many lines some words take in a column of a width in letters.

    >>> count_lines("four words of text", 10)
    2
    """
    return sum(_count_wrapped(line.split(), letters) for line in text.splitlines() or [""])


def _count_wrapped(words: list[str], letters: float) -> int:
    lines, used = 1, 0.0
    for word in words:
        if used and used + 1 + len(word) > letters:
            lines, used = lines + 1, 0.0
        used += len(word) + (1 if used else 0)
        lines += max(0, -(-len(word) // max(1, int(letters))) - 1)
    return lines
