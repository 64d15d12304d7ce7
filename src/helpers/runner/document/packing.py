"""A pack: published editions put into a document as they were, below one another, with one contents for all."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from helpers.bundle import Bundle
from helpers.hashes import hash_bytes
from helpers.phrases import in_words
from helpers.runner.document.making import Document, front, parted
from helpers.runner.document.prose import clean
from helpers.theme.markdown import escape_markdown

#: what a run keeps of each report, so that a pack can hold it as it was published
KEPT: Final = "document.json"
#: pictures that say that a figure needs attention
_ATTENTION: Final = frozenset({"concern_high", "concern_low", "consistent_fail"})
_PICTURES: Final = frozenset({"icon", "spark"})
_NAMED: Final = 5  # figures that the list of exceptions names of one report
#: sections on how a report was made, which a pack can show together at its end
_BACK: Final = ("sec-method", "sec-glossary", "sec-about")
#: a section on the organisation, not on one report: the pack's own is newer
_NEWER: Final = "decided"
_SYNTHETIC: Final = re.compile(r"(?m)^::: \{\.synthetic\}\n.*?\n:::\n", re.DOTALL)
_TERM: Final = re.compile(r"(?m)^(\S.*)\n:   (.+)$")
#: where a label is declared, referred to or drawn from, and the label
_LABEL: Final = re.compile(
    r"(figures/|(?<=[{(\s])#|(?<![\w.])-?@|\"|=)((?:[Ff]ig|[Tt]bl|[Ss]ec|[Ee]q)-[A-Za-z0-9][A-Za-z0-9_-]*)"
)


@dataclass(frozen=True)
class PackedDocument:
    """A document as it is kept for packs."""

    markdown: str
    figures: Mapping[str, str] = field(default_factory=dict)
    attention: tuple[str, ...] = ()  # the figures that it marks as needing attention


@dataclass(frozen=True)
class Edition:
    """A published report within a pack."""

    title: str
    period: str  # in words
    report: str  # ``notebook/name``
    headline: str
    published: str  # the day, in words
    digest: str  # the hash of its files
    withdrawn: str = ""  # why it was withdrawn, where it was
    kept: PackedDocument | None = None  # None where it was withdrawn
    number: int = 0  # of its place in the pack
    body: str = ""  # as it stands in the pack
    back: Mapping[str, str] = field(default_factory=dict)  # what of it stands at the pack's end, by label

    @property
    def marked(self) -> tuple[str, ...]:
        """The figures that it marks as needing attention."""
        return self.kept.attention if self.kept else ()

    @property
    def anchor(self) -> str:
        """The label of its section."""
        return f"#sec-edition-{self.number}"


def keep(document: Document, folder: Path) -> str:
    """Keep a document in its report's private folder, and return its hash."""
    figures = {name: svg.decode() for name, svg in document.figures.items()}
    told = {"markdown": document.markdown, "figures": figures, "attention": _attention(document.bundles)}
    content = json.dumps(told).encode()
    (folder / KEPT).write_bytes(content)
    return hash_bytes(content)


def read_kept(path: Path, sha256: str) -> PackedDocument | None:
    """Return a document that was kept; None where it is gone or is not the one with that hash."""
    content = path.read_bytes() if path.is_file() else b""
    if not content or hash_bytes(content) != sha256:
        return None
    told = json.loads(content)
    return PackedDocument(told["markdown"], told["figures"], tuple(told["attention"]))


def asked_for(document: Document) -> list[str]:
    """Return the names of the reports that a document holds, in order."""
    rows = [row for bundle in document.bundles if bundle.kind == "editions" for row in bundle.rows]
    return list(dict.fromkeys(str(name) for (name,) in rows))


def put_in(document: Document, editions: Mapping[str, Edition]) -> Document:
    """Return a document with editions at their places.

    `editions`: by the names that it gives them.
    """
    settings, text = parted(document.markdown)
    settings = {"toc": True, "toc-depth": 2, **settings}
    apart = any(each.id == "methods" for each in document.bundles if each.kind == "editions")
    newer = f"{{#sec-{_NEWER}" in text
    placed = {
        name: _placed(each, number, apart=apart, newer=newer, invented=document.facts.synthetic)
        for number, (name, each) in enumerate(editions.items(), start=1)
    }
    for bundle in document.bundles:
        if bundle.kind == "editions":
            chosen = [placed[str(cell)] for (cell,) in bundle.rows]
            text = text.replace(clean(bundle.markdown), _write(bundle.id, chosen) if chosen else "", 1)
    figures = {
        f"{name}-e{each.number}": svg.encode()
        for each in placed.values()
        for name, svg in (each.kept.figures if each.kept else {}).items()
    }
    if re.search(r"(?<![\w.])-?@[Ss]ec-", text):
        settings["number-sections"] = True  # a section is referred to by its number
    facts = document.facts.model_copy(update={"headline": _plain_headline([*editions.values()])})
    figures = {**document.figures, **figures}
    return replace(document, markdown=front(settings) + text, figures=figures, facts=facts)


