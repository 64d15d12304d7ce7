"""The embedded engine: pandoc with one filter, and Typst; nothing but wheels, nothing from the network."""

from __future__ import annotations

import base64
import re
import subprocess
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from helpers.errors import Problem, ReportError
from helpers.runner.document import Document
from helpers.runner.render import slides, word
from helpers.runner.render.offline import check_offline
from helpers.theme import Theme, font_folder

# Raw HTML and TeX are shown as the words they are; equations and references stay on so that the filter
# can refuse them by name.
READER: Final = "markdown-raw_html-raw_tex-raw_attribute-native_divs-native_spans-latex_macros"
SOURCE: Final = "report.md"
#: where the look lies beside the documents
LOOK: Final = "theme"
_SETTINGS: Final = "page.yml"
_SECONDS: Final = 120


def write_sources(document: Document, folder: Path) -> None:
    """Write a document's Markdown and figures into its folder.

    Parameters
    ----------
    document
        The document.
    folder
        An existing folder of its own.
    """
    (folder / SOURCE).write_text(document.markdown, encoding="utf-8")
    (folder / "figures").mkdir(exist_ok=True)
    for figure_id, svg in document.figures.items():
        (folder / "figures" / f"{figure_id}.svg").write_bytes(svg)


def write_pages(formats: Iterable[str], *, theme: Theme, folder: Path) -> None:
    """Write a document as what HTML and PDF are made of, with one call of pandoc.

    Parameters
    ----------
    formats
        Any; those of them that are not in `PAGES` are passed over.
    theme
        The look.
    folder
        The report's own folder, with its sources and the look.

    Raises
    ------
    ReportError
        When pandoc refuses or warns.
    """
    writers = [PAGES[name] for name in formats if name in PAGES]
    if writers:
        _write_settings(theme, folder)
        _pandoc(["lua", f"{LOOK}/pages.lua", READER, *writers], " and ".join(writers), folder)


def render_html(document: Document, *, theme: Theme, folder: Path) -> Path:  # noqa: ARG001
    """Make one self-contained HTML file without scripts or remote references.

    Parameters
    ----------
    document
        The document; `write_pages` has written it into `folder`.
    theme
        The look.
    folder
        The report's own folder.

    Returns
    -------
    Path
        `report.html` in `folder`.

    Raises
    ------
    ReportError
        When the page would load anything.
    """
    path = folder / "report.html"
    page = path.read_text("utf-8")
    for figure_id, svg in document.figures.items():
        data = base64.b64encode(svg).decode()
        page = page.replace(f'src="figures/{figure_id}.svg"', f'src="data:image/svg+xml;base64,{data}"')
    check_offline(page)
    path.write_text(page, encoding="utf-8")
    return path


def render_pdf(document: Document, *, theme: Theme, folder: Path) -> Path:  # noqa: ARG001
    """Make a tagged PDF (PDF/UA-1) through Typst.

    Parameters and returns as `render_html`; the file is `report.pdf`.

    Raises
    ------
    ReportError
        When Typst refuses or warns.
    """
    path = folder / "report.pdf"
    import typst  # late: the compiler is loaded only where a PDF is made

    try:
        _, warnings = typst.compile_with_warnings(
            folder / "report.typst",
            output=path,
            root=folder,
            font_paths=_fonts(),
            ignore_system_fonts=True,
            pdf_standards=["ua-1"],
        )
    except typst.TypstError as error:
        raise _failed("PDF (Typst)", error.message, *error.hints) from error
    if warnings:
        raise _failed("PDF (Typst)", *(warning.message for warning in warnings))
    return path


def render_docx(document: Document, *, theme: Theme, folder: Path) -> Path:
    """Render a Word file; pictures become PNG, which every version of Word shows.

    Parameters, returns and raises as `render_html`; the file is `report.docx`.
    """
    draw_pictures(document, folder)
    write_references(["docx"], theme, folder / LOOK)
    path = folder / "report.docx"
    _write_office("docx", path, theme=theme, folder=folder)
    finish("docx", path, document, theme=theme, look=folder / LOOK)
    return path


