"""The gate: what a report must show before it is rendered, and what its files must be before they leave.

All that is wrong is told at once. That each cell ran, that figures have pictures and alt texts and that
nothing loose was printed is checked where the document is made (`helpers.runner.document.making.find_problems`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from helpers.bundle import Bundle
from helpers.errors import GateError, Problem, raise_all
from helpers.runner.document.making import Document
from helpers.runner.plan.jobs import Job
from helpers.runner.project import Project, TextCheck
from helpers.runner.render.offline import parse_page, remote_in

#: bytes below which a file cannot be a report: an empty page with its style sheet is larger
SMALLEST: Final = {"html": 1024, "pdf": 2048}
#: letters beyond which a name, caption or paragraph is none; a renderer takes minutes over a megabyte
LONGEST: Final = 20_000
_CONTENT: Final = {"editions", "headline", "text", "panels", "figure", "table"}
_PDF_START, _PDF_END = b"%PDF-", b"%%EOF"


def check_document(document: Document, job: Job, project: Project, *, notebook: Path | None = None) -> None:
    """Check everything that a notebook handed over, before it is rendered.

    `notebook`: the executed notebook, which may hold more than the document shows. Raises `GateError` if the report
    is not about its own organisation, is empty, shows what disclosure control forbids, or names a person.
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
    project.refuse(job.title, [*problems, *(project.wrong_in(notebook) if notebook else ())])


def check_files(files: Mapping[str, Path], document: Document, checks: tuple[TextCheck, ...]) -> None:
    """Check the rendered files before they are published.

    Raises `GateError` if a file is missing or empty, does not name the report and its organisation, lacks a figure or
    table, would load something from elsewhere, or names a person.
    """
    problems: list[Problem] = []
    for name, path in files.items():
        if not path.is_file() or path.stat().st_size < SMALLEST.get(name, 1):
            problems.append(Problem(name, "the file is missing or empty", "a rendered report"))
        elif checker := _CHECKERS.get(name):
            problems += checker(path, document, checks)
    raise_all(problems, GateError)


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


#: what pandoc prints for what people type
_TYPED = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "--", "—": "---", "…": "..."})


def _typed(text: str) -> str:
    """Return words as they are typed, evenly spaced, so that St George's and St George’s are the same.

    >>> _typed("St George’s – North")
    "St George's -- North"
    """
    return " ".join(text.split()).translate(_TYPED)


def _check_html(path: Path, document: Document, checks: tuple[TextCheck, ...]) -> Iterator[Problem]:
    source = path.read_text("utf-8")
    page = parse_page(source)
    texts = "//text()[not(parent::style or parent::script)] | //@alt | //@aria-label | //@title"
    words = page.xpath(texts, smart_strings=False)
    said = _typed(" ".join(words))
    for what in (document.facts.title, document.facts.organisation_name, *filter(None, [document.mark])):
        if _typed(what) not in said:
            yield Problem("html", f"“{what}” is not on the page", cure="look at the renderer's log")
    ids = {*page.xpath("//@id")}
    for bundle in document.bundles:
        if bundle.kind in {"figure", "table"} and bundle.id not in ids:
            yield Problem("html", f"the {bundle.kind} {bundle.id} is not on the page")
    pictures = int(page.xpath("count(//img | //svg)"))
    if pictures < len(document.figures):
        yield Problem("html", f"{pictures} pictures are on the page", f"{len(document.figures)} or more")
    for thing in remote_in(page):
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
