"""An executed notebook, read: its front matter, its prose, what it shows, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import nbformat
from pydantic import ValidationError

from helpers.bundle import FILE_MIME, MIME, Bundle
from helpers.errors import Problem
from helpers.runner.document.outputs.files import read_delivered
from helpers.runner.document.outputs.options import CellOptions, read_front_matter, read_options
from helpers.runner.document.outputs.ordinary import Draft, name_outputs, read_ordinary, read_own_table
from helpers.runner.document.outputs.pieces import Prose, ShownOutput
from helpers.runner.document.outputs.streams import outputs_of, own_cells, unheard
from helpers.runner.document.outputs.svg import clean_svg


@dataclass(frozen=True)
class NotebookContent:
    """A notebook as the document needs it: its pieces in order, and the problems found on the way."""

    front_matter: Mapping[str, Any] = field(default_factory=dict)
    pieces: tuple[Prose | ShownOutput, ...] = ()
    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def shown(self) -> tuple[ShownOutput, ...]:
        """What code cells showed, in order."""
        return tuple(piece for piece in self.pieces if isinstance(piece, ShownOutput))


def read_notebook(notebook: nbformat.NotebookNode) -> NotebookContent:
    """Read an executed notebook cell by cell: all that can be read, with a problem for everything that cannot."""
    front: Mapping[str, Any] = {}
    found: list[Prose | ShownOutput | Problem] = []
    warnings: list[str] = []
    cells = list(own_cells(notebook))
    told = [output.get("data", {}).get(MIME) for _, cell in cells for output in cell.get("outputs", ())]
    # of helpers: none that is made up may be one of them
    labels = {str(entry.get("id")) for entry in told if isinstance(entry, dict)}
    for number, (where, cell) in enumerate(cells):
        if cell.cell_type == "raw" and number == 0:
            front, problems = read_front_matter(where, cell.source)
            found += problems
        elif cell.cell_type == "markdown":
            found.append(Prose(where, cell.source))
        elif cell.cell_type == "code":
            found += _read_code_cell(where, cell, labels, warnings)
    return NotebookContent(
        front_matter=front,
        pieces=tuple(item for item in found if not isinstance(item, Problem)),
        problems=tuple(item for item in found if isinstance(item, Problem)),
        warnings=tuple(warnings),
    )


def _read_code_cell(
    where: str, cell: nbformat.NotebookNode, labels: set[str], warnings: list[str]
) -> Iterator[ShownOutput | Problem]:
    options, problems = read_options(where, cell.source)
    yield from problems
    if cell.source.strip() and options.run and not cell.get("execution_count"):
        yield Problem(where, "a cell that was not run", cure="Run the notebook from top to bottom.")
    if not options.shown:
        warnings += unheard(where, cell)
    read = [each for output in outputs_of(cell, options) for each in _read_output(where, output, options)]
    drafts = [each for each in read if isinstance(each, Draft)]
    warnings += [warning for draft in drafts for warning in draft.warnings]
    yield from (each for each in read if isinstance(each, Problem))
    yield from name_outputs(drafts, options, labels)


def _read_output(
    where: str, output: nbformat.NotebookNode, options: CellOptions
) -> Iterator[Draft | Problem]:
    if output.output_type == "error":
        yield Problem(where, f"failed with {output.ename}: {output.evalue}", cure="Mend the cell.")
    elif MIME not in output.get("data", {}):
        yield read_ordinary(where, output, options)
    else:
        read = _read_bundle(where, output.data)
        if isinstance(read, Draft) and read.shown.bundle.kind == "file":
            yield from read_delivered(where, read.shown.bundle, output.data.get(FILE_MIME, ""))
        else:
            yield read


def _read_bundle(where: str, data: Mapping[str, Any]) -> Draft | Problem:
    try:
        entry = data[MIME]
        bundle = (Bundle.model_validate_json if isinstance(entry, str) else Bundle.model_validate)(entry)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        came = f"an unreadable hand-over: {place} {first['msg']}"
        return Problem(where, came, cure="Run the notebook with this version's helpers.")
    svg = data.get("image/svg+xml")
    if bundle.own and bundle.kind == "table":
        return read_own_table(where, bundle, data.get("text/html", ""))
    if bundle.kind != "figure" or svg is None:
        return Draft(ShownOutput(where, bundle), handed_over=True)
    picture, wrong = clean_svg("".join(svg) if isinstance(svg, list) else str(svg))
    if wrong:
        return Problem(f"{where}, {bundle.id}", wrong, cure="Draw it with a helper.")
    caption = bundle.caption if bundle.own else ""
    return Draft(ShownOutput(where, bundle, picture, caption=caption), handed_over=not bundle.own)
