"""How wide the columns of a table are, and how high its rows, where a program does not find out by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

#: widths in sizes of the type: of a letter of running text, and of one in a single bold word or a number
LETTER, WORD_LETTER = 0.5, 0.62
#: what a line more in any cell counts beside a line more of the table: where it costs no height, words stay together
_TOGETHER: Final = 0.1


def share_out(rows: Sequence[Sequence[str]], room: float) -> list[float]:
    """Share the room of a table among its columns: no word is cut, and the table is as short as it can be.

    `rows`: the words of each cell; rows of another length than the first go across the table and do not count.
    `room`: width of the whole table, in letters. Returns the width of each column in letters; together they are
    `room`.

    >>> [round(each, 2) for each in share_out([["Measure", "Beds"], ["A long name of some length", "12"]], 20)]
    [14.54, 5.46]
    """
    columns = _columns(rows)
    words = [_longest_word(column) for column in columns]
    wanted = [max(word, _longest(column)) for word, column in zip(words, columns, strict=True)]
    if sum(words) >= room:
        return [word * room / sum(words) for word in words]
    if sum(wanted) <= room:
        return [want * room / sum(wanted) for want in wanted]
    return _deal(columns, words, room)


def _deal(columns: Sequence[Sequence[str]], words: Sequence[float], room: float) -> list[float]:
    """Deal out what the longest words leave, letter by letter: each to the column that makes the table shortest."""
    widths = [*words]
    lines = np.array([_lines(column, width) for column, width in zip(columns, widths, strict=True)])
    while (spare := room - sum(widths)) > 1e-9:
        step, gains, tried = min(spare, 1.0), [], []
        for place, column in enumerate(columns):
            wider = lines.copy()
            wider[place] = _lines(column, widths[place] + step)
            tried.append(wider)
            gains.append(wider.max(axis=0).sum() + _TOGETHER * wider.sum())
        best = int(np.argmin(gains))
        widths[best] += step
        lines = tried[best]
    return widths


def _lines(column: Sequence[str], width: float) -> NDArray[np.float64]:
    """Return how many lines each cell takes, as a fraction: so that each letter counts."""
    return np.array(
        [sum(max(1.0, (len(line) + 1) / width) for line in cell.splitlines() or [""]) for cell in column]
    )


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
