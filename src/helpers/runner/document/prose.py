"""Markdown that people or helpers wrote: what it may hold, and the little that is done to it.

What a report cannot carry in both engines, in HTML and in a tagged PDF, is refused here by name and place,
before anything is rendered; the pandoc filter refuses the same again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from helpers.errors import Problem, near_misses

_FENCE: Final = re.compile(r"^ {0,3}(`{3,}|~{3,})", re.MULTILINE)
_FENCED: Final = re.compile(r"^ {0,3}(`{3,}|~{3,})[^\n]*\n.*?^ {0,3}\1[`~]*[ \t]*$", re.M | re.S)
_RAW_BLOCK: Final = re.compile(r"^ {0,3}(?:`{3,}|~{3,})[ \t]*\{=", re.M)
_CODE_SPAN: Final = re.compile(r"(`+)(?!`)(?:(?!\n\s*\n).)+?(?<!`)\1(?!`)", re.DOTALL)
_ESCAPED: Final = re.compile(r"\\[!-/:-@\[-`{-~]")
_COMMENT: Final = re.compile(r"<!--.*?-->", re.DOTALL)
_EQUATION: Final = re.compile(r"\$\$.+?\$\$|\$(?![\s$])(?:(?!\n\s*\n)[^$])+?(?<!\s)\$(?!\d)", re.DOTALL)
_RUN_INLINE: Final = re.compile(r"(?<!`)`(\{\w+\}\s[^`\n]*)`")
_RUN_BLOCK: Final = re.compile(r"^ {0,3}(?:`{3,}|~{3,})[ \t]*(\{\w[^}\n]*\})", re.MULTILINE)
_ATTRIBUTES: Final = re.compile(r"\{([^{}\n]*)\}")
#: classes that Quarto acts on, each in its own way by format; others are taken off
_ONLY_QUARTO: Final = re.compile(
    r"(?:content-(?:visible|hidden)|hidden|aside|column-[\w-]+|margin-[\w-]+|landscape"
    r"|panel-(?:tabset|sidebar|fill|center|input)|layout[\w-]*)"
)
#: labels of blocks that Quarto numbers: figures and tables of a report have theirs elsewhere
_NUMBERED: Final = re.compile(
    r"#((?:fig|tbl|lst|eq|vid|thm|lem|cor|prp|cnj|def|exm|exr|sol|rem|alg|nte|tip|wrn|imp|cau)-[\w-]+)"
)
_HTML: Final = re.compile(r"</?[A-Za-z][^>\n]*>|<[!?]")
_SHOWN_TAGS: Final = 3  # in one message
#: what is written instead of the HTML that stands in notebooks most
_INSTEAD: Final = {
    "b": "Bold is **words**.",
    "strong": "Bold is **words**.",
    "i": "Italics are *words*.",
    "em": "Italics are *words*.",
    "br": "An empty line begins a paragraph.",
    "p": "An empty line begins a paragraph.",
    "a": "[words](https://…) is a link, {#sec-name} after a heading its label.",
    "li": "Lines that begin with * are a list.",
    "img": "A figure comes from a code cell.",
    "font": "Colour is the theme's.",
    "span": "Colour is the theme's.",
    "center": "The theme sets what stands where.",
    **{f"h{level}": "A section begins with ##." for level in range(1, 7)},
}
_AUTOLINK: Final = re.compile(r"<(?:https?://|mailto:)[^>\s]+>")
_REFERENCE: Final = re.compile(r"(?<![\w@])@([A-Za-z_][\w-]*(?:[.:/][\w-]+)*)")
_LABEL: Final = re.compile(r"\{[^}\n]*#([A-Za-z][\w-]*)")
_DIV: Final = re.compile(r"^ {0,3}:{3,}[ \t]*(.*)$", re.MULTILINE)
_RULE: Final = re.compile(r"(?:\A|(?<=\n))([ \t]*\n|\A)-{3,}[ \t]*(?=\n|\Z)")
_TITLE: Final = re.compile(r"^ {0,3}#(?!#)[ \t]+.*$|^[^\n]+\n={2,}[ \t]*$", re.MULTILINE)
_HEADING: Final = re.compile(r"^ {0,3}(#{1,6})[ \t]+\S", re.MULTILINE)
_LINK_TARGET: Final = re.compile(r"\](?:\(|:)\s*<?([A-Za-z][\w+.-]*):")
_SCHEMES: Final = frozenset({"http", "https", "mailto"})


def without_code(text: str) -> str:
    """Return Markdown without code, comments and escaped characters: what can still be markup.

    >>> without_code("costs \\\\$5, `$x$` and $y$").split()
    ['costs', '5,', 'and', '$y$']
    """
    for pattern in (_FENCED, _CODE_SPAN, _COMMENT, _ESCAPED):
        text = pattern.sub(" ", text)
    return text


def labels(text: str) -> tuple[str, ...]:
    """Return the labels that are declared in Markdown, such as `sec-method`.

    >>> labels("## Method {#sec-method .unnumbered}")
    ('sec-method',)
    """
    return tuple(_LABEL.findall(without_code(text)))


def clean(text: str) -> str:
    """Return Markdown ready for the document: comments gone, and `---` rules as `* * *`.

    Between two `---` lines pandoc would read YAML, wherever they stand.
    """
    return _outside_code_blocks(lambda prose: _RULE.sub(r"\1* * *", _COMMENT.sub("", prose)), text).strip()


def _outside_code_blocks(change: Callable[[str], str], text: str) -> str:
    """Apply a change to everything but the fenced code of a text."""
    parts, end = [], 0
    for block in _FENCED.finditer(text):
        parts += [change(text[end : block.start()]), block[0]]
        end = block.end()
    return "".join([*parts, change(text[end:])])


def without_title(text: str) -> str:
    """Return Markdown without its level 1 headings: the notebook's own title, for JupyterLab alone."""
    return _outside_code_blocks(lambda prose: _TITLE.sub("", prose), text).strip()


