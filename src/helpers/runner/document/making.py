"""An executed notebook as one Markdown document with its figures: what every renderer gets.

The document holds only Markdown that pandoc and Quarto understand alike; code is left out, and all words
that come from data are escaped. Nothing is read or written here: the same notebook gives the same document.
"""

from __future__ import annotations

import math
import re
import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

import nbformat
import yaml

from helpers.bundle import Bundle, Panel, ReportFacts
from helpers.errors import GateError, Problem, raise_all
from helpers.runner.document.outputs.pieces import Prose, ShownOutput, in_order
from helpers.runner.document.prose import (
    check_levels,
    check_prose,
    check_references,
    check_titles,
    clean,
    labels,
    without_title,
)
from helpers.runner.document.reading import NotebookContent, read_notebook
from helpers.runner.document.writing import (
    data_as_at,
    of_content,
    show_date,
    show_file,
    show_path,
    sparks_of,
    write_about,
    write_figure,
    write_html_table,
    write_panels,
    write_table,
)
from helpers.runner.project import Whence
from helpers.theme.markdown import escape_markdown, plain_words

_PREFIX: Final = {"figure": "fig", "table": "tbl", "heading": "sec"}
_LABEL: Final = r"{prefix}-[A-Za-z0-9][A-Za-z0-9_-]*"
_ABOUT: Final = "sec-about"
#: what an author writes at the top of a cell for what its output lacks; `kind` begins the name of Quarto's option
_OPTIONS: Final = {"a caption": '`#| {kind}-cap: "…"`', "an alt text": '`#| {kind}-alt: "…"`'}
_WHY_ALT: Final = " (what those hear who do not see the picture)"
#: letters of a headline that stand for a report in a list
MOST_OF_HEADLINE: Final = 240
_UNMARKED: Final = "a file beside a report that is not for publication, which cannot say so of itself"
_SYNTHETIC: Final = (
    "**Synthetic data.** Organisations, patients and numbers are invented: this is about no real trust."
)


@dataclass(frozen=True)
class Provenance:
    """How a report was made, for its last section."""

    run_id: str
    notebook: str
    code_version: str  # version of the code, as a reader can look it up
    parameters: Mapping[str, object] = field(default_factory=dict)  # the parameters of the run, in order
    suppression: str = ""  # one sentence on how small numbers were protected; empty where nothing had to be
    #: the own files of data that it read, and where they come from; None where nothing says it
    files: Mapping[str, Whence | None] = field(default_factory=dict)
    code: tuple[str, ...] = ()  # the own modules and other code that it read
    mark: str = ""  # what every page must bear: that it is not for publication; empty where it is
    name: str = ""  # with which the names of its files begin; empty where nothing lies beside it
    made_up: str = ""  # of a report that was made later than its month, a sentence that says so


def made_up_words(month: str, known: str, today: date) -> str:
    """Return what a report says that was made later than its month; nothing for one that was not.

    >>> made_up_words("2025-10", "", date(2026, 11, 29))
    'Made on 29 November 2026 for October 2025, with the figures as known now.'
    >>> made_up_words("2025-10", "2025-11-30", date(2026, 11, 29))
    'Made on 29 November 2026 for October 2025, with the figures as they were known on 30 November 2025.'
    """
    if not month:
        return ""
    figures = f"as they were known on {show_date(known)}" if known else "as known now"
    named = f"{date.fromisoformat(f'{month}-01'):%B %Y}"
    return f"Made on {show_date(today.isoformat())} for {named}, with the figures {figures}."


@dataclass(frozen=True)
class Document:
    """One report, ready to be rendered."""

    markdown: str  # the whole text, with YAML front matter; pictures as `figures/<id>.svg`
    figures: Mapping[str, bytes]  # SVG of each figure by its id
    facts: ReportFacts
    bundles: tuple[Bundle, ...]  # everything that the notebook handed over, in order
    warnings: tuple[str, ...] = ()  # what of its outputs is left out
    mark: str = ""  # what every page bears, in each format
    #: what lies beside the report, by the name that it ends in
    files: Mapping[str, bytes] = field(default_factory=dict)


def front(settings: Mapping[str, Any]) -> str:
    """Return settings as the YAML at the top of a document."""
    return f"---\n{yaml.safe_dump(dict(settings), allow_unicode=True, sort_keys=False, width=1000)}---\n"


