"""A report as one entry of a list, written the same way here and by the script that searches."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Final
from urllib.parse import urlencode

from helpers.runner.portal.listing import Listed, Status, period_name, show_day

#: the notes of these say the days themselves
TELLING: Final = (Status.FAILED, Status.WITHDRAWN)
#: formats in words
FORMATS: Final = {"html": "web page", "pdf": "PDF", "docx": "Word", "pptx": "slides"}


def write_list(listed: Iterable[Listed], *, name: str = "") -> str:
    """Return reports as a list."""
    rows = "\n".join(write_row(each) for each in listed)
    mark = f' id="{escape(name)}"' if name else ""
    return f'<ul class="reports"{mark}>\n{rows}\n</ul>'


def write_row(each: Listed) -> str:
    """Return one report: what it is, about whom, what it says, of when, its files and how it stands."""
    return (
        f"<li>{_what(each)}"
        f'<p class="who">{escape(each.organisation)}{_synthetic(each)}</p>'
        f'<p class="says">{escape(each.headline)}</p>'
        f'<p class="when">{escape(period_name(each.period))}</p>'
        f'<p class="files">{" ".join(_files(each))}</p>'
        f'<p class="state">{_state(each)}</p></li>'
    )


def first_format(each: Listed) -> str:
    """Return the format that a report's title leads to: the page, or else the first there is."""
    return "html" if "html" in each.outputs else next(iter(each.outputs), "")


def compare_address(each: Listed) -> str:
    """Return where a report stands beside its period before."""
    return "compare.html#" + urlencode(
        {"report": each.report, "left": each.previous, "right": each.period}, safe="/"
    )


def _what(each: Listed) -> str:
    title, chosen = escape(each.title), first_format(each)
    if not chosen:
        return f'<p class="what">{title}</p>'
    return (
        f'<p class="what"><a href="{escape(each.outputs[chosen])}">{title}{_unseen(_whose(each))}</a></p>'
    )


def _files(each: Listed) -> list[str]:
    about = f"{each.title}{_whose(each)}"
    links = [
        f'<a href="{escape(path)}">{escape(FORMATS.get(name, name))}{_unseen(f": {about}")}</a>'
        for name, path in each.outputs.items()
        if name != first_format(each)
    ]
    if each.previous and "html" in each.outputs:
        words = f" with {period_name(each.previous)}: {about}"
        links.append(f'<a href="{escape(compare_address(each))}">Compare{_unseen(words)}</a>')
    return links


def _state(each: Listed) -> str:
    badge = f'<span class="badge {badge_class(each.status)}">{each.status}</span> '
    if each.status in TELLING or not each.outputs:
        return f"{badge}{escape(each.note)}"
    note = f"; {each.note}" if each.note else ""
    shown = badge if each.status is not Status.CURRENT else ""
    return f"{shown}published {show_day(each.published)}{escape(note)}"


def badge_class(status: Status) -> str:
    """Return the class that draws a status.

    >>> badge_class(Status.FAILED)
    'not-renewed'
    """
    return status.value.lower().replace(" ", "-")


def _whose(each: Listed) -> str:
    return f", {each.organisation}, {period_name(each.period)}"


def _unseen(words: str) -> str:
    return f'<span class="unseen">{escape(words)}</span>'


def _synthetic(each: Listed) -> str:
    return " (synthetic)" if each.synthetic else ""
