"""A pack: published editions put into a document as they were, below one another, with one contents for all."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import yaml

from helpers.bundle import Bundle
from helpers.runner.document.making import Document
from helpers.runner.document.prose import clean
from helpers.runner.hashes import hash_bytes
from helpers.theme.markdown import escape_markdown

#: what a run keeps of each report, so that a pack can hold it as it was published
KEPT: Final = "document.json"
#: pictures that say that a figure needs attention
_ATTENTION: Final = frozenset({"concern_high", "concern_low", "consistent_fail"})
_PICTURES: Final = frozenset({"icon", "spark"})
_NAMED: Final = 5  # figures that the list of exceptions names of one report
#: where a label is declared, referred to or drawn from, and the label
_LABEL: Final = re.compile(
    r"(figures/|(?<=[{(\s])#|(?<![\w.])-?@|\"|=)((?:[Ff]ig|[Tt]bl|[Ss]ec|[Ee]q)-[A-Za-z0-9][A-Za-z0-9_-]*)"
)


@dataclass(frozen=True)
class Kept:
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
    kept: Kept | None = None  # None where it was withdrawn


def keep(document: Document, folder: Path) -> str:
    """Keep a document in its report's private folder, and return its hash."""
    figures = {name: svg.decode() for name, svg in document.figures.items()}
    told = {"markdown": document.markdown, "figures": figures, "attention": _attention(document.bundles)}
    content = json.dumps(told).encode()
    (folder / KEPT).write_bytes(content)
    return hash_bytes(content)


def read_kept(path: Path, sha256: str) -> Kept | None:
    """Return a document that was kept; None where it is gone or is not the one with that hash."""
    content = path.read_bytes() if path.is_file() else b""
    if not content or hash_bytes(content) != sha256:
        return None
    told = json.loads(content)
    return Kept(told["markdown"], told["figures"], tuple(told["attention"]))


def asked_for(document: Document) -> list[str]:
    """Return the names of the reports that a document holds, in order."""
    rows = [row for bundle in document.bundles if bundle.kind == "editions" for row in bundle.rows]
    return list(dict.fromkeys(str(name) for (name,) in rows))


def put_in(document: Document, editions: Mapping[str, Edition]) -> Document:
    """Return a document with editions at their places.

    `editions`: by the names that it gives them.
    """
    _, front, text = document.markdown.split("---\n", 2)
    numbers = {name: number for number, name in enumerate(editions, start=1)}
    headline = ""
    for bundle in document.bundles:
        if bundle.kind == "editions":
            chosen = {numbers[name]: editions[name] for name in (str(cell) for (cell,) in bundle.rows)}
            said = _WRITERS[bundle.id](chosen) if chosen else ""
            headline = said if bundle.id == "headline" else headline
            text = text.replace(clean(bundle.markdown), said, 1)
    figures = {
        f"{name}-e{numbers[word]}": svg.encode()
        for word, each in editions.items()
        for name, svg in (each.kept.figures if each.kept else {}).items()
    }
    settings: dict[str, Any] = {"toc": True, "toc-depth": 2, **yaml.safe_load(front)}
    if re.search(r"(?<![\w.])-?@[Ss]ec-", text):
        settings["number-sections"] = True  # a section is referred to by its number
    facts = document.facts.model_copy(update={"headline": _plain_headline(editions)})
    front = yaml.safe_dump(settings, allow_unicode=True, sort_keys=False, width=1000)
    return replace(
        document, markdown=f"---\n{front}---\n{text}", figures={**document.figures, **figures}, facts=facts
    )


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


def _by_attention(editions: Mapping[int, Edition]) -> list[tuple[int, Edition]]:
    """Return editions with what needs most attention first; those that are alike in the order of the agenda."""
    return sorted(editions.items(), key=lambda each: -len(each[1].kept.attention if each[1].kept else ()))


def _marked(editions: Mapping[int, Edition]) -> list[Edition]:
    return [each for _, each in _by_attention(editions) if each.kept and each.kept.attention]


def _headline(editions: Mapping[int, Edition]) -> str:
    return f"::: {{.headline}}\n{escape_markdown(_plain_headline({str(n): e for n, e in editions.items()}))}\n:::"


def _plain_headline(editions: Mapping[str, Edition]) -> str:
    marked = _marked(dict(enumerate(editions.values())))
    count = f"{len(editions)} report{'s' * (len(editions) != 1)}"
    if not marked:
        return f"{count}; none marks a figure that needs attention."
    return f"{len(marked)} of {count} mark figures that need attention. First, {marked[0].title}: {marked[0].headline}"


def _agenda(editions: Mapping[int, Edition]) -> str:
    return "\n".join(
        f"{place}. {_link(number, each)}" for place, (number, each) in enumerate(editions.items(), 1)
    )


def _link(number: int, edition: Edition) -> str:
    return f"[{escape_markdown(edition.title)}](#sec-edition-{number}), {escape_markdown(edition.period)}"


def _exceptions(editions: Mapping[int, Edition]) -> str:
    return "\n\n".join(_exception(*each) for each in _by_attention(editions))


def _exception(number: int, edition: Edition) -> str:
    marked = edition.kept.attention if edition.kept else ()
    more = f" and {len(marked) - _NAMED} more" if len(marked) > _NAMED else ""
    said = f" Marked: {'; '.join(marked[:_NAMED])}{more}." if marked else ""
    first = edition.headline or "It says nothing first."
    first = f"It was withdrawn: {edition.withdrawn}" if edition.withdrawn else first
    return (
        f"* **[{escape_markdown(edition.title)}](#sec-edition-{number})** {escape_markdown(first + said)}"
    )


def _sections(editions: Mapping[int, Edition]) -> str:
    return "\n\n".join(_section(*each) for each in editions.items())


def _section(number: int, edition: Edition) -> str:
    """Return one edition; the filter sets its headings one level lower, and begins a page with it."""
    about = f"{edition.period}. Published on {edition.published}, edition {edition.digest[:12]}."
    if edition.kept:
        _, _, body = edition.kept.markdown.split("---\n", 2)
        text = _LABEL.sub(rf"\1\2-e{number}", body)
    else:
        text = f"**This report was withdrawn.** {escape_markdown(edition.withdrawn)}"
    title = f"# {escape_markdown(edition.title)} {{#sec-edition-{number}}}"
    return (
        f"::::: {{.edition}}\n{title}\n\n::: {{.notes}}\n{escape_markdown(about)}\n:::\n\n{text}\n\n:::::"
    )


def _table(editions: Mapping[int, Edition]) -> str:
    rows = [
        f"| {escape_markdown(each.title)} | {escape_markdown(each.period)} | {each.published} | `{each.digest[:16]}` |"
        for each in editions.values()
    ]
    return "\n".join(
        [
            "| Report | Period | Published | Edition |",
            "|:------------|:--------------------|:--------|:----------|",
            *rows,
            "",
            ": Which editions these are, by the hash of their files. {#tbl-editions}",
        ]
    )


_WRITERS: Final = {
    "headline": _headline,
    "agenda": _agenda,
    "exceptions": _exceptions,
    "sections": _sections,
    "appendices": _sections,
    "editions": _table,
}