def parted(markdown: str) -> tuple[dict[str, Any], str]:
    """Return the settings at the top of a document, and all that stands below them."""
    _, settings, body = markdown.split("---\n", 2)
    return yaml.safe_load(settings), body


def make_document(notebook: nbformat.NotebookNode, *, provenance: Provenance) -> Document:
    """Turn an executed notebook into a document; a `GateError` names everything that `find_problems` finds."""
    reading = _with_a_chart_on_slides(read_notebook(notebook))
    problems = _all_problems(reading, provenance.files)
    delivered = [shown for shown in reading.shown if shown.file]
    if provenance.mark:
        problems += [Problem(each.where, _UNMARKED, cure="Show it as a table.") for each in delivered]
    raise_all(problems, GateError)
    bundles = tuple(shown.bundle for shown in reading.shown)
    facts = _facts(bundles)
    parts = [
        _front_matter(reading, facts, bundles, provenance.mark),
        f"::: {{.synthetic}}\n{_SYNTHETIC}\n:::" if facts.synthetic else "",
        f"::: {{.notes}}\n{provenance.made_up}\n:::" if provenance.made_up else "",
        *(
            clean(without_title(piece.text)) if isinstance(piece, Prose) else _write(piece, provenance.name)
            for piece in reading.pieces
        ),
        _about(bundles, facts, provenance),
    ]
    return Document(
        markdown="\n\n".join(part for part in parts if part) + "\n",
        figures={shown.bundle.id: shown.svg for shown in reading.shown if shown.svg is not None}
        | sparks_of(bundles),
        facts=facts,
        bundles=bundles,
        warnings=reading.warnings,
        mark=provenance.mark,
        files={shown.bundle.id: shown.file for shown in delivered},
    )


def find_problems(notebook: nbformat.NotebookNode) -> list[Problem]:
    """Find everything for which the gate refuses a notebook, each with its cell's number.

    Cells are counted from 1 as the analyst sees them, without those that papermill added.
    """
    return _all_problems(read_notebook(notebook), {})


def _all_problems(reading: NotebookContent, files: Mapping[str, Whence | None]) -> list[Problem]:
    found = [
        *reading.problems,
        *_check_report(reading),
        *_check_ids(reading),
        *_check_shown(reading),
        *_check_text(reading),
        *_check_own(reading, files),
    ]
    return in_order(found)


def _check_report(reading: NotebookContent) -> Iterator[Problem]:
    count = sum(shown.bundle.report is not None for shown in reading.shown)
    if count != 1:
        came = "no report is opened" if count == 0 else f"{count} reports are opened"
        cure = "Let the set-up cell end with the object that open_report returns."
        yield Problem("notebook", came, allowed="one", cure=cure)


def _check_ids(reading: NotebookContent) -> Iterator[Problem]:
    """Labels are well formed and unique, upper and lower case apart: they become file names."""
    places = [(_ABOUT, "the report's last section")]
    for piece in reading.pieces:
        if isinstance(piece, Prose):
            places += [(label, piece.where) for label in labels(piece.text)]
        elif piece.file:
            places.append((piece.bundle.id, piece.where))
        elif piece.bundle.kind in _PREFIX:
            places.append((piece.bundle.id, piece.where))
            prefix = _PREFIX[piece.bundle.kind]
            if not re.fullmatch(_LABEL.format(prefix=prefix), piece.bundle.id):
                allowed = f"{prefix}-, then letters without accents, digits, - and _"
                yield Problem(piece.where, f"the id {piece.bundle.id!r}", allowed, "Name it so.")
    counts = Counter(label.casefold() for label, _ in places)
    for key, count in counts.items():
        if count > 1:
            where = ", ".join(place for label, place in places if label.casefold() == key)
            yield Problem(where, f"the id {key} {count} times", allowed="once", cure="Rename one.")


