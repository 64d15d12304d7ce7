"""The page that finds a report among thousands, and the plain list for those without scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from itertools import groupby
from typing import Final

from helpers.runner.portal.listing import Listed, Status, period_name, show_day
from helpers.runner.portal.page import HOME, PAGES, Page
from helpers.runner.portal.rows import FORMATS, TELLING, write_list

#: entries that the page shows at once; the script shows more on request
AT_ONCE: Final = 50
_NOTE = (
    '<p class="synthetic"><strong>Synthetic data.</strong> Reports marked synthetic describe '
    "invented organisations and patients.</p>"
)
_EMPTY = "<p>Nothing is published yet.</p>"


def search_page(listed: Sequence[Listed]) -> Page:
    """Return the page to search: the newest entries as they are, all of them as data for the script."""
    if not listed:
        return Page(HOME, "Board reports", _EMPTY)
    counts = _count(len(listed))
    body = [
        *([_NOTE] if any(each.synthetic for each in listed) else []),
        _form(listed),
        "<h2>Reports</h2>",
        f'<p id="count" role="status">{counts}, the newest first.</p>',
        write_list(listed[:AT_ONCE], name="reports"),
        '<button id="more" type="button" hidden>Show more reports</button>',
        f'<p id="without">To search, scripts must be allowed. <a href="all.html">{PAGES["all.html"]}</a> '
        "stand in one list.</p>",
    ]
    return Page(HOME, "Board reports", "\n".join(body), script="search.js", data=search_data(listed))


def plain_page(listed: Sequence[Listed]) -> Page:
    """Return the list of all reports by period, which needs no script."""
    parts = [_count(len(listed)).join(("<p>", ", the newest period first.</p>"))] if listed else [_EMPTY]
    for period, group in groupby(listed, key=lambda each: each.period):
        parts.append(f"<section>\n<h2>{escape(period_name(period))}</h2>\n{write_list(group)}\n</section>")
    return Page("all.html", PAGES["all.html"], "\n".join(parts))


def search_data(listed: Sequence[Listed]) -> Mapping[str, object]:
    """Return the reports for the script: each word once, and rows that refer to words by their place.

    A row holds: title, organisation, period, status, note (places in `words`), report, links as pairs of
    format and path, day published, period before or "", 1 if synthetic, headline, and for each kind of group
    the place of its name, or -1.
    """
    words = _Words()
    kinds = group_kinds(listed)
    rows = [_row(each, kinds, words) for each in listed]
    return {
        "atOnce": AT_ONCE,
        "formats": FORMATS,
        "telling": TELLING,
        "current": Status.CURRENT,
        "periods": _periods(listed),
        "days": {each.published.isoformat(): show_day(each.published) for each in listed},
        "words": words.known,
        "rows": rows,
    }


def group_kinds(listed: Iterable[Listed]) -> list[str]:
    """Return the kinds of groups that any report belongs to, in the order in which they come."""
    return list(dict.fromkeys(kind for each in listed for kind, _ in each.groups))


class _Words:
    """Remembers each word once and gives its place."""

    def __init__(self) -> None:
        self.known: list[str] = []
        self._places: dict[str, int] = {}

    def place(self, word: str) -> int:
        """Return a word's place."""
        if word not in self._places:
            self._places[word] = len(self.known)
            self.known.append(word)
        return self._places[word]


def _row(each: Listed, kinds: Sequence[str], words: _Words) -> list[object]:
    shared = (each.title, each.organisation, each.period, each.status.value, each.note)
    groups = dict(each.groups)
    return [
        *map(words.place, shared),
        each.report,
        list(each.outputs.items()),
        each.published.isoformat(),
        each.previous,
        int(each.synthetic),
        each.headline,
        *(words.place(groups[kind]) if kind in groups else -1 for kind in kinds),
    ]


def _form(listed: Sequence[Listed]) -> str:
    """Return the search, hidden until the script is there to work it."""
    words = (
        '<div class="asked"><div class="field"><label for="words">Trust, report or code</label>'
        '<input id="words" type="search" autocomplete="off" spellcheck="false"></div>'
        '<button id="clear" type="button">Clear the search</button></div>'
    )
    fields = [
        _select("report", "Report", _sorted(listed, lambda each: each.title)),
        _select("organisation", "Organisation", _sorted(listed, lambda each: each.organisation)),
        *_group_selects(listed),
        _select("period", "Period", _periods(listed)),
        _select("state", "State", {each.value: each.value for each in _used(listed)}),
        _order(),
    ]
    return (
        f'<div id="search" role="search" aria-label="Reports" hidden>\n{words}\n'
        f'<details id="choices"><summary>Choose and order</summary>\n<div class="fields">{"".join(fields)}</div>\n'
        "</details>\n</div>"
    )


def _group_selects(listed: Sequence[Listed]) -> list[str]:
    names: dict[str, set[str]] = {}
    for kind, name in (group for each in listed for group in each.groups):
        names.setdefault(kind, set()).add(name)
    return [
        _select(f"group-{place}", kind, {name: name for name in sorted(found, key=str.casefold)})
        for place, (kind, found) in enumerate(names.items())
    ]


def _select(name: str, label: str, options: Mapping[str, str]) -> str:
    shown = "".join(
        f'<option value="{escape(value)}">{escape(words)}</option>' for value, words in options.items()
    )
    return (
        f'<div class="field"><label for="{name}">{escape(label)}</label>'
        f'<select id="{name}"><option value="">All</option>{shown}</select></div>'
    )


def _order() -> str:
    options = (("", "Newest period"), ("published", "Last published"), ("organisation", "Organisation"))
    shown = "".join(f'<option value="{value}">{words}</option>' for value, words in options)
    return f'<div class="field"><label for="order">Order</label><select id="order">{shown}</select></div>'


def _sorted(listed: Iterable[Listed], value: Callable[[Listed], str]) -> dict[str, str]:
    return {word: word for word in sorted({value(each) for each in listed} - {""}, key=str.casefold)}


def _periods(listed: Iterable[Listed]) -> dict[str, str]:
    return {each.period: period_name(each.period) for each in listed}  # as listed: the newest first


def _used(listed: Iterable[Listed]) -> list[Status]:
    there = {each.status for each in listed}
    return [status for status in Status if status in there]


def _count(number: int) -> str:
    return f"{number:,} report{'' if number == 1 else 's'}"
