"""The embedded engine: pandoc with one filter, and Typst; nothing but wheels, nothing from the network."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

import yaml

from helpers.errors import ReportError
from helpers.runner.document.making import Document
from helpers.runner.processes import call_briefly
from helpers.runner.render.office import draw_figures, finish, prepare, reference_of
from helpers.runner.render.offline import check_offline
from helpers.runner.render.png import fonts, forget_pages
from helpers.theme import Theme

# Raw HTML and TeX are shown as the words they are; the filter sets equations and resolves references.
READER: Final = "markdown-raw_html-raw_tex-raw_attribute-native_divs-native_spans-latex_macros"
SOURCE: Final = "report.md"
#: room for a whole document: pandoc goes through all of its memory whenever that is used up (GHC's run-time options)
_ROOM: Final = ("+RTS", "-A64m", "-RTS")
#: where the look lies beside the documents
LOOK: Final = "theme"
_SETTINGS: Final = "page.yml"
_SECONDS: Final = 120
#: what Typst says where a page could be laid out in two ways for ever
_UNSETTLED: Final = "did not converge"
#: what board.typ then leaves undecided no more, beside figures: whether there are contents, how tight rows are
_SETTLED: Final[tuple[dict[str, str], ...]] = (
    {},
    {"contents": "always"},
    {"contents": "always", "rows": "alike"},
)


def write_sources(document: Document, folder: Path) -> None:
    """Write a document's Markdown and figures into its folder."""
    (folder / SOURCE).write_text(document.markdown, encoding="utf-8")
    (folder / "figures").mkdir(exist_ok=True)
    for figure_id, svg in document.figures.items():
        (folder / "figures" / f"{figure_id}.svg").write_bytes(svg)


def write_pages(formats: Iterable[str], *, theme: Theme, folder: Path) -> None:
    """Write a document as what HTML and PDF are made of, with one call of pandoc, which may refuse or warn.

    Formats that are not in `PAGES` are passed over; `folder` is the report's own, with its sources and the look.
    """
    writers = [PAGES[name] for name in formats if name in PAGES]
    if writers:
        _write_settings(theme, folder)
        _pandoc(["lua", f"{LOOK}/pages.lua", READER, *writers, *_ROOM], " and ".join(writers), folder)


def render_html(document: Document, *, theme: Theme, folder: Path) -> Path:  # noqa: ARG001
    """Make one self-contained HTML file, `report.html`, of what `write_pages` has written.

    It has no scripts; a `ReportError` names what it would load.
    """
    path = folder / "report.html"
    page = path.read_text("utf-8")
    for figure_id, svg in document.figures.items():
        data = base64.b64encode(svg).decode()
        page = page.replace(f'src="figures/{figure_id}.svg"', f'src="data:image/svg+xml;base64,{data}"')
    check_offline(page)
    path.write_text(page, encoding="utf-8")
    return path


def render_pdf(document: Document, *, theme: Theme, folder: Path) -> Path:
    """Make a tagged PDF (PDF/UA-1), `report.pdf`, through Typst, which may refuse or warn."""
    path = folder / "report.pdf"
    if warnings := _typeset_settled(folder, path):
        raise _failed("PDF (Typst)", *warnings)
    finish("pdf", path, document, theme=theme, look=folder / LOOK)
    return path


def _typeset_settled(folder: Path, path: Path) -> list[str]:
    """Make a PDF, and return Typst's warnings; unsettled figures keep the sizes of the first attempt."""
    warnings, chosen = _typeset(folder, path, {})
    for settled in _SETTLED:
        if chosen is None:
            break
        warnings, unsettled = _typeset(folder, path, {"chosen": chosen} | settled)
        chosen = chosen if unsettled is not None else None
    return warnings


def _typeset(folder: Path, path: Path, inputs: dict[str, str]) -> tuple[list[str], str | None]:
    """Return Typst's warnings, and where it did not settle what board.typ notes of each figure's size in the end."""
    import typst  # late: the compiler is loaded only where a PDF is made

    source, options = (
        folder / "report.typst",
        {"root": folder, "font_paths": fonts(), "ignore_system_fonts": True},
    )
    try:
        _, warnings = typst.compile_with_warnings(
            source, output=path, pdf_standards=["ua-1"], sys_inputs=inputs, **options
        )
        if not any(_UNSETTLED in each.message for each in warnings):
            return [warning.message for warning in warnings], None
        noted = typst.query(source, "<chosen>", field="value", sys_inputs=inputs, **options)
    except typst.TypstError as error:
        raise _failed("PDF (Typst)", error.message, *error.hints) from error
    finally:
        forget_pages()
    return [warning.message for warning in warnings], ",".join(json.loads(noted))


def render_office(name: str, document: Document, *, theme: Theme, folder: Path) -> Path:
    """Render a Word file, or slides: the headline, figures that have words for one, a table.

    Parameters, returns and raises as `render_html`; the file is `report.docx`, or `report.pptx`.
    """
    if name == "docx":  # pictures become PNG, which every version of Word shows
        draw_figures(document, folder)
    prepare([name], theme, folder / LOOK)
    _write_settings(theme, folder)
    path = folder / f"report.{name}"
    options = [
        f"--from={READER}",
        f"--to={name}",
        "--standalone",
        f"--lua-filter={LOOK}/filter.lua",
        f"--metadata-file={_SETTINGS}",
        "--syntax-highlighting=none",
        "--wrap=none",
        f"--output={path}",
        f"--reference-doc={LOOK}/{reference_of(name)}",
    ]
    _pandoc([*options, SOURCE], name, folder)
    finish(name, path, document, theme=theme, look=folder / LOOK)
    return path


WRITERS: Final[Mapping[str, Callable[..., Path]]] = {
    "html": render_html,
    "pdf": render_pdf,
    "docx": partial(render_office, "docx"),
    "pptx": partial(render_office, "pptx"),
}
#: what pandoc writes for a format that is made of a page
PAGES: Final = {"html": "html", "pdf": "typst"}


def _write_settings(theme: Theme, folder: Path) -> None:
    (folder / _SETTINGS).write_text(yaml.safe_dump(theme.page.as_settings()), encoding="utf-8")


def _pandoc(options: list[str], what: str, folder: Path) -> None:
    try:
        done = call_briefly([pandoc_path(), *options], folder=folder, seconds=_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise _failed("pandoc", f"not done after {_SECONDS} seconds") from error
    refused = re.findall(r"REFUSED (.*)", done.stderr)  # by our filter, by name
    complaints = refused or [line for line in done.stderr.splitlines() if line.strip()]
    if done.returncode or complaints:
        raise _failed(f"{what} (pandoc)", *(complaints or [f"exit status {done.returncode}"]))


def pandoc_path() -> str:
    """Return the pandoc that comes with its package.

    The package's own search would take one on the path where that is newer, and for a moment where it is not.
    """
    import pypandoc  # late: only rendering needs it

    found = Path(pypandoc.__file__).with_name("files") / ("pandoc.exe" if os.name == "nt" else "pandoc")
    if not found.is_file():
        raise ReportError(str(found), "no such file", cure="Install pypandoc-binary anew.")
    return str(found)


def _failed(what: str, *said: str) -> ReportError:
    cure = "See report.md in the run's folder."
    return ReportError(what, "; ".join(said) or "failed", cure=cure)