def _check_shown(reading: NotebookContent) -> Iterator[Problem]:
    for shown in reading.shown:
        bundle, where = shown.bundle, f"{shown.where}, {shown.bundle.id}"
        needed = {
            "a picture (image/svg+xml)": bundle.kind != "figure" or shown.svg is not None,
            "a caption": bundle.kind not in _PREFIX or bool(bundle.caption.strip()),
            "an alt text": bundle.kind != "figure" or bool(bundle.alt.strip()),
            "columns": bundle.kind != "table" or bool(bundle.columns),
        }
        if lacking := [thing for thing, is_there in needed.items() if not is_there]:
            yield _lack(shown, lacking)
        for number, row in enumerate(bundle.rows, start=1):
            if len(row) != len(bundle.columns):
                allowed = f"{len(bundle.columns)}, one per column"
                yield Problem(f"{where}, row {number}", f"{len(row)} cells", allowed)
            if any(isinstance(cell, float) and not math.isfinite(cell) for cell in row):
                yield Problem(f"{where}, row {number}", "nan or infinity", "a number, words, * or none")


def _lack(shown: ShownOutput, things: list[str]) -> Problem:
    """Return all that one figure or table lacks, with what its author puts at the top of the cell."""
    bundle = shown.bundle
    came = f"a {bundle.kind} without {' and '.join(things)}"
    if not bundle.own:
        return Problem(f"{shown.where}, {bundle.id}", came, cure="The helper must give it.")
    options = " and ".join(_OPTIONS[thing].format(kind=_PREFIX[bundle.kind]) for thing in things)
    why = _WHY_ALT if "an alt text" in things else ""
    cure = f"Put {options}{why} at the top of the cell, or `#| output: false` where it is not for readers."
    return Problem(shown.where, came, cure=cure)


def _check_own(reading: NotebookContent, files: Mapping[str, Whence | None]) -> Iterator[Problem]:
    """Refuse an author's own content where the kernel holds patient records: nothing has put it under control.

    What comes from the records room may be shown however an author likes; `files` are the own files that were read.
    """
    held = [each for each in reading.shown if not each.bundle.in_room and _is_of_records(each.bundle)]
    records = [name for name, known in files.items() if known and known.origin == "records"]
    reasons: list[tuple[str, str]] = []
    if held:
        read = f"{held[0].where}, {held[0].bundle.id}"
        cure = "Show it in a notebook that reads published tables alone, or leave it out."
        reasons.append((read, cure))
    if records:
        cure = "Load the file (`boardpack data load`) and use what protects small numbers, or leave it out."
        reasons.append((", ".join(records), cure))
    for shown in reading.shown:
        for read, cure in reasons if shown.bundle.own else ():
            said = f"own content where patient records have been read ({read})"
            yield Problem(f"{shown.where}, {shown.bundle.id}", said, cure=cure)


def _is_of_records(bundle: Bundle) -> bool:
    shown = bundle.report is None  # what a report is about shows no figures
    return shown and "records" in (bundle.origin, *(source.origin for source in bundle.sources))


def _check_text(reading: NotebookContent) -> Iterator[Problem]:
    texts = [
        (
            piece.where,
            piece.text if isinstance(piece, Prose) else f"{piece.bundle.prose}\n\n{piece.caption}".strip(),
        )
        for piece in reading.pieces
    ]
    known = frozenset(
        [_ABOUT]
        + [
            label
            for _, text in texts
            for label in labels(text)
            if label.startswith(("sec-", "tbl-", "eq-"))
        ]
        + [shown.bundle.id for shown in reading.shown if shown.bundle.kind in _PREFIX]
    )
    for where, text in texts:
        yield from check_prose(where, text)
        yield from check_references(where, text, known)
    yield from check_titles(texts)
    yield from check_levels((piece.where, _headed(piece)) for piece in reading.pieces)


def _headed(piece: Prose | ShownOutput) -> str:
    """Return the Markdown of a piece with the heading that it may be."""
    if isinstance(piece, Prose):
        return piece.text
    heading = piece.bundle.kind == "heading"
    return f"{'#' * piece.bundle.level} {piece.bundle.caption}" if heading else piece.bundle.prose


def _facts(bundles: tuple[Bundle, ...]) -> ReportFacts:
    """Return what the report is about; invented data that any object of it reads make it a synthetic one."""
    facts = next(bundle.report for bundle in bundles if bundle.report is not None)
    invented = any(source.synthetic for bundle in bundles for source in bundle.sources)
    first = next((bundle for bundle in bundles if bundle.kind == "headline"), None)
    said = first.markdown.split("\n\n")[0] if first else ""
    told = {
        "synthetic": facts.synthetic or invented,
        "headline": _shortened(plain_words(said)),
        "good_until": first.good_until if first else "",
    }
    return facts.model_copy(update=told)