def check_titles(cells: Iterable[tuple[str, str]]) -> Iterator[Problem]:
    """Find headings of level 1 but for the notebook's own title, which alone is left out of the report.

    `cells` are the place and the Markdown of each cell, in order.
    """
    begun = False
    for where, text in cells:
        titles = len(_TITLE.findall(without_code(text)))
        if titles and (begun or titles > 1):
            came = f"{titles} headings of level 1" if titles > 1 else "a further heading of level 1"
            cure = "Begin sections with ##: level 1 is the notebook's title, which the report's stands for."
            yield Problem(where, came, "one, before the first section", cure)
        begun = begun or titles > 0 or has_section(text)


def has_section(text: str) -> bool:
    """Say whether Markdown has a heading of level 2 or deeper."""
    return re.search(r"^ {0,3}##", without_code(text), re.MULTILINE) is not None


def check_levels(cells: Iterable[tuple[str, str]]) -> Iterator[Problem]:
    """Find headings that leave out a level: a tagged PDF may not, and nobody hears which section they belong to.

    `cells` are the place and the Markdown of everything that is shown, in order, headings from code among it.
    """
    last = 1
    for where, text in cells:
        for mark in _HEADING.findall(without_code(text)):
            level = len(mark)
            if level > last + 1:
                came = f"a heading of level {level} ({mark}) " + (
                    f"below one of level {last}" if last > 1 else "first"
                )
                yield Problem(where, came, "#" * (last + 1), "Begin sections with ##, theirs with ###.")
            last = level if level > 1 else last