def render_pptx(document: Document, *, theme: Theme, folder: Path) -> Path:
    """Render two slides, the headline and the matrix.

    Parameters, returns and raises as `render_html`; the file is `report.pptx`.
    """
    write_references(["pptx"], theme, folder / LOOK)
    path = folder / "report.pptx"
    _write_office("pptx", path, theme=theme, folder=folder)
    finish("pptx", path, document, theme=theme, look=folder / LOOK)
    return path


def draw_pictures(document: Document, folder: Path) -> None:
    """Draw a document's figures as PNG beside their SVG, for Word."""
    for figure_id in document.figures:
        figure = folder / "figures" / f"{figure_id}.svg"
        _draw(figure, figure.with_suffix(".png"), "")


def write_references(formats: Iterable[str], theme: Theme, look: Path) -> None:
    """Write what gives Word and PowerPoint their look, beside the rest of the look."""
    for name in formats:
        if name in _OFFICE:
            _OFFICE[name].write_reference(theme, look)
    if "docx" in formats and theme.brand.logo:
        (look / "logo.svg").write_text(theme.brand.logo.svg, encoding="utf-8")
        _draw(look / "logo.svg", look / _LOGO, ", height: 13mm")


def finish(name: str, path: Path, document: Document, *, theme: Theme, look: Path) -> None:
    """Finish a file that pandoc wrote, where there is something left to do."""
    if name == "docx":
        logo = look / _LOGO
        word.finish_word(path, document, theme=theme, logo=logo if logo.exists() else None)
    if name == "pptx":
        slides.finish_slides(path, document, theme=theme)


def _draw(picture: Path, png: Path, size: str) -> None:
    """Draw an SVG as PNG."""
    import typst  # late, as above

    code = picture.with_suffix(".picture.typ")
    page = '#set page(width: auto, height: auto, margin: 0pt)\n#set text(font: "Source Sans Pro")\n'
    code.write_text(f'{page}#image("{picture.name}"{size})', encoding="utf-8")
    typst.compile(
        code,
        output=png,
        root=picture.parent,
        format="png",
        ppi=220.0,
        font_paths=_fonts(),
        ignore_system_fonts=True,
    )
    code.unlink()


WRITERS: Final[Mapping[str, Callable[..., Path]]] = {
    "html": render_html,
    "pdf": render_pdf,
    "docx": render_docx,
    "pptx": render_pptx,
}
#: what pandoc writes for a format that is made of a page
PAGES: Final = {"html": "html", "pdf": "typst"}
_OFFICE: Final = {"docx": word, "pptx": slides}
_LOGO: Final = "logo.png"


@lru_cache(maxsize=1)
def _fonts() -> Any:
    import typst  # late, as above

    return typst.Fonts(include_system_fonts=False, font_paths=[str(font_folder())])


def _write_office(name: str, path: Path, *, theme: Theme, folder: Path) -> None:
    """Write a Word or PowerPoint file."""
    _write_settings(theme, folder)
    options = [
        f"--from={READER}",
        f"--to={name}",
        "--standalone",
        f"--lua-filter={LOOK}/filter.lua",
        f"--metadata-file={_SETTINGS}",
        "--syntax-highlighting=none",
        "--wrap=none",
        f"--output={path}",
        f"--reference-doc={LOOK}/{_OFFICE[name].REFERENCE}",
    ]
    _pandoc([*options, SOURCE], name, folder)


def _write_settings(theme: Theme, folder: Path) -> None:
    (folder / _SETTINGS).write_text(yaml.safe_dump(theme.page.as_settings()), encoding="utf-8")


def _pandoc(options: list[str], what: str, folder: Path) -> None:
    """Run pandoc in a report's folder; a warning is an error."""
    import pypandoc  # late: only rendering needs it

    done = _run([pypandoc.get_pandoc_path(), *options], folder)
    complaints = _complaints(done.stderr)
    if done.returncode or complaints:
        raise _failed(f"{what} (pandoc)", *(complaints or [f"exit status {done.returncode}"]))


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command, cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise _failed("pandoc", f"not done after {_SECONDS} seconds") from error


def _complaints(stderr: str) -> list[str]:
    """Return what the filter refused by name, or all that pandoc said."""
    refused = re.findall(r"REFUSED (.*)", stderr)
    return refused or [line for line in stderr.splitlines() if line.strip()]


def _failed(what: str, *said: str) -> ReportError:
    cure = "See report.md in the run's folder."
    return ReportError(Problem(what, "; ".join(said) or "failed", cure=cure))
