"""The frame that all pages of the portal share: head, security policy, navigation and foot."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from helpers.runner.portal.listing import compare_address, first_format, period_name, show_day
from helpers.theme import Theme
from helpers.theme.look import style_sheet as report_style

if TYPE_CHECKING:
    from jinja2 import Environment

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
    """One page of the portal."""

    file: str  # its name, of `PAGES`, and that of its template
    title: str
    values: Mapping[str, object] = field(default_factory=dict)
    script: str = ""  # the name of the script file that belongs to it, or none
    data: object = None  # what the script works on; anything that JSON can hold
    frames: bool = False  # whether it shows reports within itself


def write_page(page: Page, theme: Theme, *, mark: str = "") -> str:
    """Return a whole page that loads nothing and runs nothing but its own script; it bears a mark, if any."""
    style = style_sheet(theme)
    script = read_part(page.script) if page.script else ""
    policy = _policy(style, script, frames=page.frames)
    return fill(page.file, **page.values, page=page, style=style, script=script, policy=policy, mark=mark)


def fill(template: str, **values: Any) -> str:
    """Return a template of the portal with its values, which can hold no markup of their own."""
    return _templates().get_template(template).render(values)


@cache
def _templates() -> Environment:
    from jinja2 import (  # late: it costs the start of every command
        Environment,
        FileSystemLoader,
        StrictUndefined,
    )

    made = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
    for each in (period_name, show_day, first_format, compare_address):
        made.filters[each.__name__] = each
    made.globals.update(pages=PAGES, home=HOME)
    return made


@cache
def read_part(name: str) -> str:
    """Return a style sheet or script of the portal."""
    return (_HERE / name).read_text("utf-8")


def style_sheet(theme: Theme) -> str:
    """Return the reports' style sheet and what the portal adds to it."""
    return f"{report_style(theme)}\n{read_part('portal.css')}"


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