def check_prose(where: str, text: str) -> Iterator[Problem]:
    """Find what a report cannot carry in a piece of Markdown.

    Raw HTML, a picture, a short code, code that runs, what only Quarto knows, a link that runs something, or an open
    block.
    """
    prose = _EQUATION.sub(" ", without_code(text))
    yield from _check_html(where, prose)
    if "![" in prose:
        cure = "Show a figure from a code cell, so that it has an alt text and its data."
        yield Problem(where, "a picture in Markdown", cure=cure)
    for scheme in _LINK_TARGET.findall(prose):
        if scheme.lower() not in _SCHEMES:
            yield Problem(where, f"a link to {scheme}:", "http, https, mailto, #label", "Remove it.")
    yield from _check_blocks(where, prose)
    yield from _check_only_quarto(where, prose)
    for found in re.findall(r"\\begin\{\w+\*?\}", prose):
        yield Problem(where, f"{found} outside an equation", cure="Write it between $$ and $$.")
    yield from _check_code(where, text)
    if "{{<" in text:  # also within code: Quarto puts it in there too
        yield Problem(where, "a Quarto short code ({{< … >}})", cure="Write the text out.")
    if "{=" in prose or _RAW_BLOCK.search(text):
        yield Problem(where, "a raw part for one format", cure="Use Markdown, which both formats can show.")
    if len(_FENCE.findall(text)) % 2:
        yield Problem(where, "a code block (```) that is not closed", cure="Close it in the same cell.")


def check_references(where: str, text: str, known: frozenset[str]) -> Iterator[Problem]:
    """Find cross-references to something that the document does not hold."""
    for name in _REFERENCE.findall(without_code(text)):
        if name[:1].lower() + name[1:] not in known:
            guess = near_misses(name, known)
            yield Problem(
                where,
                f"unknown cross-reference @{name}",
                allowed=", ".join(f"@{label}" for label in sorted(known)) or "none: nothing has a label",
                cure=f"{guess} " * bool(guess) + r"Write \@ where no reference is meant.",
            )


def _check_code(where: str, text: str) -> Iterator[Problem]:
    """Find code that would be run; in a notebook that is what code cells are for."""
    outside = _FENCED.sub(" ", text)
    for found in (*_RUN_BLOCK.findall(text), *_RUN_INLINE.findall(outside)):
        cure = (
            "Use a code cell; a value in a sentence comes from report.say. Code to be read has no braces."
        )
        yield Problem(where, f"code in Markdown that only Quarto runs: {found[:60]}", cure=cure)


def _check_only_quarto(where: str, prose: str) -> Iterator[Problem]:
    """Find settings of blocks that Quarto obeys and the embedded engine does not."""
    cure = "Take it off: a report is the same from both engines."
    opened = [line.strip(": \t") for line in _DIV.findall(prose)]
    bare = [line for line in opened if re.fullmatch(r"[\w-]+", line)]
    groups = " ".join(re.sub(r'"[^"]*"', "", group) for group in _ATTRIBUTES.findall(prose))
    classes, settings = re.findall(r"(?<!\S)\.([\w-]+)", groups), re.findall(r"(?<!\S)([\w-]+)=", groups)
    for word in dict.fromkeys([*bare, *classes, *settings]):
        if _ONLY_QUARTO.fullmatch(word):
            yield Problem(where, f"{word}, which only Quarto knows", "callouts, plain blocks", cure)
    for label in (label for line in opened for label in _NUMBERED.findall(line)):
        told = "Label a table in its caption (: Words {#tbl-name}), a figure in its code cell."
        yield Problem(where, f"a block labelled #{label}, which only Quarto numbers", cure=told)


def _check_html(where: str, prose: str) -> Iterator[Problem]:
    found = dict.fromkeys(each[:60] for each in _HTML.findall(_AUTOLINK.sub(" ", prose)))
    opening = [each for each in found if not each.startswith("</")] or list(found)
    if opening:
        names = [each.strip("</> ").split(" ")[0].lower() for each in opening]
        instead = dict.fromkeys(_INSTEAD[name] for name in names if name in _INSTEAD)
        cure = " ".join(["Use Markdown, which both formats can show.", *instead])
        yield Problem(where, f"raw HTML: {' '.join(opening[:_SHOWN_TAGS])}", cure=cure)


def _check_blocks(where: str, prose: str) -> Iterator[Problem]:
    depth = 0
    for attributes in _DIV.findall(prose):
        depth += 1 if attributes.strip(": \t") else -1
        if depth < 0:
            break
    if depth:
        yield Problem(where, "a ::: block that is half open", cure="Open and close it in the same cell.")
