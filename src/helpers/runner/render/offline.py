"""Does a page load anything from elsewhere, or run anything? A renderer's exit status does not say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import lxml.html
from lxml import etree

from helpers.errors import Problem, ReportError

_LOADING: Final = frozenset(
    ("src", "srcset", "data", "poster", "background", "action", "formaction", "xlink:href")
)
#: a link may lead elsewhere or hold a table; nothing else is opened by following it
_NO_LINK: Final = r"(?!https?:|mailto:|data:text/csv;)[a-z+.-]+:"
_OPENING: Final = frozenset(("iframe", "object", "embed", "base", "form"))
_CSS: Final = re.compile(r"@import|url\((?!\s*[\"']?\s*(?:data:|#))", re.IGNORECASE)


def _loads(tag: str, name: str, value: str) -> Iterator[str]:
    target = value.strip().lower()
    local = target.startswith(("data:", "#")) or not target
    if name in _LOADING and not local:
        yield f"<{tag} {name}={value[:60]}>"
    if name == "href" and tag not in {"a", "area"} and not local:
        yield f"<{tag} href={value[:60]}>"
    if name == "href" and tag in {"a", "area"} and re.match(_NO_LINK, target):
        yield f"<{tag} href={value[:60]}>"
    if name.startswith("on") or (name == "style" and _CSS.search(value)):
        yield f"<{tag} {name}=…>"


def parse_page(page: str) -> Any:
    """Return an HTML page as a tree, however long it is."""
    return lxml.html.document_fromstring(page, parser=lxml.html.HTMLParser(huge_tree=True))


def find_remote(page: str) -> list[str]:
    """Return everything in an HTML page that would be loaded from elsewhere or run from an attribute.

    A link that a reader may follow (`<a href="https://…">`) loads nothing and is not listed.

    >>> find_remote('<p><img src="https://example.org/x.png"></p>')
    ['<img src=https://example.org/x.png>']
    """
    return remote_in(parse_page(page))


def remote_in(tree: Any) -> list[str]:
    """Return what `find_remote` finds, in a page that has been parsed."""
    found: list[str] = []
    for element in tree.iter(etree.Element):
        tag = str(element.tag)
        found += [thing for name, value in element.attrib.items() for thing in _loads(tag, name, value)]
        if tag in _OPENING:
            found.append(f"<{tag}>")
        if tag == "style" and _CSS.search(element.text or ""):
            found.append("a style sheet that loads something")
    return found


def check_offline(page: str) -> None:
    """Refuse a page that would load anything, and name each such thing."""
    found = find_remote(page)
    if found:
        raise ReportError(Problem("html", f"the page would load {thing}", "nothing") for thing in found)
