"""One document to HTML, PDF and other formats; two engines behind one contract."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from pathlib import Path

from helpers.errors import Problem, ReportError, UsageError
from helpers.runner.document.making import Document
from helpers.runner.engines import FORMATS, Quarto
from helpers.runner.render import embedded, quarto
from helpers.theme import Theme
from helpers.theme.look import write_look


def render(document: Document, formats: Iterable[str], *, theme: Theme, folder: Path) -> dict[str, Path]:
    """Render a document into every format that is asked for, with the embedded engine.

    Parameters
    ----------
    document
        What `make_document` made.
    formats
        Any of `FORMATS`.
    theme
        The look, from `helpers.theme.read_theme`.
    folder
        An existing folder of this report's own; `report.<format>` and what leads to it are written here.

    Returns
    -------
    dict of str to Path
        The file of each format.

    Raises
    ------
    UsageError
        For an unknown format.
    ReportError
        With every format that could not be made, and why.
    """
    wanted = _known(formats)
    files: dict[str, Path] = {}
    problems: list[Problem] = []
    embedded.write_sources(document, folder)
    write_look(theme, folder / embedded.LOOK)
    try:
        embedded.write_pages(wanted, theme=theme, folder=folder)
    except ReportError as error:
        problems += error.problems
        wanted = [name for name in wanted if name not in embedded.PAGES]
    for name in wanted:
        try:
            files[name] = embedded.WRITERS[name](document, theme=theme, folder=folder)
        except ReportError as error:
            problems += error.problems
    if problems:
        raise ReportError(problems)
    return files


def render_batch(
    documents: Mapping[str, Document],
    formats: Iterable[str],
    *,
    theme: Theme,
    folder: Path,
    engine: Quarto | None = None,
    stop: threading.Event | None = None,
) -> dict[str, dict[str, Path] | ReportError]:
    """Render many documents; one that fails leaves the others alone.

    Parameters
    ----------
    documents
        Documents by stem (letters, digits, `-`, `_`, `.`).
    formats, theme
        As for `render`.
    folder
        An existing, empty folder; every document gets one of its own below it.
    engine
        From `helpers.runner.engines.choose_engine`. Quarto is called once for all of them.
    stop
        Ends Quarto when set; what it has not made by then fails.

    Returns
    -------
    dict of str to (dict of str to Path, or ReportError)
        Per document its files by format, or why there are none.
    """
    wanted = _known(formats)
    if engine is not None:
        return quarto.render_batch(documents, wanted, theme=theme, folder=folder, quarto=engine, stop=stop)
    return {stem: _render_below(stem, documents[stem], wanted, theme, folder) for stem in documents}


def _render_below(
    stem: str, document: Document, formats: list[str], theme: Theme, folder: Path
) -> dict[str, Path] | ReportError:
    own = folder / stem
    own.mkdir()
    try:
        return render(document, formats, theme=theme, folder=own)
    except ReportError as error:
        return error


def _known(formats: Iterable[str]) -> list[str]:
    wanted = list(formats)
    if unknown := [name for name in wanted if name not in FORMATS]:
        raise UsageError(Problem("--to", repr(name), ", ".join(FORMATS)) for name in unknown)
    return wanted
