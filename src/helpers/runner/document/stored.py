"""Notebooks as they are stored: what can be seen without running one, and what can be mended.

What would stop the report after its run is told before it; and outputs have no place in a repository, where
they tell of a trust, or of patients.
"""

from __future__ import annotations

import copy
import re
import sys
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, Final

from helpers.errors import Problem, UsageError
from helpers.runner.document.outputs.options import read_front_matter, read_options
from helpers.runner.document.prose import check_prose, check_titles
from helpers.runner.plan.parameters import TAG, load_notebook
from helpers.yaml_files import has_marks

#: cells that papermill and Quarto add when they run a notebook
_ADDED: Final = ("injected-parameters", "papermill-error-cell-tag")
#: what a run leaves in the metadata of a notebook or cell
_LEFT: Final = frozenset({"collapsed", "scrolled", "execution", "ExecuteTime", "papermill", "widgets"})
#: the first way to say that a parameter may be None, which papermill's inspector does not know
_MARKED: Final = re.compile(r"""^([ \t]*\w+[ \t]*:[ \t]*(["'])[^"'\n?]+)\?\2""", re.MULTILINE)
#: modules that notebooks and the package import, which a file beside a notebook would stand before
_IMPORTED: Final = frozenset({"helpers", "pandas", "numpy", "matplotlib", "seaborn", "scipy", "duckdb"})


def find_stored(path: Path, shown: str) -> Iterator[Problem]:
    """Find what a run has left in a notebook, which messages call `shown`."""
    try:
        content = load_notebook(path)
    except UsageError as error:  # with marks of a merge in it, say
        yield from error.problems
        return
    left = [
        number
        for number, cell in enumerate(content["cells"], start=1)
        if cell.get("outputs") or cell.get("execution_count") is not None
    ]
    added = [cell for cell in content["cells"] if _is_added(cell)]
    cure = "run `boardpack check --fix`, which takes them out"
    for number, cell in enumerate(content["cells"], start=1):
        if has_marks(_source(cell)):
            mend = "keep what is right of both sides in JupyterLab, take the marks out, then `git add` the notebook"
            yield Problem(f"{shown}, cell {number}", "a merge has left its marks (<<<<<<<)", cure=mend)
    if left:
        cells = ", ".join(map(str, left[:5])) + (", …" if len(left) > 5 else "")
        came = f"outputs or numbers of a run are stored (cell {cells})"
        yield Problem(shown, came, "none: they would stand in the repository", cure)
    if added:
        yield Problem(shown, f"{len(added)} cells that papermill or Quarto added are stored", cure=cure)


def find_unfit(path: Path, shown: str) -> Iterator[Problem]:
    """Find what a report cannot hold in a notebook that can be read: front matter, Markdown, options of cells."""
    prose: list[tuple[str, str]] = []
    for number, cell in enumerate(_own_cells(load_notebook(path)), start=1):
        where, source = f"{shown}, cell {number}", _source(cell)
        if cell.get("cell_type") == "raw" and number == 1:
            yield from read_front_matter(where, source)[1]
        if cell.get("cell_type") == "code":
            yield from read_options(where, source)[1]
        if cell.get("cell_type") == "markdown":
            yield from check_prose(where, source)
            prose.append((where, source))
    yield from check_titles(prose)


def find_shadows(
    folder: Path, shown: str, names: Collection[str] = _IMPORTED | sys.stdlib_module_names
) -> Iterator[Problem]:
    """Find modules of some names that Python would take instead of those which reports are made with."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        is_module = path.suffix == ".py" or (path.is_dir() and any(path.glob("*.py")))
        if is_module and path.stem in names:
            came = f"it would be imported instead of Python's own or an installed `{path.stem}`"
            yield Problem(f"{shown}{path.name}", came, cure=f"rename it, for instance to our_{path.name}")


def find_offers(path: Path, shown: str) -> Iterator[Problem]:
    """Find what works and can be written better."""
    for cell in load_notebook(path)["cells"]:
        if TAG in _tags(cell):
            for found in _MARKED.finditer(_source(cell)):
                old = found[0].split(found[2])[1]
                cure = "`boardpack check --fix` writes it"
                better = f"{old[:-1]} or None"
                yield Problem(shown, f'"{old}" is unknown to papermill; better: "{better}"', cure=cure)


def mend(path: Path) -> bool:
    """Take out of a notebook what a run has left, and write optional types as papermill knows them.

    Tells whether there was anything; a notebook that cannot be read is left as it is.
    """
    import nbformat
    from nbconvert.preprocessors import ClearOutputPreprocessor

    try:
        load_notebook(path)
        notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    except (UsageError, nbformat.ValidationError):
        return False
    before = copy.deepcopy(notebook)
    notebook.cells = [cell for cell in notebook.cells if not _is_added(cell)]
    clear = ClearOutputPreprocessor(enabled=True, remove_metadata_fields=set(_LEFT))
    notebook, _ = clear.preprocess(notebook, {})
    for key in _LEFT & notebook.metadata.keys():
        del notebook.metadata[key]
    for cell in notebook.cells:
        if TAG in _tags(cell):
            cell.source = _MARKED.sub(r"\1 or None\2", cell.source)
    if notebook == before:
        return False
    beside = path.with_name(f".{path.name}.new")
    nbformat.write(notebook, beside)
    beside.chmod(path.stat().st_mode)
    beside.replace(path)  # whole or not at all
    return True


def _is_added(cell: dict[str, Any]) -> bool:
    return any(tag.startswith(_ADDED) for tag in _tags(cell))


def _own_cells(content: dict[str, Any]) -> list[dict[str, Any]]:
    return [cell for cell in content["cells"] if not _is_added(cell)]


def own_sources(content: dict[str, Any]) -> list[str]:
    """Return what was written in a notebook: the sources of its cells but for those that a run added."""
    return [_source(cell) for cell in _own_cells(content)]


def _tags(cell: dict[str, Any]) -> list[str]:
    return [str(tag) for tag in cell.get("metadata", {}).get("tags", [])]


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)
