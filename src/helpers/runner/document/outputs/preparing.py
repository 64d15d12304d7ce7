"""What of an executed notebook is read: the analyst's own cells, and of each the outputs that may be shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from nbformat import NotebookNode

from helpers.bundle import MIME
from helpers.runner.document.outputs.options import CellOptions
from helpers.runner.document.outputs.streams import tell

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