def _placed(edition: Edition, number: int, *, apart: bool, newer: bool, invented: bool) -> Edition:
    """Return an edition with labels of its own, without what the pack says once.

    That is: that data are invented, how it was made (`apart`), what was decided (`newer`).
    """
    if edition.kept is None:
        return replace(edition, number=number)
    body = _LABEL.sub(rf"\1\2-e{number}", parted(edition.kept.markdown)[1])
    body = _SYNTHETIC.sub("", body, count=1) if invented else body
    if newer:  # what refers to it refers to the pack's own
        body = re.sub(rf"(@(?:[Ss]ec|[Tt]bl)-{_NEWER})-e{number}\b", r"\1", body)
    back = {}
    for label in (*(_BACK if apart else ()), *([f"sec-{_NEWER}"] if newer else ())):
        found = re.search(rf"(?ms)^## [^\n]*\{{#{label}-e{number}\b[^\n]*\n(.*?)(?=^## |\Z)", body)
        if found:
            back[label] = found[1].strip()
            body = body.replace(found[0], "")
    return replace(edition, number=number, body=body, back=back)


def _attention(bundles: Sequence[Bundle]) -> list[str]:
    """Return what the rows are about that bear a picture of concern in the tables of a document, each once."""
    found: dict[str, None] = {}
    for bundle in bundles:
        icons = [n for n, each in enumerate(bundle.columns) if each.kind == "icon"]
        head = next((n for n, each in enumerate(bundle.columns) if each.kind not in _PICTURES), 0)
        for row in bundle.rows if bundle.kind == "table" and icons else ():
            if any(_ATTENTION & set(str(row[n]).split("\n")) for n in icons):
                found[str(row[head]).split("\n")[0]] = None
    return list(found)


def _by_attention(editions: Sequence[Edition]) -> list[Edition]:
    """Return editions with what needs most attention first; those that are alike in the order of the agenda."""
    return sorted(editions, key=lambda each: -len(each.marked))


def _plain_headline(editions: Sequence[Edition]) -> str:
    marked = [each for each in _by_attention(editions) if each.marked]
    count = f"{in_words(len(editions))} report{'s' * (len(editions) != 1)}"
    if not marked:
        return f"{count.capitalize()}; none marks a figure that needs attention."
    first = f"First, {marked[0].title}: {marked[0].headline}"
    marks = "marks" if len(marked) == 1 else "mark"
    return f"{in_words(len(marked)).capitalize()} of {count} {marks} figures that need attention. {first}"


def _exception(edition: Edition) -> str:
    marked = edition.marked
    more = f" and {in_words(len(marked) - _NAMED)} more" if len(marked) > _NAMED else ""
    said = f" Marked: {'; '.join(marked[:_NAMED])}{more}." if marked else ""
    first = edition.headline or "It says nothing first."
    first = f"It was withdrawn: {edition.withdrawn}" if edition.withdrawn else first
    return f"* **[{escape_markdown(edition.title)}]({edition.anchor}):** {escape_markdown(first + said)}"


def _section(edition: Edition) -> str:
    """Return one edition; the filter sets its headings one level lower, and begins a page with it."""
    about = f"{edition.period}. Published on {edition.published}, edition {edition.digest[:12]}."
    text = edition.body or f"**This report was withdrawn.** {escape_markdown(edition.withdrawn)}"
    title = f"# {escape_markdown(edition.title)} {{{edition.anchor}}}"
    return (
        f"::::: {{.edition}}\n{title}\n\n::: {{.notes}}\n{escape_markdown(about)}\n:::\n\n{text}\n\n:::::"
    )


def _table(editions: Sequence[Edition]) -> str:
    rows = (
        f"| {escape_markdown(each.title)} | {escape_markdown(each.period)} | {each.published} | `{each.digest[:16]}` |"
        for each in editions
    )
    head = (
        "| Report | Period | Published | Edition |",
        "|:------------|:--------------------|:--------|:----------|",
    )
    caption = ": Which editions these are, by the hash of their files. {#tbl-editions}"
    return "\n".join((*head, *rows, "", caption))


def _methods(editions: Sequence[Edition]) -> str:
    """Return methods and terms of each edition, and once for all what is said of how they were made."""
    parts: list[str] = []
    told: dict[str, dict[str, list[str]]] = {}
    for each in editions:
        title = escape_markdown(each.title)
        for label, more in (("sec-method", ""), ("sec-glossary", ": terms used")):
            if label in each.back:
                parts.append(f"### {title}{more} {{#{label}-e{each.number}}}\n\n{each.back[label]}")
        for term, words in _TERM.findall(each.back.get("sec-about", "")):
            told.setdefault(term, {}).setdefault(words, []).append(title)
    every = sum("sec-about" in each.back for each in editions)
    made = [
        f"{term}\n:   "
        + "\\\n    ".join(
            words if len(titles) == every else f"{', '.join(titles)}: {words}"
            for words, titles in said.items()
        )
        for term, said in told.items()
    ]
    return "\n\n".join([*parts, *(["### Data and making", *made] if made else [])])


def _write(what: str, editions: Sequence[Edition]) -> str:
    """Return what stands at one place of a pack."""
    match what:
        case "headline":
            return f"::: {{.headline}}\n{escape_markdown(_plain_headline(editions))}\n:::"
        case "agenda":
            return "\n".join(
                f"{place}. [{escape_markdown(each.title)}]({each.anchor}), {escape_markdown(each.period)}"
                for place, each in enumerate(editions, 1)
            )
        case "exceptions":
            return "\n\n".join(map(_exception, _by_attention(editions)))
        case "editions":
            return _table(editions)
        case "methods":
            return _methods(editions)
    return "\n\n".join(map(_section, editions))  # sections, appendices
