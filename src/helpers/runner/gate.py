"""The gate: what a report must show before it is rendered, and what its files must be before they leave.

All that is wrong is told at once. That each cell ran, that figures have pictures and alt texts and that
nothing loose was printed is checked where the document is made (`helpers.runner.document.making.find_problems`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

from helpers.bundle import Bundle
from helpers.errors import GateError, Problem
from helpers.runner.document.making import Document
from helpers.runner.plan.jobs import Job
from helpers.runner.project import Project, TextCheck
from helpers.runner.render.offline import find_remote

#: bytes below which a file cannot be a report: an empty page with its style sheet is larger
SMALLEST: Final = {"html": 1024, "pdf": 2048}
#: letters beyond which a name, caption or paragraph is none; a renderer takes minutes over a megabyte
LONGEST: Final = 20_000
_CONTENT: Final = {"headline", "text", "panels", "figure", "table"}
_PDF_START, _PDF_END = b"%PDF-", b"%%EOF"


def check_document(document: Document, job: Job, project: Project, *, notebook: Path | None = None) -> None:
    """Check everything that a notebook handed over, before it is rendered.

    Parameters
    ----------
    document, job, project
        What is to be rendered, for which report.
    notebook
        The executed notebook, which may hold more than the document shows.

    Raises
    ------
    GateError
        If the report is not about its own organisation, is empty, shows what disclosure control forbids,
        or names a person.
    """
    problems = [*_organisation_problems(document, job), *_emptiness_problems(document.bundles)]
    problems += _length_problems(document.bundles)
    for check in project.bundle_checks:
        problems += check(document.bundles)
    for text_check in project.text_checks:
        problems += text_check(document.markdown, "document")
        for figure_id, svg in document.figures.items():
            problems += text_check(svg.decode(), figure_id)
        for bundle in (each for each in document.bundles if each.kind == "file"):
            problems += text_check("\n".join(_strings(bundle.model_dump())), bundle.id)
    if notebook is not None:
        problems += [problem for file_check in project.file_checks for problem in file_check(notebook)]
    if problems and (standing := project.allow(job.title, problems)):
        raise GateError(standing)


def check_published(files: Mapping[str, Path], job: Job, project: Project) -> None:
    """Check the rendered files for what must not leave, whatever their kind.

    Raises
    ------
    GateError
        If a file holds what the project's checks find.
    """
    problems = [
        problem for path in files.values() for check in project.file_checks for problem in check(path)
    ]
    if problems and (standing := project.allow(job.title, problems)):
        raise GateError(standing)


def check_files(files: Mapping[str, Path], document: Document, checks: tuple[TextCheck, ...]) -> None:
    """Check the rendered files before they are published.

    Raises
    ------
    GateError
        If a file is missing or empty, does not name the report and its organisation, lacks a figure or
        table, would load something from elsewhere, or names a person.
    """
    problems: list[Problem] = []
    for name, path in files.items():
        if not path.is_file() or path.stat().st_size < SMALLEST.get(name, 1):
            problems.append(Problem(name, "the file is missing or empty", "a rendered report"))
        elif checker := _CHECKERS.get(name):
            problems += checker(path, document, checks)
    if problems:
        raise GateError(problems)


def _organisation_problems(document: Document, job: Job) -> Iterator[Problem]:
    own, asked = document.facts.organisation_code, job.organisations
    if asked and own not in asked:
        cure = "open the report for the organisation of its parameters"
        yield Problem("organisation", f"the report is about {own}", " or ".join(asked), cure)


def _emptiness_problems(bundles: tuple[Bundle, ...]) -> Iterator[Problem]:
    shown = [each for each in bundles if each.kind in _CONTENT]
    if not shown:
        yield Problem("content", "nothing is shown", "a headline, a figure or a table at least")
    for each in shown:
        panels = any(panel.title or panel.icon for panel in each.panels)
        empty = not each.rows if each.kind == "table" else not (each.prose.strip() or panels)
        if each.kind in {"headline", "text", "panels", "table"} and empty:
            yield Problem(each.id, f"the {each.kind} is empty", cure="leave it out, or say why it is empty")


def _length_problems(bundles: tuple[Bundle, ...]) -> Iterator[Problem]:
    for each in bundles:
        longest = max(map(len, _strings(each.model_dump())))
        if longest > LONGEST:
            cure = "shorten it where it comes from"
            yield Problem(each.id, f"a text of {longest:,} letters", f"at most {LONGEST:,}", cure)


def _strings(value: object) -> Iterator[str]:
    """Yield every text within nested mappings and sequences."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part)


class _Page(HTMLParser):
    """Collects what a reader gets from a page: its text, its labels, its pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.ids: set[str] = set()
        self.pictures = 0
        self._silent = 0  # depth of style and script

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids.add(given.get("id") or "")
        self._silent += tag in {"style", "script"}
        self.pictures += tag in {"img", "svg"}
        self.words += [given.get(name) or "" for name in ("alt", "aria-label", "title")]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in {"style", "script"}

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)

    @property
    def text(self) -> str:
        """All words of the page, evenly spaced."""
        return squeeze(" ".join(self.words))


def squeeze(text: str) -> str:
    """Return a text with every run of white space as one space.

    >>> squeeze("Length\\n of  stay ")
    'Length of stay'
    """
    return re.sub(r"\s+", " ", text).strip()


#: what pandoc prints for what people type
_TYPED = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "--", "—": "---", "…": "..."})


def _typed(text: str) -> str:
    """Return words as they are typed, so that St George's and St George’s are the same.

    >>> _typed("St George’s – North")
    "St George's -- North"
    """
    return squeeze(text).translate(_TYPED)


def _check_html(path: Path, document: Document, checks: tuple[TextCheck, ...]) -> Iterator[Problem]:
    source = path.read_text("utf-8")
    page = _Page()
    page.feed(source)
    page.close()
    for what in (document.facts.title, document.facts.organisation_name, *filter(None, [document.mark])):
        if _typed(what) not in _typed(page.text):
            yield Problem("html", f"“{what}” is not on the page", cure="look at the renderer's log")
    for bundle in document.bundles:
        if bundle.kind in {"figure", "table"} and bundle.id not in page.ids:
            yield Problem("html", f"the {bundle.kind} {bundle.id} is not on the page")
    if page.pictures < len(document.figures):
        yield Problem(
            "html", f"{page.pictures} pictures are on the page", f"{len(document.figures)} or more"
        )
    for thing in find_remote(source):
        yield Problem("html", f"the page would load {thing}", "nothing from elsewhere")
    for check in checks:
        yield from check(source, "html")


def _check_pdf(path: Path, _document: Document, _checks: tuple[TextCheck, ...]) -> Iterator[Problem]:
    """Check that a PDF is whole; its words are those of the document, which has been checked."""
    content = path.read_bytes()
    if not content.startswith(_PDF_START) or _PDF_END not in content[-1024:]:
        yield Problem("pdf", "the file is not a whole PDF", cure="run the report again")


_Checker = Callable[[Path, Document, tuple[TextCheck, ...]], Iterator[Problem]]
_CHECKERS: Final[Mapping[str, _Checker]] = {"html": _check_html, "pdf": _check_pdf}
