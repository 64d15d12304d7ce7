"""One document to HTML, PDF and other formats; two engines behind one contract.

`embedded` calls pandoc and Typst for one report, `quarto` Quarto for many; both take what `office` prepares, and it
finishes their files (`word`, `slides`, `slide_tables`). `png` draws pictures, `offline` sees that a page loads nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from helpers.errors import Problem, ReportError
from helpers.runner.document.making import Document
from helpers.runner.render import embedded
from helpers.theme import Theme
from helpers.theme.look import write_look


def render(
    document: Document,
    formats: Iterable[str],
    *,
    theme: Theme,
    folder: Path,
    timed: Callable[[str], AbstractContextManager[object]] = nullcontext,
) -> dict[str, Path]:
    """Render a document into every format that is asked for, with the embedded engine.

    `folder`: an existing folder of this report's own; `report.<format>` and what leads to it are written here. `timed`
    takes the time of pandoc and of each format. Raises `ReportError` with every format that could not be made, and why.
    """
    wanted = list(formats)
    files: dict[str, Path] = {}
    problems: list[Problem] = []
    embedded.write_sources(document, folder)
    write_look(theme, folder / embedded.LOOK)
    try:
        with timed("pandoc"):
            embedded.write_pages(wanted, theme=theme, folder=folder)
    except ReportError as error:
        problems += error.problems
        wanted = [name for name in wanted if name not in embedded.PAGES]
    for name in wanted:
        try:
            with timed(name):
                files[name] = embedded.WRITERS[name](document, theme=theme, folder=folder)
        except ReportError as error:
            problems += error.problems
    if problems:
        raise ReportError(problems)
    return files
