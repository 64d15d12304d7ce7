"""One document to HTML, PDF and other formats; two engines behind one contract."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from helpers.errors import Problem, ReportError
from helpers.runner.document import Document
from helpers.runner.render import embedded
from helpers.theme import Theme

FORMATS = ("html", "pdf", "docx")


def render(document: Document, formats: Iterable[str], *, theme: Theme, folder: Path) -> dict[str, Path]:
    """Render a document into every format that is asked for.

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
    ReportError
        With every format that could not be made, and why.
    """
    files: dict[str, Path] = {}
    problems: list[Problem] = []
    embedded.write_sources(document, folder)
    for name in formats:
        try:
            files[name] = embedded.WRITERS[name](document, theme=theme, folder=folder)
        except KeyError:
            problems.append(Problem("--to", f"{name!r}", ", ".join(FORMATS)))
        except ReportError as error:
            problems += error.problems
    if problems:
        raise ReportError(problems)
    return files
