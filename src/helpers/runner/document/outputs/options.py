"""Quarto's cell options: the `#|` lines at the top of a code cell.

What has no meaning in a report is refused by name, so that a bare `quarto render` and a batch agree.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any, Final

import yaml

from helpers.errors import Problem, near_misses

_MARK: Final = "#|"
_TRUE_OR_FALSE: Final = "true or false"
#: what the words of an option may be, and how a message says it
_KINDS: Final = {
    "label": ((str,), "fig-… or tbl-…"),
    "fig-cap": ((str, list), "words, or a list with words for each figure"),
    "fig-alt": ((str, list), "words, or a list with words for each figure"),
    "tbl-cap": ((str, list), "words, or a list with words for each table"),
    "include": ((bool,), _TRUE_OR_FALSE),
    "output": ((bool, str), "true, false or asis"),
    "eval": ((bool,), _TRUE_OR_FALSE),
    "echo": ((bool,), "false"),
}


@dataclass(frozen=True)
class CellOptions:
    """The options of one code cell."""

    label: str = ""  # what its figure or table is referred to by
    #: figure_captions, figure_alts, table_captions: one for each figure or table of the cell, in order; a
    #: single one stands for the first
    figure_captions: tuple[str, ...] = ()
    figure_alts: tuple[str, ...] = ()
    table_captions: tuple[str, ...] = ()
    shown: bool = True  # whether its outputs are in the report
    as_is: bool = False  # whether its printed text is Markdown
    run: bool = True  # whether it is run at all


def read_options(where: str, source: str) -> tuple[CellOptions, list[Problem]]:
    """Read the options of a code cell.

    Returns what is set, and everything that is wrong with it.

    >>> read_options("cell 2", "#| label: fig-beds\\n#| fig-cap: Beds by month\\nplot()")[0].label
    'fig-beds'
    """
    lines = list(itertools.takewhile(lambda line: line.startswith(_MARK), source.lstrip().splitlines()))
    if not lines:
        return CellOptions(), []
    # one blank after the mark belongs to it, further ones are YAML's
    text = "\n".join(line.removeprefix(_MARK).removeprefix(" ") for line in lines)
    try:
        given = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark is not None else ""
        cure = 'Put quotes round words that hold ": " or begin with a sign.'
        came = f"cell options that are not YAML: {getattr(error, 'problem', error)}"
        return CellOptions(), [Problem(f"{where}{line}", came, "#| key: value", cure)]
    if not isinstance(given, dict):
        return CellOptions(), [Problem(where, f"cell options {text!r}", "#| key: value")]
    problems = [problem for key in given if (problem := _check(where, str(key), given[key]))]
    return (CellOptions(), problems) if problems else (_options(given), [])


def _check(where: str, key: str, value: object) -> Problem | None:
    place = f"{where}, #| {key}"
    if key not in _KINDS:
        guess = near_misses(key, _KINDS)
        return Problem(place, "not used in a report", ", ".join(_KINDS), f"{guess} Remove it.".strip())
    kinds, allowed = _KINDS[key]
    if not isinstance(value, kinds) or (isinstance(value, str) and not value.strip()):
        return Problem(place, repr(value), allowed)
    if isinstance(value, list) and not all(isinstance(each, str) and each.strip() for each in value):
        return Problem(place, repr(value), allowed)
    if key == "output" and isinstance(value, str) and value != "asis":
        return Problem(place, repr(value), allowed)
    if key == "echo" and value:
        return Problem(place, "true", allowed, "Remove it: a report shows no code yet.")
    return None


def _options(given: dict[str, Any]) -> CellOptions:
    runs = given.get("eval", True)
    output = given.get("output", True)
    return CellOptions(
        label=given.get("label", ""),
        figure_captions=_each(given.get("fig-cap")),
        figure_alts=_each(given.get("fig-alt")),
        table_captions=_each(given.get("tbl-cap")),
        shown=runs and given.get("include", True) and output is not False,
        as_is=output == "asis",
        run=runs,
    )


def _each(value: str | list[str] | None) -> tuple[str, ...]:
    words = [value] if isinstance(value, str) else value or []
    return tuple(" ".join(each.split()) for each in words)
