"""What a cell printed: whether it warns, and of what."""

from __future__ import annotations

import re
from textwrap import shorten
from typing import Final

from helpers.errors import Problem

_LONGEST_SAID: Final = 160  # letters of what was printed, in a message
_PRINTED_CURE: Final = (
    "Say it with `report.say(…)`; at the top of the cell `#| output: asis` makes Markdown of it, "
    "`#| output: false` leaves it out."
)
#: as Python prints a warning: the file, the line and what it says
_WARNED: Final = re.compile(
    r"^(?P<file>\S.*):(?P<line>\d+): (?P<kind>\w*Warning):\s*(?P<said>\S.*)$", re.MULTILINE
)
_OF_CELL: Final = re.compile(r"ipykernel_\d+|<ipython-input")
_LIBRARY: Final = re.compile(r"(?:site|dist)-packages[/\\](\w+)")


def refuse_text(where: str, text: str, is_printed: bool) -> Problem:
    """Return what is said of text on standard output, or standard error, that is no part of a report."""
    if is_printed:
        return Problem(where, f"printed text: {tell(text)}", cure=_PRINTED_CURE)
    warned = _WARNED.search(text)
    if not warned:
        cure = "`#| output: false` keeps a cell that only reports its progress out of the report."
        return Problem(where, f"text on standard error: {tell(text)}", cure=cure)
    cure = "Mend what warns."
    if not _OF_CELL.search(warned["file"]):
        cure = (
            "Where that is no slip of the cell, put before it: `warnings.filterwarnings("
            f'"ignore", category={warned["kind"]}, module="{_library(warned)}")`.'
        )
    return Problem(where, tell(text).rstrip("."), cure=cure)


def tell(text: str) -> str:
    """Return the beginning of a text, or what it warns of.

    >>> tell("/t/ipykernel_29/254.py:16: FutureWarning: say observed=True\\n  df.groupby()")
    'line 16 warns: FutureWarning: say observed=True'
    """
    warned = _WARNED.search(text)
    if not warned:
        return shorten(text, _LONGEST_SAID, placeholder="…")
    who = f"line {warned['line']}" if _OF_CELL.search(warned["file"]) else _library(warned)
    return f"{who} warns: {warned['kind']}: {shorten(warned['said'], _LONGEST_SAID, placeholder='…')}"


def _library(warned: re.Match[str]) -> str:
    return next(iter(_LIBRARY.findall(warned["file"])), "a library")
