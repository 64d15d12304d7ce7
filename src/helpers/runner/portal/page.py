"""The frame that all pages of the portal share: head, security policy, navigation and foot."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Final

from helpers.theme import Theme
from helpers.theme.look import style_sheet as report_style

_HERE = Path(__file__).parent
HOME: Final = "index.html"
#: the file of each page and what links to it say
PAGES: Final = {
    HOME: "Find a report",
    "all.html": "All reports",
    "compare.html": "Compare two periods",
    "runs.html": "Runs",
    "accessibility.html": "Accessibility statement",
}


@dataclass(frozen=True)
class Page:
    """One page of the portal.

    Parameters
    ----------
    file
        Its name, of `PAGES`.
    title, body
        Its heading, and the HTML below that.
    script
        The name of the script file that belongs to it, or none.
    data
        What the script works on; anything that JSON can hold.
    frames
        Whether it shows reports within itself.
    """

    file: str
    title: str
    body: str
    script: str = ""
    data: object = None
    frames: bool = False


def write_page(page: Page, theme: Theme, *, mark: str = "") -> str:
    """Return a whole page that loads nothing and runs nothing but its own script; it bears a mark, if any."""
    style = style_sheet(theme)
    script = read_part(page.script) if page.script else ""
    title = f"{page.title} · Board reports" if page.file != HOME else page.title
    lines = [
        "<!DOCTYPE html>",
        '<html lang="en-GB">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(style, script, frames=page.frames)}">',
        f"<title>{escape(title)}</title>",
        f"<style>{style}</style>",
        "</head>",
        '<body class="portal">',
        '<a class="skip-link" href="#content">Skip to the content</a>',
        *([f'<p class="mark">{escape(mark)}</p>'] if mark else []),
        f"<header>\n{_navigation(page.file)}\n</header>",
        f'<main id="content" tabindex="-1">\n<h1>{escape(page.title)}</h1>\n{page.body}\n</main>',
        f"<footer>\n{_foot(page.file)}\n</footer>",
        *_script_lines(page.data, script),
        "</body>",
        "</html>",
    ]
    return "\n".join(lines) + "\n"


@cache
def read_part(name: str) -> str:
    """Return a style sheet or script of the portal."""
    return (_HERE / name).read_text("utf-8")


def style_sheet(theme: Theme) -> str:
    """Return the reports' style sheet and what the portal adds to it."""
    return f"{report_style(theme)}\n{read_part('portal.css')}"


def embed_json(data: object) -> str:
    """Return data as JSON that may stand within a page: nothing in it can end the element it stands in.

    >>> embed_json(["</script>"])
    '["\\\\u003c/script>"]'
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def link(file: str, words: str, *, current: bool = False) -> str:
    """Return a link to a page of the portal."""
    mark = ' aria-current="page"' if current else ""
    return f'<a href="{escape(file)}"{mark}>{escape(words)}</a>'


def _navigation(file: str) -> str:
    # the statement is linked at the foot, where readers look for it
    shown = [(each, words) for each, words in PAGES.items() if each != "accessibility.html"]
    items = "".join(f"<li>{link(each, words, current=each == file)}</li>" for each, words in shown)
    return f'<nav aria-label="Board reports"><ul>{items}</ul></nav>'


def _foot(file: str) -> str:
    statement = "accessibility.html"
    return f"<p>{link(statement, PAGES[statement], current=file == statement)}</p>"


def _script_lines(data: object, script: str) -> Sequence[str]:
    if not script:
        return ()
    held = f'<script type="application/json" id="data">{embed_json(data)}</script>'
    return held, f"<script>{script}</script>"


def _policy(style: str, script: str, *, frames: bool) -> str:
    """Return the security policy: this style and this script by their hashes, and nothing else.

    Pages are opened from a file share too, where a report beside them is ``file:`` and not ``'self'``.
    """
    parts = ["default-src 'none'", f"style-src {_hash(style)}", "img-src data:", "base-uri 'none'"]
    parts += ["form-action 'none'"]
    if script:
        parts.append(f"script-src {_hash(script)}")
    if frames:
        parts.append("frame-src 'self' file:")
    return "; ".join(parts)


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
