"""An executed notebook, read: its front matter, its prose, what it shows, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import nbformat
from pydantic import ValidationError

from helpers.bundle import MIME, Bundle
from helpers.errors import Problem
from helpers.runner.front_matter import read_front_matter
from helpers.theme.pictures import unsafe_in_svg

# papermill adds these; they are not the analyst's cells and do not count
_ADDED_TAGS: Final = frozenset(
    {"injected-parameters", "papermill-error-cell-tag", "papermill-error-cell-tag-bottom"}
)
_DOCTYPE: Final = re.compile(r"<!DOCTYPE[^>\[]*>|<\?xml[^>]*\?>|<metadata>.*?</metadata>", re.DOTALL)


@dataclass(frozen=True)
class Prose:
    """Markdown of one cell."""

    where: str
    text: str


@dataclass(frozen=True)
class Shown:
    """One object that a code cell showed, and its picture where it has one."""

    where: str
    bundle: Bundle
    svg: bytes | None


@dataclass(frozen=True)
class Reading:
    """A notebook as the document needs it: its pieces in order, and the problems found on the way."""

    front_matter: Mapping[str, Any] = field(default_factory=dict)
    pieces: tuple[Prose | Shown, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def shown(self) -> tuple[Shown, ...]:
        """What code cells showed, in order."""
        return tuple(piece for piece in self.pieces if isinstance(piece, Shown))


def read_notebook(notebook: nbformat.NotebookNode) -> Reading:
    """Read an executed notebook cell by cell.

    Parameters
    ----------
    notebook
        The executed notebook, nbformat 4.

    Returns
    -------
    Reading
        Everything that can be read, with a problem for everything that cannot.
    """
    front: Mapping[str, Any] = {}
    found: list[Prose | Shown | Problem] = []
    for number, cell in enumerate(_analysts_cells(notebook), start=1):
        where = _place(number, cell)
        if cell.cell_type == "raw" and number == 1:
            front, problems = read_front_matter(where, cell.source)
            found += problems
        elif cell.cell_type == "markdown":
            found.append(Prose(where, cell.source))
        elif cell.cell_type == "code":
            found += _read_code_cell(where, cell)
    return Reading(
        front_matter=front,
        pieces=tuple(item for item in found if not isinstance(item, Problem)),
        problems=tuple(item for item in found if isinstance(item, Problem)),
    )


def _analysts_cells(notebook: nbformat.NotebookNode) -> Iterator[nbformat.NotebookNode]:
    """Leave out the cells that papermill added, so that numbers are those of the stored notebook."""
    for cell in notebook.cells:
        if not _ADDED_TAGS.intersection(cell.get("metadata", {}).get("tags", ())):
            yield cell


def _place(number: int, cell: nbformat.NotebookNode) -> str:
    count = cell.get("execution_count")
    return f"cell {number}" + (f" (In [{count}])" if count else "")


def _read_code_cell(where: str, cell: nbformat.NotebookNode) -> Iterator[Shown | Problem]:
    if cell.source.strip() and not cell.get("execution_count"):
        yield Problem(where, "a cell that was not run", cure="Run the notebook from top to bottom.")
    for output in cell.outputs:
        yield _read_output(where, output)


def _read_output(where: str, output: nbformat.NotebookNode) -> Shown | Problem:
    if output.output_type == "error":
        return Problem(where, f"failed with {output.ename}: {output.evalue}", cure="Mend the cell.")
    if output.output_type == "stream":
        said = " ".join(str(output.text).split())[:80]
        cure = "Show a helper's result as the cell's last line; mend what warns; do not print."
        return Problem(where, f"printed text on {output.name}: {said}", cure=cure)
    if MIME not in output.data:
        kinds = ", ".join(sorted(output.data)) or "nothing"
        cure = "Show it with a report helper, or end the line with ; where nothing is meant."
        return Problem(where, f"an output that is not a helper's ({kinds})", cure=cure)
    return _read_bundle(where, output.data)


def _read_bundle(where: str, data: Mapping[str, Any]) -> Shown | Problem:
    try:
        entry = data[MIME]
        bundle = (Bundle.model_validate_json if isinstance(entry, str) else Bundle.model_validate)(entry)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        came = f"an unreadable hand-over: {place} {first['msg']}"
        return Problem(where, came, cure="Run the notebook with this version's helpers.")
    svg = data.get("image/svg+xml")
    if bundle.kind != "figure" or svg is None:
        return Shown(where, bundle, None)
    return _read_figure(where, bundle, "".join(svg) if isinstance(svg, list) else str(svg))


def _read_figure(where: str, bundle: Bundle, svg: str) -> Shown | Problem:
    """Take the picture without what is not drawn: matplotlib's metadata holds the time of drawing."""
    svg = _DOCTYPE.sub("", svg).strip()
    unsafe = unsafe_in_svg(svg)
    if not svg.startswith("<svg") or not svg.endswith("</svg>"):
        return Problem(f"{where}, {bundle.id}", "a picture that is not SVG", cure="Draw it with a helper.")
    if unsafe:
        came = f"a picture that runs or loads something ({unsafe})"
        return Problem(f"{where}, {bundle.id}", came, cure="Draw it with a helper.")
    return Shown(where, bundle, svg.encode())
