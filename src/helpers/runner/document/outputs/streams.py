"""What of a notebook is read: the analyst's own cells, of each the outputs that may be shown, and what it printed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from textwrap import shorten
from typing import Final

from nbformat import NotebookNode

from helpers.bundle import MIME
from helpers.errors import Problem
from helpers.runner.document.outputs.options import CellOptions

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
# papermill adds these; they are not the analyst's cells and do not count
_ADDED_TAGS: Final = frozenset(
    {"injected-parameters", "papermill-error-cell-tag", "papermill-error-cell-tag-bottom"}
)
#: what is left of a call that draws, where the figure itself is the output
_DRAWN: Final = re.compile(
    r"<(?:Axes|matplotlib\.|seaborn\.|\w+Container object|Figure size|a list of )|\bText\("
)
#: the limits of an axis, as xlim(), ylim() and axis() return them
_LIMITS: Final = re.compile(
    r"\((?:np\.float64\()?-?[\d.e+-]+\)?(?:, (?:np\.float64\()?-?[\d.e+-]+\)?){1,3}\)"
)
_DISPLAYS: Final = frozenset({"execute_result", "display_data"})
_EMPTY_FIGURE: Final = re.compile(r"<Figure size \d+x\d+ with 0 Axes>")
_PICTURES: Final = frozenset({"image/svg+xml", "image/png"})


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


def own_cells(notebook: NotebookNode) -> Iterator[tuple[str, NotebookNode]]:
    """Yield the analyst's cells, each with its place as the stored notebook numbers it."""
    own = (c for c in notebook.cells if not _ADDED_TAGS.intersection(c.get("metadata", {}).get("tags", ())))
    for number, cell in enumerate(own, start=1):
        count = cell.get("execution_count")
        yield f"cell {number}" + (f" (In [{count}])" if count else ""), cell


def outputs_of(cell: NotebookNode, options: CellOptions) -> list[NotebookNode]:
    """Return the outputs of a code cell without the bare text that calls of matplotlib and seaborn return.

    Of a cell that is not shown these are what the report is about, files beside it and what went wrong.
    """
    outputs = [each for each in cell.outputs if options.shown or _counts_always(each)]
    draws = any(_PICTURES & {*output.get("data", {})} for output in outputs)
    return [output for output in outputs if not _is_of_plotting(output, draws)]


def unheard(where: str, cell: NotebookNode) -> Iterator[str]:
    """Yield what a cell that is not shown said on standard error: left out, but not in silence."""
    for output in cell.outputs:
        if output.output_type == "stream" and output.name == "stderr":
            yield f"{where}, not shown: {tell(''.join(output.text))}"


def _counts_always(output: NotebookNode) -> bool:
    if output.output_type == "error":
        return True
    entry = output.get("data", {}).get(MIME)
    return isinstance(entry, dict) and entry.get("kind") in {"report", "file"}


def _is_of_plotting(output: NotebookNode, draws: bool) -> bool:
    if output.output_type not in _DISPLAYS or set(output.data) - {"text/plain"}:
        return False
    said = "".join(output.data.get("text/plain", ""))
    if output.output_type == "display_data":  # Jupyter shows a figure without axes so
        return bool(_EMPTY_FIGURE.fullmatch(said))
    return bool(_DRAWN.search(said)) or (draws and bool(_LIMITS.fullmatch(said.strip())))
