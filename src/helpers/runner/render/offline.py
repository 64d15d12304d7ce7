"""Does a page load anything from elsewhere, or run anything? A renderer's exit status does not say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Final

from helpers.errors import Problem, ReportError

_LOADING: Final = frozenset(
    ("src", "srcset", "data", "poster", "background", "action", "formaction", "xlink:href")
)
#: a link may lead elsewhere or hold a table; nothing else is opened by following it
_NO_LINK: Final = r"(?!https?:|mailto:|data:text/csv;)[a-z+.-]+:"
_CSS: Final = re.compile(r"@import|url\((?!\s*[\"']?\s*(?:data:|#))", re.IGNORECASE)


class _Page(HTMLParser):
    """Collects what a page would load or run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at a tag's attributes."""
        self.in_style = tag == "style"
        for name, value in attrs:
            self.found += _loads(tag, name, value or "")
        if tag in {"iframe", "object", "embed", "base", "form"}:
            self.found.append(f"<{tag}>")

    def handle_data(self, data: str) -> None:
        """Look into a style sheet."""
        if self.in_style and _CSS.search(data):
            self.found.append("a style sheet that loads something")


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


def find_remote(page: str) -> list[str]:
    """Return everything in an HTML page that would be loaded from elsewhere or run from an attribute.

    A link that a reader may follow (`<a href="https://…">`) loads nothing and is not listed.

    >>> find_remote('<p><img src="https://example.org/x.png"></p>')
    ['<img src=https://example.org/x.png>']
    """
    parser = _Page()
    parser.feed(page)
    parser.close()
    return parser.found


def check_offline(page: str) -> None:
    """Refuse a page that would load anything, and name each such thing."""
    found = find_remote(page)
    if found:
        raise ReportError(Problem("html", f"the page would load {thing}", "nothing") for thing in found)