def _shortened(said: str) -> str:
    """Return words that stand for a report in a list, cut between two parts of a sentence where there are any.

    >>> _shortened("Late: " + ", ".join(["a measure (Chief operating officer)"] * 9))[-19:]
    'operating officer)…'
    """
    cut = textwrap.shorten(said, MOST_OF_HEADLINE, placeholder="…")
    between = max(cut.rfind(mark) for mark in (", ", "; ", ". "))
    if len(cut) == len(" ".join(said.split())) or between < MOST_OF_HEADLINE / 2:
        return cut
    return f"{cut[:between]}…"


def _front_matter(
    reading: NotebookContent, facts: ReportFacts, bundles: tuple[Bundle, ...], mark: str
) -> str:
    """Return the YAML at the top; pandoc reads its values as Markdown, so they are escaped."""
    organisation = f"{facts.organisation_name} ({facts.organisation_code})"
    settings = {
        "title": escape_markdown(facts.title),
        "subtitle": escape_markdown(f"{organisation} · {facts.period_label}"),
        "facts": {
            "organisation": escape_markdown(organisation),
            "period": escape_markdown(facts.period_label),
            "as-at": escape_markdown(data_as_at(of_content(bundles))),
            "synthetic": facts.synthetic,
            "slide": _table_on_slide(bundles),
            **({"mark": escape_markdown(mark)} if mark else {}),
        },
        **reading.front_matter,  # what it does not say, `_quarto.yml` does
    }
    return front(settings).rstrip()


def _table_on_slide(bundles: tuple[Bundle, ...]) -> str:
    """Return the id of the table that PowerPoint shows: the first that says so, else the first."""
    tables = [bundle for bundle in bundles if bundle.kind == "table"]
    chosen = [bundle.id for bundle in (*(each for each in tables if each.on_slide), *tables)]
    return chosen[0] if chosen else ""


def _with_a_chart_on_slides(reading: NotebookContent) -> NotebookContent:
    """Give the first figure a slide with its caption, where no figure has words for one."""
    figures = [shown for shown in reading.shown if shown.bundle.kind == "figure"]
    if not figures or any(shown.bundle.panels for shown in figures):
        return reading
    first = figures[0]
    words = Panel(markdown=clean(first.caption) or escape_markdown(first.bundle.caption))
    marked = replace(first, bundle=first.bundle.model_copy(update={"panels": (words,)}))
    pieces = tuple(marked if piece is first else piece for piece in reading.pieces)
    return replace(reading, pieces=pieces)


def _write(shown: ShownOutput, name: str) -> str:
    bundle = shown.bundle
    if bundle.kind == "figure":
        return write_figure(bundle, shown.svg or b"", caption=shown.caption)
    if shown.table is not None:
        return write_html_table(bundle, shown.table, caption=shown.caption)
    if bundle.kind == "table":
        return write_table(bundle)
    if bundle.kind == "heading":
        return f"{'#' * bundle.level} {escape_markdown(bundle.caption)} {{#{bundle.id}}}"
    if bundle.kind == "file":
        words = escape_markdown(bundle.id)
        linked = f"[{words}]({name}.{bundle.id}){{.beside}}" if name else words
        return f"The file {linked} lies beside this report." if shown.file else ""
    if bundle.kind == "panels":
        return write_panels(bundle)
    words = clean(without_title(bundle.markdown) if bundle.own else bundle.markdown)
    return f"::: {{.headline}}\n{words}\n:::" if bundle.kind == "headline" else words


def _about(bundles: tuple[Bundle, ...], facts: ReportFacts, provenance: Provenance) -> str:
    hidden = sum(bundle.suppressed for bundle in bundles)
    lines = {
        "Small numbers": provenance.suppression if any(map(_is_of_records, bundles)) else "",
        "Values hidden": f"{hidden}" if hidden else "",
        "Data": "Synthetic data, invented for this report" if facts.synthetic else "",
        "Own files": "; ".join(show_file(*each) for each in provenance.files.items()),
        "Notebook": provenance.notebook,
        "Own code": ", ".join(show_path(each) for each in provenance.code),
        "Code": provenance.code_version,
        "Run": provenance.run_id,
        "Past month": provenance.made_up,
    }
    return write_about(bundles, lines, provenance.parameters)
