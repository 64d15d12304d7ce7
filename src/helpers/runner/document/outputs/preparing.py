"""What is done to an executed notebook before its outputs are read, as preprocessors of nbconvert."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from nbconvert.preprocessors.base import Preprocessor
from nbformat import NotebookNode

from helpers.bundle import MIME
from helpers.errors import Problem
from helpers.runner.document.outputs.options import CellOptions, read_options
from helpers.runner.document.outputs.streams import tell

#: where the preprocessors leave what they found
FOUND: Final = "boardpack"
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


@dataclass
class CellFindings:
    """What preprocessors found: by cell its place and options; and what is wrong, or left out."""

    options: dict[int, CellOptions] = field(default_factory=dict)
    places: dict[int, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def findings(resources: dict[str, Any]) -> CellFindings:
    """Return what the preprocessors of this notebook have found so far."""
    found: CellFindings = resources.setdefault(FOUND, CellFindings())
    return found


class NumberCells(Preprocessor):
    """Leave out the cells that papermill added, so that numbers are those of the stored notebook."""

    enabled = True

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Number the cells that the analyst sees."""
        nb.cells = [
            cell
            for cell in nb.cells
            if not _ADDED_TAGS.intersection(cell.get("metadata", {}).get("tags", ()))
        ]
        for index, cell in enumerate(nb.cells):
            count = cell.get("execution_count")
            findings(resources).places[index] = f"cell {index + 1}" + (f" (In [{count}])" if count else "")
        return nb, resources


class ApplyCellOptions(Preprocessor):
    """Read the `#|` options of code cells, and leave out what is not to be shown."""

    enabled = True

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Keep, of a cell that is not shown, what the report is about, files beside it and what went wrong."""
        if cell.cell_type == "code":
            found = findings(resources)
            options, problems = read_options(found.places[index], cell.source)
            found.options[index] = options
            found.problems += problems
            if not options.shown:
                found.warnings += _unheard(found.places[index], cell)
                cell.outputs = [output for output in cell.outputs if _counts_always(output)]
        return cell, resources


class DropPlottingText(Preprocessor):
    """Leave out the bare text that calls of matplotlib and seaborn return."""

    enabled = True

    def preprocess_cell(
        self,
        cell: NotebookNode,
        resources: dict[str, Any],
        index: int,  # noqa: ARG002
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Keep every output but these."""
        if cell.cell_type == "code":
            draws = any(_PICTURES & {*output.get("data", {})} for output in cell.outputs)
            cell.outputs = [output for output in cell.outputs if not _is_of_plotting(output, draws)]
        return cell, resources


#: in this order; an exporter of nbconvert takes them as they are
PREPROCESSORS: Final = (NumberCells, ApplyCellOptions, DropPlottingText)


def prepare(notebook: NotebookNode) -> tuple[NotebookNode, CellFindings]:
    """Return a copy of a notebook without what is no part of the report, and what was found on the way."""
    from copy import deepcopy

    resources: dict[str, Any] = {}
    notebook = deepcopy(notebook)
    for kind in PREPROCESSORS:
        notebook, resources = kind()(notebook, resources)
    return notebook, findings(resources)


def _counts_always(output: NotebookNode) -> bool:
    if output.output_type == "error":
        return True
    entry = output.get("data", {}).get(MIME)
    return isinstance(entry, dict) and entry.get("kind") in {"report", "file"}


def _unheard(where: str, cell: NotebookNode) -> Iterator[str]:
    """Yield what a cell that is not shown said on standard error: left out, but not in silence."""
    for output in cell.outputs:
        if output.output_type == "stream" and output.name == "stderr":
            yield f"{where}, not shown: {tell(''.join(output.text))}"


def _is_of_plotting(output: NotebookNode, draws: bool) -> bool:
    if output.output_type not in _DISPLAYS or set(output.data) - {"text/plain"}:
        return False
    said = "".join(output.data.get("text/plain", ""))
    if output.output_type == "display_data":  # Jupyter shows a figure without axes so
        return bool(_EMPTY_FIGURE.fullmatch(said))
    return bool(_DRAWN.search(said)) or (draws and bool(_LIMITS.fullmatch(said.strip())))
