"""Reads what was rendered, for tests: pages, PDFs, Word and PowerPoint files."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2

from helpers.errors import ReportError
from helpers.runner.render import render

#: grey values of 255 that two pixels must be apart; type is smoothed a little differently by each compiler
CLEARLY = 64
#: a pixel darker than this is inked
INKED = 200
VOID = {"meta", "img", "br", "col", "link", "hr", "input"}


@dataclass
class Page(HTMLParser):
    """The parts of a page that tests ask for."""

    tags: Counter = field(default_factory=Counter)
    attributes: list = field(default_factory=list)
    texts: dict = field(default_factory=dict)
    stack: list = field(default_factory=list)

    def __post_init__(self):
        super().__init__()

    def handle_starttag(self, tag, attrs):
        self.tags[tag] += 1
        self.attributes.append((tag, dict(attrs)))
        self.texts.setdefault(tag, []).append("")
        if tag not in VOID:
            self.stack.append((tag, len(self.texts[tag]) - 1))

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.stack.pop()[0] == tag

    def handle_data(self, data):
        for tag, place in self.stack:
            self.texts[tag][place] += data

    def all(self, tag):
        return [" ".join(text.split()) for text in self.texts.get(tag, [])]

    def with_tag(self, tag):
        return [attributes for name, attributes in self.attributes if name == tag]


def page_of(path):
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    page.close()
    assert page.stack == []
    return page


def pdf_pages(path):
    """The text of each page."""
    with pypdfium2.PdfDocument(path) as pdf:
        return [page.get_textpage().get_text_range() for page in pdf]


def pdf_text(path):
    return "\n".join(pdf_pages(path))


def pdf_pictures(path):
    """Each page as grey values."""
    with pypdfium2.PdfDocument(path) as pdf:
        return [np.asarray(page.render(scale=1).to_pil().convert("L"), dtype=int) for page in pdf]


def share_that_differs(one, other):
    """Of the pixels that are inked on either of two pages of one size, the share that clearly differ."""
    assert one.shape == other.shape
    inked = np.minimum(one, other) < INKED
    return (np.abs(one - other)[inked] > CLEARLY).mean()


def structure(pdf):
    """Tags of a PDF with their counts, and its alt texts."""
    tags: Counter[str] = Counter()
    alts: list[str] = []

    def walk(node):
        if isinstance(node, pikepdf.Array):
            for child in node:
                walk(child)
        elif isinstance(node, pikepdf.Dictionary):
            if "/S" in node:
                tags[str(node.S).lstrip("/")] += 1
            if "/Alt" in node:
                alts.append(str(node.Alt))
            walk(node.get("/K"))

    walk(pdf.Root.StructTreeRoot.K)
    return tags, alts


def plain(text):
    """Without pandoc's typographic apostrophes and the sign that keeps Quarto's short codes apart."""
    return text.replace("’", "'").replace("\u00a0", " ").replace("\u2060", "")


def said_by(path):
    """What a page says: headings, captions, cells, alt texts, ids and links."""
    page = page_of(path)
    texts = {
        tag: page.all(tag) for tag in ("title", "h1", "h2", "h3", "figcaption", "th", "td", "p", "li", "dd")
    }
    targets = [a["href"] for a in page.with_tag("a")]
    return texts, [a["alt"] for a in page.with_tag("img")], targets, page.with_tag("html")[0]["lang"]


def office_words(path):
    """Every paragraph, alt text and style's name of a Word or PowerPoint file's own pages."""
    found = []
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            if re.fullmatch(r"word/(document|header\d|footer\d)\.xml|ppt/slides/slide\d+\.xml", name):
                text = archive.read(name).decode("utf-8")
                for paragraph in re.findall(r"<(?:w|a):p[ >].*?</(?:w|a):p>", text, re.DOTALL):
                    words = "".join(re.findall(r"<(?:w|a):t(?: [^>]*)?>([^<]*)<", paragraph))
                    if words.strip():  # Quarto sets blank lines between tables
                        found.append((re.findall(r'<w:pStyle w:val="([^"]*)"', paragraph), words))
                found.append(re.findall(r'descr="([^"]*)"', text))
    return found


def render_each(documents, formats, *, theme, folder):
    """Render documents with the embedded engine as Quarto's batch does: one that fails leaves the others alone."""
    made: dict[str, dict[str, Path] | ReportError] = {}
    for stem, document in documents.items():
        (folder / stem).mkdir()
        try:
            made[stem] = render(document, formats, theme=theme, folder=folder / stem)
        except ReportError as error:
            made[stem] = error
    return made
